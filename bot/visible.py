"""Text from outside made safe to show: nothing moves a cursor, reorders a line or hides between letters.

What is stored and what ``--json`` prints stays exact; only what people read is changed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, TextIO

# Blank or without width, though Unicode counts them as letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Format characters that are drawn: signs of Arabic, Syriac and Kaithi that stand before numbers.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Without width, and needed in some places: judged by the letter before.
_PLACED = re.compile("[\u180b-\u180f\u200b-\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
_TAGGED_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a\U000e0030-\U000e0039]{1,6}\U000e007f")
# Scripts whose letters join or stack, where a joiner or non-joiner is spelling; then those without spaces.
_JOINING = re.compile(
    "[\u0620-\u08ff\u0900-\u0dff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u1820-\u18aa\u1a20-\u1aad\u1b00-\u1c4f"
    "\ua840-\ua873\ua880-\ua8ff\ua960-\ua9ff\uaa60-\uaaff\ufb50-\ufdfb\ufe70-\ufefc\U00010a00-\U00011fff]"
)
_SPACELESS = re.compile("[\u0e01-\u0edf\u0f00-\u0fda\u1000-\u109f\u1780-\u17f9\u1950-\u19df\u1a20-\u1aad\uaa60-\uaadf]")
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KEYCAPS = "0123456789#*©®™‼⁉ℹ"
_SKIN = "[\U0001f3fb-\U0001f3ff]"


class _Shown(dict[int, str]):
    """Maps each character to what is shown for it, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if char in "\n\t" or _PLACED.match(char) or char in _DRAWN:
            shown = char
        elif code < 0x20:
            shown = chr(0x2400 + code)
        elif category in ("Zl", "Zp"):
            shown = "\n"
        elif category in ("Cc", "Cs"):
            shown = "�"
        elif category == "Cf" or char in _BLANK:
            shown = _named(char)
        else:
            shown = char
        self[code] = shown
        return shown


_SHOWN = _Shown()


def _named(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


def clean(text: str) -> str:
    """Return `text` without the power to move a cursor, change colours, reorder a line or hide in it.

    Control characters become their printed pictures (an escape: ␛), what is no character at all U+FFFD.
    What overrides the direction of text or has no width is named: ⟨U+202E⟩. Joiners, variation selectors and
    the word breaks of scripts without spaces stay where they are spelling. Line breaks and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = text.replace("\r\n", "\n").translate(_SHOWN)
    if _PLACED.search(shown) is None:
        return shown
    flags = {place for flag in _TAGGED_FLAG.finditer(shown) for place in range(*flag.span())}
    return _PLACED.sub(lambda m: m[0] if m.start() in flags or _spells(shown, m.start()) else _named(m[0]), shown)


def _spells(text: str, at: int) -> bool:
    """Tell whether the character at `at`, which has no width, belongs to how the text is written."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if char == "\u200b":
        return _SPACELESS.match(before) is not None
    if char == "\u200c":
        return _JOINING.match(before) is not None
    if char == "\u200d":
        pictures = _is_picture(before) or before == "\ufe0f" or re.match(_SKIN, before) is not None
        return _JOINING.match(before) is not None or (pictures and bool(after) and _is_picture(after))
    if "\u180b" <= char <= "\u180f":
        return "\u1820" <= before <= "\u18aa"
    if char in "\ufe0e\ufe0f":
        return _is_picture(before) or before in _KEYCAPS or unicodedata.category(before) in ("Sm", "So")
    if "\ufe00" <= char <= "\ufe0d":
        return unicodedata.category(before) == "Sm" or _CJK.match(before) is not None or "\u1000" <= before <= "\u109f"
    return char >= "\U000e0100" and _CJK.match(before) is not None


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") or char in "♀♂"


def one_line(text: str) -> str:
    """Return `text` cleaned, any white space as one space."""
    return " ".join(clean(" ".join(text.split())).split())


def typed(question: str) -> str:
    """Return what somebody typed without what no key means: control characters, and what reorders or hides text.

    Line breaks and tabs become spaces; joiners that are spelling stay.
    """
    if question.isascii() and question.isprintable():
        return question
    kept = "".join(
        " " if char.isspace() else "" if _SHOWN[ord(char)] != char and not _PLACED.match(char) else char
        for char in question
    )
    return _PLACED.sub(lambda m: m[0] if _spells(kept, m.start()) else "", kept)


_ESCAPED = re.compile("[^\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u05ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e]")


def to_json(value: Any, indent: int | None = None) -> str:
    """Return `value` as JSON that reads back the same, what no eye could see in it written as escapes."""
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    return written if written.isascii() and "\x7f" not in written else _ESCAPED.sub(_escape, written)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char == "\n" or (_SHOWN[ord(char)] == char and not _PLACED.match(char)):
        return char
    return json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"


def bare(stream: TextIO) -> TextIO:
    """Return the stream behind a guard, for who writes escapes of his own, and else only what is cleaned."""
    return getattr(stream, "rich_proxied_file", stream)


class Guarded:
    """A text stream that shows what is written to it as `clean` does.

    Consoles of rich, which style what was cleaned before, go past it to the stream itself.
    """

    def __init__(self, stream: TextIO) -> None:
        """Stand before `stream`."""
        self.rich_proxied_file = stream

    def write(self, text: str) -> int:
        """Write `text` cleaned; return its length."""
        self.rich_proxied_file.write(clean(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rich_proxied_file, name)
