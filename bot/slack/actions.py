"""The buttons, modals and shortcuts of the bot: their ids, and what a click on them carries.

What comes back with a click was seen by whoever could see the message, and is older than the click: a handler checks
again what the person may see. Questions ride along only where they are not those of the job.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from corpus.errors import UsageError

FEEDBACK: Final = "whosaid_feedback"  # a thumb; the value's `good` says which
CONTEXT: Final = "whosaid_context"  # opens the modal with the passages' surroundings
COPY: Final = "whosaid_copy"  # opens the modal with footnotes
AGAIN: Final = "whosaid_again"  # asks the job's question once more
ASK: Final = "whosaid_ask"  # asks `question`; or the job's, of `speaker`
FORGET: Final = "whosaid_forget"  # erases the person's own questions
PAGE: Final = "whosaid_page"  # turns to `page` of the context modal

REASON: Final = "whosaid_reason"  # callback_id of the modal after a thumb down
CLAIM: Final = "whosaid_claim"  # callback_id of the message shortcut "Check this claim"
WHY: Final = "whosaid_why"  # block_id and action_id of the inputs of that modal
RIGHT: Final = "whosaid_right"

MOST_VALUE: Final = 2000  # characters, Slack's limit
# Several buttons of a kind stand in one block, where each needs an id of its own: "whosaid_ask.2".
ACTION: Final = re.compile(r"(whosaid_[a-z]+)(?:\.\d{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a button carries, as far as its kind needs it: see the ids above.

    `via` is in windows: the job of the click that opened it, which tells who looks from where.
    """

    job: int | None = None
    question: str | None = None
    speaker: str | None = None
    page: int | None = None
    good: bool | None = None
    via: int | None = None


_TYPES: Mapping[str, type] = {"job": int, "question": str, "speaker": str, "page": int, "good": bool, "via": int}


def action_id(kind: str, number: int | None = None) -> str:
    """Return the id of a button; `number` where several of a kind stand together."""
    return kind if number is None else f"{kind}.{number}"


def kind_of(action: str) -> str | None:
    """Return which of the ids above an action_id is of, None where it is none of ours."""
    match = ACTION.fullmatch(action)
    return match[1] if match else None


def pack(value: Value) -> str | None:
    """Return a value as the text that a button carries; None where it is longer than Slack allows."""
    packed = json.dumps({k: v for k, v in asdict(value).items() if v is not None}, ensure_ascii=False)
    return packed if len(packed) <= MOST_VALUE else None


def unpack(packed: str) -> Value:
    """Read what a button carried.

    Raises:
        UsageError: it is none of our values.
    """
    try:
        read: Any = json.loads(packed)
        if not isinstance(read, dict) or not all(type(v) is _TYPES[k] for k, v in read.items()):
            raise ValueError
        return Value(**read)
    except (ValueError, KeyError, RecursionError) as error:
        raise UsageError("read the value of a button, and found none of this bot's; ask the question again") from error
