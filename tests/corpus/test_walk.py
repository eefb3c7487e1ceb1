from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from corpus.errors import LoadError, Skipped, UsageError
from corpus.loaders import Loaded, load
from corpus.walk import Source, walk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "b/2.txt",
        "b/1.txt",
        "a.txt",
        "README.md",
        "b/readme.TXT",
        ".hidden",
        ".git/config",
        "c/z.html",
    ):
        path = tmp_path / "news" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "news"


def _names(*paths: Path) -> list[str]:
    return [source.relative for source in walk(paths) if isinstance(source, Source)]


def _errors(*paths: Path) -> list[str]:
    return [str(source) for source in walk(paths) if isinstance(source, LoadError)]


def test_a_folder_is_walked_in_order_without_hidden_files_and_documentation(folder: Path) -> None:
    assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]


def test_a_named_file_is_always_taken(folder: Path) -> None:
    assert _names(folder / "README.md", folder / ".hidden") == ["README.md", ".hidden"]
    assert next(walk([folder / "b" / "1.txt"])) == Source(folder / "b" / "1.txt", folder / "b", "1.txt")


def test_paths_are_absolute_and_each_file_comes_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    sources = list(walk([Path("news/a.txt"), Path("news"), Path("news")]))
    assert [source.relative for source in sources] == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
    assert all(source.path.is_absolute() and source.root / source.relative == source.path for source in sources)


def test_links_within_the_folder_bring_nothing_twice_and_end(folder: Path) -> None:
    (folder / "b" / "up").symlink_to(folder)
    (folder / "c" / "b").symlink_to(folder / "b")
    (folder / "0.txt").symlink_to(folder / "b" / "2.txt")
    assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
    assert _errors(folder) == []


def test_links_that_lead_nowhere_are_reported(folder: Path) -> None:
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "one").symlink_to(folder / "two")
    (folder / "two").symlink_to(folder / "one")
    assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
    reason = "it is a link that leads nowhere; remove it"
    assert _errors(folder) == [f"skipped {name}: {reason}" for name in ("gone", "one", "two")]


def test_links_out_of_the_folder_and_to_hidden_files_are_reported(folder: Path) -> None:
    outside = folder.parent / "private"
    outside.mkdir()
    (outside / "letter.txt").write_text("Dear friend")
    (folder.parent / ".env").write_text("TOKEN=x")
    (folder / "b" / "innocent.txt").symlink_to("../../.env")
    (folder / "c" / "folder").symlink_to(outside)
    (folder / "deeper.txt").symlink_to(folder / "c" / "folder" / "letter.txt")
    (folder / "hidden.txt").symlink_to(".hidden")
    (folder / "objects").symlink_to(".git")
    (folder / "passwords.txt").symlink_to("/etc/passwd")
    assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
    out = "it is a link that leads out of the folder; name what it leads to, if it is to be loaded"
    hidden = "it is a link to a hidden file; name that file, if it is to be loaded"
    assert _errors(folder) == [
        f"skipped b/innocent.txt: {out}",
        f"skipped c/folder: {out}",
        f"skipped deeper.txt: {out}",
        f"skipped hidden.txt: {hidden}",
        f"skipped objects: {hidden}",
        f"skipped passwords.txt: {out}",
    ]


def test_a_link_that_is_named_itself_or_leads_into_a_named_folder_is_no_matter(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(folder / "a.txt")
    (named,) = walk([link])
    assert named == Source(folder / "a.txt", tmp_path, "link.txt")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b").symlink_to(folder / "b")
    assert _errors(tmp_path / "other", folder) == []
    assert _names(tmp_path / "other", folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
    (tmp_path / "alias").symlink_to(folder)
    assert _names(tmp_path / "alias", folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]


def test_what_is_no_article_by_its_nature_is_told_apart_from_what_went_wrong(folder: Path) -> None:
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "hidden.txt").symlink_to(".hidden")
    (folder / "passwords.txt").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.txt")
    found = {str(item).split(":")[0]: type(item) for item in walk([folder]) if isinstance(item, LoadError)}
    assert found == {
        "skipped gone": LoadError,
        "skipped hidden.txt": Skipped,
        "skipped passwords.txt": Skipped,
        "skipped pipe.txt": Skipped,
    }


def test_pipes_and_sockets_are_reported_and_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(folder / "socket.txt"))  # such a path may not be long
        assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
        assert _errors(folder) == [
            "skipped pipe.txt: it is a named pipe, not a file; remove it",
            "skipped socket.txt: it is a socket, not a file; remove it",
        ]


