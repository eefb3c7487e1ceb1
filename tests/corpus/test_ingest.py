"""From files to the catalogue: what a run changes, what it reports, what a second run leaves alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import Catalogue, Change
from corpus.errors import UsageError
from corpus.ingest import Files, IngestReport, ingest

URL = "https://gazette.example/rally"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue.at(tmp_path / "home" / "catalogue.sqlite")) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    return made


def run(catalogue: Catalogue, *paths: Path, **more: Any) -> tuple[IngestReport, list[Change]]:
    report = IngestReport()
    changes = list(ingest(catalogue, Files(list(paths)), report, **more))
    assert Counter(change.kind for change in changes) == {k: n for k, n in report.changes.items() if k != "unchanged"}
    return report, changes


def page(folder: Path, name: str, text: str, url: str | None = None, **front: str) -> Path:
    known = {"title": "A rally", **({"canonical_url": url} if url else {}), **front}
    lines = [f"{key}: {json.dumps(value)}" for key, value in known.items()]
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["---", *lines, "---", text, ""]), "utf-8")
    return file


def records(folder: Path, name: str, *articles: dict[str, Any]) -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    return file


def article(number: int, text: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "body": text or f"The council met on item {number}.",
        "title": f"Item {number}",
        "url": f"{URL}/{number}",
        **more,
    }


def test_the_sample_a_second_time_changes_nothing_and_says_so(catalogue: Catalogue, sample: Path) -> None:
    first, changes = run(catalogue, sample)
    assert first.errors == []
    assert first.articles == len(changes) == catalogue.count() > 50
    assert first.line() == f"{first.articles} new"
    assert first.characters > 50_000
    before = catalogue.counts()
    second, changes = run(catalogue, sample)
    assert changes == []
    assert second.line() == f"nothing is new: {first.articles} articles, all as they were"
    assert catalogue.counts() == before


def test_every_kind_of_change_is_counted_and_told(catalogue: Catalogue, folder: Path) -> None:
    for name in ("a", "b", "c"):
        page(folder, f"{name}.md", f"Words of {name}.")
    run(catalogue, folder)
    page(folder, "a.md", "Other words of a.")
    page(folder, "b.md", "Words of b.", title="A march")
    page(folder, "d.md", "Words of d.")
    (folder / "e.jsonl").write_text("{ this is no JSON\n")
    report, changes = run(catalogue, folder)
    assert sorted((c.kind, c.version) for c in changes) == [("changed", 2), ("new", 1), ("updated", 1)]
    assert (
        report.line()
        == "1 new, 1 changed, 1 known better (the publisher's text is the same), 1 unchanged; 1 could not be loaded"
    )
    assert run(catalogue, folder)[0].line() == "nothing is new: 4 articles, all as they were; 1 could not be loaded"


def test_an_empty_folder_says_so(catalogue: Catalogue, folder: Path) -> None:
    assert run(catalogue, folder)[0].line() == "nothing to load: no files were found"


def test_a_path_that_does_not_exist_is_told_before_anything_is_stored(catalogue: Catalogue, folder: Path) -> None:
    page(folder, "a.md", "Words.")
    with pytest.raises(UsageError, match="no such file or folder"):
        run(catalogue, folder, folder / "missing")
    assert catalogue.count() == 0


def test_two_files_that_claim_one_url_are_two_articles_and_stay_so(catalogue: Catalogue, folder: Path) -> None:
    page(folder, "a.md", "What one file says.", URL)
    page(folder, "b.md", "What another says.", URL)
    report, changes = run(catalogue, folder)
    assert report.line() == "2 new"
    for _ in range(3):
        assert run(catalogue, folder)[1] == []
    assert run(catalogue, folder / "b.md")[1] == []  # nor when one is named alone
    assert run(catalogue, folder / "a.md", folder / "b.md")[1] == []
    assert {catalogue.text(c.article_id, 1) for c in changes} == {"What one file says.", "What another says."}


def test_two_folders_may_hold_files_of_one_name_that_claim_one_url(catalogue: Catalogue, folder: Path) -> None:
    page(folder, "one/a.md", "What one file says.", URL)
    page(folder, "two/a.md", "What another says.", URL)
    paths = folder / "one", folder / "two"
    assert run(catalogue, *paths)[0].line() == "2 new"
    assert run(catalogue, *paths)[1] == []
    assert run(catalogue, folder)[1] == []


def test_a_copy_of_an_article_is_the_article(catalogue: Catalogue, folder: Path) -> None:
    records(folder, "one.jsonl", article(1), article(2))
    records(folder, "two.jsonl", article(2), article(3))
    assert run(catalogue, folder)[0].line() == "3 new, 1 unchanged"
    assert run(catalogue, folder)[0].line() == "nothing is new: 4 articles, all as they were"
    assert catalogue.count() == 3


def test_the_same_folder_named_otherwise_brings_no_second_article(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = page(folder, "deep/a.md", "Words without a URL.")
    run(catalogue, folder)
    monkeypatch.chdir(folder)
    for path in (Path(), folder / "deep", file, Path("deep/../deep/a.md"), folder.parent):
        report, changes = run(catalogue, path)
        assert (changes, report.articles) == ([], 1), path


def test_a_url_may_be_in_two_collections(catalogue: Catalogue, folder: Path) -> None:
    page(folder, "a.md", "Words.", URL)
    run(catalogue, folder, collection="one")
    report, _ = run(catalogue, folder, collection="two")
    assert report.line() == "1 new"
    assert catalogue.collections() == {"one": 1, "two": 1}
    page(folder, "a.md", "Other words.", URL)
    run(catalogue, folder, collection="two")
    assert {(a.collection, a.version) for a in catalogue.find(URL)} == {("one", 1), ("two", 2)}


def test_the_outlet_given_fills_in_only_what_is_missing(catalogue: Catalogue, folder: Path) -> None:
    records(folder, "news.jsonl", article(1, source="The Herald"), article(2))
    run(catalogue, folder, outlet="The Gazette")
    assert catalogue.outlets() == {"The Herald": 1, "The Gazette": 1}
    assert run(catalogue, folder, outlet="The Gazette")[1] == []


def test_a_bad_file_never_stops_the_run(catalogue: Catalogue, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\x00\x01\x02\xff" * 500)
    (folder / "b.html").write_text("")
    (folder / "c.txt.gz").write_bytes(b"\x1f\x8b but not compressed at all")
    (folder / "d.jsonl").write_text("{\n" + json.dumps(article(1)) + "\n" + json.dumps({"title": "no text"}) + "\n")
    (folder / "e.md").write_text("---\ntitle: [\n---\n")
    records(
        folder, "f.jsonl", article(2, "Half \ud83d of it."), article(3, "A NUL \0 in it."), article(4, title="NUL \0")
    )
    page(folder, "z.md", "The last one is read.")
    report, changes = run(catalogue, folder)
    assert {catalogue.text(c.article_id, 1) for c in changes} >= {"The last one is read.", "The council met on item 1."}
    told = [str(error) for error in report.errors]
    assert len(told) == 8 and all("\n" not in sentence for sentence in told), told
    for name in ("a.txt", "b.html", "c.txt.gz", "d.jsonl, line 1", "d.jsonl, line 3", "e.md", "f.jsonl, record"):
        assert any(name in sentence for sentence in told), name
    assert sum("NUL" in sentence for sentence in told) == 1  # in a text, which must stay as it is
    assert "NUL" in {a.title for a in catalogue.articles(c.article_id for c in changes).values()}  # not in a title
    assert run(catalogue, folder)[1] == []


def test_a_run_that_ends_early_keeps_what_it_had_stored(catalogue: Catalogue, folder: Path) -> None:
    records(folder, "news.jsonl", *(article(i) for i in range(20)))
    going = ingest(catalogue, Files([folder]), report := IngestReport())
    for _ in range(5):
        next(going)
    going.close()
    assert catalogue.count() == report.articles == 5
    assert run(catalogue, folder)[0].line() == "15 new, 5 unchanged"


def test_articles_are_taken_one_by_one(catalogue: Catalogue, folder: Path) -> None:
    """A run holds one article at a time: the peak is the same for ten times as many."""
    import tracemalloc

    def peak(number: int, first: int) -> int:
        texts = [" ".join(f"item{first + i}x{word}{'y' * 80}" for word in range(200)) for i in range(number)]
        file = records(folder, f"{number}.jsonl", *(article(first + i, text) for i, text in enumerate(texts)))
        tracemalloc.start()
        for _ in ingest(catalogue, Files([file]), IngestReport()):
            pass
        _, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return top

    peak(10, 0)  # what is loaded and cached once
    few, many = peak(40, 1000), peak(400, 2000)
    assert many < few + 1_000_000, (few, many)  # 360 more articles of 20 kB each are 7 MB
