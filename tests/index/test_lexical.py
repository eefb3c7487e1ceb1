"""The lexical index: terms, fields, facets, and what other processes commit."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from corpus.catalogue import ArticleRecord
from corpus.catalogue.scope import Scope
from corpus.errors import StaleIndexError
from corpus.model import PartialDate
from index.facets import Facets, fold
from index.lexical import PASSAGE_FIELDS, STATEMENT_FIELDS, Entry, LexicalIndex, stems

EVERYTHING = Facets(scope=None)
FIELDS = {"title": 0.5, "body": 1.0}


def article(
    key: str = "a",
    collection: str = "default",
    outlet: str | None = None,
    authors: tuple[str, ...] = (),
    published: str | None = None,
) -> ArticleRecord:
    return ArticleRecord(
        id=key, collection=collection, root="/", path=key, record="", url=None, current=1, version=1, title="",
        outlet=outlet, authors=authors, published=PartialDate(published) if published else None, updated=None,
        date_source=None, language=None, raw_hash="", loader="text", loader_version=1, retrieved_at="",
        seen_at="", changed_after=None, changed_before=None, corrections=(),
    )  # fmt: skip


def entry(number: int, body: str, title: str = "", of: ArticleRecord | None = None) -> Entry:
    return Entry(number, of or article(str(number)), {"title": title, "outlet": "", "body": body})


def found(index: LexicalIndex, words: str, facets: Facets = EVERYTHING, limit: int = 10) -> list[int]:
    return [i for i, _ in index.search(dict.fromkeys(stems(words), 1.0), FIELDS, facets, limit)]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex(tmp_path / "passages", PASSAGE_FIELDS)


TEXTS = {
    1: "The ministry denied the rallies were banned.",
    2: "Farmers rallied outside the ministry in Zürich.",
    3: "A budget was voted on; the minister rested.",
    4: "Zurich's bankers denied everything, twice denied it, and denied it again.",
}


@pytest.fixture
def filled(index: LexicalIndex) -> LexicalIndex:
    index.write([entry(i, text) for i, text in TEXTS.items()])
    index.reload()
    return index


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The Rallies", ["the", "ralli"]),
        ("rally rallied rallying", ["ralli"] * 3),
        ("Zürich, Çelik & Łódź", ["zurich", "celik", "lodz"]),
        ("don’t — 1,250", ["don", "t", "1", "250"]),
        ("", []),
        ("x" * 80, []),
    ],
)
def test_stems(text: str, wanted: list[str]) -> None:
    assert stems(text) == wanted


def test_terms_are_found_in_any_inflection_and_spelling(filled: LexicalIndex) -> None:
    assert set(found(filled, "rally")) == {1, 2}
    assert set(found(filled, "ZURICH")) == {2, 4}
    assert found(filled, "denying")[0] == 4  # which says it three times
    assert found(filled, "voting") == [3]
    assert found(filled, "zebras pyjamas") == []
    assert found(filled, "") == []
    assert len(found(filled, "ministry denied budget", limit=2)) == 2


def test_the_score_is_bm25_and_weights_count(index: LexicalIndex) -> None:
    index.write([entry(1, "assembly", "nothing"), entry(2, "nothing", "assembly")])
    index.reload()
    terms = {"assembl": 1.0}
    assert [i for i, _ in index.search(terms, {"title": 2.0, "body": 1.0}, EVERYTHING, 5)] == [2, 1]
    assert [i for i, _ in index.search(terms, {"title": 1.0, "body": 2.0}, EVERYTHING, 5)] == [1, 2]
    (_, once), *_ = index.search(terms, {"body": 1.0}, EVERYTHING, 5)
    (_, twice), *_ = index.search({"assembl": 2.0}, {"body": 1.0}, EVERYTHING, 5)
    assert twice == pytest.approx(2 * once)


def test_facets_do_not_change_the_score(index: LexicalIndex) -> None:
    index.write([entry(1, "a free assembly", of=article("1", outlet="Gazette", published="2023-03-01"))])
    index.reload()
    facets = Facets(outlets=frozenset({"gazette"}), since=date(2023, 1, 1), scope=Scope(frozenset({"default"})))
    terms = {"assembl": 1.0}
    assert index.search(terms, FIELDS, facets, 5) == index.search(terms, FIELDS, EVERYTHING, 5)


def test_what_must_occur_does(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "statements", STATEMENT_FIELDS)
    said = {
        1: ("Interior Ministry spokesman", "rallies are lawful"),
        2: ("Justice Ministry", "rallies"),
        3: ("a spokesman", ""),
    }
    index.write(
        [Entry(i, article(str(i)), {"speaker": who, "via": "", "content": what}) for i, (who, what) in said.items()]
    )
    index.reload()

    def those(terms: str, **must: str) -> set[int]:
        needed = {field: stems(words) for field, words in must.items()}
        weights = {"content": 1.0}
        return {i for i, _ in index.search(dict.fromkeys(stems(terms), 1.0), weights, EVERYTHING, 9, needed)}

    assert those("rallies", speaker="ministry") == {1, 2}
    assert those("nothing", speaker="ministry spokesman") == {1}
    assert those("", speaker="spokesman") == {1, 3}
    assert those("", speaker="spokesman spokesman", content="lawful") == {1}
    assert those("rallies", speaker="nobody") == set()


def test_a_word_is_as_rare_as_it_is_in_the_scope(index: LexicalIndex, tmp_path: Path) -> None:
    """What others may see moves no score: they equal those of an index that holds the scope alone."""
    closed = [entry(10 + n, "the harbour was dredged again today", of=article(f"x{n}", "closed")) for n in range(9)]
    seen = [
        entry(1, "the harbour was closed last night"),
        entry(2, "a dam was closed by the"),
        entry(3, "a harbour and a dam again"),
    ]
    alone = LexicalIndex(tmp_path / "alone", PASSAGE_FIELDS)
    for one, entries in ((index, [*seen, *closed]), (alone, seen)):
        one.write(entries)
        one.reload()
    terms, mine = dict.fromkeys(stems("harbour dredged dam"), 1.0), Facets(scope=Scope(frozenset({"default"})))
    assert index.count() == 12 and index.share(mine.scope) == 0.25 and alone.share(mine.scope) == 1
    wanted = dict(alone.search(terms, FIELDS, EVERYTHING, 5))
    assert len(wanted) == 3 and dict(index.search(terms, FIELDS, mine, 5)) == pytest.approx(wanted, rel=0.05)
    among_all = dict(index.search(terms, FIELDS, EVERYTHING, 12))
    assert {i: among_all[i] for i in wanted} != pytest.approx(wanted, rel=0.3), "the others would move them"


def test_writing_takes_out_what_is_gone_and_what_has_the_same_id(filled: LexicalIndex) -> None:
    filled.write([entry(3, "A harbour was rejected.")], [1])
    filled.reload()
    assert (found(filled, "voted"), found(filled, "harbour")) == ([], [3])
    filled.write([entry(30, "A budget was rejected.", of=article("3"))], [3])
    filled.reload()
    assert found(filled, "ministry") == [2]
    assert found(filled, "budget") == [30]
    assert found(filled, "voted") == []
    assert filled.count() == 3
    filled.write([], [77])
    filled.clear()
    filled.reload()
    assert (filled.count(), found(filled, "budget")) == (0, [])


def test_another_instance_sees_what_is_committed_when_it_reloads(filled: LexicalIndex, tmp_path: Path) -> None:
    reader = LexicalIndex(tmp_path / "passages", PASSAGE_FIELDS)
    assert set(found(reader, "ministry")) == {1, 2}
    filled.write([entry(9, "A ministry of silly words", of=article("9"))], [1])
    reader.reload()
    assert set(found(reader, "ministry")) == {2, 9}


HOLDER = """
import sys, tantivy
from pathlib import Path
from index.lexical import PASSAGE_FIELDS, LexicalIndex
index = LexicalIndex(Path(sys.argv[1]), PASSAGE_FIELDS)
writer = index._index.writer()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_is_told_and_a_killed_one_leaves_no_lock(filled: LexicalIndex, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "passages")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    for write in (lambda: filled.write([], [1]), filled.clear):
        with pytest.raises(StaleIndexError, match="if another process is writing it, try again"):
            write()
    holder.kill()
    holder.communicate()
    filled.write([], [1])
    filled.reload()
    assert found(filled, "ministry") == [2]


