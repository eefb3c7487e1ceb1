"""Statements by the speaker that a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.described import fit, names_in
from bot.outside import is_outside, names_body, speaking
from bot.widen import succeeded, widened, with_voices
from corpus.catalogue import StatementRecord
from corpus.model import Speaker, Statement
from index.frames import can_speak
from index.lexical import LexicalIndex, stems
from index.names import apart, office_of
from index.query import Query, speaker_terms
from index.relevance import Topic, terms_of
from index.shelf import Shelf
from index.speakers import speaker_text
from index.terms import content_words

_AND = re.compile(r",\s+(?:and\s+)?|\s+(?:and|vs?\.?|versus)\s+", re.IGNORECASE)
_OWNED = re.compile(r"\w['’]s?\s|\s(?:of|in|for|at|from)\s")
MOST = 400  # statements of one speaker that are looked at, those nearest to the topic first
_STORIES = 40  # articles that are compared with what a conversation was about
_AS_NEAR = 0.1  # share of its terms that another article may lack
_AT_ONCE = 100  # statements that may fit a description


@dataclass(frozen=True, slots=True)
class Spoken:
    """Statements that a question's speaker made, or passed on (`relayed`: others' words that came through it).

    `former` are those by speakers asked for by an office that another one held when it is asked about, or
    holds since: what they said counts after what the other said.
    """

    own: tuple[StatementRecord, ...]
    relayed: tuple[StatementRecord, ...]
    former: frozenset[Statement] = frozenset()

    @property
    def records(self) -> tuple[StatementRecord, ...]:
        """All of them."""
        return self.own + self.relayed


def several(query: Query) -> list[Query]:
    """Return a query for each speaker, where the words may name several ("A and B", "A vs. B")."""
    names = [name.strip(" ,") for name in _AND.split(query.speaker or "")]
    return [replace(query, speaker=name, speaker_terms=speaker_terms(name)) for name in names if name]


def parties(query: Query, statements: LexicalIndex, shelf: Shelf) -> list[Query]:
    """Return a query for each of several speakers, where the question names several; none where it names one.

    It does where the whole phrase finds nobody, or each part by itself is what a speaker is called and no speaker is
    called all of it ("the Ministry of Health and Trade").
    """
    parts = several(query)
    if len(parts) < 2:
        return []
    found = find_spoken(query, statements, shelf).records
    if not found:
        return parts
    if any(_is_called(r, query.speaker_terms) for r in found):
        return []
    for part in parts:
        called = _search(part, statements, shelf, "speaker", part.speaker_terms)
        if not any(_is_called(r, part.speaker_terms) for r in called):
            return []
    return parts


def _is_called(record: StatementRecord, terms: Sequence[str]) -> bool:
    return set(terms) <= set(stems(speaker_text(record.statement.speaker)))


def find_spoken(query: Query, statements: LexicalIndex, shelf: Shelf) -> Spoken:
    """Return the statements of the speaker that `query` names, nearest to its topic first.

    Every word of the speaker as asked has to be in the speaker's name, role or affiliation, or in the words that name
    him or her in that sentence. Where nobody is called all that, what describes a person before the name may be left
    out ("President Hale", for a Hale whose office no article gives). Who is found is then looked up across articles
    (see `bot.widen`): other names, articles that give a name alone, who speaks for an organisation.
    """
    for terms, left_out in _readings(query):
        own = _search(query, statements, shelf, "speaker", terms)
        own = own if can_speak((query.speaker or "").lower().split()[-1]) else _named(own, terms)
        relayed = [r for r in _search(query, statements, shelf, "via", terms) if _is_via(r, terms)]
        if own or relayed:
            own = _not_apart(left_out, own)
            own = _speaking_of(set(stems(left_out)), shelf, own) or own
            own = speaking(query.speaker or "", terms, own, shelf) if not left_out else own
            own = widened(own, terms, shelf, lambda words: _search(query, statements, shelf, "speaker", words))
            own = _of_the_story(query, own, shelf)
            known = {record.id for record in own}
            former = succeeded(own, terms, query.periods, shelf)
            return Spoken(tuple(own), tuple(r for r in relayed if r.id not in known), former)
    return Spoken((), ())


def find_described(query: Query, statements: LexicalIndex, shelf: Shelf) -> Spoken:
    """Return the statements of those who fit the asked description, though nobody is called just that.

    See `bot.described.fit` for what fits.
    """
    words = content_words(query.speaker or "")
    if not words:
        return Spoken((), ())

    def search(terms: dict[str, float], field: str, called: Sequence[str]) -> list[StatementRecord]:
        must = {"speaker": called} if called else None
        found = statements.search(terms, {field: 1.0}, query.facets, _AT_ONCE, must=must)
        return [r for r in _in_order(shelf, [i for i, _ in found]) if r.statement.speaker]

    fitting = fit(query, search, shelf)
    if names_body(query.speaker or ""):
        fitting = [r for r in fitting if r.statement.speaker and not is_outside(r.statement.speaker, set(words))]
    own = with_voices(fitting, shelf)
    names = names_in(query.speaker or "")
    own = widened(own, names, shelf, lambda words: _search(query, statements, shelf, "speaker", words), described=True)
    return Spoken(tuple(own), ())


def _readings(query: Query) -> list[tuple[Sequence[str], str]]:
    """Return the terms to seek, all of them first, then without what describes a person before the name.

    "Hale's mayor" and "the coach of Hale" are no Hale: there nothing can be left out.
    """
    asked = query.speaker or ""
    words = re.sub(r"^(?:the|an?)\s", "", asked.strip(), flags=re.IGNORECASE).split()
    name = list(words)
    while len(name) > 1 and can_speak(name[0].lower().strip(".,")):
        del name[0]
    all_of_it: tuple[Sequence[str], str] = (query.speaker_terms, "")
    if len(name) == len(words) or _OWNED.search(asked) or can_speak(name[-1].lower()):
        return [all_of_it] if query.speaker_terms else []
    return [all_of_it, (speaker_terms(" ".join(name)), " ".join(words[: len(words) - len(name)]))]


def _search(
    query: Query, statements: LexicalIndex, shelf: Shelf, field: str, terms: Sequence[str]
) -> list[StatementRecord]:
    if not terms:
        return []
    topic = dict.fromkeys(query.terms, 1.0)
    found = statements.search(topic, {"content": 1.0}, query.facets, MOST, must={field: terms})
    return _in_order(shelf, [i for i, _ in found])


def _in_order(shelf: Shelf, ids: Sequence[int]) -> list[StatementRecord]:
    order = {i: rank for rank, i in enumerate(ids)}
    return sorted(shelf.statements(ids), key=lambda record: order[record.id])


def _named(records: list[StatementRecord], terms: Sequence[str]) -> list[StatementRecord]:
    """Leave out those whose sentence names somebody so, but who speaks there is called something else."""
    called = [r for r in records if set(terms) <= set(stems(speaker_text(r.statement.speaker)))]
    if not called:
        return records
    ids = {record.id for record in called}
    return [r for r in records if r.id in ids or r.statement.speaker is None or r.statement.speaker.name is None]


def _is_via(record: StatementRecord, terms: Sequence[str]) -> bool:
    """Tell whether one of those through whom the words came has all the terms (the field may hold several)."""
    return any(set(terms) <= set(stems(speaker_text(via))) for via in record.statement.via)


def _not_apart(described: str, records: list[StatementRecord]) -> list[StatementRecord]:
    """Leave out who lives another life than the question says: "the footballer Hale" is no judge."""
    asked = office_of(described, None).worlds
    kept = [r for r in records if not apart(asked, _worlds(r.statement.speaker))]
    return kept or records


def _worlds(speaker: Speaker | None) -> frozenset[str]:
    return office_of(speaker.role, speaker.affiliation).worlds if speaker else frozenset()


def _of_the_story(query: Query, records: list[StatementRecord], shelf: Shelf) -> list[StatementRecord]:
    """Keep what is from articles on what was spoken of before, where a question goes on with "the spokesman".

    Any article may have one; whom a conversation means it has told before.
    """
    asked = content_words(query.speaker or "")
    if not query.carried or len(asked) != 1 or not can_speak(next(iter(asked.values()))):
        return records
    before = Topic(content_words(query.carried))
    texts = shelf.texts(list(dict.fromkeys(r.article_id for r in records))[:_STORIES])
    met = {article: before.exact(terms_of(text)) for article, text in texts.items()}
    least = max(met.values(), default=0.0) - _AS_NEAR
    return [r for r in records if met.get(r.article_id, -1.0) >= least]


def _speaking_of(terms: set[str], shelf: Shelf, records: Sequence[StatementRecord]) -> list[StatementRecord]:
    """Return the statements from articles that have all the terms somewhere."""
    texts = shelf.texts({record.article_id for record in records}) if terms else {}
    return [r for r in records if not terms or terms <= terms_of(texts[r.article_id]).stems]
