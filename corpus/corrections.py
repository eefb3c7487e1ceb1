"""Correction notices: where a publisher says in its own article that the article was wrong or unclear.

Found are paragraphs under a label ("Correction:", "CLARIFICATION (May 3)") and sentences that say that this
very story was corrected or amended, was updated *to correct* or clarify something, or that its earlier
version was at fault; an editor's note that says so is taken from its beginning. Not found are notices of
mere additions ("updated with comment") or of first publication, what somebody is quoted as saying, and
articles about corrections. A page with more than `MOST` notices is a column of corrections of other articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.model import Span
from corpus.sentences import paragraphs, sentences

LONGEST = 1200
"""Characters of a notice at most; a longer paragraph is cut at the end of a sentence."""

MOST = 5
"""Notices an article has at most."""

_HINT = re.compile(
    r"correct|clarif|errat(?:um|a)\b|amended|version|updated|revised|edited|error|inaccura|erroneous|wrong|mistak|"
    r"mis(?:stat|spel|identif|quot|attrib|charact|report|label)",
    re.IGNORECASE,
)
"""What every notice holds; most paragraphs do not."""

_THING = (
    r"(?:news |blog |photo |live |video |online |fact |web )?(?:story|stories|article|report|post|blog|column|headline|"
    r"piece|page|graphic|map|chart|table|video|caption|photo|list|gallery|file|timeline|review|editorial|op-ed|obituary|"
    r"item|newsletter|interview|transcript|quiz|explainer|analysis|dispatch|entry|podcast|essay|profile|feature|check)"
)
_FAULT = (
    r"\b(?:incorrect|inaccura|inadvertent|erroneous|errors?\b|wrong|mistak|typo|outdated|imprecise|omitted|neglected|"
    r"failed to|should have|mis(?:stat|spel|identif|quot|attrib|charact|repres|label|nam|report|interpret|constru|"
    r"gender|dated|count|calculat|cast|leading|titled|translat|plac|describ|used|worded|led\b))"
)
_CHANGED = r"(?:updated?|revised|edited|changed|modified|republished|altered|refiled)"
_MENDING = (
    r"\b(?:correct(?:s|ed|ly|ing|ion|ions)?|clarif(?:y|ies|ied|ication|ying)|fix(?:es|ed)?|inaccurac(?:y|ies)|"
    r"incorrect(?:ly)?|errors?|typos?|mistakes?|misspell\w{0,6}|misstate\w{0,6})\b"
)
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = rf"(?:{_MONTH} \d|\d{{1,2}} {_MONTH}|\d{{1,2}}[/.-]\d|\d{{4}}\b)"
_PARENTHESIS = r"\([^()]{0,20}\d[^()]{0,20}\)"
_KIND = r"(?:corrections?|clarifications?|errat(?:um|a))"
_NOTE = r"(?:(?:an? )?(?:editor'?s?|editors'|publisher's) (?:note|correction)|note(?: to readers)?)"

_LABEL = re.compile(
    rf"[\W_]{{0,6}}(?:{_NOTE}[*_ ]{{0,3}}[:—–-]?[*_ ]{{0,3}})?{_KIND}(?: ?(?:and|&(?:amp;)?|/) ?{_KIND})?"
    rf"(?: appended| notice| note)?[*_ ]{{0,3}}(?:{_PARENTHESIS}(?!\w)[*_ :]{{0,4}}|:[*_]{{0,2}}|"
    rf",? ?(?:\d{{1,2}}(?::\d\d)? ?[ap]\.?m\.?,? )?(?:on )?{_DATE}[^:()]{{0,20}}:)",
    re.IGNORECASE,
)
_WIRE_LABEL = re.compile(r"\(?(?:CORRECTED|CORRECTS|CORRECTION|CLARIFIES)\b ?[:—–-]|\((?:Corrects|Clarifies) ")
_NOTED = re.compile(rf"[\W_]{{0,6}}{_NOTE} ?[:—–(-]", re.IGNORECASE)

_VERSION = re.compile(
    r"\b(?:earlier|previous|prior|original|initial|older|first)(?: online| published)? versions? of (?:this|our) "
    rf"{_THING}\b",
    re.IGNORECASE,
)
_VERSION_FIRST = re.compile(
    rf"[^\w\"“]{{0,4}}(?:an?|the|our|some) {_VERSION.pattern}(?!,? (?:also )?(?:first |originally )?"
    r"(?:appeared|ran|aired|can be|(?:was|is|were) (?:first |originally |previously )?(?:published|posted|"
    r"released|aired|printed|sent|available|produced|distributed)))",
    re.IGNORECASE,
)
_FAULTY = re.compile(_FAULT, re.IGNORECASE)
_HAS_BEEN = r"(?:was|is|were|has|have)(?: since| now| also)?(?: been)?(?: since)?"
_THIS = rf"\bthis (?:{_MONTH} \d{{1,2}},? )?{_THING}\b"
_OWN = re.compile(
    rf"{_THIS}[^.!?]{{0,60}}? {_HAS_BEEN} (?:corrected|amended|clarified)\b"
    rf"|{_THIS}[^.!?]{{0,60}}? {_HAS_BEEN} {_CHANGED}\b[^!?]{{0,180}}?{_MENDING}"
    rf"|\bthis (?:{_MONTH} \d{{1,2}},? )?(?:{_THING}|version) (?:corrects|clarifies)\b"
    r"|\bthis (?:story|article|column|headline|caption) (?:\w{2,12} ){0,2}?(?:incorrectly|inaccurately|erroneously|"
    r"mistakenly|wrongly|mis(?:stat|spel|identif|quot|attrib|charact|report|label)\w{2,8}|"
    r"(?:gave|had|contained|included|used) (?:an? )?(?:incorrect|wrong|inaccura|error))"
    rf"|\bwe(?:'ve| have)? (?:since )?(?:corrected|amended|clarified) (?:this|the) {_THING}\b",
    re.IGNORECASE,
)
"""Says of itself that it was wrong and is mended."""

_OWN_IN_A_NOTE = re.compile(
    rf"\b(?:the|an?) {_THING}\b[^.!?]{{0,60}}? {_HAS_BEEN} "
    rf"(?:corrected|amended|clarified|{_CHANGED}\b[^!?]{{0,120}}?{_MENDING})",
    re.IGNORECASE,
)
_FLAT = str.maketrans(
    {char: " " for char in "\r\n\t\f\v\u00a0\u2028\u2029\u202f\u2009"} | {char: "'" for char in "’‘´"}
)


def find_corrections(text: str) -> tuple[Span, ...]:
    """Return the spans of the publisher's own correction notices in `text`, in order, none overlapping.

    A span holds the notice's paragraph, or its sentences where it stands within one, and at most `LONGEST`
    characters. The time taken grows with the length of the text only.
    """
    if not _HINT.search(text):
        return ()
    found = list(_notices(text))
    return tuple(found) if len(found) <= MOST else ()


def _notices(text: str) -> Iterator[Span]:
    label: int | None = None  # where a label that stands alone began: the next paragraph is its notice
    for paragraph in paragraphs(text):
        if label is not None:
            yield _bounded(text, Span(label, paragraph.end))
            label = None
            continue
        flat = paragraph.of(text).translate(_FLAT)
        if not _HINT.search(flat):
            continue
        labelled = _label(flat)
        if labelled is None:
            start = _unlabelled(flat)
            if start is not None:
                yield _bounded(text, Span(paragraph.start + start, paragraph.end))
        elif flat[labelled:].strip(" *_"):
            yield _bounded(text, paragraph)
        else:
            label = paragraph.start


def _label(flat: str) -> int | None:
    """Where the label that `flat` begins with ends; None where it begins with none."""
    match = _LABEL.match(flat) or _WIRE_LABEL.match(flat)
    return match.end() if match else None


def _unlabelled(flat: str) -> int | None:
    """Where a notice without a label of its own begins in a paragraph."""
    noted, quoted = _NOTED.match(flat) is not None, False
    for span in sentences(flat):
        sentence = span.of(flat)
        begins = _label(sentence) or 0
        place = _place(sentence[begins:], noted)
        if place is not None and not _in_quotes(sentence[: begins + place], quoted):
            return 0 if noted and span.start <= LONGEST // 2 else span.start
        quoted = _in_quotes(sentence, quoted)
    return None


def _place(sentence: str, noted: bool) -> int | None:
    """Where the sentence tells of a correction; `noted` says that it is in an editor's note."""
    match = (
        _VERSION_FIRST.match(sentence)
        or _OWN.search(sentence)
        or (noted and _OWN_IN_A_NOTE.search(sentence))
        or (_FAULTY.search(sentence) and _VERSION.search(sentence))
    )
    return match.start() if match else None


def _in_quotes(before: str, quoted: bool) -> bool:
    """Tell whether quotation marks are open after `before`, given whether they were at its start."""
    curly = before.count("“") - before.count("”")
    return bool((quoted + before.count('"')) % 2) if not curly else curly > 0


def _bounded(text: str, span: Span) -> Span:
    """The span, or as many of its first sentences as are not too long."""
    if span.end - span.start <= LONGEST:
        return span
    piece = text[span.start : span.start + LONGEST]
    ends = [sentence.end for sentence in sentences(piece)[:-1]]
    return Span(span.start, span.start + (ends[-1] if ends else len(piece.rstrip())))
