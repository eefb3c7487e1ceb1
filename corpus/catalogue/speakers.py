"""Who speaks in the articles of a catalogue, as found: for telling which rules of ``speakers.toml`` meet nobody."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from corpus.catalogue.read import CatalogueReader
from corpus.catalogue.schema import STATEMENTS
from corpus.model import Speaker


def speakers(catalogue: CatalogueReader) -> Iterator[Speaker]:
    """Yield who speaks in any edition's statements, each once, then those through whom words came, many times."""
    who = STATEMENTS.c.name, STATEMENTS.c.role, STATEMENTS.c.affiliation
    with catalogue.engine.connect() as connection:
        for row in connection.execute(select(*who).where(STATEMENTS.c.name.is_not(None)).distinct()):
            yield Speaker(*row)
        for via in connection.execution_options(yield_per=1000).scalars(select(STATEMENTS.c.via)):
            yield from (Speaker(*parts) for parts in via if parts[0] is not None)