def test_a_pipe_that_takes_a_files_place_does_not_block(folder: Path) -> None:
    source = next(walk([folder / "a.txt"]))
    assert isinstance(source, Source)
    source.path.unlink()
    os.mkfifo(source.path)
    (error,) = load(source)
    assert str(error) == "could not load a.txt: it is a named pipe, not a file; remove it"
    source.path.unlink()
    source.path.symlink_to("/etc/passwd")
    (error,) = load(source)
    assert isinstance(error, LoadError) and str(error).startswith("could not read a.txt: ")
    (error,) = load(next(walk([Path("/dev/null")])))
    assert str(error) == "could not load null: it is a device, not a file; remove it"


def test_a_link_that_takes_a_folders_place_is_not_followed(folder: Path) -> None:
    private = folder.parent / "private"
    private.mkdir()
    (private / "1.txt").write_text("Dear friend")
    sources = [source for source in walk([folder]) if isinstance(source, Source) and source.relative == "b/1.txt"]
    assert [type(item) for item in load(sources[0])] == [Loaded]
    for place in (private, folder / ".git"):
        shutil.rmtree(folder / "b") if not (folder / "b").is_symlink() else (folder / "b").unlink()
        (folder / ".git" / "1.txt").write_text("Hidden")
        (folder / "b").symlink_to(place)
        (error,) = load(sources[0])
        assert str(error) == "could not load b/1.txt: it was moved out of its folder meanwhile; ingest it again"


def test_names_that_a_terminal_would_obey_are_shown_and_loaded(folder: Path) -> None:
    name = "x\n\x1b[31mrm\u202e.bin"
    (folder / name).write_bytes(b"\x00\x01")
    source = next(source for source in walk([folder]) if isinstance(source, Source) and source.relative == name)
    (error,) = load(source)
    assert str(error).startswith(r"could not load x\n\x1b[31mrm\u202e.bin: it is binary data; what can be loaded is")


def test_names_that_are_no_utf8_are_reported(folder: Path) -> None:
    raw = os.fsencode(folder)
    try:
        with open(raw + b"/caf\xe9.txt", "wb") as file:
            file.write(b"Words.")
        os.mkdir(raw + b"/d\xe9p\xf4t")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    Path(os.fsdecode(raw + b"/d\xe9p\xf4t/a.txt")).write_text("Words.")
    assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]
    assert _errors(folder) == [
        r"could not load caf\udce9.txt: its name is not UTF-8; rename it",
        r"could not load d\udce9p\udcf4t/a.txt: its name is not UTF-8; rename it",
    ]


def test_folders_deeper_than_calls_can_be(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    here = os.open(root, os.O_RDONLY)
    for _ in range(1100):  # deeper than Python recurses
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open("a.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here), "w") as file:
        file.write("Words.")
    os.close(here)
    try:
        assert _names(root) == ["d/" * 1100 + "a.txt"]
    finally:
        subprocess.run(["rm", "-rf", str(root)], check=True, timeout=60)  # pytest's own way recurses


# Run by a Python that may still read everything, and then may not.
_DROPPED = """
import json, os, sys
from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.walk import walk
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
from pathlib import Path
told = []
for found in walk([Path(sys.argv[1])]):
    for item in [found] if isinstance(found, LoadError) else load(found):
        told.append(str(item) if isinstance(item, LoadError) else item.document.text)
print(json.dumps(told))
"""


def test_what_may_not_be_read_is_reported_and_the_rest_goes_on() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.txt").write_text("Before.")
        (folder / "closed").mkdir()
        (folder / "closed" / "x.txt").write_text("Closed.")
        (folder / "listed").mkdir()
        (folder / "listed" / "x.txt").write_text("Listed only.")
        (folder / "secret.txt").write_text("Secret.")
        (folder / "z.txt").write_text("After.")
        (folder / "secret.txt").chmod(0)
        (folder / "closed").chmod(0)
        (folder / "listed").chmod(0o444)
        try:
            ran = subprocess.run(
                [sys.executable, "-c", _DROPPED, name], capture_output=True, text=True, timeout=120, check=False
            )
        finally:
            (folder / "closed").chmod(0o755)
            (folder / "listed").chmod(0o755)
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == [
        "Before.",
        "could not list closed: Permission denied; give the folder read permission",
        "could not read listed/x.txt: Permission denied; check it and its permissions",
        "could not read secret.txt: Permission denied; check the file and its permissions",
        "After.",
    ]


def test_a_missing_path_is_told_before_anything_is_loaded(folder: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        walk([folder, folder / "nowhere"])


def test_the_sample_is_walked_as_it_lies_on_disk(sample: Path) -> None:
    names = _names(sample)
    assert "000_88a69eeaa2e40b64.txt" in names
    assert len(names) == len(set(names))
    assert not [name for name in names if name.lower().endswith(("readme.md", "readme.txt"))]
