"""``outlets.toml``: one name, aliases and rights for each outlet."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UsageError
from corpus.outlets import Outlets

FILE = """
[[outlet]]
name = "The Ondreva Ledger"
aliases = ["Ledger", "www.ondreva-ledger.example", "OL Weekend"]
rights = "passage"

[[outlet]]
name = "Talmerian News Agency"
aliases = ["TNA", "https://news.tna.example/"]
rights = "link"

[[outlet]]
name = "Daily Star"
aliases = ["dailystar.example"]

[[outlet]]
name = "The Daily Star"
aliases = ["thedailystar.example"]
"""
OUTLETS = Outlets.parse(FILE)
NONE = Outlets()


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("Ledger", None, "The Ondreva Ledger"),
        (" ondreva  LEDGER ", None, "The Ondreva Ledger"),
        ("Óndreva Ledger", None, "The Ondreva Ledger"),
        ("ondreva-ledger.example", None, "The Ondreva Ledger"),
        (None, "https://www.ondreva-ledger.example/a.html", "The Ondreva Ledger"),
        ("", "https://amp.ondreva-ledger.example/a.html", "The Ondreva Ledger"),
        (None, "https://sport.news.tna.example/1", "Talmerian News Agency"),
        (None, "https://tna.example/1", "tna.example"),  # the file has another part of that site
        ("tna", None, "Talmerian News Agency"),
        ("Daily Star", None, "Daily Star"),
        ("the daily star", None, "The Daily Star"),
        ("DailyStar", None, "DailyStar"),  # either may be meant
        ("Daily Mail", "https://ondreva-ledger.example/a", "Daily Mail"),  # what it says goes before where it stands
        (None, "2041/a.html", None),
        (None, None, None),
    ],
)
def test_what_an_article_says_gets_the_one_name(name: str | None, url: str | None, expected: str | None) -> None:
    assert OUTLETS.canonical(name, url) == expected


@given(st.text(max_size=20) | st.sampled_from(["Ledger", "the ledger", "TNA.", "www.tna.example", "Daily-Star"]))
def test_the_one_name_of_a_name_is_its_own(name: str) -> None:
    for outlets in (OUTLETS, NONE):
        one = outlets.canonical(name)
        assert outlets.canonical(one) == one


def test_without_a_file_a_name_stays_as_written() -> None:
    assert NONE.canonical("The  Verge") == "The Verge"
    assert NONE.rights("The Verge", "https://theverge.com/") == "full"
    assert NONE.aliases() == {}
    assert NONE.digest == ""


def test_spellings_of_a_catalogue_come_to_the_names_of_the_file_and_to_their_own() -> None:
    names = {"Ledger": 2, "ondrevaledger.example": 1, "the verge": 3, "theverge.com": 1, "The Verge": 1, "T.N.A.": 1}
    assert OUTLETS.unify(names) == {
        "Ledger": "The Ondreva Ledger",
        "ondrevaledger.example": "ondrevaledger.example",  # the file says where the Ledger stands: not there
        "the verge": "The Verge",
        "theverge.com": "The Verge",
        "The Verge": "The Verge",
        "T.N.A.": "Talmerian News Agency",
    }


def test_outlets_that_the_file_tells_apart_are_never_brought_together() -> None:
    found = OUTLETS.unify({"daily star": 1, "The Daily Star": 1, "dailystar.example": 1, "thedailystar.example": 1})
    assert found == {
        "daily star": "Daily Star",
        "The Daily Star": "The Daily Star",
        "dailystar.example": "Daily Star",
        "thedailystar.example": "The Daily Star",
    }


@pytest.mark.parametrize(
    ("name", "url", "rights"),
    [
        ("The Ondreva Ledger", None, "passage"),
        ("ledger", None, "passage"),
        (None, "https://ondreva-ledger.example/a", "passage"),
        ("TNA", "https://ondreva-ledger.example/a", "link"),  # the stricter of the two
        ("Ishel Valley Post", "https://news.tna.example/a", "link"),  # the site of one that is strict
        (None, "https://talmeriannewsagency.example/a", "link"),  # in doubt
        ("Ishel Valley Post", "https://ivp.example/a", "full"),
        ("Daily Star", "https://dailystar.example/", "full"),
        (None, None, "full"),
    ],
)
def test_the_strictest_rights_hold(name: str | None, url: str | None, rights: str) -> None:
    assert OUTLETS.rights(name, url) == rights


def test_aliases_are_given_for_questions() -> None:
    assert OUTLETS.aliases()["The Ondreva Ledger"] == ("Ledger", "ondreva-ledger.example", "OL Weekend")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "[[outlet]]\nname = 'A'\nalias = ['B']",
            "outlets.toml, [[outlet]] 1 ('A'), field 'alias': there is no such field in a [[outlet]]; "
            "use name, aliases or rights",
        ),
        (
            "[[outlet]]\nname = 'A'\nrights = 'none'",
            "outlets.toml, [[outlet]] 1 ('A'), field 'rights': found 'none'; write \"full\", \"passage\" or \"link\"",
        ),
        (
            "[[outlet]]\nname = 'A Paper'\naliases = ['Paper']\n[[outlet]]\nname = 'B Paper'\naliases = ['PAPER']",
            "outlets.toml, [[outlet]] 2 ('B Paper'), field 'aliases': 'PAPER' is also a name of [[outlet]] 1 "
            "('A Paper'); leave it to one of the two",
        ),
        (
            "[[outlet]]\nname = 'A'\naliases = ['a.example']\n[[outlet]]\nname = 'https://www.a.example/'",
            "field 'name': 'a.example' is also a name of [[outlet]] 1 ('A'); leave it to one of the two",
        ),
        ("[[outlet]]\nname = '...'", "field 'name': '...' names nothing; write a name or a domain"),
        ("[[outlet]]\naliases = ['B']", "outlets.toml, [[outlet]] 1, field 'name': it is missing"),
    ],
)
def test_a_wrong_entry_is_told(source: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        Outlets.parse(source)
    assert told in str(caught.value)


def test_the_file_of_a_home_is_read_once_and_told_when_it_changes(tmp_path: Path) -> None:
    assert Outlets.read(tmp_path).listed == ()
    (tmp_path / "outlets.toml").write_text(FILE, "utf-8")
    read = Outlets.read(tmp_path)
    assert read.canonical("ledger") == "The Ondreva Ledger"
    assert read.digest == OUTLETS.digest != ""
    (tmp_path / "outlets.toml").write_text(FILE.replace("passage", "link"), "utf-8")
    assert read.rights("Ledger") == "passage"
    assert Outlets.read(tmp_path).digest != read.digest


def test_the_readme_of_the_format_is_right() -> None:
    from corpus import outlets

    shown = (outlets.__doc__ or "").split("::\n")[1].split("\n\nNothing")[0]
    parsed = Outlets.parse("\n".join(line.strip() for line in shown.splitlines()))
    assert parsed.rights("Ledger") == "passage"
