"""Which spellings mean one outlet, without anybody saying so."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.outlet_names import claimed, domain_of, fold, forms, tidy, unify, within

WRITTEN = ["The Verge", "the verge", "Verge", "TheVerge", "theverge.com", "www.theverge.com"]
PIECES = ["The ", "the ", "Daily", "daily ", "Mail", " Star", "Étoile", "www.", ".com", ".co.uk", ".ng", "-", "&", " "]
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join) | st.text(max_size=12)


def merged(*names: str, **sites: list[str]) -> dict[str, str]:
    return {name: one for name, one in unify(dict.fromkeys(names, 1), sites).items() if name != one}


def test_spellings_of_one_name_get_one_name() -> None:
    assert unify(dict.fromkeys(WRITTEN, 1)) == dict.fromkeys(WRITTEN, "The Verge")


@pytest.mark.parametrize(
    "names",
    [
        ("Daily Mail", "Mail", "Mail on Sunday"),
        ("The Independent - Travel", "The Independent - Sports", "independent.co.uk"),
        ("Sport", "Sport+"),
        ("Kyodo", "Kyoto"),
        ("ガーディアン", "カーディアン"),
        ("हिन्दी", "हिन्दू"),
        ("Yahoo News", "news.yahoo.com"),
        ("CNN", "college.cnn.com"),
        ("Theta", "Ta"),
    ],
)
def test_different_outlets_stay_apart(names: tuple[str, ...]) -> None:
    assert merged(*names) == {}


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (("CBS Sports", "CBSSports.com", "cbssports.com"), "CBS Sports"),
        (("CBSSports.com", "cbssports.com"), "CBSSports.com"),
        (("The Hill", "TheHill"), "The Hill"),
        (("El País", "El país", "elpais.com"), "El País"),
        (("Stars & Stripes", "Stars and Stripes"), "Stars & Stripes"),
        (("The Independent", "independent.co.uk"), "The Independent"),
        (("People’s Daily", "People's Daily"), "People's Daily"),
        (("Men's Health", "Mens Health"), "Men's Health"),
    ],
)
def test_letters_decide(names: tuple[str, ...], one: str) -> None:
    assert set(unify(dict.fromkeys(names, 1)).values()) == {one}


def test_the_most_frequent_spelling_wins_but_no_domain_and_none_without_capitals() -> None:
    counts = {"The Verge": 2, "Verge": 5, "the verge": 90, "theverge.com": 900}
    assert set(unify(counts).values()) == {"Verge"}


def test_of_two_domains_with_the_letters_of_a_name_neither_is_taken_for_its_own() -> None:
    assert merged("The Guardian", "theguardian.com", "guardian.ng") == {}


def test_where_articles_stand_decides_which_domain_is_meant() -> None:
    names = dict.fromkeys(["The Guardian", "theguardian.com", "guardian.ng"], 1)
    found = unify(names, {"The Guardian": ["https://www.theguardian.com/uk"]})
    assert found == {"The Guardian": "The Guardian", "theguardian.com": "The Guardian", "guardian.ng": "guardian.ng"}


def test_a_domain_is_not_of_a_name_whose_articles_stand_elsewhere() -> None:
    names = dict.fromkeys(["The Guardian", "guardian.ng"], 1)
    assert unify(names, {"The Guardian": ["theguardian.com"]})["guardian.ng"] == "guardian.ng"


def test_names_of_the_same_letters_at_different_sites_are_different_outlets() -> None:
    names = {"Daily Star": 3, "The Daily Star": 2, "DAILY STAR": 1}
    sites = {
        "Daily Star": ["dailystar.co.uk"],
        "The Daily Star": ["thedailystar.net"],
        "DAILY STAR": ["m.dailystar.co.uk"],
    }
    found = unify(names, sites)
    assert found == {"Daily Star": "Daily Star", "DAILY STAR": "Daily Star", "The Daily Star": "The Daily Star"}


def test_a_name_set_by_hand_stays_and_gives_its_name() -> None:
    names = {"the verge": 9, "Verge": 3, "The VERGE": 0}
    assert set(unify(names, fixed={"The VERGE"}).values()) == {"The VERGE"}
    both = unify({"Daily Star": 1, "The Daily Star": 1, "daily star": 5}, fixed={"Daily Star", "The Daily Star"})
    assert both["Daily Star"] == "Daily Star"
    assert both["The Daily Star"] == "The Daily Star"


@given(st.dictionaries(NAMES.filter(str.strip), st.integers(0, 5), max_size=8), st.randoms())
def test_no_order_changes_what_is_found_and_no_letters_are_changed(names: dict[str, int], random) -> None:  # type: ignore[no-untyped-def]
    found = unify(names)
    shuffled = list(names.items())
    random.shuffle(shuffled)
    assert unify(dict(shuffled)) == found
    assert set(found) == set(names)
    for name, one in found.items():
        assert found[one] == one
        assert name == one or bare(name) & bare(one)


def bare(name: str) -> set[str]:
    """The letters of a name, with and without the article that may be written or not."""
    return {form.removeprefix("the") for form in forms(name)} | forms(name)


@given(NAMES)
def test_tidying_twice_is_tidying_once(name: str) -> None:
    once = tidy(name)
    assert tidy(once) == once
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("  The\n Ondreva\u00a0Ledger ", "The Ondreva Ledger"),
        ("www.Ledger.example", "ledger.example"),
        ("https://www.ledger.example/news/1", "ledger.example"),
        ("CBSSports.com", "CBSSports.com"),
        ("\u200bLedger\ufeff", "Ledger"),
        ("null", None),
        ("N/A", None),
        (" - ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_tidied(name: str | None, expected: str | None) -> None:
    assert tidy(name) == expected


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("https://m.theverge.com:443/x", "theverge.com"),
        ("http://user@www2.bbc.co.uk", "bbc.co.uk"),
        ("The Verge", None),
        ("St. Louis", None),
        ("U.S.", None),
        ("http://127.0.0.1/", None),
        ("http://[::1", None),
        ("localhost", None),
        ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("a..com", None),
        ("x" * 1_000_000 + ".com", None),
        ("x." * 500_000, None),
        ("www." * 250_000 + "com", None),
        ("http://" + "www." * 250_000 + "com/", None),
    ],
)
def test_a_domain_is_known_as_one(name: str, domain: str | None) -> None:
    assert domain_of(name) == domain


def test_an_article_that_says_no_outlet_is_of_its_site() -> None:
    assert claimed(None, "https://www.ledger.example/a") == "ledger.example"
    assert claimed("null", "https://ledger.example/a") == "ledger.example"
    assert claimed("Ledger", "https://other.example/a") == "Ledger"
    assert claimed(None, "2041/a.html") is None
    assert claimed(None, None) is None


def test_a_part_of_a_site_is_within_it() -> None:
    assert within("news.bbc.co.uk", "bbc.co.uk")
    assert not within("notbbc.co.uk", "bbc.co.uk")


def test_real_outlets_and_their_sites_fit_and_nothing_else_is_brought_together(shared_data: Path) -> None:
    names: Counter[str] = Counter()
    sites: dict[str, set[str]] = {}
    with (shared_data / "multihop-rag" / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            site = domain_of(article["url"]) or ""
            names.update([article["source"], site])
            sites.setdefault(article["source"], set()).add(site)
    found = unify(names, sites)
    assert {name for name in sites if found[name] != name} == set()
    assert found["theverge.com"] == "The Verge"
    assert found["skysports.com"] == "Sky Sports"
    assert found["nbcnews.com"] == "nbcnews.com"  # one article calls itself Hacker News and stands there
    assert sum(found[name] != name for name in names) >= 20
    assert all(urlsplit(f"//{name}").hostname == name for name in names if found[name] != name and "." in name)


def test_thousands_of_names_find_theirs() -> None:
    names = {f"Outlet {n}": 1 for n in range(3000)} | {f"outlet{n}.com": 1 for n in range(3000)}
    found = unify(names)
    assert all(found[f"outlet{n}.com"] == f"Outlet {n}" for n in range(3000))
