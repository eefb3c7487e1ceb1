"""From bytes to characters: the encoding that is marked, that fits, that is declared, or that can be told."""

from __future__ import annotations

import codecs
import re
import unicodedata

from corpus.errors import LoadError
from corpus.loaders.signs import SAMPLE, encoding_shown, is_binary, tried

_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{1,40})""", re.I)
_XML = re.compile(rb"""\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})""", re.I)
_SHIFTED = re.compile(rb"\x1b\$[@B]")  # ISO-2022-JP is ASCII with escapes, and so looks like UTF-8

# What a page may declare, by Python's names, and how browsers read it (WHATWG Encoding Standard).
_READ_AS = {
    **{name: name for name in ("cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "utf-8")},
    **{f"cp125{n}": f"cp125{n}" for n in range(9)},
    **{f"iso8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp",
    "euc_kr": "cp949",
    "cp949": "cp949",
}
# What is tried where nothing is declared; rarer ones differ from these by too little to be told apart.
_TOLD_APART = [
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "cp866"),
    *("iso8859_2", "iso8859_5", "iso8859_6", "koi8_r", "koi8_u", "big5", "cp932", "cp949", "euc_jp", "gb18030"),
]
_C1 = re.compile("[\x80-\x9f]")  # control characters that no text has, and that wrong encodings make
_MULTIBYTE = frozenset(("big5", "cp932", "cp949", "euc_jp", "gb18030"))
_CHAOS = 0.05
_COHERENCE = {True: 0.2, False: 0.4}  # single-byte alphabets: of their own, and Latin ones
_MARGIN = 0.05
_WORD_SIGNS = "’'·-\u00ad"  # what may stand between two letters of a Western word
# The letters beyond a to z of the languages that are written in Windows-1252, each language for itself.
_ALPHABETS = (
    *("àâæçéèêëîïôœùûüÿ", "äöüßéà", "áéíóúüñçïà", "áâãàçéêíóôõúü", "àèéìíîòóùú", "åäöæøéèüó", "éëïöüèáóíêç"),
    *("áðéíóúýþæö", "àçèéíïòóúü", "äöõüšžåé", "áéíóúàèìòù", "âêîôûŵŷäëïöáéíó", "ëçéèêâ"),
)


def decode(data: bytes, name: str, *, declared: bool = False) -> str:
    """Return the characters of `data`, without its byte order mark and otherwise untouched.

    In this order: what a byte order mark says; UTF-16 without one; UTF-8, whatever is declared; what the page
    declares (with `declared`: an XML declaration or a meta element); Windows-1252 where that makes Western
    words of the bytes; what charset-normalizer is sure of.

    Args:
        data: The whole file, or record.
        name: What to call it in an error.
        declared: Whether the text can declare its own encoding, as HTML can.

    Raises:
        LoadError: the bytes are not text, are damaged, or are in no encoding that can be told for certain.
    """
    found = encoding_shown(data)
    if found is not None:
        return _strictly(data[found.mark :], found.name, name)
    if is_binary(data):
        raise LoadError(f"could not load {name}: it is binary data, not text; save its text as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _legacy(data, name, error.start, _declared(data) if declared else None)
    return (tried(data, "iso2022_jp") or text) if _SHIFTED.search(data) else text


def peek(head: bytes) -> str:
    """Return the characters of a file's first bytes as far as they can be told without the rest."""
    found = encoding_shown(head)
    if found is None:
        return head.decode("utf-8", "replace")
    return head[found.mark :].decode(found.name, "replace")


def encoding_of(sample: bytes, name: str) -> str:
    """Return the encoding of a file that is decoded as it comes, judged by its first bytes; marks are left in.

    Raises:
        LoadError: as `decode` does.
    """
    found = encoding_shown(sample)
    if found is not None:
        return found.name
    whole = sample[: sample.rfind(b"\n") + 1] or sample
    text = decode(whole, name)
    fitting = (encoding for encoding in ("utf-8", "cp1252", *_TOLD_APART) if tried(whole, encoding) == text)
    return next(fitting, "iso2022_jp")


