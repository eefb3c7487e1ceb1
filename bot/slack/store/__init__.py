"""The job database of the Slack bot: its own, so that an ingest's lock cannot delay an acknowledgement."""

from bot.slack.store.feedback import Feedback, Verdict
from bot.slack.store.store import Store
from bot.slack.store.threads import Waiting

__all__ = ["Feedback", "Store", "Verdict", "Waiting"]
