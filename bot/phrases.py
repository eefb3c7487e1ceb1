"""Noun phrases and names of a text, and which nouns tell by themselves what something is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.sentences import sentences
from corpus.statements.lexicon import is_title, nouns
from corpus.statements.words import settle, tagged
from index import wordnet
from index.lexical import stems

_SHORTEST = 3  # letters of a common noun
# Tags of `corpus.statements.words`: nouns and names, and what may stand before them. Not behind "is", "will" or "to",
# where they are adjectives and verbs, and not before a number. Names stand anywhere.
_RUN = re.compile(r"(?:(?<=[DIABSVG,\-:(])|^)(?:[nC]+S)?[nCeg]*[nC](?![nCegD])|(?<![CS])C+(?![nCegS])")
_OF_NOUNS = (1.0, 0.49)  # nearness of a noun to itself, by its concepts or by theirs: a verb's nouns are not so near
OWNER = re.compile(r"s['’]$|['’]s$")
_SPACE = re.compile(r"\s+")

_TIMES = frozenset(
    stems(
        "nobody everybody everyone somebody someone anybody nothing something everything anything thing way kind "
        "sort lot bit part piece half third quarter rest percent percentage cent million billion trillion thousand "
        "hundred dozen second minute hour day night week weekend month year decade century time date period moment "
        "season morning evening afternoon spring summer autumn winter monday tuesday wednesday thursday friday "
        "saturday sunday january february march april june july august september october november december today "
        "tomorrow yesterday metre meter kilometre kilometer mile one pound dollar euro tonne ton inch point behalf guy "
    )
)
"""Nouns that measure, or stand for any other, with whatever before them."""

_VAGUE = _TIMES | frozenset(
    stems(
        "end start beginning middle top bottom side place case fact reason example instance idea question answer "
        "problem issue matter subject situation position level rate number figure amount sum total score share past "
        "present future history life death world country nation state province region area city town village "
        "district street road corner home house room door window table desk roof floor wall people man woman boy "
        "girl child person human folk member friend family father mother brother sister son daughter wife husband "
        "parent neighbour neighbor baby name word line letter sentence page paper list text copy title note picture "
        "image photo story version account body head face eye nose ear mouth tooth tongue hand finger arm leg foot "
        "knee shoulder neck back heart blood skin bone hair mind soul voice love hate joy fear regret hope anger "
        "shame pride grief sorrow pity sadness happiness pleasure pain surprise relief courage patience trust doubt "
        "worry feeling emotion mood sense smile tear laugh dream wish desire interest attention care effort work "
        "job task step move turn change difference result effect impact outcome success failure mistake error wrong "
        "right chance risk luck opportunity choice decision option need use purpose aim goal process progress "
        "experience knowledge power strength weakness quality value size length speed ability skill talent thanks "
        "apology view opinion thought look glance conversation talk speech remark comment statement response reply "
        "reaction order course front sign signal set group pair couple series range variety type form shape style "
        "feature aspect element detail item object stuff material tool money price cost business product service "
        "customer user client fan audience reader player teammate guest visitor stranger crowd game match round "
        "race ball play action activity event occasion condition circumstance term phrase addition lack loss "
        "increase decrease rise fall cut growth majority minority gesture attempt basis background approach method "
        "system structure source location space direction distance north south east west light dark sun moon sky "
        "lead advantage focus push boost blow key quote article evidence proof truth lie joke fun mess shadow "
        "silence noise sound taste smell touch cuts "
    )
)
"""Nouns that alone tell nobody what a question is about; with a noun before them ("power cuts") they may."""

NUMBERS = frozenset(("hundred", "thousand", "million", "billion", "trillion"))
LOOSE = frozenset(
    re.findall(
        r"\w+",
        """
        own new old last next first second third fourth fifth sixth seventh eighth ninth tenth final same other more
        most less fewer such good better best bad worse worst big bigger biggest great greater greatest small little
        many much full whole entire latest current former recent previous real true only very certain different various
        several able likely possible important main major single right wrong long short high low higher lower late
        early few least enough clear sure hard easy nice fine extra another similar serious significant large larger
        largest huge massive given upcoming following later future past present half double further far near close
        closer like amid per well again key top overall potential actual general incredible amazing special total sole
        favorite favourite beautiful perfect simple solid combined blank normal regular
        """,
    )
)
"""Adjectives that a question had better leave out: they judge, count or point."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of nouns: as it stands, whether it is a name, and the stem of its last word."""

    words: str
    name: bool
    head: str

    @property
    def several(self) -> bool:
        """Tell whether it has more than one word."""
        return " " in self.words


