"""Speakers set right by hand: merged, renamed, told apart, hidden.

``speakers.toml`` in the home folder says what articles do not::

    [[merge]]                         # one person under several names
    name = "Hale Teverin"
    also = ["H. Teverin", "Interior Minister Teverin"]
    role = "foreign ministry spokesman"     # shown in place of what each article says; may be left out

    [[rename]]                        # a name that is written wrong
    from = "Teverine"
    to = "Teverin"

    [[split]]                         # two persons of one name: who it is where all conditions hold
    name = "Smith"
    as = "Ann Smith"
    role = "judge"                    # or article, outlet, affiliation; each a text or a list

    [[hide]]                          # neither named nor quoted; may have conditions as a split has
    name = "Request"

It is applied to what is found in articles each time, never written into them. A name is matched as a whole, whatever
its case, dots and spaces; it may have the role before it or be written as an answer shows it ("Hale Teverin,
spokesman"). Only speakers with a name can be set right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from corpus.errors import UsageError
from corpus.handwritten import Entry, digest_of, parse_entries, read_entries
from corpus.model import Speaker, Statement
from corpus.people_names import Condition, Place, called, name_key

FILE = "speakers.toml"

_CONDITIONS = ("article", "outlet", "role", "affiliation")
_FIELDS = {
    "merge": ("name", "also", "role", "affiliation"),
    "rename": ("from", "to"),
    "split": ("name", "as", *_CONDITIONS),
    "hide": ("name", *_CONDITIONS),
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """How somebody is named in the end; None where the article's own word stays."""

    name: str
    role: str | None = None
    affiliation: str | None = None


