"""The gate, on the sample article: what holds passes, and no altered word gets through."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.cite import escape_markdown
from bot.model import Answer, Citation, Refusal
from bot.verify import verify, verify_answer, verify_markdown
from corpus.errors import VerificationError
from corpus.model import Speaker

SAMPLE = Path(__file__).parents[2] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt"
TEXT = SAMPLE.read_text(encoding="utf-8")
DISMISSED = "unfounded, biased, prejudiced and political in nature"
BROKEN = TEXT[TEXT.index("The narrative") : TEXT.index(",” he said.\n\nThe US State")]  # over two paragraphs
REPORTED = "the government “greatly restricts” free expression, including by independent news media"


def cite(n: int, quote: str, title: str = "Ministry: report “unfounded”", start: int | None = None) -> Citation:
    start = TEXT.index(quote) if start is None else start
    return Citation(
        n=n,
        article_id="a1",
        version=1,
        title=title,
        outlet="The Outlet",
        authors=(),
        published=None,
        date_source=None,
        retrieved_at=None,
        url=None,
        link=None,
        path="a.txt",
        quote=quote,
        start=start,
        end=start + len(quote),
        kind="direct",
        speaker=Speaker("An Sokkhoeurn", "Ministry spokesman"),
    )


CITATIONS = (cite(1, DISMISSED), cite(2, BROKEN), cite(3, REPORTED))
HEADER = "**An Sokkhoeurn** (Ministry spokesman) — direct speech, in *Ministry: report “unfounded”*, undated:\n"


def text_of(article_id: str, version: int) -> str:
    assert (article_id, version) == ("a1", 1)
    return TEXT


def answer(markdown: str, citations: tuple[Citation, ...] = CITATIONS, refusal: Refusal | None = None) -> Answer:
    return Answer(
        id="x",
        question="?",
        query={},
        answered=refusal is None,
        answer=markdown,
        mode="quoted",
        confidence=1.0,
        corpus={},
        refusal=refusal,
        citations=citations,
    )


@pytest.mark.parametrize(
    "markdown",
    [
        f"{HEADER}\n> “{DISMISSED}” [1]\n",
        f"{HEADER}\n> “{DISMISSED}” [1]\n> {REPORTED} [3]",  # two items in one block
        "> “" + BROKEN.replace("\n", "\n> ") + "” [2]",
        f"> {escape_markdown(REPORTED)} [3]\n\nOthers on this:\n\n> “{DISMISSED}” [1]",
        'He called it "unfounded, biased," and "political in nature." [1]',  # the answer's own stops
        "He called it ‘unfounded’ [1], “prejudiced and\npolitical” [1, 2]; the ministry’s man didn’t go on.",
        "It said the state “greatly restricts” speech [3]",
        "It said “the government “greatly restricts” free expression” [3]",  # marks within marks
        "Il parle d'un rapport « unfounded, biased » [1]",
        "No quotation at all, and no mark.",
    ],
)
def test_what_the_article_says_passes(markdown: str) -> None:
    verify_answer(answer(markdown), text_of)


@pytest.mark.parametrize(
    "markdown",
    [
        "He called it “founded” [1]",  # part of a word
        "He called it “unfounded and biased” [1]",
        'He called it "unfounded and biased" [1]',
        "He called it «unfounded and biased» [1]",
        "He called it ‘unfounded and biased’ [1]",
        "He called it “unfounded, biased” and worse” [1]",
        'He called it "unfounded" and worse" [1]',
        "He called it “unfounded and worse [1]",
        'It said "the government “greatly restricts” all free expression" [3]',
        'It said "the government "greatly restricts" all free expression". [3]',
        "It said “the government “greatly restricts” all “expression, including” [3]",
        'It said "the government "greatly hinders" free expression" [3]',  # altered between nested marks
        "The ‘ministry’s view’ [1]",
        "He dismissed it [4]",
        "He dismissed it [1, 4]",
        "He dismissed it [0]",
        f"> “{DISMISSED}” [2]",  # the mark of other words
        f"> “{DISMISSED}”",
        "> He dismissed it altogether [1]",
        f"> “{DISMISSED}” [1]\nand more that nobody said",  # Markdown draws this line into the block
        "> “" + DISMISSED.replace("biased", "partial") + "” [1]",
    ],
)
def test_what_it_does_not_say_is_refused(markdown: str) -> None:
    with pytest.raises(VerificationError):
        verify_answer(answer(markdown), text_of)


@given(place=st.integers(0, len(TEXT) - 200), length=st.integers(30, 200), data=st.data())
def test_no_altered_word_passes(place: int, length: int, data: st.DataObject) -> None:
    quote = TEXT[place : place + length]
    words = list(re.finditer(r"\w+", quote))[1:-1]
    assume(words)
    word = data.draw(st.sampled_from(words))
    altered = quote[: word.start()] + data.draw(st.sampled_from(["not", "never", "12", "she"])) + quote[word.end() :]
    assume(altered.split() != quote.split())
    verify([cite(1, quote, start=place)], text_of)
    with pytest.raises(VerificationError):
        verify([dataclasses.replace(cite(1, quote, start=place), quote=altered)], text_of)
    for shown, holds in ((quote, True), (altered, False)):
        block = "> " + escape_markdown(" ".join(shown.split())) + " [1]"
        if holds:
            verify_markdown(block, [cite(1, quote, start=place)])
        else:
            with pytest.raises(VerificationError):
                verify_markdown(block, [cite(1, quote, start=place)])


@pytest.mark.parametrize("shift", [-1, 1, len(TEXT)])
def test_offsets_must_be_exact(shift: int) -> None:
    moved = dataclasses.replace(CITATIONS[0], start=CITATIONS[0].start + shift, end=CITATIONS[0].end + shift)
    with pytest.raises(VerificationError, match="citation 1 is not what version 1 of article a1 says"):
        verify([moved], text_of)


def test_offsets_beyond_the_text_are_refused_even_where_slicing_forgives() -> None:
    last = TEXT[-9:]
    for start, end in ((len(TEXT) - 9, len(TEXT) + 5), (-9, len(TEXT))):
        with pytest.raises(VerificationError):
            verify([dataclasses.replace(cite(1, last), start=start, end=end)], text_of)


@pytest.mark.parametrize("numbers", [(1, 1), (2, 1), (0, 1), (1, 3)])
def test_numbers_run_from_one(numbers: tuple[int, int]) -> None:
    citations = [dataclasses.replace(c, n=n) for c, n in zip(CITATIONS, numbers, strict=False)]
    with pytest.raises(VerificationError, match="numbered"):
        verify(citations, text_of)


def test_an_answer_without_citation_and_a_refusal_with_a_wrong_passage_are_refused() -> None:
    with pytest.raises(VerificationError, match="cites nothing"):
        verify_answer(answer("Yes.", ()), text_of)
    refusal = Refusal(reason="no_evidence", message="No.", closest=(CITATIONS[2],))
    verify_answer(answer("", (), refusal), text_of)
    wrong = dataclasses.replace(CITATIONS[2], quote=REPORTED.upper())
    with pytest.raises(VerificationError):
        verify_answer(answer("", (), dataclasses.replace(refusal, closest=(wrong,))), text_of)


@given(st.text())
def test_arbitrary_markdown_passes_or_is_refused(markdown: str) -> None:
    try:
        verify_markdown(markdown, CITATIONS)
    except VerificationError as error:
        assert str(error)
