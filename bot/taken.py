"""Whom the words of a question were taken to mean, where they say less than the articles do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.cite import show_speaker
from corpus.model import Speaker
from index.terms import content_terms


def labels(asked: str, speakers: Iterable[Speaker | None]) -> tuple[str, ...]:
    """Return what the speakers who were found are called, the fullest forms of it, where it says more than `asked`.

    Args:
        asked: how the question names the speaker.
        speakers: those whose words are quoted, best first.
    """
    words = set(content_terms(asked))
    names = list(dict.fromkeys(label for one in speakers if one and (label := show_speaker(one))))
    more = [name for name in names if not set(content_terms(name)) <= words]
    return tuple(name for name in more if not any(other.startswith(f"{name}, ") for other in more))


def alternatives(asked: str, speakers: Sequence[Speaker | None]) -> tuple[str, ...]:
    """Return `labels` with those that may well be one speaker once, by the fullest: several leave a choice open."""
    known = {label: one for one in speakers if one and (label := show_speaker(one))}
    found = labels(asked, speakers)
    kept: list[str] = []
    for label in sorted(found, key=lambda label: -len(set(content_terms(label)))):
        if not any(_may_be_one(known[label], known[other]) for other in kept):
            kept.append(label)
    return tuple(label for label in found if label in kept)


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
