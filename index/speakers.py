"""Speakers as search terms: what a statement is found by when a question names who spoke."""

from __future__ import annotations

import re

from corpus.model import Speaker

_LETTERS = re.compile(r"[a-z]+")
_CAPITAL = re.compile(r"\b[A-Z]\w*")
_ACRONYM = range(2, 8)  # letters
_OFFICES = {
    "ceo": "chief executive officer", "cfo": "chief financial officer", "coo": "chief operating officer",
    "cto": "chief technology officer", "pm": "prime minister", "mp": "member of parliament", "vp": "vice president",
    "mep": "member of the european parliament", "gm": "general manager", "md": "managing director",
    "da": "district attorney", "ag": "attorney general", "gov": "governor", "sen": "senator", "rep": "representative",
}  # fmt: skip


def acronyms(name: str, least: int = _ACRONYM.start) -> list[str]:
    """Return what the capitals of a name spell, where it could stand for it: "NEC"; of `least` letters or more."""
    letters = "".join(word[0] for word in _CAPITAL.findall(name))
    return [letters] if len(letters) in _ACRONYM and len(letters) >= least and " " in name else []


def _offices(role: str) -> list[str]:
    """Return a role's other forms: "CEO" for a chief executive, "senator" for "Sen."."""
    low = role.lower()
    words = set(_LETTERS.findall(low))
    return [
        other
        for short, long in _OFFICES.items()
        for other in ([long] if short in words else [short] if long.removesuffix(" officer") in low else [])
    ]


def speaker_text(speaker: Speaker | None) -> str:
    """Return the words by which the speaker may be asked for: name, role, affiliation, acronyms."""
    if speaker is None:
        return ""
    parts = [part for part in (speaker.name, speaker.role, speaker.affiliation) if part]
    # "TE" is the Electric Company, not Tia Evans the spokeswoman; a few persons are known by three letters
    short = [a for part in parts for a in acronyms(part, 3 if part == speaker.name and speaker.role else 2)]
    return " ".join([*parts, *short, *_offices(speaker.role or "")])
