"""Unanswerable twins: each answerable question once more, with the articles that answer it out of scope.

    python -m evals.made.twins --gold FILE --corpus PATH --out FOLDER [--parts 20] [--seed 0] [--limit N]

The articles are dealt at random over collections, copies of an article into the same one. A *twin* is asked in all
collections but those that hold its evidence (`facets.collections`), so it is the scope of `ask` that hides the
answer, and nothing made for evaluation. The *original* is asked with as many collections hidden, none of which holds
evidence: the two differ in nothing but the evidence, and refusals of the one stand beside refusals of the other.

Hidden is every article that the evidence names, in which its words stand, or that may answer in other words: where
one paragraph has one of each group of `must_include` and the article has the last name of the question's speaker, or,
where none is given, half of the question's words that carry meaning. What another article tells in yet other words
stays in sight, so a few twins can be answered in truth: refusal over twins is compared between versions, never with 1.

The reason expected of a twin is `speaker_silent` where the question's speaker is quoted in what is left to see,
`unknown_speaker` where not, `no_evidence` where the question has none. Who is quoted is what `corpus.statements`
finds, so only whether a twin is refused is a gold fact, and not the reason.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from random import Random

from bot.model import Reason
from corpus.errors import WhosaidError
from corpus.statements import find_statements
from evals.goldset.model import Evidence, Question
from evals.goldset.readers import read_any
from evals.made.dealt import Unit, deal, part_name, plain, read_units, write_parts
from evals.made.write import write_set
from index.lexical import stems
from index.speakers import speaker_text
from index.terms import content_terms

LEAST_WORDS = 0.5
"""Share of a question's words that carry meaning from which an article may be on the same."""

_PARAGRAPH = re.compile(r"\n\s*\n|\n")
_LAST_WORD = re.compile(r"\w+(?=\W*$)")


class Maker:
    """Makes the two questions of each answerable one, over a corpus that was dealt."""

    def __init__(self, units: Sequence[Unit], parts: int, seed: int) -> None:
        """Take the units with their parts, the number of the parts, and the seed of what is hidden of originals."""
        self._units, self._parts, self._seed = units, parts, seed
        self.left_out: Counter[str] = Counter()  # by reason

    def pair(self, question: Question) -> tuple[Question, Question] | None:
        """Return the original and the twin of an answerable question, or None, which `left_out` then counts."""
        if question.facets.collections:
            self.left_out["bound to collections of its own"] += 1
            return None
        named = [self._holding(evidence) for evidence in question.evidence]
        if not all(named):
            self.left_out["evidence in no article of this corpus"] += 1
            return None
        hidden = {self._units[n].part for some in named for n in some}
        hidden |= {unit.part for unit in self._units if unit.part not in hidden and may_answer(question, unit)}
        others = sorted(set(range(self._parts)) - hidden)
        if len(others) < len(hidden):
            self.left_out["evidence in more than half of the collections"] += 1
            return None
        instead = Random(f"{self._seed} {question.id}").sample(others, len(hidden))
        group = question.group or question.evidence[0].article
        tags = (*question.tags, question.type)
        original = question.model_copy(
            update={
                "id": f"{question.id}-original",
                "facets": self._seeing(question, instead),
                "tags": ("original", *tags),
                "group": group,
            }
        )
        return original, self._twin(question, hidden, group, ("twin", *tags))

    def _twin(self, question: Question, hidden: set[int], group: str, tags: tuple[str, ...]) -> Question:
        reason = self._reason(question, hidden)
        kind = "false-speaker" if reason == "speaker_silent" else "unanswerable"
        return question.model_copy(
            update={
                "id": f"{question.id}-twin",
                "type": question.type if question.type == "follow-up" else kind,
                "answerable": False,
                "refusal": reason,
                "facets": self._seeing(question, hidden),
                "evidence": (),
                "must_include": (),
                "tags": tags,
                "group": group,
            }
        )

    def _seeing(self, question: Question, hidden: Iterable[int]) -> object:
        seen = tuple(part_name(part) for part in sorted(set(range(self._parts)) - set(hidden)))
        return question.facets.model_copy(update={"collections": seen})

    def _holding(self, evidence: Evidence) -> set[int]:
        """Return the numbers of the units that a piece of evidence names, and of those in which its words stand."""
        named = {n for n, unit in enumerate(self._units) if _is_named(evidence, unit)}
        if evidence.quote is None:
            return named
        quote = plain(evidence.quote)
        with_words = {n for n, unit in enumerate(self._units) if any(quote in text for text in unit.texts)}
        return with_words | (named if len(named) == 1 else set())

    def _reason(self, question: Question, hidden: set[int]) -> Reason:
        if question.speaker is None:
            return "no_evidence"
        name = frozenset(stems(question.speaker))
        seen = (n for n, unit in enumerate(self._units) if unit.part not in hidden)
        quoted = any(name <= called for n in seen for called in self._speakers(n))
        return "speaker_silent" if quoted else "unknown_speaker"

    @cache  # noqa: B019 - lives as long as the one run that makes a set
    def _speakers(self, unit: int) -> frozenset[frozenset[str]]:
        """Return the terms by which each speaker of a unit may be asked for."""
        return frozenset(
            frozenset(stems(speaker_text(statement.speaker)))
            for document in self._units[unit].documents
            for statement in find_statements(document.text)
        )


