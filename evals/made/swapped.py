"""Speaker-swapped questions: what did A say about that of which only B spoke?

    python -m evals.made.swapped POLNEAR/train --out FOLDER [--limit N] [--seed 0]

Made from marked attributions (see `evals.polnear`), each in a pair. B, who has a full name, is marked with a
content; its rarest run of words that looks like a noun phrase is the topic (see `evals.made.names.topic`). The
*control* asks what B said about it, and is answered by every content of B that has all of its terms. The *swapped*
question asks the same of A, named in full as the source of other words: in the same article where there is such an A
(tag `same-article`), else in another (`other-article`). It cannot be answered, `speaker_silent`, and nothing may
be attributed to B.

A is taken to be silent on the topic where in no article all contents together that may be A's have as much as
half of its terms, and where none of them stands near B's. May be A's: what has a source with the last word or the
initials of A's name, and, in an article that has one of these at all, a source without a name ("he", "the
candidate", none). That says nothing of other words for the same thing, so a few of the questions can be answered in
truth. Texts are not copied: the sidecar names their folder.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from corpus.errors import WhosaidError
from corpus.model import Span
from evals.goldset.model import Evidence, Question
from evals.made.names import bare_words, capital_shares, full_name, short_forms, topic
from evals.made.write import write_set
from evals.polnear import Marked, read_gold
from index.lexical import stems
from index.terms import content_terms

SILENT = 0.5
"""Share of a topic's terms that who is silent on it stays below, in all that may be his or hers of an article."""

NEAR = 400
"""Characters around B's content in which nothing may be A's: a reply needs none of its words."""

FEWEST_WORDS = 6
"""Words of a content from which a question is made of it."""

_COLLECTION = "default"


