"""Editions: what is pending, what a batch publishes, what is gone, and what readers see of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pytest

from corpus.catalogue import Catalogue
from corpus.catalogue.editions import IndexedArticle
from corpus.catalogue.records import passage_records, statement_records
from corpus.model import PartialDate, Span, Speaker, Statement

from .catalogued import PARIS, but, origin

SAID = Statement(
    kind="direct",
    content=(Span(1, 17), Span(40, 61)),
    source=(Span(20, 32),),
    cue=(Span(33, 37),),
    speaker=Speaker("Ministry", None, "Government"),
    via=(Speaker("Report", "yearly", None), Speaker(None, "an aide", None)),
    said=PartialDate("--03-23"),
)
NOT_ESTABLISHED = Statement(kind="indirect", content=(Span(40, 50),))
ANONYMOUS = Statement(kind="mixed", content=(Span(2, 9),), speaker=Speaker(role="two officials"))


def parts(key: str, spans: Sequence[Span], said: Sequence[Statement] = (), version: int = 1) -> IndexedArticle:
    return IndexedArticle(key, version, passage_records(key, version, spans), statement_records(key, version, said))


def passage_ids(article: IndexedArticle) -> list[int]:
    return [passage.id for passage in article.passages]


def test_parts_are_stored_whole_and_replaced(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin()).article_id
    other = catalogue.put(PARIS, origin("b.txt")).article_id
    edition, served = catalogue.edition("one"), catalogue.served("one")
    kept, first = (
        parts(other, [Span(0, 9)]),
        parts(key, [Span(0, 38), Span(40, 61)], [SAID, NOT_ESTABLISHED, ANONYMOUS]),
    )
    edition.publish([kept, first])
    assert served.passages_of([key]) == list(first.passages)
    assert served.statements_of([key]) == list(first.statements)
    assert [record.statement for record in served.statements_of([key])] == [SAID, NOT_ESTABLISHED, ANONYMOUS]
    said = [record.id for record in first.statements]
    assert sorted(record.id for record in served.statements(said[1:])) == sorted(said[1:])
    assert edition.gone().passages == [] == edition.gone().statements

    second = parts(key, [Span(0, 61)], [SAID])
    edition.publish([second])
    gone = edition.gone()
    assert gone.passages == sorted(passage_ids(first)) and gone.statements == sorted(said[1:])
    wanted = [*passage_ids(first), *passage_ids(second), *passage_ids(kept)]
    assert served.passages(wanted).keys() == {*passage_ids(second), *passage_ids(kept)}
    assert [record.id for record in served.statements(said)] == said[:1], "what is the same has the same id"
    edition.forget_gone(gone)
    assert edition.gone().passages == [] == edition.gone().statements
    edition.publish([first])  # what comes back is not gone
    assert edition.gone().passages == sorted(passage_ids(second)) and edition.gone().statements == []


def test_ids_follow_from_what_a_part_is(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin()).article_id
    spans = [Span(i, i + 1) for i in range(2500)]
    once, again = parts(key, spans), parts(key, spans)
    assert passage_ids(once) == passage_ids(again) and len(set(passage_ids(once))) == len(spans)
    assert not {*passage_ids(once)} & {*passage_ids(parts(key, spans, version=2))}
    assert not {*passage_ids(once)} & {*passage_ids(parts("0" * 12, spans))}
    assert all(0 <= i < 2**63 for i in passage_ids(once))
    edition, served = catalogue.edition("one"), catalogue.served("one")
    edition.publish([once])
    stored = served.passages(passage_ids(once)[::7])
    assert [stored[i].span for i in passage_ids(once)[::7]] == spans[::7]
    edition.publish([parts(key, [])])
    assert len(edition.gone().passages) == 2500


def test_publishing_opens_a_generation_and_settles_what_was_pending(catalogue: Catalogue) -> None:
    edition, served = catalogue.edition("one"), catalogue.served("one")
    assert (edition.generation(), served.summary(None).generation, catalogue.published("one")) == (0, 0, 0)
    keys = sorted(catalogue.put(PARIS, origin(f"{i}.txt")).article_id for i in range(5))
    assert edition.pending_count() == 5 and edition.pending(3) == keys[:3]
    assert edition.publish([parts(key, [Span(0, 3)]) for key in keys[:2]]) == 1
    assert edition.pending(10) == keys[2:]
    assert edition.publish([parts(key, []) for key in keys[2:]]) == served.generation() == 2
    assert edition.pending_count() == 0 and catalogue.published("one") == 2
    changed = catalogue.articles(keys)[keys[3]]
    catalogue.put(but(text=f"{PARIS.text} She left."), origin(changed.path, raw_hash="1" * 64))
    assert edition.pending(10) == [keys[3]]
    assert list(catalogue.iterate_ids()) == keys
    assert catalogue.counts() == {"articles": 5, "versions": 6}
    assert edition.counts() == {"passages": 2, "statements": 0}


def test_an_edition_serves_the_version_its_parts_are_of(catalogue: Catalogue) -> None:
    later = f"{PARIS.text} She left."
    key = catalogue.put(PARIS, origin()).article_id
    edition, served = catalogue.edition("one"), catalogue.served("one")
    edition.publish([parts(key, [Span(0, 9)])])
    catalogue.put(but(text=later), origin(raw_hash="1" * 64))
    assert served.articles([key], None)[key].version == 1 and served.texts([key]) == {key: PARIS.text}
    assert catalogue.articles([key])[key].version == 2
    edition.publish([parts(key, [Span(0, 5)], version=2)])
    assert served.articles([key], None)[key].version == 2 and served.texts([key]) == {key: later}
    assert served.text(key, 1) == PARIS.text


def test_a_snapshot_stays_as_it_was(database: str) -> None:
    with closing(Catalogue.open(database)) as writer, closing(Catalogue.open(database)) as reader:
        key = writer.put(PARIS, origin()).article_id
        edition, served = writer.edition("one"), reader.served("one")
        edition.publish([parts(key, [Span(0, 9)])])
        with served.snapshot():
            assert served.generation() == 1
            edition.publish([parts(key, [Span(0, 5)])])
            writer.removals.remove([key], tombstone=True)
            assert served.generation() == 1 and served.summary(None).articles == 1
            assert [p.span for p in served.passages_of([key])] == [Span(0, 9)]
            assert served.text(key, 1) == PARIS.text
        assert served.generation() == 3 and served.summary(None).articles == 0


def test_two_editions_of_a_catalogue_are_apart(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin()).article_id
    one, two = catalogue.edition("one"), catalogue.edition("two")
    one.publish([parts(key, [Span(0, 9)], [SAID])])
    assert two.pending(5) == [key] and catalogue.served("two").passages_of([key]) == []
    two.publish([parts(key, [Span(0, 9)])])
    one.drop()
    assert catalogue.served("one").summary(None).articles == 0
    assert len(catalogue.served("two").passages_of([key])) == 1
    assert catalogue.edition("three").generation() >= two.generation(), "a number never comes again"


def test_another_process_sees_what_was_published(database: str) -> None:
    with closing(Catalogue.open(database)) as writer, closing(Catalogue.open(database)) as reader:
        key = writer.put(PARIS, origin()).article_id
        assert writer.edition("one").publish([parts(key, [])]) == reader.served("one").generation() == 1
        assert reader.text(key, 1) == PARIS.text and reader.identity() == writer.identity()


@pytest.mark.parametrize("change", [{"url": "https://gazette.example/1"}, {"path": "b.txt"}])
def test_readers_look_again_when_an_articles_address_changes(catalogue: Catalogue, change: dict[str, str]) -> None:
    url = "https://gazette.example/0"
    key = catalogue.put(but(url=url), origin()).article_id
    edition = catalogue.edition("one")
    edition.publish([parts(key, [])])
    before, published = edition.generation(), catalogue.published("one")
    assert catalogue.put(but(url=change.get("url", url)), origin(change.get("path", "a.txt"))).kind == "unchanged"
    assert edition.generation() == before + 1 and catalogue.published("one") == published
