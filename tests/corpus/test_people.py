"""``speakers.toml``: speakers merged, renamed, told apart, hidden."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.model import Span, Speaker, Statement
from corpus.people import SpeakerCorrections
from corpus.statements import find_statements

FILE = """
[[merge]]
name = "Hale Teverin"
also = ["H. Teverin", "Interior Minister Teverin", "Teverin"]
role = "foreign ministry spokesman"

[[merge]]
name = "Teachers' Federation of Talmeria"
also = ["Teachers' Federation"]

[[rename]]
from = "Teverine"
to = "Teverin"

[[split]]
name = "Smith"
as = "Ann Smith"
role = "judge"
outlet = ["Ondreva Ledger", "Radio Sundral"]

[[split]]
name = "Smith"
as = "Bo Smith"
article = ["2041/ledger.html", "https://ledger.example/7"]

[[split]]
name = "Smith"
as = "Cy Smith"
affiliation = "League"

[[hide]]
name = "Request"

[[hide]]
name = "Ann Smith"
article = "abc123"
"""
CORRECTIONS = SpeakerCorrections.parse(FILE)


def said(speaker: Speaker | None, *via: Speaker) -> Statement:
    return Statement(kind="direct", content=(Span(3, 9),), source=(Span(10, 12),), speaker=speaker, via=via)


def corrected(
    speaker: Speaker, *, article: str = "0000", url: str | None = None, path: str = "a.txt", outlet: str | None = None
) -> Speaker | None:
    found = CORRECTIONS.apply(said(speaker), article, url, path, outlet)
    return found.speaker if found else None


@pytest.mark.parametrize(
    "found",
    [
        Speaker("H. Teverin"),
        Speaker("H Teverin"),
        Speaker("TEVERIN"),
        Speaker("Teverin", "Interior Minister"),
        Speaker("Interior Minister Teverin"),
        Speaker("Teverine", "minister"),
        Speaker("hale teverin", "ministry spokesman"),
    ],
)
def test_a_merge_gives_one_name_and_the_role_that_it_sets(found: Speaker) -> None:
    assert corrected(found) == Speaker("Hale Teverin", "foreign ministry spokesman")


def test_what_a_merge_does_not_set_stays() -> None:
    assert corrected(Speaker("Teachers’ Federation", "a union", "Congress")) == Speaker(
        "Teachers' Federation of Talmeria", "a union", "Congress"
    )
    assert corrected(Speaker("Teverin", None, "Ministry of X")) == Speaker(
        "Hale Teverin", "foreign ministry spokesman", "Ministry of X"
    )


@pytest.mark.parametrize(
    "speaker",
    [
        Speaker("Ann Teverin"),
        Speaker("Teverin-Hale"),
        Speaker(None, "Teverin"),
        Speaker("Smith"),
        Speaker("Smith", "judge"),
        Speaker("Smith", "judged", None),
    ],
)
def test_who_is_not_meant_stays(speaker: Speaker) -> None:
    assert corrected(speaker) == speaker


def test_a_split_counts_where_all_its_conditions_hold() -> None:
    judge, league = Speaker("Smith", "Federal Judge"), Speaker("Smith", "chair", "League of Cities")
    assert corrected(judge, outlet="The Ondreva Ledger") == Speaker("Ann Smith", "Federal Judge")
    assert corrected(judge, outlet="Northern Wire") == judge
    assert corrected(Speaker("Smith"), outlet="Radio Sundral") == Speaker("Smith")
    assert corrected(league) == Speaker("Cy Smith", "chair", "League of Cities")


@pytest.mark.parametrize(
    "where",
    [
        {"path": "2041/ledger.html"},
        {"path": "archive/2041/ledger.html#12"},
        {"url": "https://ledger.example/7/"},
    ],
)
def test_an_article_is_named_by_path_or_url(where: dict[str, str]) -> None:
    assert corrected(Speaker("Smith"), **where) == Speaker("Bo Smith")  # type: ignore[arg-type]
    assert corrected(Speaker("Smith"), path="12041/ledger.html", url="https://ledger.example/70") == Speaker("Smith")


def test_of_splits_that_fit_the_first_counts() -> None:
    judge = Speaker("Smith", "judge", "League")
    assert corrected(judge, outlet="Radio Sundral", path="2041/ledger.html") == Speaker("Ann Smith", "judge", "League")


def test_a_hidden_speakers_statement_is_none_where_its_conditions_hold() -> None:
    assert corrected(Speaker("request")) is None
    judge = Speaker("Smith", "judge")
    assert corrected(judge, outlet="Radio Sundral", article="abc123") is None
    assert corrected(judge, outlet="Radio Sundral", article="abc124") is not None


def test_those_through_whom_words_came_are_set_right_and_hidden_ones_left_unnamed() -> None:
    before = said(Speaker("Ada"), Speaker("H. Teverin"), Speaker("Request", "a role"))
    after = CORRECTIONS.apply(before, "0", None, "a", None)
    assert after is not None
    assert after.via == (Speaker("Hale Teverin", "foreign ministry spokesman"), Speaker())
    assert (after.content, after.source, after.speaker) == (before.content, before.source, before.speaker)


def test_a_speaker_that_is_not_established_stays_so() -> None:
    assert CORRECTIONS.apply(said(None), "0", None, "a", None) == said(None)


def test_the_names_that_lead_to_somebody_are_known() -> None:
    names = CORRECTIONS.names_of("Hale Teverin")
    assert set(names) == {"H. Teverin", "Interior Minister Teverin", "Teverin", "Teverine"}
    assert CORRECTIONS.names_of("Nobody") == ()


def test_only_the_spelling_may_be_changed() -> None:
    rules = SpeakerCorrections.parse("[[rename]]\nfrom = 'HALE TEVERIN'\nto = 'Hale Teverin'")
    found = rules.apply(said(Speaker("HALE  TEVERIN", "minister")), "0", None, "a", None)
    assert found is not None
    assert found.speaker == Speaker("Hale Teverin", "minister")


def test_without_a_file_everything_stays(tmp_path: Path) -> None:
    none = SpeakerCorrections.read(tmp_path)
    assert none.empty
    assert none.digest == SpeakerCorrections().digest == ""
    assert none.apply(said(Speaker("Request")), "0", None, "a", None) == said(Speaker("Request"))


def test_the_digest_tells_that_the_file_changed(tmp_path: Path) -> None:
    (tmp_path / "speakers.toml").write_text(FILE, "utf-8")
    assert SpeakerCorrections.read(tmp_path).digest == CORRECTIONS.digest
    (tmp_path / "speakers.toml").write_text(FILE.replace('"Teverin"]', '"Tev"]'), "utf-8")
    assert SpeakerCorrections.read(tmp_path).digest != CORRECTIONS.digest


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "[[merge]]\nname = 'A B'\nas = ['B']",
            "speakers.toml, [[merge]] 1 ('A B'), field 'as': there is no such field in a [[merge]]; "
            "use name, also, role or affiliation",
        ),
        ("[[merge]]\nname = 'A B'", "speakers.toml, [[merge]] 1 ('A B'), field 'also': it is missing"),
        (
            "[[merge]]\nname = 'A B'\nalso = ['B']\n[[merge]]\nname = 'C B'\nalso = ['b']",
            "speakers.toml, [[merge]] 2 ('C B'), field 'also': 'b' is also in [[merge]] 1; leave it to one of them",
        ),
        (
            "[[merge]]\nname = 'A B'\nalso = ['B']\n[[rename]]\nfrom = 'B'\nto = 'D'",
            "speakers.toml, [[rename]] 1 ('B'), field 'from': 'B' is also in [[merge]] 1; leave it to one of them",
        ),
        (
            "[[merge]]\nname = 'A B'\nalso = ['B']\n[[merge]]\nname = 'a b'\nalso = ['C']",
            "field 'name': another entry sets how this name is shown; put them together",
        ),
        (
            "[[rename]]\nfrom = 'A'\nto = 'B'\n[[rename]]\nfrom = 'B'\nto = 'C'\n[[merge]]\nname = 'A'\nalso = ['C']",
            "speakers.toml: its entries lead from a name back to it, ",
        ),
        (
            "[[split]]\nname = 'A'\nas = 'a'\nrole = 'x'",
            "lead from a name back to it, 'a' -> 'a'; take one of them out",
        ),
        ("[[split]]\nname = 'A'\nas = 'B'", "field 'as': no field says where it counts; add one of article, outlet"),
        ("[[split]]\nname = 'A'\nrole = 'x'", "speakers.toml, [[split]] 1 ('A'), field 'as': it is missing"),
        ("[[hide]]\nrole = 'x'", "speakers.toml, [[hide]] 1, field 'name': it is missing"),
        ("[[rename]]\nfrom = 'A'", "speakers.toml, [[rename]] 1 ('A'), field 'to': it is missing"),
        ("[[hid]]\nname = 'A'", "its entries are [[merge]], [[rename]], [[split]] or [[hide]]"),
    ],
)
def test_a_wrong_entry_is_told(source: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        SpeakerCorrections.parse(source)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


NAMES = st.sampled_from("ABCDEFGH")


@given(st.dictionaries(NAMES, NAMES, max_size=8), NAMES)
def test_any_renames_end_or_are_refused_and_applied_twice_change_nothing(renames: dict[str, str], name: str) -> None:
    source = "".join(f"[[rename]]\nfrom = '{old}'\nto = '{new}'\n" for old, new in renames.items())
    trail = [name]
    while trail[-1] in renames and renames[trail[-1]] not in trail:
        trail.append(renames[trail[-1]])
    try:
        rules = SpeakerCorrections.parse(source)
    except UsageError as error:
        assert "lead from a name back to it" in str(error)
        return
    once = rules.apply(said(Speaker(name)), "0", None, "a", None)
    assert once == said(Speaker(trail[-1]))
    assert rules.apply(once, "0", None, "a", None) == once


def sample_statements(sample: Path) -> Iterator[tuple[str, Statement]]:
    for file in sorted(sample.glob("*/*.txt")):
        yield from ((file.name, statement) for statement in find_statements(file.read_text("utf-8")))


def test_a_correction_holds_for_what_is_found_in_real_articles_and_touches_nothing_else(sample: Path) -> None:
    rules = SpeakerCorrections.parse(
        "[[merge]]\nname = 'Ansa Molleray'\nalso = ['Molleray']\nrole = 'chairwoman'\n[[hide]]\nname = 'Gant Levrosse'"
    )
    found = list(sample_statements(sample))
    assert any(s.speaker and s.speaker.name == "Gant Levrosse" for _, s in found)
    for path, statement in found:
        after = rules.apply(statement, "0", None, path, None)
        name = statement.speaker.name if statement.speaker else None
        assert (after is None) == (name == "Gant Levrosse")
        if after is not None and name not in ("Ansa Molleray", "Molleray"):
            assert (after.speaker, after.content, after.source) == (
                statement.speaker,
                statement.content,
                statement.source,
            )


def test_the_readme_of_the_format_is_right() -> None:
    from corpus import people

    shown = (people.__doc__ or "").split("::\n")[1].split("\n\nIt is applied")[0]
    rules = SpeakerCorrections.parse("\n".join(line.strip() for line in shown.splitlines()))
    assert rules.names_of("Hale Teverin") == ("H. Teverin", "Interior Minister Teverin")
