"""The outlets of a home: one name for each, what else it is called, and what its publisher allows.

``outlets.toml`` in the home folder says it by hand::

    [[outlet]]
    name = "The Ondreva Ledger"
    aliases = ["Ledger", "ondreva-ledger.example"]
    rights = "passage"

Nothing of it is written into articles: it is applied to what they say each time they are read, so a change
counts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from corpus.handwritten import Entry, digest_of, parse_entries, read_entries
from corpus.outlet_names import Sites, Spellings, claimed, domain_of, fold, forms, tidy, unify, within

FILE = "outlets.toml"
Rights = Literal["full", "passage", "link"]
"""What may be shown of an outlet's articles: all, passages and quotations, or nothing but where they are."""

_STRICTER = get_args(Rights)  # the later the stricter
_FIELDS = ("name", "aliases", "rights")


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet, as the file has it."""

    name: str
    aliases: tuple[str, ...] = ()
    rights: Rights = "full"

    @property
    def names(self) -> tuple[str, ...]:
        """Its name and its aliases."""
        return self.name, *self.aliases


class Outlets:
    """The outlets that ``outlets.toml`` names; without one, none, and every article as it says."""

    def __init__(self, outlets: Iterable[Outlet] = (), digest: str = "") -> None:
        """Make them ready to be looked up; `read` and `parse` check what people wrote."""
        self.listed = tuple(outlets)
        self.digest = digest
        self._exact = {fold(name): outlet for outlet in self.listed for name in outlet.names}
        self._domains = {d: outlet for outlet in self.listed for name in outlet.names if (d := domain_of(name))}
        self._written: dict[str, set[Outlet]] = {}
        for outlet in self.listed:
            for form in {form for name in outlet.names if domain_of(name) is None for form in forms(name)}:
                self._written.setdefault(form, set()).add(outlet)

    @classmethod
    def read(cls, home: Path) -> Outlets:
        """Return those of a home folder.

        Raises:
            UsageError: its ``outlets.toml`` is wrong; the message names entry and field.
        """
        return cls._of(read_entries(home / FILE, ("outlet",)))

    @classmethod
    def parse(cls, source: str, file: str = FILE) -> Outlets:
        """Return those of a file's text (UsageError as `read`)."""
        return cls._of(parse_entries(source, file, ("outlet",)))

    @classmethod
    def _of(cls, entries: list[Entry]) -> Outlets:
        claims: dict[str, tuple[Entry, str]] = {}
        outlets = []
        for entry in entries:
            entry.check_keys(_FIELDS)
            outlet = Outlet(*_names(entry), _rights(entry))
            for field, name in [("name", outlet.name), *(("aliases", alias) for alias in outlet.aliases)]:
                key = domain_of(name) or fold(name)
                other, _ = claims.setdefault(key, (entry, field))
                if other is not entry:
                    found = f"{name!r} is also a name of [[outlet]] {other.number} ({other.fields['name']!r})"
                    raise entry.wrong(field, found, "leave it to one of the two")
            outlets.append(outlet)
        return cls(outlets, digest_of(entries, 1))

    def canonical(self, name: str | None, url: str | None = None) -> str | None:
        """Return the one name of what an article calls its outlet; where it says none, of the domain of its URL.

        A name that the file does not have stays as the article writes it (see `unify`), a domain as it is;
        None where neither says anything.
        """
        said = claimed(name, url)
        found = self._named(said) if said else None
        return found.name if found else said

    def unify(self, names: Spellings, sites: Sites | None = None) -> dict[str, str]:
        """Return the one name of each spelling in a catalogue: by the file, else by what is safe without one.

        Args:
            names: what articles call their outlets, each with the number of articles.
            sites: domains (or URLs) at which articles of a name stand, where known.
        """
        by_file = {name: self.canonical(name) or name for name in names}
        merged: dict[str, int] = {}
        places: dict[str, set[str]] = {}
        for name, one in by_file.items():
            merged[one] = merged.get(one, 0) + names[name]
            places.setdefault(one, set()).update((sites or {}).get(name, ()))
        fixed = {outlet.name for outlet in self.listed}
        for outlet in self.listed:
            merged.setdefault(outlet.name, 0)
            places.setdefault(outlet.name, set()).update(filter(domain_of, outlet.names))
        one_name = unify(merged, places, fixed)
        return {name: one_name[one] for name, one in by_file.items()}

    def rights(self, name: str | None, url: str | None = None) -> Rights:
        """Return what may be shown of an article: the strictest of what its outlet and its site allow.

        In doubt the stricter holds: a site that the file does not have is taken for the outlet whose name
        has the letters of its domain ("theverge.com" for "The Verge").
        """
        if not self.listed:
            return "full"
        meant = {*self._meant(tidy(name)), *self._meant(domain_of(url) if url and "://" in url else None)}
        return max((outlet.rights for outlet in meant), key=_STRICTER.index, default="full")

    def aliases(self) -> Mapping[str, Collection[str]]:
        """Return, for each outlet's one name, what else it may be called in a question."""
        return {outlet.name: outlet.aliases for outlet in self.listed}

    def _named(self, said: str) -> Outlet | None:
        """Return the outlet of exactly this name, else of its letters, else of this domain."""
        if (exact := self._exact.get(fold(said))) is not None:
            return exact
        domain = domain_of(said)
        if domain is not None:
            return self._at(domain)
        found = {outlet for form in forms(said) for outlet in self._written.get(form, ())}
        return found.pop() if len(found) == 1 else None

    def _at(self, domain: str) -> Outlet | None:
        """Return the outlet whose domain this is, or is a part of: the nearest."""
        near = [own for own in self._domains if within(domain, own)]
        return self._domains[max(near, key=len)] if near else None

    def _meant(self, said: str | None) -> set[Outlet]:
        """Return every outlet that may be meant."""
        if said is None:
            return set()
        if (one := self._named(said)) is not None:
            return {one}
        return {outlet for form in forms(said) for outlet in self._written.get(form, ())}


def _names(entry: Entry) -> tuple[str, tuple[str, ...]]:
    """Return name and aliases, each once, domains without "www."."""
    found = [("name", entry.text("name")), *(("aliases", alias) for alias in entry.texts("aliases"))]
    tidied: dict[str, None] = {}
    for field, name in found:
        neat = tidy(name)
        if neat is None:
            raise entry.wrong(field, f"{name!r} names nothing", "write a name or a domain")
        tidied[neat] = None
    first, *others = tidied
    return first, tuple(others)


def _rights(entry: Entry) -> Rights:
    value = entry.maybe_text("rights") or "full"
    if value not in _STRICTER:
        raise entry.wrong("rights", f"found {value!r}", 'write "full", "passage" or "link"')
    return cast(Rights, value)
