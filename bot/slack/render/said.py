"""What an answer says, from its Markdown: who speaks in bold, quotations apart, [n] marks as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.inline import Run, heading, quoted, runs
from bot.slack.render.blocks import Block, Piece, folded, line, link, quote, rich, section, words
from bot.slack.render.parts import Atom
from bot.slack.render.words import QUOTE, escape, pieces
from bot.visible import clean

_PIECE = 2_400  # characters of one block, of which Slack shows the beginning where it is much longer
_STYLES = {"plain": (), "strong": ("bold",), "em": ("italic",)}
_FOLDED = 10  # blocks in what is folded


class Line(NamedTuple):
    """One line of an answer: what a quotation quotes, or our own words."""

    quoted: bool
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """Its characters."""
        return "".join(run.text for run in self.runs)


def lines_of(markdown: str) -> Iterator[Line]:
    """Yield the lines of an answer's Markdown, its quotations cut to a length that can be shown."""
    for raw in clean(markdown).split("\n"):
        title, inner = heading(raw), quoted(raw)
        if title is not None:
            yield Line(False, tuple(Run(run.text, "strong") for run in runs(title)))
        elif inner:
            yield Line(True, tuple(_shortened(run) for run in runs(inner)))
        elif inner is None and raw.strip():
            yield Line(False, tuple(runs(raw.strip())))


def _shortened(run: Run) -> Run:
    """Cut a quotation that no message could hold, and say so outside its quotation marks."""
    if len(run.text) <= QUOTE:
        return run
    kept = pieces(run.text[: QUOTE + 1], QUOTE)[0]
    close = "”" if run.text.startswith("“") else ""
    return Run(f"{kept}{close} (cut here: the article goes on for {len(run.text) - len(kept):,} characters) ", "plain")


def said(markdown: str, links: Mapping[int, str | None]) -> list[Atom]:
    """Return an answer's text as atoms, each a quotation with the line above it.

    Args:
        markdown: as ``Answer.answer`` has it.
        links: where each [n] leads; a number that is not in it stays plain.
    """
    atoms: list[Atom] = []
    above: list[Line] = []
    for one in lines_of(markdown):
        if not one.quoted:
            atoms += [_atom(above, [])] if above else []
            above = [one]
            continue
        first, *rest = _parted(one)
        atoms.append(_atom(above, [line_pieces(first, links)], first.text))
        atoms += [_atom([], [line_pieces(more, links)], more.text) for more in rest]
        above = []
    return [*atoms, *([_atom(above, [])] if above else [])]


def _parted(one: Line) -> list[Line]:
    """Cut a long line between sentences; its mark stays with the last."""
    if len(one.text) <= _PIECE:
        return [one]
    parts: list[list[Run]] = [[]]
    for run in one.runs:
        cut = pieces(run.text.strip(), _PIECE) if len(run.text) > _PIECE else [run.text]
        for at, text in enumerate(cut):
            if at:
                parts.append([])
            parts[-1].append(Run(text if len(cut) == 1 else f"{text} " if at == len(cut) - 1 else text, run.style))
    return [Line(one.quoted, tuple(some)) for some in parts]


def line_pieces(one: Line, links: Mapping[int, str | None]) -> list[Piece]:
    """Return a line as rich text."""
    found: list[Piece] = []
    for run in one.runs:
        if run.style != "mark":
            found.append(words(run.text, *_STYLES[run.style]))
            continue
        numbers = [int(number) for number in run.text[1:-1].split(",")]
        found += [link(f"[{number}]", links.get(number)) for number in numbers]
    return found


def _atom(above: Sequence[Line], quotations: Sequence[Sequence[Piece]], text: str = "") -> Atom:
    own = [line(*line_pieces(part, {})) for one in above for part in _parted(one)]
    block = rich(*own, *(quote(*some) for some in quotations))
    texts = [*(one.text for one in above), *([text] if text else [])]
    return Atom((block,), "\n".join(escape(one) for one in texts))


def aside(title: str, markdown: str) -> list[Atom]:
    """Return what others said, folded: sections of plain text under a title that tells whose words they are not."""
    sections: list[Block] = []
    texts: list[str] = []
    above = ""
    for one in lines_of(markdown):
        texts.append(escape(one.text))
        if not one.quoted:
            above = f"{one.text}\n"
            continue
        first, *rest = (part.text for part in _parted(one))
        sections += [section(above + first), *(section(more) for more in rest)]
        above = ""
    text = "\n".join([escape(title), *texts])
    groups = [sections[at : at + _FOLDED] for at in range(0, len(sections), _FOLDED)]
    return [Atom((folded(title, some),), "" if at else text, pause=False, late=True) for at, some in enumerate(groups)]
