"""ZIP and tar archives: members are read as if they were files, and what is wrong with one costs no other."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.loaders import Limits, Loaded, Loading, load, load_bytes
from corpus.walk import Source, walk

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
LINES = b'{"id": "x7", "body": "First."}\n{"body": "Second."}\n'
PAGE = b"<!DOCTYPE html><html><head><title>T</title></head><body><article><p>%s</p></article></body></html>"
LEAD = b"The ministry said on Monday that lawful rallies would be welcomed in every square of the city. " * 4
MEMBERS = {"a.txt": b"A council met.", "folder/b.html": PAGE % LEAD, "folder/c.jsonl": LINES, "d.md": b"# D\n\nWords."}
RECORDS = ["a.txt", "folder/b.html", "folder/c.jsonl#x7", "folder/c.jsonl#2", "d.md"]

NOISE = {
    f"{n}.txt": b"Words " + b"".join(hashlib.sha256(b"%d %d" % (n, m)).hexdigest().encode() for m in range(30))
    for n in range(200)
}


class Pipe(io.BytesIO):
    """A stream that cannot be sought in, so that sizes follow after the files, as when piped or downloaded."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("a pipe")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tar_of(*infos: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for info in infos:
            archive.addfile(info, io.BytesIO(bytes(info.size)))
    return out.getvalue()


