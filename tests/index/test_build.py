"""Ingest runs, end to end: what is in the index after each, however it ended."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from corpus.catalogue import Catalogue
from corpus.errors import ModelError, StaleIndexError, UsageError
from corpus.ingest import IngestReport
from index.embedding import Encoder, open_encoder
from index.facets import Facets
from index.ingest import Watcher, run, writing
from index.lexical import stems
from index.manifest import read_manifest
from index.store import Home, IndexParts, IndexSettings, open_index

PLACES = ("Ardel", "Bremsk", "Corvin", "Dunmere", "Estel")


@dataclass
class Place:
    """A home with its catalogue, and what the tests ask of it."""

    home: Home
    catalogue: Catalogue

    def ingest(self, *paths: Path, settings: IndexSettings = IndexSettings(), **more: Any) -> IngestReport:  # noqa: B008
        return run(self.home, self.catalogue, settings, paths, **more)

    def opened(self, settings: IndexSettings = IndexSettings()) -> tuple[IndexParts, Encoder]:  # noqa: B008
        found = open_index(self.home, self.catalogue, settings)
        assert found is not None
        return found

    def lexical(self, words: str) -> set[str]:
        """The texts of the passages that hold one of the words."""
        with closing(self.opened()[0]) as parts:
            terms = dict.fromkeys(stems(words), 1.0)
            ids = [i for i, _ in parts.passages.search(terms, {"body": 1.0, "title": 1.0}, Facets(), 1000)]
        return {self.words(i) for i in ids}

    def dense(self, question: str, limit: int = 3) -> list[str]:
        """The texts of the passages nearest to the question."""
        parts, encoder = self.opened()
        with closing(parts):
            return [self.words(i) for i, _ in parts.vectors.query(encoder.encode_question(question), limit)]

    def words(self, passage: int) -> str:
        found = self.catalogue.passages([passage])[passage]
        return found.span.of(self.catalogue.text(found.article_id, found.version))

    def content(self) -> dict[str, Any]:
        """Everything the index holds, with passages named by article and place instead of by id."""
        articles = list(self.catalogue.iterate_ids())
        passages = self.catalogue.passages_of(articles)
        ids = [p.id for p in passages]
        with closing(self.opened()[0]) as parts:
            sentences = parts.sentences.get(ids)
            assert sentences.keys() == {*ids}, "a passage without vectors"
            nearest = {p.id: parts.vectors.query(sentences[p.id].vector, 1)[0] for p in passages}
            assert all(score > 0.999 for _, score in nearest.values())
            return {
                "passages": sorted((p.article_id, p.version, p.start, p.end) for p in passages),
                "statements": sorted(
                    (s.article_id, s.version, str(s.statement)) for s in self.catalogue.statements_of(articles)
                ),
                "counts": [
                    parts.vectors.count(),
                    parts.sentences.count(),
                    parts.passages.count(),
                    parts.statements.count(),
                ],
                "pending": self.catalogue.pending_count(),
                "gone": self.catalogue.gone(),
                "sentences": sorted((p.article_id, sentences[p.id].spans) for p in passages),
            }


@pytest.fixture
def made(tmp_path: Path, compiled_model: Path) -> Iterator[Callable[[str], Place]]:
    """Makes homes by name, each with the model compiled already."""
    open_ones: list[Catalogue] = []

    def make(name: str = "home") -> Place:
        home = Home(tmp_path / name)
        shutil.copytree(compiled_model, home.models / compiled_model.name)
        open_ones.append(Catalogue.at(home.folder / "catalogue.sqlite"))
        return Place(home, open_ones[-1])

    yield make
    for catalogue in open_ones:
        catalogue.close()


@pytest.fixture
def place(made: Callable[[str], Place]) -> Place:
    return made("home")


def written(file: Path, numbers: Sequence[int], wording: str = "approved") -> Path:
    """Write short articles as JSON Lines, each with words, a place and a speaker of its own."""
    with file.open("w", encoding="utf-8") as out:
        for number in numbers:
            town = f"{PLACES[number % 5]}{number}"
            body = (
                f"The council of {town} {wording} a budget on Monday.\n\n"
                f"“We have {wording} it after {number + 2} votes,” said Mayor Lena Olt{number}. She left at once."
            )
            out.write(
                json.dumps({"body": body, "title": f"{town} budget", "url": f"https://x.example/{number}"}) + "\n"
            )
    return file


# -- what is made


@pytest.fixture(scope="module")
def sample_home(sample: Path, compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = Home(tmp_path_factory.mktemp("sample-home"))
    shutil.copytree(compiled_model, home.models / compiled_model.name)
    with closing(Catalogue.at(home.folder / "catalogue.sqlite")) as catalogue:
        made = Place(home, catalogue)
        made.ingest(sample)
        yield made


def test_no_text_is_lost_and_every_passage_has_its_vectors(sample_home: Place) -> None:
    catalogue = sample_home.catalogue
    content = sample_home.content()
    counts = catalogue.counts()
    assert content["counts"] == [counts["passages"], counts["passages"], counts["passages"], counts["statements"]]
    assert content["pending"] == 0
    for key in catalogue.iterate_ids():
        text = catalogue.texts([key])[key]
        passages = catalogue.passages_of([key])
        covered = {i for p in passages for i in range(p.start, p.end)}
        assert sum(p.end - p.start for p in passages) == len(covered), "passages overlap"
        assert [c for i, c in enumerate(text) if i not in covered and not c.isspace()] == []


def test_sentences_lie_in_their_passage(sample_home: Place) -> None:
    catalogue = sample_home.catalogue
    passages = catalogue.passages_of(list(catalogue.iterate_ids()))
    with closing(sample_home.opened()[0]) as parts:
        stored = parts.sentences.get([p.id for p in passages])
    for passage in passages:
        spans = stored[passage.id].spans
        assert spans and all(passage.start <= s.start < s.end <= passage.end for s in spans)
        assert len(stored[passage.id].vectors) == len(spans)


def test_an_ingest_that_finds_nothing_new_says_so_and_publishes_nothing(sample_home: Place, sample: Path) -> None:
    generation, before = sample_home.catalogue.generation(), sample_home.content()
    told: list[str] = []
    report = sample_home.ingest(sample, watcher=Watcher(stage=told.append))
    assert report.line().startswith("nothing is new")
    assert told == []
    assert sample_home.catalogue.generation() == generation
    assert sample_home.content() == before


def test_passages_fit_a_model_that_reads_less_than_the_settings_allow(place: Place, sample: Path) -> None:
    settings = IndexSettings(passage_tokens=4096)
    place.ingest(sample / "ondreva-ledger", settings=settings)
    parts, encoder = place.opened(settings)
    parts.close()
    passages = place.catalogue.passages_of(list(place.catalogue.iterate_ids()))
    assert passages
    assert max(encoder.count_tokens(place.words(p.id)) for p in passages) <= encoder.max_tokens


def test_shorter_passages_by_setting(place: Place, sample: Path) -> None:
    settings = IndexSettings(passage_tokens=96)
    place.ingest(sample / "ondreva-ledger", settings=settings)
    parts, encoder = place.opened(settings)
    parts.close()
    passages = place.catalogue.passages_of(list(place.catalogue.iterate_ids()))
    assert max(encoder.count_tokens(place.words(p.id)) for p in passages) <= 96


# -- changes


def test_a_changed_article_leaves_the_index_with_its_old_words(place: Place, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    file = tmp_path / "news" / "a.txt"
    (tmp_path / "news" / "b.txt").write_text("Wheat prices\n\nFarmers sold wheat at a loss.", "utf-8")
    file.write_text("The harbour\n\nDredging of the harbour begins, the engineer said.", "utf-8")
    place.ingest(tmp_path / "news")
    assert any("Dredging" in words for words in place.lexical("dredging"))
    file.write_text("The harbour\n\nPaving of the quay begins, the architect said.", "utf-8")
    report = place.ingest(tmp_path / "news")
    assert report.line() == "1 changed, 1 unchanged"
    assert place.lexical("dredging engineer") == set()
    assert any("Paving" in words for words in place.lexical("paving"))
    assert "Paving" in place.dense("paving of the quay by an architect", 1)[0]
    assert not any("Dredging" in words for words in place.dense("dredging of the harbour", 10))
    (article,) = place.catalogue.find("a.txt")
    assert "Dredging" in place.catalogue.text(article.id, 1)
    content = place.content()
    assert content["counts"][:3] == [len(content["passages"])] * 3


def test_new_metadata_are_found_at_once(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("---\ntitle: Old heading\n---\nWords that stay.\n")
    place.ingest(file)
    file.write_text("---\ntitle: Volcano erupts\n---\nWords that stay.\n")
    assert place.ingest(file).line() == "1 updated"
    assert place.lexical("volcano") == {"Words that stay."}
    assert place.lexical("heading") == set()


# -- streams


def test_a_long_file_is_published_in_parts(place: Place, tmp_path: Path) -> None:
    seen: list[int] = []
    watcher = Watcher(indexed=lambda articles, characters: seen.append(place.catalogue.generation()))
    report = place.ingest(written(tmp_path / "news.jsonl", range(300)), watcher=watcher)
    assert report.line() == "300 new"
    assert len(seen) == 300
    assert seen[-1] >= 3 and seen == sorted(seen)  # the first parts were published when the last began
    assert place.catalogue.generation() >= 4
    assert place.content()["counts"] == [300, 300, 300, 300]


# -- runs that end badly

KILLED = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from index.ingest import Watcher, run
from index.store import Home, IndexSettings
home = Home(Path(sys.argv[1]))
watcher = Watcher(indexed=lambda articles, characters: print(articles, flush=True))
run(home, Catalogue.at(home.folder / "catalogue.sqlite"), IndexSettings(), [Path(sys.argv[2])], watcher=watcher)
"""


