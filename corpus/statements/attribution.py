"""Who is linked to what: sources and contents of the cues of one unit, by patterns over its tags."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.statements.contents import Range, before_cue, clause, following, resumed, trailing
from corpus.statements.cues import Verb, verb_forms
from corpus.statements.lexicon import nouns, speaks
from corpus.statements.phrases import Phrase, after, before
from corpus.statements.tokens import Unit

_GROUP = re.compile(r"(?:[XRbM]|DM|I[DR]?M)*\Z")
_ISSUED = ("statement", "letter", "email", "e-mail", "tweet", "memo", "note", "message", "post")
_ISSUE = ("released", "issued", "sent", "wrote", "posted", "published", "gave")
_WENT_ON = (["went", "on", "to"], ["goes", "on", "to"])
_LONGEST_GROUP = 24  # tokens before a verb that can be its auxiliaries and adverbs
_VERB = re.compile(r"[VFXbe]")
_TAG_END = re.compile(r"[^,.;Q:VXFb]*(?:[.,;]|\Z)")
_GOES_ON = re.compile(r",[^GQtTKW]")
_MAIN_VERB_AFTER_COMMA = re.compile(r",(?=[XRb]*[VXFb])")


@dataclass(slots=True)
class Attribution:
    """One cue of a unit, in tokens: `cue`, `content` ranges and `source` phrase.

    `relative` tells a cue in a relative clause, whose statement nobody else need have passed on.
    """

    cue: Range
    content: list[Range]
    source: Phrase
    relative: bool = False


def link(unit: Unit) -> list[Attribution]:
    """Return the attributions of `unit`, in the order of their cues."""
    found: list[Attribution] = []
    for place, tag in enumerate(unit.tags):
        if tag == "V" or (tag == "v" and place and unit.tags[place - 1] in "Xt"):
            made = _finite(unit, place, found)
        elif tag == "G":
            made = _participle(unit, place, found)
        elif tag == "K":
            made = _according(unit, place, found)
        elif tag == ":":
            made = _colon(unit, place, found)
        else:
            continue
        if made is not None and made.content:
            found.append(made)
    return found


def _finite(unit: Unit, place: int, earlier: list[Attribution]) -> Attribution | None:
    """A finite cue: `X said ...`, `..., said X`, `..., X said`, `the report, which said ...`."""
    tags = unit.tags
    verb, _ = verb_forms()[unit.words[place]]
    group = _GROUP.search(tags, max(0, place - _LONGEST_GROUP), place)
    start = group.start() if group else place
    went_on = unit.words[max(0, place - 3) : place] in _WENT_ON
    if went_on:
        start = place - 3
    elif "b" in tags[start:place] or (place and tags[place - 1] == "t"):
        return None
    if start and tags[start - 1] in "WT":
        return _relative(unit, place, start, verb)
    inverted = _inverted(unit, place, start, verb)
    if inverted is not None:
        return inverted
    low = max((a.cue[1] for a in earlier), default=0)
    source = _subject(tags, start, low, earlier)
    if source is None:
        return None
    content = trailing(unit, source.start, place, verb, low)
    if tags[place] == "v" and not went_on and not any("Q" in tags[begin:end] for begin, end in content):
        return None  # "would say" and "did not say" say nothing, save right beside a quotation
    content = content or _after_finite(unit, place, source, verb)
    has_particle = place + 1 < len(tags) and unit.words[place + 1] in verb.particles
    end = place + 2 if has_particle and content and content[0][0] > place + 1 else place + 1
    return Attribution((start, end), content, source)


def _subject(tags: str, start: int, low: int, earlier: list[Attribution]) -> Phrase | None:
    """The source of a finite cue whose verb group starts at token `start`."""
    if tags[start - 1 : start] == "A" or tags[max(0, start - 2) : start] == ",B":
        if tags[start - 1] == "A" and earlier:
            source: Phrase | None = earlier[-1].source
        else:
            near = before(tags, start - 2) if start > 2 and tags[start - 2] in "VFe" else None
            source = near or first_subject(tags, start - 1)
    else:
        apposed = tags[start - 1 : start] == ","
        source = before(tags, start, low if not apposed and "," in tags[low:start] else 0)
    if source is not None and source.end > start:
        return Phrase(source.start, start, min(source.head, start)) if source.start < start else None
    return source


def _after_finite(unit: Unit, place: int, source: Phrase, verb: Verb) -> list[Range]:
    """The content after `X said`; in "which he said has grown" it begins with the relative pronoun."""
    tags = unit.tags
    content = following(unit, place + 1, verb)
    if not content or tags[content[0][0]] not in "XbVF":
        return content
    if source.start == 0 or tags[source.start - 1] != "W" or "Q" not in verb.frames:
        return []
    begin, end = content[0]
    comma = tags.find(",", begin, end)
    return [(source.start - 1, source.start), (begin, comma if comma > 0 else end)]


def _inverted(unit: Unit, place: int, start: int, verb: Verb) -> Attribution | None:
    """A cue before its source: `“...,” said X` and `..., said X.`."""
    tags = unit.tags
    if "Q" not in verb.frames or "h" in verb.frames or start != place or place == 0 or tags[place - 1] not in "Q,-":
        return None
    quoted = tags[place - 1] == "Q" or tags[max(0, place - 2) : place] == "Q,"
    if not quoted and not (set("ct") & set(verb.frames) and _VERB.search(tags, 0, place)):
        return None
    source = after(tags, place + 1)
    if source is None or tags[source.start] == "M" or not (quoted or _TAG_END.match(tags, source.end)):
        return None
    more = resumed(unit, source.end)
    if not more and not quoted and _GOES_ON.match(tags, source.end):
        more = clause(tags, source.end + 1)
    return Attribution((place, place + 1), before_cue(unit, place, 0) + more, source)


def _relative(unit: Unit, place: int, start: int, verb: Verb) -> Attribution | None:
    """`the report, which alleged that ...`, `officials who said ...`."""
    tags = unit.tags
    end = start - 1
    while end > 0 and tags[end - 1] == ",":
        end -= 1
    source = before(tags, end)
    content = following(unit, place + 1, verb)
    if source is None or not content:
        return None
    begin, stop = content[0]
    comma = _MAIN_VERB_AFTER_COMMA.search(tags, begin, stop)
    content = [(begin, comma.start() if comma else stop)]
    return Attribution((start, place + 1), content, _antecedent(unit, source), relative=True)


def _antecedent(unit: Unit, phrase: Phrase) -> Phrase:
    """The part of a phrase that a relative clause is about: in "dismay at the report on X", the report."""
    tags, words, known = unit.tags, unit.words, nouns()
    speakers = known["document"] | known["organisation"] | known["role"] | known["people"]
    heads = [i - 1 for i in range(phrase.start + 1, phrase.head) if tags[i] in "It"] + [phrase.head - 1]
    chosen = next((place for place in reversed(heads) if words[place] in speakers), None)
    if chosen is None:
        return phrase
    start = chosen
    while start > phrase.start and (tags[start - 1] not in "It" or _joins_names(unit, start - 1)):
        start -= 1
    return Phrase(start, phrase.end, phrase.head)


def _joins_names(unit: Unit, place: int) -> bool:
    """Tell whether a preposition is inside a name, as in "Department of State"."""
    return unit.words[place] == "of" and unit.tags[place - 1 : place + 2] == "CIC"


def _participle(unit: Unit, place: int, earlier: list[Attribution]) -> Attribution | None:
    """`X ..., adding that ...` shares X; `a report ... claiming that ...` is the report's."""
    tags = unit.tags
    verb, _ = verb_forms()[unit.words[place]]
    start = place
    while start > 0 and tags[start - 1] == "R":
        start -= 1
    content = following(unit, place + 1, verb)
    if not content:
        return None
    if start == 0:
        return _opening_participle(tags, place, content)
    previous = tags[start - 1]
    if previous == "b":
        start -= 1
        source = before(tags, start)
    elif previous in ",QA":
        source = earlier[-1].source if earlier else _main_subject(tags, start - 1) or first_subject(tags, start)
    elif previous in "tDSXI" or verb.frames == "n":
        return None
    else:
        source = _issuer(unit, before(tags, start))
        if source is not None and tags[source.start : source.end] == "n":
            return None  # "worth noting"
    return Attribution((start, place + 1), content, source) if source else None