def split(data: bytes, name: str = "news.zip", limits: Limits | None = None) -> tuple[list[str], list[str]]:
    """Return the records and the errors that an archive yields."""
    loading = Loading(limits, isolated=False) if limits else None
    items = list(load_bytes(data, name, loading))
    return (
        [item.document.record for item in items if isinstance(item, Loaded)],
        [str(item) for item in items if isinstance(item, LoadError)],
    )


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("news.zip", zipped),
        ("news.zip", lambda members: zipped(members, zipfile.ZIP_STORED)),
        ("news.zip", lambda members: zipped(members, zipfile.ZIP_BZIP2)),
        ("news", zipped),
        ("news.zip.gz", lambda members: gzip.compress(zipped(members))),
        ("news.tar", tarred),
        ("news.tar", lambda members: tarred(members, tarfile.USTAR_FORMAT)),
        ("news.tar", lambda members: tarred(members, tarfile.GNU_FORMAT)),
        ("news.tar.gz", lambda members: gzip.compress(tarred(members))),
        ("news.tgz", lambda members: gzip.compress(tarred(members))),
        ("news.tar.bz2", lambda members: bz2.compress(tarred(members))),
        ("news.tar.xz", lambda members: lzma.compress(tarred(members))),
        ("news.txt", lambda members: lzma.compress(tarred(members))),
    ],
)
def test_members_are_read_as_files_and_named_by_their_paths(
    tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    file = tmp_path / name
    file.write_bytes(pack(MEMBERS))
    (source,) = walk([file])
    assert isinstance(source, Source)
    items = [item for item in load(source) if isinstance(item, Loaded)]
    assert [item.document.record for item in items] == RECORDS
    assert [item.loader for item in items] == ["text", "html", "jsonl", "jsonl", "markdown"]
    assert items[0].raw_hash == hashlib.sha256(MEMBERS["a.txt"]).hexdigest()
    assert items[1].raw_hash == hashlib.sha256(MEMBERS["folder/b.html"]).hexdigest()
    assert items[3].raw_hash == hashlib.sha256(b'{"body": "Second."}').hexdigest()
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_need_no_archive(pack: Callable[[bytes], bytes]) -> None:
    (item,) = load_bytes(pack(LEAD), "2041-03-05-a.txt.x")
    assert isinstance(item, LoadError) and "no format ends in .x" in str(item)
    for ending in (".gz", ".bz2", ".XZ"):
        (item,) = load_bytes(pack(LEAD) + pack(LEAD), "2041-03-05-a.txt" + ending)
        assert isinstance(item, Loaded) and item.document.text == (LEAD + LEAD).decode()
        assert str(item.document.published) == "2041-03-05"
    (error,) = load_bytes(pack(gzip.compress(LEAD)), "a.txt.gz.gz")
    assert str(error) == "could not load a.txt.gz.gz: it is compressed twice; unpack it once"


def test_the_sample_is_the_same_in_an_archive(sample: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "sample.tar.gz", "w:gz") as archive:
        archive.add(sample, "sample")
    with Loading() as loading:
        (packed,) = walk([tmp_path / "sample.tar.gz"])
        assert isinstance(packed, Source)
        inside = {item.raw_hash: item for item in load(packed, loading) if isinstance(item, Loaded)}
        files = [source for source in walk([sample]) if isinstance(source, Source)]
        plain = [(source, item) for source in files for item in load(source, loading)]
    assert len(plain) > 50
    for source, item in plain:
        assert isinstance(item, Loaded)
        found = inside[item.raw_hash].document
        record = f"sample/{source.relative}" + (f"#{item.document.record}" if item.document.record else "")
        assert (found.record, found.text, found.published) == (record, item.document.text, item.document.published)


def test_archives_in_archives_are_read_two_deep() -> None:
    inner = tarred({"folder/a.txt": b"Inner.", "b.jsonl": LINES})
    twice = zipped({"x/in.tar.gz": gzip.compress(inner), "in.zip": zipped({"c.txt": b"Words."}), "d.txt": b"Outer."})
    records = ["x/in.tar.gz/folder/a.txt", "x/in.tar.gz/b.jsonl#x7", "x/in.tar.gz/b.jsonl#2", "in.zip/c.txt", "d.txt"]
    assert split(twice) == (records, [])
    thrice = tarred({"twice.zip": twice, "e.txt": b"Outermost."})
    assert split(thrice, "news.tar") == (
        ["twice.zip/d.txt", "e.txt"],
        [
            "in news.tar: in twice.zip: could not load x/in.tar.gz: it lies in 2 archives; unpack the outer ones",
            "in news.tar: in twice.zip: could not load in.zip: it lies in 2 archives; unpack the outer ones",
        ],
    )


def test_what_is_no_article_is_reported_in_a_line_and_the_rest_goes_on() -> None:
    packed = zipped({"1.png": PNG, "2.txt": b"Words.", "3.txt": b"", "4.bin": bytes(range(256)), "5.txt": b"More."})
    records, errors = split(packed)
    assert records == ["2.txt", "5.txt"]
    starts = [
        "skipped 1.png: it is a picture, a recording or a part of a page, not an article",
        "could not load 3.txt: no text found;",
        "could not load 4.bin: ",
    ]
    assert len(errors) == 3
    for error, start in zip(errors, starts, strict=True):
        assert error.startswith(f"in news.zip: {start}")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_hidden_members_and_documentation_are_left_out_as_in_a_folder(
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    members = {
        ".env": b"TOKEN=x",
        "a/.git/config": b"x",
        "__MACOSX/a/._b.txt": b"x",
        "README.md": b"x",
        "./c.txt": b"C.",
    }
    assert split(pack(members)) == (["c.txt"], [])


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_paths_that_lead_out_are_reported(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    names = ["../a.txt", "/etc/a.txt", "b/../../a.txt", "..\\a.txt", "C:\\a.txt", "C:a.txt", "\\\\host\\a.txt"]
    reason = "its path leads out of the archive; pack it anew"
    members = {**dict.fromkeys(names, b"Words."), "fine.txt": b"Words."}
    expected = [f"in news.zip: could not load {name}: {reason}" for name in names]
    assert split(pack(members)) == (["fine.txt"], expected)


def test_names_that_a_terminal_would_obey_are_reported() -> None:
    assert split(tarred({"a\x1b[2J\n.txt": b"x", "b\udcff.txt": b"x", "é.txt": b"x"})) == (
        ["é.txt"],
        [
            r"in news.zip: could not load a\x1b[2J\n.txt: its name holds characters that cannot be shown; rename it",
            r"in news.zip: could not load b\udcff.txt: its name holds characters that cannot be shown; rename it",
        ],
    )


def test_a_name_that_comes_twice_is_taken_once() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for text in ("First.", "Second."):
            archive.writestr("a.txt", text)
    (first, error) = load_bytes(out.getvalue(), "news.zip")
    assert isinstance(first, Loaded) and first.document.text == "First."
    reason = "the archive holds another file of this name; rename one of them"
    assert str(error) == f"in news.zip: could not load a.txt: {reason}"


def test_links_and_devices_are_reported() -> None:
    kinds = {
        "link.txt": (tarfile.SYMTYPE, "a link"),
        "hard.txt": (tarfile.LNKTYPE, "a link"),
        "device.txt": (tarfile.CHRTYPE, "a device"),
        "disk.txt": (tarfile.BLKTYPE, "a device"),
        "pipe.txt": (tarfile.FIFOTYPE, "a named pipe"),
    }
    infos = []
    for name, (kind, _) in kinds.items():
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        infos.append(info)
    plain = tarfile.TarInfo("folder")
    plain.type = tarfile.DIRTYPE
    expected = [
        f"in n.tar: could not load {n}: it is {kind}, not a file; pack the file itself"
        for n, (_, kind) in kinds.items()
    ]
    assert split(tar_of(*infos, plain), "n.tar") == ([], expected)


def test_files_with_holes_are_reported(tmp_path: Path) -> None:
    with open(tmp_path / "holes.txt", "wb") as file:
        file.write(b"Words.")
        file.truncate(2**30)
        file.seek(0, os.SEEK_END)
        file.write(b"More.")
    (tmp_path / "z.txt").write_text("After.")
    for form in ("gnu", "posix"):
        made = subprocess.run(
            ["tar", "--sparse", f"--format={form}", "-C", tmp_path, "-c", "holes.txt", "z.txt"],
            capture_output=True,
            check=True,
            timeout=60,
        )
        records, (error,) = split(made.stdout, "n.tar")
        assert records == ["z.txt"]
        assert error.endswith("it is a file with holes, not a file; pack the file itself")


def test_long_names_are_read_in_every_dialect() -> None:
    name = "/".join(["a-folder-with-a-long-name"] * 12) + "/ä.txt"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert split(tarred({name: b"Words.", "b.txt": b"More."}, form), "n.tar") == ([name, "b.txt"], [])


def test_encrypted_members_are_reported() -> None:
    data = bytearray(zipped({"a.txt": b"Secret.", "b.txt": b"Open."}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    reason = "it is encrypted; unpack the archive with its password"
    assert split(bytes(data)) == (["b.txt"], [f"in news.zip: could not load a.txt: {reason}"])


def test_unknown_compression_is_reported() -> None:
    reason = "it is compressed by method 14; pack it with deflate"
    packed = zipped({"a.txt": b"Words."}, zipfile.ZIP_LZMA)
    assert split(packed) == ([], [f"in news.zip: could not load a.txt: {reason}"])


def test_a_damaged_member_costs_no_other() -> None:
    data = bytearray(zipped({"a.txt": b"A" * 3000 + LEAD, "b.txt": b"Words."}))
    data[60] ^= 0xFF
    records, (error,) = split(bytes(data))
    assert records == ["b.txt"]
    assert error.startswith("in news.zip: could not decompress a.txt: ")


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_tar_archive_cut_short_the_beginning_is_taken(packed: bool) -> None:
    whole = tarred(NOISE)
    data = gzip.compress(whole)[:100_000] if packed else whole[: whole.index(NOISE["100.txt"]) + 500]
    records, errors = split(data, "n.tar.gz" if packed else "n.tar")
    assert records == [f"{n}.txt" for n in range(len(records))] and 50 < len(records) < 200
    assert f"{len(records)}.txt" in errors[0]
    rest = "could not decompress n.tar.gz: it ends" if packed else "could not read the rest of n.tar: it ends"
    assert errors[-1].startswith(rest) and len(errors) == 2


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("piped", [False, True])
def test_of_a_zip_archive_cut_short_the_beginning_is_taken(method: int, piped: bool) -> None:
    if piped and method == zipfile.ZIP_STORED:
        pytest.skip("nothing tells where such a member ends, so no program writes one")
    out = Pipe() if piped else io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in NOISE.items():
            archive.writestr(name, data)
    whole = out.getvalue()
    assert split(whole) == (list(NOISE), [])
    for cut in (len(whole) // 2, whole.index(b"PK\x01\x02") + 20):
        items = list(load_bytes(whole[:cut], "news.zip"))
        records = {item.document.record: item.document.text.encode() for item in items if isinstance(item, Loaded)}
        assert records.items() <= NOISE.items() and len(records) > 50
        assert list(records) == list(NOISE)[: len(records)]
        *middle, last = (str(item) for item in items if isinstance(item, LoadError))
        assert last == ("could not read the rest of news.zip: File is not a zip file; fetch or pack the archive again")
        assert all(f"could not decompress {len(records)}.txt" in error for error in middle) and len(middle) < 2


@pytest.mark.parametrize("size", ["huge", "negative", "words"])
def test_a_tar_header_is_not_trusted(size: str) -> None:
    data = bytearray(tarred({"a.txt": b"Words.", "b.txt": b"More."}, tarfile.USTAR_FORMAT))
    field = {"huge": b"\x80" + b"\x7f" * 11, "negative": b"\xff" * 12, "words": b"words".ljust(12)}[size]
    at = 1024
    data[at + 124 : at + 136] = field
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
    records, errors = split(bytes(data), "n.tar")
    assert records == ["a.txt"]
    assert "could not read the rest of n.tar" in errors[-1]


def test_an_extended_header_of_any_size_is_not_read() -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 2**24
    records, errors = split(tar_of(info), "n.tar")
    assert records == []
    assert errors == [
        "could not read the rest of n.tar: a header is damaged (longer than any name); fetch or pack the archive again"
    ]


def test_entries_are_counted() -> None:
    members = {f"{n}.txt": b"Words." for n in range(30)}
    for pack, name in ((zipped, "n.zip"), (tarred, "n.tar")):
        records, errors = split(pack(members), name, Limits(entries=20))
        assert len(records) == 20
        assert errors == [f"stopped reading {name}: it has more than 20 entries; split it"]


def test_an_endless_list_of_files_is_not_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFE, 0xFFFE, 2**27, 4, 0)
    records, errors = split(b"PK\x03\x04" + bytes(2**27) + end)
    assert records == [] and "could not read" in errors[-1] and "list of files is too long" in errors[-1]


def test_errors_are_told_one_by_one_up_to_a_limit_and_then_counted() -> None:
    members = {f"{n:02}.png": PNG for n in range(30)} | {"z.txt": b"Words."}
    records, errors = split(zipped(members), "n.zip", Limits(errors=10))
    assert records == ["z.txt"] and len(errors) == 11
    assert errors[-1] == "could not load 20 more records of n.zip either; repair the file"


def test_nothing_is_left_open_when_reading_stops_early(tmp_path: Path) -> None:
    file = tmp_path / "news.zip"
    file.write_bytes(zipped(MEMBERS))
    (source,) = walk([file])
    assert isinstance(source, Source)
    items = load(source)
    next(items)
    items.close()  # type: ignore[attr-defined]
    if sys.platform == "linux":
        assert str(file) not in [
            os.readlink(f"/proc/self/fd/{n}")
            for n in os.listdir("/proc/self/fd")
            if n.isdigit() and os.path.islink(f"/proc/self/fd/{n}")
        ]


def test_records_of_an_archive_are_one_line_each(tmp_path: Path) -> None:
    assert split(zipped({"a.jsonl": json.dumps({"body": "x", "id": "a\nb"}).encode()})) == (["a.jsonl#a b"], [])
