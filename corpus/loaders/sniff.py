"""What is in a file: its format, by content first and name second, and its characters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from corpus.errors import LoadError, Skipped
from corpus.loaders import records
from corpus.loaders.charset import peek
from corpus.loaders.signs import is_binary

HEAD = 65536
"""How many bytes of a file are looked at to tell its format."""

SUPPORTED = (
    "PDF, Word (DOCX), HTML, Markdown, plain text, CSV, JSON and JSON Lines, each also compressed (gzip, bzip2, xz) "
    "or in a ZIP or tar archive"
)

_MAGIC = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old (.doc, .xls, .ppt) or encrypted office document"),
)
# What is no article by its nature, and lies beside articles all the same, by content and by name.
_MEDIA = re.compile(
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\x00{4}|II\*\x00|MM\x00\*|RIFF.{4}(?:WEBP|WAVE|AVI )|"
    rb"ID3[\x02-\x04]|\xff\xfb|OggS|fLaC|\x1aE\xdf\xa3|.{4}ftyp|wOF[F2]|\x00\x01\x00\x00\x00|OTTO\x00",
    re.S,
)
_BESIDE = frozenset(
    (
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg", ".ico", ".avif", ".heic", ".mp3",
        ".m4a", ".wav", ".ogg", ".flac", ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".css", ".js", ".mjs", ".map",
        ".woff", ".woff2", ".ttf", ".otf", ".eot",
    )
)  # fmt: skip
_ZIP = b"PK\x03\x04"
_PDF = re.compile(rb"(?:\A|[\r\n])%PDF-\d\.\d|\A%PDF-")
_PDF_WITHIN = 1024  # bytes in which a PDF begins; some programs put lines of their own before it
# What tells the ZIP files apart that are documents: how one of their entries begins, or what their "mimetype" says.
_PARTS = (("word/", "docx"), ("xl/", "an Excel workbook (XLSX)"), ("ppt/", "a PowerPoint presentation (PPTX)"))
_MIME_TYPES = (
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text (ODT)"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (ODS)"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"application/epub+zip", "an EPUB book"),
)
_OPENS_PACKAGE = re.compile(r"\[Content_Types\]\.xml|(?:_rels|docProps|customXml|word|xl|ppt)/")
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TAG = re.compile(r"<[a-zA-Z!/]")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?$", re.S | re.M)
_KEY = re.compile(r"^[\w-]+[ \t]*:(?:\s|$)", re.M)
_LISTS = re.compile(r"\[\s{0,99}(?:\{|\]\s{0,99}\Z)")
_OBJECT = re.compile(r"\{\s{0,99}(?:\"|\})")


def detect(head: bytes, name: str, endings: Mapping[str, str]) -> str:
    """Return the format of a file from its first bytes and its name.

    Args:
        head: The first `HEAD` bytes, or all of a shorter file.
        name: The file's name; a trailing ".gz" is not part of its ending.
        endings: The format that each ending of a name stands for.

    Raises:
        Skipped: it is a picture, a recording or a part of a web page, and its name says nothing else.
        LoadError: it is a format that cannot be loaded.
    """
    base = name.lower().removesuffix(".gz").rsplit("/", 1)[-1]
    ending = "." + base.rsplit(".", 1)[-1] if "." in base else ""
    by_name = endings.get(ending)
    if by_name is None and (ending in _BESIDE or _MEDIA.match(head)):
        raise Skipped(f"skipped {name}: it is a picture, a recording or a part of a page, not an article")
    if _PDF.search(head[:_PDF_WITHIN]):
        return "pdf"
    kind = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if head.startswith(_ZIP):
        kind = package(head, ending) or "a ZIP archive, not the document that its name says"
    elif kind is None and is_binary(head):
        kind = "binary data"
    if kind == "docx":
        return kind
    if kind is not None:
        raise LoadError(f"could not load {name}: it is {kind}; what can be loaded is {SUPPORTED}")
    text = peek(head).removeprefix("\ufeff")
    by_content = _by_content(text, whole=len(head) < HEAD, json_file=by_name == "json")
    if by_content is not None:
        return by_content
    if by_name == "html" and _TAG.search(text) is None:
        return "text"
    if by_name in ("pdf", "docx") and text.strip():
        raise LoadError(f"could not load {name}: it is text, not what its name says; name it .txt or fetch it again")
    if by_name is None and ending:
        raise LoadError(f"could not load {name}: no format ends in {ending}; what can be loaded is {SUPPORTED}")
    return by_name or "text"


def package(head: bytes, ending: str = "") -> str | None:
    """Return what kind of document a ZIP file is: "docx", or words for one that cannot be loaded.

    None stands for a ZIP archive of files. The first entries tell; where they do not (a picture fills the head),
    the ending of the file's name does, such as ".docx".
    """
    names = list(_entries(head))
    if not names:
        return None
    if names[0] == "mimetype":
        return next((kind for mime, kind in _MIME_TYPES if head.startswith(mime, 38)), None)
    if not _OPENS_PACKAGE.match(names[0]):
        return None
    if "[Content_Types].xml" not in names and ending not in (".docx", ".xlsx", ".pptx"):
        # Some writers put the list of types last: the main part's own name is as good a sign.
        return "docx" if "word/document.xml" in names else None
    found = next((kind for name in names for part, kind in _PARTS if name.startswith(part)), None)
    return found or {".docx": "docx", ".xlsx": _PARTS[1][1], ".pptx": _PARTS[2][1]}.get(ending)


def _entries(head: bytes) -> Iterator[str]:
    """Yield the names of a ZIP file's entries whose headers lie in its first bytes."""
    at = 0
    while 0 <= at < len(head) - 30:
        length = int.from_bytes(head[at + 26 : at + 28], "little")
        yield head[at + 30 : at + 30 + length].decode("utf-8", "replace")
        packed = int.from_bytes(head[at + 18 : at + 22], "little")
        extra = int.from_bytes(head[at + 28 : at + 30], "little")
        at = head.find(_ZIP, at + 30 + length + extra + packed)


def _by_content(text: str, *, whole: bool, json_file: bool) -> str | None:
    """Return the format that the text itself shows; None where only the name can tell."""
    if _PAGE.match(text):
        return "html"
    matter = _FRONT_MATTER.match(text)
    if matter and _KEY.search(matter[0]):
        return "markdown"
    text = text.lstrip()
    if _LISTS.match(text):
        return "json"
    if not text.startswith("{"):
        return None
    line, newline, rest = text.partition("\n")
    if not newline and not whole:  # a first line longer than what is looked at
        return ("json" if json_file else "jsonl") if _OBJECT.match(line) else None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return "json" if json_file or (_OBJECT.match(text) and line.strip() == "{") else None
    alone = not rest.strip()
    return "json" if alone and (json_file or records.listed(found) is not None) else "jsonl"