def killed(home: Home, file: Path, after: int, wait: float = 0.0) -> None:
    """Ingest `file` in another process and kill it `wait` seconds after so many articles."""
    import time

    process = subprocess.Popen([sys.executable, "-c", KILLED, home.folder, file], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(after):
        assert process.stdout.readline(), "the run ended before it could be killed"
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()


def test_a_run_that_was_killed_is_finished_by_the_next(made: Callable[[str], Place], tmp_path: Path) -> None:
    file = written(tmp_path / "news.jsonl", range(200))
    whole, broken = made("whole"), made("broken")
    whole.ingest(file)
    # in the middle of a part; while one is stored and published; and once more in what the killed runs left
    for after, wait in ((20, 0.0), (64, 0.02), (64, 0.3), (10, 0.0)):
        if broken.catalogue.pending_count() or not broken.catalogue.count():
            killed(broken.home, file, after, wait)
    broken.ingest(file)
    assert broken.content() == whole.content()

    written(file, range(200), "rejected")  # and now each has an older version, whose passages must go
    whole.ingest(file)
    for after, wait in ((30, 0.0), (64, 0.05), (64, 0.4)):
        killed(broken.home, file, after, wait)
    broken.ingest(file)
    assert broken.content() == whole.content()
    assert broken.lexical("approved") == set()


def test_a_second_writer_is_told(place: Place, tmp_path: Path) -> None:
    file = written(tmp_path / "news.jsonl", range(2))
    holder = "import sys\nfrom pathlib import Path\nfrom index.ingest import writing\nfrom index.store import Home\n"
    holder += "with writing(Home(Path(sys.argv[1]))):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    command = [sys.executable, "-c", holder, str(place.home.folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    with pytest.raises(UsageError, match="another whosaid is ingesting into it; wait") as caught:
        place.ingest(file)
    assert "\n" not in str(caught.value)
    assert place.catalogue.count() == 0
    process.kill()
    process.communicate()
    assert place.ingest(file).line() == "2 new"


def test_the_lock_is_given_back_when_a_run_fails(place: Place, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        place.ingest(tmp_path / "missing")
    with writing(place.home):
        pass


# -- what others see


def test_an_open_index_sees_what_another_process_publishes(place: Place, tmp_path: Path) -> None:
    place.ingest(written(tmp_path / "one.jsonl", range(3)))
    parts, encoder = place.opened()
    generation = place.catalogue.generation()

    def seen() -> list[set[str]]:
        dense = [i for i, _ in parts.vectors.query(encoder.encode_question("glacier melting"), 20)]
        lexical = [i for i, _ in parts.passages.search({"glacier": 1.0}, {"body": 1.0}, Facets(), 20)]
        stored = parts.sentences.get([*dense, *lexical]).keys() & place.catalogue.passages([*dense, *lexical]).keys()
        return [{place.words(i) for i in ids if i in stored} for ids in (dense[:1], lexical)]

    with closing(parts):
        assert seen()[1] == set()
        (tmp_path / "two.txt").write_text("Ice\n\nThe glacier is melting.", "utf-8")
        other = [sys.executable, "-c", KILLED, place.home.folder, tmp_path / "two.txt"]
        subprocess.run(other, check=True, stdout=subprocess.DEVNULL)
        assert place.catalogue.generation() == generation + 1
        parts.refresh()
        assert all(any("glacier" in words for words in some) for some in seen())
        place.ingest(tmp_path / "two.txt", rebuild=True)  # every store is made anew under the reader
        parts.refresh()
        assert all(any("glacier" in words for words in some) for some in seen())


# -- an index that does not serve


def test_nothing_ingested_is_no_error(place: Place) -> None:
    assert open_index(place.home, place.catalogue, IndexSettings()) is None


def test_an_index_that_is_gone_says_so_and_is_made_anew_by_the_next_ingest(place: Place, tmp_path: Path) -> None:
    file = written(tmp_path / "news.jsonl", range(5))
    place.ingest(file)
    before = place.content()
    shutil.rmtree(place.home.index)
    with pytest.raises(StaleIndexError, match=r"there is no index in .* holds 5 articles.*--rebuild"):
        place.opened()
    assert place.ingest(file).line().startswith("nothing is new")
    assert place.content() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("passage_tokens", 128), ("model", "another/model"), ("runtime", "fp32"), ("question_prefix", "query: ")],
)
def test_other_settings_are_refused_by_name_and_the_index_left_as_it_is(
    place: Place, tmp_path: Path, name: str, value: Any
) -> None:
    place.ingest(written(tmp_path / "news.jsonl", range(2)))
    other = replace(IndexSettings(), **{name: value})
    for act in (
        lambda: place.opened(other),
        lambda: place.ingest(written(tmp_path / "more.jsonl", range(2, 4)), settings=other),
    ):
        with pytest.raises(StaleIndexError, match=rf"made with {name} = .*--rebuild"):
            act()
    assert place.catalogue.count() == 2
    assert place.content()["counts"][0] == 2


