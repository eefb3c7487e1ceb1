"""Homes into which tests ingest, and what they hold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import Catalogue, Served
from corpus.ingest import IngestReport
from index.facets import Facets
from index.ingest import run
from index.lexical import stems
from index.store import Home, IndexSettings, OpenIndex, open_index

PLACES = ("Ardel", "Bremsk", "Corvin", "Dunmere", "Estel")


@dataclass
class Place:
    """A home with its catalogue, and what the tests ask of it."""

    home: Home
    catalogue: Catalogue

    def ingest(self, *paths: Path, settings: IndexSettings = IndexSettings(), **more: Any) -> IngestReport:  # noqa: B008
        return run(self.home, self.catalogue, settings, paths, **more)

    def opened(self, settings: IndexSettings = IndexSettings()) -> OpenIndex:  # noqa: B008
        found = open_index(self.home, self.catalogue, settings)
        assert found is not None
        return found

    @property
    def edition(self) -> str:
        found = self.home.edition()
        assert found is not None
        return found

    @property
    def folder(self) -> Path:
        """Where the index that serves is."""
        return self.home.index(self.edition)

    @property
    def served(self) -> Served:
        return self.catalogue.served(self.edition)

    def counts(self) -> dict[str, int]:
        return self.catalogue.edition(self.edition).counts()

    def generation(self) -> int:
        edition = self.home.edition()
        return self.catalogue.served(edition).generation() if edition else 0

    def lexical(self, words: str) -> set[str]:
        """The texts of the passages that hold one of the words."""
        with closing(self.opened().parts) as parts:
            terms = dict.fromkeys(stems(words), 1.0)
            ids = [i for i, _ in parts.passages.search(terms, {"body": 1.0, "title": 1.0}, Facets(scope=None), 1000)]
        return self.words(ids)

    def dense(self, question: str, limit: int = 3) -> list[str]:
        """The texts of the passages nearest to the question."""
        opened = self.opened()
        with closing(opened.parts) as parts:
            found = parts.vectors.query(opened.encoder.encode_question(question), limit)
        return [text for i, _ in found for text in self.words([i])]

    def words(self, passages: Sequence[int]) -> set[str]:
        """The texts of those of the passages that are served."""
        found = self.served.passages(passages).values()
        return {p.span.of(self.catalogue.text(p.article_id, p.version)) for p in found}

    def content(self) -> dict[str, Any]:
        """Everything the index holds, by ids that follow from it."""
        articles, served = list(self.catalogue.iterate_ids()), self.served
        passages, edition = served.passages_of(articles), self.catalogue.edition(self.edition)
        ids = [p.id for p in passages]
        with closing(self.opened().parts) as parts:
            sentences = parts.sentences.get(ids)
            assert sentences.keys() == {*ids}, "a passage without vectors"
            nearest = {p.id: parts.vectors.query(sentences[p.id].vector, 1)[0] for p in passages}
            assert all(score > 0.999 for _, score in nearest.values())
            return {
                "passages": sorted((p.id, p.article_id, p.version, p.start, p.end) for p in passages),
                "statements": sorted(
                    (s.id, s.article_id, s.version, str(s.statement)) for s in served.statements_of(articles)
                ),
                "pending": edition.pending_count(),
                "sentences": sorted((i, row.spans, row.vector.tobytes()) for i, row in sentences.items()),
            }

    def stored(self) -> list[int | None]:
        """How many entries each store has: what is gone from the catalogue may stay until the next batch."""
        with closing(self.opened().parts) as parts:
            counted = (parts.vectors, parts.sentences, parts.passages, parts.statements)
            return [part.count() for part in counted]


@pytest.fixture
def made(tmp_path: Path, compiled_model: Path) -> Iterator[Callable[..., Place]]:
    """Makes homes by name, each with the model compiled already; a catalogue elsewhere is named by its URL."""
    open_ones: list[Catalogue] = []

    def make(name: str = "home", url: str | None = None) -> Place:
        home = Home(tmp_path / name)
        shutil.copytree(compiled_model, home.models / compiled_model.name, dirs_exist_ok=True)
        file = home.folder / "catalogue.sqlite"
        open_ones.append(Catalogue.open(url) if url else Catalogue.at(file))
        return Place(home, open_ones[-1])

    yield make
    for catalogue in open_ones:
        catalogue.close()


@pytest.fixture
def place(made: Callable[..., Place]) -> Place:
    return made("home")


@pytest.fixture
def written() -> Callable[..., Path]:
    """Writes short articles as JSON Lines, each with words, a place and a speaker of its own."""

    def write(file: Path, numbers: Sequence[int], wording: str = "approved") -> Path:
        with file.open("w", encoding="utf-8") as out:
            for number in numbers:
                town = f"{PLACES[number % 5]}{number}"
                body = (
                    f"The council of {town} {wording} a budget on Monday.\n\n"
                    f"“We have {wording} it after {number + 2} votes,” said Mayor Lena Olt{number}. She left at once."
                )
                known = {"body": body, "title": f"{town} budget", "url": f"https://x.example/{number}"}
                out.write(json.dumps(known) + "\n")
        return file

    return write
