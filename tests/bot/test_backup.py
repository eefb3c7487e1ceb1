"""``whosaid backup`` and ``whosaid restore``: one file, from any home to any other, or no harm done."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Program

QUESTIONS = ("what did the ministry say about free assembly?", "strike of the teachers", "who spoke of the dam?")
RARE = "quincunxial"


@pytest.fixture
def backed_up(whosaid: Program, tmp_path: Path) -> Path:
    """A backup of the home that holds the sample."""
    done = whosaid("backup", str(tmp_path / "b.zip"))
    assert done.returncode == 0, done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["b.zip"], "nothing else is left"
    return tmp_path / "b.zip"


def elsewhere(program: Program, name: str = "other") -> Program:
    return Program(program.folder / name, program.folder)


def answers(program: Program) -> list[dict[str, Any]]:
    asked = program("ask", "--from", "-", "--json", "--hits", "5", stdin="\n".join(QUESTIONS) + "\n")
    assert asked.returncode == 0, asked.stderr
    told = [json.loads(line) for line in asked.stdout.splitlines()]
    return [{k: v for k, v in answer.items() if k not in ("id", "timings")} for answer in told]


def test_a_restored_home_answers_the_same_at_once_and_knows_its_articles(
    whosaid: Program, backed_up: Path, sample: Path
) -> None:
    other = elsewhere(whosaid)
    done = other("restore", str(backed_up))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "64 articles are there now\n"
    assert answers(other) == answers(whosaid)
    assert other("ingest", str(sample)).stdout.startswith("nothing is new: 64 articles")


def test_a_backup_goes_from_sqlite_to_postgresql_and_back(
    whosaid: Program, backed_up: Path, postgresql: Callable[[str], str], tmp_path: Path
) -> None:
    there, back = elsewhere(whosaid, "there"), elsewhere(whosaid, "back")
    env = {"WHOSAID_CATALOGUE": postgresql("restored")}
    assert there("restore", str(backed_up), env=env).returncode == 0
    done = there("backup", str(tmp_path / "again.zip"), env=env)
    assert done.returncode == 0, done.stderr
    assert back("restore", str(tmp_path / "again.zip")).returncode == 0
    assert answers(back) == answers(whosaid)
    refused = elsewhere(whosaid, "third")("restore", str(backed_up), "--yes", env=env)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "1 other home(s) answer from it" in refused.stderr


def test_settings_stay_out_and_what_is_written_by_hand_comes_along(
    fresh: Program, sample: Path, tmp_path: Path
) -> None:
    (fresh.home / "whosaid.toml").write_text('public_url = "https://secret.example/"\n')
    (fresh.home / "outlets.toml").write_text('[[outlet]]\nname = "The Herald"\naliases = ["Herald"]\n')
    (tmp_path / "a.txt").write_text("The harbour\n\nDredging begins, the engineer said.")
    assert fresh("ingest", str(tmp_path / "a.txt")).returncode == 0
    done = fresh("backup", str(tmp_path / "b.zip"))
    assert done.returncode == 0 and "keep whosaid.toml" in done.stdout, done.stderr
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not any(b"secret.example" in archive.read(name) for name in archive.namelist())
    other = elsewhere(fresh)
    assert other("restore", str(tmp_path / "b.zip")).returncode == 0
    assert (other.home / "outlets.toml").read_text() == (fresh.home / "outlets.toml").read_text()
    (other.home / "outlets.toml").write_text("# mine\n")
    told = other("restore", str(tmp_path / "b.zip"), "--yes")
    assert "your own outlets.toml stays" in told.stdout
    assert (other.home / "outlets.toml").read_text() == "# mine\n"


def test_what_was_removed_by_hand_does_not_come_back(fresh: Program, tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(f"The {RARE} garden\n\nIt is {RARE}, the gardener said.")
    (news / "b.txt").write_text("Wheat prices\n\nFarmers sold wheat at a loss, the minister said.")
    (news / "c.txt").write_text("The harbour\n\nDredging begins, the engineer said.")
    assert fresh("ingest", str(news)).returncode == 0
    assert fresh("backup", str(tmp_path / "b.zip")).returncode == 0
    assert fresh("remove", "a.txt", "--yes").returncode == 0
    refused = fresh("restore", str(tmp_path / "b.zip"))
    assert refused.returncode == 2 and "add --yes" in refused.stderr
    done = fresh("restore", str(tmp_path / "b.zip"), "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "2 articles are there now, in place of 2\n1 of the backup were left out, which you had removed\n"
    )
    kept = [f for f in fresh.home.rglob("*") if f.is_file() and "models" not in f.parts and f.suffix != ".onnx"]
    assert [f for f in kept if RARE.encode() in f.read_bytes()] == []
    assert "a.txt" in fresh("remove", "--list").stdout
    assert "1 left out, which you removed" in fresh("ingest", str(news)).stdout
    assert fresh("ask", "what did the engineer say?").returncode == 0


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write `source` anew with other members, its list of them made right unless `change` does that too."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    before = members["backup.json"]
    change(members)
    if members.get("backup.json") == before:
        told = json.loads(before)
        others = {name: data for name, data in members.items() if name != "backup.json"}
        told["members"] = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in others.items()}
        members["backup.json"] = json.dumps(told).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def retold(members: dict[str, bytes], **changes: Any) -> None:
    members["backup.json"] = json.dumps({**json.loads(members["backup.json"]), **changes}).encode()


def other_bytes(members: dict[str, bytes]) -> None:
    told = members["backup.json"]
    members["catalogue/versions.jsonl"] = members["catalogue/versions.jsonl"].replace(b"the", b"teh", 1)
    members["backup.json"] = told + b"\n"


BAD: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "newer": (lambda m: retold(m, format=99, whosaid="9.9"), "whosaid 9.9 wrote it, which is newer"),
    "newer tables": (lambda m: retold(m, schema=99, whosaid="9.9"), "whosaid 9.9 wrote it, which is newer"),
    "altered": (other_bytes, "is damaged (versions.jsonl is not what was written)"),
    "no list": (lambda m: m.pop("backup.json") and None, "it is no whosaid backup"),
    "list of nothing": (lambda m: m.update({"backup.json": b"[]"}), "cannot be understood"),
    "out of the folder": (lambda m: m.update({"index/../../../evil": b"x"}), "a member 'index/../../../evil'"),
    "absolute": (lambda m: m.update({"/tmp/evil": b"x"}), "a member '/tmp/evil'"),
    "program": (lambda m: m.update({"home/evil.py": b"x"}), "a member 'home/evil.py'"),
    "lacks a table": (lambda m: m.pop("catalogue/versions.jsonl") and None, "it lacks catalogue/versions.jsonl"),
    "other columns": (lambda m: m.update({"catalogue/articles.jsonl": b'{"id": "x"}\n'}), "the table articles"),
    "no rows": (lambda m: m.update({"catalogue/articles.jsonl": b"{\n"}), "the table articles"),
}


def test_a_bad_file_is_refused_in_one_sentence_and_the_home_left_as_it_is(
    whosaid: Program, backed_up: Path, tmp_path: Path
) -> None:
    other = elsewhere(whosaid)
    assert other("restore", str(backed_up)).returncode == 0
    before = answers(other)
    for name, (change, told) in BAD.items():
        bad = rewritten(backed_up, tmp_path / "bad.zip", change)
        done = other("restore", str(bad), "--yes")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), (name, done.stderr)
        assert told in done.stderr, (name, done.stderr)
    whole = backed_up.read_bytes()
    bad_bytes = {
        b"": "it is no whosaid backup; name a file that",
        b"no archive": "it is no whosaid backup; name a file that",
        whole[: len(whole) // 2]: "it is damaged (it is cut off or was written over)",
        whole[:5000] + bytes(200) + whole[5200:]: "it is damaged",
    }
    for data, told in bad_bytes.items():
        (tmp_path / "bad.zip").write_bytes(data)
        done = other("restore", str(tmp_path / "bad.zip"), "--yes")
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert told in done.stderr
    assert other("restore", str(tmp_path / "none.zip")).returncode == 2
    assert answers(other) == before
    assert not list(other.home.glob("index/.*")) and not Path("/tmp/evil").exists()


def test_a_backup_takes_the_place_of_a_backup_and_of_nothing_else(
    whosaid: Program, backed_up: Path, tmp_path: Path
) -> None:
    target = tmp_path / "again.backup"
    target.write_bytes(backed_up.read_bytes())
    again = whosaid("backup", str(target))
    assert again.returncode == 0 and ", in place of a backup of " in again.stdout
    for data in (b"my only copy", backed_up.read_bytes()[:5000]):
        target.write_bytes(data)
        refused = whosaid("backup", str(target))
        assert refused.returncode == 2 and "that is no whole whosaid backup; move it away" in refused.stderr
        assert target.read_bytes() == data


def test_vectors_that_a_backup_cannot_hold_are_filled_in(whosaid: Program, backed_up: Path) -> None:
    """As those of a server are: the index's own copy of them is as good."""

    def drop(members: dict[str, bytes]) -> None:
        for name in [name for name in members if name.startswith("index/chroma/")]:
            del members[name]

    bare = rewritten(backed_up, backed_up.with_name("bare.zip"), drop)
    other = elsewhere(whosaid)
    done = other("restore", str(bare))
    assert done.returncode == 0, done.stderr
    assert answers(other) == answers(whosaid)


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """Makes a file system of its own that holds so many bytes."""
    mounted: list[Path] = []

    def make(size: int) -> Path:
        if os.geteuid() != 0:
            pytest.skip("only root can mount a small file system")
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if (done := subprocess.run(command, capture_output=True, text=True)).returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_backup_that_finds_no_room_leaves_no_half_of_it(whosaid: Program, small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(1_000_000)
    done = whosaid("backup", str(disk / "b.zip"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "could not write the backup" in done.stderr and "No space left" in done.stderr
    assert list(disk.iterdir()) == []


def test_an_ingest_that_fills_the_disk_leaves_what_was_there_and_goes_on_later(
    sample: Path, compiled_model: Path, small_disk: Callable[[int], Path], tmp_path: Path
) -> None:
    disk = small_disk(12_000_000)
    home = disk / "home"
    home.mkdir()
    (home / "models").symlink_to(compiled_model.parent, target_is_directory=True)
    program = Program(home, tmp_path)
    (tmp_path / "a.txt").write_text("The harbour\n\nDredging begins, the engineer said.")
    assert program("ingest", str(tmp_path / "a.txt")).returncode == 0
    before = program("ask", "what did the engineer say?")
    ballast = disk / "ballast"
    with ballast.open("wb") as out:
        free = shutil.disk_usage(disk).free
        out.write(bytes(max(0, free - 600_000)))
    done = program("ingest", str(sample))
    assert done.returncode == 1, done.stdout
    told = [line for line in done.stderr.splitlines() if line.startswith("whosaid: ")]
    assert len(told) == 1 and "Traceback" not in done.stderr, done.stderr
    assert "full" in told[0] or "space" in told[0] or "room" in told[0], told
    assert program("ask", "what did the engineer say?").stdout == before.stdout
    ballast.unlink()
    assert program("ingest", str(sample)).returncode == 0
    assert program("ask", "what did the ministry say about free assembly?").returncode == 0
    assert program("status").returncode == 0
