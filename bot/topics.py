"""What a statement is about, in the crudest honest way: its rarest nouns and names, as a question may say them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corpus.sentences import sentences
from corpus.statements.words import settle, tagged
from index import wordnet
from index.lexical import stems
from index.terms import content_words

# Tags of `corpus.statements.words`: a run of nouns and names after what nouns follow. Behind "is", "will" or
# "to" such a run is an adjective or a verb; before a number it is none, either.
_NOUNS = re.compile(r"(?:(?<=[DIABS,\-])|^)[nCeg]*[nC](?![nCegD])")
_SHORTEST = 4  # letters of a word that may be a topic


@dataclass(frozen=True, slots=True)
class Term:
    """A noun of a text, with one before it that belongs to it: its words, where it begins, and how rare it is."""

    words: str
    start: int
    rarity: float


class Rarity:
    """How rare words are in some texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            self._counts.update(set(stems(text)))
            self._texts += 1

    def of(self, words: str) -> float:
        """Return the inverse document frequency, as a logarithm, of the rarest word; 0 where none carries meaning.

        Of two as rare the one that is rarer in general English counts for more.
        """
        return max((self._of(stem, word) for stem, word in content_words(words).items()), default=0.0)

    def having(self, words: Iterable[str]) -> int:
        """Return in how many of the texts each of these words, given as stems, stands, by the rarest of them."""
        return min((self._counts[stem] for stem in words), default=0)

    def _of(self, stem: str, word: str) -> float:
        return math.log((1 + self._texts) / (1 + self._counts[stem])) + wordnet.rarity(word) / 100


def topic(content: str, rarity: Rarity, without: str) -> tuple[Term, ...]:
    """Return the two rarest nouns or names of `content`, in text order; none where it has fewer.

    Args:
        content: what was said.
        rarity: how rare words are.
        without: words that are no topic, such as the speaker's name.
    """
    taken, found = set(content_words(without)), list[Term]()
    for term in sorted(_terms(content, rarity), key=lambda term: (-term.rarity, term.start)):
        mine = content_words(term.words).keys()
        if mine and not mine & taken:
            taken |= mine
            found.append(term)
    return tuple(sorted(found[:2], key=lambda term: term.start)) if len(found) > 1 else ()


def _terms(content: str, rarity: Rarity) -> Iterator[Term]:
    """Yield each run of nouns by its last word, with the one before it."""
    for span in sentences(content):
        tokens = list(tagged(content, span.start, span.end, span.start))
        tags, words = [token[0] for token in tokens], [token[3] for token in tokens]
        settle(tags, words)
        for match in _NOUNS.finditer("".join(tags)):
            first = max(match.start(), match.end() - 2)
            if not _is_noun(words[match.end() - 1], tags[match.end() - 1]):
                continue
            start, end = tokens[first][1], tokens[match.end() - 1][2]
            name = content[start:end]
            if start == span.start and wordnet.rarity(words[first]) < wordnet.RAREST:
                name = name[0].lower() + name[1:]  # its capital is that of the sentence
            definite = first == match.start() > 0 and words[first - 1] == "the"
            yield Term(f"the {name}" if definite else name, start, rarity.of(name))


def _is_noun(word: str, tag: str) -> bool:
    """Tell whether WordNet knows a noun of this form; a name need not be known."""
    if len(word) < _SHORTEST:
        return False
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    forms |= {word.removesuffix("ies") + "y"} if word.endswith("ies") else set()
    near = wordnet.related(word)
    return tag == "C" or any(near.get(form, 0.0) >= 1.0 for form in forms)


def as_called(name: str, text: str) -> str:
    """Return how a question should name a speaker: with "the" where the article mostly does ("the Sorn Authority")."""
    places = [match.start() for match in re.finditer(rf"{re.escape(name)}(?!\w)", text)]
    definite = sum(text[max(0, at - 6) : at].split()[-1:] in (["the"], ["The"]) for at in places)
    return f"the {name}" if 2 * definite > len(places) else name
