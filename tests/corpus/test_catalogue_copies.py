"""Copies in the catalogue: which articles are near to which, whatever comes first, changes or goes."""

from __future__ import annotations

import itertools
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from corpus.catalogue import Catalogue
from corpus.loaders import load
from corpus.loaders.reading import Loaded
from corpus.walk import walk

from .catalogued import but, origin


@pytest.fixture(scope="module")
def story(sample: Path) -> str:
    """A real article of some length."""
    found = [item for source in walk([sample / "ondreva-ledger"]) for item in load(source)]  # type: ignore[arg-type]
    return max((item.document.text for item in found if isinstance(item, Loaded)), key=len)


def forms(story: str) -> dict[str, str]:
    words = story.split(" ")
    return {
        "whole": story,
        "same": story.replace("\n\n", "\n"),
        "cut": " ".join(words[: len(words) // 2]),
        "headed": f"A new headline for this.\n\n{story}",
        "edited": story.replace(" said ", " told reporters "),
    }


def near(catalogue: Catalogue) -> set[frozenset[str]]:
    """The pairs of files that are copies."""
    paths = {i: a.path for i, a in catalogue.articles(catalogue.iterate_ids()).items()}
    return {frozenset({paths[i], copy.path}) for i in paths for copy in catalogue.copies(i)}


def test_copies_are_found_in_any_order_of_arrival(story: str, tmp_path: Path) -> None:
    texts, found = forms(story), []
    for number, names in enumerate(itertools.islice(itertools.permutations(texts), 0, 120, 29)):
        with closing(Catalogue.at(tmp_path / f"{number}.sqlite")) as catalogue:
            for name in names:
                catalogue.put(but(text=texts[name]), origin(name))
            catalogue.put(but(text="A story of something else altogether. " * 20), origin("other"))
            found.append(near(catalogue))
    assert all(pairs == found[0] for pairs in found)
    assert {frozenset({"whole", name}) for name in ("same", "cut", "headed", "edited")} <= found[0]
    assert not any("other" in pair for pair in found[0])


def test_copies_go_with_a_new_text_and_with_removal(catalogue: Catalogue, story: str) -> None:
    texts = forms(story)
    for name in ("whole", "same", "headed"):
        catalogue.put(but(text=texts[name], url=f"https://gazette.example/{name}"), origin(name))
    assert len(near(catalogue)) == 3
    other = but(text="Quite other words.", url="https://gazette.example/whole")
    catalogue.put(other, origin("whole", raw_hash="1" * 64))
    assert near(catalogue) == {frozenset({"same", "headed"})}, "it is known of the other with the same text"
    (same,) = catalogue.find("same")
    catalogue.removals.remove([same.id], tombstone=True)
    assert near(catalogue) == set()
    with catalogue.engine.connect() as connection:
        kept = connection.scalar(sqlalchemy.text("SELECT count(*) FROM near"))
        texts_left = connection.scalar(sqlalchemy.text("SELECT count(DISTINCT exact) FROM bands"))
    assert (kept, texts_left) == (0, 1), "nothing is kept of a text that is gone"


def test_copies_are_named_across_collections_to_whom_may_see_them(catalogue: Catalogue, story: str) -> None:
    one = catalogue.put(but(text=story), origin(collection="one")).article_id
    two = catalogue.put(but(text=story), origin(collection="two")).article_id
    assert [copy.id for copy in catalogue.copies(one)] == [two]


def test_a_template_that_is_filled_in_many_times_stays_quick(catalogue: Catalogue) -> None:
    """A new text is compared with a bounded number of those that look like it."""
    form = "Rain fell on the coast and the wind blew from the west, and nobody was much surprised by it. " * 3
    for number in range(45):
        catalogue.put(but(text=f"{form} {'so ' * number}it was."), origin(f"{number}.txt"))
    with catalogue.engine.connect() as connection:
        pairs = connection.scalar(sqlalchemy.text("SELECT count(*) FROM near"))
    assert 2 * 32 <= pairs <= 2 * (32 * 31 // 2 + 13 * 32)