def test_rebuild_takes_other_settings_over(place: Place, sample: Path) -> None:
    folder = sample / "ondreva-ledger"
    place.ingest(folder)
    passages = place.catalogue.counts()["passages"]
    shorter = IndexSettings(passage_tokens=96)
    place.ingest(folder, settings=shorter, rebuild=True)
    assert place.catalogue.counts()["passages"] > passages
    parts, _ = place.opened(shorter)
    with closing(parts):
        assert parts.vectors.count() == parts.sentences.count() == place.catalogue.counts()["passages"]
    with pytest.raises(StaleIndexError, match="passage_tokens = 96"):
        place.opened()


def test_rebuild_makes_the_same_index(place: Place, tmp_path: Path) -> None:
    file = written(tmp_path / "news.jsonl", range(70))
    place.ingest(file)
    before = place.content()
    place.ingest(file, rebuild=True)
    assert place.content() == before


def test_rebuild_leaves_the_index_where_the_request_is_wrong(place: Place, tmp_path: Path) -> None:
    place.ingest(written(tmp_path / "news.jsonl", range(2)))
    before = place.content()
    with pytest.raises(UsageError, match="no such file"):
        place.ingest(tmp_path / "mistyped.jsonl", rebuild=True)
    with pytest.raises(ModelError):
        place.ingest(tmp_path / "news.jsonl", rebuild=True, settings=IndexSettings(model="/no/such/model"))
    assert place.content() == before


