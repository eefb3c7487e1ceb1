"""An answer as messages: how the question was understood, who said what, what others said, sources, buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import quoted
from bot.cite import escape_markdown, show_quote, show_speaker
from bot.model import Answer, Citation
from bot.slack.actions import AGAIN, ASK, CONTEXT, COPY, FEEDBACK, Value, pack
from bot.slack.model import Part
from bot.slack.render.blocks import LABEL, ROW, Block, Piece, actions, button, fine, line, link, plain, rich, section
from bot.slack.render.blocks import words as wording
from bot.slack.render.parts import Atom, fill
from bot.slack.render.said import aside, said
from bot.slack.render.sources import Page, links_of, notices, source_line, sources
from bot.slack.render.words import QUESTION, address, escape, short, shown

_NOTE = 500
_MOST_NOTES = 10
_OTHERS = "What others said on this"
_CLOSEST = "Closest passages (not an answer):"
_INSTEAD = "Questions that can be answered here:"
# The address of the article that a note points to (`bot.rights.pointer`): at its very end, where no title comes.
_ADDRESS = re.compile(r"(?<=, )https?://[^\s,]+(?=, may answer this; its publisher allows a link only\.$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message tells beside the answer.

    `page` gives the address of a citation's stored copy; `closest` are questions to offer after a refusal, `speakers`
    the names among which the question did not choose. `show_question`: no message of the asker's has it.
    """

    job: int
    question: str
    page: Callable[[Citation], str | None]
    closest: Sequence[str] = ()
    speakers: Sequence[str] = ()
    show_question: bool = False


def render_answer(answer: Answer, told: Told) -> list[Part]:
    """Return an answer or a refusal as the messages of a thread, at least one, buttons and sources on the last."""
    before = [*_question(told), *_notes(answer), *_speakers(told)]
    if answer.refusal is not None:
        return fill([*before, *_refused(answer, told.page)], [], [*_instead(told), *_buttons(answer, told)])
    own, others = _voices(answer)
    links = links_of(answer.citations, told.page)
    spoken = said(own, links)
    if others:
        spoken += aside(f"{_OTHERS} ({_quotations(others)})", others)
    return fill([*before, *spoken], sources(answer.citations, told.page), _buttons(answer, told))


def _voices(answer: Answer) -> tuple[str, str]:
    """Return the Markdown of what was asked for and of what others said on it, names and titles short enough."""
    if answer.mode != "quoted":
        return answer.answer, ""
    own, _, _ = answer.answer.partition(f"\n\n{quoted.OTHERS}\n\n")
    number, some = _quotations(own), [short(citation) for citation in answer.citations]
    return quoted.markdown(some[:number]), quoted.markdown(some[number:])


def _quotations(markdown: str) -> int:
    """Count the quotations: each has one line of its own, and no words of an article's can begin such a line."""
    return sum(one.startswith("> ") for one in markdown.split("\n"))


def _question(told: Told) -> list[Atom]:
    if not told.show_question:
        return []
    asked = shown(told.question, QUESTION)
    return [Atom((rich(line(wording("Question: "), wording(asked, "bold"))),), escape(f"Question: {asked}"))]


def _notes(answer: Answer) -> list[Atom]:
    """Return how the question was understood; an address that a note points to is a link that shows it."""
    notes = [shown(note[:1].upper() + note[1:], _NOTE) for note in answer.notes[:_MOST_NOTES] if note.strip()]
    plain_ones = [note for note in notes if not _ADDRESS.search(note)]
    blocks = [*([fine(*plain_ones)] if plain_ones else [])]
    blocks += [rich(line(*_linked(note))) for note in notes if note not in plain_ones]
    return [Atom(tuple(blocks), "\n".join(map(escape, notes)))] if notes else []


def _linked(note: str) -> list[Piece]:
    """Return a note with the article's address as a link; others in it are words of a title, and stay words.

    The link shows where it leads, so no title can make it seem to lead elsewhere.
    """
    found = _ADDRESS.search(note)
    assert found is not None  # else it is a plain one
    url = address(found[0])
    return [wording(note[: found.start()]), link(url or found[0], url), wording(note[found.end() :])]


def _speakers(told: Told) -> list[Atom]:
    """Return a button for each of those whom the question may mean."""
    names = [shown(name, LABEL) for name in told.speakers[:ROW]]
    buttons = [
        button(name, ASK, Value(job=told.job, speaker=speaker), at)
        for at, (name, speaker) in enumerate(zip(names, told.speakers, strict=False))
    ]
    row = actions(buttons)
    return [Atom((fine("Who is meant?"), *row), escape(f"Who is meant? {'; '.join(names)}"))] if row else []


def _refused(answer: Answer, page: Page) -> list[Atom]:
    """Return why there is no answer, and what came closest, named as such."""
    refusal = answer.refusal
    assert refusal is not None
    message = shown(refusal.message, 2_000)
    atoms = [Atom((rich(line(wording(message))),), escape(message))]
    atoms += [Atom((rich(line(wording(_CLOSEST, "bold"))),), _CLOSEST)] if refusal.closest else []
    for citation in map(short, refusal.closest):
        speaker = show_speaker(citation.speaker) if citation.speaker else ""
        who = [line(wording(f"{speaker}:", "bold"))] if speaker else []
        where, text = source_line(citation, page(citation))
        markdown = f"> {escape_markdown(show_quote(citation))}"
        for at, one in enumerate(said(markdown, {})):
            block = rich(*([] if at else who), *one.blocks[0]["elements"])
            named = [escape(f"{speaker}:")] if speaker and not at else []
            atoms.append(Atom((block,), "\n".join([*named, one.text])))
        more = notices(citation)
        lines = [where, *(line(wording(notice, "italic")) for notice in more)]
        atoms.append(Atom((rich(*lines),), "\n".join([text, *map(escape, more)])))
    return atoms


def _instead(told: Told) -> list[Block]:
    """Return the closest questions that can be answered, each with its button."""
    rows: list[Block] = []
    for at, question in enumerate(told.closest[:ROW]):
        ask = button("Ask this", ASK, Value(job=told.job, question=question), at)
        rows += [section(shown(question, QUESTION), ask)] if ask else []
    return [fine(_INSTEAD), *rows] if rows else []


def _buttons(answer: Answer, told: Told) -> list[Block]:
    closest = answer.refusal.closest if answer.refusal else ()
    value = Value(job=told.job)
    row = [
        button("Show context", CONTEXT, value) if answer.citations or closest else None,
        button("Copy citation", COPY, value) if answer.citations else None,
        button("Try again", AGAIN, value),
    ]
    return [*actions(row), thumbs(told.job)]


def thumbs(job: int) -> Block:
    """Return the thumbs under an answer."""
    sides = {"positive_button": ("Good answer", True), "negative_button": ("Bad answer", False)}
    element = {
        side: {"text": plain(label), "accessibility_label": label, "value": pack(Value(job=job, good=good))}
        for side, (label, good) in sides.items()
    }
    return {
        "type": "context_actions",
        "elements": [{"type": "feedback_buttons", "action_id": FEEDBACK, **element}],
    }
