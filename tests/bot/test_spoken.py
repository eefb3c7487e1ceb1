"""Whose statements a question asks for, over the sample."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.ask import Filters, Whosaid
from bot.outside import is_outside, names_body
from bot.spoken import Spoken, find_described, find_spoken, parties, several
from corpus.catalogue import StatementRecord
from corpus.model import Speaker
from index.facets import Facets


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as opened:
        yield opened


def spoken(engine: Whosaid, speaker: str, topic: str = "the matter", facets: Facets | None = None) -> Spoken:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, *_ = engine.prepare(opened, f"what did {speaker} say about {topic}?", Filters(), 1)
        assert query.speaker == speaker
        query = replace(query, facets=facets) if facets else query
        return find_spoken(query, opened.search.statements, opened.search.shelf)


def described(engine: Whosaid, speaker: str) -> set[str | None]:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, *_ = engine.prepare(opened, f"what did {speaker} say about it?", Filters(), 1)
        return people(find_described(query, opened.search.statements, opened.search.shelf).own)


def people(records: tuple[StatementRecord, ...]) -> set[str | None]:
    return {record.statement.speaker.name for record in records if record.statement.speaker}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Esk Norrabel", "Esk Norrabel"),
        ("Norrabel", "Esk Norrabel"),
        ("Hale Teverin", "Hale Teverin"),
        ("Mr Teverin", "Hale Teverin"),
        ("the foreign ministry of Cambodia", None),
        ("the education minister", "Quay Dorvanth"),
        ("President Vash Orelind", "Vash Orelind"),
    ],
)
def test_a_speaker_is_found_by_name_office_and_affiliation(engine: Whosaid, asked: str, name: str | None) -> None:
    found = people(spoken(engine, asked).own)
    assert name in found if name else not found
    assert not {"Esk Norrabel", "Hale Teverin", "Quay Dorvanth", "Vash Orelind", "An Sokkhoeurn"} & (found - {name})


def test_an_acronym_finds_its_organisation(engine: Whosaid) -> None:
    found = people(spoken(engine, "MFAIC").own)
    assert found - {None} == {"An Sokkhoeurn"}


def test_an_organisation_is_also_heard_through_who_speaks_for_it(engine: Whosaid) -> None:
    """No article calls the ministry's spokesman by its letters: it has to be his ministry there."""
    found = people(spoken(engine, "MFARC").own)
    assert "Hale Teverin" in found
    assert "An Sokkhoeurn" not in found
    assert "Tamm Orlick" in described(engine, "the Port Verl chamber of commerce")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Haskerry's mayor", "Oona Blyth-Marten"),
        ("Lark Mobile's chief", "Tam Rosvelter"),
        ("the Cambodian foreign ministry", "An Sokkhoeurn"),
    ],
)
def test_an_office_of_a_place_or_body_is_not_the_place_itself(engine: Whosaid, asked: str, name: str) -> None:
    assert not spoken(engine, asked).own
    assert name in described(engine, asked)
    assert not {"Haskerry", "Lark Mobile"} & described(engine, asked)


def test_of_two_who_held_an_office_the_former_is_told(engine: Whosaid) -> None:
    found = spoken(engine, "the water minister", "the dam")
    former = people(tuple(record for record in found.own if record.statement in found.former))
    assert people(found.own) == {"Brack Hollomen", "Pree Vantrell"}
    assert former == {"Brack Hollomen"}


def test_what_came_through_a_report_is_relayed_and_not_its_own(engine: Whosaid) -> None:
    found = spoken(engine, "the State Department's report", "assembly")
    assert found.own and found.relayed
    assert not {record.id for record in found.own} & {record.id for record in found.relayed}
    roles = {record.statement.speaker.role for record in found.relayed if record.statement.speaker}
    assert "a local human rights group" in roles
    assert found.records == found.own + found.relayed


