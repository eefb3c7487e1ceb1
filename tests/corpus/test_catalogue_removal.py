"""Removal in the catalogue: everything of an article goes, and it is known again."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy

from corpus.catalogue import Catalogue
from corpus.catalogue.editions import IndexedArticle
from corpus.catalogue.records import passage_records, statement_records
from corpus.model import Span, Statement

from .catalogued import PARIS, but, origin

URL = "https://gazette.example/1"


@pytest.fixture(scope="module")
def articles(sample: Path) -> dict[str, str]:
    """Two real articles of some length that tell of different things."""
    names = {"removed": "2041-02-06-rail-accident-coldwater.txt", "other": "2041-06-28-belisk-cement-closed.txt"}
    return {key: (sample / "talmerian-news-agency" / name).read_text("utf-8") for key, name in names.items()}


def indexed(catalogue: Catalogue, key: str) -> IndexedArticle:
    spans, said = [Span(0, 9)], [Statement(kind="direct", content=(Span(1, 9),))]
    article = IndexedArticle(key, 1, passage_records(key, 1, spans), statement_records(key, 1, said))
    catalogue.edition("one").publish([article])
    return article


def rows(catalogue: Catalogue, key: str) -> dict[str, int]:
    """In which tables the article still is."""
    found = {}
    with catalogue.engine.connect() as connection:
        for table in ("articles", "versions", "passages", "statements", "indexed", "signatures"):
            column = "id" if table == "articles" else "article_id"
            query = sqlalchemy.text(f"SELECT count(*) FROM {table} WHERE {column} = :key")
            found[table] = connection.scalar(query, {"key": key})
    return {table: number for table, number in found.items() if number}


@pytest.mark.parametrize("tombstone", [True, False])
def test_all_of_an_article_goes(catalogue: Catalogue, tombstone: bool) -> None:
    key = catalogue.put(but(url=URL), origin()).article_id
    other = catalogue.put(but(text="Other words."), origin("b.txt")).article_id
    article = indexed(catalogue, key)
    catalogue.put(but(url=URL, text="Later words."), origin(raw_hash="1" * 64))
    before = catalogue.edition("one").generation()
    catalogue.removals.remove([key], tombstone)
    assert rows(catalogue, key) == {} and rows(catalogue, other) != {}
    gone = catalogue.edition("one").gone()
    assert gone.passages == [article.passages[0].id] and gone.statements == [article.statements[0].id]
    assert catalogue.edition("one").generation() == before + 1
    assert [stone.article_id for stone in catalogue.removals.tombstones()] == ([key] if tombstone else [])


def test_what_was_removed_is_known_by_its_url_its_place_and_its_text(catalogue: Catalogue) -> None:
    key = catalogue.put(but(url=URL), origin("sub/a.txt", "/n/news")).article_id
    catalogue.removals.remove([key], tombstone=True)
    later = PARIS.text.replace("She spoke", "In the evening she spoke")
    again = [
        catalogue.put(but(url=URL, text="Quite other words."), origin("z.txt")),
        catalogue.put(but(text=later), origin("a.txt", "/n/news/sub")),
        catalogue.put(but(url=f"{URL}?new", text=later), origin("sub/a.txt", "/n/news")),
        catalogue.put(PARIS, origin("copy.txt")),
    ]
    assert [change.kind for change in again] == ["removed"] * 4 and catalogue.count() == 0
    assert catalogue.put(PARIS, origin(collection="second")).kind == "new"
    assert catalogue.put(but(text="Quite other words."), origin("z.txt")).kind == "new"


def test_the_place_of_what_was_removed_is_barred_to_its_later_forms_and_to_no_other_story(
    catalogue: Catalogue, articles: dict[str, str]
) -> None:
    """Whatever the length: of a long text a sample of hashes is kept, of a short one all."""
    removed, other = articles["removed"], articles["other"]
    for number, text in enumerate((removed, removed[:400], removed[:90])):
        for record in ("", str(number + 1)):  # a file, and a line of one
            here = origin(f"{number}.jsonl", record=record, loader="jsonl")
            key = catalogue.put(but(text=text), here).article_id
            catalogue.removals.remove([key], tombstone=True)
            assert catalogue.put(but(text=f"{text} It was corrected on Monday."), here).kind == "removed"
            story = catalogue.put(but(text=other[number : len(text)]), here)
            assert story.kind == "new" and story.article_id != key, "and an old citation never means another story"
            catalogue.removals.remove([story.article_id], tombstone=False)
            catalogue.removals.lift(key)


def test_what_was_removed_under_an_id_stays_out_whatever_it_says(catalogue: Catalogue) -> None:
    here = origin("news.jsonl", record="ruiz", loader="jsonl")
    catalogue.removals.remove([catalogue.put(PARIS, here).article_id], tombstone=True)
    assert catalogue.put(but(text="Quite other words."), here).kind == "removed"


def test_a_removed_text_does_not_come_back_as_another_articles_version(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin("a.txt")).article_id
    other = catalogue.put(but(text="Other words."), origin("b.txt")).article_id
    catalogue.removals.remove([key], tombstone=True)
    assert catalogue.put(PARIS, origin("b.txt", raw_hash="1" * 64)).kind == "removed"
    assert catalogue.texts([other]) == {other: "Other words."}


def test_a_tombstone_holds_no_word_and_can_be_lifted(catalogue: Catalogue) -> None:
    key = catalogue.put(but(url=URL), origin()).article_id
    catalogue.removals.remove([key], tombstone=True)
    (stone,) = catalogue.removals.tombstones()
    assert (stone.article_id, stone.where, stone.collection) == (key, f"a.txt, {URL}", "default")
    with catalogue.engine.connect() as connection:
        (row,) = connection.execute(sqlalchemy.text("SELECT * FROM tombstones"))
    assert not any(word in str(row) for word in (PARIS.title, "minister", "Ruiz"))
    catalogue.removals.lift(key)
    assert catalogue.removals.tombstones() == []
    assert catalogue.put(but(url=URL), origin()).article_id == key


def test_what_lies_below_a_folder_is_found_however_it_was_named(catalogue: Catalogue) -> None:
    for number, (root, path) in enumerate(
        [("/n/news", "sub/a.txt"), ("/n/news/sub", "b.txt"), ("/n", "news/sub/c.txt"), ("/", "n/news/sub/d.txt")]
    ):
        catalogue.put(but(text=f"Words {number}."), origin(path, root))
    for root, path in (("/n/news", "submarine/e.txt"), ("/n/News/sub", "f.txt"), ("/n/other", "sub/g.txt")):
        catalogue.put(but(text=f"Words of {path}."), origin(path, root))
    catalogue.put(but(text="Words of h."), origin("h.txt", "/n/news/sub", collection="second"))
    catalogue.put(but(text="Words of the web."), origin("https://gazette.example/n/news/sub/i", ""))

    def below(folder: str) -> set[str]:
        return {path.rsplit("/", 1)[-1] for _, _, path, _ in catalogue.removals.below(folder, "default")}

    assert below("/n/news/sub") == below("/n/news/sub/") == {"a.txt", "b.txt", "c.txt", "d.txt"}
    assert below("/n/news/sub/b.txt") == {"b.txt"}
    assert below("/n/news") == {"a.txt", "b.txt", "c.txt", "d.txt", "e.txt"}
    assert len(below("/")) == 7 and below("/nowhere") == set()
