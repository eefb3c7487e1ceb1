"""The catalogue's contract, over SQLite and over PostgreSQL, and what only one of the two does."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from corpus.catalogue import Catalogue
from corpus.catalogue.editions import Edition, IndexedArticle
from corpus.catalogue.scope import Scope
from corpus.errors import CatalogueError
from corpus.model import PartialDate

from .catalogued import NO_FOLDER, PARIS, but, origin

OPENER = """
import sys
from corpus.catalogue import Catalogue
from corpus.errors import CatalogueError
try:
    Catalogue.open(sys.argv[1]).close()
except CatalogueError as error:
    sys.exit(str(error))
"""


# -- what putting does


def indexed(catalogue: Catalogue) -> Edition:
    """An edition that has every article in its current version, though nothing of them."""
    edition = catalogue.edition("one")
    while ids := edition.pending(100):
        edition.publish([IndexedArticle(i, catalogue.articles([i])[i].version, (), ()) for i in ids])
    return edition


def test_a_new_article_is_stored_as_it_was_read(catalogue: Catalogue) -> None:
    change = catalogue.put(but(url="https://gazette.example/1", updated=PartialDate("2023-04")), origin("d/a.md"))
    assert (change.kind, change.version) == ("new", 1)
    article = catalogue.articles([change.article_id])[change.article_id]
    assert catalogue.text(article.id, 1) == PARIS.text
    assert (article.title, article.outlet, article.authors) == (PARIS.title, PARIS.outlet, PARIS.authors)
    assert (article.published, article.updated) == (PartialDate("2023-03-23"), PartialDate("2023-04"))
    assert (article.date_source, article.language, article.url) == ("front matter", "en", "https://gazette.example/1")
    assert (article.collection, article.root, article.path, article.where) == ("default", NO_FOLDER, "d/a.md", "d/a.md")
    assert (article.current, article.version, article.raw_hash, article.loader) == (1, 1, "0" * 64, "text")
    assert dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(article.retrieved_at) < dt.timedelta(minutes=5)


def test_the_same_again_is_unchanged_and_writes_nothing(catalogue: Catalogue) -> None:
    first = catalogue.put(PARIS, origin())
    edition = indexed(catalogue)
    before, generation = catalogue.articles([first.article_id]), edition.generation()
    assert catalogue.put(PARIS, origin()).kind == "unchanged"
    assert catalogue.articles([first.article_id]) == before
    assert edition.pending(10) == [] and edition.generation() == generation


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another title"},
        {"outlet": None},
        {"authors": ("B. Okoro",)},
        {"published": PartialDate("2023-03-24")},
        {"updated": PartialDate("2024")},
        {"date_source": "page metadata"},
        {"language": "fr"},
    ],
)
def test_new_metadata_updates_the_version_and_has_it_indexed_again(
    catalogue: Catalogue, changes: dict[str, object]
) -> None:
    first = catalogue.put(PARIS, origin())
    edition = indexed(catalogue)
    assert catalogue.put(but(**changes), origin()).kind == "updated"
    article = catalogue.articles([first.article_id])[first.article_id]
    for name, value in changes.items():
        assert getattr(article, name) == value
    assert article.version == 1 and article.changed_before is None
    assert edition.pending(10) == [first.article_id]


def test_an_article_that_moved_is_found_at_its_new_place(catalogue: Catalogue) -> None:
    first = catalogue.put(but(url="https://gazette.example/1"), origin("old/a.html"))
    assert catalogue.put(but(url="https://gazette.example/1"), origin("new/b.html")).kind == "unchanged"
    assert [a.id for a in catalogue.find("new/b.html")] == [first.article_id]
    assert catalogue.find("old/a.html") == []


def test_an_article_that_gets_a_url_keeps_its_id(catalogue: Catalogue) -> None:
    first = catalogue.put(PARIS, origin())
    second = catalogue.put(but(url="https://gazette.example/1"), origin())
    assert second.article_id == first.article_id
    assert [a.id for a in catalogue.find("https://gazette.example/1")] == [first.article_id]
    assert catalogue.put(but(url="https://gazette.example/1"), origin()).kind == "unchanged"


# -- ids


def test_ids_are_short_opaque_and_the_same_in_every_catalogue(database: str, tmp_path: Path) -> None:
    documents = [(but(url=f"https://gazette.example/{i}"), origin(f"{i}.txt")) for i in range(20)]
    documents += [(PARIS, origin(f"{i}.txt")) for i in range(20, 40)]
    with closing(Catalogue.open(database)) as one, closing(Catalogue.at(tmp_path / "other" / "c.sqlite")) as two:
        ids = [one.put(*put).article_id for put in documents]
        assert [two.put(*put).article_id for put in reversed(documents)] == ids[::-1]
    assert len(set(ids)) == 40
    assert all(len(i) == 12 and int(i, 16) >= 0 for i in ids)


def test_the_canonical_url_names_an_article_wherever_it_lies(catalogue: Catalogue) -> None:
    first = catalogue.put(but(url="https://gazette.example/1"), origin("a.html", "/one"))
    assert catalogue.put(but(url="https://gazette.example/1"), origin("b.html", "/two")).article_id == first.article_id
    assert catalogue.count() == 1


def test_without_a_url_the_file_names_it_however_its_folder_was_given(catalogue: Catalogue) -> None:
    first = catalogue.put(PARIS, origin("sub/a.txt", "/n/news"))
    again = catalogue.put(PARIS, origin("a.txt", "/n/news/sub"))
    assert (again.kind, again.article_id) == ("unchanged", first.article_id)
    other = catalogue.put(PARIS, origin("sub/a.txt", "/n/other"))
    record = catalogue.put(PARIS, origin("sub/a.txt", "/n/news", record="7"))
    assert len({first.article_id, other.article_id, record.article_id}) == 3


# -- collections and scope


def test_collections_are_kept_apart(catalogue: Catalogue) -> None:
    one = catalogue.put(but(url="https://gazette.example/1"), origin(collection="one"))
    two = catalogue.put(but(url="https://gazette.example/1", outlet="Herald"), origin(collection="two"))
    assert one.article_id != two.article_id
    assert catalogue.collections() == {"one": 1, "two": 1}
    assert catalogue.outlets() == {"The Gazette": 1, "Herald": 1}
    served = catalogue.served(indexed(catalogue).name)
    assert served.outlets(None) == catalogue.outlets()
    assert served.outlets(Scope(frozenset({"two"}))) == {"Herald": 1}
    assert set(served.articles([one.article_id, two.article_id], Scope(frozenset({"one"})))) == {one.article_id}
    assert served.articles([one.article_id], Scope(frozenset())) == {}
    assert {a.id for a in catalogue.find("https://gazette.example/1")} == {one.article_id, two.article_id}


def test_the_summary_tells_how_far_a_scope_reaches(catalogue: Catalogue) -> None:
    served = catalogue.served(indexed(catalogue).name)
    assert served.summary(None).articles == 0
    assert served.summary(None).oldest is None
    dates = {"a": "2023-03-23T10:00:00+00:00", "b": "2022", "c": "2023-05", "d": None}
    for name, date in dates.items():
        published = PartialDate(date) if date else None
        catalogue.put(but(published=published), origin(name, collection="x" if name == "b" else "y"))
    assert served.summary(None).articles == 0, "what is not in the index yet is not promised"
    indexed(catalogue)
    everything = served.summary(None)
    assert (everything.articles, everything.oldest, everything.newest) == (4, "2022", "2023-05")
    scoped = served.summary(Scope(frozenset({"y"})))
    assert (scoped.articles, scoped.oldest, scoped.newest) == (3, "2023-03-23", "2023-05")
    then = served.summary(None, dt.date(2023, 4, 30).toordinal())
    assert (then.articles, then.newest) == (3, "2023-03-23")  # undated ones stay, May is hidden
    assert served.summary(None, dt.date(2023, 5, 1).toordinal()).newest == "2023-05"
    assert served.summary(Scope(frozenset())).articles == 0


# -- find


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with an article in a folder below, one with a # in its name, and links to both."""
    real = tmp_path / "real"
    (real / "deep").mkdir(parents=True)
    for name in ("deep/a.txt", "c#1.txt", "aa.txt", "news.jsonl"):
        (real / name).write_text("Some words.", "utf-8")
    (tmp_path / "linked").symlink_to(real)
    (tmp_path / "shortcut").symlink_to(real / "deep" / "a.txt")
    return real