def _legacy(data: bytes, name: str, at: int, stated: str | None) -> str:
    """Decode what is not UTF-8 (from byte `at` on) by what is stated and what fits."""
    western = stated == "cp1252"
    claimed = tried(data, stated) if stated not in (None, "utf-8") else None
    if claimed is not None and not (western and not _western(claimed)):
        return claimed
    good = sum(len(match[0]) for match in _UTF8_SEQUENCE.finditer(data))
    if good > sum(byte > 127 for byte in data) - good:
        # Mostly UTF-8: read as Windows-1252, every quotation mark in it would come out as three letters.
        raise LoadError(f"could not load {name}: it is UTF-8 damaged at byte {at}; fetch or save it again")
    text = tried(data, "cp1252")
    if text is not None and _western(text):
        return text
    found = _detected(data)
    text = tried(data, found) if found else claimed
    if text is None:
        raise LoadError(
            f"could not load {name}: byte {at} is not UTF-8, and no other encoding can be told for certain; "
            "save it as UTF-8"
        )
    return text


def _western(text: str) -> bool:
    """Tell whether Windows-1252 makes words of Western European languages of the bytes, not of others' letters."""
    letters = [c for c in text if c.isalpha()]
    foreign = [c.lower() for c in letters if c > "\x7f"]
    if len(foreign) * 4 > len(letters):
        return False
    if len(foreign) * 100 > len(letters):  # more than names from abroad: it is in a language that has them
        spelled = max(sum(c in alphabet for c in foreign) for alphabet in _ALPHABETS)
        if spelled * 10 < len(foreign) * 9:
            return False
    odd = 0
    for at, c in enumerate(text):
        if c <= "\x7f":
            continue
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if c.isalpha() and c not in "ªº":
            odd += c.isupper() and before.islower()
        elif c not in _WORD_SIGNS:
            odd += before.isalpha() and after.isalpha() and not unicodedata.category(c).startswith(("P", "Z"))
    return odd * 20 <= len(foreign)


def _detected(data: bytes) -> str | None:
    """Return the encoding that charset-normalizer finds, where nothing else fits about as well.

    Windows-1252 is not among them: whoever asks has seen that it makes no words of the bytes.
    """
    from charset_normalizer import from_bytes

    blank = max(data.rfind(b"\n", 0, SAMPLE), data.rfind(b" ", 0, SAMPLE))  # never half of a character
    sample = data if len(data) <= SAMPLE else data[: blank + 1] or data[:SAMPLE]
    # As one piece: where it cuts a text into pieces of its own choice, short lines look like disorder.
    found = from_bytes(sample, 1, len(sample), cp_isolation=_TOLD_APART, enable_fallback=False)
    matches = [match for match in found if not _C1.search(str(match))]
    if not matches:
        return None
    best, text = matches[0], str(matches[0])
    own = not any("LATIN" in unicodedata.name(c, "") for c in text if c.isalpha() and c > "\x7f")
    sure = best.coherence >= _COHERENCE[own] or (best.encoding in _MULTIBYTE and best.chaos <= _CHAOS)
    if not sure or best.chaos > 2 * _CHAOS:
        return None
    close = (m for m in matches if m.chaos <= best.chaos + 0.02 and m.coherence >= best.coherence - _MARGIN)
    return best.encoding if all(str(match) == text for match in close) else None


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise LoadError(f"could not load {name}: it is damaged {encoding.upper()} text; save it as UTF-8") from error


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page declares, as browsers read it; None where it is none of theirs."""
    found = _XML.match(data) or _META.search(data[:4096])
    if found is None:
        return None
    try:
        return _READ_AS.get(codecs.lookup(found[1].decode("ascii", "replace")).name)
    except LookupError:
        return None
