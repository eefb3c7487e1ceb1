"""Statements by the speaker that a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.catalogue import StatementRecord
from corpus.model import Speaker
from index.lexical import LexicalIndex, stems
from index.query import Query, speaker_terms
from index.relevance import Terms, Topic, terms_of
from index.shelf import Shelf
from index.speakers import speaker_text
from index.terms import content_words
from index.wordnet import RAREST, base_forms, rarity, related

_NAMES = 5  # names that one description is taken to stand for at most
_LOOKED_AT = 60  # statements whose articles are read to check a description
_FITS = 0.6  # share of a description that a speaker must meet
_AS_GOOD = 0.05  # below the best fit that is still taken
_HEAD_MET = 0.35  # what the head of a description must be met by: at least a sibling in meaning
_SAME = 0.5  # what goes before the head must be met by in the speaker's office: siblings (justice, interior) differ
_PHRASE_END = re.compile(r"\s(?:of|in|for|at|from)\s")
_AND = re.compile(r",\s+(?:and\s+)?|\s+(?:and|vs?\.?|versus)\s+", re.IGNORECASE)
_MOST = 400  # statements of one speaker that are looked at, those nearest to the topic first
_OFFICES = frozenset(
    stems(
        "president prime minister minister deputy vice secretary general spokesman spokeswoman spokesperson chief head "
        "director chair chairman chairwoman leader governor mayor senator judge justice professor chancellor king "
        "queen ambassador commissioner captain colonel inspector officer official former acting state attorney premier "
        "lord representative congressman congresswoman coach ceo founder"
    )
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Statements that a question's speaker made, or passed on (`relayed`: others' words that came through it)."""

    own: tuple[StatementRecord, ...]
    relayed: tuple[StatementRecord, ...]

    @property
    def records(self) -> tuple[StatementRecord, ...]:
        """All of them."""
        return self.own + self.relayed


def several(query: Query) -> list[Query]:
    """Return a query for each speaker, where the words may name several ("A and B", "A vs. B")."""
    names = [name.strip(" ,") for name in _AND.split(query.speaker or "")]
    return [replace(query, speaker=name, speaker_terms=speaker_terms(name)) for name in names if name]


def find_spoken(query: Query, statements: LexicalIndex, shelf: Shelf) -> Spoken:
    """Return the statements of the speaker that `query` names, nearest to its topic first.

    Every word of the speaker as asked has to be in the speaker's name, role or affiliation, or in the
    words that name him or her in that sentence. Where nobody is called all that, an office before a name may
    be left out ("President Hale" for a Hale whose office no article gives). Who is found by an office is
    also taken where an article gives the name alone.
    """
    for terms in _readings(query.speaker_terms):
        own = _search(query, statements, shelf, "speaker", terms)
        relayed = [r for r in _search(query, statements, shelf, "via", terms) if _is_via(r, terms)]
        if own or relayed:
            left_out = set(query.speaker_terms) - set(terms)
            own = _speaking_of(left_out, shelf, own) or own
            own = _with_namesakes(query, statements, shelf, own, terms)
            known = {record.id for record in own}
            return Spoken(tuple(own), tuple(r for r in relayed if r.id not in known))
    return Spoken((), ())


def _readings(terms: Sequence[str]) -> list[Sequence[str]]:
    name = [term for term in terms if term not in _OFFICES]
    return [terms, name] if name and len(name) < len(terms) else [terms]


def _search(
    query: Query, statements: LexicalIndex, shelf: Shelf, field: str, terms: Sequence[str]
) -> list[StatementRecord]:
    if not terms:
        return []
    topic = dict.fromkeys(query.terms, 1.0)
    found = statements.search(topic, {"content": 1.0}, query.facets, _MOST, must={field: terms})
    return _in_order(shelf, [i for i, _ in found])


def _in_order(shelf: Shelf, ids: Sequence[int]) -> list[StatementRecord]:
    order = {i: rank for rank, i in enumerate(ids)}
    return sorted(shelf.statements(ids), key=lambda record: order[record.id])


