"""Statements by the speaker that a question names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.catalogue import Catalogue, StatementRecord
from corpus.model import Speaker, Statement
from index.lexical import LexicalIndex, stems
from index.query import Query
from index.speakers import speaker_text

_MOST = 400  # statements of one speaker that are looked at, those nearest to the topic first
_OFFICES = frozenset(
    stems(
        "president prime minister minister deputy vice secretary general spokesman spokeswoman spokesperson chief head "
        "director chair chairman chairwoman leader governor mayor senator judge justice professor chancellor king queen "
        "ambassador commissioner captain colonel inspector officer official former acting state attorney premier lord "
        "representative congressman congresswoman coach ceo founder"
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


def find_spoken(query: Query, statements: LexicalIndex, catalogue: Catalogue) -> Spoken:
    """Return the statements of the speaker that `query` names, nearest to its topic first.

    Every word of the speaker as asked has to be in the speaker's name, role or affiliation; where
    nobody is called all that, an office before a name may be left out ("President Hale" for a Hale
    whose office no article gives).
    """
    for terms in _readings(query.speaker_terms):
        own = _search(query, statements, catalogue, "speaker", terms)
        relayed = _search(query, statements, catalogue, "via", terms)
        if own or relayed:
            known = {record.id for record in own}
            return Spoken(tuple(own), tuple(r for r in relayed if r.id not in known))
    return Spoken((), ())


def _readings(terms: Sequence[str]) -> list[Sequence[str]]:
    name = [term for term in terms if term not in _OFFICES]
    return [terms, name] if name and len(name) < len(terms) else [terms]


def _search(
    query: Query, statements: LexicalIndex, catalogue: Catalogue, field: str, terms: Sequence[str]
) -> list[StatementRecord]:
    if not terms:
        return []
    found = statements.search(dict.fromkeys(query.terms, 1.0), {"content": 1.0}, query.facets, _MOST, must={field: terms})
    order = {i: rank for rank, (i, _) in enumerate(found)}
    records = [r for r in catalogue.statements(list(order)) if _is_called(_speakers(r, field), terms)]
    return sorted(records, key=lambda record: order[record.id])


def _speakers(record: StatementRecord, field: str) -> Iterable[Speaker | None]:
    return (record.statement.speaker,) if field == "speaker" else record.statement.via


def _is_called(speakers: Iterable[Speaker | None], terms: Sequence[str]) -> bool:
    """Tell whether one of the speakers by itself has all the words (a field may hold several)."""
    return any(set(terms) <= set(stems(speaker_text(speaker))) for speaker in speakers)


def label(speaker: Speaker | None) -> str:
    """Return the speaker in a line: name, then role and affiliation."""
    if speaker is None:
        return "speaker not determined"
    about = ", ".join(part for part in (speaker.role if speaker.name else None, speaker.affiliation) if part)
    who = speaker.name or speaker.role or "speaker not determined"
    return f"{who} ({about})" if about and about != who else who


def same_speaker(one: Statement, other: Statement) -> bool:
    """Tell whether two statements of one article have the same established speaker."""
    return one.speaker is not None and one.speaker == other.speaker
