"""Speakers as search terms: what a statement is found by when a question names who spoke."""

from __future__ import annotations

import re

from corpus.model import Speaker

_CAPITAL = re.compile(r"\b[A-Z]\w*")
_ACRONYM = range(2, 8)  # letters


def acronyms(name: str) -> list[str]:
    """Return what the capitals of a name spell, where it could stand for it: "NEC"."""
    letters = "".join(word[0] for word in _CAPITAL.findall(name))
    return [letters] if len(letters) in _ACRONYM and " " in name else []


def speaker_text(speaker: Speaker | None) -> str:
    """Return the words by which the speaker may be asked for: name, role, affiliation, acronyms."""
    if speaker is None:
        return ""
    parts = [part for part in (speaker.name, speaker.role, speaker.affiliation) if part]
    short = [a for part in parts for a in acronyms(part)]
    return " ".join([*parts, *short])
