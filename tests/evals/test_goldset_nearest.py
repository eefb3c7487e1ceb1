"""The nearest text to a quotation that is not verbatim, and in what the two differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.goldset.nearest import differences, nearest

# corpus/sample/ondreva-ledger/budget-what-hospitals-get.html has curly apostrophes; the lines are from there
TEXT = (
    "The council of doctors had asked for more.\n\n“We have wells there from my grandmother’s time and a budget from "
    "the same period,” said Ansa Molleray, who chairs it.\n\nThe ministry said that 412\u00a0billion orins were enough."
)


@pytest.mark.parametrize(
    ("quote", "found", "told"),
    [
        (
            "wells there from my grandmother's time",
            "wells there from my grandmother’s time",
            "it has 'grandmother's' where the text has 'grandmother’s' (it: U+0027 APOSTROPHE; the text: U+2019 RIGHT "
            "SINGLE QUOTATION MARK)",
        ),
        (
            '"We have wells there from my grandmother’s time',
            "“We have wells there from my grandmother’s time",
            "it has '\"We' where the text has '“We' (it: U+0022 QUOTATION MARK; the text: U+201C LEFT DOUBLE QUOTATION "
            "MARK)",
        ),
        (
            "The ministry said that 412 billion orins were enough.",
            "The ministry said that 412\u00a0billion orins were enough.",
            "it has a space where the text has a no-break space",
        ),
        (
            "We had wells there from my late grandmother’s time",
            "We have wells there from my grandmother’s time",
            "it has 'had' where the text has 'have'",
        ),
    ],
)
def test_the_nearest_text_and_the_first_difference(quote: str, found: str, told: str) -> None:
    span = nearest(quote, TEXT)
    assert span is not None and span.of(TEXT) == found
    assert differences(quote, found)[0] == told


def test_words_added_and_left_out_are_told() -> None:
    quote, text = "We have old wells there from grandmother’s time", "We have wells there from my grandmother’s time"
    assert differences(quote, text) == ["it has 'old', which the text has not", "it leaves out 'my'"]


def test_of_many_differences_three_are_told() -> None:
    told = differences("a x b x c x d x e x f", "a y b y c y d y e y f")
    assert len(told) == 4 and told[-1] == "and 2 more"


@pytest.mark.parametrize("quote", ["trains run late on the coast line today", "…", ""])
def test_nothing_is_like_a_text_on_something_else(quote: str) -> None:
    assert nearest(quote, TEXT) is None
    assert nearest("wells there", "") is None


def test_a_quotation_is_found_in_a_long_text(sample: Path) -> None:
    one = (sample / "000_88a69eeaa2e40b64.txt").read_text("utf-8")
    filler = "\n\n".join(file.read_text("utf-8") for file in sorted(sample.glob("talmerian-news-agency/*.txt")))
    text = filler * (100_000 // len(filler) + 1) + one + filler
    span = nearest("The Goverment continues to welcome lawful rallies and appreciates most criticisms", text)
    assert span is not None
    assert span.of(text) == "The government continues to welcome lawful rallies and appreciates sincere criticisms"
