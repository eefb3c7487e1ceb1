"""What the statements of an article are about, as a question may say it: "the Sorn Dam", "herring quota", "fees".

A subject is a noun phrase of a statement, as it stands there, that the article as a whole is about: its words stand
in the title or the opening, or come again and again. Figures of speech, which come once, are none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.phrases import (
    LOOSE,
    NUMBERS,
    OWNER,
    Phrase,
    is_generic,
    is_measure,
    is_noun,
    is_participle,
    is_plural,
    is_weak,
    phrases,
)
from bot.topics import Rarity
from corpus.statements.words import is_function_word
from index import wordnet
from index.lexical import stems
from index.terms import content_words

_OPENING = 500  # characters that tell what an article is about
_LONGEST = 4  # words of a subject that is no name
_OFTEN = 3  # times that a word of the opening comes in what it is the matter of
_MAIN = 2 / 3  # share of a noun's longer forms that makes one of them what is meant by it
_PLAIN = 9.0  # rarity of a noun that is as good as a longer phrase: beneath it are "gate" and "station"
_READ = 30  # statements of one article that are read
_BEFORE = 20  # characters that hold the word before a phrase

_SPACE, _WORD, _BREAK = re.compile(r"\s+"), re.compile(r"[\w’']+"), re.compile(r"\n\s*\n")
_VERBAL = re.compile(r"(?:ed|ing|ly)$")
_DETERMINERS = Counter(("the", "a", "an", "this", "that", "its", "his", "her", "their", "our", "my", "your"))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statement is about: words for a question, with their article, and how much they tell of it."""

    words: str
    stems: frozenset[str]
    weight: float


