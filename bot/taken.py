"""Whom the words of a question were taken to mean, where they say less than the articles do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.cite import show_speaker
from corpus.model import Speaker
from index.names import agree, speaker_office
from index.terms import content_terms

_NAME = re.compile(r"[^\W\d_a-z][\w’'.-]*(?: [^\W\d_a-z][\w’'.-]*)+")


def labels(asked: str, speakers: Iterable[Speaker | None]) -> tuple[str, ...]:
    """Return what the speakers who were found are called, where it says more than `asked`; each once, by the fullest.

    Args:
        asked: how the question names the speaker.
        speakers: those whose words are quoted, best first.
    """
    words = set(content_terms(asked))
    known = {label: one for one in speakers if one and (label := show_speaker(one))}
    kept: list[str] = []
    for label in sorted(known, key=lambda label: -len(_terms(label.removeprefix(_describing(known[label]))))):
        if not any(other.startswith(f"{label}, ") or _is_one(known[label], known[other]) for other in kept):
            kept.append(label)
    return tuple(label for label in known if label in kept and not _terms(label) <= words)


def alternatives(asked: str, speakers: Sequence[Speaker | None]) -> tuple[str, ...]:
    """Return `labels` with those that may well be one speaker once, by the fullest: several leave a choice open."""
    known = {label: one for one in speakers if one and (label := show_speaker(one))}
    found = labels(asked, speakers)
    kept: list[str] = []
    for label in sorted(found, key=lambda label: -len(set(content_terms(label)))):
        if not any(_may_be_one(known[label], known[other]) for other in kept):
            kept.append(label)
    return tuple(label for label in found if label in kept)


def _is_one(one: Speaker, other: Speaker) -> bool:
    """Tell whether two have the same full name, of two terms or more, a phrase that describes them aside.

    A judge and a footballer of one name are two.
    """
    if agree(speaker_office(one), speaker_office(other)) < 0:
        return False
    names = [(speaker.name or "").removeprefix(_describing(speaker)) for speaker in (one, other)]
    return len(_terms(names[0])) > 1 and content_terms(names[0]) == content_terms(names[1])


def _describing(speaker: Speaker) -> str:
    """Return what a name has before its last comma, the comma included: "A letter from the secretary, Ana Ruiz".

    It describes whoever comes after it only where that is a name of its own; "Ana Ruiz, Jr" has none.
    """
    before, comma, after = (speaker.name or "").rpartition(", ")
    return before + comma if len(_terms(after)) > 1 and after == after.strip() and _NAME.fullmatch(after) else ""


def _may_be_one(shorter: Speaker, fuller: Speaker) -> bool:
    """Tell whether the one may be the other with less said of him: "Ruiz, mayor" and "Ana Ruiz, mayor of Karst".

    Where one article gives the name and another the office, the names must be nested and nothing else be told apart.
    """
    if _terms(show_speaker(shorter)) <= _terms(show_speaker(fuller)):
        return True
    one, other = (_terms(show_speaker(Speaker(None, s.role, s.affiliation))) for s in (shorter, fuller))
    names = _terms(shorter.name), _terms(fuller.name)
    return all(names) and _nested(*names) and _nested(one, other)


def _nested(one: set[str], other: set[str]) -> bool:
    return one <= other or other <= one


def _terms(words: str | None) -> set[str]:
    return set(content_terms(words or ""))
