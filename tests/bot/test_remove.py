"""``whosaid remove`` and ``ingest --prune``: what is erased, what is left, what comes back."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.ask import Whosaid
from bot.settings import read_settings
from corpus.catalogue import Catalogue
from index.removal import named

from .conftest import Program
from .homes import ingest, records

RUIZ = (
    "Mayor Ana Ruiz spoke to the council on Monday. “We will close the harbour to fishing boats in May,” Ruiz said. "
    "The council then voted on the budget for the coming year, which nobody in the chamber had read to the end."
)
BRANDT = (
    "The director of the railway, Tomas Brandt, met the unions on Tuesday. “There will be no night trains before the "
    "bridge is mended,” Brandt said. The engineers have looked at the second pier, and do not like what they saw."
)
HOLM = (
    "A storm took the roof off the school at Lower Sund. “The children were in the cellar, singing,” said Greta Holm, "
    "who teaches there. The roof was found in a field beyond the river, with the weathercock still on the top of it."
)
ASKED = {
    "ruiz": "what did Ana Ruiz say about the harbour?",
    "brandt": "what did Tomas Brandt say about night trains?",
    "holm": "what did Greta Holm say about the children?",
}


def row(name: str, body: str, **more: Any) -> dict[str, Any]:
    return {
        "title": f"A story of {name}",
        "body": body,
        "source": "The Gazette",
        "id": name,
        "date": "2031-05-06",
        **more,
    }


@pytest.fixture
def folder(fresh: Program) -> Path:
    """Three articles, one of them also as a copy, ingested."""
    folder = fresh.folder / "news"
    records(folder / "a.jsonl", row("ruiz", RUIZ), row("brandt", BRANDT))
    records(folder / "b.jsonl", row("holm", HOLM))
    records(folder / "copies" / "c.jsonl", row("copy", RUIZ, source="Coast Wire"))
    assert again(fresh) == "4 new"
    return folder


def again(program: Program, path: str = "news", **how: Any) -> str:
    """Ingest in this process, which is quicker than ``whosaid ingest``, and return its summary."""
    return ingest(program.home, program.folder / path, **how).line()


def ids(program: Program) -> dict[str, str]:
    """The ids of all articles, by the record that they are."""
    with closing(read_settings(program.home).open_catalogue()) as catalogue:
        return {a.record: a.id for a in catalogue.articles(catalogue.iterate_ids()).values()}


def answered(engine: Whosaid) -> set[str]:
    """Whose words are found; of copies, at least one."""
    return {name for name, question in ASKED.items() if engine.ask(question).answered}


def told(program: Program, *arguments: str, code: int = 0) -> str:
    done = program(*arguments)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def holds(home: Path, words: str) -> list[str]:
    """The files of a home in which the words stand."""
    return [file.name for file in home.rglob("*") if file.is_file() and words.encode() in file.read_bytes()]


def test_what_is_removed_is_gone_everywhere_and_its_copies_are_named(fresh: Program, folder: Path) -> None:
    known = ids(fresh)
    with closing(Whosaid(fresh.home)) as reader:
        assert answered(reader) == {"ruiz", "brandt", "holm"}
        generation = reader.ask(ASKED["brandt"]).corpus["generation"]
        said = told(fresh, "remove", known["ruiz"], known["brandt"], "--yes")
        assert f"removed {known['ruiz']} A story of ruiz" in said
        assert f"a copy remains: {known['copy']} A story of copy" in said
        after = reader.ask(ASKED["brandt"])  # an open reader sees it at once
        assert not after.answered and after.corpus["generation"] > generation
        assert after.corpus["articles"] == 2 and known["brandt"] not in str(after)
        copy = reader.ask(ASKED["ruiz"])
        assert {c.article_id for c in copy.citations} == {known["copy"]}
        assert all(c.also_in == () for c in copy.citations)
    assert "no article is called" in told(fresh, "show", known["brandt"], code=2)
    assert holds(fresh.home, "no night trains before") == []
    status = json.loads(told(fresh, "status", "--json"))
    assert status["articles"] == 2 and status["index"]["problem"] is None


def test_what_is_removed_stays_out_until_it_is_restored(fresh: Program, folder: Path) -> None:
    known = ids(fresh)
    told(fresh, "remove", known["brandt"], known["holm"], "--yes")
    assert "2 left out, which you removed" in again(fresh)
    moved = records(fresh.folder / "elsewhere" / "x.jsonl", row("other", BRANDT, source="Somebody Else"))
    assert "1 left out, which you removed" in again(fresh, str(moved)), "the same text from another place"
    changed = row("brandt", f"{BRANDT} He said no more.")
    records(folder / "a.jsonl", row("ruiz", RUIZ), changed)
    assert "left out" in again(fresh), "another text at the same place"
    assert "left out" in again(fresh, rebuild=True)
    listed = told(fresh, "remove", "--list")
    assert known["brandt"] in listed and known["holm"] in listed and "night trains" not in listed
    assert known["brandt"] in told(fresh, "remove", known["holm"], "--restore") + listed
    assert known["holm"] not in told(fresh, "remove", "--list")
    assert again(fresh).startswith("1 new")
    with closing(Whosaid(fresh.home)) as reader:
        assert answered(reader) == {"ruiz", "holm"}
    assert "no removed article has this id" in told(fresh, "remove", known["holm"], "--restore", code=2)


def test_a_removal_is_taken_back_by_id_url_and_any_spelling_of_the_path(fresh: Program, folder: Path) -> None:
    """Also of an article that has a URL; the list shows where it was, and nothing of what it said.

    More spellings are in `test_every_spelling_of_a_path_names_what_was_removed`; an id restores in the test before.
    """
    url = "https://gazette.example/holm"
    file = records(folder / "b.jsonl", row("holm", HOLM, url=url))
    again(fresh)
    for spelling in (url, f"{file}#holm"):
        key = ids(fresh)["holm"]
        told(fresh, "remove", key, "--yes")
        listed = told(fresh, "remove", "--list")
        assert key in listed and "b.jsonl#holm" in listed and url in listed
        assert "cellar" not in listed and "A story of" not in listed
        assert "b.jsonl#holm" in told(fresh, "remove", "--restore", spelling), spelling
        assert told(fresh, "remove", "--list") == "", spelling
        assert again(fresh).startswith("1 new"), spelling
    told(fresh, "remove", url, "--yes")
    for wrong in ("b.jsonl#other", ".jsonl", f"{url}/2"):
        assert "no removed article has this id" in told(fresh, "remove", "--restore", wrong, code=2), wrong


def test_another_story_may_come_to_the_place_of_what_was_removed(fresh: Program, folder: Path) -> None:
    """A line of a file, and a file, that have no name but their place."""
    for name, removed, write in (("lines.jsonl", HOLM, _as_line), ("page.txt", RUIZ, _as_text)):
        file = folder / name
        write(file, f"{removed} The mayor came to look.")
        assert again(fresh, str(file)) == "1 new"
        where = f"{name}#1" if name.endswith("jsonl") else name
        told(fresh, "remove", where, "--yes")
        write(file, f"{removed} The mayor came to look at it on Friday.")
        assert again(fresh, str(file)) == "nothing is new: no article; 1 left out, which you removed"
        write(file, f"{BRANDT} The minister came to look at {name}.")
        assert again(fresh, str(file)) == "1 new", name
        assert "The engineers have looked" in told(fresh, "show", where)


def test_a_line_that_is_gone_is_pruned_and_until_then_found_by_its_id_alone(fresh: Program, folder: Path) -> None:
    file = folder / "lines.jsonl"
    said = [f"{text} So it was on day {number}." for number, text in enumerate((RUIZ, BRANDT, HOLM))]
    records(file, *({"body": text} for text in said))
    again(fresh, str(file))
    known = {
        text: json.loads(told(fresh, "show", f"lines.jsonl#{n + 1}", "--json"))["id"] for n, text in enumerate(said)
    }
    records(file, *({"body": text} for text in (said[0], said[2])))
    assert again(fresh, str(file)) == "nothing is new: 2 articles, all as they were"
    assert json.loads(told(fresh, "show", "lines.jsonl#2", "--json"))["id"] == known[said[2]]
    gone = json.loads(told(fresh, "show", known[said[1]], "--json"))
    assert "where another article is read by now" in told(fresh, "show", known[said[1]])
    assert gone["replaced"] and gone["text"] == said[1] and gone["current"] == 1
    assert "1 taken out" in again(fresh, str(file), pruning=True)
    assert "no article is called" in told(fresh, "show", known[said[1]], code=2)


def _as_line(file: Path, text: str) -> None:
    records(file, {"body": text})


def _as_text(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def test_another_collection_keeps_its_own(fresh: Program, folder: Path) -> None:
    told(fresh, "remove", ids(fresh)["brandt"], "--yes")
    assert again(fresh, collection="second").startswith("4 new")
    with closing(Whosaid(fresh.home)) as reader:
        assert reader.ask(ASKED["brandt"], scope=frozenset({"second"})).answered
        assert not reader.ask(ASKED["brandt"], scope=frozenset({"default"})).answered


def test_removing_asks_first(fresh: Program, folder: Path) -> None:
    key = ids(fresh)["holm"]
    assert "add --yes" in told(fresh, "remove", key, code=2)
    code, screen = fresh.terminal("remove", key, typed=[("[y/N]", "n\n")])
    assert code == 1 and "nothing was removed" in screen and key in ids(fresh).values()
    code, screen = fresh.terminal("remove", key, typed=[("[y/N]", "y\n")])
    assert code == 0 and key not in ids(fresh).values()
    assert "no article to remove" in told(fresh, "remove", code=2)
    assert "no article is called" in told(fresh, "remove", "nothing", "--yes", code=2)


def test_prune_takes_out_only_what_is_gone(fresh: Program, folder: Path) -> None:
    records(folder / "a.jsonl", row("ruiz", RUIZ))  # a record is gone
    (folder / "b.jsonl").unlink()  # a file is gone
    (folder / "copies" / "c.jsonl").write_text('{"body": \n', "utf-8")  # one cannot be read
    again(fresh)
    assert set(ids(fresh)) == {"ruiz", "brandt", "holm", "copy"}, "without --prune nothing goes"
    assert "2 taken out, whose files are gone" in again(fresh, pruning=True)
    assert set(ids(fresh)) == {"ruiz", "copy"}
    with closing(Whosaid(fresh.home)) as reader:
        assert answered(reader) == {"ruiz"}
    records(folder / "b.jsonl", row("holm", HOLM))  # and nothing bars what comes back
    assert again(fresh, pruning=True).startswith("1 new")


def test_prune_keeps_to_its_folder_and_its_collection(fresh: Program, folder: Path) -> None:
    again(fresh, collection="second")
    shutil.rmtree(folder / "copies")
    (folder / "b.jsonl").unlink()
    again(fresh, "news/a.jsonl", pruning=True)
    assert set(ids(fresh)) == {"ruiz", "brandt", "holm", "copy"}
    told(fresh, "ingest", "news", "--prune")
    counts = json.loads(told(fresh, "status", "--json"))["collections"]
    assert counts == {"default": 2, "second": 4}


def test_prune_does_not_take_an_empty_folder_at_its_word(fresh: Program, folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    assert "no file was found there" in told(fresh, "ingest", "news", "--prune", code=2)
    assert len(ids(fresh)) == 4


def test_every_spelling_of_a_path_names_what_was_removed(fresh: Program, folder: Path) -> None:
    file = records(folder / "b.jsonl", row("holm", HOLM, url="https://gazette.example/holm"))
    again(fresh)
    told(fresh, "remove", ids(fresh)["holm"], "--yes")
    with closing(Catalogue.at(fresh.home / "catalogue.sqlite")) as catalogue:
        stones = catalogue.removals.tombstones()
    for spelling in ("b.jsonl", "b.jsonl#holm", "news/b.jsonl#holm", "./news/b.jsonl", str(file), f"{file}#holm"):
        assert named(stones, spelling) == stones != [], spelling
    for wrong in ("b.jsonl#other", ".jsonl", "a.jsonl", "news", "https://gazette.example/holm/2"):
        assert named(stones, wrong) == [], wrong
