"""When the articles that somebody may see were last looked at."""

from __future__ import annotations

from sqlalchemy import func, select

from corpus.catalogue.read import CatalogueReader
from corpus.catalogue.schema import ARTICLES, VERSIONS
from corpus.catalogue.scope import Scope


def last_read(catalogue: CatalogueReader, scope: Scope | None) -> str | None:
    """Return the day (ISO 8601) on which an ingest last met an article within the scope; None where there is none.

    The scope's outlets are as articles write them (`bot.opened.Opened.within`).
    """
    current = (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number)
    query = select(func.max(VERSIONS.c.seen_at)).select_from(ARTICLES.join(VERSIONS, current))
    if scope is not None:
        query = query.where(*scope.conditions())
    with catalogue.engine.connect() as connection:
        found = connection.scalar(query)
    return str(found)[:10] if found else None
