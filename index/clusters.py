"""Records of speakers that are taken for one, and what tells that articles are about the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from corpus.catalogue import SpeakerRecord
from index.names import Name, Office, agree, speaker_office
from index.terms import content_words
from index.wordnet import RAREST, rarity


class Cluster:
    """Records that are taken for one speaker."""

    __slots__ = ("_offices", "_read", "articles", "name", "records", "seen", "signs")

    def __init__(self, name: Name, records: Iterable[SpeakerRecord] = ()) -> None:
        """Begin with some."""
        self.name = name
        self.records: list[SpeakerRecord] = []
        self.articles: set[str] = set()
        self._offices: frozenset[Office] = frozenset()
        self._read = 0  # records whose offices are among these
        self.seen: frozenset[str] = frozenset()  # articles whose signs (see `Stories`) are among these
        self.signs: frozenset[frozenset[str]] = frozenset()
        self.add(records)

    def add(self, records: Iterable[SpeakerRecord]) -> None:
        """Take more records in."""
        for record in records:
            self.records.append(record)
            self.articles.add(record.article_id)

    @property
    def offices(self) -> frozenset[Office]:
        """What the records say of the speaker, where they say anything."""
        if self._read < len(self.records):
            found = {speaker_office(record.speaker) for record in self.records[self._read :]}
            self._offices |= {office for office in found if not office.bare}
            self._read = len(self.records)
        return self._offices

    def agrees(self, other: Cluster) -> int:
        """Return how the offices of two clusters speak for one person: the worst pair if any is against it."""
        found = [agree(one, two) for one in self.offices for two in other.offices]
        return min(found) if -1 in found else max(found, default=0)


class Stories:
    """What tells that articles are about the same: who else speaks in them, and the names in their titles."""

    def __init__(self, records: Sequence[SpeakerRecord], names: Mapping[str, Name]) -> None:
        self._signs: dict[str, set[frozenset[str]]] = defaultdict(set)
        self._titles = {record.article_id: record.title for record in records}
        self._titled: set[str] = set()
        for record in records:
            name = names[record.speaker.name or ""]
            if len(name.words) > 1:
                self._signs[record.article_id].add(name.key)

    def linked(self, one: Cluster, other: Cluster) -> bool:
        """Tell whether an article of the one shares something with an article of the other, their names aside."""
        mine, theirs = (self._of(cluster) for cluster in (one, other))
        both = one.name.key | other.name.key
        return any(not sign <= both for sign in mine & theirs)

    def _of(self, cluster: Cluster) -> frozenset[frozenset[str]]:
        fresh = cluster.articles - cluster.seen
        for article in fresh - self._titled:
            words = content_words(self._titles[article]).values()
            self._signs[article] |= {frozenset([word]) for word in words if rarity(word) >= RAREST}
            self._titled.add(article)
        if fresh:
            cluster.seen |= fresh
            cluster.signs = cluster.signs.union(*(self._signs[article] for article in fresh))
        return cluster.signs
