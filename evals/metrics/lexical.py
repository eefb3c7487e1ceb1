"""Lexical support: whether what can be checked in a sentence stands in the passages that it cites.

Checked are numbers ("three" is 3), capitalised names, words in quotation marks, and negation: a sentence is negated
where the most similar sentence of its passages is. This tells invented figures, names and quotations; it does not
tell whether a paraphrase is true, so it is no measure of faithfulness. (The share of names that the source has is
the entity precision of Nan et al., "Entity-level Factual Consistency of Abstractive Text Summarization", EACL 2021.)

The passages of a sentence are the quotations that its marks name, with what their citations tell: speaker, title,
outlet, dates. A line that ends in a colon leads to the lines below it and has their passages. A sentence without
passages counts, as unsupported, where it has a number, a name or quoted words. An answer that only quotes is
supported by making, unless its headings are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.cite import show_date, show_speaker, unescape_markdown
from bot.model import Answer, Citation
from corpus.sentences import sentences
from corpus.statements.words import is_function_word
from evals.case import Case
from evals.metrics.base import Metric
from evals.metrics.wording import MARK, marks, normalised, one_form

_LEADING_MARKS = re.compile(rf"(?:\s*{MARK.pattern})+")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_QUOTED = re.compile(r'"([^"]+)"')
_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n't\b")
_NUMERALS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_DIGITS = {word: str(number) for number, word in enumerate(_NUMERALS, 2)}


@dataclass(slots=True)
class Claim:
    """A sentence of an answer, or a quotation in it, as shown; `leads` where it introduces what follows it."""

    text: str
    marks: set[int]
    leads: bool = False


def claims(answer: Answer) -> list[Claim]:
    """Return the sentences of an answer in order, a quotation set apart as one, each with its marks."""
    found: list[Claim] = []
    for line in filter(None, (line.strip() for line in answer.answer.splitlines())):
        if line.startswith(">"):
            found.append(Claim(line.lstrip("> "), marks(line)))
        elif line.endswith(":"):
            found.append(Claim(line, set(), leads=True))
        else:
            found += _prose(line)
    for place, claim in enumerate(found):
        if claim.leads:
            for after in found[place + 1 :]:
                if after.leads:
                    break
                claim.marks |= after.marks
    shown = [Claim(_shown(claim.text), claim.marks, claim.leads) for claim in found]
    return [claim for claim in shown if _WORD.search(claim.text)]


def _prose(line: str) -> Iterator[Claim]:
    """Yield the sentences of a line; a mark after a full stop belongs to the sentence before it."""
    held: Claim | None = None
    for span in sentences(line):
        text = span.of(line)
        before = _LEADING_MARKS.match(text)
        if before and held:
            held.marks |= marks(before[0])
            text = text[before.end() :]
        if _WORD.search(MARK.sub("", text)):
            if held:
                yield held
            held = Claim(text, marks(text))
    if held:
        yield held


def _shown(markdown: str) -> str:
    return one_form(unescape_markdown(MARK.sub(" ", re.sub(r"(?<!\\)\*+", "", markdown))))


def supported(claim: Claim, citations: Sequence[Citation]) -> bool:
    """Tell whether everything that can be checked in a claim stands in what it cites."""
    mine = [citation for citation in citations if citation.n in claim.marks]
    quotes = [citation.quote for citation in mine]
    text = normalised(claim.text)
    if any(text.strip('" ') in normalised(quote) for quote in quotes):
        return True
    passages = "\n".join([*quotes, *map(_told, mine)])
    told = normalised(passages)
    return (
        _names(claim.text) <= {*_WORD.findall(told), *_WORD.findall(one_form(passages))}
        and _numbers(text) <= _numbers(told)
        and all(quoted.strip(" .,") in told for quoted in _QUOTED.findall(text))
        and (claim.leads or not quotes or _negated_alike(text, quotes))
    )


def _told(citation: Citation) -> str:
    """Return what a citation tells beside its quotation."""
    speakers = [speaker for speaker in (citation.speaker, *citation.via) if speaker]
    dates = [show_date(day) for day in (citation.published, citation.said) if day]
    return "\n".join([*map(show_speaker, speakers), citation.title, citation.outlet or "", *dates])


def _names(text: str) -> set[str]:
    """Return the capitalised words, casefolded; a sentence's first word only where a name goes on after it.

    A word in capitals that would be a common one without them stays as it is: "US" is not "us".
    """
    found = list(_WORD.finditer(text))
    names = set()
    for place, word in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        goes_on = after is not None and after[0][0].isupper() and after.start() - word.end() == 1
        common = is_function_word(word[0].lower())
        if len(word[0]) > 1 and word[0][0].isupper() and (place or goes_on) and (word[0].isupper() or not common):
            names.add(word[0] if common else word[0].casefold())
    return names


def _numbers(text: str) -> set[str]:
    digits = {number.replace(",", "").lstrip("0") or "0" for number in _NUMBER.findall(text)}
    return digits | {_DIGITS[word] for word in _WORD.findall(text) if word in _DIGITS}


def _negated_alike(text: str, quotes: Sequence[str]) -> bool:
    """Tell whether a sentence, normalised, is negated as one of the sentences of the quotations most like it is."""
    words = _telling(text)
    parts = [normalised(span.of(quote)) for quote in quotes for span in sentences(quote)]
    alike = [len(words & _telling(part)) / max(1, len(words | _telling(part))) for part in parts]
    nearest = [part for part, share in zip(parts, alike, strict=True) if share == max(alike)]
    return any(bool(_NEGATION.search(part)) == bool(_NEGATION.search(text)) for part in nearest)


def _telling(text: str) -> set[str]:
    return {word for word in _WORD.findall(text) if not is_function_word(word)}


def lexical_support(case: Case) -> tuple[float, ...] | None:
    """Return the supported sentences of an answer / those that cite something or have something to check."""
    if not case.answer.answered:
        return None
    counted = [
        claim
        for claim in claims(case.answer)
        if claim.marks or _names(claim.text) or _numbers(normalised(claim.text)) or _QUOTED.search(claim.text)
    ]
    return (sum(supported(c, case.answer.citations) for c in counted) / len(counted),) if counted else None


LEXICAL_SUPPORT = Metric("lexical-support", "Lexical support", "answer", lexical_support)
"""Mean of `lexical_support` over answers, to answerable questions or not, 0..1."""
