"""``whosaid forget``: erase what the Slack bot keeps of a person."""

from __future__ import annotations

import re
from contextlib import closing

from bot.commands.feedback import open_jobs
from bot.settings import Settings
from corpus.errors import UsageError

_USER, _WORKSPACE = re.compile(r"[UW][A-Z0-9]+"), re.compile(r"[TE][A-Z0-9]+")


def run(settings: Settings, user: str, workspace: str | None) -> int:
    """Erase the questions, answers and feedback of a person; print how much it was, and return 0.

    Raises:
        UsageError: these are no ids of Slack's, or the bot never ran with this home.
    """
    if _USER.fullmatch(user) is None:
        raise UsageError(f"{user!r} is no id of a person in Slack; write U... as the profile's menu copies it")
    if workspace is not None and _WORKSPACE.fullmatch(workspace) is None:
        raise UsageError(f"{workspace!r} is no id of a workspace in Slack; write T...")
    with closing(open_jobs(settings)) as store:
        erased = store.forget(user, workspace)
    where = f" in {workspace}" if workspace else ""
    print(f"erased {erased} {'entry' if erased == 1 else 'entries'} of {user}{where}: questions, answers and feedback")
    if erased:
        print("What was posted stays in Slack until it is deleted there. Backups of the database may still hold it.")
    return 0
