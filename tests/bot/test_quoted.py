"""The text of a quoted answer: groups, headings, marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ask import Whosaid
from bot.model import Citation
from bot.quoted import OTHERS, markdown
from bot.verify import verify_markdown
from corpus.model import Speaker

SEED = (Path(__file__).parents[2] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt").read_text("utf-8")
SPOKESMAN = Speaker("An Sokkhoeurn", "spokesman", "Ministry of Foreign Affairs and International Cooperation")
LAWFUL = "The government continues to welcome lawful rallies and appreciates sincere criticisms from various camps"
BIASED = 'Ministry spokesman An Sokkhoeurn dismissed the report as "unfounded, biased, prejudiced'
GROUP = "It cited a report published by a local human rights group claiming that in 2021, only 35 per cent of NGOs"


def cite(n: int, quote: str, **known: object) -> Citation:
    start = SEED.index(quote)
    fields: dict[str, object] = {
        "n": n, "article_id": "88a69eea", "version": 1, "title": "Ministry dismisses report",
        "outlet": "Phnom Penh Post", "authors": (), "published": "2023-03-27", "date_source": None,
        "retrieved_at": None, "url": None, "link": None,
        "path": None, "quote": quote, "start": start, "end": start + len(quote), "kind": "direct", "speaker": SPOKESMAN,
    }  # fmt: skip
    return Citation(**{**fields, **known})  # type: ignore[arg-type]


def test_direct_speech_stands_in_quotation_marks_under_its_speaker() -> None:
    text = markdown([cite(1, LAWFUL)])
    heading, quotation = text.split("\n\n")
    assert quotation == f"> “{LAWFUL}” [1]"
    assert heading.startswith("**An Sokkhoeurn** (spokesman, Ministry of Foreign Affairs")
    assert "direct speech" in heading and "*Ministry dismisses report*, Phnom Penh Post, 27 March 2023:" in heading
    verify_markdown(text, [cite(1, LAWFUL)])


def test_reported_speech_is_shown_as_the_articles_words() -> None:
    text = markdown([cite(1, BIASED, kind="mixed")])
    assert text.split("\n\n")[1].startswith("> Ministry spokesman") and "in part verbatim" in text
    verify_markdown(text, [cite(1, BIASED, kind="mixed")])


def test_one_speaker_in_one_article_has_one_heading() -> None:
    both = [cite(1, LAWFUL), cite(2, BIASED, kind="mixed")]
    text = markdown(both)
    assert text.count("**An Sokkhoeurn**") == 1 and "direct and reported speech" in text
    assert re.findall(r"\[(\d)\]$", text, re.MULTILINE) == ["1", "2"]
    elsewhere = [cite(1, LAWFUL), cite(2, BIASED, kind="mixed", article_id="another")]
    assert markdown(elsewhere).count("**An Sokkhoeurn**") == 2


def test_what_others_said_is_clearly_apart_and_says_through_whom() -> None:
    group, report = Speaker(None, "a local human rights group"), Speaker("US State Department's country report")
    other = cite(2, GROUP, kind="indirect", speaker=group, via=(report,))
    text = markdown([cite(1, LAWFUL)], [other])
    before, after = text.split(f"\n\n{OTHERS}\n\n")
    assert "[1]" in before and "human rights group" not in before
    assert after.startswith("**a local human rights group**, via US State Department's country report")
    assert "[2]" in after


@pytest.mark.parametrize("speaker", [None, Speaker()])
def test_a_speaker_who_is_not_established_is_never_guessed(speaker: Speaker | None) -> None:
    assert markdown([cite(1, LAWFUL, speaker=speaker)]).startswith("**Speaker not determined**")


def test_the_articles_own_words_are_the_articles() -> None:
    text = markdown([cite(1, GROUP, kind=None, speaker=None)])
    assert text.startswith("**The article**, *Ministry dismisses report*") and "“" not in text


def test_when_it_was_said_is_told_where_known() -> None:
    assert "said 23 March 2023" in markdown([cite(1, LAWFUL, said="2023-03-23")])


def test_nothing_in_a_record_becomes_markup() -> None:
    speaker = Speaker("**An** [x](http://evil)", "<b>spokesman</b>", None)
    text = markdown([cite(1, LAWFUL, title="# *Title* [9]\n> quoted", speaker=speaker)])
    assert not re.search(r"(?<!\\)\]\(", text) and "\n# " not in text and "\n> quoted" not in text
    verify_markdown(text, [cite(1, LAWFUL, title="# *Title* [9]\n> quoted", speaker=speaker)])


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as opened:
        yield opened


@pytest.mark.parametrize(
    "question", ["what did Hale Teverin say about assembly?", "what did Brack Hollomen say about the gate?"]
)
def test_citations_carry_what_the_contract_asks(engine: Whosaid, question: str) -> None:
    answer = engine.ask(question)
    assert answer.answered
    for citation in answer.citations:
        article = engine.catalogue.version(citation.article_id, citation.version)
        assert article is not None and citation.title == article.title and citation.outlet == article.outlet
        assert citation.path == article.where and citation.retrieved_at
        assert citation.link is None if citation.url is None else str(citation.link).startswith(citation.url)
        assert (f"“{' '.join(citation.quote.split())}” [{citation.n}]" in answer.answer) is (citation.kind == "direct")
    headings = re.findall(r"^\*\*.*:$", answer.answer, re.MULTILINE)
    assert len(headings) == len(set(headings)), "one speaker in one article stands together"