class SpeakerCorrections:
    """What ``speakers.toml`` says; without one, nothing, and every speaker as found."""

    def __init__(self, entries: list[Entry] | None = None) -> None:
        """Check the entries and make them ready (see `read` and `parse`)."""
        entries = entries or []
        self.digest = digest_of(entries, 1)
        self._onto: dict[str, str] = {}  # name, as compared -> the name put in its place
        self._shown: dict[str, _Shown] = {}
        self._splits: dict[str, list[tuple[Condition, str]]] = {}
        self._hidden: dict[str, list[Condition]] = {}
        self._by: dict[str, Entry] = {}
        self._written: dict[str, str] = {}
        self._told: dict[str, str] = {}  # the same, of splits and hidden names
        self._file = entries[0].file if entries else FILE
        for entry in entries:
            entry.check_keys(_FIELDS[entry.kind])
            {"merge": self._merge, "rename": self._rename, "split": self._split, "hide": self._hide}[entry.kind](entry)
        _refuse_cycles(FILE if not entries else entries[0].file, self._onto, self._splits)
        self._names: dict[str, list[str]] = {}
        for key in self._onto:
            self._names.setdefault(name_key(self._last(key)), []).append(self._written[key])

    @classmethod
    def read(cls, home: Path) -> SpeakerCorrections:
        """Return those of a home folder.

        Raises:
            UsageError: its ``speakers.toml`` is wrong; the message names entry and field.
        """
        return cls(read_entries(home / FILE, _FIELDS))

    @classmethod
    def parse(cls, source: str, file: str = FILE) -> SpeakerCorrections:
        """Return those of a file's text (UsageError as `read`)."""
        return cls(parse_entries(source, file, _FIELDS))

    @property
    def empty(self) -> bool:
        """True where nothing is set right."""
        return not self.digest

    def apply(
        self, statement: Statement, article_id: str, url: str | None, path: str, outlet: str | None
    ) -> Statement | None:
        """Return a statement with its speakers set right; None where who speaks is hidden.

        A hidden speaker through whom others' words came is left unnamed, so that they do not seem to be heard directly.

        Args:
            statement: as found in the article.
            article_id: the article's id.
            url: its URL.
            path: its file, as a citation shows it.
            outlet: the one name of its outlet.
        """
        if self.empty:
            return statement
        place = Place(article_id, url, path, outlet)
        speaker = self._corrected(statement.speaker, place) if statement.speaker else None
        if statement.speaker is not None and speaker is None:
            return None
        via = tuple(self._corrected(one, place) or Speaker() for one in statement.via)
        return replace(statement, speaker=speaker, via=via)

    def speaker(
        self, found: Speaker, article_id: str, url: str | None, path: str, outlet: str | None
    ) -> Speaker | None:
        """Return who a speaker found in an article is; None where hidden (see `apply` for the arguments)."""
        return self._corrected(found, Place(article_id, url, path, outlet))

    def names_of(self, name: str) -> tuple[str, ...]:
        """Return the other names that the file has for who is called `name` in the end: a question may use them."""
        return tuple(self._names.get(name_key(name), ()))

    def unmet(self, found: Iterable[Speaker]) -> list[str]:
        """Return, a sentence each, the rules for names by which nobody is called: neither in `found` nor by a rule."""
        asked = {**self._written, **self._told}
        left = asked.keys() - {name_key(new) for new in self._onto.values()}
        left -= {name_key(new) for some in self._splits.values() for _, new in some}
        for speaker in found:
            if not left:
                break
            left -= {*called(speaker)}
        return [
            f"{self._file}: nobody is called {written!r}; write the whole name as an answer shows it"
            for key, written in asked.items()
            if key in left
        ]

    def _corrected(self, found: Speaker, place: Place) -> Speaker | None:
        """Return who a speaker found in an article is; None where hidden."""
        if found.name is None:
            return found
        keys, name = called(found), found.name
        while True:
            if any(rule.holds(found, place) for key in keys for rule in self._hidden.get(key, ())):
                return None
            after = self._next(keys, found, place)
            if after is None:
                break
            keys, name = [name_key(after)], after
        shown = self._shown.get(name_key(name), _Shown(name))
        return Speaker(shown.name, shown.role or found.role, shown.affiliation or found.affiliation)

    def _next(self, keys: list[str], found: Speaker, place: Place) -> str | None:
        """Return the name that a rule puts in place of one of these, the most telling first."""
        for key in keys:
            for condition, name in self._splits.get(key, ()):
                if condition.holds(found, place):
                    return name
            if key in self._onto:
                return self._onto[key]
        return None

    def _last(self, key: str) -> str:
        name = self._onto[key]
        while name_key(name) in self._onto:
            name = self._onto[name_key(name)]
        return name

    def _merge(self, entry: Entry) -> None:
        name, also = entry.text("name"), entry.texts("also")
        shown = _Shown(name, entry.maybe_text("role"), entry.maybe_text("affiliation"))
        if not also and not shown.role and not shown.affiliation:
            raise entry.wrong("also", "it is missing", 'write also = ["another name", ...]')
        if name_key(name) in self._shown:
            raise entry.wrong("name", "another entry sets how this name is shown", "put them together")
        self._shown[name_key(name)] = shown
        for other in also:
            self._put(entry, "also", other, name)

    def _rename(self, entry: Entry) -> None:
        self._put(entry, "from", entry.text("from"), entry.text("to"))

    def _put(self, entry: Entry, field: str, old: str, new: str) -> None:
        key = name_key(old)
        if key == name_key(new):
            self._shown.setdefault(key, _Shown(new))  # only its spelling
            return
        other = self._by.setdefault(key, entry)
        if other is not entry:
            raise entry.wrong(field, f"{old!r} is also in [[{other.kind}]] {other.number}", "leave it to one of them")
        self._onto[key], self._written[key] = new, old

    def _split(self, entry: Entry) -> None:
        condition = _condition(entry)
        if condition == Condition():
            raise entry.wrong("as", "no field says where it counts", f"add one of {', '.join(_CONDITIONS)}")
        self._splits.setdefault(self._noted(entry), []).append((condition, entry.text("as")))

    def _hide(self, entry: Entry) -> None:
        self._hidden.setdefault(self._noted(entry), []).append(_condition(entry))

    def _noted(self, entry: Entry) -> str:
        """Return an entry's name as names are compared, and remember how it is written."""
        name = entry.text("name")
        self._told.setdefault(name_key(name), name)
        return name_key(name)


def _condition(entry: Entry) -> Condition:
    return Condition(**{field: entry.texts(field) for field in _CONDITIONS})


def _refuse_cycles(file: str, onto: dict[str, str], splits: dict[str, list[tuple[Condition, str]]]) -> None:
    """Raise where following the rules from a name leads back to it.

    Raises:
        UsageError: it names the round.
    """
    after = {key: {name_key(new)} for key, new in onto.items()}
    for key, some in splits.items():
        after.setdefault(key, set()).update(name_key(new) for _, new in some)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        told = " -> ".join(repr(name) for name in reversed(error.args[1]))
        raise UsageError(f"{file}: its entries lead from a name back to it, {told}; take one of them out") from error
