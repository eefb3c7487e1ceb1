"""Paragraphs and sentences of a stored text, as exact spans.

Nothing is normalised: ``span.of(text)`` is the sentence as it stands, without the white space around
it. A sentence never crosses a paragraph break; a closing quotation mark belongs to the sentence it ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import Span

_WIDEST_WRAP = 120
"""Columns; a text with longer lines was not wrapped by hand or by a mail program."""

_BLANK = re.compile(r"(?:\r\n?|\n)[^\S\r\n]*(?:(?:\r\n?|\n)\s*)+|[\u2029\f]\s*")
_SINGLE = re.compile(r"[^\n\r\u2029\f](\r\n?|\n|\u2028)(?=[^\s]|[^\S\r\n]+\S)")
_LINE_END = re.compile(r"\r\n?|\n|\u2028")
_FIRST_WORD = re.compile(r"\S+")
_FINISHED = re.compile(r"[.!?:…][\"'”’»)\]]*\Z")
_LIST_ITEM = re.compile(r"\s*(?:[-*•–—·▪]|\d{1,3}[.)])\s")

_STOP = re.compile(
    r"(?<![.!?…])(?P<dot>[.!?…]++)(?P<close>[\"'”’»)\]]*+)(?:\s+|(?<=[”»])(?=[A-Z“«])|\Z)|[。！？।។]+[”」』’»]*\s*"
)
_OPENERS = "\"'“‘«([—–-•*"
_EDGES = ' \n(“"[—/'


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_TITLES = _words(
    """
    mr mrs ms mx dr prof gen sen sens rep reps gov govs lt col capt cpt sgt maj adm cmdr cdr brig pres
    rev hon fr st ste messrs mme mlle supt det insp amb atty vs v figs eq approx cf viz e.g i.e ft mt pvt
    pfc cpl asst assoc sra srta
    """
)
"""Never end a sentence: what they introduce follows."""

_ABBREVIATIONS = _words(
    """
    inc corp co ltd llc plc bros cos jr sr etc nos dept est ave blvd rd sq bldg univ intl natl esq jan
    feb apr aug sept oct nov thu thur thurs tue tues ala ariz ark calif colo conn fla ga kan ky md mich
    minn mont neb nev okla tenn tex va vt wis wyo ph.d u.s.a hr hrs eds vol pp pg al
    """
)
"""End a sentence only where the next word is one that opens sentences; so do single-letter forms ("U.S.")."""

_CAPITALISED = _words(
    """
    No Sat Sun Mon Wed Fri Mar Dec Jun Jul Sep Mass Miss Mo Pa Wash Ill Ind Ore Del La Ed Ret Fig
    """
)
"""Abbreviations that are also words: they count only with their capital."""

_STARTERS = _words(
    """
    a an the this that these those it its he she they we you i his her their our my your in on at by for
    from with to of as and but or so yet nor if when while where who what why how which there here then
    now after before since until during although though because however meanwhile still also another many
    some most all both each every one two several few no not more other such under over among between
    within without despite last earlier later once only even just instead asked according
    """
)
_SPEECH_TAG = re.compile(
    r"(?:[A-Z][\w.’'-]*\s+){1,4}(?:said|says|asked|asks|added|wrote|told|tweeted|replied|shouted|cried|wondered)\b"
)


def paragraphs(text: str) -> list[Span]:
    """Return the spans of the paragraphs of `text`, in order, trimmed of white space.

    Blank lines part paragraphs. Single line breaks part them too, except in a text whose lines were
    wrapped at a width: there they are white space, unless a finished line ends early or a list item follows.
    """
    breaks = [(match.start(), match.end()) for match in _BLANK.finditer(text)]
    singles = [Span(*match.span(1)) for match in _SINGLE.finditer(text)]
    if singles:
        width = _wrap_width(text, singles)
        breaks += [s for s in singles if not width or _ends_early(text, s, width)]
        breaks.sort()
    found, start = [], 0
    for end, after in (*breaks, (len(text), len(text))):
        span = _trim(text, start, end)
        if span is not None:
            found.append(span)
        start = after
    return found


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences of `text`, in order, trimmed of white space."""
    found: list[Span] = []
    for paragraph in paragraphs(text):
        start = paragraph.start
        for end, after in _sentence_ends(text, paragraph):
            found.append(Span(start, end))
            start = after
        if start < paragraph.end:
            found.append(Span(start, paragraph.end))
    return found