def test_find_knows_every_spelling_of_a_path(
    catalogue: Catalogue, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = catalogue.put(PARIS, origin("deep/a.txt", str(files))).article_id
    for other in ("aa.txt", "deep/deeper/a.txt"):
        catalogue.put(PARIS, origin(other, str(files)))
    monkeypatch.chdir(files / "deep")
    monkeypatch.setenv("HOME", str(files))
    spellings = [
        key, "deep/a.txt", "./a.txt", "a.txt", "../deep/a.txt", "../../real/deep//a.txt", "./../deep/./a.txt",
        str(files / "deep" / "a.txt"), str(files.parent / "linked" / "deep" / "a.txt"), str(files.parent / "shortcut"),
        "../../shortcut", "~/deep/a.txt",
    ]  # fmt: skip
    for spelling in spellings:
        assert [a.id for a in catalogue.find(spelling)] == [key], spelling
    monkeypatch.chdir("/")
    for spelling in ("deep/a.txt", "./deep/a.txt", "real/deep/a.txt"):  # from elsewhere its last parts are enough
        assert [a.id for a in catalogue.find(spelling)] == [key], spelling
    for nothing in ("", ".", "/", "..", "#", "eep/a.txt", "b.txt", "%", "_.txt", "a.txt#1", "https://gazette.example/"):
        assert catalogue.find(nothing) == [], nothing


def test_find_knows_a_folder_that_was_ingested_through_a_link(catalogue: Catalogue, files: Path) -> None:
    key = catalogue.put(PARIS, origin("deep/a.txt", str(files.parent / "linked"))).article_id
    for folder in (files, files.parent / "linked"):
        assert [a.id for a in catalogue.find(str(folder / "deep" / "a.txt"))] == [key]


def test_find_knows_records_and_names_with_a_hash(catalogue: Catalogue, files: Path) -> None:
    one = catalogue.put(
        PARIS, origin("news.jsonl", str(files), record="https://x.example/1#top", loader="csv")
    ).article_id
    two = catalogue.put(PARIS, origin("news.jsonl", str(files), record="2", loader="csv")).article_id
    odd = catalogue.put(PARIS, origin("c#1.txt", str(files))).article_id
    assert {a.id for a in catalogue.find("news.jsonl")} == {one, two}
    assert [a.id for a in catalogue.find("news.jsonl#2")] == [two]
    assert [a.id for a in catalogue.find(f"{files}/news.jsonl#https://x.example/1#top")] == [one]
    assert [a.id for a in catalogue.find("c#1.txt")] == [odd]
    for article in catalogue.find("news.jsonl"):
        assert [a.id for a in catalogue.find(article.file)] == [a.id for a in catalogue.find(article.where)]


# -- opening


def test_opening_again_changes_nothing(database: str) -> None:
    with closing(Catalogue.open(database)) as first:
        key, identity = first.put(PARIS, origin()).article_id, first.identity()
    with closing(Catalogue.open(database)) as second:
        assert second.identity() == identity
        assert second.text(key, 1) == PARIS.text


def test_two_catalogues_have_two_identities(catalogue: Catalogue, tmp_path: Path) -> None:
    with closing(Catalogue.at(tmp_path / "other.sqlite")) as other:
        assert other.identity() != catalogue.identity()


def test_processes_that_open_a_new_catalogue_at_once_all_succeed(database: str) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", OPENER, database], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [(process.communicate()[1], process.returncode) for process in running] == [("", 0)] * 4
    with closing(Catalogue.open(database)) as catalogue:
        assert len(catalogue.identity()) == 32


def test_a_newer_schema_is_refused_in_one_sentence(database: str) -> None:
    import sqlalchemy

    Catalogue.open(database).close()
    engine = sqlalchemy.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE meta SET value = '99' WHERE key = 'schema'"))
    engine.dispose()
    with pytest.raises(CatalogueError, match=r"schema 99 .* knows \d+; upgrade whosaid") as caught:
        Catalogue.open(database)
    assert "\n" not in str(caught.value)


def test_a_migration_that_was_killed_is_done_again(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.sqlite"
    Catalogue.at(file).close()
    with sqlite3.connect(file) as database:  # the tables are there, what names and numbers them is not
        database.execute("DELETE FROM meta")
    database.close()
    with closing(Catalogue.at(file)) as catalogue:
        assert len(catalogue.identity()) == 32
        assert catalogue.put(PARIS, origin()).kind == "new"


@pytest.mark.parametrize("name", ["with space.sqlite", "what?.sqlite", "50%25.sqlite", "a#b.sqlite"])
def test_a_catalogue_may_lie_anywhere(tmp_path: Path, name: str) -> None:
    with closing(Catalogue.at(tmp_path / name)) as catalogue:
        catalogue.put(PARIS, origin())
    assert (tmp_path / name).is_file()


def bad_urls(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("this is no database, but long enough to be taken for one\n" * 40)
    yield f"sqlite:///{tmp_path / 'folder'}"
    yield f"sqlite:///{tmp_path / 'text'}"
    yield f"sqlite:///{tmp_path / 'missing' / 'catalogue.sqlite'}"
    yield "no url at all"
    yield "oracle+nothing://somewhere/db"
    yield f"postgresql+psycopg://whosaid:secret@/db?host={tmp_path}"


def test_a_catalogue_that_cannot_be_opened_says_so_in_one_sentence(tmp_path: Path) -> None:
    for url in bad_urls(tmp_path):
        with pytest.raises(CatalogueError, match="open the catalogue") as caught:
            Catalogue.open(url)
        assert "\n" not in str(caught.value) and "secret" not in str(caught.value), url


def test_a_database_that_fails_later_says_so_too(database: str, tmp_path: Path) -> None:
    import sqlalchemy

    with closing(Catalogue.open(database)) as catalogue:
        engine = sqlalchemy.create_engine(database)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("DROP TABLE statements"))
        engine.dispose()
        with pytest.raises(CatalogueError, match=r"could not use the catalogue .*statements") as caught:
            catalogue.edition("one").counts()
        assert "\n" not in str(caught.value)


def test_a_writer_that_is_killed_leaves_whole_articles(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from corpus.catalogue import Origin
from corpus.catalogue.editions import IndexedArticle
from corpus.catalogue.records import passage_records
from corpus.model import Document, Span
catalogue = Catalogue.at(Path(sys.argv[1]))
edition = catalogue.edition("one")
for number in range(10**6):
    origin = Origin(collection="c", root="/r", path=f"{number}", record="", raw_hash="", loader="t", loader_version=1)
    change = catalogue.put(Document(text=f"article {number}"), origin)
    passages = passage_records(change.article_id, 1, [Span(0, 3), Span(3, 9)])
    edition.publish([IndexedArticle(change.article_id, 1, passages, [])])
    print(change.article_id, flush=True)
"""
    file = tmp_path / "catalogue.sqlite"
    process = subprocess.Popen([sys.executable, "-c", code, file], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with closing(Catalogue.at(file)) as catalogue:
        assert {*told} <= {*catalogue.iterate_ids()}
        served = catalogue.served("one")
        assert served.articles(told, None).keys() == {*told}
        for article in catalogue.iterate_ids():
            assert len(served.passages_of([article])) == (2 if served.articles([article], None) else 0)


def test_an_sqlalchemy_url_is_taken_too(tmp_path: Path) -> None:
    with closing(Catalogue.open(URL.create("sqlite", database=str(tmp_path / "c.sqlite")))) as catalogue:
        assert catalogue.count() == 0
