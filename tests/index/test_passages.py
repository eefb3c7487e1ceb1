"""Passages: nothing lost, nothing twice, every limit kept, and cut where a reader would cut."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ModelError
from corpus.model import PartialDate, Span
from corpus.sentences import paragraphs, sentences
from index.embedding import Encoder, PassageInput, open_encoder
from index.passages import PassageSpan, cut, header

HEADER = "Ministry dismisses report\nKhmer Times, 2023-03-24"
_QUOTED = re.compile(r"“[^“”]+”|\"[^\"\n]+\"")


@dataclass(frozen=True)
class FourLetters:
    """A tokenizer of pieces of up to four letters, digits or marks, and two special tokens.

    `edge` more tokens are counted for a text that begins in lower case: like tokenizers that see a
    word otherwise at the start of a text than inside one.
    """

    edge: int = 0

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w{1,4}|[^\w\s]", text)]

    def passage_tokens(self, header: str, bodies: Sequence[str]) -> list[int]:
        head = 2 + len(self.token_offsets(header))
        return [head + len(self.token_offsets(b)) + self.edge * b[:1].islower() for b in bodies]


def check(text: str, passages: list[PassageSpan], head: str, encoder: FourLetters | Encoder, most: int) -> None:
    """Check what must hold of any cut: order, coverage, limit, and sentences within their passage."""
    covered = [0] * len(text)
    position = 0
    for passage in passages:
        assert position <= passage.span.start < passage.span.end <= len(text)
        position = passage.span.end
        body = passage.span.of(text)
        assert body == body.strip()
        covered[passage.span.start : passage.span.end] = [1] * len(body)
        inner = [0] * len(text)
        for sentence in passage.sentences:
            assert passage.span.start <= sentence.start < sentence.end <= passage.span.end
            assert not any(inner[sentence.start : sentence.end])
            inner[sentence.start : sentence.end] = [1] * (sentence.end - sentence.start)
        assert all(inner[i] or text[i].isspace() for i in range(*passage.span))
    assert all(covered[i] or text[i].isspace() for i in range(len(text)))
    lengths = encoder.passage_tokens(head, [passage.span.of(text) for passage in passages])
    assert all(length <= most for length in lengths)


words = st.sampled_from(
    [
        "the",
        "Minister",
        "said",
        "U.S.",
        "“Rights",
        "count”,",
        '"unfounded"',
        "2022.",
        "Why?",
        "—",
        "report;",
        "x" * 90,
    ]
)
breaks = st.sampled_from([" ", " ", " ", " ", ". ", ", ", "\n", "\n\n", "\u00a0", "  \n\n\t", ""])
articles = st.lists(st.tuples(words, breaks), max_size=150).map(lambda parts: "".join(w + b for w, b in parts))
characters = st.text(st.characters(codec="utf-8"), max_size=400)


@settings(deadline=None)
@given(st.one_of(articles, characters), st.integers(60, 120), st.integers(0, 3))
def test_nothing_is_lost_nothing_overlaps_and_no_passage_is_too_long(text: str, most: int, edge: int) -> None:
    encoder = FourLetters(edge)
    quotations = [Span(*match.span()) for match in _QUOTED.finditer(text)]
    check(text, cut(text, HEADER, sentences(text), quotations, encoder, most), HEADER, encoder, most)


@settings(deadline=None)
@given(articles, st.integers(60, 120))
def test_a_quotation_that_fits_stays_whole(text: str, most: int) -> None:
    encoder = FourLetters()
    quotations = [Span(*match.span()) for match in _QUOTED.finditer(text)]
    room = most - encoder.passage_tokens(HEADER, [""])[0]
    passages = cut(text, HEADER, sentences(text), quotations, encoder, most)
    for quotation in quotations:
        if len(encoder.token_offsets(quotation.of(text))) <= room:
            assert sum(passage.span.overlaps(quotation) for passage in passages) == 1


@settings(deadline=None)
@given(articles, st.data())
def test_text_between_the_given_sentences_is_kept(text: str, data: st.DataObject) -> None:
    some = [span for span in sentences(text) if data.draw(st.booleans())]
    check(text, cut(text, HEADER, some, [], FourLetters(), 80), HEADER, FourLetters(), 80)


@pytest.fixture(scope="module")
def encoder(compiled_model: Path) -> Encoder:
    return open_encoder(compiled_model)


def test_the_sample_is_cut_at_the_ends_of_its_paragraphs(encoder: Encoder, sample: Path) -> None:
    text = next(sample.glob("*.txt")).read_text("utf-8")
    passages = cut(text, HEADER, sentences(text), [], encoder)
    check(text, passages, HEADER, encoder, 256)
    ends = {span.end for span in paragraphs(text)}
    assert len(passages) > 1
    assert all(passage.span.end in ends for passage in passages)


def test_real_articles_are_cut_whole_and_filled_well(encoder: Encoder, shared_data: Path) -> None:
    with (shared_data / "multihop-rag" / "corpus.jsonl").open(encoding="utf-8") as file:
        articles = [json.loads(line) for line, _ in zip(file, range(60), strict=False)]
    lengths = []
    for article in articles:
        text = article["body"]
        head = header(article["title"], article["source"], article["published_at"][:10])
        quotations = [Span(*match.span()) for match in _QUOTED.finditer(text)]
        passages = cut(text, head, sentences(text), quotations, encoder)
        check(text, passages, head, encoder, 256)
        lengths += encoder.passage_tokens(head, [passage.span.of(text) for passage in passages])
    assert sum(lengths) / len(lengths) > 200


def test_the_embedding_model_reads_every_passage(encoder: Encoder, sample: Path) -> None:
    text = next(sample.glob("*.txt")).read_text("utf-8")
    passages = cut(text, HEADER, sentences(text), [], encoder)
    found = encoder.encode_passages([PassageInput(HEADER, passage.span.of(text)) for passage in passages])
    assert len(found) == len(passages)


def test_a_sentence_that_does_not_fit_is_cut_at_a_clause_mark() -> None:
    clause = "the ministry said that the report was a selective compilation of unverified events"
    text = ", ".join([clause] * 6) + "."
    passages = cut(text, HEADER, [Span(0, len(text))], [], FourLetters(), 80)
    assert len(passages) > 1
    assert all(passage.span.of(text).endswith(("events,", "events.")) for passage in passages)
    assert [len(passage.sentences) for passage in passages] == [1] * len(passages)


def test_a_string_without_white_space_is_cut_between_tokens() -> None:
    text = "abcd" * 200
    passages = cut(text, HEADER, [Span(0, 800)], [], FourLetters(), 80)
    assert len(passages) > 1
    assert all(passage.span.start % 4 == 0 for passage in passages)
    check(text, passages, HEADER, FourLetters(), 80)


def test_a_short_last_passage_shares_with_the_one_before() -> None:
    sentence = "The ministry said so today. "
    encoder = FourLetters()
    room = 80 - encoder.passage_tokens(HEADER, [""])[0]
    each = len(encoder.token_offsets(sentence))
    text = (sentence * (room // each + 1)).strip()
    first, last = cut(text, HEADER, sentences(text), [], encoder, 80)
    assert len(last.sentences) >= 2
    assert len(first.sentences) + len(last.sentences) == room // each + 1


def test_a_quotation_of_several_sentences_is_moved_to_the_next_passage_whole() -> None:
    before = "The spokesman read the statement to reporters in the capital late on Thursday evening. " * 2
    quotation = "“We reject the report. It is unfounded. It is biased. It is political in nature.”"
    text = f"{before}{quotation} He left."
    span = Span(len(before), len(before) + len(quotation))
    passages = cut(text, HEADER, sentences(text), [span], FourLetters(), 84)
    assert [passage.span.start for passage in passages] == [0, span.start]


def test_a_header_that_leaves_no_room_is_told() -> None:
    with pytest.raises(ModelError, match="its header leaves"):
        cut("Some text.", "word " * 60, [Span(0, 10)], [], FourLetters(), 80)


def test_white_space_makes_no_passage() -> None:
    assert cut(" \n\n\t", HEADER, [], [], FourLetters(), 80) == []


def test_the_header_carries_title_outlet_and_date() -> None:
    assert header("Ministry dismisses report", "Khmer Times", PartialDate("2023-03-24")) == HEADER
    assert header("", None, None) == ""
    assert header("A title", None, "2023") == "A title\n2023"
    assert header("", "Reuters", None) == "Reuters"


@pytest.mark.parametrize("word", ["Ministry ", "ministère ", "ក្រសួង ", "外交部"])
def test_a_long_title_is_shortened_to_a_quarter_of_the_passage(word: str, encoder: Encoder) -> None:
    title = header(word * 100, None, None)
    assert 0 < encoder.count_tokens(title) <= 256 / 4 + 2
    assert (word * 100).startswith(title)


def test_a_passage_that_is_longer_alone_than_in_its_article_is_cut_again() -> None:
    text = "the ministry said so to the reporters of the capital " * 12
    encoder = FourLetters(edge=3)
    passages = cut(text, HEADER, sentences(text), [], encoder, 80)
    check(text, passages, HEADER, encoder, 80)
    naive = cut(text, HEADER, sentences(text), [], FourLetters(), 80)
    assert max(encoder.passage_tokens(HEADER, [passage.span.of(text) for passage in naive])) > 80


def test_a_passage_full_enough_ends_with_its_paragraph() -> None:
    sentence = "The ministry said so today."
    encoder = FourLetters()
    room = 80 - encoder.passage_tokens(HEADER, [""])[0]
    each = len(encoder.token_offsets(sentence))
    fitting = room // each
    text = " ".join([sentence] * (fitting - 1)) + "\n\n" + " ".join([sentence] * (fitting + 2))
    first = cut(text, HEADER, sentences(text), [], encoder, 80)[0]
    assert first.span.end == text.index("\n\n")
    barely = sentence + "\n\n" + " ".join([sentence] * (2 * fitting))
    first = cut(barely, HEADER, sentences(barely), [], encoder, 80)[0]
    assert first.span.end > barely.index("\n\n")