def _trim(text: str, start: int, end: int) -> Span | None:
    """The span without the white space at its ends; None where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _line_around(text: str, line_break: Span) -> tuple[str, str]:
    """The line that `line_break` ends, as far as a wrapped one can reach, and the first word of the line after it."""
    low = max(0, line_break.start - _WIDEST_WRAP - 1)
    start = max(text.rfind(mark, low, line_break.start) for mark in "\n\r\u2028") + 1
    word = _FIRST_WORD.search(text, line_break.end)
    return text[start or low : line_break.start], word[0] if word else ""


def _wrap_width(text: str, singles: list[Span]) -> int:
    """The width in columns at which the lines of `text` were wrapped, or 0 where they were not.

    Lines were wrapped when most of them are full: the next line's first word would not have fitted.
    """
    width = max(len(line.rstrip()) for line in _LINE_END.split(text))
    if width > _WIDEST_WRAP:
        return 0
    lines = [_line_around(text, single) for single in singles]
    full = sum(len(line.rstrip()) + 1 + len(word) > width for line, word in lines)
    return width if 2 * full > len(lines) else 0


def _ends_early(text: str, line_break: Span, width: int) -> bool:
    """Tell whether, in a wrapped text, this line break nevertheless ends a paragraph."""
    line, word = _line_around(text, line_break)
    fits = len(line.rstrip()) + 1 + len(word) <= 0.8 * width
    return bool(_LIST_ITEM.match(text, line_break.end)) or (fits and bool(_FINISHED.search(line.rstrip())))


def _sentence_ends(text: str, paragraph: Span) -> Iterator[tuple[int, int]]:
    """The end of each sentence but the last of a paragraph, with the start of the next one."""
    for match in _STOP.finditer(text, paragraph.start, paragraph.end):
        after = match.end()
        if after >= paragraph.end:
            return
        if match["dot"] is None or _ends_sentence(text, match, after):
            end = match.end("close") if match["dot"] else match.end()
            while text[end - 1].isspace():
                end -= 1
            if end > paragraph.start:
                yield end, after


def _ends_sentence(text: str, match: re.Match[str], after: int) -> bool:
    """Tell whether the stop ends a sentence: what stands before a full stop, and what follows."""
    start = after
    while start < len(text) and text[start] in _OPENERS:
        start += 1
    follower = text[start : start + 1]
    if follower.islower() or not follower:
        return False
    if match["dot"] != ".":
        return not (match["close"] and start == after and _SPEECH_TAG.match(text, after))
    before = max(text.rfind(mark, max(0, match.start() - 24), match.start()) for mark in _EDGES)
    token = text[before + 1 : match.start()].lstrip("'‘’").rpartition("-")[2]
    lower = token.lower()
    if match["close"] or start > after:
        return not (lower in _TITLES and not match["close"])
    if lower in _TITLES:
        return False
    initial = len(token) == 1 and token.isupper() and token not in "IA"
    if not initial and lower not in _ABBREVIATIONS and token not in _CAPITALISED and not _is_acronym(lower):
        return True
    word = _FIRST_WORD.search(text, start)
    return word is not None and word[0].rstrip(",;:").lower() in _STARTERS


def _is_acronym(token: str) -> bool:
    """Tell whether the token is single letters parted by full stops, as in "j.k"."""
    return len(token) > 2 and all(len(part) == 1 and part.isalpha() for part in token.split("."))
