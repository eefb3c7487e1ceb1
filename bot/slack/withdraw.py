"""Answers that are still shown in Slack though what they quote may be shown no longer: they are taken back.

An article may be removed at any time, by another process, a speaker be hidden, a publisher allow less. The worker looks
for it once in a while.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

from bot.model import Answer
from bot.slack.calls import PutOff, Unsure
from bot.slack.context import fallen, quotations
from bot.slack.desk import Desk
from bot.slack.render import notes
from corpus.errors import SlackError

AT_ONCE = 200  # articles in one query
HOUR = 3600.0  # seconds until what Slack refused is tried again

_log = logging.getLogger(__name__)


class Withdrawal:
    """The chore: each call looks at all answers that are shown, whose articles are known to the job database.

    Whether an article is there is asked each time. What else may forbid its words changes with a new state of the
    index only, so that an answer is read once in each.
    """

    def __init__(self, desk: Desk) -> None:
        """Withdraw what the bot at `desk` has posted."""
        self._desk = desk
        self._state: object = None
        self._read: set[int] = set()
        self._refused: dict[int, float] = {}

    def __call__(self) -> None:
        """Replace every answer that may be shown no longer by a sentence that says so.

        Raises:
            CatalogueError, StaleIndexError, JobsError: it cannot be told which; nothing more is withdrawn.
        """
        quoted = self._desk.store.messages.quoted()
        if not quoted or self._is_elsewhere():
            return
        lost = {job for article in self._missing(quoted) for job in quoted[article]}
        lost |= self._forbidden({job for jobs in quoted.values() for job in jobs} - lost)
        now = self._desk.now()
        self._refused = {job: until for job, until in self._refused.items() if until > now}
        for job in sorted(lost - self._refused.keys()):
            self._withdraw(job)

    def _is_elsewhere(self) -> bool:
        """Tell whether the catalogue is bare, as that of a wrong home is: then nothing in it says what was removed."""
        catalogue = self._desk.engine.catalogue
        return catalogue.count() == 0 and not catalogue.removals.tombstones()

    def _missing(self, articles: Iterable[str]) -> Iterator[str]:
        for some in _portions(articles):
            there = self._desk.engine.catalogue.articles(some)
            yield from (article for article in some if article not in there)

    def _forbidden(self, jobs: set[int]) -> set[int]:
        """Return those of these jobs that quote what may be quoted no more, though its article is there."""
        state = self._desk.engine.opener.current()
        if state != self._state:
            self._state, self._read = state, set()
        fresh = jobs - self._read
        found = set()
        for number in sorted(fresh):
            job = self._desk.store.jobs.get(number)
            answer = Answer.from_json(job.answer) if job is not None and job.answer is not None else None
            if answer is not None and fallen(self._desk.engine, quotations(answer)):
                found.add(number)
        self._read |= fresh - found  # what is found stays to be withdrawn, should that fail now
        return found

    def _withdraw(self, number: int) -> None:
        job = self._desk.store.jobs.get(number)
        if job is None:
            return
        try:
            self._desk.delivery.withdraw(job, notes.withdrawn())
        except (PutOff, Unsure):
            _log.info("an answer is not withdrawn yet", extra={"job": number})
            return
        except SlackError:  # an archived channel, an app that was taken out: it may be let in again
            _log.warning("an answer could not be withdrawn", extra={"job": number}, exc_info=True)
            self._refused[number] = self._desk.now() + HOUR
            return
        self._desk.store.messages.withdrawn(number)
        _log.info("an answer was withdrawn", extra={"job": number})


def _portions(articles: Iterable[str]) -> Iterator[list[str]]:
    ids = list(articles)
    yield from (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
