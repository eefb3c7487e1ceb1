"""Statements as ``speakers.toml`` sets them right, between the catalogue, which keeps them as found, and an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from corpus.catalogue import ArticleRecord, SpeakerRecord, StatementRecord
from corpus.model import Span, Speaker
from corpus.outlets import Outlets
from corpus.people import SpeakerCorrections
from corpus.people_names import name_key
from index.speakers import speaker_text


@dataclass(frozen=True, slots=True)
class Corrected:
    """Statements that may be used, and by article the spans of those whose speaker is hidden: none of it is quoted."""

    statements: list[StatementRecord] = field(default_factory=list)
    withheld: dict[str, list[Span]] = field(default_factory=dict)


def correct(
    records: Iterable[StatementRecord],
    articles: Mapping[str, ArticleRecord],
    corrections: SpeakerCorrections,
    outlets: Outlets,
) -> Corrected:
    """Return statements with their speakers set right, in order.

    Args:
        records: as found in the articles.
        articles: the articles that they are of, by id; a statement of another one is left out.
        corrections: what ``speakers.toml`` says.
        outlets: what ``outlets.toml`` says: a correction may hold for one outlet.
    """
    result = Corrected()
    for record in records:
        article = articles.get(record.article_id)
        if article is None:
            continue
        outlet = outlets.canonical(article.outlet, article.url)
        statement = corrections.apply(record.statement, article.id, article.url, article.where, outlet)
        if statement is None:
            result.withheld.setdefault(article.id, []).append(record.statement.extent)
        else:
            result.statements.append(replace(record, statement=statement))
    return result


def correct_speakers(
    records: Iterable[SpeakerRecord],
    articles: Mapping[str, ArticleRecord],
    corrections: SpeakerCorrections,
    outlets: Outlets,
) -> tuple[list[SpeakerRecord], dict[str, str]]:
    """Return speakers set right, as `correct` does, and the key of each name that a correction gave."""
    found: list[SpeakerRecord] = []
    fixed: dict[str, str] = {}
    for record in records:
        article = articles.get(record.article_id)
        if article is None:
            continue
        outlet = outlets.canonical(article.outlet, article.url)
        speaker = corrections.speaker(record.speaker, article.id, article.url, article.where, outlet)
        if speaker is not None:
            found.append(record._replace(speaker=speaker))
            if speaker.name is not None and (speaker != record.speaker or corrections.names_of(speaker.name)):
                fixed[speaker.name] = name_key(speaker.name)
    return found, fixed


def asked_for(speaker: Speaker | None, corrections: SpeakerCorrections) -> str:
    """Return the words by which a speaker who was set right may be asked for: his or her own, and the other names."""
    others = corrections.names_of(speaker.name) if speaker is not None and speaker.name else ()
    return " ".join([speaker_text(speaker), *others])
