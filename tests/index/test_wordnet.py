"""The thesaurus: found by bisection in sorted files, which are made from WordNet's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import index.wordnet as wordnet
from index.wordnet import base_forms, rarity, related
from index.wordnet.make import make

SHIPPED = Path(wordnet.__file__).parent
DEBIAN = Path("/usr/share/wordnet")  # of the package wordnet-base


def lines(name: str) -> list[bytes]:
    return (SHIPPED / name).read_bytes().splitlines()


def test_the_shipped_files_are_what_their_maker_makes(tmp_path: Path) -> None:
    if not (DEBIAN / "data.noun").is_file():
        pytest.skip("WordNet's files are not installed: apt-get install wordnet-base")
    make(DEBIAN, tmp_path)
    for name in ("words.tsv", "members.tsv", "kinds.tsv"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes(), name


@pytest.mark.parametrize("name", ["words.tsv", "members.tsv", "kinds.tsv"])
def test_every_line_is_found(name: str) -> None:
    rows = lines(name)
    assert len(rows) > 10_000
    for row in {rows[0], rows[1], rows[-2], rows[-1], *rows[:: len(rows) // 2000]}:
        key, _, rest = row.partition(b"\t")
        assert wordnet._find(name, key.decode()) == rest, key


@pytest.mark.parametrize("name", ["words.tsv", "members.tsv", "kinds.tsv"])
@pytest.mark.parametrize("key", ["", "\x01", "!", "aaaaaaaa", "zzzzzzzz", "~", "\U0010ffff", "99999999", "a\tb", "a\n"])
def test_a_key_that_is_not_there_is_not_found(name: str, key: str) -> None:
    assert wordnet._find(name, key) is None


def test_a_beginning_of_a_word_is_not_the_word() -> None:
    words = {row.partition(b"\t")[0].decode() for row in lines("words.tsv")}
    beginnings = {word[:-1] for word in sorted(words)[::50]} - words
    assert beginnings
    assert all(wordnet._find("words.tsv", word) is None for word in beginnings)


@pytest.mark.parametrize(
    ("word", "near"),
    [("rally", "assembly"), ("attorney", "lawyer"), ("protests", "protest"), ("elect", "election")],
)
def test_words_that_mean_alike_are_related(word: str, near: str) -> None:
    assert 0 < related(word)[near] <= 1


def test_words_that_do_not_are_not() -> None:
    assert related("assembly").get("banana") is None
    assert related("qwertyish") == {}
    assert related("") == {}


def test_a_word_is_wholly_related_to_itself_and_both_ways_alike() -> None:
    for word in ("rally", "law", "protest", "budget", "police", "strike", "vote", "report"):
        others = related(word)
        assert others[word] == 1
        for other, weight in others.items():
            assert 0 < weight <= 1
            back = related(other).get(word)
            assert back is not None and back == pytest.approx(weight, abs=1e-6), (word, other)


def test_inflected_forms_lead_to_their_word() -> None:
    for form, base in {
        "rallies": "rally", "buses": "bus", "boxes": "box", "churches": "church", "crashes": "crash", "women": "woman",
        "ministers": "minister", "denied": "deny", "voted": "vote", "reported": "report", "voting": "vote",
        "reporting": "report", "stopped": "stop", "running": "run", "largest": "large", "taller": "tall",
    }.items():  # fmt: skip
        assert base in base_forms(form), form
        assert base_forms(form)[0] == form
        assert related(form).keys() == related(base).keys() or wordnet._find("words.tsv", form) is not None


@pytest.mark.parametrize("word", ["", "s", "is", "ed", "ing", "men", "ss", "éé"])
def test_short_words_are_left_whole(word: str) -> None:
    assert base_forms(word)[0] == word
    assert "" not in base_forms(word)[1:]


def test_a_common_word_tells_less_than_a_rare_one_or_none() -> None:
    assert 0 < rarity("say") < rarity("minister") < rarity("hydroxide") <= rarity("qwertyish")
    assert rarity("ministers") == rarity("minister")
