"""Four thousand damaged files of every format through `load`, the child process included: no crash, no hang."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import LoadError
from corpus.loaders import LOADERS, Limits, Loaded, Loading, load
from corpus.printable import printable
from corpus.walk import Source, walk

SEED = 20411105
# How many files of each format; those that are dear to read are fewer. Four thousand in all.
COUNTS = {
    "a.txt": 600,
    "a.jsonl": 600,
    "a.csv": 480,
    "a.json": 360,
    "a.md": 400,
    "a.html": 520,
    "a.docx": 120,
    "markup.docx": 200,  # damaged before it is packed, so that no checksum tells
    "a.pdf": 240,
    "a.zip": 160,
    "a.tar": 160,
    "a.tar.gz": 40,
    "a.jsonl.gz": 60,
    "a.txt.bz2": 20,
    "a.md.xz": 40,
}
LONGEST = 6000  # bytes of a sample, so that all take half a minute
# What parsers and decoders stumble over, put in as it is.
TRICKY = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\x85", b"\xe2\x80", b"\xed\xa0\x80", b"\\ud800", b"\x1b[2J"),
    *(b'"', b'""', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b"\n", b"\n\n", b"\t", b"[" * 300, b'{"a":' * 300),
    *(b"<", b">", b"</p>", b"<p>", b"<div>" * 99, b"<script>", b"<!--", b"]]>", b"&#0;", b"&#xD800;", b"&a;"),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<table><td>", b"<ol start='x'><li>", b"<base href='\\\\['>"),
    *(b"---\n", b"*", b"> " * 99, b"[^1]:", b"{% raw %}", b"{{ page.date | date: '%", b"a: &a [*a]\n", b"!!python/x"),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x1f\x8b", b"%PDF-1.7", b"endstream", b"endobj", b"1 0 R"),
    *(b"<< /Length 99999999 >>", b"\x7f" * 12, b"\xff" * 12, b"\x80" + b"\xff" * 7, b"99999999999", b"-1"),
)


def flipped(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 12)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data)) :]


def emptied(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.randint(1, 200)]


def doubled(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    part = data[start : start + rng.randint(1, 300)]
    data[start:start] = part * rng.choice((1, 1, 2, 20))


def moved(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    part = data[start : start + rng.randint(1, 400)]
    del data[start : start + len(part)]
    at = rng.randint(0, len(data))
    data[at:at] = part


def tricked(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(data))
        data[at : at + rng.choice((0, 0, 4))] = rng.choice(TRICKY)


def noisy(data: bytearray, rng: random.Random) -> None:
    at = rng.randint(0, len(data))
    data[at : at + rng.choice((0, 20))] = rng.randbytes(rng.randint(1, 40))


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(flipped, cut, emptied, doubled, moved, tricked, tricked, noisy),
)


def mutated(sample: bytes, others: list[bytes], rng: random.Random) -> bytes:
    data = bytearray(sample)
    if rng.random() < 0.1:  # the head of one file on the tail of another, of another format perhaps
        other = rng.choice(others)
        data[rng.randrange(len(data)) :] = other[rng.randrange(len(other)) :]
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        if data:
            rng.choice(MUTATIONS)(data, rng)
    return bytes(data)


def printed(paragraphs: list[str]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True, pageCompression=0)
    for at, line in enumerate(line for text in paragraphs for line in (text[:80], text[80:160])):
        canvas.drawString(72, 780 - 14 * (at % 50), line)
    canvas.save()
    return out.getvalue()


def markup(paragraphs: list[str]) -> bytes:
    """Return the main part of a DOCX."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return f'<?xml version="1.0"?><w:document {space}><w:body>{body}</w:body></w:document>'.encode()