def may_answer(question: Question, unit: Unit) -> bool:
    """Tell whether an article of `unit` may hold the answer in other words than the evidence's (see the module)."""
    if not question.must_include:
        return False
    groups = [tuple(plain(word) for word in group) for group in question.must_include]
    return any(
        any(_has_each(plain(paragraph), groups) for paragraph in _PARAGRAPH.split(document.text))
        and _is_on(question, text, frozenset(stems(f"{document.title} {document.text}")))
        for document, text in zip(unit.documents, unit.texts, strict=True)
        if _has_each(text, groups)
    )


def _is_on(question: Question, text: str, terms: frozenset[str]) -> bool:
    if question.speaker:
        last = _LAST_WORD.search(plain(question.speaker))
        return last is not None and last[0] in text
    asked = set(content_terms(question.question))
    return len(asked & terms) >= LEAST_WORDS * len(asked)


def _has_each(text: str, groups: Sequence[Sequence[str]]) -> bool:
    return all(any(word in text for word in group) for group in groups)


def _is_named(evidence: Evidence, unit: Unit) -> bool:
    by_path = unit.path == evidence.article or unit.path.endswith(f"/{evidence.article}")
    return any(
        document.url == evidence.article or (by_path and evidence.url in (None, document.url))
        for document in unit.documents
    )


def make(gold: Path, corpus: Path, out: Path, parts: int, seed: int, limit: int | None) -> list[str]:
    """Make the set in `out` and return what to tell of it, a line each.

    Raises:
        UsageError: the gold set or the corpus cannot be read, or the set cannot be written.
    """
    questions = [question for question in read_any(gold).questions if question.answerable]
    if limit is not None and limit < len(questions):
        chosen = sorted(Random(seed).sample(range(len(questions)), limit))
        questions = [questions[number] for number in chosen]
    units, errors = read_units(corpus)
    units = deal(units, parts, seed)
    maker = Maker(units, parts, seed)
    pairs = [pair for question in questions if (pair := maker.pair(question))]
    write_parts(units, out / "corpus")
    made = [question for pair in pairs for question in pair]
    names = [part_name(part) for part in range(parts)]
    file = write_set(out, "twins", made, [(out / "corpus" / name, name) for name in names])
    reasons = Counter(twin.refusal for _, twin in pairs)
    hidden = sum(parts - len(twin.facets.collections) for _, twin in pairs) / max(len(pairs), 1)
    return [
        f"{file}: {len(pairs)} twins and as many originals, of {len(questions)} answerable questions",
        *(f"  {count} of the twins: {reason}" for reason, count in sorted(reasons.items(), key=str)),
        *(f"  left out: {count}, {reason}" for reason, count in sorted(maker.left_out.items())),
        f"{sum(len(unit.documents) for unit in units)} articles in {parts} collections; {hidden:.1f} of them hidden "
        f"from a question on average; {len(errors)} could not be loaded",
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the set that the command line asks for and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m evals.made.twins", description=__doc__.partition("\n")[0])
    parser.add_argument("--gold", type=Path, required=True, help="a gold set, or MultiHop-RAG queries")
    parser.add_argument("--corpus", type=Path, required=True, help="the articles that it is about")
    parser.add_argument("--out", type=Path, required=True, help="a folder for the set and the articles")
    parser.add_argument("--parts", type=int, default=20, help="collections to deal the articles over (20)")
    parser.add_argument("--seed", type=int, default=0, help="of the dealing (0)")
    parser.add_argument("--limit", type=int, help="only N of the answerable questions, at random")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(make(options.gold, options.corpus, options.out, options.parts, options.seed, options.limit)))
    except WhosaidError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
