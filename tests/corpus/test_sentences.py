from __future__ import annotations

import json
import textwrap
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import paragraphs, sentences


def texts(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        [
            "He lives in the U.S.",
            "The man, J. K. Rowling, met Mr. Smith at 5 p.m. Tuesday.",
            "It cost $3.5 million.",
        ],
        [
            "“Wow.”",
            "She left.",
            "“Why?” John Smith said.",
            "‘Yes.’",
            "No. 5 won.",
            "He said no.",
            "Mary left.",
        ],
        [
            "“Is it?” he asked.",
            '"It is."',
            '"It is not," said Sen. John McCain, R-Ariz., in Washington, D.C.',
        ],
        ["It is political in nature”.", "“The US does it,” he said.", "Gen. Lee Jr. of Acme Inc. agreed."],
        [
            "Only 35 per cent of them vs. 40 per cent did so on Jan. 5 and Feb. 6.",
            "(So it says.)",
            "It is Ph.D. work.",
        ],
        ["He paused...", "Then he went on.", "Prof. Ng et al. disagree!"],
    ],
)
def test_abbreviations_initials_decimals_and_quotes(expected: list[str]) -> None:
    assert texts(" ".join(expected)) == expected


def test_quotation_marks_without_a_space_after_them_end_sentences() -> None:
    assert texts("He said: “No.”The end.") == ["He said: “No.”", "The end."]


def test_other_scripts_have_their_own_stops() -> None:
    assert texts("他说不。她说是！") == ["他说不。", "她说是！"]


def test_blank_lines_part_paragraphs_whatever_the_line_ends() -> None:
    text = "One.\r\n\r\nTwo\r\n \t\r\nThree \n\n\n Four\n"
    assert [p.of(text) for p in paragraphs(text)] == ["One.", "Two", "Three", "Four"]


def test_lines_that_are_whole_paragraphs_are_paragraphs() -> None:
    text = "A headline without a stop\nThe first paragraph is this one. It has two sentences.\nThe second."
    assert len(paragraphs(text)) == 3
    assert len(sentences(text)) == 4


def test_lines_wrapped_at_a_width_are_not() -> None:
    first = "A wrapped text goes on and on to the end of its line, the width of the paragraph. It ends here."
    second = "A new paragraph, wrapped at the same width again, follows it at once; no blank line is between."
    text = "\n".join([textwrap.fill(first, 40), textwrap.fill(second, 40), "- an item", "- another"])
    assert [p.of(text)[:15] for p in paragraphs(text)] == [
        "A wrapped text ",
        "A new paragraph",
        "- an item",
        "- another",
    ]


def test_the_seed_article(sample: Path) -> None:
    text = (sample / "000_88a69eeaa2e40b64.txt").read_text(encoding="utf-8")
    assert len(paragraphs(text)) == 13
    assert len(sentences(text)) == 15
    assert texts(text)[1].endswith("political in nature”.")


@given(st.text(alphabet="ab AB.!?\"”“'’\n\r,5", max_size=80))
def test_spans_are_ordered_trimmed_and_lose_nothing(text: str) -> None:
    for spans in (paragraphs(text), sentences(text)):
        assert all(span.of(text) and span.of(text).strip() == span.of(text) for span in spans)
        assert all(before.end <= after.start for before, after in pairwise(spans))
        covered = "".join(span.of(text) for span in spans)
        assert "".join(covered.split()) == "".join(text.split())
    assert all(any(p.start <= s.start and s.end <= p.end for p in paragraphs(text)) for s in sentences(text))


def test_real_articles_split_into_sentences_of_ordinary_length(shared_data: Path) -> None:
    lines = (shared_data / "multihop-rag" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()[:60]
    bodies = [json.loads(line)["body"] for line in lines]
    lengths = sorted(span.end - span.start for body in bodies for span in sentences(body))
    assert 80 < lengths[len(lengths) // 2] < 160
    assert sum(length > 800 for length in lengths) < 0.002 * len(lengths)
