"""``whosaid feedback``: what people in Slack thought of the answers."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from bot.settings import JOBS, Settings
from bot.slack.store import Feedback, Store
from bot.visible import one_line, to_json
from corpus.errors import UsageError

_ALL = 1_000_000  # more than any bot gets in the days that feedback is kept


def run(settings: Settings, as_json: bool, bad: bool) -> int:
    """Print what was stored, newest first; `bad`: only what was found wrong. Return the exit code."""
    with closing(open_jobs(settings)) as store:
        found = store.feedback.all(_ALL)
    for one in found:
        if bad and one.verdict == "good":
            continue
        print(to_json(_as_json(one)) if as_json else _told(one))
    if not found and not as_json:
        print("Nobody has given feedback yet, or it has expired.")
    return 0


def open_jobs(settings: Settings) -> Store:
    """Open the Slack bot's database; looking at one makes no files.

    Raises:
        UsageError: the bot never ran with this home.
        JobsError: the database cannot be opened.
    """
    if settings.jobs is None and not (settings.place().folder / JOBS).is_file():
        raise UsageError(
            f"the Slack bot has not run with the home {settings.place().folder} yet; start it with `whosaid slack`"
        )
    return Store.open(settings.jobs_url())


def _as_json(one: Feedback) -> dict[str, object]:
    return {
        "id": one.id,
        "created": _time(one.created),
        "verdict": one.verdict,
        "question": one.question,
        "history": list(one.history),
        "reason": one.reason,
        "right_answer": one.right,
        "answer": dict(one.answer) if one.answer else None,
    }


def _told(one: Feedback) -> str:
    lines = [f"{one.id:<6}{_time(one.created)[:10]}  {one.verdict:<4}  {one_line(one.question)}"]
    if one.reason:
        lines.append(f"      why: {one_line(one.reason)}")
    if one.right:
        lines.append(f"      right: {one_line(one.right)}")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
