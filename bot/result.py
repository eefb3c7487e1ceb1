"""What a question came to, before it is put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.evidence import Scored
from bot.model import Reason


@dataclass(frozen=True, slots=True)
class Silent:
    """What is known of a speaker who is silent on a topic.

    `statements` counts what the speaker is quoted with in what the asker may see, `on` is what that is about in the
    articles' words, and `others` are those who spoke on the topic.
    """

    statements: int
    on: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one question came to: quotations, or a reason to refuse.

    `taken` are those whom the question's speaker was taken to be, where its words leave that open; `silent` tells of a
    speaker who said nothing on the topic.
    """

    own: Sequence[Scored] = ()
    others: Sequence[Scored] = ()
    reason: Reason | None = None
    closest: Sequence[Scored] = ()
    confidence: float = 0.0
    notes: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    silent: Silent | None = None

    def of_reason(self, reason: Reason) -> Result:
        """Return the same, refused for another reason."""
        return replace(self, reason=reason)