def _issuer(unit: Unit, source: Phrase | None) -> Phrase | None:
    """X, where X "released a statement saying"; else the phrase itself."""
    if source is None or source.start < 2 or unit.words[source.end - 1] not in _ISSUED:
        return source
    if unit.words[source.start - 1] not in _ISSUE:
        return source
    return before(unit.tags, source.start - 1) or source


def _opening_participle(tags: str, place: int, content: list[Range]) -> Attribution | None:
    """`Noting that ..., X left`."""
    comma = tags.find(",", content[0][0])
    source = after(tags, comma + 1) if comma > 0 else None
    return Attribution((0, place + 1), [(content[0][0], comma)], source) if source else None


def _main_subject(tags: str, end: int) -> Phrase | None:
    """The subject of the nearest clause before token `end`."""
    for place in range(end - 1, 0, -1):
        if tags[place] in "VFXbe" and tags[place - 1] not in "XRbAtI":
            return before(tags, place)
        if tags[place] in "BQ;:":
            return None
    return None


def first_subject(tags: str, end: int) -> Phrase | None:
    """The subject of the first main clause before token `end`; a clause that "when" opens is passed over."""
    for match in _VERB.finditer(tags, 0, end):
        subject = before(tags, match.start()) if match.start() else None
        if subject is None or tags[subject.start] == "W":
            continue
        if not subject.start or tags[subject.start - 1] not in "BHT":
            return subject
    return None


def _according(unit: Unit, place: int, earlier: list[Attribution]) -> Attribution | None:
    """`According to X, ...`, `..., according to X`."""
    tags = unit.tags
    source = after(tags, place + 1)
    if source is None:
        return None
    cue = (place, place + 1)
    if tags[source.end : source.end + 1] == "," and not tags[:place].strip("B,AR"):
        return Attribution(cue, clause(tags, source.end + 1), source)
    if earlier and any("Q" in tags[start:end] for start, end in earlier[-1].content):
        return None
    content = before_cue(unit, place, 0)
    if tags[source.end : source.end + 1] == "," and tags[source.end + 1 : source.end + 2] in tuple("VFXbe"):
        content += clause(tags, source.end + 1)
    return Attribution(cue, content, source)


def _colon(unit: Unit, place: int, earlier: list[Attribution]) -> Attribution | None:
    """`X: “...”`, where no verb stands before the colon; in headlines, X: what X says."""
    tags = unit.tags
    if earlier and earlier[-1].content[-1][1] > place:
        return None
    source = before(tags, place)
    if source is None or source.start != 0:
        return None
    named = tags[place - 1] == "C" or ("C" in tags[:place] and speaks(unit.words[place - 1]))
    if tags[place + 1 : place + 2] == "Q" and named and place > 1:
        return Attribution((place, place + 1), [(place + 1, place + 2)], source)
    if unit.headline and not tags[:place].strip("C-"):
        return Attribution((place, place + 1), clause(tags, place + 1), source)
    return None
