"""Who wrote it: names out of author fields and bylines, in the shapes that the world gives them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus.dates import find_dates
from corpus.loaders.fields import name_of

_LONGEST = 1000  # characters of a byline that are read
_BY = re.compile(
    r"(?:(?:(?:written|reported|story|words|text|posted|published|compiled)\s+)?by\b[:\s]\s*|(?:authors?|byline)\s?:\s*)+",
    re.I,
)
_SAID_OF_IT = re.compile(r"\b(?:last |first )?(?:updated|published|posted|modified)(?: (?:on|at)\b|\s?:| \d).*", re.I)
_ADDRESS = re.compile(r"(?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_HANDLE = re.compile(r"(?<![\w@])@\w{1,30}(?![\w.])")
_ASIDE = re.compile(r"\([^()]{0,80}\)|<[^<>]{0,80}>|\[[^\[\]]{0,80}\]")
_SPACES = re.compile(" +")
_BETWEEN = re.compile(
    r"( ?; ?| ?\| ?| ?[•·] ?| [/–—-] |(?<=\w)/(?=[A-Z])| ?,? (?:and|AND|&|with|WITH) "
    r"| ?,(?! ?(?:Jr|Sr|MD|PhD|II|III)\b) ?)"
)
_TOGETHER = re.compile(r"(?:and|AND|&|with|WITH) +\Z")
_WHERE = re.compile(r" (?:in|IN|for|at the|of the|at The|of The) [A-Z].*")
_JOB = (
    r"(?:(?:chief|senior|staff|special|political|foreign|diplomatic|business|legal|crime|health|science|sports?|national"
    r"|world|city|deputy|managing|associate|assistant|contributing|freelance) ){0,3}"
    r"(?:writer|reporter|editor|correspondent|contributor|columnist|producer)s?"
)
_HAS_JOB = re.compile(rf"(?<=\w) {_JOB}\Z", re.I)
_NOT_A_NAME = re.compile(
    r"@|://|^\W*$|^(?:null|none|nan|unknown|n/a|admin|staff|anonymous|guest)$|\d{4}|\d:\d\d|^(?:special to|exclusive)\b"
    r"|\b(?:writer|reporter|editor|correspondent|contributor|columnist|producer)s?$",
    re.I,
)
_ORGANISATION = re.compile(
    r"\b(?:agenc(?:y|ies)|news(?:room|wire|desk|paper)?|press|wires?|desk|staff|bureau|media|editorial|team|services?)\b",
    re.I,
)
_INITIALS = re.compile(r"[A-Z]{2,5}")


def authors_of(value: object) -> tuple[str, ...]:
    """Return the names in an author field: "A and B", "By A", a list, objects with a name.

    Addresses, handles, links, dates, job titles, and the agency or place after a writer's name are left out;
    each name comes once, in order, in the letters it is written in.
    """
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return tuple(dict.fromkeys(name for item in value for name in _authors_of_one(item)))
    return _authors_of_one(value)


def without_outlet(authors: tuple[str, ...], outlet: str | None) -> tuple[str, ...]:
    """Leave out the outlet that a byline puts after its writers ("Ann Lee, The Herald")."""
    if outlet is None or len(authors) < 2:
        return authors
    return tuple(name for name in authors if outlet.lower() not in name.lower()) or authors


def _authors_of_one(value: object) -> tuple[str, ...]:
    """Return the names in one string, or in one object with a name."""
    if isinstance(value, str):
        value = " | ".join(value[:_LONGEST].splitlines())
    line = None if isinstance(value, list | tuple) else name_of(value)
    if line is None:
        return ()
    line = _HANDLE.sub("", _ADDRESS.sub("", line[:_LONGEST])).strip()
    # Feeds write "ann@herald.example (Ann Lee)": with the address gone, the name is in brackets.
    line = line[1:-1] if line.startswith("(") and line.endswith(")") else _ASIDE.sub("", line)
    line = _SAID_OF_IT.sub("", _BY.sub("", line, count=1) if _BY.match(line) else line)
    line = next((line[: span.start] for span, _ in find_dates(line) if span.start), line)
    line = " ".join(line.split()).strip(" |;,")
    parts = list(_parts(line))
    names = [name for name, _ in parts]
    if "," in line and len(names) == 2 and not any(" " in name for name in names):
        return () if _NOT_A_NAME.search(line) else (line,)  # "Smith, John"
    known = [(name, together) for name, together in parts if not _NOT_A_NAME.search(name)]
    if any(_of_a_person(name) for name, _ in known):
        known = [(name, together) for at, (name, together) in enumerate(known) if _is_kept(name, together or at == 0)]
    return tuple(dict.fromkeys(name for name, _ in known))


def _is_kept(name: str, joined: bool) -> bool:
    """Tell whether a part of a byline that names a person is another person, not an agency or a place."""
    return _of_a_person(name) or (joined and " " not in name and _INITIALS.fullmatch(name) is None)


def _parts(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a byline, and of each whether an "and" joins it to the one before."""
    together = False
    for at, part in enumerate(_BETWEEN.split(_SPACES.sub(" ", line))):
        if at % 2:
            together = _TOGETHER.search(part) is not None
            continue
        part = _HAS_JOB.sub("", _WHERE.sub("", part)) if " " in part else part
        yield (part if part.endswith(("Jr.", "Sr.")) else part.strip(" ,.")), together


def _of_a_person(name: str) -> bool:
    """Tell whether a name has the look of a person's: more than one word, none of them an organisation's."""
    return " " in name and not _ORGANISATION.search(name)
