"""Names from outside, made safe to print: in a message nothing may move a cursor or start a line."""

from __future__ import annotations

_LONGEST = 300  # characters of a name; both of its ends tell where it is


def printable(text: str) -> str:
    r"""Return `text` with whatever a terminal would not simply show written as an escape (``\x1b``).

    That is control and format characters, line ends, and the half characters that stand for bytes of a
    name that are no UTF-8.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def shown(name: str) -> str:
    """Return a file's or member's name for a message: printable, and cut in the middle where it is endless."""
    name = printable(name)
    half = _LONGEST // 2
    return name if len(name) <= _LONGEST else f"{name[:half]}…{name[-half:]}"


def _escaped(char: str) -> str:
    return char if char == "\u00a0" else char.encode("unicode_escape").decode("ascii")