class Subjects:
    """What one article is about, and which of that each of its statements speaks of."""

    def __init__(self, title: str, text: str, contents: Iterable[str], rarity: Rarity) -> None:
        """Read an article.

        Args:
            title: its title.
            text: its text, which may begin with the title.
            contents: what was said in it.
            rarity: how rare words are.
        """
        paragraphs = (_SPACE.sub(" ", paragraph) for paragraph in _BREAK.split(text))
        self._text, self._rarity = "\n".join(paragraphs), rarity
        self._folded, self._counts = self._text.lower(), dict[str, int]()
        self._title = content_words(title).keys()
        opening = text[:_OPENING]
        self._opening = content_words(opening).keys()
        self._often = Counter(stems(text))
        self._of = {content: list(phrases(content)) for content in list(contents)[:_READ]}
        runs = [phrase for some in (*self._of.values(), list(phrases(opening))) for phrase in some]
        self._heads = Counter(phrase.head for phrase in runs)
        self._full = {phrase.words.split()[0]: phrase for phrase in runs if phrase.name and phrase.several}
        self._longer: dict[str, list[Phrase]] = {}
        for phrase in sorted({phrase for phrase in runs if phrase.several}, key=lambda phrase: phrase.words):
            self._longer.setdefault(phrase.head, []).append(phrase)

    def of(self, content: str, without: str, near: frozenset[str] | None = None) -> Subject | None:
        """Return what `content`, one of the contents, is about; None where it is about nothing that tells much.

        Args:
            content: what was said.
            without: words that are no subject, such as the speaker's name and office.
            near: stems of which the subject must have one, where there are any; with None it must be what the whole
                article is about, else only come again in it.
        """
        taken, best = content_words(without).keys(), None
        for phrase in self._of.get(content, ()):
            phrase = self._whole(self._trimmed(phrase))
            mine = frozenset(content_words(phrase.words))
            if not mine or mine & taken or (near and not mine & near):
                continue
            weight = self._weight(phrase, mine, near is not None)
            if weight is not None and (best is None or weight > best.weight) and self._tells(phrase):
                best = Subject(self._with_article(phrase), mine, weight)
        return best

    def _places(self, words: str) -> Iterator[tuple[int, int]]:
        """Yield where words stand in the text, in any case."""
        at = self._folded.find(folded := words.lower())
        while at >= 0:
            end = at + len(folded)
            if not (self._folded[at - 1 : at].isalnum() or self._folded[end : end + 1].isalnum()):
                yield at, end
            at = self._folded.find(folded, end)

    def _count(self, words: str) -> int:
        if words not in self._counts:
            self._counts[words] = sum(1 for _ in self._places(words))
        return self._counts[words]

    def _trimmed(self, phrase: Phrase) -> Phrase:
        """Return a phrase without those first words that do not belong to it for certain."""
        words = phrase.words.split()
        if phrase.name:
            return phrase
        while len(words) > 1 and not self._belongs(words):
            words = words[-1:] if words[0] in NUMBERS else words[1:]
        return Phrase(" ".join(words), False, phrase.head)

    def _belongs(self, words: Sequence[str]) -> bool:
        """Tell whether the first of these words makes one phrase with the others."""
        first = words[0].lower()
        owner = OWNER.sub("", first)
        if first in LOOSE or first in NUMBERS or (owner != first and is_weak(owner) and first[-1] == "s"):
            return False
        if any(word.islower() and is_plural(word) and not OWNER.search(word) for word in words[1:-1]):
            return False  # more likely a verb
        if self._count(" ".join(words)) > 1:
            return len(words) <= _LONGEST
        if is_participle(first) or (owner == first and is_plural(first)):
            return False
        return words[0][0].isupper() or (len(words) == 2 and is_noun(owner))

    def _whole(self, phrase: Phrase) -> Phrase:
        """Return the longer form that an article nearly always means by a noun ("the dam": "the Sorn Dam")."""
        if phrase.several:
            return phrase
        if (
            phrase.name
            and (full := self._full.get(phrase.words))
            and 2 * self._count(full.words) >= self._count(phrase.words)
        ):
            return full
        longer = {long: self._count(long.words) for long in self._longer.get(phrase.head, ())}
        longer = {long: n for long, n in longer.items() if self._trimmed(long) == long}
        if not longer:
            return phrase
        best = max(longer, key=lambda long: longer[long])
        sure = longer[best] >= _MAIN * sum(longer.values())
        known = longer[best] > 1 or content_words(best.words).keys() <= self._title | self._opening
        return best if sure and known and (best.name or not phrase.name) else phrase

    def _tells(self, phrase: Phrase) -> bool:
        """Tell whether a phrase says by itself what it is about."""
        last = phrase.words.rpartition(" ")[2].lower()
        if all(is_generic(word) for word in phrase.words.split()):
            return False
        if phrase.name:
            return len(last) > 1 and (phrase.several or not is_weak(last))
        if last in LOOSE or is_measure(last) or not is_noun(last):
            return False
        if not is_weak(last):
            counted = is_plural(last) or phrase.head in self._title or bool(self._determiners(last) & _DETERMINERS)
            return phrase.several or (counted and self._heads[phrase.head] > 1)
        return phrase.several and self._count(phrase.words) > 1

    def _weight(self, phrase: Phrase, mine: frozenset[str], any_matter: bool) -> float | None:
        """Return how much a phrase tells of the article; None where it tells too little."""
        title, opening = (len(mine & some) / len(mine) for some in (self._title, self._opening))
        if phrase.name and phrase.head in self._title:
            title = 1.0  # which gives a last name alone
        often, count = min(self._often[stem] for stem in mine), self._count(phrase.words)
        central = title > 0 or (opening == 1 and often >= _OFTEN) or (phrase.several and count > 1 and opening > 0)
        if not (central or (any_matter and count > 1)) or not count:
            return None
        if phrase.name and not phrase.several and (self._often_small(phrase.words) or not self._inside(phrase.words)):
            return None
        elsewhere = self._rarity.having(mine) > 1
        form = 0.6 if phrase.several else 0.3 if phrase.name else 0.2 * (wordnet.rarity(phrase.words) - _PLAIN)
        return (
            2 * title + opening + 0.3 * math.log(often) + form + 0.3 * elsewhere + 0.1 * self._rarity.of(phrase.words)
        )

    def _often_small(self, words: str) -> bool:
        """Tell whether words with a capital stand without it too: they began a sentence, or stood in a headline."""
        return any(self._text[at].islower() for at, _ in self._places(words))

    def _inside(self, word: str) -> bool:
        """Tell whether a word stands inside a sentence."""
        return any(re.search(r"[\w,;)] $", self._text[max(0, at - 2) : at]) for at, _ in self._places(word))

    def _with_article(self, phrase: Phrase) -> str:
        """Return the words with "the" where the article of the paper has it, or "a", before them."""
        words = phrase.words
        first, _, others = words.partition(" ")
        if not phrase.name and others == others.lower() and (self._often_small(first) or not self._inside(first)):
            words = words[0].lower() + words[1:]
        counts = self._determiners(words, phrase.name)
        if phrase.name or is_plural(words):
            often = 4 if phrase.several and phrase.name and is_noun(words.rpartition(" ")[2].lower()) else 2
            return f"the {words}" if often * counts["the"] > counts.total() else words
        if not counts & _DETERMINERS and phrase.several and not (words[0].isupper() and OWNER.search(first)):
            counts = self._determiners(words.rpartition(" ")[2])
        return f"the {words}" if counts & _DETERMINERS else words

    def _determiners(self, words: str, name: bool = False) -> Counter[str]:
        """Return which words stand before these, and how often; before what is no name, where no noun follows on it."""
        found = Counter[str]()
        for start, end in self._places(words):
            after = _WORD.match(self._folded, end + 1) if self._folded[end : end + 1] == " " else None
            if name or after is None or is_function_word(after[0]) or _VERBAL.search(after[0]):
                before = self._folded[max(0, start - _BEFORE) : start].split(" ")
                word = before[-2] if len(before) > 1 and not before[-1] else ""
                found["its" if OWNER.search(word) else word] += 1
        return found
