"""One attribution of the network, with the draft that stands for it in the layers that establish who is meant."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.model import Span
from corpus.statements.discourse import Draft


@dataclass(slots=True)
class Tagged:
    """One attribution: its exact spans, and the draft that stands for it where units and tokens are asked for."""

    cue: tuple[Span, ...]
    source: tuple[Span, ...]
    content: list[Span]
    draft: Draft = field(repr=False)
