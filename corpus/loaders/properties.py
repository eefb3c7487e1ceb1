"""What office programs and PDF writers note about a document: claims, of which many are leftovers."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from corpus.loaders.bylines import authors_of
from corpus.loaders.fields import plain

_LONGEST_TITLE = 300
_ENDING = re.compile(
    r"\.(?:docx?|dotx?|odt|rtf|txt|pdf|indd|qx[dp]|pages|wpd|tex|dvi|p?html?|pptx?|xlsx?|eps|ps|pub|md|aspx?|php|tiff?|jpe?g|png)\Z",
    re.I,
)
_LEFTOVER = re.compile(
    r"\(?(?:untitled|anonymous|unspecified|unbenannt|sans titre|sin t[ií]tulo|no title|title|document|doc|dokument"
    r"|layout|presentation|page|print|slide|scan(?:ned)?(?: document)?|template|draft|new|normal|blank|microsoft word"
    r"|full page|word document)(?:[ _-]?\d{0,12})\)?|powerpoint presentation"
    r"|(?:microsoft )?(?:word|powerpoint|excel|publisher) - .*|(?:https?|file)://.*|[a-z]:\\.*",
    re.I,
)
_PROGRAM = re.compile(
    r"\b(?:microsoft|adobe|word|acrobat|indesign|quark|office|latex|tex|scanner|printer|python-docx|pdf|anonymous|user|usuario"
    r"|owner|admin(?:istrator)?|root|author|unknown|default|windows|hp|xerox|canon|ricoh|konica)\b",
    re.I,
)


def credible_title(value: object, name: str, programs: tuple[str, ...] = ()) -> str | None:
    """Return a title that a person gave, or None for what a program left in its field.

    Args:
        value: The field.
        name: The file's name: a title that repeats it says nothing.
        programs: What the document says it was made with: a title that repeats one says nothing either.
    """
    title = plain(value)
    if title is None or len(title) > _LONGEST_TITLE or sum(c.isalpha() for c in title) < 3:
        return None
    stem = PurePosixPath(name).name.lower().removesuffix(".gz").rsplit(".", 1)[0]
    slug = " " not in title and re.search(r"[_\d]|-.*-", title) is not None
    repeated = title.casefold() in (stem, *(program.casefold() for program in programs))
    return None if slug or repeated or _ENDING.search(title) or _LEFTOVER.fullmatch(title) else title


def credible_authors(value: object, programs: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names in an author field that are of people: no programs, no log-in names, no devices."""
    known = {program.casefold() for program in programs}
    names = authors_of(value)
    return tuple(name for name in names if " " in name and not _PROGRAM.search(name) and name.casefold() not in known)
