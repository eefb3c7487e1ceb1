"""Whether a speaker is the one that a gold set names: by words, whatever titles, case and punctuation."""

from __future__ import annotations

import re
import unicodedata

from corpus.model import Speaker

_WORD = re.compile(r"\w+")
_TITLES = frozenset(
    _WORD.findall(
        "mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend father hon honourable president vice "
        "minister prime deputy senator representative governor mayor judge justice general colonel captain sergeant"
    )
)
_SMALL = frozenset(("the", "a", "an", "of", "for", "and", "in", "at", "on", "to"))


def is_speaker(name: str, speaker: Speaker | None) -> bool:
    """Tell whether `speaker` may be whom `name` says.

    Either the name's words all stand in the speaker's name, role or affiliation (whoever speaks for a ministry is
    the ministry's voice), or the speaker's name, or the description of a nameless one, is part of it ("Baldomir" of
    "Interior Minister Corr Baldomir"), or one is the initials of the other.
    """
    wanted = _words(name)
    if speaker is None or not wanted:
        return False
    for known in (speaker.name, speaker.role, speaker.affiliation):
        if known and (wanted <= set(_plain(known)) or _initials(name, known) or _initials(known, name)):
            return True
    if speaker.name:
        return _words(speaker.name) <= set(_plain(name))
    described = set(_plain(f"{speaker.role or ''} {speaker.affiliation or ''}")) - _SMALL
    return wanted <= described or (len(described) > 1 and described <= set(_plain(name)))


def is_named(name: str, speaker: Speaker | None) -> bool:
    """Tell whether a speaker is shown as `name`: by the speaker's own name, or the description of a nameless one."""
    if speaker is None or not speaker.name:
        return is_speaker(name, speaker)
    return is_speaker(name, Speaker(speaker.name))


def _words(name: str) -> frozenset[str]:
    """Return the words that tell who is meant; of a name that is only titles, those."""
    found = frozenset(_plain(name))
    return found - _TITLES - _SMALL or found


def _plain(name: str) -> list[str]:
    parted = unicodedata.normalize("NFKD", name.casefold().replace("'", "").replace("’", ""))
    return _WORD.findall("".join(char for char in parted if not unicodedata.combining(char)))


def _initials(short: str, long: str) -> bool:
    """Tell whether `short` is made of the initials of the words of `long`, at least two."""
    letters = short.replace(".", "").strip()
    words = [word for word in _plain(long) if word not in _SMALL]
    return len(words) > 1 and letters.isupper() and letters.casefold() == "".join(word[0] for word in words)