@dataclass(frozen=True)
class Said:
    """One attribution: its article, the full name of its source where it has one, and its words."""

    article: str
    marked: Marked
    source: str
    content: str
    name: str | None

    @property
    def extent(self) -> Span:
        """Return from where to where the content stands."""
        return Span(self.marked.content[0].start, self.marked.content[-1].end)

    @cached_property
    def words(self) -> frozenset[str]:
        """Return the words of the source, in lower case."""
        return bare_words(self.source)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Return the terms of the content."""
        return frozenset(stems(self.content))

    @cached_property
    def unnamed(self) -> bool:
        """True where the source is none, a pronoun or a description: anybody whom the article names may be meant."""
        return not any(word[:1].isupper() and content_terms(word) for word in self.source.split())


class Marks:
    """The marked attributions of a set of articles, and what may be whose."""

    def __init__(self, gold: Sequence[tuple[str, str, list[Marked]]]) -> None:
        """Take the articles: name, text, attributions."""
        self._shares = capital_shares(text for _, text, _ in gold)
        counts = Counter(term for _, text, _ in gold for term in set(stems(text)))
        self.rarity = {term: math.log(len(gold) / count) for term, count in counts.items()}
        self.texts = {name: text for name, text, _ in gold}
        self._words = {name: bare_words(text) for name, text, _ in gold}
        self.said = {name: [self._said(name, text, one) for one in marked] for name, text, marked in gold}

    def _said(self, article: str, text: str, marked: Marked) -> Said:
        source = " ".join(span.of(text) for span in marked.source)
        content = " ".join(span.of(text) for span in marked.content)
        return Said(article, marked, source, content, full_name(source, self._shares))

    def maybe_of(self, name: str) -> dict[str, list[Said]]:
        """Return by article all that may be said by who has this full name, of the articles that name it."""
        forms = short_forms(name)
        return {
            article: [one for one in said if one.words & forms or one.unnamed]
            for article, said in self.said.items()
            if forms & self._words[article]
        }


class Maker:
    """Makes the pairs of questions."""

    def __init__(self, marks: Marks, seed: int) -> None:
        """Take the marks, and the seed by which A is drawn."""
        self._marks, self._random = marks, Random(seed)
        self._maybe: dict[str, dict[str, list[Said]]] = {}
        named: dict[str, set[str]] = defaultdict(set)
        for said in marks.said.values():
            for one in said:
                if one.name:
                    named[one.name].add(one.article)
        self._named: Mapping[str, set[str]] = named
        self.left_out: Counter[str] = Counter()

    def pairs(self) -> Iterator[tuple[Question, Question]]:
        """Yield a control and its swapped question for each attribution that allows it, in order."""
        for article, said in self._marks.said.items():
            asked: set[tuple[str, str]] = set()
            for one in said:
                if one.name is None or len(one.content.split()) < FEWEST_WORDS:
                    continue
                found = topic(one.content, self._marks.rarity, bare_words(one.name))
                if found is None:
                    self.left_out["content without a topic"] += 1
                elif (one.name, found.lower()) not in asked:
                    asked.add((one.name, found.lower()))
                    if pair := self._pair(one, found, f"polnear-{article}-{len(asked)}"):
                        yield pair

    def _pair(self, said: Said, about: str, number: str) -> tuple[Question, Question] | None:
        terms = frozenset(content_terms(about))
        chosen = self._other(said, terms, bare_words(about))
        if chosen is None:
            self.left_out["nobody else who is silent on it"] += 1
            return None
        other, tag = chosen
        control = Question(
            id=f"{number}-control",
            question=_asked(said.name or "", about),
            type="statement",
            answerable=True,
            speaker=said.name,
            evidence=self._evidence(said, terms),
            tags=("control", tag),
            group=said.article,
        )
        swapped = Question(
            id=f"{number}-swapped",
            question=_asked(other, about),
            type="false-speaker",
            answerable=False,
            refusal="speaker_silent",
            speaker=other,
            must_not_attribute_to=(said.name or "",),
            tags=("swapped", tag),
            group=said.article,
        )
        return control, swapped

    def _other(self, said: Said, terms: frozenset[str], words: frozenset[str]) -> tuple[str, str] | None:
        """Return who else is named in full and silent on the terms, of the same article if there is anybody."""
        here = sorted({one.name for one in self._marks.said[said.article] if one.name})
        elsewhere = sorted(name for name, articles in self._named.items() if said.article not in articles)
        for names, tag in ((here, "same-article"), (elsewhere, "other-article")):
            for name in self._random.sample(names, len(names)):
                if not short_forms(name) & (short_forms(said.name or "") | words) and self._silent(name, said, terms):
                    return name, tag
        return None

    def _silent(self, name: str, said: Said, terms: frozenset[str]) -> bool:
        if name not in self._maybe:
            self._maybe[name] = self._marks.maybe_of(name)
        near = Span(said.extent.start - NEAR, said.extent.end + NEAR)
        if any(one.extent.overlaps(near) for one in self._maybe[name].get(said.article, ()) if one is not said):
            return False
        return all(
            len(terms & frozenset[str]().union(*(one.terms for one in some))) < SILENT * len(terms)
            for some in self._maybe[name].values()
        )

    def _evidence(self, said: Said, terms: frozenset[str]) -> tuple[Evidence, ...]:
        """Return the contents of the speaker that have all the terms, the one that the question is made of first."""
        forms = short_forms(said.name or "")
        alike = [
            one
            for article, some in self._marks.said.items()
            for one in some
            if one is not said and terms <= one.terms and one.words & forms
        ]
        quotes = dict.fromkeys((one.article, self._telling(one, terms)) for one in (said, *alike))
        return tuple(Evidence(article=f"{article}.txt", quote=quote) for article, quote in quotes)

    def _telling(self, said: Said, terms: frozenset[str]) -> str:
        """Return the piece of a content, which may be interrupted, that has the most of the terms, then characters."""
        pieces = [span.of(self._marks.texts[said.article]) for span in said.marked.content]
        return max(pieces, key=lambda piece: (len(terms & set(stems(piece))), len(piece)))


def _asked(name: str, about: str) -> str:
    return f"what did {name} say about {about}?"


def make(polnear: Path, out: Path, limit: int | None, seed: int) -> list[str]:
    """Make the set in `out` and return what to tell of it, a line each; at most `limit` pairs, drawn at random.

    Raises:
        UsageError: there are no marked articles, or the set cannot be written.
    """
    marks = Marks(read_gold(polnear))
    maker = Maker(marks, seed)
    pairs = list(maker.pairs())
    if limit is not None and limit < len(pairs):
        pairs = [pairs[number] for number in sorted(Random(seed).sample(range(len(pairs)), limit))]
    file = write_set(out, "swapped", (one for pair in pairs for one in pair), [(polnear / "text", _COLLECTION)])
    tags = Counter(swapped.tags[1] for _, swapped in pairs)
    return [
        f"{file}: {len(pairs)} swapped questions and as many controls, on {len({c.group for c, _ in pairs})} articles",
        *(f"  {count} of the swapped: {tag}" for tag, count in sorted(tags.items())),
        *(f"  attributions left out: {count}, {why}" for why, count in sorted(maker.left_out.items())),
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the set that the command line asks for and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m evals.made.swapped", description=__doc__.partition("\n")[0])
    parser.add_argument("polnear", type=Path, help="a PolNeAR part: attributions/*.ann and text/*.txt")
    parser.add_argument("--out", type=Path, required=True, help="a folder for the set")
    parser.add_argument("--limit", type=int, help="only N pairs, at random")
    parser.add_argument("--seed", type=int, default=0, help="of who is asked instead (0)")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(make(options.polnear, options.out, options.limit, options.seed)))
    except WhosaidError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