def phrases(text: str) -> Iterator[Phrase]:
    """Yield the noun phrases and names of a text, without what determines them."""
    for span in sentences(text):
        tokens = list(tagged(text, span.start, span.end, span.start))
        tags, words = [token[0] for token in tokens], [token[3] for token in tokens]
        settle(tags, words)
        for match in _RUN.finditer("".join(tags)):
            first, last = match.start(), match.end() - 1
            if tags[last] == "C":  # in "President Ruiz" the office is no part of the name
                while any(tag != "C" for tag in tags[first : last + 1]):
                    first += 1
                last = _with_of(tags, words, last)
                if text[tokens[first][1] : tokens[last][2]].isupper() and last > first:
                    continue  # a headline
                while last - first > 1 and is_title(words[first]):
                    first += 1
                if tags[max(0, first - 3) : first] == ["D", "C", "A"] and is_noun(words[last]):
                    first -= 2  # "the Assembly and Public Gatherings Bill"
                name = True
            else:
                name = False
                if first == last == 0 or (first < last and not first and tags[first] != "C"):
                    first = last  # the first word of a sentence may be a verb
            found = _SPACE.sub(" ", text[tokens[first][1] : tokens[last][2]])
            head = stems(words[last])
            if head and (name or tags[last] == "n"):
                yield Phrase(found, name, head[-1])


def _with_of(tags: Sequence[str], words: Sequence[str], last: int) -> int:
    """Return where a name ends that may go on with "of": "Ministry of Health"."""
    at = last + 1
    if words[at : at + 1] != ["of"]:
        return last
    at += 2 if words[at + 1 : at + 2] == ["the"] else 1
    end = at
    while end < len(tags) and tags[end] == "C":
        end += 1
    return end - 1 if end > at and words[end : end + 1] != ["and"] else last


@lru_cache(maxsize=10_000)
def is_noun(word: str) -> bool:
    """Tell whether a word in lower case may be a noun: WordNet relates it to nothing, or as a noun."""
    if len(word) < _SHORTEST:
        return False
    last = word.rpartition("-")[2]
    near = wordnet.related(last)
    return not near or any(round(near.get(form, 0.0), 2) in _OF_NOUNS for form in wordnet.base_forms(last))


@lru_cache(maxsize=10_000)
def is_participle(word: str) -> bool:
    """Tell whether a word in lower case is a form of a verb, or an adverb: "proposed", "running", not "herring"."""
    if word.endswith("ly"):
        return True
    verbs = wordnet.base_forms(word)[1:] if word.endswith(("ed", "ing")) else ()
    return any(wordnet.rarity(verb) < wordnet.RAREST for verb in verbs)


@lru_cache(maxsize=10_000)
def is_measure(word: str) -> bool:
    """Tell whether a noun measures or stands for any other, and so names nothing with whatever before it."""
    return not _TIMES.isdisjoint(stems(word))


@lru_cache(maxsize=10_000)
def is_office(word: str) -> bool:
    """Tell whether a word is that of an office, in any case."""
    known, forms = nouns(), wordnet.base_forms(word.lower())
    return any(form in known[kind] for form in forms for kind in ("role", "title"))


@lru_cache(maxsize=10_000)
def is_generic(word: str) -> bool:
    """Tell whether a noun is that of an office, a body or people of some kind, of which there are many."""
    known, forms = nouns(), wordnet.base_forms(word.lower())
    return is_office(word) or any(form in known[kind] for form in forms for kind in ("organisation", "people"))


@lru_cache(maxsize=10_000)
def is_weak(word: str) -> bool:
    """Tell whether a noun by itself leaves open what a question is about."""
    return is_generic(word) or not _VAGUE.isdisjoint(stems(word))


def is_plural(words: str) -> bool:
    """Tell whether a noun, or the last of some, looks like a plural."""
    last = words.rpartition(" ")[2].casefold()
    return last.endswith("s") and not last.endswith(("ss", "us", "is"))
