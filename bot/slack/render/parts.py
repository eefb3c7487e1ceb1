"""Filling messages: what belongs together stays together, sources and buttons come last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.slack.model import Part
from bot.slack.render.blocks import Block, weight

WEIGHT, BLOCKS = 9_500, 45  # of one message; Slack takes 12,000 and 50
TEXT = 3_900  # characters of the text beside the blocks; an update of a message takes 4,000
_SAID = 3_300  # of these for what is said, so that sources fit in as well
_MORE = "(Shortened.)"


@dataclass(frozen=True, slots=True)
class Atom:
    """Blocks that no message ends between, and their words as the text of a message (escaped) in whole lines.

    A streamed message may pause after it where `pause` holds. Words of `late` atoms are the first to be left out of a
    text that gets too long.
    """

    blocks: tuple[Block, ...]
    text: str
    pause: bool = True
    late: bool = False


@dataclass(slots=True)
class _Message:
    atoms: list[Atom] = field(default_factory=list)

    def takes(self, more: Iterable[Atom], said: int = TEXT) -> bool:
        """Tell whether atoms fit in as well; `said` bounds the text."""
        atoms = [*self.atoms, *more]
        blocks = [block for atom in atoms for block in atom.blocks]
        inner = sum(len(block.get("child_blocks", ())) for block in blocks)
        text = sum(len(atom.text) + 1 for atom in atoms if not atom.late)
        return weight(blocks) <= WEIGHT and len(blocks) + inner <= BLOCKS and text <= said

    def part(self) -> Part:
        blocks, steps, pausing = list[Block](), list[int](), True
        for atom in self.atoms:
            blocks += atom.blocks
            pausing = pausing and atom.pause
            steps += [len(blocks)] if pausing else []
        return Part(blocks=tuple(blocks), text=text_of(self.atoms), steps=tuple(steps))


def fill(said: Sequence[Atom], sources: Sequence[Atom], buttons: Sequence[Block]) -> list[Part]:
    """Return the messages of an answer: what is said, then the sources, then the buttons on the last message."""
    end = Atom(tuple(buttons), "", pause=False)
    messages = [_Message()]

    def put(atoms: Sequence[Atom], limit: int) -> None:
        if messages[-1].atoms and not messages[-1].takes(atoms, limit):
            messages.append(_Message())
        messages[-1].atoms += atoms

    for atom in said:
        put([atom], _SAID)
    whole = [*sources, end]
    if _Message().takes(whole):
        put(whole, TEXT + sum(len(source.text) for source in sources))
    else:
        for atom in sources[:-1]:
            put([atom], TEXT)
        put([*sources[-1:], end], TEXT)
    return [message.part() for message in messages]


def text_of(atoms: Sequence[Atom]) -> str:
    """Return the text of a message, without the lines that go beyond its limit: late ones first, then the last."""
    lines = [(atom.late, line) for atom in atoms for line in atom.text.split("\n") if line]
    order = sorted(range(len(lines)), key=lambda at: (lines[at][0], at))
    left, kept = TEXT - len(_MORE) - 1, set[int]()
    for at in order:
        length = len(lines[at][1]) + 1
        if length > left:
            break
        left -= length
        kept.add(at)
    if not kept and lines:
        return f"{_cut(lines[0][1], left)}\n{_MORE}"
    shown = [lines[at][1] for at in sorted(kept)]
    return "\n".join([*shown, *([_MORE] if len(kept) < len(lines) else [])])


def _cut(escaped: str, most: int) -> str:
    """Cut escaped text, never within an entity."""
    return re.sub(r"&[a-z]{0,4}$", "", escaped[: most - 1]) + "…"