def test_a_namesake_counts_only_where_the_article_knows_of_the_office(engine: Whosaid) -> None:
    found = spoken(engine, "Judge Kem Ravoldi", "the railway").own
    everyone = spoken(engine, "Kem Ravoldi", "the railway").own
    assert found and len(found) < len(everyone)
    for record in found:
        assert "judge" in engine.catalogue.text(record.article_id, record.version).lower()
    assert any("judge" not in engine.catalogue.text(r.article_id, r.version).lower() for r in everyone)


def test_facets_bind_statements_too(engine: Whosaid) -> None:
    facets = Facets(scope=None, until=date(2041, 8, 3))
    found = spoken(engine, "Brack Hollomen", "the dam", facets).own
    everything = spoken(engine, "Brack Hollomen", "the dam").own
    assert found and len(found) < len(everything)
    assert all(facets.admit(a) for a in engine.catalogue.articles({r.article_id for r in found}).values())


def test_a_description_finds_who_is_called_something_else(engine: Whosaid) -> None:
    assert people(spoken(engine, "the railway boss").own) == set()
    assert "Dorn Avermoor" in described(engine, "the railway boss")


@pytest.mark.parametrize("nobody", ["the justice minister", "Zebulon Quagmire", "the Zebulon ministry", "the"])
def test_a_description_that_nobody_fits_finds_nobody(engine: Whosaid, nobody: str) -> None:
    assert described(engine, nobody) == set()


def test_several_speakers_are_asked_one_by_one(engine: Whosaid) -> None:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, *_ = engine.prepare(opened, "compare Corr Baldomir vs. Esk Norrabel and the TFT on pay", Filters(), 1)
    parts = several(query)
    assert [part.speaker for part in parts] == ["Corr Baldomir", "Esk Norrabel", "the TFT"]
    assert [part.speaker_terms for part in parts] == [("corr", "baldomir"), ("esk", "norrabel"), ("tft",)]
    assert {part.topic for part in parts} == {"pay"}


@pytest.mark.parametrize("leads", ["the church leader", "the army chief", "the rebel leader"])
def test_who_leads_one_thing_is_not_who_leads_another(engine: Whosaid, leads: str) -> None:
    assert described(engine, leads) == set()


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("Hollomen and Orelind", ["Hollomen", "Orelind"]),
        ("Brack Hollomen", []),
        ("Water and Energy Minister", []),
    ],
)
def test_two_names_are_two_parties_and_one_office_is_one(engine: Whosaid, asked: str, wanted: list[str]) -> None:
    with engine.opener.reading() as opened:
        assert opened is not None
        query, *_ = engine.prepare(opened, f"what did {asked} say about the dam?", Filters(), 1)
        assert query.speaker == asked
        parts = parties(query, opened.search.statements, opened.search.shelf)
    assert [part.speaker for part in parts] == wanted


@pytest.mark.parametrize(
    ("speaker", "outside"),
    [
        (Speaker("Ana Ruiz", "general counsel", "Karst"), False),
        (Speaker("Ana Ruiz", "Karst spokeswoman"), False),
        (Speaker("Ana Ruiz", "Karst’s chief scientist"), False),
        (Speaker("Karst", "former monopoly"), False),
        (Speaker("Ana Ruiz", "seller and co-founder", "Karst"), True),
        (Speaker("Ana Ruiz", "former Karst executive"), True),
        (Speaker("Ana Ruiz", "lawyer for the plaintiffs against Karst"), True),
        (Speaker("Ana Ruiz", "baker", "Bread on Karst"), True),
        (Speaker(None, "two critics of Karst"), True),
        (Speaker("Karst Users"), True),
    ],
)
def test_sellers_critics_and_former_people_do_not_speak_for_a_body(speaker: Speaker, outside: bool) -> None:
    assert is_outside(speaker, {"karst"}) == outside


@pytest.mark.parametrize(
    ("asked", "is_name"),
    [("Amazon", True), ("the Ministry of Health", True), ("the mayor of Karst", False), ("Amazon sellers", False)],
)
def test_a_body_is_asked_by_its_name(asked: str, is_name: bool) -> None:
    assert names_body(asked) == is_name
