"""Sentences as strings of tags, one letter a word, so that grammar can be written as patterns.

A quotation of some length is a single token: what is said inside one is not the article's own grammar.
Letters: D determiner, possessive or number; P subject pronoun; O other pronoun; W who, which; T that;
H whether, how and other question words; C capitalised word; M day or month; n other word; e word in -ed;
g word in -ing; F common finite verb; X auxiliary; b form of "be"; R adverb; I preposition; t to; A and, or;
B but, because and other clause openers; S possessive 's; V reporting verb, finite; v the same, plain; G the same in
-ing; K "according to"; Q quotation, q short quotation inside a sentence; punctuation , ; : - ( ) . stands for itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from corpus.model import Span
from corpus.statements.cues import Verb, verb_forms
from corpus.statements.quotations import Quotation

_TOKEN = re.compile(
    r"according\s+to\b|per\s?cent\b|(?:[^\W\d_]\.){2,}|(?-i:[A-Z]\.(?=\s[A-Z]))|(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.(?=\s\d)|[$£€]?\d[\d.,]*\d%?|(?:Mrs?|Ms|Dr|Sens?|Reps?|Govs?|Gen|Lt|Col|Rev|St|Prof|Jr|Sr)\."
    r"|[’']s\b|(?<=s)[’'](?=\s)|\w+(?:[-&]\w+)*(?:n[’']t\b)?(?:[’'](?:ve|re|ll|d|m)\b)?|\.\.\.|--|[^\w\s]",
    re.IGNORECASE,
)

_CLASSES = {
    "D": "a an the this these those its his her their our my your some many several few most all both each every "
    "no any another one two three four five six seven eight nine ten dozens hundreds thousands other",
    "P": "he she they it i we you",
    "O": "him them me us himself herself themselves itself myself",
    "W": "who which who's who'd who've who'll whom",
    "T": "that",
    "H": "whether how why what where if",
    "X": "has have had will would could should may might can must do does did cannot "
    "hasn't haven't hadn't won't wouldn't couldn't shouldn't can't don't doesn't didn't "
    "he's he'd he'll he've she's she'd she'll they've they're they'd they'll it's it'd it'll i'm i've i'd we've we're "
    "we'd we'll",
    "b": "is are was were be been being am isn't aren't wasn't weren't",
    "R": "also later then now still repeatedly once often never already just not soon again always even ever "
    "further instead thus initially recently only flatly simply first previously long too both however meanwhile nonetheless nevertheless though",
    "I": "of for at in on with from by about as into over under against between among during after before since "
    "through within without toward towards outside inside near per via amid behind despite like regarding "
    "following until around across beyond throughout upon alongside off",
    "t": "to",
    "A": "and or &",
    "B": "but because while although when unless whereas so yet than nor",
    "M": "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december yesterday today tomorrow tonight mon tue wed thu fri sat sun jan feb mar "
    "apr jun jul aug sep sept oct nov dec week month year morning afternoon evening night earlier jan. feb. mar. apr. aug. sep. sept. oct. nov. dec.",
    "F": "went came took made got gave began won lost held ran became left met kept led brought put set let saw "
    "makes takes gives goes comes gets wants want wanted need needs seems seem seemed appears appear appeared knew "
    "stood sat rose fell grew spent paid sent built heard thought died hit broke drew chose spoke wore shot cut "
    "remains remain includes include works work lives looks look uses",
}
_TAGS = (
    {word: tag for tag, words in _CLASSES.items() for word in words.split()}
    | {"'s": "S", "'": "S", "according to": "K"}
    | dict.fromkeys(("per cent", "percent", "%"), "D")
)
_HOMOGRAPHS = frozenset(
    "report reports claim claims state states question questions demand demands promise promises attack attacks "
    "charge charges note notes show shows fear fears hope hopes point points stress call calls answer answers post "
    "posts read estimate estimates rule rules pledge pledges vow vows joke jokes remark remarks tweet tweets tweeted "
    "boast boasts complaint threat blame praise mention mentions caution request echo echoes laugh laughs shout "
    "shouts blast blasts".split()
)
_PLURAL_PRONOUNS = ("they", "we", "i", "you", "who", "many", "some", "both", "others")
_CLOCK = frozenset(("may", "march", "august"))
_PUNCTUATION = {
    ",": ",",
    ";": ";",
    ":": ":",
    "—": "-",
    "–": "-",
    "-": "-",
    "--": "-",
    "(": "(",
    ")": ")",
} | dict.fromkeys((".", "!", "?", "…", "..."), ".")
_NOT_ARTICLE = re.compile(r"\s+[BCDGJKPQTVWYZLMNRSF][a-z]")
"""After the article "an" no word begins with a consonant, so there "An" is a name."""
_NOUNS_IN_LY = frozenset(
    "assembly family ally rally reply supply fly butterfly dragonfly monopoly anomaly bully belly jelly lily "
    "daily weekly monthly elderly friendly likely deadly early costly".split()
)
_ENDINGS = {"ed": "e", "ly": "R"}
_LONG_QUOTATION = 4
"""Words; a shorter quotation is a turn of phrase unless it stands alone or a comma sets it off."""


@dataclass(slots=True)
class Unit:
    """A sentence (or sentences that one quotation holds together) as parallel lists of tokens."""

    span: Span
    tags: str
    starts: list[int]
    ends: list[int]
    words: list[str]
    quotations: dict[int, Quotation]
    begins_paragraph: bool = False
    paragraph: int = 0

    @property
    def headline(self) -> bool:
        """True of the first line of the text."""
        return self.paragraph == 0 and self.begins_paragraph


def make_units(
    sentences: list[Span], paragraphs: list[Span], quotations: list[list[Quotation]], text: str
) -> list[Unit]:
    """Return the units of a text: its sentences, joined where a quotation runs on through several."""
    units = []
    starts = [p.start for p in paragraphs]
    place = 0
    while place < len(sentences):
        span = sentences[place]
        number = bisect_right(starts, span.start) - 1
        inside = quotations[number]
        place += 1
        while place < len(sentences) and any(
            q.outer.start < sentences[place].start < q.outer.end and q.outer.start >= span.start
            for q in inside
        ):
            span = Span(span.start, sentences[place].end)
            place += 1
        held = [q for q in inside if span.start <= q.outer.start < span.end]
        unit = _tag(text, span, held)
        unit.paragraph, unit.begins_paragraph = number, span.start == starts[number]
        units.append(unit)
    return units


def _tag(text: str, span: Span, quotations: list[Quotation]) -> Unit:
    """Tag one unit, each of its quotations being one token."""
    tags: list[str] = []
    unit = Unit(span, "", [], [], [], {})
    here = span.start
    for quotation in quotations:
        _tag_stretch(text, here, quotation.outer.start, span.start, unit, tags)
        unit.quotations[len(tags)] = quotation
        tags.append("Q" if _is_speech(text, quotation, span) else "q")
        unit.starts.append(quotation.outer.start)
        unit.ends.append(quotation.outer.end)
        unit.words.append("“")
        if tags[-1] == "q" and text[quotation.inner.end - 1 : quotation.inner.end] == ",":
            tags.append(",")
            unit.starts.append(quotation.inner.end - 1)
            unit.ends.append(quotation.outer.end)
            unit.words.append(",")
        here = quotation.outer.end
    _tag_stretch(text, here, span.end, span.start, unit, tags)
    _settle(tags, unit.words)
    unit.tags = "".join(tags)
    return unit


def _settle(tags: list[str], words: list[str]) -> None:
    """Decide between noun and verb where a form is both: "the report", "his claims", "officials claim"."""
    for place, tag in enumerate(tags):
        if tag not in "vV" or not place:
            continue
        previous = tags[place - 1]
        noun = words[place] in _HOMOGRAPHS
        if (
            previous in "DS"
            or (previous == "I" and noun)
            or (noun and tag == "v" and previous in "neCg" and not _is_plural(words[place - 1]))
        ):
            tags[place] = "e" if words[place].endswith("ed") else "n"
        elif tag == "V" and previous == "R" and place > 1 and tags[place - 2] == "D":
            tags[place] = "e"
        elif tag == "v" and (previous in "neCg" or words[place - 1] in _PLURAL_PRONOUNS):
            tags[place] = "V"
        elif tag == "v" and previous == "R" and place > 1 and tags[place - 2] not in "Xt":
            tags[place] = "V" if _is_plural(words[place - 2]) else tag


def _is_plural(word: str) -> bool:
    return (word.endswith("s") and not word.endswith(("ss", "'s", "’s"))) or word in (
        "people",
        "police",
        "many",
        "some",
    )


def _is_speech(text: str, quotation: Quotation, span: Span) -> bool:
    """Tell speech from a turn of phrase or a title."""
    if quotation.words >= _LONG_QUOTATION or quotation.open:
        return True
    last = text[quotation.inner.end - 1 : quotation.inner.end]
    before = text[span.start : quotation.outer.start].rstrip()
    return (last in ",.!?…" and last != "" and (not before or before[-1] in ",:.")) or quotation.outer == span


def _tag_stretch(text: str, start: int, end: int, unit_start: int, unit: Unit, tags: list[str]) -> None:
    forms = verb_forms()
    starts, ends, words = unit.starts, unit.ends, unit.words
    for match in _TOKEN.finditer(text, start, end):
        word = match[0]
        lower = word.lower().replace("’", "'")
        tag = _TAGS.get(lower)
        if tag is None:
            tag = _open_class(word, lower, forms, match.start() == unit_start)
        elif tag == "M":
            if lower in _CLOCK and not word[0].isupper():
                tag = "n"
        elif tag == "D" and word[0].isupper() and lower != "the" and match.start() != unit_start:
            tag = "C"
        elif tag == "O" and word.isupper():
            tag = "C"
        elif word == "An" and _NOT_ARTICLE.match(text, match.end()):
            tag = "C"
        elif word[0].isupper() and tag in "WTHXbRItABF" and match.start() != unit_start and len(word) > 1:
            tag = "C"
        tags.append(tag)
        starts.append(match.start())
        ends.append(match.end())
        words.append(lower)


def _open_class(word: str, lower: str, forms: dict[str, tuple[Verb, str]], first: bool) -> str:
    """The tag of a word that is in no closed class, by its looks."""
    initial = word[0]
    if initial.isupper():
        return "G" if first and lower in forms and forms[lower][1] == "G" else "C"
    if lower in forms:
        return forms[lower][1]
    if lower in _PUNCTUATION:
        return _PUNCTUATION[lower]
    if initial.isalpha():
        if lower in _NOUNS_IN_LY:
            return "n"
        return _ENDINGS.get(lower[-2:], "g" if lower.endswith("ing") else "n")
    if initial.isdigit() or initial in "$£€":
        return "D"
    return "K" if lower.startswith("according") else "x"


def is_function_word(word: str) -> bool:
    """Tell whether a word, in lower case, belongs to a closed class."""
    return word in _TAGS
