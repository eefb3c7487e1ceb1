"""The App Home: what the corpus holds for this person, examples, their own recent questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.cite import show_date
from bot.slack.actions import ASK, FORGET, Value
from bot.slack.render.blocks import DIVIDER, Block, actions, button, fine, heading, line, plain, rich, section, words
from bot.slack.render.words import NAME, QUESTION, shown

_EXAMPLES, _RECENT, _OUTLETS = 6, 10, 12
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What one person may see: `oldest` and `newest` are dates of publication, `ingested` Unix time or None for never.

    `stale_days` without an ingest are a warning.
    """

    articles: int
    outlets: Sequence[str]
    oldest: str | None
    newest: str | None
    ingested: float | None
    stale_days: int


def home_view(
    holdings: Holdings,
    examples: Sequence[str],
    recent: Sequence[str],
    now: float,
    notice: str = "",
    kept: bool = False,
) -> dict[str, Any]:
    """Return the App Home.

    Args:
        holdings: what the corpus holds for this person.
        examples: questions that the bot answers, each a button.
        recent: the person's own questions that were answered or refused, newest first.
        now: Unix time.
        notice: a sentence above all, where there is something to tell (that they may see nothing, and why).
        kept: whether anything of theirs is kept that they may want forgotten, though it is no such question.
    """
    blocks: list[Block] = [heading("Who said what"), *([section(shown(notice, 500))] if notice else [])]
    blocks += _held(holdings, now)
    blocks += [DIVIDER, *_examples(examples)] if examples else []
    blocks += [DIVIDER, *_own(recent, kept)]
    return {"type": "home", "blocks": blocks}


def _held(holdings: Holdings, now: float) -> list[Block]:
    if not holdings.articles:
        return [section("There are no articles here that you may ask about.")]
    names = [shown(name, NAME) for name in holdings.outlets]
    listed = ", ".join(names[:_OUTLETS]) + (f" and {len(names) - _OUTLETS:,} more" if len(names) > _OUTLETS else "")
    reach = f"{show_date(holdings.oldest)} to {show_date(holdings.newest)}" if holdings.oldest else "undated"
    told = {
        "Articles": f"{holdings.articles:,}",
        "Published": reach,
        "Outlets": f"{len(names):,}: {listed}" if names else "none named",
        "Last read": _day(holdings.ingested),
    }
    lines = [line(words(f"{name}: ", "bold"), words(value)) for name, value in told.items()]
    return [rich(*lines), *_warning(holdings, now)]


def _day(ingested: float | None) -> str:
    return show_date(datetime.fromtimestamp(ingested, UTC).date().isoformat()) if ingested is not None else "never"


def _warning(holdings: Holdings, now: float) -> list[Block]:
    """Warn where nothing was read for long: what was said since is not known here."""
    days = int((now - holdings.ingested) // _DAY) if holdings.ingested is not None else 0
    if days < holdings.stale_days:
        return []
    said = f"No articles were read for {days:,} days: what was said since is missing."
    return [rich(line(words("Warning: ", "bold"), words(said)))]


def _examples(examples: Sequence[str]) -> list[Block]:
    rows = [
        section(shown(question, QUESTION), button("Ask", ASK, Value(question=question), at))
        for at, question in enumerate(examples[:_EXAMPLES])
    ]
    return [heading("Try one of these"), *rows]


def _own(recent: Sequence[str], kept: bool) -> list[Block]:
    if not recent and not kept:
        return [heading("Your questions"), section("You have asked nothing that is still kept.")]
    lines = [line(words(f"{at}. {shown(question, QUESTION)}")) for at, question in enumerate(recent[:_RECENT], 1)]
    confirm = {
        "title": plain("Forget my questions?"),
        "text": plain(
            "All your questions here, what is kept of their answers, and your feedback are erased; this cannot be "
            "undone. Answers that were posted stay where they are."
        ),
        "confirm": plain("Forget them"),
        "deny": plain("Keep them"),
        "style": "danger",
    }
    forget = button("Forget my questions", FORGET, Value(), style="danger", confirm=confirm)
    listed = rich(*lines) if lines else section("None of your questions was answered yet.")
    return [heading("Your questions"), listed, *actions([forget]), fine("Only you see this page.")]
