"""Who is linked to what: sources and contents of the cues of one unit, by patterns over its tags."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.statements.cues import Verb, verb_forms
from corpus.statements.mentions import nouns
from corpus.statements.phrases import Phrase, after, before
from corpus.statements.tokens import Unit

Range = tuple[int, int]

_GROUP = re.compile(r"(?:[XRb]|I?[DR]?M)*\Z")
_ADJUNCT = re.compile(r"(?:(?:R|M|D(?=[nM])|DMS?|O|[It][DRegCnqMSA]+|[DRegn]*M)+)(?=T|Q|H|,Q|:|,T)")
_TIME = re.compile(r"(?:(?:I?D?[RCn]{0,2}M(?:D(?:,D)?)?|R)(?:I[DRegCnqMSA]+(?=T))?)+")
_ADJUNCT_TAIL = re.compile(r"(?:[RMDIegCnqxASOtv,G-]|P(?=[.]))*[.)\"]?\Z")
_DATELINE = re.compile(r"C+(?:,C+)*(?:\(C+\))?-")
_VERB = re.compile(r"[VFXbe]")
_HEARER = re.compile(
    r"(?:O|(?:D+R?)?[egCnqS]*[Cnq](?:[IA]D*[egCnqS]*[Cnq])*)(?:I?D?[Rn]?M)?(?:I[DCnqSgeA]+)?"
)
_CLAUSE_END = re.compile(
    r",(?=[ARB]?G)|,?(?=[AB][RX]*V)|,(?=[AB](?:P|D*[egCnq]+)[RX]*V)|,?(?<!T)(?<!T,)(?=K)|,(?=W)|;|\.(?=.)"
)


@dataclass(slots=True)
class Attribution:
    """One cue of a unit, in tokens: `cue`, `content` ranges, `source` (None: not in the unit)."""

    cue: Range
    content: list[Range]
    source: Phrase | None
    lemma: str
    relative: bool = False
    participle: bool = False
    speech: bool = False
    noun: str = field(default="")


def link(unit: Unit) -> list[Attribution]:
    """Return the attributions of `unit`, in the order of their cues."""
    found: list[Attribution] = []
    for place, tag in enumerate(unit.tags):
        if tag == "V" or (tag == "v" and place and unit.tags[place - 1] == "X"):
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
    tags, words = unit.tags, unit.words
    verb, _ = verb_forms()[words[place]]
    group = _GROUP.search(tags, 0, place)
    start = group.start() if group else place
    if "b" in tags[start:place] or (place and tags[place - 1] == "t"):
        return None
    low = max((a.cue[1] for a in earlier), default=0)
    while start > 0 and tags[start - 1] == "C" and words[start - 1].endswith("ly"):
        start -= 1
    relative = start > 0 and tags[start - 1] in "WT"
    if relative:
        return _relative(unit, place, start, verb)
    inverted = _inverted(unit, place, start, verb)
    if inverted is not None:
        return inverted
    coordinated = start > 0 and tags[start - 1] in "A" and earlier and earlier[-1].source is not None
    if start > 0 and tags[start - 1] == "A" or (start > 1 and tags[start - 2 : start] == ",B"):
        source = earlier[-1].source if coordinated else _first_subject(tags, start - 1)
        if source is None:
            return None
    else:
        apposed = tags[start - 1 : start] == ","
        source = before(tags, start, low if not apposed and "," in tags[low:start] else 0)
    if source is None or tags[source.start : source.end] == "":
        return None
    if source.end > start:
        source = Phrase(source.start, start, min(source.head, start))
    content = _trailing(unit, source.start, place, verb, low)
    speech = bool(content)
    if tags[place] == "v" and not (speech and "Q" in tags[content[0][0] : content[0][1]]):
        return None
    if not content:
        content = _following(unit, place + 1, verb)
        if content and tags[content[0][0]] in "XbVF":
            if source.start == 0 or tags[source.start - 1] != "W" or "Q" not in verb.frames:
                return None
            comma = tags.find(",", content[0][0], content[0][1])
            content = [
                (source.start - 1, source.start),
                (content[0][0], comma if comma > 0 else content[0][1]),
            ]
    cue = (start, place + 1)
    if (
        content
        and words[place + 1 : place + 2]
        and words[place + 1] in verb.particles
        and content[0][0] > place + 1
    ):
        cue = (start, place + 2)
    return Attribution(cue, content, source, verb.lemma, speech=speech)


def _main_subject(tags: str, end: int) -> Phrase | None:
    """The subject of the clause that a coordinated verb ("went on and said") or participle belongs to."""
    for place in range(end - 1, 0, -1):
        if tags[place] in "VFXbe" and tags[place - 1] not in "XRbAtI":
            return before(tags, place)
        if tags[place] in "BQ;:":
            return None
    return None


def _inverted(unit: Unit, place: int, start: int, verb: Verb) -> Attribution | None:
    """`“...,” said X` and `..., said X.`"""
    tags = unit.tags
    if (
        "Q" not in verb.frames
        or "h" in verb.frames
        or start != place
        or place == 0
        or tags[place - 1] not in "Q,-"
    ):
        return None
    if tags[place - 1] != "Q" and not (set("ct") & set(verb.frames) and _VERB.search(tags, 0, place)):
        return None
    source = after(tags, place + 1)
    if source is None or "M" in tags[source.start : source.start + 1]:
        return None
    rest = tags[source.end :]
    if tags[place - 1] != "Q" and not re.match(r"[^,.;Q:VXFb]*(?:[.,;]|\Z)", rest):
        return None
    content = _left_content(unit, place, 0)
    resumed = _resumed(unit, source.end)
    if not resumed and tags[place - 1] == "," and re.match(r",[^GQtTKW]", rest):
        resumed = _range(tags, source.end + 1)
    content += resumed
    return Attribution((place, place + 1), content, source, verb.lemma, speech=True)


def _left_content(unit: Unit, end: int, low: int) -> list[Range]:
    """What stands before a cue that follows its content: the quotation, or the clause up to the comma."""
    tags = unit.tags
    while end > low and tags[end - 1] in ",-":
        end -= 1
    if end > low and tags[end - 1] == "Q":
        first = end - 1
        while first - 2 >= low and tags[first - 1] in ".,-" and tags[first - 2] == "Q":
            first -= 2
        if first > low and tags[first - 1] not in ".;":
            opener = max(tags.rfind(mark, low, first) for mark in ";.") + 1
            first = max(low, opener)
            while first < end - 1 and tags[first] in "BA,":
                first += 1
        return [(first, end)]
    first = max(low, max(tags.rfind(mark, low, end) for mark in ";.") + 1)
    dateline = _DATELINE.match(tags) if first == 0 and unit.begins_paragraph else None
    if dateline:
        first = dateline.end()
    while first < end and tags[first] in "BA,":
        first += 1
    return [(first, end)] if end - first >= 2 else []


def _resumed(unit: Unit, place: int) -> list[Range]:
    """A quotation that goes on after its tag: `“...,” he said, “...”`."""
    match = re.compile(r"[^Q;V]{0,12}?[,:.]?Q").match(unit.tags, place)
    if match is None or not re.match(r"[,:.]|[IRMDnC]*[,:.]", unit.tags[place:]):
        return []
    return [(match.end() - 1, match.end())]


def _trailing(unit: Unit, subject: int, place: int, verb: Verb, low: int) -> list[Range]:
    """The content where the tag follows it: `“...,” X said`, `..., X said on Monday.`, `..., X said, ...`."""
    tags = unit.tags
    if "Q" not in verb.frames or subject == 0:
        return []
    rest = tags[place + 1 :]
    previous = tags[subject - 1]
    after_quotation = previous == "Q" or tags[max(0, subject - 2) : subject] in ("Q,", "Q.")
    if after_quotation and not re.match(r"T|[^,.Q]*T[PDCn]", rest):
        return _left_content(unit, subject, 0) + _resumed(unit, place + 1)
    if previous not in ",-" or not set("cthw") & set(verb.frames):
        return []
    if re.match(r"[.)]?\Z", rest) or (
        _ADJUNCT_TAIL.match(rest) and not re.search(r"[TQ]|P[^.]", rest) and re.match(r"[IRMO.,]|\Z", rest)
    ):
        return _left_content(unit, subject, low)
    if rest.startswith((",", "-")) and not rest.startswith((",Q", ",G", ",t", ",T")):
        end = _clause_end(tags, place + 2)
        left = _left_content(unit, subject, 0)
        return [*left, (place + 2, end)] if left and end > place + 2 else left
    return []


def _clause_end(tags: str, start: int) -> int:
    """The end of the clause that starts at `start`: before a new cue with its own clause, or the full stop."""
    match = _CLAUSE_END.search(tags, start)
    end = match.start() if match else len(tags)
    while end > start and tags[end - 1] in ".,;-":
        end -= 1
    return end


def _following(unit: Unit, start: int, verb: Verb) -> list[Range]:
    """The content after a cue, as the verb's frames allow; [] where there is none."""
    tags, words = unit.tags, unit.words
    frames = verb.frames
    if start < len(words) and words[start] in verb.particles and "T" not in tags[start]:
        return _range(tags, start + 1)
    if "h" in frames or "I" in frames:
        hearer = _HEARER.match(tags, start)
        if hearer and hearer.end() < len(tags):
            nxt = hearer.end() + (tags[hearer.end()] in ",:")
            if tags[nxt : nxt + 1] in ("Q", "T", "H") or (
                tags[nxt - 1] != "," and tags[nxt : nxt + 1] in ("P", "D")
            ):
                return _range(tags, nxt)
            if "I" in frames and tags[nxt : nxt + 1] == "t":
                return _range(tags, start if verb.lemma != "tell" else nxt)
        if "c" not in frames and "n" not in frames and "Q" not in frames:
            return []
    adjunct = _ADJUNCT.match(tags, start)
    here = start
    if adjunct and "Q" in frames or adjunct and tags[adjunct.end() : adjunct.end() + 1] in "TH":
        here = adjunct.end()
    if tags[here : here + 1] in (",", ":") and tags[here + 1 : here + 2] in ("Q", "T"):
        here += 1
    nxt = tags[here : here + 1]
    if nxt == "":
        return []
    if nxt == "Q":
        return _range(tags, here) if "Q" in frames or "n" in frames else []
    if nxt == "T" or (nxt == "H" and ("c" in frames or "t" in frames or "w" in frames)):
        return _range(tags, here) if "c" in frames or "t" in frames or "n" in frames else []
    if nxt == ":":
        return _range(tags, here + 1) if "Q" in frames and "Q" in tags[here:] else []
    if "c" in frames and "h" not in frames:
        time = _TIME.match(tags, here)
        if time:
            here = time.end()
        if tags[here : here + 1] in ("", ",", ".", "t", "A", "-", "I", ";", ")") and not (
            tags[here : here + 1] == "I" and re.match(r"I[^,]+,[PDCn]", tags[here:])
        ):
            if not ("n" in frames):
                return []
        elif (
            nxt in "P" or re.search(r"[VXFbev]", tags[here:]) or ("n" not in frames and len(tags) - here > 5)
        ):
            return _range(tags, here)
    if "i" in frames and nxt == "t":
        return _range(tags, here)
    if verb.lemma == "call" and (len(tags) - here < 4 or (nxt == "C" and tags[start - 2 : start - 1] == "n")):
        return []  # "a group called X"
    if "n" in frames and nxt in "DPOCnqegHIM"[:-1] and nxt != "I":
        return _range(tags, here)
    return []