def _is_via(record: StatementRecord, terms: Sequence[str]) -> bool:
    """Tell whether one of those through whom the words came has all the terms (the field may hold several)."""
    return any(set(terms) <= set(stems(speaker_text(via))) for via in record.statement.via)


def _with_namesakes(
    query: Query,
    statements: LexicalIndex,
    shelf: Shelf,
    own: list[StatementRecord],
    terms: Sequence[str],
) -> list[StatementRecord]:
    """Add statements by the same full names from articles that give neither role nor affiliation.

    One with another role may be another person of that name, and so may one in an article that knows nothing
    of what was asked for: it must have the words elsewhere ("judge").
    """
    names = {r.statement.speaker.name for r in own if r.statement.speaker and r.statement.speaker.name}
    fuller = [name for name in sorted(names) if " " in name and not set(terms) <= set(stems(name))]
    known, found = {record.id for record in own}, list(own)
    for name in fuller[:_NAMES]:
        records = _search(query, statements, shelf, "speaker", stems(name))
        bare = [r for r in records if r.statement.speaker == Speaker(name) and r.id not in known]
        found += _speaking_of(set(terms) - set(stems(name)), shelf, bare)
    return found


def _speaking_of(terms: set[str], shelf: Shelf, records: Sequence[StatementRecord]) -> list[StatementRecord]:
    """Return the statements from articles that have all the terms somewhere."""
    texts = shelf.texts({record.article_id for record in records}) if terms else {}
    return [r for r in records if not terms or terms <= terms_of(texts[r.article_id]).stems]


def find_described(query: Query, statements: LexicalIndex, shelf: Shelf) -> Spoken:
    """Return the statements of those who fit the asked description, though nobody is called just that.

    The head of the description has to be met by the speaker, itself or by a word near in meaning ("boss",
    "chief executive"); what goes with it may be met by the article that quotes the speaker ("the railway
    boss" in an article on the railways), and names must be met by one of the two.
    """
    words = content_words(query.speaker or "")
    if not words:
        return Spoken((), ())
    head = next(reversed(content_words(_PHRASE_END.split(query.speaker or "")[0]) or words))
    terms = {stem: 1.0 for word in words.values() for stem in stems(" ".join([word, *related(word)]))}
    found = statements.search(terms, {"speaker": 1.0}, query.facets, _MOST)
    records = [r for r in _in_order(shelf, [i for i, _ in found]) if r.statement.speaker][:_LOOKED_AT]
    texts = {article: terms_of(text) for article, text in shelf.texts({r.article_id for r in records}).items()}
    asked, only_head = Topic(words), Topic({head: words.get(head, head)})
    phrase = content_words(_PHRASE_END.split(query.speaker or "")[0])
    before = Topic({stem: word for stem, word in phrase.items() if stem != head})
    names = {stem for stem, word in words.items() if rarity(word) >= RAREST}
    fit: dict[int, float] = {}
    for record in records:
        called, text = terms_of(speaker_text(record.statement.speaker)), texts[record.article_id]
        if only_head.coverage(called) >= _HEAD_MET and names <= called.stems | text.stems:
            rest = Terms(called.stems - {head}, called.forms - set(base_forms(words.get(head, head))))
            other = not before.empty and before.coverage(rest) < _SAME
            if other and head in called.stems and _is_specific(record, head):
                continue  # the interior minister is no justice minister, whatever the article is about
            fit[record.id] = asked.coverage(called, text)
    best = max(fit.values(), default=0.0)
    return Spoken(tuple(r for r in records if fit.get(r.id, 0.0) >= max(_FITS, best - _AS_GOOD)), ())


def _is_specific(record: StatementRecord, head: str) -> bool:
    """Tell whether the text says of what the speaker is head, minister, spokesman."""
    speaker = record.statement.speaker
    return speaker is not None and bool(set(stems(f"{speaker.role or ''} {speaker.affiliation or ''}")) - {head})
