"""JSON that breaks off or is damaged: the list of articles in it, one complete item after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from corpus.loaders import records

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*+")
_LIST = re.compile(r"\[[ \t\r\n]*+\{")


def start_of_list(text: str) -> int | None:
    """Return where the first item of the text's list of articles is, or None.

    The list is the whole text or, as `records.listed` has it, what an object, or an object in it, holds under one of
    `records.LISTS`.
    """
    at = _past(text, 0)
    if text.startswith("[", at):
        return at + 1
    return _in_object(text, at, inner=False) if text.startswith("{", at) else None


def whole_items(text: str, at: int) -> Iterator[object]:
    """Yield the items of a list whose first is at `at`, up to the first that cannot be read."""
    while True:
        try:
            item, at = _DECODER.raw_decode(text, _past(text, at))
        except (ValueError, RecursionError):
            return
        yield item
        at = _past(text, at)
        if not text.startswith(",", at):
            return
        at += 1


def _in_object(text: str, at: int, *, inner: bool) -> int | None:
    """Return where the list begins in the object that opens at `at`, as far as that can be read."""
    while True:
        try:
            key, at = _DECODER.raw_decode(text, _past(text, at + 1))
            at = _past(text, at)
            if not isinstance(key, str) or not text.startswith(":", at):
                return None
            at = _past(text, at + 1)
            name = records.letters(key)
            if name in records.LISTS and _LIST.match(text, at):
                return at + 1
            if text.startswith("{", at) and not inner:
                found = _in_object(text, at, inner=True)
                if found is not None:
                    return found
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        if name in records.TEXT and isinstance(value, str):
            return None  # an article itself
        at = _past(text, at)
        if not text.startswith(",", at):
            return None


def _past(text: str, at: int) -> int:
    """Return the first place from `at` on that is no white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at
