"""What a page holds and does not show: dropped, so that no reader is told of words that no visitor saw.

Seen are the elements and attributes that HTML itself hides, inline styles, and the rules of the page's own
``<style>`` elements whose selectors are simple (a tag, an id, classes). Style sheets of other files
and what scripts do are not known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NEVER_SHOWN = frozenset(("template", "noscript", "datalist", "noframes"))
_SHELLS = frozenset(("html", "body"))
_MAIN = frozenset(("article", "main", "h1"))
_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9]{0,30})?(?P<marks>(?:[.#][\w-]{1,100}){0,5})")
_MARK = re.compile(r"[.#][\w-]+")
_NUMBER = re.compile(r"(?P<number>-?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(?P<unit>[a-z%]{0,4})")
_SCREENS = ("all", "screen", "only screen")
_OFF = -900.0  # pixels (or a tenth as many em) to the left or above, where no screen reaches
_UNREADABLE = 1.0  # pixels; letters of this size or less are not read
_MOST = 100  # rules looked at for one class, id or tag
_WHITE = frozenset(("white", "#fff", "#ffffff", "rgb(255,255,255)"))
_CLEAR = frozenset(("transparent", "rgba(0,0,0,0)", "rgba(255,255,255,0)"))


class _Rule(NamedTuple):
    """What a style sheet says of the elements that one simple selector means."""

    tag: str | None
    marks: frozenset[str]
    style: Mapping[str, str]


def drop_hidden(tree: Any) -> None:
    """Empty, in place, the elements of an lxml HTML tree that the page itself hides.

    An element that holds most of the page's text and its article stays: scripts show such a one.
    """
    rules = _rules(tree)
    hidden = [element for element in tree.iter("*") if _is_hidden(element, rules)]
    if not hidden:
        return
    total = _letters(tree)
    for element in hidden:
        if 2 * _letters(element) <= total or not _holds_article(element):
            element.clear(keep_tail=True)


def _letters(element: Any) -> int:
    return sum(len(text) for text in element.itertext(with_tail=False) if not text.isspace())


def _holds_article(element: Any) -> bool:
    return element.tag in _MAIN or any(True for _ in element.iter(*_MAIN))


def _is_hidden(element: Any, rules: Mapping[str, list[_Rule]]) -> bool:
    if element.tag in _SHELLS:
        return False
    if element.tag in _NEVER_SHOWN or element.get("hidden") is not None:
        return True
    if element.tag == "dialog" and element.get("open") is None:
        return True
    style: dict[str, str] = {}
    if rules:
        for rule in _matching(element, rules):
            style.update(rule.style)
    inline = element.get("style")
    if inline:
        style.update(_declarations(inline))
    return bool(style) and _hides(style)


def _hides(style: Mapping[str, str]) -> bool:
    """Tell whether declarations leave nothing of an element's text to be seen."""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if _pixels(style.get("opacity"), 1.0) <= 0 or _pixels(style.get("font-size"), 16.0) <= _UNREADABLE:
        return True
    if _pixels(style.get("text-indent"), 0.0) <= _OFF:
        return True
    if style.get("position") in ("absolute", "fixed"):
        if min(_pixels(style.get(side), 0.0) for side in ("left", "top", "right", "bottom")) <= _OFF:
            return True
        if style.get("clip", "").replace(" ", "").replace(",", "").replace("px", "") in ("rect(0000)", "rect(1111)"):
            return True
    clipped = style.get("overflow") in ("hidden", "clip")
    if clipped and min(_pixels(style.get(size), 16.0) for size in ("width", "height", "max-height")) <= _UNREADABLE:
        return True
    return _invisible_ink(style)


def _invisible_ink(style: Mapping[str, str]) -> bool:
    ink = style.get("color", "").replace(" ", "")
    paper = (style.get("background-color") or style.get("background") or "").replace(" ", "")
    return ink in _CLEAR or (bool(ink) and (ink == paper or (ink in _WHITE and paper in _WHITE)))


def _pixels(value: str | None, default: float) -> float:
    """Read a length or number of CSS; an em counts as sixteen pixels, a percentage of itself as nothing much."""
    match = _NUMBER.fullmatch(value or "")
    if match is None:
        return default
    number = float(match["number"])
    if match["unit"] in ("em", "rem", "vw", "vh"):
        return number * 16
    if match["unit"] == "%":
        return number * 10 if number <= 0 else max(number, 2.0)
    return number


def _declarations(text: str) -> dict[str, str]:
    """Read ``name: value; ...``; a later declaration wins over an earlier one, save an important one."""
    found: dict[str, str] = {}
    important: set[str] = set()
    for declaration in text.lower().split(";"):
        name, _, value = declaration.partition(":")
        value, mark, _ = value.partition("!")
        name = name.strip()
        if name in important and not mark:
            continue
        if mark:
            important.add(name)
        found[name] = value.strip()
    return found


def _rules(tree: Any) -> dict[str, list[_Rule]]:
    """Return the simple rules that could hide something or show it again, by one mark or tag they ask for."""
    found: dict[str, list[_Rule]] = defaultdict(list)
    for sheet in tree.iter("style"):
        if (sheet.get("media") or "all").strip().lower() not in _SCREENS:
            continue
        for selectors, body in _blocks(_uncommented(sheet.text or "")):
            style = _declarations(body)
            for selector in selectors.lower().split(","):
                match = _SELECTOR.fullmatch(selector.strip())
                if match is None or not match[0]:
                    continue
                marks = frozenset(_MARK.findall(match["marks"]))
                key = min(marks, default=match["tag"] or "")
                if len(found[key]) < _MOST:
                    found[key].append(_Rule(match["tag"], marks, style))
    return found


def _uncommented(text: str) -> str:
    """Return a style sheet without its comments; one that is not closed runs to the end."""
    parts = []
    at = 0
    while (start := text.find("/*", at)) >= 0:
        parts.append(text[at:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(parts)
        at = end + 2
    return "".join([*parts, text[at:]])


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules that hold on every screen; other at-rules are passed over."""
    open_at: list[bool] = []  # for each block that is open around: does it hold on every screen
    at = 0
    selectors: str | None = None
    for match in re.finditer(r"[{}]", text):
        inside = text[at : match.start()]
        at = match.end()
        if match[0] == "{":
            head = inside.rpartition(";")[2].strip() if "@" in inside else inside.strip()
            if head.startswith("@"):
                query = head.partition(" ")[2].strip().lower()
                open_at.append(all(open_at) and head.startswith("@media") and query in _SCREENS)
                selectors = None
            else:
                open_at.append(all(open_at))
                selectors = head if open_at[-1] else None
        else:
            if selectors is not None:
                yield selectors, inside
                selectors = None
            if open_at:
                open_at.pop()


def _matching(element: Any, rules: Mapping[str, list[_Rule]]) -> Iterator[_Rule]:
    """Yield the rules for an element, the more particular later."""
    own = [f".{name}" for name in (element.get("class") or "").lower().split()[:50]]
    if element.get("id"):
        own.append(f"#{element.get('id').strip().lower()}")
    has = frozenset(own)
    fitting = [
        rule
        for key in (element.tag, *has)
        for rule in rules.get(key, ())
        if rule.marks <= has and rule.tag in (None, element.tag)
    ]
    yield from sorted(fitting, key=lambda rule: (any(m[0] == "#" for m in rule.marks), len(rule.marks)))
