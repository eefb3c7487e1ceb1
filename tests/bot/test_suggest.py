"""Suggested questions: really answered, within what the asker may see, of nobody hidden, from each story once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ask import Whosaid
from bot.subjects import Subjects
from bot.suggest import Suggester
from bot.topics import Rarity, as_called
from corpus.catalogue.scope import Scope

from .homes import ingest, made, records

NEWS = {
    "Harbour stays open": (
        "Mayor Ana Ruiz told the council on Monday that the harbour would stay open to fishing boats all winter. “We "
        "will not close the harbour for a car park,” Ruiz said. Tomas Brandt, director of the port authority, said "
        "that the boats could leave the harbour for Lower Sund and that the new terminal needed the eastern quay.",
        "Coast Wire",
        "news",
    ),
    "Library opens": (
        "A library opened in Karst on Friday. “A town without a library is a waiting room,” said the librarian Greta "
        "Holm. Jane Doe, a witness, said that the library door had been locked from the inside during the fire.",
        "Karst Daily",
        "news",
    ),
    "Fire at the library": (
        "The inspector Olaf Berg said that Jane Doe had seen the smoke before anybody else, and the smoke killed her.",
        "Karst Daily",
        "news",
    ),
    "Vault report": (
        "The auditor Zorba Quintrell said that the vault at Wexcombe held eleven unlisted ingots of silver. “Nobody "
        "counted the ingots,” Quintrell said of the vault.",
        "Secret Sentinel",
        "vault",
    ),
    "Links only": (
        "The banker Ferl Jossamin said that the merger of the two banks would be finished before the summer. “The "
        "merger is good for both banks,” Jossamin said.",
        "Paywalled Post",
        "news",
    ),
}  # fmt: skip
OPEN = Scope(frozenset({"news"}))


@pytest.fixture(scope="module")
def engine(compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whosaid]:
    folder = tmp_path_factory.mktemp("suggest")
    home = made(folder / "home", compiled_model)
    (home / "outlets.toml").write_text('[[outlet]]\nname = "Paywalled Post"\nrights = "link"\n', "utf-8")
    (home / "speakers.toml").write_text('[[hide]]\nname = "Jane Doe"\n', "utf-8")
    files: dict[str, list[Path]] = {"news": [], "vault": []}
    for n, (title, (body, outlet, collection)) in enumerate(NEWS.items()):
        row = {"title": title, "body": body, "source": outlet, "date": f"2041-03-0{n + 1}"}
        files[collection].append(records(folder / f"{n}.jsonl", row))
        if n == 0:  # the same story elsewhere
            files[collection].append(records(folder / "copy.jsonl", {**row, "source": "The Harbour Post"}))
    for collection, paths in files.items():
        assert not ingest(home, *paths, collection=collection).errors
    with closing(Whosaid(home)) as opened:
        yield opened


def test_what_is_suggested_is_answered_and_no_more_than_may_be_seen(engine: Whosaid) -> None:
    suggester = Suggester(engine)
    everything, mine = suggester.prompts(None, 20), suggester.prompts(OPEN, 20)
    assert any("Quintrell" in question for question in everything), "who may see the vault is offered it"
    assert len(mine) >= 3 and len(set(mine)) == len(mine)
    for question in mine:
        answer = engine.ask(question, scope=OPEN)
        assert answer.answered and answer.citations[0].speaker
        assert (answer.citations[0].speaker.name or "nobody") in question
    told = " ".join(mine)
    assert not [word for word in ("Quintrell", "vault", "ingots", "Doe", "Jossamin", "Berg") if word in told]
    for speaker in ("Ana Ruiz", "Tomas Brandt", "Greta Holm"):
        assert told.count(speaker) == 1, "each speaker once, however many copies there are"
    assert suggester.prompts(OPEN, 2) == mine[:2], "and the same again"
    assert suggester.prompts(Scope(outlets=frozenset({"karst daily"})), 4) == [q for q in mine if "Holm" in q]
    assert suggester.prompts(Scope(frozenset()), 4) == []


def test_a_refusal_leads_to_questions_that_are_answered(engine: Whosaid) -> None:
    suggester = Suggester(engine)
    refused = engine.ask("what did Ana Ruiz say about olive oil and the recipes for it?", scope=OPEN)
    assert refused.refusal is not None and refused.refusal.reason == "speaker_silent"
    near = suggester.near(refused, OPEN, 2)
    assert near and "Ana Ruiz" in near[0] and len(near) <= 2, "on the same there is nothing"
    assert all(engine.ask(question, scope=OPEN).answered for question in near)
    assert suggester.near(engine.ask(near[0], scope=OPEN), OPEN, 3) == [], "nothing was refused"
    wide = engine.ask("what did Zorba Quintrell say about olive oil and the recipes for it?")
    assert wide.refusal is not None and any("Quintrell" in question for question in suggester.near(wide, None, 3))
    assert not [question for question in suggester.near(wide, OPEN, 3) if "Quintrell" in question], "asked in a channel"


def test_a_new_edition_is_read_anew(engine: Whosaid, compiled_model: Path, tmp_path: Path) -> None:
    home = made(tmp_path / "home", compiled_model)
    body, *_ = NEWS["Harbour stays open"]
    ingest(home, records(tmp_path / "a.jsonl", {"title": "Harbour", "body": body}))
    with closing(Whosaid(home)) as opened:
        suggester = Suggester(opened)
        assert not any("Holm" in question for question in suggester.prompts(None, 9))
        ingest(home, records(tmp_path / "b.jsonl", {"title": "Library", "body": NEWS["Library opens"][0]}))
        assert any("Holm" in question for question in suggester.prompts(None, 9))


SAYS = (
    "The herring quota will fall, the Ministry of Fisheries said. The Sorn Dam holds. “We have our hearts in it,” said "
    "Ana Ruiz. The crews of the dam at Sorn Dam want the herring quota, and river fever has reached Kem Brandt, "
    "a skipper. A teachers' strike began on Monday. The teachers' strike is over river fever, like Brandt's."
)


@pytest.mark.parametrize(
    ("content", "title", "wanted"),
    [
        ("that the quota was too low", "Quota falls", "the herring quota"),  # as the article has it in full
        ("the dam would hold", "Sorn Dam holds", "the Sorn Dam"),
        ("there had been no river fever", "Fever spreads", "river fever"),  # of which there is no "a"
        ("Brandt would be missed", "Skipper Brandt ill", "Kem Brandt"),
        ("their hearts were in the dam", "Sorn Dam holds", "the Sorn Dam"),  # no part of the body
        ("their hearts were with it", "Hearts in it", None),
        ("the country's teachers would end the teachers' strike", "Teachers strike", "the teachers' strike"),
        ("a whale had been in the harbour", "Quota falls", None),  # in passing
        ("it would be next Monday", "Monday", None),
        ("the ministry knew", "Ministry falls", None),  # which has many
    ],
)
def test_what_a_statement_is_about(content: str, title: str, wanted: str | None) -> None:
    rarity = Rarity([SAYS, "The council met.", "It rained."])
    found = Subjects(title, SAYS, [content, SAYS], rarity).of(content, "Ana Ruiz")
    assert (found.words if found else None) == wanted


def test_a_subject_near_to_what_was_asked_need_not_be_the_whole_matter() -> None:
    about = Subjects("Quota falls", SAYS, [said := "the quota was no river fever", SAYS], Rarity([SAYS, "It rained."]))
    near = about.of(said, "", frozenset({"fever"}))
    assert near is not None and near.words == "river fever"
    assert about.of(said, "", frozenset({"whale"})) is None
    assert about.of(said, "fever of the quota") is None, "a speaker's own name and office"


def test_how_a_question_names_a_speaker() -> None:
    text = "The Trump case goes on, Trump said. The Sorn Authority agreed. The Sorn Authority is new."
    assert [as_called(name, text) for name in ("Trump", "Sorn Authority")] == ["Trump", "the Sorn Authority"]
