from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UsageError
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
    return [source.relative for source in walk(paths)]


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


def test_links_that_lead_back_end(folder: Path) -> None:
    (folder / "b" / "up").symlink_to(folder)
    (folder / "c" / "b").symlink_to(folder / "b")
    (folder / "c" / "gone").symlink_to(folder / "nowhere")
    assert _names(folder) == ["a.txt", "b/1.txt", "b/2.txt", "c/z.html"]


def test_a_missing_path_is_told_before_anything_is_loaded(folder: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        walk([folder, folder / "nowhere"])


def test_the_sample_is_walked_as_it_lies_on_disk(sample: Path) -> None:
    names = _names(sample)
    assert "000_88a69eeaa2e40b64.txt" in names
    assert len(names) == len(set(names))
    assert not [name for name in names if name.lower().endswith(("readme.md", "readme.txt"))]
