"""Which articles are copies of which: kept as pairs of texts, found by bands, checked by their true likeness.

An article is joined to others directly, never through a third, so a chain of small changes makes no group; and
what is stored does not depend on the order in which articles came, as long as a text has few that look like it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, func, insert, or_, select

from corpus.catalogue.schema import ARTICLES, BANDS, NEAR, SIGNATURES, VERSIONS
from corpus.copies import Shingles, signature

_AT_ONCE = 500  # marks in one query
_LOOKED_AT = 32  # texts that are compared with a new one; a template filled in a thousand times is no thousand copies


def register(connection: Connection, article: str, text: str) -> None:
    """Note the text of an article's current version and which known texts it is a copy of."""
    mine = signature(text)
    forget(connection, article)
    known = connection.scalar(select(exists().where(SIGNATURES.c.exact == mine.exact)))
    connection.execute(insert(SIGNATURES).values(article_id=article, exact=mine.exact))
    if known or not mine.bands:
        return
    candidates = _candidates(connection, mine.bands)
    shingles = Shingles.of(text) if candidates else None
    near = [other for other in candidates if shingles and shingles.similar(Shingles.of(_text(connection, other)))]
    connection.execute(insert(BANDS), [{"band": band, "exact": mine.exact} for band in sorted(set(mine.bands))])
    if near:
        pairs = [(mine.exact, other) for other in near] + [(other, mine.exact) for other in near]
        connection.execute(insert(NEAR), [{"one": one, "other": other} for one, other in pairs])


def forget(connection: Connection, article: str) -> None:
    """Forget the text of an article; what is known of it stays while another article has the same."""
    exact = connection.scalar(select(SIGNATURES.c.exact).where(SIGNATURES.c.article_id == article))
    if exact is None:
        return
    connection.execute(delete(SIGNATURES).where(SIGNATURES.c.article_id == article))
    if not connection.scalar(select(exists().where(SIGNATURES.c.exact == exact))):
        connection.execute(delete(BANDS).where(BANDS.c.exact == exact))
        connection.execute(delete(NEAR).where(or_(NEAR.c.one == exact, NEAR.c.other == exact)))


def copies_of(connection: Connection, articles: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the copies of each of these articles, in any collection; articles without one are left out."""
    mine, other = SIGNATURES.alias("mine"), SIGNATURES.alias("other")
    found: dict[str, set[str]] = {}
    for at in range(0, len(articles), _AT_ONCE):
        some = mine.c.article_id.in_(articles[at : at + _AT_ONCE])
        same = select(mine.c.article_id, other.c.article_id).join(other, mine.c.exact == other.c.exact)
        near = (
            select(mine.c.article_id, other.c.article_id)
            .join(NEAR, NEAR.c.one == mine.c.exact)
            .join(other, NEAR.c.other == other.c.exact)
        )
        for query in (same.where(some), near.where(some)):
            for article, copy in connection.execute(query):
                if article != copy:
                    found.setdefault(article, set()).add(copy)
    return {article: frozenset(copies) for article, copies in found.items()}


def all_copies(connection: Connection) -> dict[str, frozenset[str]]:
    """Return the copies of every article that has any, in any collection."""
    several = select(SIGNATURES.c.exact).group_by(SIGNATURES.c.exact).having(func.count() > 1)
    either = or_(SIGNATURES.c.exact.in_(several), SIGNATURES.c.exact.in_(select(NEAR.c.one)))
    return copies_of(connection, sorted(connection.scalars(select(SIGNATURES.c.article_id).where(either))))


def _candidates(connection: Connection, bands: Sequence[int]) -> list[str]:
    """Return the texts that share most bands with one that has these, at most `_LOOKED_AT`, the likeliest first."""
    shared = func.count().label("shared")
    query = select(BANDS.c.exact).where(BANDS.c.band.in_(bands)).group_by(BANDS.c.exact)
    return list(connection.scalars(query.order_by(shared.desc(), BANDS.c.exact).limit(_LOOKED_AT)))


def _text(connection: Connection, exact: str) -> str:
    """Return the text of one article whose normalised text has this hash."""
    query = (
        select(VERSIONS.c.text)
        .join(ARTICLES, (ARTICLES.c.id == VERSIONS.c.article_id) & (ARTICLES.c.current == VERSIONS.c.number))
        .join(SIGNATURES, SIGNATURES.c.article_id == ARTICLES.c.id)
        .where(SIGNATURES.c.exact == exact)
        .order_by(ARTICLES.c.id)
        .limit(1)
    )
    return str(connection.scalar(query))
