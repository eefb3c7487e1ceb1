"""Windows of one person's own (modals): opened while the click is fresh, filled when there is something to show."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from bot.slack.calls import PutOff, Refused, Unsure
from bot.slack.desk import Desk
from bot.slack.handlers.place import whisper
from bot.slack.model import Job
from bot.slack.render import modals, notes

STALE = ("expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged", "invalid_trigger_id")
"""What Slack says of a click that is more than three seconds old, or has opened a window before."""
CLOSED = ("not_found", "view_not_found")
FAILED = "Sorry, something went wrong here; close this window and try again."

View = Mapping[str, Any]


def open_window(desk: Desk, job: Job, view: View) -> str | None:
    """Open a window, above one that the click was in, and return its id.

    Returns:
        None where the click is too old by now, which the person is told.
    """
    trigger = job.payload.get("trigger_id")
    method = "views.push" if _window(job) else "views.open"
    if trigger:
        try:
            opened = desk.clients.call(job.team, job.enterprise, method, trigger_id=trigger, view=view)
            return str(opened["view"]["id"])
        except Refused as error:
            if error.code not in STALE:
                raise
        except (PutOff, Unsure):  # by the time that it may be tried again, the click is too old
            pass
    whisper(desk, job, notes.click_again())
    return None


def show(desk: Desk, job: Job, title: str, fill: Callable[[], View]) -> None:
    """Open a window that says that it is being filled, then fill it."""
    window = open_window(desk, job, modals.loading_view())
    if window is not None:
        turn(desk, job, title, fill, window)


def turn(desk: Desk, job: Job, title: str, fill: Callable[[], View], window: str | None = None) -> None:
    """Fill a window; the one that the click was in where none is given.

    Where that fails, the window says so before the error goes on its way: it must not seem to work for ever.
    """
    window = window or _window(job)
    if window is None:
        return
    try:
        filled = fill()
    except Exception:
        with contextlib.suppress(PutOff, Unsure, Refused):
            _update(desk, job, window, modals.message_view(title, FAILED))
        raise
    _update(desk, job, window, filled)


def _window(job: Job) -> str | None:
    """Return the window that a click was in."""
    view = job.payload.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else None


def _update(desk: Desk, job: Job, window: str, view: View) -> None:
    try:
        desk.clients.call(job.team, job.enterprise, "views.update", view_id=window, view=view)
    except Refused as error:
        if error.code not in CLOSED:
            raise
