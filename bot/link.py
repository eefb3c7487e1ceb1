"""Links that open an article at the quoted words and highlight them.

Follows the WICG specification of text fragments (``#:~:text=[prefix-,]start[,end][,-suffix]``). A browser
highlights the first match, compares without case and accents, takes any white space for one space, lets no
term cross a block, and wants the outer ends of a match to lie between words. What is a block and what a word
is the browser's to say, so everything here holds for every reading: no term crosses a line break, no term
begins or ends where a word might go on, and a term counts as found wherever its letters are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from corpus.model import Span

_EXACT = 300  # characters; a longer quotation is named by its first and last words
_ENDS = 4  # words that name either end of a long quotation at least: fewer may stand elsewhere on the page
_TERM = 1_000  # characters; no link is made that names what has longer "words" than any language
_MOST = 20  # words in one term: more make a link that mail and chat programs cut
_WORK = 20_000_000  # characters looked through for one link: few terms are tried in a text of megabytes

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
# Scripts written without spaces still have a certain boundary after a stop.
_WORD = re.compile(r"[^\s。！？、]+[。！？、]*|[。！？、]+")
_INSIDE = frozenset("'’‘.,:;·‧․﹒．：﹕\"״־")  # between two letters or digits these may be part of a word
_INVISIBLE = frozenset(("Cc", "Cf"))  # control and format characters: soft hyphens, joiners
_UNCOMPARED = _INVISIBLE | {"Mn", "Me"}  # and accents
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~"
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_.])?|\[[0-9a-f:.]{2,45}\]")


class _Term(NamedTuple):
    """A piece of the quotation and the words that must stand directly before and after it."""

    prefix: str
    piece: str
    suffix: str

    def places(self, folded: str, since: int = 0) -> Iterator[Span]:
        """Yield where the piece stands in folded text between the other words, from `since` on."""
        before, piece, after = (_fold(part).strip() for part in self)
        at = folded.find(piece, since)
        while at >= 0:
            end = at + len(piece)
            start = at - (bool(before) and at > 0 and folded[at - 1] == " ")
            stop = end + (bool(after) and folded[end : end + 1] == " ")
            if (
                start - len(before) >= since
                and folded.endswith(before, since, start)
                and folded.startswith(after, stop)
            ):
                yield Span(at, end)
            at = folded.find(piece, at + 1)


class _Folding(dict[int, str]):
    """Maps a character to what a browser compares, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isspace():
            folded = " "
        else:
            # NFKD once more after folding case: some capitals fold to letter and accent
            parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
            folded = "".join(c for c in parts if unicodedata.category(c) not in _UNCOMPARED)
            folded = folded.translate(_QUOTES)
        self[code] = folded
        return folded


_QUOTES = str.maketrans("“”„‟‘’‚‛", "\"\"\"\"''''")
_FOLDING = _Folding()


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(_FOLDING))


Page = Callable[[str, int, int, int], str]
"""Gives the address of a stored copy's page: of an article's id, its version, and where what is marked begins, ends."""


def link_for(
    url: str | None, page: Page | None, article_id: str, version: int, text: str, start: int, end: int
) -> str | None:
    """Return where a reader can see ``text[start:end]``.

    Args:
        url: the article's own address; used when it is http or https.
        page: gives the address of the stored copy, if that is served and may be shown.
        article_id: the article's id.
        version: the version that `text` is.
        text: the stored text.
        start: the first character of the quotation.
        end: the character after its last.

    Returns:
        The article's URL with a text fragment; else the page of the stored copy; else None.
    """
    address = web_address(url)
    if address is not None:
        return text_fragment(address, text, start, end)
    return page(article_id, version, start, end) if page else None


def web_address(url: str | None) -> str | None:
    """Return the http or https address that may be made a link and shown; None where `url` is none.

    The host is shown as it is looked up (``xn--...`` where it is not ASCII, so that letters that look alike
    do not pass for others), user names and passwords are left out, and all that is not plain is percent-encoded.
    """
    try:
        parts = urlsplit((url or "").strip())
        if parts.scheme not in ("http", "https") or "\\" in parts.netloc:  # browsers end the host there
            return None
        host, port = parts.hostname or "", parts.port
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except ValueError:  # a malformed host or port: no address at all
        return None
    host = f"[{host}]" if ":" in host else host
    if _HOST.fullmatch(host) is None:
        return None
    place = urlunsplit((parts.scheme, f"{host}:{port}" if port else host, parts.path, parts.query, parts.fragment))
    return quote(place, safe=_URL_SAFE, errors="replace")


def text_fragment(url: str, text: str, start: int, end: int) -> str:
    """Return `url` with a text fragment that a browser resolves to ``text[start:end]``.

    A fragment that `url` has is kept; a fragment directive that it has is replaced. Where no fragment can
    single the span out (the same words between the same words, earlier on), and where the span shows
    nothing, `url` comes back without a directive: better the page's top than the wrong place.
    """
    page = url.partition(":~:")[0]
    directive = _directive(text, _trim(text, start, end))
    if directive is None:
        return page.removesuffix("#")
    return f"{page}{'' if '#' in page else '#'}:~:text={directive}"


def _trim(text: str, start: int, end: int) -> Span:
    """Drop from both ends what a browser does not compare: white space and invisible characters."""
    while start < end and not _fold(text[start]).strip():
        start += 1
    while start < end and not _fold(text[end - 1]).strip():
        end -= 1
    return Span(start, end)


