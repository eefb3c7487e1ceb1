"""The articles that a home serves, by everything that a gold set may call them."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import islice

from bot.ask import Whosaid
from bot.opened import Opened
from corpus.catalogue import ArticleRecord
from corpus.catalogue.records import place
from corpus.catalogue.scope import as_scope
from corpus.errors import UsageError

_AT_ONCE = 500  # ids in one query
_PREFIX = 6  # characters of an id from which its beginning is enough
_COMPARED = 20  # names that are compared with one that is not known
_LIKE = 0.5  # likeness, by characters, from which a name is worth a mention
_WORD = re.compile(r"[^\W_]+")


class Articles:
    """What is served, in one state of the catalogue; good within `articles_of`."""

    def __init__(self, opened: Opened, records: Mapping[str, ArticleRecord]) -> None:
        self.opened, self.records = opened, records
        self._exact: dict[str, list[ArticleRecord]] = defaultdict(list)
        self._by_file: dict[str, list[ArticleRecord]] = defaultdict(list)
        for record in records.values():
            for name in {record.id, record.url, record.path, record.where, record.file}:
                if name:
                    self._exact[name].append(record)
            self._by_file[record.path.rpartition("/")[2]].append(record)

    def named(self, key: str, url: str | None = None) -> list[ArticleRecord]:
        """Return the articles that `key` names, in the order of their ids.

        A key is a URL, a path (as the folder that was ingested knows it, or any end of it, with ``#record`` for one of
        several), an id, or the beginning of one. `url` tells the records of one file apart.
        """
        found = self._exact.get(key) or self._exact.get(key.partition("#:~:")[0]) or self._ending(key)
        if not found and len(key) >= _PREFIX:
            found = [record for record in self.records.values() if record.id.startswith(key)]
            found = found if len(found) == 1 else []
        if url is not None:
            found = [record for record in found if url in (record.url, record.record)]
        return sorted(found, key=lambda record: record.id)

    def _ending(self, key: str) -> list[ArticleRecord]:
        """Return the articles whose path ends with `key`; a # may begin a record's name, or be part of a file's."""
        for path, record in _readings(key):
            tail = "/" + re.sub(r"^(?:\.{0,2}/)+", "", path)
            near = self._by_file.get(path.rpartition("/")[2], ())
            found = [
                one for one in near if record in (None, one.record) and f"/{place(one.root, one.path)}".endswith(tail)
            ]
            if found:
                return found
        return []

    def name_of(self, record: ArticleRecord) -> tuple[str, str | None]:
        """Return what a gold set should call an article, and the URL beside it where the path is not enough."""
        if len(self.named(record.path)) == 1:
            return record.path, None
        if record.url and len(self.named(record.path, record.url)) == 1:
            return record.path, record.url
        return (record.where, None) if len(self.named(record.where)) == 1 else (record.id, None)

    def like(self, key: str, number: int = 3) -> list[str]:
        """Return names of articles that look most like `key`, which names none."""
        words = {word.casefold() for word in _WORD.findall(key)}
        scores: dict[str, float] = defaultdict(float)
        for word in words:
            some = self._words.get(word, ())
            for name in some:
                scores[name] += 1 / len(some)
        best = sorted(scores, key=lambda name: (-scores[name], name))[:_COMPARED]
        ratio = {name: difflib.SequenceMatcher(None, key, name, autojunk=False).ratio() for name in best}
        return sorted((name for name in best if ratio[name] >= _LIKE), key=lambda name: (-ratio[name], name))[:number]

    @cached_property
    def _words(self) -> Mapping[str, set[str]]:
        """The names that have a word, by word."""
        found: dict[str, set[str]] = defaultdict(set)
        for record in self.records.values():
            for name in filter(None, (record.where, record.url)):
                for word in _WORD.findall(name):
                    found[word.casefold()].add(name)
        return found

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the text that is served of each article, by id."""
        return self.opened.search.shelf.texts(ids)

    def copies(self, article: str, scope: frozenset[str] | None) -> list[str]:
        """Return the ids of an article's copies within these collections, and of theirs: all that ran the story."""
        known, fresh = [article], [article]
        while fresh:
            found = self.opened.search.shelf.copies(fresh, as_scope(scope))
            fresh = sorted({copy for some in found.values() for copy in some} - set(known))
            known += fresh
        return known[1:]


@contextmanager
def articles_of(engine: Whosaid) -> Iterator[Articles]:
    """Yield the articles that a home serves now: one pass over what is known of them, and none of their texts.

    Raises:
        UsageError: nothing was ingested into the home yet.
    """
    with engine.opener.reading() as opened:
        if opened is None:
            raise UsageError("the corpus holds no article yet; begin with `whosaid ingest FOLDER`")
        ids, records = engine.catalogue.iterate_ids(), dict[str, ArticleRecord]()
        while some := list(islice(ids, _AT_ONCE)):
            records.update(opened.served.articles(some, None))
        yield Articles(opened, records)


def _readings(key: str) -> Iterator[tuple[str, str | None]]:
    """Yield what path and record the key may mean."""
    yield key, None
    for at, char in enumerate(key):
        if char == "#" and at:
            yield key[:at], key[at + 1 :]
