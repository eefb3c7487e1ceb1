"""What a person removed is in no file of the home any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.removal import remove
from index.store import IndexSettings

Place = Any  # of tests/index/conftest.py
RARE = "quincunxial"


def holding(home: Path, word: str = RARE) -> list[str]:
    """The files of a home that hold a word, in upper or lower case."""
    files = [f for f in home.rglob("*") if f.is_file() and "models" not in f.parts]
    return sorted(str(f.relative_to(home)) for f in files if word in f.read_bytes().decode("latin-1").lower())


def put(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text(
        f"The {RARE} garden\n\n“It is {RARE},” said Mayor Lena {RARE.title()}. She left at once.", "utf-8"
    )
    (folder / "b.txt").write_text("Wheat prices\n\nFarmers sold wheat at a loss, the minister said.", "utf-8")


def erase(place: Place, key: str = "a.txt") -> None:
    remove(place.home, place.catalogue, IndexSettings(), place.catalogue.find(key))


def test_nothing_of_a_removed_article_stays_in_a_file(place: Place, tmp_path: Path) -> None:
    put(tmp_path / "news")
    place.ingest(tmp_path / "news")
    (tmp_path / "news" / "a.txt").write_text(f"The {RARE} garden\n\nIt is {RARE} no more, she said.", "utf-8")
    place.ingest(tmp_path / "news")  # and so has an older version
    assert any("catalogue.sqlite" in file for file in holding(place.home.folder))
    erase(place)
    assert holding(place.home.folder) == []
    assert place.lexical("wheat") and place.lexical(RARE) == set()
    assert (
        place.ingest(tmp_path / "news").line() == "nothing is new: 1 article, as it was; 1 left out, which you removed"
    )
    assert holding(place.home.folder) == []
    assert place.stored()[:3] == [place.counts()["passages"]] * 3


def test_a_removal_that_was_cut_short_is_finished_by_the_next_run(place: Place, tmp_path: Path) -> None:
    put(tmp_path / "news")
    place.ingest(tmp_path / "news")
    (article,) = place.catalogue.find("a.txt")
    place.catalogue.removals.remove([article.id], tombstone=True)  # and there the process died
    assert holding(place.home.folder), "the index still has it"
    place.ingest(tmp_path / "news")
    assert holding(place.home.folder) == []


def test_an_article_removed_at_one_home_leaves_the_other_with_its_next_run(
    made: Callable[..., Place], postgresql: Callable[[str], str], tmp_path: Path
) -> None:
    put(tmp_path / "news")
    url = postgresql("removed")
    one, two = made("one", url), made("two", url)
    one.ingest(tmp_path / "news")
    two.ingest(tmp_path / "news")
    erase(one)
    assert holding(one.home.folder) == []
    assert two.lexical(RARE) == set() and two.lexical("wheat")
    two.ingest(tmp_path / "news")
    assert holding(two.home.folder) == []