def test_a_damaged_index_is_refused_and_mended_by_rebuild(place: Place, tmp_path: Path) -> None:
    file = written(tmp_path / "news.jsonl", range(3))
    place.ingest(file)
    before = place.content()
    (place.home.index / "manifest.json").write_text("{")
    for act in (place.opened, lambda: place.ingest(file)):
        with pytest.raises(StaleIndexError, match=r"cannot be understood.*--rebuild"):
            act()
    (place.home.index / "passages" / "meta.json").write_text("not JSON")
    place.ingest(file, rebuild=True)
    assert place.content() == before


def test_an_index_older_than_its_catalogue_is_refused(place: Place, tmp_path: Path) -> None:
    place.ingest(written(tmp_path / "one.jsonl", range(2)))
    shutil.copytree(place.home.index, tmp_path / "backup")
    file = written(tmp_path / "two.jsonl", range(2, 4))
    place.ingest(file)
    shutil.rmtree(place.home.index)
    shutil.copytree(tmp_path / "backup", place.home.index)
    for act in (place.opened, lambda: place.ingest(file)):
        with pytest.raises(StaleIndexError, match=r"at generation 1, older than its catalogue at 2.*--rebuild"):
            act()
    place.ingest(file, rebuild=True)
    assert place.content()["counts"][0] == 4


