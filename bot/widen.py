"""From statements that name a speaker as a question does to all that this speaker said.

An article names who speaks by what its readers need: here the full name, there the office, there the ministry. Who
they are across articles is told by `index.people`; here it is settled which of their statements a question means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from bot.outside import is_outside
from corpus.catalogue import StatementRecord
from corpus.model import Speaker, Statement
from index.lexical import stems
from index.names import Office, agree, office_of, read_name, speaker_office
from index.people import Person
from index.periods import Period
from index.relevance import terms_of
from index.shelf import Shelf
from index.speakers import speaker_text

_PEOPLE = 8  # found by one description, with the most statements, who are looked up across articles
_NAMES = 4  # of one of them
_BODIES = 3  # organisations of one description whose voices are sought
_ARTICLES = 40  # of an organisation in which somebody may speak for it

Seek = Callable[[Sequence[str]], list[StatementRecord]]


def widened(
    own: list[StatementRecord], terms: Sequence[str], shelf: Shelf, seek: Seek, described: bool = False
) -> list[StatementRecord]:
    """Return `own` and what else its speakers said.

    Added are: of those whom the question names, all that they said under other names; of those whom it calls by an
    office, what articles give under the name alone, or with an office that agrees; of an organisation, what is said by
    those who speak for it.

    Args:
        own: statements whose speaker is called what the question says, best first.
        terms: the stems by which the question calls the speaker.
        shelf: reads articles, statements and who is who.
        seek: finds statements whose speaker is called all of some stems.
        described: the question describes the speaker, and the terms are the names in that.
    """
    if not own:
        return own
    people = shelf.people()
    count = Counter(person for r in own if (person := people.of(r.article_id, r.statement.speaker)) is not None)
    known, found = {record.id for record in own}, list(own)
    for person, _ in count.most_common(_PEOPLE):
        by_name = not described and any(set(terms) <= set(stems(speaker_text(Speaker(name)))) for name in person.names)
        for record in _others(person, terms, by_name, shelf, seek):
            if record.id not in known and (by_name or _same_office(record, terms, own, shelf)):
                known.add(record.id)
                found.append(record)
    return with_voices(found, shelf, lambda body: _is_named(body, terms))


def with_voices(
    own: list[StatementRecord], shelf: Shelf, wanted: Callable[[Person], bool] = lambda body: True
) -> list[StatementRecord]:
    """Return statements and, of the wanted organisations that make any of them, those of who speaks for them."""
    people = shelf.people()
    speakers = dict.fromkeys(people.of(r.article_id, r.statement.speaker) for r in own)
    bodies = [one for one in speakers if one is not None and one.is_body and wanted(one)]
    known, found = {record.id for record in own}, list(own)
    for record in (r for body in bodies for r in voices(body, shelf)) if len(bodies) <= _BODIES else ():
        if record.id not in known:
            known.add(record.id)
            found.append(record)
    return found


def _others(person: Person, terms: Sequence[str], by_name: bool, shelf: Shelf, seek: Seek) -> list[StatementRecord]:
    """Return a person's statements under names that the question's terms do not find."""
    names = [name for name in person.names if not (by_name and set(terms) <= set(stems(name)))]
    people = shelf.people()
    records = [r for name in names[:_NAMES] for r in seek(stems(name))]
    return [r for r in records if people.of(r.article_id, r.statement.speaker) is person]


def _same_office(record: StatementRecord, terms: Sequence[str], own: Sequence[StatementRecord], shelf: Shelf) -> bool:
    """Tell whether a statement of somebody asked for by an office counts where the article gives another, or none.

    One who held another office then did not say it as a mayor; and where an article gives nothing it must at least
    have the words of the office somewhere, as there may be another of the name.
    """
    speaker = record.statement.speaker or Speaker()
    office = speaker_office(speaker)
    if office.bare:
        text = shelf.texts([record.article_id])[record.article_id]
        return set(terms) - set(stems(speaker.name or "")) <= terms_of(text).stems
    held = {speaker_office(r.statement.speaker) for r in own if r.statement.speaker is not None}
    return any(agree(office, one) == 1 and office.head == one.head for one in held)


def _is_named(body: Person, terms: Sequence[str]) -> bool:
    """Tell whether the terms name the whole of an organisation, or spell it: "the ministry" alone does not."""
    return any(set(terms) <= set(stems(speaker_text(Speaker(name)))) for name in body.names)


def voices(body: Person, shelf: Shelf) -> list[StatementRecord]:
    """Return what is said by those who speak for an organisation, in articles in which it speaks too.

    "The ministry's spokesman" there is that ministry's: what the article says of the body must be in its name.
    """
    people = shelf.people()
    name = {term for one in body.names for term in read_name(one).words}
    speakers: set[Person] = set()
    for record in shelf.statements_of(sorted(body.articles)[:_ARTICLES]):
        speaker = record.statement.speaker
        person = people.of(record.article_id, speaker)
        if speaker and person and not person.is_body and _speaks_for(speaker, name):
            speakers.add(person)
    articles = {article for person in speakers for article in person.articles}
    return [
        record
        for record in (shelf.statements_of(sorted(articles)[:_ARTICLES]) if articles else ())
        if (person := people.of(record.article_id, record.statement.speaker)) in speakers
        and (speaker := record.statement.speaker) is not None
        and (_speaks_for(speaker, name) or speaker_office(speaker).bare)
    ]


def _speaks_for(speaker: Speaker, body: set[str]) -> bool:
    office = office_of(speaker.role, speaker.affiliation)
    return bool(office.head and office.body) and office.body <= body and not is_outside(speaker, set(office.body))


def succeeded(
    records: Sequence[StatementRecord], terms: Sequence[str], periods: Sequence[Period], shelf: Shelf
) -> frozenset[Statement]:
    """Return the statements by those who no longer held the office that is asked for, or did not yet.

    The time is that of the periods that the question names, else now: of two who held one office one after the other,
    the later holds it.
    """
    people = shelf.people()
    by: dict[Person, list[StatementRecord]] = {}
    for record in records:
        person = people.of(record.article_id, record.statement.speaker)
        if person is not None and person.held and not _is_named(person, terms):
            by.setdefault(person, []).append(record)
    terms_held = {person: _tenure(person, terms) for person in by}
    since = [period.since for period in periods if period.since]
    until = [period.until for period in periods if period.until]
    gone: set[Statement] = set()
    for person, some in by.items():
        for other in by:
            mine, theirs = terms_held[person], terms_held[other]
            if not (mine and theirs) or person is other or not _is_same(mine.office, theirs.office):
                continue
            if since or until:
                asked = min(since, default=date.min), max(until, default=date.max)
                later = theirs.meets(*asked) and not mine.meets(*asked)
            else:
                later = mine.last < theirs.first
            if later:
                gone |= {record.statement for record in some}
    return frozenset(gone)


def _is_same(one: Office, other: Office) -> bool:
    """Tell whether two offices are one, of one body: there are many chairmen, but one water minister at a time."""
    return one.head == other.head and bool(one.body & other.body)


class _Tenure(NamedTuple):
    """An office, with the days between which articles say that somebody held it."""

    office: Office
    first: date
    last: date

    def meets(self, since: date, until: date) -> bool:
        return self.first <= until and since <= self.last


def _tenure(person: Person, terms: Sequence[str]) -> _Tenure | None:
    """Return the office of a person that the terms ask for, where its articles are dated."""
    held = [h for h in person.held if set(stems(f"{h.role or ''} {h.affiliation or ''}")) & set(terms)]
    days = [day for h in held for day in (h.first, h.last) if day is not None]
    if not days:
        return None
    return _Tenure(office_of(held[0].role, held[0].affiliation), min(days), max(days))