def _range(tags: str, start: int) -> list[Range]:
    end = _clause_end(tags, start)
    return [(start, end)] if end > start else []


def _relative(unit: Unit, place: int, start: int, verb: Verb) -> Attribution | None:
    """`the report, which alleged that ...`, `officials who said ...`."""
    tags = unit.tags
    end = start - 1
    while end > 0 and tags[end - 1] == ",":
        end -= 1
    if end == 0:
        return None
    source = before(tags, end)
    if source is None:
        return None
    source = _antecedent(unit, source)
    content = _following(unit, place + 1, verb)
    if content:
        begin, stop = content[0]
        comma = re.compile(r",(?=[XRb]*[VFXb])").search(tags, begin, stop)
        content = [(begin, comma.start())] if comma else content
    return Attribution((start, place + 1), content, source, verb.lemma, relative=True) if content else None


def _antecedent(unit: Unit, phrase: Phrase) -> Phrase:
    """The part of a phrase that a relative clause after it is about: in "dismay at the report on X", the report."""
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
    tags, words = unit.tags, unit.words
    verb, _ = verb_forms()[words[place]]
    start = place
    while start > 0 and tags[start - 1] == "R":
        start -= 1
    if start > 0 and tags[start - 1] in "tDSbX":
        if tags[start - 1] != "b":
            return None
        source = before(tags, start - 1)
        begin = start - 1
    elif place == 0:
        comma = tags.find(",")
        if comma < 0:
            return None
        follower = after(tags, comma + 1)
        source, begin = follower, start
    elif tags[start - 1] in ",QA":
        source = earlier[-1].source if earlier else None
        if source is None:
            source = _main_subject(tags, start - 1) or _first_subject(tags, start)
        begin = start
    elif tags[start - 1] == "I" or verb.frames == "n":
        return None
    else:
        source, begin = before(tags, start), start
    if source is None:
        return None
    content = _following(unit, place + 1, verb)
    if place == 0 and content:
        comma = tags.find(",", content[0][0])
        content = [(content[0][0], comma)] if comma > content[0][0] else []
    if not content:
        return None
    return Attribution((begin, place + 1), content, source, verb.lemma, participle=True)


