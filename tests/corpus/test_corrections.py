"""Correction notices: what is one, what is not, where it begins and ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.corrections import LONGEST, MOST, find_corrections

NEWS = "The ministry said on Friday that lawful rallies would be protected.\n\nIts spokesman declined to say when."

NOTICES = [
    "Correction: An earlier version of this article misstated the number of cases. It is 214.",
    "CORRECTION (May 3): The minister's name is Hale Teverin.",
    "Correction, April 28, 2025: The judge faces two charges, not three.",
    "Corrections & Clarifications: The date of the concert was incorrect.",
    "Clarification (May 3): The union's figure includes part-time teachers.",
    "**Correction:** The dam is at Sorn.",
    "– Correction: A previous version of this story misspelled Sorn.",
    "Editor’s note: this story has been updated to correct the spelling of a name.",
    "EDITOR'S NOTE: Earlier versions of this story had an error. One person has died.",
    "Editor's Note: Photo captions were exchanged in haste. The article has since been corrected.",
    "This article was amended on 5 March 2024 to remove a reference to the council.",
    "This article was amended on 5 March 2024. An earlier version said the dam had two gates; it has three.",
    "This story has been corrected. The vote was on Tuesday.",
    "(This story was updated because an earlier version included an inaccuracy.)",
    "An earlier version of this story incorrectly said that the bridge was closed.",
    "An earlier version of this report said the firm paid $16 billion. It did not disclose the price.",
    "Because of an editing error, a previous version of this column gave a wrong date.",
    "The year was misstated in an earlier version of this story. It was 1969.",
    "This story originally misidentified the river.",
    "(This May 3 story corrects the name in paragraph 2.)",
    "(Corrects spelling of the minister's name in paragraph 4)",
    "We have corrected this article to say that the strike began on Monday.",
]

NO_NOTICES = [
    "Stocks are in a correction: a fall of a tenth from the latest high.",
    "Correction territory is generally understood to mean a fall of at least a tenth.",
    "The Department of Corrections said the warden had been replaced.",
    "Corrections officer Vicky White, 56, said: nothing at all.",
    '"This story has been corrected," the editor said, "and we stand by it."',
    "“An earlier version of this report misstated the figure,” Avermoor told the inquiry.",
    "Updated with comment from the ministry.",
    "This story has been updated with comment from the ministry.",
    "Editor's note: This story has been updated to add new information and comments from officials.",
    "Editor's Note: A previous version of this story appeared on March 26, 2012.",
    "A previous version of this story was first published in June.",
    "An earlier version of the bill was amended in committee after errors were found.",
    "The newspaper corrected its report on Monday and apologised for the error.",
    "The minister misstated the figure; the correct one is 214.",
    "“Correction,” said the spokesman, “it was Tuesday.”",
    "Editor's note: Mark Wolfe is an economist. The opinions expressed here are his own.",
    "This page was updated at noon with the latest figures.",
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("place", ["first", "last", "middle"])
def test_a_notice_is_found_as_it_stands(notice: str, place: str) -> None:
    first, last = NEWS.split("\n\n")
    text = {
        "first": f"{notice}\n\n{NEWS}",
        "last": f"{NEWS}\n\n{notice}\n",
        "middle": f"{first}\n\n{notice}\n\n{last}",
    }[place]
    assert [span.of(text) for span in find_corrections(text)] == [notice]


@pytest.mark.parametrize("text", NO_NOTICES)
def test_what_is_not_the_publishers_own_correction_is_not_found(text: str) -> None:
    assert find_corrections(f"{NEWS}\n\n{text}\n\n{NEWS}") == ()
    assert find_corrections(text) == ()


def test_a_notice_within_a_paragraph_begins_at_its_sentence() -> None:
    notice = "Correction: An earlier version of this story misspelled Sorn. It has no second n."
    text = f"The dam is safe, Solbrecht said. {notice}\n\nMore rain is expected."
    assert [span.of(text) for span in find_corrections(text)] == [notice]


def test_a_label_on_a_line_of_its_own_takes_the_next_paragraph() -> None:
    text = f"{NEWS}\n\nCorrection:\n\nThe dam has three gates.\n\nMore rain is expected."
    assert [span.of(text) for span in find_corrections(text)] == ["Correction:\n\nThe dam has three gates."]
    assert find_corrections(f"{NEWS}\n\nCorrection:") == ()


def test_a_notice_may_be_wrapped() -> None:
    notice = "Correction: An earlier version of this\nstory misstated the number of cases, which\nis now 214."
    text = (
        "The river fever has reached the second\nprovince, the ministry said on Friday, and\nmore will follow.\n\n"
        + notice
    )
    assert [span.of(text) for span in find_corrections(text)] == [notice]


def test_a_long_notice_is_cut_at_a_sentence() -> None:
    text = "Correction: The figure was wrong. " + "It is explained at length in this sentence here. " * 60
    (span,) = find_corrections(text)
    assert span.start == 0 and LONGEST - 60 < span.end <= LONGEST
    assert span.of(text).endswith("here.")


def test_a_column_of_corrections_of_other_articles_has_none_of_its_own() -> None:
    notices = [f"Correction: A story on page {n} misstated a date." for n in range(MOST + 1)]
    assert len(find_corrections("\n\n".join(notices[:MOST]))) == MOST
    assert find_corrections("\n\n".join(notices)) == ()


def test_the_samples_notice_is_found(sample: Path) -> None:
    page = (sample / "ondreva-ledger" / "river-fever-second-province.html").read_text("utf-8")
    (paragraph,) = re.findall(r'<p class="correction">(.*?)</p>', page)
    notice = re.sub(r"<[^>]+>", "", paragraph)
    text = f"{NEWS}\n\n{notice}\n\nAbout us\n\nCorrections\n\nPrivacy"
    assert [span.of(text) for span in find_corrections(text)] == [notice]


def test_the_notices_of_real_articles(shared_data: Path) -> None:
    """All five that MultiHop-RAG's 609 articles hold, and nothing else."""
    found = []
    with (shared_data / "multihop-rag" / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            body = json.loads(line)["body"]
            found += [(json.loads(line)["source"], span.of(body)[:24]) for span in find_corrections(body)]
    assert found == [
        ("Fortune", "This article has been up"),
        ("Cnbc | World Business News Leader", "Correction: Nike's gross"),
        ("Advanced Science News", "Correction: This article"),
        ("TechCrunch", "Correction, 12/5/23, 2:5"),
        ("Polygon", "Correction: A previous v"),
    ]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from([*NOTICES, *NO_NOTICES, "\n", "\n\n", " ", "“", '"', "Correction", ":", "é\u200b"]), max_size=12
    )
)
def test_spans_are_in_order_bounded_and_apart(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for span in find_corrections(text):
        assert end <= span.start < span.end <= len(text)
        assert span.end - span.start <= 2 * LONGEST and span.of(text).strip() == span.of(text)
        end = span.end


HOSTILE = [
    "this story was updated ",
    "Correction: ",
    "Correction (\n\n",
    "Editor's note: the story has been updated ",
    '“This story was corrected," ',
    "An earlier version of this story ",
    "correct \n",
    "correct. A",
    "Correction, 1",
]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_searched_in_bounded_time(piece: str) -> None:
    """Takes a second or two at most; anything quadratic would take minutes."""
    text = (piece * (250_000 // len(piece) + 1))[:250_000]
    assert all(0 <= span.start < span.end <= len(text) for span in find_corrections(text))
