"""Real answers over the sample corpus, and reading what is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.model import Citation
from bot.slack.render.answer import Told

QUESTIONS = (
    "What did the health minister say about river fever?",
    "What did the foreign ministry say?",
    "Who criticised the university fees?",
    "What did the Garment Makers’ Association say about 4 per cent?",
    "What did Edda Corvain say about the streets?",
)
REFUSED = ("What did Teyl Maradun say about lake fishing?", "What did Angela Merkel say?", "?")


def page(citation: Citation) -> str | None:
    return f"https://whosaid.example/articles/{citation.article_id}?span={citation.start}:{citation.end}&sig=a"


def told(**more: Any) -> Told:
    return Told(**{"job": 7, "question": "Who?", "page": page, **more})


def pieces(blocks: Any) -> Iterator[Mapping[str, Any]]:
    """Every piece of rich text and every plain text, in the order they are read."""
    if isinstance(blocks, Mapping):
        if isinstance(blocks.get("text"), str):
            yield blocks
        for name, inner in blocks.items():
            if name not in ("accessory", "confirm", "submit", "close"):
                yield from pieces(inner)
    elif isinstance(blocks, list | tuple):
        for inner in blocks:
            yield from pieces(inner)


def read(blocks: Any) -> str:
    return "".join(piece["text"] for piece in pieces(blocks))
