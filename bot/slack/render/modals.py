"""The modals: passages in their surroundings, footnotes to copy, what is wrong with an answer, a checked claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.cite import footnote, show_speaker
from bot.model import Answer, Citation
from bot.slack.actions import CONTEXT, COPY, FEEDBACK, PAGE, REASON, RIGHT, WHY, Value, pack
from bot.slack.render.answer import Told, render_answer
from bot.slack.render.blocks import (
    DIVIDER,
    Block,
    Piece,
    actions,
    button,
    fine,
    line,
    plain,
    rich,
    section,
    unfolded,
    verbatim,
    words,
)
from bot.slack.render.sources import article_lines, notices, source_line
from bot.slack.render.words import QUESTION, QUOTE, pieces, short, shown

View = dict[str, Any]

PER_PAGE = 4  # passages on one page of the context modal
_BLOCKS = 100
_AROUND = 1_200  # characters shown before and after a quotation
_PIECE = 2_400  # characters of one style in one go
_FOOTNOTE = 2_900  # characters in one frame
_ANSWER = 3_000  # characters that somebody may type
_NOBODY = {True: "The article", False: "Speaker not determined"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A quotation with what stands around it.

    `before` and `after` are the article's words that touch the quotation, white space between included, as far as
    they may be shown. `number` is its [n], None for a passage that only came close.
    """

    citation: Citation
    before: str
    after: str
    number: int | None = None


def _modal(title: str, blocks: Sequence[Block], **more: Any) -> View:
    return {"type": "modal", "title": plain(title), "close": plain("Close"), "blocks": [*blocks], **more}


def loading_view() -> View:
    """Return what is shown while something is looked up."""
    return _modal("One moment", [section("Looking it up …")])


def message_view(title: str, sentence: str) -> View:
    """Return a modal that says one sentence; `title` has at most 24 characters."""
    return _modal(title, [section(shown(sentence, 2_000))])


