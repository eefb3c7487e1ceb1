"""Who speaks in all the articles: every speaker once, with all names, roles and articles.

Made from the catalogue once a generation and only when it is asked for (`index.shelf.Shelf.people`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from corpus.catalogue import SpeakerRecord
from corpus.model import Speaker
from index.clusters import Cluster
from index.identity import cluster
from index.names import fold, office_of


@dataclass(frozen=True, slots=True)
class Held:
    """A role as articles give it, with the days on which the first and the last of them appeared, if dated."""

    role: str | None
    affiliation: str | None
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One speaker, a human being or a body, across articles: each is equal to itself alone.

    `name` is the fullest of the common forms, `names` all of them, the commonest first; `held` the roles, the newest
    first; `statements` how many there are.
    """

    name: str
    names: tuple[str, ...]
    held: tuple[Held, ...]
    articles: frozenset[str]
    statements: int
    is_body: bool


class People:
    """The speakers of one generation."""

    def __init__(self, records: Sequence[SpeakerRecord], fixed: Mapping[str, str] | None = None) -> None:
        """Tell them apart; see `index.identity.cluster` for the arguments and for what makes two one."""
        self._clusters = cluster(records, fixed)
        self._at = {(r.article_id, r.speaker.name): i for i, one in enumerate(self._clusters) for r in one.records}
        self._known: dict[int, Person] = {}

    @property
    def all(self) -> list[Person]:
        """Everybody."""
        return [self._person(at) for at in range(len(self._clusters))]

    def of(self, article_id: str, speaker: Speaker | None) -> Person | None:
        """Return who a speaker in an article is; None for one without a name."""
        at = self._at.get((article_id, speaker.name)) if speaker and speaker.name else None
        return None if at is None else self._person(at)

    def called(self, name: str) -> list[Person]:
        """Return those who have a name with all the words of `name`, whatever its case and accents."""
        words = set(fold(name).split())
        some = min((self._words.get(word, []) for word in words), key=len, default=[])
        found = (self._person(at) for at in some)
        return [person for person in found if any(words <= set(fold(n).split()) for n in person.names)]

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for at, one in enumerate(self._clusters):
            names = {record.speaker.name or "" for record in one.records}
            for word in {word for name in names for word in fold(name).split()}:
                found[word].append(at)
        return found

    def _person(self, at: int) -> Person:
        person = self._known.get(at)
        if person is None:
            person = self._known.setdefault(at, _read(self._clusters[at]))
        return person


def _read(one: Cluster) -> Person:
    names: Counter[str] = Counter()
    spans: dict[tuple[str | None, str | None], list[int]] = defaultdict(list)
    for record in one.records:
        names[record.speaker.name or ""] += 1
        if record.speaker.role or record.speaker.affiliation:
            days = spans[record.speaker.role, record.speaker.affiliation]
            days += [record.day] if record.day is not None else []
    held = [Held(*what, *(date.fromordinal(f(d)) if d else None for f in (min, max))) for what, d in spans.items()]
    held.sort(key=lambda h: (h.last or date.min, len(office_of(h.role, h.affiliation).body)), reverse=True)
    return Person(
        name=max(names, key=lambda name: (0 if one.name.body else len(name.split()), names[name])),
        names=tuple(name for name, _ in names.most_common()),
        held=tuple(held),
        articles=frozenset(one.articles),
        statements=sum(record.statements for record in one.records),
        is_body=one.name.body,
    )