@pytest.mark.parametrize("wholly", [False, True])
def test_a_run_that_was_killed_before_its_commit_is_no_hindrance(
    filled: LexicalIndex, tmp_path: Path, wholly: bool
) -> None:
    folder = tmp_path / "passages"
    before = (folder / "meta.json").read_bytes()
    filled.write([entry(9, "A ministry of zebras")], [1])
    assert list(folder.glob("*.del")), "a file that bears the number of the commit"
    (folder / "meta.json").write_bytes(before)  # as if the run had died when all but this was written
    again = LexicalIndex(folder, PASSAGE_FIELDS)
    if wholly:
        again.rewrite([entry(i, text) for i, text in TEXTS.items() if i != 1])
    again.write([entry(9, "A ministry of silly words")], [1])
    again.reload()
    assert set(found(again, "ministry")) == {2, 9} and found(again, "zebras") == []
    if wholly:
        assert not any(b"zebra" in file.read_bytes() for file in folder.iterdir())


def test_a_folder_of_something_else_is_refused(tmp_path: Path, filled: LexicalIndex) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "meta.json").write_text("{}")
    with pytest.raises(StaleIndexError, match="--rebuild"):
        LexicalIndex(tmp_path / "other", PASSAGE_FIELDS)
    with pytest.raises(StaleIndexError, match="--rebuild"):
        LexicalIndex(tmp_path / "passages", ("something", "else"))
    (tmp_path / "file").write_text("")
    with pytest.raises(StaleIndexError, match="--rebuild"):
        LexicalIndex(tmp_path / "file", PASSAGE_FIELDS)


ODD_AUTHORS = (
    "J. O'Brien-Smith",
    "A. (Tony) [B.] {C}",
    "x*y?z+",
    "a|b & c^d$",
    "back\\slash",
    "ÉMILE Zola",
    "李 明",
    "ana",
)


@pytest.mark.parametrize("author", ODD_AUTHORS)
def test_authors_of_any_spelling_are_found(index: LexicalIndex, author: str) -> None:
    index.write([entry(1, "word", of=article("1", authors=("Someone Else", author)))])
    index.reload()
    for wanted in (author, author.upper(), author.split()[-1]):
        facets = Facets(scope=None, authors=frozenset({fold(wanted)}))
        assert facets.admit(article(authors=(author,)))
        assert found(index, "word", facets) == [1], wanted
    assert found(index, "word", Facets(scope=None, authors=frozenset({fold(author + " junior")}))) == []
    assert found(index, "word", Facets(scope=None, authors=frozenset({fold(author) + "x"}))) == []