def worded(part: bytes) -> bytes:
    """Return a DOCX with this main part."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    override = f'<Override PartName="/word/document.xml" ContentType="{kind}"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<?xml version="1.0"?><Types xmlns="{types}">{override}</Types>')
        archive.writestr("word/document.xml", part)
    return out.getvalue()


PACK = {"markup.docx": worded}


def archived(members: dict[str, bytes]) -> tuple[bytes, bytes]:
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return zipped.getvalue(), tarred.getvalue()


def samples(folder: Path) -> dict[str, bytes]:
    """Return a real file of every format, made of the sample's articles where the sample has none."""
    text = (folder / "radio-sundral" / "garment-vigil.txt").read_bytes()[:LONGEST]
    markdown = (folder / "charterhouse-review" / "ferramond-acquitted.md").read_bytes()[:LONGEST]
    page = (folder / "ondreva-ledger" / "museum-drum-returned.html.gz").read_bytes()
    lines = (folder / "ishel-valley-post" / "2041.jsonl").read_bytes().splitlines(keepends=True)
    records = [
        {**record, "body": str(record.get("body") or record.get("text"))[:500]} for record in map(json.loads, lines)
    ]
    jsonl = b"".join(json.dumps(record).encode() + b"\n" for record in records)[:LONGEST]
    table = io.StringIO()
    writer = csv.DictWriter(table, list(records[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)
    paragraphs = [line for line in text.decode().splitlines() if line][:30]
    html = gzip.decompress(page)
    zipped, tarred = archived(
        {"n/a.txt": text[:700], "b.jsonl": jsonl[:900], "c.png": b"\x89PNG\r\n", "d.csv": b"body\nx\n"}
    )
    return {
        "a.txt": text,
        "a.jsonl": jsonl,
        "a.csv": table.getvalue().encode()[:LONGEST],
        "a.json": json.dumps(records).encode(),
        "a.md": markdown,
        "a.html": html[:LONGEST] + html[-500:],
        "a.docx": worded(markup(paragraphs)),
        "markup.docx": markup(paragraphs),
        "a.pdf": printed(paragraphs),
        "a.zip": zipped,
        "a.tar": tarred,
        "a.tar.gz": gzip.compress(tarred, mtime=0),
        "a.jsonl.gz": gzip.compress(jsonl, mtime=0),
        "a.txt.bz2": bz2.compress(text),
        "a.md.xz": lzma.compress(markdown),
    }


def test_the_samples_are_sound(sample: Path, tmp_path: Path) -> None:
    made = samples(sample)
    assert made.keys() == COUNTS.keys() and sum(COUNTS.values()) == 4_000
    formats = set()
    for name, data in made.items():
        (tmp_path / name).write_bytes(PACK.get(name, bytes)(data))
        items = [item for source in walk([tmp_path / name]) if isinstance(source, Source) for item in load(source)]
        found = {item.loader for item in items if isinstance(item, Loaded)}
        assert found, (name, items)
        formats |= found
    assert formats == LOADERS.keys()


@pytest.mark.parametrize("name", COUNTS)
def test_damaged_files_become_documents_or_sentences(name: str, sample: Path, tmp_path: Path) -> None:
    made = samples(sample)
    others = list(made.values())
    rng = random.Random(f"{SEED} {name}")
    file = tmp_path / name
    source = Source(file, tmp_path, name)
    kinds: Counter[str] = Counter()
    with Loading(Limits(seconds=60)) as loading:
        for number in range(COUNTS[name]):
            data = mutated(made[name], others, rng)
            file.write_bytes(PACK.get(name, bytes)(data))
            for item in load(source, loading):
                if isinstance(item, Loaded):
                    kinds["loaded"] += 1
                    assert item.document.text.strip() and item.document.title
                    item.document.text.encode()
                else:
                    kinds["refused"] += 1
                    message = str(item)
                    assert isinstance(item, LoadError) and printable(message) == message and message.split()[0]
                    # Kept from the ingest by the child process, but a fault of the loader all the same.
                    faults = ("crashed on it", "failed on it", "took more than")
                    assert not any(fault in message for fault in faults), (number, message, data)
    # The checksums of bzip2 and xz let next to nothing through.
    assert kinds["refused"] and (kinds["loaded"] or name.endswith((".bz2", ".xz")))
