"""What a rule of ``speakers.toml`` may call a speaker, and where it counts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from corpus.model import Speaker
from corpus.outlet_names import forms

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Place:
    """The article that a statement is in."""

    article_id: str
    url: str | None
    path: str
    outlet: str | None


@dataclass(frozen=True, slots=True)
class Condition:
    """Where a rule counts: every field that is given must hold, by one of its texts."""

    article: tuple[str, ...] = ()
    outlet: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    affiliation: tuple[str, ...] = ()

    def holds(self, speaker: Speaker, place: Place) -> bool:
        """Tell whether the rule counts for a speaker, as found, in an article."""
        return (
            (not self.article or any(_is_article(key, place) for key in self.article))
            and (not self.outlet or any(forms(key) & forms(place.outlet or "") for key in self.outlet))
            and (not self.role or any(_has_words(speaker.role, key) for key in self.role))
            and (not self.affiliation or any(_has_words(speaker.affiliation, key) for key in self.affiliation))
        )


def name_key(name: str) -> str:
    """Return a name as names are compared: case, dots, spaces and the form of apostrophes do not count."""
    plain = unicodedata.normalize("NFC", name).casefold().replace("’", "'").replace(".", " ")
    return " ".join(unicodedata.normalize("NFC", plain).split())


def called(speaker: Speaker) -> list[str]:
    """Return what a rule may call a speaker, the most telling first: with role and affiliation, then the name alone."""
    name, role, affiliation = speaker.name or "", speaker.role, speaker.affiliation
    labels = [
        ", ".join(part for part in (name, role, affiliation) if part),
        f"{name}, {role or ''}".rstrip(" ,"),
        f"{name}, {affiliation or ''}".rstrip(" ,"),
        f"{role or ''} {name}",
    ]
    return [*dict.fromkeys(key for label in labels if (key := name_key(label)) != name_key(name)), name_key(name)]


def _is_article(key: str, place: Place) -> bool:
    """Tell whether an id, a URL or the end of a path names the article; a file names all of its records."""
    if key == place.article_id or (place.url is not None and key.rstrip("/") == place.url.rstrip("/")):
        return True
    tail = "/" + key.removeprefix("./").removeprefix("/")
    return any(f"/{path}".endswith(tail) for path in (place.path, place.path.partition("#")[0]))


def _has_words(text: str | None, words: str) -> bool:
    """Tell whether `text` holds these words, whole and in this order: "judge" is in "federal judge"."""
    mine, theirs = (" ".join(_WORD.findall(name_key(part))) for part in (words, text or ""))
    return bool(mine) and f" {mine} " in f" {theirs} "
