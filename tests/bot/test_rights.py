"""What may be shown of an outlet's articles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rights import (
    PASSAGE,
    Budget,
    allowance,
    from_text,
    notice,
    pointer,
    pointers,
    quotable,
    rights_of,
    showable,
    title_of,
)
from corpus.catalogue import ArticleRecord
from corpus.errors import UsageError
from corpus.loaders.fields import shortened
from corpus.model import PartialDate, Span
from corpus.outlets import Outlets, Rights

OUTLETS = Outlets.parse(
    """
    [[outlet]]
    name = "The Ondreva Ledger"
    aliases = ["Ledger", "ledger.example"]
    rights = "link"
    [[outlet]]
    name = "Northern Wire"
    rights = "passage"
    """
)
TEXT = "word " * 1000
RIGHTS = st.sampled_from(["full", "passage", "link"])


def article(**known: Any) -> ArticleRecord:
    """An article of which only what matters here is told; the other fields of a record are empty."""
    fields: dict[str, Any] = dict.fromkeys(ArticleRecord.__dataclass_fields__)
    told = {"id": "0011", "path": "2041/a.html", "record": "", "title": "On rail", "version": 1, "current": 1}
    return ArticleRecord(**{**fields, **told, **known})


def test_words_of_a_link_article_are_never_quoted() -> None:
    assert quotable("full", 10**6, 10**6)
    assert quotable("passage", PASSAGE, 3 * PASSAGE)
    assert not quotable("passage", PASSAGE + 1, 3 * PASSAGE)
    assert not quotable("link", 0, 500)
    assert not quotable("link", 1, 500)


def test_never_more_than_half_of_a_passage_article_is_shown_at_once() -> None:
    assert quotable("passage", 281, 563) and not quotable("passage", 282, 563)
    assert quotable("passage", 0, 563), "whether any words may be shown"
    assert not quotable("passage", 40, 40)


@given(
    RIGHTS,
    st.integers(1, 9000),
    st.lists(st.tuples(st.booleans(), st.integers(0, 3000), st.integers(0, 3000)), max_size=9),
)
def test_whatever_one_output_shows_stays_within_what_is_allowed(
    rights: Rights, whole: int, asked: list[tuple[bool, int, int]]
) -> None:
    one, shown = article(), 0
    budget = Budget(lambda _: rights, lambda ids: dict.fromkeys(ids, "x" * whole))
    for quotation, start, length in asked:
        if quotation:
            taken = length if budget.take(one, length) else 0
        else:
            part = budget.excerpt(one, Span(start, start + length))
            assert part.start == start and part.end <= start + length
            taken = part.end - part.start
        assert rights != "full" or taken == length
        shown += taken
    assert rights == "full" or shown <= allowance(rights, whole) <= min(PASSAGE, whole // 2)


def test_the_whole_text_is_printed_only_where_all_may_be_shown() -> None:
    assert showable("full", TEXT, None, "X") == Span(0, len(TEXT))
    assert showable("full", TEXT, Span(3, 4), "X") == Span(0, len(TEXT))
    assert showable("passage", TEXT, None, "X") is None
    assert showable("passage", TEXT, Span(3, 40), "X") == Span(3, 40)
    assert showable("link", TEXT, Span(3, 40), "X") is None
    assert showable("link", TEXT, None, None) is None


def test_more_than_a_passage_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError) as caught:
        showable("passage", TEXT, Span(0, 2500), "Northern Wire")
    assert str(caught.value) == (
        "cannot show 2,500 of 5,000 characters: the publisher of Northern Wire allows passages of at most 2,000 "
        "characters, and of at most half the article; ask for a shorter --span"
    )


def test_the_notice_names_the_outlet_where_it_is_known() -> None:
    assert notice("link", "Northern\nWire\x1b") == "the publisher of Northern Wire␛ allows a link only"
    assert notice("link", None) == "its publisher allows a link only"
    assert notice("full", "X") == ""


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (
            {"published": PartialDate("2041-05-03T10:00"), "url": "https://ledger.example/a"},
            "An article of The Ondreva Ledger of 3 May 2041, On rail, https://ledger.example/a, may answer this; "
            "its publisher allows a link only.",
        ),
        (
            {"published": PartialDate("2041-05"), "url": "javascript:alert(1)", "title": ""},
            "An article of The Ondreva Ledger of May 2041, 2041/a.html, may answer this; "
            "its publisher allows a link only.",
        ),
        (
            {"url": "https://ledger.example/a\x1b[2J", "title": "On\nrail"},
            "An article of The Ondreva Ledger, undated, On rail, https://ledger.example/a␛[2J, may answer this; "
            "its publisher allows a link only.",
        ),
    ],
)
def test_an_answer_points_to_what_it_may_not_quote(known: dict[str, Any], expected: str) -> None:
    assert pointer(article(**known), "The Ondreva Ledger", TEXT) == expected


def test_an_article_without_an_outlet_is_pointed_to_too() -> None:
    assert pointer(article(), None, TEXT) == (
        "An article, undated, On rail, 2041/a.html, may answer this; its publisher allows a link only."
    )


def test_only_articles_that_allow_a_link_alone_are_pointed_to_each_once_and_few() -> None:
    linked = [article(id=str(n), outlet="ledger", title=f"T{n}") for n in range(5)]
    others = [article(id="x", outlet="Northern Wire"), article(id="y", outlet="Ishel Valley Post"), article(id="z")]
    texts = dict.fromkeys((a.id for a in (*linked, *others)), TEXT)
    found = pointers([linked[0], *others, linked[0], *linked], OUTLETS, texts)
    assert [sentence.split(", ")[2] for sentence in found] == ["T0", "T1", "T2"]
    assert all(sentence.startswith("An article of The Ondreva Ledger, undated") for sentence in found)


def test_the_site_counts_as_well_as_the_name() -> None:
    assert rights_of(article(outlet="Ishel Valley Post", url="https://www.ledger.example/a"), OUTLETS) == "link"
    assert rights_of(article(outlet="Ishel Valley Post"), OUTLETS) == "full"


BODY = (
    "The harbour master said on Monday that no boat would leave before the storm had passed, whatever its owner might "
    "say. Nobody did.\n\nHe was right."
)


@pytest.mark.parametrize(
    ("title", "body", "taken"),
    [
        (shortened(BODY), BODY, True),
        ("The harbour master said on Monday…", BODY, True),
        ("He was right.", "He was right.", True),
        ("Storm keeps boats in", BODY, False),
        ("The harbour master…", "Another text. " + BODY, False),
        ("Storm keeps boats in", f"Storm keeps boats in\n\n{BODY}", False),
    ],
)
def test_a_title_that_is_the_text_s_first_words_is_known(title: str, body: str, taken: bool) -> None:
    assert from_text(title, body) is taken
    assert title_of(title, "full", lambda: body) == title
    for rights in ("passage", "link"):
        assert title_of(title, rights, lambda: body) == ("" if taken else title)


def test_a_pointer_has_no_words_of_the_text() -> None:
    told = pointer(article(title=shortened(BODY)), "The Ondreva Ledger", BODY)
    assert told == (
        "An article of The Ondreva Ledger, undated, 2041/a.html, may answer this; its publisher allows a link only."
    )