def test_an_index_of_another_catalogue_is_refused(made: Callable[[str], Place], tmp_path: Path) -> None:
    one, two = made("one"), made("two")
    one.ingest(written(tmp_path / "one.jsonl", range(2)))
    two.ingest(written(tmp_path / "two.jsonl", range(2)))
    shutil.rmtree(two.home.index)
    shutil.copytree(one.home.index, two.home.index)
    with pytest.raises(StaleIndexError, match="belongs to another catalogue"):
        two.opened()


def test_a_model_that_is_gone_is_compiled_again_only_if_it_is_the_same(place: Place, tmp_path: Path) -> None:
    place.ingest(written(tmp_path / "one.jsonl", range(2)))
    found = read_manifest(place.home.index)
    assert found is not None
    replace(found, fingerprint="0" * 20).write(place.home.index)  # as if its files were other ones then
    with pytest.raises(StaleIndexError, match=r"other files of the model.*--rebuild"):
        place.ingest(written(tmp_path / "two.jsonl", range(2, 4)))


def test_a_vector_store_elsewhere_is_emptied_before_an_index_begins(place: Place, tmp_path: Path) -> None:
    """The vectors of a run that was killed before its first part was published must not stay."""
    import numpy as np

    parts = IndexParts(place.home.index, IndexSettings(), place.catalogue.identity())
    with closing(parts):
        parts.vectors.add([999], np.eye(384, dtype=np.float32)[:1])
    place.ingest(written(tmp_path / "news.jsonl", range(3)))
    assert place.content()["counts"] == [3, 3, 3, 3]


def test_a_compiled_model_answers_as_it_was_built(place: Place, tmp_path: Path, compiled_model: Path) -> None:
    place.ingest(written(tmp_path / "news.jsonl", range(12)))
    encoder = open_encoder(compiled_model)
    parts, ours = place.opened()
    parts.close()
    assert ours.fingerprint == encoder.fingerprint == compiled_model.name
    assert "Corvin7" in place.dense("Which budget did the council of Corvin7 approve?", 1)[0]
