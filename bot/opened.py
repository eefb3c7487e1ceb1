"""A home opened for questions, and opened anew when another process has published or rebuilt.

Several threads may ask at once: what one of them still reads is closed by the last to leave it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from bot.rights import Budget, quotable, rights_of, title_of
from bot.settings import Settings
from bot.spellings import spellings_of
from corpus.catalogue import ArticleRecord, Catalogue, CorpusSummary, Served
from corpus.catalogue.scope import Scope, as_scope
from corpus.errors import StaleIndexError
from corpus.model import Method
from corpus.outlets import Rights
from index.embedding import Encoder
from index.outlets import OutletNames
from index.rules import Rules
from index.search import Search
from index.store import IndexParts, open_index, serving


@dataclass(eq=False)
class Opened:
    """One generation of an edition, with what is worth counting once in it."""

    edition: str
    generation: int
    served: Served
    search: Search
    parts: IndexParts
    rules: Rules
    users: int = 0
    retired: bool = False
    _outlets: dict[Scope | None, OutletNames] = field(default_factory=dict)
    _spellings: dict[Scope | None, Mapping[str, str]] = field(default_factory=dict)
    _within: dict[Scope, Scope] = field(default_factory=dict)
    _rights: dict[str, Rights] = field(default_factory=dict)
    _summaries: dict[tuple[Scope | None, date | None], CorpusSummary] = field(default_factory=dict)

    def within(self, given: Scope | frozenset[str] | None) -> Scope | None:
        """Return an asker's scope with its outlets as the articles write them, which all below takes; None for all."""
        scope = as_scope(given)
        if scope is None or scope.outlets is None:
            return scope
        if scope not in self._within:
            known = spellings_of(scope.outlets, self.one_name(None), self.rules.outlets)
            self._within[scope] = replace(scope, outlets=known)
        return self._within[scope]

    def names(self, scope: Scope | None) -> OutletNames:
        """Return the outlets that the scope knows; another collection's are nobody's business."""
        if scope not in self._outlets:
            known = self.served.outlets(scope)
            self._outlets[scope] = OutletNames(known, self.one_name(scope), self.rules.outlets.aliases())
        return self._outlets[scope]

    def one_name(self, scope: Scope | None) -> Mapping[str, str]:
        """Return the one name of each spelling of an outlet that the scope knows."""
        if scope not in self._spellings:
            self._spellings[scope] = self.rules.outlets.unify(self.served.outlets(scope))
        return self._spellings[scope]

    def rights(self, article: ArticleRecord) -> Rights:
        """Return what may be shown of an article."""
        if article.id not in self._rights:
            self._rights[article.id] = rights_of(article, self.rules.outlets)
        return self._rights[article.id]

    def budget(self) -> Budget:
        """Return what one output may show of each article."""
        return Budget(self.rights, self.search.shelf.texts)

    def may_show(self, article: ArticleRecord, length: int) -> bool:
        """Tell whether that many characters of an article may be shown at once; 0: whether any."""
        rights = self.rights(article)
        return rights == "full" or quotable(rights, length, len(self.search.shelf.texts({article.id})[article.id]))

    def title(self, article: ArticleRecord) -> str:
        """Return the title that may be shown of an article; see `bot.rights.title_of`."""
        rights = self.rights(article)
        return title_of(article.title, rights, lambda: self.search.shelf.texts({article.id})[article.id])

    def summary(self, scope: Scope | None, as_of: date | None) -> CorpusSummary:
        """Return how far the scope reaches; counting is slow, so once a generation."""
        key = scope, as_of
        if key not in self._summaries:
            self._summaries[key] = self.served.summary(scope, as_of.toordinal() if as_of else None)
        return self._summaries[key]


class Opener:
    """Gives each question the newest state that was published when it began."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._settings, self._catalogue = settings, catalogue
        self._home = settings.place()
        self._lock = threading.Lock()
        self._now: Opened | None = None
        self._encoder: Encoder | None = None  # which stays, as most generations have the same

    @contextmanager
    def reading(self) -> Iterator[Opened | None]:
        """Yield the newest state, read from one snapshot of the catalogue; None where nothing was ever ingested.

        Raises:
            StaleIndexError: the index is missing, older than the catalogue, or made with other settings.
        """
        opened = self._entered_again() or self._entered()
        while opened is not None:
            try:
                with opened.served.snapshot():
                    if opened.served.generation() == opened.generation:  # else another was published since
                        yield opened
                        return
            finally:
                self._leave(opened)
            opened = self._entered()
        yield None

    @property
    def method(self) -> Method:
        """What finds statements, by the settings."""
        return self._settings.statements

    def close(self) -> None:
        """Close what is held open, as soon as nobody reads it."""
        with self._lock:
            self._replace(None)

    def current(self) -> tuple[str | None, int]:
        """Return the edition and generation that a question would be answered from now."""
        edition = self._home.edition()
        generation, published = self._catalogue.state(edition) if edition else (0, 0)
        if published:  # nearly always: every question asks for it
            return edition, generation
        edition = serving(self._home, self._catalogue)
        return edition, self._catalogue.state(edition)[0] if edition else 0

    def at(self) -> tuple[str | None, int]:
        """Return the edition and generation that the last question was answered from."""
        now = self._now
        return (now.edition, now.generation) if now is not None else (None, 0)

    def _entered_again(self) -> Opened | None:
        """Return what is open, where it still seems to be what serves, and count one more reader of it."""
        with self._lock:
            now = self._now
            if now is None or self._home.edition() != now.edition:
                return None
            now.users += 1
            return now

    def _entered(self) -> Opened | None:
        """Return the newest state, opened if it is not yet, and count one more reader of it."""
        with self._lock:
            while True:
                at = self.current()
                now = self._now
                if now is None or at != (now.edition, now.generation):
                    try:
                        now = self._open(at[1])
                    except StaleIndexError:
                        if self.current() == at:
                            raise
                        continue  # another took its place while it was being opened
                    self._replace(now)
                if now is not None:
                    now.users += 1
                return now

    def _open(self, generation: int) -> Opened | None:
        """Open what serves; a generation that is published meanwhile is looked at again."""
        found = open_index(self._home, self._catalogue, self._settings.index(), self._encoder)
        if found is None:
            return None
        self._encoder = found.encoder
        rules = Rules.read(self._home.folder)  # anew, as what they change is made anew by an ingest
        search = Search(found.served, found.parts, found.encoder, rules)
        return Opened(found.edition, generation, found.served, search, found.parts, rules)

    def _replace(self, new: Opened | None) -> None:
        old, self._now = self._now, new
        if old is not None:
            old.retired = True
            if not old.users:
                old.parts.close()

    def _leave(self, opened: Opened) -> None:
        with self._lock:
            opened.users -= 1
            if opened.retired and not opened.users:
                opened.parts.close()
