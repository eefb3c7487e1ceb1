"""Copies: signatures, the true similarity and groups, on the sample's articles and texts made of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.copies import FEWEST_WORDS, Shingles, groups, signature, similar, words
from corpus.sentences import paragraphs, sentences

WIRE = "talmerian-news-agency/2041-02-06-rail-accident-coldwater.txt"
EDITED = "verl-coast-courier/_posts/2041-02-06-night-train-coldwater-bend.md"

WEATHER = (
    "{day} will be {sky} in {place}, with a high of {a} degrees and a low of {b}. Winds from the {wind} will reach {c} "
    "kilometres an hour. The chance of rain is {d} per cent. The sun rises at {e} and sets at {f}. The pollen count is "
    "{g} and the air quality index {h}. The forecast is issued every morning by the national weather service and is "
    "updated as conditions change; readers should heed local warnings before they travel."
)


@pytest.fixture(scope="module")
def articles(sample: Path) -> dict[str, str]:
    return {str(file.relative_to(sample)): file.read_text("utf-8") for file in sorted(sample.rglob("*.txt"))}


@pytest.fixture
def wire(articles: dict[str, str]) -> str:
    return articles[WIRE]


def candidates(a: str, b: str) -> bool:
    return not set(signature(a).bands).isdisjoint(signature(b).bands)


def test_words_are_normalised() -> None:
    assert words("“Don’t”, said the ﬁre-brigade\u200b’s STRASSE/straße!") == words(
        "don't said the fire brigade's strasse strasse"
    )
    assert words("in\u00adfor\u00admation") == ["information"]
    assert words("他说你好。") == list("他说你好")
    assert words(" .,—“” ") == []


def test_a_signature_is_a_matter_of_the_normalised_text(wire: str) -> None:
    one = signature(wire)
    assert one == signature(wire.replace(" ", "  \n").replace('"', "“").upper())
    assert one.words == len(words(wire))
    assert len(one.exact) == 64 and len(one.bands) <= 32
    assert all(-(1 << 63) <= band < 1 << 63 for band in one.bands)


def test_a_signature_is_the_same_in_another_process(wire: str) -> None:
    code = "import sys; from corpus.copies import signature; print(signature(sys.stdin.read()))"
    there = subprocess.run(
        [sys.executable, "-c", code],
        input=wire,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    assert there.stdout.strip() == repr(signature(wire))


def test_signatures_are_those_that_catalogues_hold() -> None:
    """Bands that came out differently (a newer datasketch, another normalisation) would not meet the stored ones."""
    stored = signature(WEATHER)
    assert stored.exact.startswith("1e31024cf3ca52d2")
    assert stored.bands[::8] == (7781951903896162749, 3637815405455689301, 4451382636964129798)


def test_a_short_text_is_a_copy_only_of_its_equal() -> None:
    short = "The minister resigned on Friday, his office said in a statement of two lines."
    assert signature(short).words < FEWEST_WORDS and signature(short).bands == ()
    assert similar(short, short.upper())
    assert not similar(short, short + " He was 61.")


def test_texts_without_words_are_no_copies() -> None:
    assert not similar("", "") and not similar("—", "…")
    assert signature("").words == 0


def test_one_wire_story_in_two_outlets_is_a_copy(articles: dict[str, str], sample: Path) -> None:
    post = (sample / EDITED).read_text("utf-8")
    body = post[post.index("---", 3) + 3 :]
    assert candidates(articles[WIRE], body) and similar(articles[WIRE], body)


@pytest.mark.parametrize("share", [0.35, 0.5, 0.8])
@pytest.mark.parametrize("ending", ["", "\n\nOur newsroom will bring more of this story as it comes in today."])
def test_a_story_cut_short_is_a_copy(wire: str, share: float, ending: str) -> None:
    end = next(span.end for span in sentences(wire) if span.end >= share * len(wire))
    assert candidates(wire, wire[:end] + ending) and similar(wire, wire[:end] + ending)
    assert similar(wire[:end] + ending, wire)


def test_another_headline_byline_and_dateline_make_no_other_story(wire: str) -> None:
    body = wire[paragraphs(wire)[2].start :]
    other = f"Horror on the rails: eleven never came home\n\nBy our correspondent in the capital\n\nCAPITAL — {body}"
    assert candidates(wire, other) and similar(wire, other)


def test_changed_words_and_a_dropped_paragraph_make_no_other_story(wire: str) -> None:
    spans = paragraphs(wire)
    edited = wire[: spans[4].start] + wire[spans[5].start :]
    for old, new in (("early on", "before dawn on"), ("passengers, many", "travellers, many"), ("appealed", "asked")):
        assert old in edited
        edited = edited.replace(old, new)
    assert candidates(wire, edited) and similar(wire, edited)


def test_different_articles_are_no_copies(articles: dict[str, str]) -> None:
    texts = [Shingles.of(text) for text in articles.values()]
    assert len(texts) > 15
    assert [1 for n, one in enumerate(texts) for other in texts[:n] if one.similar(other)] == []


def test_a_template_filled_in_anew_is_no_copy() -> None:
    monday = dict(
        day="Monday", sky="sunny", place="Belisk", wind="west", a=21, b=12, c=15, d=10, e="6.12", f="20.44", g=31, h=42
    )
    tuesday = monday | dict(
        day="Tuesday", sky="cloudy", wind="north", a=17, b=9, c=28, d=70, e="6.14", f="20.41", g=18, h=37
    )
    assert similar(WEATHER.format(**monday), WEATHER.format(**monday) + " Updated.")
    assert not similar(WEATHER.format(**monday), WEATHER.format(**tuesday))


def test_the_same_obituary_of_another_person_is_no_copy() -> None:
    """Few words differ, so the shingles alone would say yes; the names say no."""
    life = "A teacher from {} who taught in {} and {}, then {}, and loved {}, {}, {} and {}, died at home on Friday. "
    rest = (
        "The family will receive friends and relatives at the chapel an hour before the service begins, and asks that "
        "instead of flowers those who wish to do so give to the hospice whose nurses cared so well for the deceased "
        "in the last weeks of a long illness; the burial will be private, and a gathering will follow in the hall."
    )
    one = life.format("Amon", "Bera", "Cora", "Dina", "Elma", "Fena", "Gina", "Hela") + rest
    other = life.format("Samo", "Tuva", "Ulma", "Vena", "Wina", "Xela", "Ykla", "Zana") + rest
    shared = len(set(Shingles.of(one).distinct.tolist()) & set(Shingles.of(other).distinct.tolist()))
    assert shared / len(Shingles.of(one).distinct) > 0.7
    assert not similar(one, other)
    assert similar(one, one + " The chapel is in Amon.")


RESULTS = (
    "{company} publishes its results\n\n{company} said on Monday that its net profit {went} to {now} million orins in "
    'the quarter, from {then} million a year earlier.\n\n"We confirm our forecast for the whole year and see no reason '
    'to change it," {head}, the chief executive, said in a statement. The company said that it would pay its usual '
    "dividend to shareholders in the autumn, and that it would publish its next report in three months."
)
VERL = dict(company="Verl Shipping", went="rose", now=12, then=10, head="Anke Stroom")
BELISK = dict(company="Belisk Glass", went="fell", now=7, then=9, head="Otto Klar")


def test_a_template_with_few_names_and_numbers_is_no_copy_either() -> None:
    one, other = RESULTS.format(**VERL), RESULTS.format(**BELISK)
    shared = len(set(Shingles.of(one).distinct.tolist()) & set(Shingles.of(other).distinct.tolist()))
    assert shared / len(Shingles.of(one).distinct) > 0.6
    assert not similar(one, other)
    # what one of them has more, or has put right, makes no other story
    assert similar(one, f"{one}\n\nIts works at Belisk and Sorn had stood still for 14 days in April and 3 in May.")
    assert similar(one, RESULTS.format(**VERL | {"now": 13}))


def test_a_follow_up_that_repeats_the_background_is_no_copy(articles: dict[str, str], wire: str) -> None:
    news = articles["talmerian-news-agency/2041-06-28-belisk-cement-closed.txt"]
    background = wire[: paragraphs(wire)[4].end]
    assert not similar(wire, f"{news}\n\n{background}")


def test_a_brief_inside_a_long_round_up_is_no_copy(articles: dict[str, str], wire: str) -> None:
    assert not similar(wire, "\n\n".join(text for name, text in articles.items() if name != WIRE) + wire)


def test_groups_do_not_chain_and_do_not_depend_on_order() -> None:
    # b resembles both a and c, which do not resemble each other: the longest takes b.
    lengths = {"a": 100, "b": 90, "c": 80, "d": 70}
    assert groups(lengths, [("a", "b"), ("b", "c")]) == {"a": "a", "b": "a", "c": "c", "d": "d"}
    backwards = dict(reversed(lengths.items()))
    assert groups(backwards, [("c", "b"), ("b", "a")]) == {"a": "a", "b": "a", "c": "c", "d": "d"}


def test_of_equally_long_copies_the_first_by_id_heads_the_group() -> None:
    assert groups({2: 50, 1: 50, 3: 50}, [(2, 1), (2, 3), (1, 3)]) == {1: 1, 2: 1, 3: 1}


def test_pairs_that_name_an_unknown_article_are_passed_over() -> None:
    assert groups({"a": 10}, [("a", "gone"), ("gone", "other")]) == {"a": "a"}
    assert groups({}, []) == {}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_has_a_signature_and_similarity_is_symmetric(a: str, b: str) -> None:
    assert signature(a) == signature(a)
    assert similar(a, b) == similar(b, a)
    assert similar(a, a) == bool(words(a))


def test_a_text_of_a_million_characters_is_signed(wire: str) -> None:
    long = (wire * (1_000_000 // len(wire) + 1))[:1_000_000]
    assert len(signature(long).bands) == len(signature(wire).bands)
