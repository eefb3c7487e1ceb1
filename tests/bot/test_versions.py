"""Versions as people meet them: what a citation says of a changed text, and old citations that keep working."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy

from bot.ask import Whosaid
from bot.cite import footnote
from bot.model import Citation
from bot.settings import read_settings
from bot.terminal import to_markdown
from bot.verify import verify_answer
from corpus.errors import VerificationError

from .conftest import Program
from .homes import ingest, made, records

URL = "https://gazette.example/harbour"
FIRST = (
    "Mayor Ana Ruiz spoke to the council on Monday. “We will close the harbour to fishing boats in May,” Ruiz said. "
    "The council then voted on the budget for the coming year, which nobody in the chamber had read to the end."
)
SECOND = FIRST.replace("in May", "in June")
NOTICE = "Correction: An earlier version of this article misstated the month in which the harbour will be closed."
QUESTION = "what did Ana Ruiz say about the harbour?"


def story(folder: Path, text: str) -> Path:
    row = {"title": "Harbour to close", "body": text, "source": "The Gazette", "url": URL, "date": "2031-05-06"}
    return records(folder / "news.jsonl", row)


@pytest.fixture
def home(compiled_model: Path, tmp_path: Path) -> Path:
    return made(tmp_path / "home", compiled_model)


@pytest.fixture
def engine(home: Path, tmp_path: Path) -> Iterator[Whosaid]:
    """The article read on 6 May 2031, when it was not yet changed."""
    ingest(home, story(tmp_path, FIRST))
    with closing(read_settings(home).open_catalogue()) as catalogue, catalogue.engine.begin() as connection:
        time = {"t": "2031-05-06T09:00:00+00:00"}
        connection.execute(sqlalchemy.text("UPDATE versions SET retrieved_at = :t, seen_at = :t"), time)
    with closing(Whosaid(home)) as opened:
        yield opened


def cited(engine: Whosaid) -> Citation:
    answer = engine.ask(QUESTION)
    verify_answer(answer, engine.catalogue.text)
    assert answer.answered
    return answer.citations[0]


def test_a_text_that_never_changed_says_nothing_of_changes(engine: Whosaid) -> None:
    citation = cited(engine)
    assert (citation.version, citation.changed_after, citation.changed_on, citation.corrections) == (1, None, None, ())
    assert "changed" not in footnote(citation) + to_markdown(engine.ask(QUESTION))


def test_a_changed_text_is_told_with_every_citation_and_is_not_called_corrected(
    engine: Whosaid, home: Path, tmp_path: Path
) -> None:
    before = cited(engine)
    assert ingest(home, story(tmp_path, SECOND)).line() == "1 changed"
    citation = cited(engine)
    assert citation.quote == "We will close the harbour to fishing boats in June" and citation.version == 2
    assert citation.changed_after == "2031-05-06T09:00:00+00:00" and citation.changed_on is not None
    day = citation.changed_on[:10]
    said = footnote(citation)
    assert "The text changed between 6 May 2031 and " in said and ", this wording since then; earlier wording: " in said
    assert f"whosaid show {citation.article_id} --version 1" in said and "orrect" not in said
    shown = to_markdown(engine.ask(QUESTION))
    assert "the text changed between 6 May 2031 and " in shown and "orrect" not in shown and day
    assert engine.catalogue.text(before.article_id, 1)[before.start : before.end] == before.quote


def test_corrected_is_said_where_the_publisher_says_so_in_its_own_words(
    engine: Whosaid, home: Path, tmp_path: Path
) -> None:
    ingest(home, story(tmp_path, f"{SECOND}\n\n{NOTICE}"))
    answer = engine.ask(QUESTION)
    citation = answer.citations[0]
    assert citation.corrections == (NOTICE,)
    assert f"The publisher's notice: {NOTICE}" in footnote(citation)
    assert to_markdown(answer).count(NOTICE) == 1, "once for each article"
    made_up = replace(answer, citations=(replace(citation, corrections=("Correction: It was July.",)),))
    with pytest.raises(VerificationError, match="shows as the publisher's"):
        verify_answer(replace(made_up, answer=answer.answer), engine.catalogue.text)


def test_an_old_citation_still_shows_its_words(engine: Whosaid, home: Path, tmp_path: Path) -> None:
    old = cited(engine)
    ingest(home, story(tmp_path, SECOND))
    whosaid = Program(home, tmp_path)
    span = ("--span", f"{old.start}:{old.end}")
    shown = json.loads(whosaid("show", old.article_id, "--version", "1", *span, "--json").stdout)
    assert (shown["quote"], shown["version"], shown["current"]) == (old.quote, 1, 2)
    now = json.loads(whosaid("show", URL, *span, "--json").stdout)
    assert now["version"] == 2 and now["quote"] != old.quote
    assert [one["version"] for one in now["versions"]] == [1, 2]
    assert now["versions"][0]["changed_before"] is None
    assert now["versions"][1]["changed_after"] == "2031-05-06T09:00:00+00:00"
    plain = whosaid("show", URL).stdout
    assert "version   1, retrieved 2031-05-06 09:00 UTC: first read" in plain
    assert ": the text changed between 2031-05-06 09:00 UTC and " in plain
    wrong = whosaid("show", URL, "--version", "3")
    assert wrong.returncode == 2 and "has versions 1 to 2, not 3" in wrong.stderr


def test_what_a_newer_loader_makes_of_the_same_bytes_is_no_change_of_the_text(
    engine: Whosaid, home: Path, tmp_path: Path
) -> None:
    """The stored text is as an older loader made it, of the very bytes that are read again now."""
    with engine.catalogue.engine.begin() as connection:
        older = {"text": f"{FIRST} Share this article", "hash": "0" * 64}
        connection.execute(
            sqlalchemy.text("UPDATE versions SET text = :text, text_hash = :hash, loader_version = 0"), older
        )
    assert ingest(home, tmp_path / "news.jsonl").line() == "1 known better (the publisher's text is the same)"
    citation = cited(engine)
    assert (citation.version, citation.changed_after, citation.changed_on) == (2, None, None)
    assert engine.catalogue.text(citation.article_id, 1).endswith("Share this article")
    assert (
        "2, retrieved 2031-05-06 09:00 UTC: read anew by a newer loader" in Program(home, tmp_path)("show", URL).stdout
    )
