"""Which speakers of different articles are one: a pure function of names, roles, affiliations, articles and titles.

One name is taken for one person unless the offices speak against it (see `index.names.agree`) and the articles have
nothing else in common. Names in another order, with fewer words, or a last name alone need more: an office that
agrees, or articles that share another speaker or the names in their titles. Who has only a first name is one person
in one article: nothing tells that two articles mean the same Maria.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from corpus.catalogue import SpeakerRecord
from corpus.statements.lexicon import is_body
from index.clusters import Cluster, Stories
from index.names import Name, Office, is_proper, read_name, speaker_office
from index.speakers import acronyms
from index.wordnet import is_english, kinds

_SMALL = re.compile(r"\s(?:of|for|and|the|in|on|at|to|&|de|des|du|la|von|der)(?=\s)")
_WORDS = 5  # of a name by which it is looked up


def cluster(records: Sequence[SpeakerRecord], fixed: Mapping[str, str] | None = None) -> list[Cluster]:
    """Return the speakers, each with all records that are taken for him, her or it.

    Args:
        records: who speaks in which article; the same name in one article is one speaker.
        fixed: name -> key for names that were set right by hand: these are one by the key alone.
    """
    fixed = fixed or {}
    names = {name: read_name(name) for name in {record.speaker.name or "" for record in records}}
    stories = Stories(records, names)
    by_hand: dict[str, Cluster] = {}
    by_name: dict[Name, list[SpeakerRecord]] = defaultdict(list)
    for record in records:
        called = record.speaker.name or ""
        if called in fixed:
            by_hand.setdefault(fixed[called], Cluster(names[called])).add((record,))
        elif names[called].words:
            by_name[names[called]].append(record)
    full = [one for name, some in by_name.items() if len(name.words) > 1 for one in _told_apart(name, some, stories)]
    full = _joined(full, stories)
    single = {name: some for name, some in by_name.items() if len(name.words) == 1}
    return [*by_hand.values(), *full, *_short(single, full, stories)]


def _told_apart(name: Name, records: Sequence[SpeakerRecord], stories: Stories) -> list[Cluster]:
    """Return the bearers of one name: one where nothing speaks against it."""
    if len(records) < 2:
        return [Cluster(name, records)] if records else []
    same: dict[tuple[Office, ...], Cluster] = {}
    by_article: dict[str, list[SpeakerRecord]] = defaultdict(list)
    for record in records:
        by_article[record.article_id].append(record)
    for some in by_article.values():
        offices = tuple(office for r in some if not (office := speaker_office(r.speaker)).bare)
        same.setdefault(offices, Cluster(name)).add(some)
    bearers: list[Cluster] = []
    bare = same.pop((), None)
    for one in sorted(same.values(), key=lambda c: -len(c.articles)):
        likely = sorted(((agree, -at) for at, other in enumerate(bearers) if (agree := one.agrees(other)) >= 0))
        linked = (at for at, other in enumerate(bearers) if stories.linked(one, other)) if not likely else ()
        at = -likely[-1][1] if likely else next(iter(linked), None)
        if at is None:
            bearers.append(one)
        else:
            bearers[at].add(one.records)
    if bare is not None:
        _give(bare, bearers, stories)
    return bearers


def _give(bare: Cluster, bearers: list[Cluster], stories: Stories) -> None:
    """Add the articles that say nothing of whom they quote to the bearer whose story they tell, else the commonest."""
    if not bearers:
        bearers.append(bare)
        return
    commonest = bearers[0]
    others = bearers[1:]
    for record in bare.records:
        one = Cluster(bare.name, (record,))
        near = next((other for other in others if stories.linked(one, other)), None) if others else None
        (near if near is not None and not stories.linked(one, commonest) else commonest).add([record])


def _joined(full: list[Cluster], stories: Stories) -> list[Cluster]:
    """Join clusters whose names differ in the order of words, or of which one has words that the other lacks."""
    holders: dict[tuple[str, str], list[Cluster]] = defaultdict(list)
    kept: list[Cluster] = []
    for one in sorted(full, key=lambda c: (-len(c.name.words), _is_initial(c.name.words[0]), -len(c.articles))):
        words = one.name.words
        first = f"{words[0][0]}." if _is_initial(words[0]) else words[0]
        alike = [] if one.name.body else holders.get(_pair(first, words[-1]), ())
        fit = [other for other in alike if _is_same_name(words, other.name) and _may_join(one, other, stories)]
        if len(fit) == 1:
            fit[0].add(one.records)
            continue
        kept.append(one)
        if not one.name.body:
            ends = {_pair(word, words[-1]) for word in (words[0], f"{words[0][0]}.")}
            pairs = {_pair(*two) for two in combinations(words[:_WORDS], 2)}
            for pair in ends | pairs:
                holders[pair].append(one)
    return kept


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _is_initial(word: str) -> bool:
    return word.endswith(".")


def _is_same_name(shorter: Sequence[str], longer: Name) -> bool:
    """Tell whether two names may be forms of one: other orders of the words, or one without some inside."""
    if _is_initial(shorter[0]) and not _is_initial(longer.words[0]):
        return longer.words[0].startswith(shorter[0][0]) and shorter[-1] == longer.words[-1]
    if len(shorter) < len(longer.words) and shorter[-1] != longer.words[-1] and shorter[0] != longer.words[0]:
        return False
    return longer.key.issuperset(shorter)


def _may_join(one: Cluster, other: Cluster, stories: Stories) -> bool:
    if one.articles & other.articles and len(one.name.words) != len(other.name.words):
        return False  # an article that has both names tells two apart
    agreed = one.agrees(other)
    return agreed == 1 or (agreed == 0 and stories.linked(one, other))


class _Bearers:
    """Full names by what may stand for them alone: a last name, a first name, an acronym."""

    def __init__(self, full: Sequence[Cluster], stories: Stories) -> None:
        self._stories = stories
        self._by_word: dict[str, list[Cluster]] = defaultdict(list)
        self._by_letters: dict[str, list[Cluster]] = defaultdict(list)
        for one in full:
            called = one.records[0].speaker.name or ""
            for letters in acronyms(called) if one.name.body and is_proper(_SMALL.sub(" ", called)) else ():
                self._by_letters[letters].append(one)
            for word in one.name.key if is_proper(called) and not one.name.body else ():
                self._by_word[word].append(one)

    def spelt_out(self, letters: str) -> Cluster | None:
        """Return the one organisation whose capitals spell `letters`."""
        found = self._by_letters.get(letters, ())
        return found[0] if len(found) == 1 else None

    def of(self, one: Cluster, articles: int) -> Cluster | None:
        """Return the one bearer of a full name whom a single word, in one article, means.

        `articles` is in how many the word stands alone: what does so more often than it ends a longer name is a name
        by itself, and then only means a bearer in an article that has both.
        """
        word = one.name.words[0]
        fit = [(agreed, other) for other in self._by_word.get(word, ()) if (agreed := one.agrees(other)) >= 0]
        here = [other for _, other in fit if other.articles & one.articles]
        wider = [(agreed, other) for agreed, other in fit if len(other.articles) >= articles]
        last = [other for _, other in wider if other.name.words[-1] == word]
        for some in (
            here,
            [other for agreed, other in wider if agreed == 1],
            [other for other in last if self._stories.linked(one, other)],
            [] if "f" in kinds(word) else last,
        ):
            if some:
                sure = len(some) == 1 and (some is not last or _is_personal(some[0].name.words[0]))
                return some[0] if sure else None
        return None


def _is_personal(word: str) -> bool:
    """Tell whether a word may be a first name: Rugby Australia is not called Australia for short, Dace Orrimund is."""
    return bool({"f", "o"} & set(kinds(word))) or not is_english(word)


def _short(single: Mapping[Name, list[SpeakerRecord]], full: Sequence[Cluster], stories: Stories) -> list[Cluster]:
    """Give names of one word to those who bear them in full; return the clusters of what is left."""
    bearers = _Bearers(full, stories)
    found: list[Cluster] = []
    for name, records in single.items():
        left: dict[str, Cluster] = {}
        number = len({record.article_id for record in records})
        for record in records:
            one = Cluster(name, (record,))
            whole = bearers.spelt_out(record.speaker.name or "") if name.body else bearers.of(one, number)
            (whole or left.setdefault(record.article_id, Cluster(name))).add([record])
        letters = kinds(name.words[0])
        common = is_body((records[0].speaker.name or "").lower())
        if common if name.body else "f" in letters:
            found += _linked(left.values(), stories) if name.body or "l" in letters else left.values()
        else:
            found += _told_apart(name, [record for one in left.values() for record in one.records], stories)
    return found


def _linked(each: Iterable[Cluster], stories: Stories) -> list[Cluster]:
    """Join those of one name whose articles tell one story: "Israel" may be a country and a first name."""
    found: list[Cluster] = []
    for one in each:
        near = next((other for other in found if stories.linked(one, other)), None)
        if near is None:
            found.append(one)
        else:
            near.add(one.records)
    return found