def _first_subject(tags: str, end: int) -> Phrase | None:
    """The subject of the first main clause before token `end`; that of a clause that "when" opens is passed over."""
    for match in _VERB.finditer(tags, 0, end):
        subject = before(tags, match.start()) if match.start() else None
        if subject is None or tags[subject.start] == "W":
            continue
        opener = tags[subject.start - 1] if subject.start else ""
        if opener not in tuple("BHT"):
            return subject
    return None


def _according(unit: Unit, place: int, earlier: list[Attribution]) -> Attribution | None:
    """`according to X, ...`, `..., according to X`."""
    tags = unit.tags
    source = after(tags, place + 1)
    if source is None:
        return None
    cue = (place, place + 1)
    if tags[source.end : source.end + 1] == "," and not tags[:place].strip("B,AR"):
        return Attribution(cue, _range(tags, source.end + 1), source, "according")
    if earlier and any("Q" in tags[start:end] for start, end in earlier[-1].content):
        return None
    content = _left_content(unit, place, 0)
    if tags[source.end : source.end + 1] == "," and tags[source.end + 1 : source.end + 2] in tuple("VFXbe"):
        content += _range(tags, source.end + 1)
    return Attribution(cue, content, source, "according")


def _colon(unit: Unit, place: int, earlier: list[Attribution]) -> Attribution | None:
    """`X: “...”`, where no verb stands before the colon; in headlines, X: what X says."""
    tags = unit.tags
    if earlier and earlier[-1].content[-1][1] > place:
        return None
    source = before(tags, place)
    if source is None or source.start != 0:
        return None
    if tags[place + 1 : place + 2] == "Q" and "C" in tags[:place] and place > 1:
        return Attribution((place, place + 1), [(place + 1, place + 2)], source, ":", speech=True)
    if unit.headline and not tags[:place].strip("C-"):
        return Attribution((place, place + 1), _range(tags, place + 1), source, ":")
    return None