def pages_of(passages: int) -> int:
    """Return how many pages that many passages take, at least one."""
    return max(1, -(-passages // PER_PAGE))


def context_view(
    job: int,
    passages: Sequence[Passage],
    page: int,
    stored: Callable[[Citation], str | None],
    notice: str = "",
    via: int | None = None,
) -> View:
    """Return one page of an answer's passages in their surroundings.

    Args:
        job: whose answer it is.
        passages: all of them, in the answer's order; the caller has cut what publishers do not allow to be shown.
        page: from 0; beyond the last is the last.
        stored: the address of a citation's stored copy.
        notice: a sentence of small print at the end.
        via: the job of the click that opened the window.
    """
    last = pages_of(len(passages)) - 1
    page = min(max(page, 0), last)
    shown_here = passages[page * PER_PAGE : (page + 1) * PER_PAGE]
    blocks: list[Block] = []
    for _, some in groupby(shown_here, key=lambda one: (one.citation.article_id, one.citation.version)):
        blocks += [*([DIVIDER] if blocks else []), *_article([*some], stored)]
    if not passages:
        blocks = [section("There is no passage to show.")]
    if last:
        turn = [
            button("Previous", PAGE, Value(job=job, page=page - 1, via=via), 0) if page else None,
            button("Next", PAGE, Value(job=job, page=page + 1, via=via), 1) if page < last else None,
        ]
        blocks += [fine(f"Page {page + 1} of {last + 1}"), *actions(turn)]
    blocks += [fine(shown(notice, 500))] if notice else []
    return _modal("Context", blocks)


def _article(passages: Sequence[Passage], stored: Callable[[Citation], str | None]) -> list[Block]:
    """Return passages of one article, and below them what is known of it."""
    some = [short(passage.citation) for passage in passages]
    pages = [stored(passage.citation) for passage in passages]
    blocks = [_passage(passage) for passage in passages]
    if passages[0].number is None:
        where, _ = source_line(some[0], pages[0])
        return [*blocks, rich(where, *(line(words(notice, "italic")) for notice in notices(some[0])))]
    lines, _ = article_lines(some, pages)
    return [*blocks, rich(*lines)]


def _passage(passage: Passage) -> Block:
    """Return a quotation, marked, between the words before and after it, as the article has them."""
    citation = short(passage.citation)
    speaker = show_speaker(citation.speaker) if citation.speaker else ""
    mark = f"[{passage.number}] " if passage.number is not None else ""
    head = line(words(f"{mark}{speaker or _NOBODY[citation.kind is None]}", "bold"))
    quote = _around(citation.quote, QUOTE)
    parts = [_before(passage.before), *pieces(quote, _PIECE), _around(passage.after, _AROUND)]
    found: list[Piece] = [words(part, *(["bold"] if 0 < at < len(parts) - 1 else [])) for at, part in enumerate(parts)]
    return rich(head, line(*(piece for piece in _spaced(found) if piece["text"])))


def _spaced(found: Sequence[Piece]) -> list[Piece]:
    """Put a space after the pieces that a long quotation was cut into."""
    inner = range(1, len(found) - 2)
    return [words(f"{one['text']} ", "bold") if at in inner else one for at, one in enumerate(found)]


def _around(text: str, most: int) -> str:
    """Return text shortened, with a space before and after it where it has white space there."""
    lead, trail = (" " if edge.isspace() else "" for edge in (text[:1], text[-1:]))
    return f"{lead}{shown(text, most)}{trail}" if text.strip() else lead


def _before(text: str) -> str:
    """Return the end of what stands before a quotation, and a space where there is white space between."""
    whole = _around(text[-_AROUND * 2 :], _AROUND * 2)
    kept = whole if len(whole) <= _AROUND else f"…{whole[-_AROUND:].partition(' ')[2]}"
    return kept.lstrip()


def citation_view(citations: Sequence[Citation], notice: str = "") -> View:
    """Return the footnotes of an answer, each in a frame of its own; `notice` is small print at the end."""
    blocks: list[Block] = [fine("A footnote for each quotation, to be copied.")] if citations else []
    for citation in citations[: _BLOCKS - 2]:
        whole = footnote(short(citation))
        parts = pieces(whole, _FOOTNOTE) if len(whole) <= QUOTE else [shown(whole, _FOOTNOTE)]
        blocks.append(rich(line(words(f"[{citation.n}]", "bold")), *(verbatim(part) for part in parts)))
    blocks += [fine(shown(notice, 500))] if notice else []
    return _modal("Copy citation", blocks or [section("There is no citation to show.")])


def reason_view(job: int, question: str, via: int | None = None) -> View:
    """Return the modal after a thumb down: what was wrong, and what would be right, both if the person likes.

    `via` is the job of the click that opened it.
    """
    blocks: list[Block] = [
        rich(line(words("Question: "), words(shown(question, QUESTION) or "…", "bold"))),
        _input(WHY, "What is wrong with the answer?"),
        _input(RIGHT, "What would be the right answer?"),
        fine("What you write is kept with the question, the answer and what was found for it."),
    ]
    packed = pack(Value(job=job, via=via))
    return _modal("Feedback", blocks, submit=plain("Send"), callback_id=REASON, private_metadata=packed)


def _input(name: str, label: str) -> Block:
    element = {"type": "plain_text_input", "action_id": name, "multiline": True, "max_length": _ANSWER}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element, "optional": True}


def claim_view(answer: Answer, told: Told) -> View:
    """Return an answer within a modal: all of it, as far as a modal takes it."""
    blocks = [block for part in render_answer(answer, told) for block in unfolded(part.blocks)]
    kept = [block for block in blocks if block["type"] not in ("actions", "context_actions")]
    end = _claim_buttons(answer, told.job)
    cut = [fine("There is more; ask the bot for it.")] if len(kept) + len(end) > _BLOCKS else []
    return _modal("Check this claim", [*kept[: _BLOCKS - len(end) - len(cut)], *cut, *end])


def _claim_buttons(answer: Answer, job: int) -> list[Block]:
    value = Value(job=job)
    closest = answer.refusal.closest if answer.refusal else ()
    return actions(
        [
            button("Show context", CONTEXT, value) if answer.citations or closest else None,
            button("Copy citation", COPY, value) if answer.citations else None,
            button("Good answer", FEEDBACK, Value(job=job, good=True), 0),
            button("Bad answer", FEEDBACK, Value(job=job, good=False), 1),
        ]
    )
