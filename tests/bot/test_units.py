"""What can be quoted of an article: whole sentences, and the quoted words of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ask import Filters, Whosaid
from bot.units import Unit, sentences_of, units_of
from corpus.model import Span


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as opened:
        yield opened


def read(engine: Whosaid, name: str) -> tuple[str, list[Unit]]:
    """The text of one sample article and all its units."""
    (article,) = engine.catalogue.find(name)
    text = engine.catalogue.text(article.id, article.version)
    with engine.opener.reading() as opened:
        assert opened is not None
        records = opened.served.statements_of([article.id])
        assert opened.served.passages_of([article.id])
        _, vector, _ = engine.prepare(opened, "anything", Filters(), 1)
        sentences = sentences_of(opened.search.around(records, vector))
    return text, units_of(text, sentences, records)


@pytest.fixture(scope="module")
def seed(engine: Whosaid) -> tuple[str, list[Unit]]:
    return read(engine, "000_88a69eeaa2e40b64.txt")


def holding(seed: tuple[str, list[Unit]], words: str) -> list[Unit]:
    text, units = seed
    return [unit for unit in units if words in unit.span.of(text)]


def test_quoted_words_stand_alone_without_marks_and_the_comma_before_he_said(seed: tuple[str, list[Unit]]) -> None:
    text, _ = seed
    (unit,) = holding(seed, "lawful rallies")
    assert unit.kind == "direct" and unit.statement is not None
    assert unit.span.of(text).startswith("The government continues") and unit.span.of(text).endswith("various camps")
    assert text[unit.span.end] == ","


def test_a_sentence_with_a_few_quoted_words_is_kept_whole_and_is_the_articles(seed: tuple[str, list[Unit]]) -> None:
    text, _ = seed
    (unit,) = holding(seed, "unfounded, biased")
    assert unit.kind == "mixed"
    assert unit.span.of(text).startswith("Ministry spokesman An Sokkhoeurn dismissed the report")
    assert unit.span == unit.sentence.span


def test_a_few_words_that_are_all_of_a_quotation_are_direct_and_scare_quotes_are_not(engine: Whosaid) -> None:
    text, units = read(engine, "ondreva-ledger/engineers-letter-gate-three.html")
    kinds = {unit.span.of(text): unit.kind for unit in units}
    assert kinds["I telephoned twice"] == "direct"
    assert [kind for words, kind in kinds.items() if "cannot be cross-examined" in words] == ["mixed"]
    text, units = read(engine, "ishel-valley-post/2041.jsonl#ivp-1214")
    assert {unit.span.of(text): unit.kind for unit in units}["I do."] == "direct"


def test_reported_speech_keeps_its_attribution(seed: tuple[str, list[Unit]]) -> None:
    text, _ = seed
    units = holding(seed, "35 per cent")
    assert {unit.kind for unit in units} == {"indirect"}
    assert all(unit.span.of(text).startswith("It cited a report published by a local") for unit in units)


def test_each_sentence_is_there_and_those_with_a_speaker_are_only_his(seed: tuple[str, list[Unit]]) -> None:
    text, units = seed
    by_sentence: dict[Span, set[bool]] = {}
    for unit in units:
        by_sentence.setdefault(unit.sentence.span, set()).add(unit.statement is None)
        assert unit.sentence.span.start <= unit.span.start < unit.span.end <= unit.sentence.span.end
        assert (unit.kind is None) == (unit.statement is None)
    assert all(len(kinds) == 1 for kinds in by_sentence.values())
    covered = "".join(span.of(text) for span in sorted(by_sentence))
    assert len(covered) > 0.9 * len(text)


@pytest.mark.parametrize(
    "name",
    [
        "ondreva-ledger/museum-drum-returned.html.gz",
        "radio-sundral/hospital-power-cut.txt.gz",
        "capital-standard/foreign-ministry-double-mirror.html",
        "verl-coast-courier/_posts/2041-09-08-teachers-strike-second-week.md",
    ],
)
def test_direct_units_are_inside_quotation_marks_and_long_enough_to_stand(engine: Whosaid, name: str) -> None:
    text, units = read(engine, name)
    direct = [unit for unit in units if unit.kind == "direct"]
    assert direct
    for unit in direct:
        words = unit.span.of(text)
        assert unit.statement is not None and not words[0].islower()
        assert len(words.split()) >= 4 or unit.statement.cue
        assert words[0] not in "\"'“”‘’«» " and words[-1] not in ",;: "
        assert unit.statement is not None
        assert any(span.start <= unit.span.start and unit.span.end <= span.end for span in unit.statement.content)