def _directive(text: str, span: Span) -> str | None:
    quotation = span.of(text)
    if not quotation:
        return None
    before, after = _contexts(text, span)
    lead = _fold(text[: span.start])
    folded = lead + _fold(quotation) + _fold(text[span.end :])
    place = Span(len(lead), len(lead) + len(_fold(quotation)))
    heads, tails = _ends(quotation)
    if max(len(piece) for piece in (heads[0], tails[0])) > _TERM if heads else len(quotation) > _TERM:
        return None
    if not heads:
        term = _choose(_exact_terms(before, quotation, after), folded, place)
        return None if term is None else _join(term.prefix, term.piece, "", term.suffix)
    head = _choose([_Term(words, piece, "") for words, piece in _by_length(before, heads)], folded, place)
    if head is None:
        return None
    since = place.start + len(_fold(head.piece))
    terms = [_Term("", piece, words) for words, piece in _by_length(after, tails)]
    tail = _choose(terms, folded, place, since)
    return None if tail is None else _join(head.prefix, head.piece, tail.piece, tail.suffix)


def _choose(terms: Sequence[_Term], folded: str, place: Span, since: int = 0) -> _Term | None:
    """Return the first term that is found once in the text; else the first whose first match fits.

    A match fits where it begins or ends the quotation's `place`. The browser looks for an end from
    `since` on, where its beginning was found.
    """
    terms = terms[: max(2, _WORK // (len(folded) + 1))]
    for term in terms:
        if len(list(islice(term.places(folded), 2))) == 1:
            return term
    for term in terms:
        first = next(term.places(folded, since), None)
        if first is not None and (first.start == place.start or first.end == place.end):
            return term
    return None


def _exact_terms(before: Sequence[str], piece: str, after: Sequence[str]) -> list[_Term]:
    """List the quotation with ever more words around it, fewest first."""
    sizes = [(p, s) for p in range(len(before)) for s in range(len(after))]
    return [_Term(before[p], piece, after[s]) for p, s in sorted(sizes, key=lambda size: (sum(size), size))]


def _by_length(contexts: Sequence[str], pieces: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair contexts and pieces: longer pieces first, then more context around the shortest and longest."""
    yield from ((contexts[0], piece) for piece in pieces)
    for piece in (pieces[0], pieces[-1]):
        yield from ((context, piece) for context in contexts[1:])


def _ends(quotation: str) -> tuple[list[str], list[str]]:
    """Return ever longer beginnings and endings of a quotation too long, or too broken, for one term.

    Both are empty where one term serves: up to `_EXACT` characters in one line, or a single word.
    """
    lines = [line.group() for line in _LINE.finditer(quotation) if _fold(line.group()).strip()]
    words = [[m.span() for m in _WORD.finditer(line)] for line in (lines[0], lines[-1])]
    first, last = words
    if len(lines) == 1:
        if len(quotation) <= _EXACT or len(first) < 2:
            return [], []
        first, last = first[: len(first) // 2], last[len(last) // 2 :]
    heads = [lines[0][first[0][0] : stop] for _, stop in first[min(_ENDS, len(first)) - 1 : _MOST]]
    tails = [lines[-1][begin : last[-1][1]] for begin, _ in last[::-1][min(_ENDS, len(last)) - 1 : _MOST]]
    return [heads[0], *_short(heads[1:])], [tails[0], *_short(tails[1:])]


def _short(pieces: Iterable[str]) -> list[str]:
    """Leave out what endless "words" make too long for a link."""
    return [piece for piece in pieces if len(piece) <= _EXACT]


def _contexts(text: str, span: Span) -> tuple[list[str], list[str]]:
    """Return the words before and after the span, ever more of them, each within one line.

    Both begin with no words at all, unless the span begins or ends where a word might go on: then
    the specification allows a match only together with the rest of the word.
    """
    line = _nearest(reversed(list(_LINE.finditer(text, 0, span.start))))
    last = islice(reversed(list(_WORD.finditer(line))), _MOST)
    before = [line[m.start() :].rstrip() for m in last]
    line = _nearest(_LINE.finditer(text, span.end))
    after = [line[: m.end()].lstrip() for m in islice(_WORD.finditer(line), _MOST)]
    sides = []
    for beside, at in ((before, span.start), (after, span.end)):
        visible = [words for words in _short(beside) if _fold(words).strip()]
        sides.append(visible if visible and _may_split_word(text, at) else ["", *visible])
    return sides[0], sides[1]


def _nearest(lines: Iterable[re.Match[str]]) -> str:
    """Return the first line that shows something."""
    return next((line.group() for line in lines if _fold(line.group()).strip()), "")


def _may_split_word(text: str, at: int) -> bool:
    """Tell whether the place might lie within a word, by Unicode's rules (UAX 29) or a dictionary's."""
    if at in (0, len(text)):
        return False
    left, right = text[at - 1], text[at]
    if left.isspace() or right.isspace():
        return False
    if _in_word(left) and _in_word(right):
        return True
    if left in _INSIDE:
        return _in_word(right) and at > 1 and _in_word(text[at - 2])
    if right in _INSIDE:
        return _in_word(left) and at + 1 < len(text) and _in_word(text[at + 1])
    return False


def _in_word(char: str) -> bool:
    """Tell whether a character can be joined to its neighbour: all but punctuation, space and signs."""
    return unicodedata.category(char)[0] in "LNMC" or unicodedata.category(char) in ("Pc", "So", "Sk")


def _join(prefix: str, start: str, end: str, suffix: str) -> str:
    parts = [
        f"{_encode(prefix)}-" if prefix else "",
        _encode(start),
        _encode(end),
        f"-{_encode(suffix)}" if suffix else "",
    ]
    return ",".join(part for part in parts if part)


def _encode(term: str) -> str:
    """Percent-encode a term; the hyphen too, which `quote` leaves and the directive's syntax uses."""
    visible = "".join(c for c in term if c.isspace() or unicodedata.category(c) not in _INVISIBLE)
    return quote(" ".join(visible.split()), safe="", errors="replace").replace("-", "%2D")
