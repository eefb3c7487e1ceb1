"""The statement tagger: a small network that finds who said what, in place of the rules' grammar.

`heads`, `model` and `spans` turn a text into attributions; `drafts` hands them to the layers that the rules
end with, which establish who is meant. What the model is and what it was trained on: ``MODEL.md`` beside
its files in ``shipped/``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from corpus.statements.tagger.model import Network
from corpus.statements.tagger.spans import Choices, Found, find

__all__ = ["SHIPPED", "Choices", "Found", "Network", "find", "shipped"]

SHIPPED = Path(__file__).parent / "shipped"
"""The folder of the model that comes with the project."""


@lru_cache(maxsize=1)
def shipped() -> Network:
    """Return the shipped network, opened once a process.

    Raises:
        ModelError: the installation lacks it, or it is damaged.
    """
    return Network(SHIPPED)
