"""URLs as claims: those that name nothing, who has one, and since when."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update

from corpus.catalogue.editions import look_again
from corpus.catalogue.records import Origin
from corpus.catalogue.schema import ARTICLES, CLAIMED, DISPUTED, INDEXED, VERSIONS
from corpus.outlet_names import claimed

_INDEX_PAGE = re.compile(r"/(?:index\.\w{2,5})?")


def is_root(url: str | None) -> bool:
    """Tell whether a URL is a site's front page, which many of its pages give as their own."""
    if url is None:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) and not parts.query and _INDEX_PAGE.fullmatch(parts.path or "/") is not None


def is_disputed(connection: Connection, origin: Origin, url: str | None) -> bool:
    """Tell whether dissimilar files have claimed `url` in one run."""
    if url is None:
        return False
    return connection.scalar(select(DISPUTED.c.url).filter_by(collection=origin.collection, url=url)) is not None


def dispute(connection: Connection, origin: Origin, url: str) -> None:
    """Let `url` name no article any more; who bears it keeps its id.

    It tells at most of which site a page is, so whoever claimed it in this run has its domain for an outlet, where
    nothing else was told.
    """
    claim = {"collection": origin.collection, "url": url}
    connection.execute(delete(DISPUTED).filter_by(**claim))
    connection.execute(insert(DISPUTED).values(**claim))
    connection.execute(update(ARTICLES).filter_by(**claim).values(url=None))
    articles = select(CLAIMED.c.article_id).filter_by(**claim)
    nobodys = VERSIONS.c.outlet.is_(None) & VERSIONS.c.article_id.in_(articles)
    connection.execute(update(INDEXED).where(INDEXED.c.article_id.in_(articles)).values(stale=True))
    connection.execute(update(VERSIONS).where(nobodys).values(outlet=claimed(None, url)))
    look_again(connection)


def note_claim(connection: Connection, origin: Origin, url: str, article: str) -> None:
    """Note that the run under way has given `url` to an article, or has not, since another has it."""
    claim = {"collection": origin.collection, "url": url, "article_id": article}
    connection.execute(delete(CLAIMED).filter_by(**claim))
    connection.execute(insert(CLAIMED).values(**claim))


def is_claimed_anew(connection: Connection, origin: Origin, url: str, article: str) -> bool:
    """Tell whether the run under way has given `url` to the article, which bears it."""
    claim = {"collection": origin.collection, "url": url, "article_id": article}
    return connection.scalar(select(CLAIMED.c.url).filter_by(**claim)) is not None


def end_run(connection: Connection) -> None:
    """Note that the run under way is at its end: who has a URL now is the first who had it."""
    connection.execute(delete(CLAIMED))
