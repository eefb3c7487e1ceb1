"""Who has spoken: sayings by speaker, a person once, whatever the articles call him or her, the nameless apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.cite import show_speaker
from bot.sayings import Saying
from corpus.model import PartialDate, Speaker
from index.facets import fold

PersonOf = Callable[[str, Speaker], Hashable]
"""Gives, for a speaker with a name in an article (by id), what is the same for one person everywhere."""

_WORD = re.compile(r"\w+")
_ARTICLE = re.compile(r"^(?:the|an?)\s+")


@dataclass(frozen=True, slots=True)
class Held:
    """A role and an affiliation as articles give them, with the first and the last date of what was said so."""

    role: str | None
    affiliation: str | None
    first: PartialDate | None
    last: PartialDate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A speaker, and what was found of him or her.

    `speaker` is the fullest name with the latest role; without a name it is a description, which may stand for several
    persons. `own` is what the speaker said; `passed_on` what others said that came through the speaker.
    """

    speaker: Speaker
    own: tuple[Saying, ...]
    passed_on: tuple[Saying, ...]
    held: tuple[Held, ...]

    @property
    def all(self) -> tuple[Saying, ...]:
        """Both, those of the speaker first."""
        return self.own + self.passed_on

    @property
    def articles(self) -> int:
        """In how many articles."""
        return len({saying.article.id for saying in self.all})


def voices_of(sayings: Sequence[Saying], person_of: PersonOf) -> list[Voice]:
    """Return everybody who said some of it or passed it on, who said most first, then who did last.

    Sayings whose speaker is not determined are nobody's, though somebody may have passed them on.
    """
    own: dict[Hashable, list[Saying]] = {}
    passed: dict[Hashable, list[Saying]] = {}
    called: dict[Hashable, list[tuple[Saying, Speaker]]] = {}
    for saying in sayings:
        for speaker, into in ((saying.speaker, own), *((via, passed) for via in saying.via)):
            if speaker is not None and show_speaker(speaker):
                key = _key(saying.article.id, speaker, person_of)
                into.setdefault(key, []).append(saying)
                called.setdefault(key, []).append((saying, speaker))
    voices = [_voice(own.get(key, ()), passed.get(key, ()), called[key]) for key in called]
    return sorted(voices, key=_most_then_latest)


def undetermined(sayings: Iterable[Saying]) -> list[Saying]:
    """Return those whose speaker the article does not establish."""
    return [saying for saying in sayings if saying.speaker is None or not show_speaker(saying.speaker)]


def _key(article: str, speaker: Speaker, person_of: PersonOf) -> Hashable:
    if speaker.name:
        return "named", person_of(article, speaker)
    return "described", _ARTICLE.sub("", fold(show_speaker(speaker)))


def _voice(own: Sequence[Saying], passed: Sequence[Saying], called: Sequence[tuple[Saying, Speaker]]) -> Voice:
    held = _held(called)
    name = max((speaker.name or "" for _, speaker in called), key=lambda name: (len(name.split()), len(name)))
    if name:
        latest = held[0] if held else Held(None, None, None, None)
        return Voice(
            speaker=Speaker(name, latest.role, latest.affiliation), own=tuple(own), passed_on=tuple(passed), held=held
        )
    return Voice(speaker=called[0][1], own=tuple(own), passed_on=tuple(passed), held=())


def _held(called: Sequence[tuple[Saying, Speaker]]) -> tuple[Held, ...]:
    """Return roles and affiliations as the articles give them, the latest first, each once."""
    found: dict[tuple[str, str], list[tuple[Saying, Speaker]]] = {}
    for saying, speaker in called:
        if speaker.role or speaker.affiliation:
            found.setdefault((_plain(speaker.role), _plain(speaker.affiliation)), []).append((saying, speaker))
    kept = [(key, some) for key, some in found.items() if not any(_says_less(key, other) for other in found)]
    held = [Held(some[0][1].role, some[0][1].affiliation, *reach([s for s, _ in some])) for _, some in kept]
    return tuple(sorted(held, key=lambda one: _day(one.last), reverse=True))


def _plain(words: str | None) -> str:
    return " ".join(_WORD.findall(fold(words or "")))


def _says_less(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Tell whether a role and affiliation are a part of other ones: "spokesman" of "spokesman, ministry"."""
    return one != other and all(not mine or mine == theirs for mine, theirs in zip(one, other, strict=True))


def reach(sayings: Iterable[Saying]) -> tuple[PartialDate | None, PartialDate | None]:
    """Return the first and the last date of what was said, said else published; None where nothing has a date."""
    dates = sorted((saying.dated for saying in sayings if saying.dated is not None), key=lambda day: day.first())
    return (dates[0], max(dates, key=lambda day: day.last())) if dates else (None, None)


def _day(day: PartialDate | None) -> date:
    return day.last() if day is not None else date.min


def _most_then_latest(voice: Voice) -> tuple[int, int, int, str]:
    last = _day(reach(voice.own or voice.passed_on)[1])
    return -len(voice.own), -len(voice.passed_on), -last.toordinal(), show_speaker(voice.speaker)
