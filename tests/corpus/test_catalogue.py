"""The catalogue's contract, over SQLite and over PostgreSQL, and what only one of the two does."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from corpus.catalogue import Catalogue
from corpus.catalogue.store import Origin
from corpus.errors import CatalogueError
from corpus.model import Document, PartialDate, Span, Speaker, Statement

OPENER = """
import sys
from corpus.catalogue import Catalogue
from corpus.errors import CatalogueError
try:
    Catalogue.open(sys.argv[1]).close()
except CatalogueError as error:
    sys.exit(str(error))
"""


def _binaries() -> Path | None:
    """The folder of Debian's PostgreSQL server programs, the newest there is, or of those on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[str], str]]:
    """A server of its own on a socket in a temporary folder: gives the URL of a fresh database by name."""
    programs = _binaries()
    if programs is None:
        message = "PostgreSQL's server programs are not installed: apt-get install postgresql"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    folder = Path(tempfile.mkdtemp(prefix="whosaid-pg-", dir="/tmp"))  # a socket's path must be short
    # initdb refuses root, which CI often is; Debian's package brings the user postgres
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data, sockets = folder / "data", f"-k {folder} -c listen_addresses='' -c fsync=off"

    def program(*command: str | Path) -> None:
        done = subprocess.run(
            [*as_user, programs / command[0], *command[1:]],
            cwd="/",
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout

    program("initdb", "-D", data, "-U", "whosaid", "-A", "trust", "-E", "UTF8", "--no-sync")
    program("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", sockets, "start")

    def database(name: str) -> str:
        program("createdb", "-h", folder, "-U", "whosaid", name)
        return f"postgresql+psycopg://whosaid@/{name}?host={folder}"

    try:
        yield database
    finally:
        program("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    made: str = request.getfixturevalue("postgresql")(f"db{abs(hash(tmp_path)):x}"[:20])
    return made


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    with closing(Catalogue.open(url)) as opened:
        yield opened


def origin(path: str = "a.txt", root: str = "/news", collection: str = "default", record: str = "") -> Origin:
    return Origin(
        collection=collection, root=root, path=path, record=record, raw_hash="0" * 64, loader="text", loader_version=1
    )


PARIS = Document(
    text="“We will not wait,” the minister said.\n\nShe spoke in Zürich 🗞.",
    title="Minister speaks",
    outlet="The Gazette",
    authors=("Ana Ruiz", "B. Okoro"),
    published=PartialDate("2023-03-23"),
    date_source="front matter",
    language="en",
)


def but(document: Document = PARIS, **changes: object) -> Document:
    from dataclasses import replace

    return replace(document, **changes)  # type: ignore[arg-type]


# -- what putting does


def test_a_new_article_is_stored_as_it_was_read(catalogue: Catalogue) -> None:
    change = catalogue.put(but(url="https://gazette.example/1", updated=PartialDate("2023-04")), origin("d/a.md"))
    assert (change.kind, change.version) == ("new", 1)
    article = catalogue.articles([change.article_id])[change.article_id]
    assert catalogue.text(article.id, 1) == PARIS.text
    assert (article.title, article.outlet, article.authors) == (PARIS.title, PARIS.outlet, PARIS.authors)
    assert (article.published, article.updated) == (PartialDate("2023-03-23"), PartialDate("2023-04"))
    assert (article.date_source, article.language, article.url) == ("front matter", "en", "https://gazette.example/1")
    assert (article.collection, article.root, article.path, article.where) == ("default", "/news", "d/a.md", "d/a.md")
    assert (article.current, article.version, article.raw_hash, article.loader) == (1, 1, "0" * 64, "text")
    assert dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(article.retrieved_at) < dt.timedelta(minutes=5)


def test_the_same_again_is_unchanged_and_writes_nothing(catalogue: Catalogue) -> None:
    first = catalogue.put(PARIS, origin())
    catalogue.published([first.article_id])
    before = catalogue.articles([first.article_id])
    assert catalogue.put(PARIS, origin()).kind == "unchanged"
    assert catalogue.articles([first.article_id]) == before
    assert catalogue.pending(10) == []


def test_a_changed_text_is_a_new_version_and_the_old_one_stays_citable(catalogue: Catalogue) -> None:
    first = catalogue.put(PARIS, origin())
    second = catalogue.put(but(text="“We shall wait,” she said."), origin())
    assert (second.kind, second.article_id, second.version) == ("changed", first.article_id, 2)
    assert catalogue.text(first.article_id, 1) == PARIS.text
    assert catalogue.text(first.article_id, 2) == "“We shall wait,” she said."
    old = catalogue.version(first.article_id, 1)
    assert old is not None and (old.version, old.current) == (1, 2)
    assert catalogue.articles([first.article_id])[first.article_id].version == 2
    assert catalogue.texts([first.article_id]) == {first.article_id: "“We shall wait,” she said."}
    assert catalogue.version(first.article_id, 3) is None
    with pytest.raises(KeyError):
        catalogue.text(first.article_id, 3)


def test_a_text_that_changes_back_is_a_third_version(catalogue: Catalogue) -> None:
    catalogue.put(PARIS, origin())
    catalogue.put(but(text="Other words."), origin())
    assert catalogue.put(PARIS, origin()).version == 3
    assert catalogue.counts()["versions"] == 3


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
    catalogue.published([first.article_id])
    assert catalogue.put(but(**changes), origin()).kind == "updated"
    article = catalogue.articles([first.article_id])[first.article_id]
    for name, value in changes.items():
        assert getattr(article, name) == value
    assert article.version == 1
    assert catalogue.pending(10) == [first.article_id]


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


def test_ids_are_short_opaque_and_the_same_in_every_catalogue(url: str, tmp_path: Path) -> None:
    documents = [(but(url=f"https://gazette.example/{i}"), origin(f"{i}.txt")) for i in range(20)]
    documents += [(PARIS, origin(f"{i}.txt")) for i in range(20, 40)]
    with closing(Catalogue.open(url)) as one, closing(Catalogue.at(tmp_path / "other" / "c.sqlite")) as two:
        ids = [one.put(*put).article_id for put in documents]
        assert [two.put(*put).article_id for put in reversed(documents)] == ids[::-1]
    assert len(set(ids)) == 40
    assert all(len(i) == 12 and int(i, 16) >= 0 for i in ids)


def test_the_canonical_url_names_an_article_wherever_it_lies(catalogue: Catalogue) -> None:
    first = catalogue.put(but(url="https://gazette.example/1"), origin("a.html", "/one"))
    assert catalogue.put(but(url="https://gazette.example/1"), origin("b.html", "/two")).article_id == first.article_id
    assert catalogue.count() == 1


def test_without_a_url_the_file_names_it_however_its_folder_was_given(catalogue: Catalogue) -> None:
    first = catalogue.put(PARIS, origin("sub/a.txt", "/news"))
    again = catalogue.put(PARIS, origin("a.txt", "/news/sub"))
    assert (again.kind, again.article_id) == ("unchanged", first.article_id)
    other = catalogue.put(PARIS, origin("sub/a.txt", "/other"))
    record = catalogue.put(PARIS, origin("sub/a.txt", "/news", record="7"))
    assert len({first.article_id, other.article_id, record.article_id}) == 3


# -- collections and scope


def test_collections_are_kept_apart(catalogue: Catalogue) -> None:
    one = catalogue.put(but(url="https://gazette.example/1"), origin(collection="one"))
    two = catalogue.put(but(url="https://gazette.example/1", outlet="Herald"), origin(collection="two"))
    assert one.article_id != two.article_id
    assert catalogue.collections() == {"one": 1, "two": 1}
    assert catalogue.outlets() == {"The Gazette": 1, "Herald": 1}
    assert catalogue.outlets(frozenset({"two"})) == {"Herald": 1}
    assert set(catalogue.articles([one.article_id, two.article_id], frozenset({"one"}))) == {one.article_id}
    assert catalogue.articles([one.article_id], frozenset()) == {}
    assert {a.id for a in catalogue.find("https://gazette.example/1")} == {one.article_id, two.article_id}


def test_the_summary_tells_how_far_a_scope_reaches(catalogue: Catalogue) -> None:
    assert catalogue.summary(None).articles == 0
    assert catalogue.summary(None).oldest is None
    dates = {"a": "2023-03-23T10:00:00+00:00", "b": "2022", "c": "2023-05", "d": None}
    for name, date in dates.items():
        published = PartialDate(date) if date else None
        catalogue.put(but(published=published), origin(name, collection="x" if name == "b" else "y"))
    everything = catalogue.summary(None)
    assert (everything.articles, everything.oldest, everything.newest) == (4, "2022", "2023-05")
    scoped = catalogue.summary(frozenset({"y"}))
    assert (scoped.articles, scoped.oldest, scoped.newest) == (3, "2023-03-23", "2023-05")
    then = catalogue.summary(None, dt.date(2023, 4, 30).toordinal())
    assert (then.articles, then.newest) == (3, "2023-03-23")  # undated ones stay, May is hidden
    assert catalogue.summary(None, dt.date(2023, 5, 1).toordinal()).newest == "2023-05"
    assert catalogue.summary(frozenset()).articles == 0


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
    one = catalogue.put(PARIS, origin("news.jsonl", str(files), record="https://x.example/1#top")).article_id
    two = catalogue.put(PARIS, origin("news.jsonl", str(files), record="2")).article_id
    odd = catalogue.put(PARIS, origin("c#1.txt", str(files))).article_id
    assert {a.id for a in catalogue.find("news.jsonl")} == {one, two}
    assert [a.id for a in catalogue.find("news.jsonl#2")] == [two]
    assert [a.id for a in catalogue.find(f"{files}/news.jsonl#https://x.example/1#top")] == [one]
    assert [a.id for a in catalogue.find("c#1.txt")] == [odd]
    for article in catalogue.find("news.jsonl"):
        assert [a.id for a in catalogue.find(article.file)] == [a.id for a in catalogue.find(article.where)]


# -- passages, statements, generations

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


def test_parts_are_stored_whole_and_replaced(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin()).article_id
    other = catalogue.put(PARIS, origin("b.txt")).article_id
    kept, _, _ = catalogue.replace_parts(other, 1, [Span(0, 9)], [])
    ids, said, gone = catalogue.replace_parts(key, 1, [Span(0, 38), Span(40, 61)], [SAID, NOT_ESTABLISHED, ANONYMOUS])
    assert gone == []
    assert [(p.id, p.span, p.version) for p in catalogue.passages_of([key])] == [
        (ids[0], Span(0, 38), 1),
        (ids[1], Span(40, 61), 1),
    ]
    assert [record.statement for record in catalogue.statements_of([key])] == [SAID, NOT_ESTABLISHED, ANONYMOUS]
    assert [record.id for record in catalogue.statements(said[1:])] == said[1:]

    new, fresh, gone = catalogue.replace_parts(key, 1, [Span(0, 61)], [SAID])
    assert gone == ids == catalogue.gone()
    assert catalogue.passages([*ids, *new, *kept]).keys() == {*new, *kept}
    assert catalogue.statements(said) == []
    assert [record.id for record in catalogue.statements_of([key])] == fresh
    assert not {*new} & {*ids}


def test_ids_of_passages_and_statements_are_never_used_again(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin()).article_id
    seen: set[int] = set()
    for _ in range(4):
        ids, said, _ = catalogue.replace_parts(key, 1, [Span(0, 5), Span(6, 9)], [SAID])
        assert not seen & {*ids} and len(said) == 1
        seen |= {*ids}
        catalogue.replace_parts(key, 1, [], [])


def test_ids_come_back_in_the_order_of_the_parts(catalogue: Catalogue) -> None:
    key = catalogue.put(PARIS, origin()).article_id
    spans = [Span(i, i + 1) for i in range(2500)]
    ids, _, _ = catalogue.replace_parts(key, 1, spans, [])
    assert ids == sorted(ids)
    stored = catalogue.passages(ids[::7])
    assert [stored[i].span for i in ids[::7]] == spans[::7]


def test_publishing_opens_a_generation_and_settles_what_was_pending(catalogue: Catalogue) -> None:
    assert (catalogue.generation(), catalogue.summary(None).generation) == (0, 0)
    keys = [catalogue.put(PARIS, origin(f"{i}.txt")).article_id for i in range(5)]
    assert catalogue.pending_count() == 5
    assert len(catalogue.pending(3)) == 3
    catalogue.replace_parts(keys[0], 1, [Span(0, 3)], [])
    catalogue.replace_parts(keys[0], 1, [Span(0, 4)], [])
    assert catalogue.published(keys[:2]) == 1
    assert catalogue.gone() == []
    assert set(catalogue.pending(10)) == {*keys[2:]}
    assert catalogue.published(keys[2:]) == catalogue.generation() == 2
    assert catalogue.pending_count() == 0
    catalogue.put(but(text="Other words."), origin("3.txt"))
    assert catalogue.pending(10) == [keys[3]]
    catalogue.unpublish_all()
    assert set(catalogue.pending(10)) == {*keys}
    assert list(catalogue.iterate_ids()) == sorted(keys)
    assert catalogue.counts() == {"articles": 5, "versions": 6, "passages": 1, "statements": 0}


def test_another_process_sees_what_was_published(url: str) -> None:
    with closing(Catalogue.open(url)) as writer, closing(Catalogue.open(url)) as reader:
        key = writer.put(PARIS, origin()).article_id
        assert writer.published([key]) == reader.generation() == 1
        assert reader.text(key, 1) == PARIS.text
        assert reader.identity() == writer.identity()


# -- opening


def test_opening_again_changes_nothing(url: str) -> None:
    with closing(Catalogue.open(url)) as first:
        key, identity = first.put(PARIS, origin()).article_id, first.identity()
    with closing(Catalogue.open(url)) as second:
        assert second.identity() == identity
        assert second.text(key, 1) == PARIS.text


def test_two_catalogues_have_two_identities(catalogue: Catalogue, tmp_path: Path) -> None:
    with closing(Catalogue.at(tmp_path / "other.sqlite")) as other:
        assert other.identity() != catalogue.identity()


def test_processes_that_open_a_new_catalogue_at_once_all_succeed(url: str) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", OPENER, url], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert [(process.communicate()[1], process.returncode) for process in running] == [("", 0)] * 4
    with closing(Catalogue.open(url)) as catalogue:
        assert len(catalogue.identity()) == 32


def test_a_newer_schema_is_refused_in_one_sentence(url: str) -> None:
    import sqlalchemy

    Catalogue.open(url).close()
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE meta SET value = '99' WHERE key = 'schema'"))
    engine.dispose()
    with pytest.raises(CatalogueError, match=r"schema 99 .* knows \d+; upgrade whosaid") as caught:
        Catalogue.open(url)
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


def test_a_database_that_fails_later_says_so_too(url: str, tmp_path: Path) -> None:
    import sqlalchemy

    with closing(Catalogue.open(url)) as catalogue:
        engine = sqlalchemy.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("DROP TABLE statements"))
        engine.dispose()
        with pytest.raises(CatalogueError, match=r"could not use the catalogue .*statements") as caught:
            catalogue.counts()
        assert "\n" not in str(caught.value)


def test_a_writer_that_is_killed_leaves_whole_articles(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from corpus.catalogue.store import Origin
from corpus.model import Document, Span
catalogue = Catalogue.at(Path(sys.argv[1]))
for number in range(10**6):
    origin = Origin(collection="c", root="/r", path=f"{number}", record="", raw_hash="", loader="t", loader_version=1)
    change = catalogue.put(Document(text=f"article {number}"), origin)
    catalogue.replace_parts(change.article_id, 1, [Span(0, 3), Span(3, 9)], [])
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
        for article in told:
            assert len(catalogue.passages_of([article])) == 2


def test_an_sqlalchemy_url_is_taken_too(tmp_path: Path) -> None:
    with closing(Catalogue.open(URL.create("sqlite", database=str(tmp_path / "c.sqlite")))) as catalogue:
        assert catalogue.count() == 0
