"""Ingest runs, end to end: what is in the index after each, however it ended."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from corpus.errors import ModelError, StaleIndexError, UsageError
from corpus.model import Method
from corpus.statements import find_statements
from index.embedding import Encoder, open_encoder
from index.ingest import Watcher
from index.lock import writing
from index.manifest import read_manifest
from index.store import Home, IndexSettings, open_index

Place = Any  # of tests/index/conftest.py
Written = Callable[..., Path]


# -- what is made


@pytest.fixture
def sampled(place: Place, sample: Path) -> Place:
    """A home that holds one outlet of the sample."""
    place.ingest(sample / "ondreva-ledger")
    return place


def test_no_text_is_lost_and_every_passage_has_its_vectors(sampled: Place) -> None:
    counts, catalogue = sampled.counts(), sampled.catalogue
    assert sampled.stored() == [counts["passages"], counts["passages"], counts["passages"], counts["statements"]]
    assert sampled.content()["pending"] == 0
    for key in catalogue.iterate_ids():
        text = catalogue.texts([key])[key]
        passages = sampled.served.passages_of([key])
        covered = {i for p in passages for i in range(p.start, p.end)}
        assert sum(p.end - p.start for p in passages) == len(covered), "passages overlap"
        assert [c for i, c in enumerate(text) if i not in covered and not c.isspace()] == []


def test_sentences_lie_in_their_passage(sampled: Place) -> None:
    passages = sampled.served.passages_of(list(sampled.catalogue.iterate_ids()))
    with closing(sampled.opened().parts) as parts:
        stored = parts.sentences.get([p.id for p in passages])
    for passage in passages:
        spans = stored[passage.id].spans
        assert spans and all(passage.start <= s.start < s.end <= passage.end for s in spans)
        assert len(stored[passage.id].vectors) == len(spans)


def test_an_ingest_that_finds_nothing_new_says_so_and_publishes_nothing(sampled: Place, sample: Path) -> None:
    generation, before = sampled.generation(), sampled.content()
    told: list[str] = []
    report = sampled.ingest(sample / "ondreva-ledger", watcher=Watcher(stage=told.append))
    assert report.line().startswith("nothing is new")
    assert told == []
    assert sampled.generation() == generation
    assert sampled.content() == before


def test_ids_follow_from_what_they_name(made: Callable[..., Place], sample: Path) -> None:
    """However it was ingested, the same home has the same ids, and they are positive and fit 63 bits."""
    one, other = made("one"), made("other")
    one.ingest(sample / "ondreva-ledger")
    files = sorted((file for file in (sample / "ondreva-ledger").rglob("*") if file.is_file()), reverse=True)
    for some in (files[:1], files[1:]):
        other.ingest(*some, batch=3)
    assert one.content() == other.content()
    ids = [i for kind in ("passages", "statements") for i, *_ in one.content()[kind]]
    assert len(ids) == len({*ids}) and all(0 <= i < 2**63 for i in ids)


def place_encoder(place: Place, settings: IndexSettings) -> Encoder:
    opened = place.opened(settings)
    opened.parts.close()
    return opened.encoder


def longest(place: Place, settings: IndexSettings) -> int:
    """The most tokens that a passage has."""
    count = place_encoder(place, settings).count_tokens
    passages = place.served.passages_of(list(place.catalogue.iterate_ids()))
    return max(count(text) for p in passages for text in place.words([p.id]))


def test_passages_fit_a_model_that_reads_less_than_the_settings_allow(place: Place, sample: Path) -> None:
    settings = IndexSettings(passage_tokens=4096)
    place.ingest(sample / "ondreva-ledger", settings=settings)
    assert 100 < longest(place, settings) <= place_encoder(place, settings).max_tokens


def test_shorter_passages_by_setting(place: Place, sample: Path) -> None:
    settings = IndexSettings(passage_tokens=96)
    place.ingest(sample / "ondreva-ledger", settings=settings)
    assert longest(place, settings) <= 96


# -- changes


def test_a_changed_article_leaves_the_index_with_its_old_words(place: Place, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    file = tmp_path / "news" / "a.txt"
    (tmp_path / "news" / "b.txt").write_text("Wheat prices\n\nFarmers sold wheat at a loss.", "utf-8")
    rest = "\n\nThe town has waited for this since the storm of the winter before last, and pays for it alone."
    file.write_text(f"The harbour\n\nDredging of the harbour begins, the engineer said.{rest}", "utf-8")
    place.ingest(tmp_path / "news")
    assert any("Dredging" in words for words in place.lexical("dredging"))
    file.write_text(f"The harbour\n\nPaving of the quay begins, the architect said.{rest}", "utf-8")
    report = place.ingest(tmp_path / "news")
    assert report.line() == "1 changed, 1 unchanged"
    assert place.lexical("dredging engineer") == set()
    assert any("Paving" in words for words in place.lexical("paving"))
    assert "Paving" in place.dense("paving of the quay by an architect", 1)[0]
    assert not any("Dredging" in words for words in place.dense("dredging of the harbour", 10))
    (article,) = place.catalogue.find("a.txt")
    assert "Dredging" in place.catalogue.text(article.id, 1)
    assert place.content()["pending"] == 0
    wheat = tmp_path / "news" / "b.txt"
    wheat.write_text("Wheat prices\n\nFarmers sold wheat at a profit.", "utf-8")
    place.ingest(tmp_path / "news")  # with the next batch, what was replaced leaves the stores
    gone = place.catalogue.edition(place.edition).gone()
    assert place.stored()[:3] == [place.counts()["passages"] + len(gone.passages)] * 3
    assert gone.passages and len(gone.passages) == 1, "only what this batch replaced is still there"


def test_new_metadata_are_found_at_once(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("---\ntitle: Old heading\n---\nWords that stay.\n")
    place.ingest(file)
    file.write_text("---\ntitle: Volcano erupts\n---\nWords that stay.\n")
    assert place.ingest(file).line() == "1 known better (the publisher's text is the same)"
    assert place.lexical("volcano") == {"Words that stay."}
    assert place.lexical("heading") == set()


# -- streams


def test_a_long_file_is_published_in_parts(place: Place, tmp_path: Path, written: Written) -> None:
    seen: list[int] = []
    watcher = Watcher(indexed=lambda articles, characters: seen.append(place.generation()))
    report = place.ingest(written(tmp_path / "news.jsonl", range(60)), watcher=watcher, batch=12)
    assert report.line() == "60 new"
    assert len(seen) == 60
    assert seen[-1] >= 3 and seen == sorted(seen)  # the first parts were published when the last began
    assert place.generation() == 5
    assert place.stored() == [60, 60, 60, place.counts()["statements"]]


def test_a_part_is_seen_whole_or_not_at_all(place: Place, tmp_path: Path, written: Written) -> None:
    """A reader in a snapshot sees the state that it began with, whatever is published meanwhile."""
    place.ingest(written(tmp_path / "news.jsonl", range(6)))
    served, articles = place.served, list(place.catalogue.iterate_ids())
    with served.snapshot():
        before = served.generation(), served.passages_of(articles), served.statements_of(articles)
        place.ingest(written(tmp_path / "news.jsonl", range(6), "rejected"))
        assert (served.generation(), served.passages_of(articles), served.statements_of(articles)) == before
        assert all("approved" in text for text in served.texts(articles).values())
    assert served.generation() == before[0] + 1
    assert all("rejected" in text for text in served.texts(articles).values())
    assert {p.version for p in served.passages_of(articles)} == {2}


# -- runs that end badly

KILLED = """
import sys
from pathlib import Path
from corpus.catalogue import Catalogue
from index.ingest import Watcher, run
from index.store import Home, IndexSettings
home, rebuild = Home(Path(sys.argv[1])), sys.argv[3:] == ["rebuild"]
watcher = Watcher(indexed=lambda articles, characters: print(articles, flush=True))
catalogue = Catalogue.at(home.folder / "catalogue.sqlite")
run(home, catalogue, IndexSettings(), [Path(sys.argv[2])], watcher=watcher, batch=8, rebuild=rebuild)
"""


def killed(home: Home, file: Path, after: int, wait: float = 0.0, *more: str) -> None:
    """Ingest `file` in another process and kill it `wait` seconds after so many articles."""
    import time

    command = [sys.executable, "-c", KILLED, home.folder, file, *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(after):
            assert process.stdout.readline(), "the run ended before it could be killed"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)


def test_a_run_that_was_killed_is_finished_by_the_next(
    made: Callable[..., Place], tmp_path: Path, written: Written
) -> None:
    file = written(tmp_path / "news.jsonl", range(40))
    whole, broken = made("whole"), made("broken")
    whole.ingest(file)
    # in the middle of a part; while one is stored and published; and once more in what the killed runs left
    for after, wait in ((3, 0.0), (8, 0.02), (8, 0.05)):
        killed(broken.home, file, after, wait)
    broken.ingest(file)
    assert broken.content() == whole.content()

    written(file, range(40), "rejected")  # and now each has an older version, whose passages must go
    whole.ingest(file)
    for after, wait in ((5, 0.0), (8, 0.03)):
        killed(broken.home, file, after, wait)
    broken.ingest(file)
    assert broken.content() == whole.content()
    assert broken.lexical("approved") == set()


def test_a_rebuild_that_was_killed_leaves_the_old_index_and_is_swept(
    place: Place, tmp_path: Path, written: Written
) -> None:
    file = written(tmp_path / "news.jsonl", range(40))
    place.ingest(file)
    before, old = place.content(), place.edition
    killed(place.home, file, 20, 0.0, "rebuild")
    assert len(place.home.editions()) == 2, "it was killed too late"
    assert place.edition == old and place.content() == before
    place.ingest(file)
    assert place.home.editions() == [old] and place.edition == old and place.content() == before
    place.ingest(file, rebuild=True)
    assert place.home.editions() == [place.edition] != [old] and place.content() == before
    assert place.catalogue.published(old) == 0, "the rows of the old index went with it"


def test_a_rebuild_is_made_beside_the_index_that_answers(place: Place, tmp_path: Path, written: Written) -> None:
    file = written(tmp_path / "news.jsonl", range(30))
    place.ingest(file)
    old, answers = place.edition, list[tuple[str, list[str]]]()

    def look(articles: int, characters: int) -> None:
        if len(answers) < 3 or place.catalogue.published(place.edition) > 3:
            answers.append((place.edition, place.dense("budget of Corvin7", 1)))

    place.ingest(file, rebuild=True, watcher=Watcher(indexed=look), batch=10)
    assert {edition for edition, _ in answers} == {old} and place.edition != old
    assert {words for _, (words,) in answers} == {*place.dense("budget of Corvin7", 1)}


def test_a_second_writer_is_told(place: Place, tmp_path: Path, written: Written) -> None:
    file = written(tmp_path / "news.jsonl", range(2))
    holder = "import sys\nfrom pathlib import Path\nfrom corpus.catalogue import Catalogue\n"
    holder += "from index.lock import writing\nfrom index.store import Home\nhome = Home(Path(sys.argv[1]))\n"
    holder += "with writing(home, Catalogue.at(home.folder / 'catalogue.sqlite')):\n"
    holder += "    print('held', flush=True)\n    sys.stdin.read()\n"
    command = [sys.executable, "-c", holder, str(place.home.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        told = rf"another whosaid \(process {process.pid}, since .*\) is writing to it; wait"
        with pytest.raises(UsageError, match=told) as caught:
            place.ingest(file)
        assert "\n" not in str(caught.value)
        assert place.catalogue.count() == 0
        process.kill()
    assert place.ingest(file).line() == "2 new"


def test_the_lock_is_given_back_when_a_run_fails(place: Place, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        place.ingest(tmp_path / "missing")
    with writing(place.home, place.catalogue):
        pass


# -- what others see


def test_two_homes_share_a_catalogue_and_each_answers_from_its_own_index(
    made: Callable[..., Place], tmp_path: Path, postgresql: Callable[[str], str], written: Written
) -> None:
    url = postgresql("shared")
    one, two = made("one", url), made("two", url)
    one.ingest(written(tmp_path / "one.jsonl", range(3)))
    assert two.home.edition() is None
    with pytest.raises(StaleIndexError, match=r"there is no index in .*two"):
        two.opened()
    two.ingest(written(tmp_path / "two.jsonl", range(2, 6)))
    assert len(two.lexical("council")) == 6, "the other home's articles, too"
    assert len(one.lexical("council")) == 3, "until its own next ingest"
    assert one.ingest(tmp_path / "one.jsonl").line().startswith("nothing is new")
    assert one.content() == two.content() and one.edition != two.edition
    with writing(one.home, one.catalogue), pytest.raises(UsageError, match="cannot write to the catalogue postgresql"):
        two.ingest(tmp_path / "two.jsonl")


# -- an index that does not serve


def test_nothing_ingested_is_no_error(place: Place) -> None:
    assert open_index(place.home, place.catalogue, IndexSettings()) is None


def test_an_index_that_is_gone_says_so_and_is_made_anew_by_the_next_ingest(
    place: Place, tmp_path: Path, written: Written
) -> None:
    file = written(tmp_path / "news.jsonl", range(5))
    place.ingest(file)
    before = place.content()
    shutil.rmtree(place.home.indexes)
    with pytest.raises(StaleIndexError, match=r"there is no index in .* holds 5 articles.*--rebuild"):
        place.opened()
    assert place.ingest(file).line().startswith("nothing is new")
    assert place.content() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [("passage_tokens", 128), ("model", "another/model"), ("runtime", "fp32"), ("question_prefix", "query: ")],
)
def test_other_settings_are_refused_by_name_and_the_index_left_as_it_is(
    place: Place, tmp_path: Path, name: str, value: Any, written: Written
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
    assert place.stored()[0] == 2


def test_rebuild_takes_other_settings_over(place: Place, sample: Path) -> None:
    folder = sample / "ondreva-ledger"
    place.ingest(folder)
    passages = place.counts()["passages"]
    shorter = IndexSettings(passage_tokens=96)
    place.ingest(folder, settings=shorter, rebuild=True)
    assert place.counts()["passages"] > passages
    with closing(place.opened(shorter).parts) as parts:
        assert parts.vectors.count() == parts.sentences.count() == place.counts()["passages"]
    with pytest.raises(StaleIndexError, match="passage_tokens = 96"):
        place.opened()


@pytest.mark.parametrize("method", get_args(Method))
def test_statements_are_found_as_the_settings_say(place: Place, sample: Path, method: Method) -> None:
    file = sample / "000_88a69eeaa2e40b64.txt"
    place.ingest(file, settings=IndexSettings(statements=method))
    (article,) = place.catalogue.iterate_ids()
    found = [record.statement for record in place.served.statements_of([article])]
    assert found == find_statements(file.read_text("utf-8"), method)


def test_rebuild_makes_the_same_index(place: Place, tmp_path: Path, written: Written) -> None:
    file = written(tmp_path / "news.jsonl", range(70))
    place.ingest(file)
    before = place.content()
    place.ingest(file, rebuild=True)
    assert place.content() == before


def test_rebuild_leaves_the_index_where_the_request_is_wrong(place: Place, tmp_path: Path, written: Written) -> None:
    place.ingest(written(tmp_path / "news.jsonl", range(2)))
    before = place.content()
    with pytest.raises(UsageError, match="no such file"):
        place.ingest(tmp_path / "mistyped.jsonl", rebuild=True)
    with pytest.raises(ModelError):
        place.ingest(tmp_path / "news.jsonl", rebuild=True, settings=IndexSettings(model="/no/such/model"))
    assert place.content() == before


def test_a_damaged_index_is_refused_and_mended_by_rebuild(place: Place, tmp_path: Path, written: Written) -> None:
    file = written(tmp_path / "news.jsonl", range(3))
    place.ingest(file)
    before = place.content()
    (place.folder / "manifest.json").write_text("{")
    for act in (place.opened, lambda: place.ingest(file)):
        with pytest.raises(StaleIndexError, match=r"cannot be understood.*--rebuild"):
            act()
    (place.folder / "passages" / "meta.json").write_text("not JSON")
    place.ingest(file, rebuild=True)
    assert place.content() == before


def test_an_index_older_than_its_catalogue_is_refused(place: Place, tmp_path: Path, written: Written) -> None:
    place.ingest(written(tmp_path / "one.jsonl", range(2)))
    shutil.copytree(place.folder, tmp_path / "backup")
    file = written(tmp_path / "two.jsonl", range(2, 4))
    place.ingest(file)
    shutil.rmtree(place.folder)
    shutil.copytree(tmp_path / "backup", place.folder)
    for act in (place.opened, lambda: place.ingest(file)):
        with pytest.raises(StaleIndexError, match=r"at generation 1, older than its catalogue at 2.*--rebuild"):
            act()
    place.ingest(file, rebuild=True)
    assert place.stored()[0] == 4


def test_an_index_of_another_catalogue_is_refused(made: Callable[..., Place], tmp_path: Path, written: Written) -> None:
    one, two = made("one"), made("two")
    one.ingest(written(tmp_path / "one.jsonl", range(2)))
    two.ingest(written(tmp_path / "two.jsonl", range(2)))
    shutil.rmtree(two.folder)
    shutil.copytree(one.folder, two.folder)
    with pytest.raises(StaleIndexError, match="belongs to another catalogue"):
        two.opened()


def test_a_model_that_is_gone_is_compiled_again_only_if_it_is_the_same(
    place: Place, tmp_path: Path, written: Written
) -> None:
    place.ingest(written(tmp_path / "one.jsonl", range(2)))
    found = read_manifest(place.folder)
    assert found is not None
    replace(found, fingerprint="0" * 20).write(place.folder)  # as if its files were other ones then
    with pytest.raises(StaleIndexError, match=r"other files of the model.*--rebuild"):
        place.ingest(written(tmp_path / "two.jsonl", range(2, 4)))


def test_a_compiled_model_answers_as_it_was_built(
    place: Place, tmp_path: Path, compiled_model: Path, written: Written
) -> None:
    place.ingest(written(tmp_path / "news.jsonl", range(12)))
    encoder = open_encoder(compiled_model)
    ours = place_encoder(place, IndexSettings())
    assert ours.fingerprint == encoder.fingerprint == compiled_model.name
    assert "Corvin7" in place.dense("Which budget did the council of Corvin7 approve?", 1)[0]
