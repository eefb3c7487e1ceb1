"""Whom a question's speaker was taken to be: a choice only where there is one."""

from __future__ import annotations

import pytest

from bot.taken import alternatives, labels
from corpus.model import Speaker

RUIZ = Speaker("Ruiz"), Speaker("Ana Ruiz"), Speaker("Ruiz", "mayor"), Speaker("Ana Ruiz", "mayor of Karst")


@pytest.mark.parametrize(
    ("asked", "speakers", "wanted"),
    [
        ("Ruiz", RUIZ, ["Ana Ruiz, mayor of Karst"]),
        ("Ruiz", RUIZ[:3], ["Ana Ruiz"]),  # an article with the name, another with the office
        ("Ruiz", [*RUIZ, Speaker("Tomas Ruiz", "coach")], ["Ana Ruiz, mayor of Karst", "Tomas Ruiz, coach"]),
        ("Smith", [Speaker("Smith", "judge"), Speaker("Smith", "senator")], ["Smith, judge", "Smith, senator"]),
        ("Ana Ruiz", [Speaker("Ana Ruiz"), None], []),
        (
            "Ruiz",
            [Speaker("Ana Ruiz", "head"), Speaker("Ana Ruiz", "head of research")],
            ["Ana Ruiz, head of research"],
        ),
        ("Ruiz", [Speaker("A letter from the mayor, Ana Ruiz"), Speaker("Ana Ruiz", "mayor")], ["Ana Ruiz, mayor"]),
        (
            "the ministry",
            [
                Speaker("An Sok", "spokesman", "Ministry of Foreign Affairs"),
                Speaker("Ministry of Foreign Affairs"),
                Speaker("Ministry of Health"),
            ],
            ["An Sok, spokesman, Ministry of Foreign Affairs", "Ministry of Health"],
        ),
        ("the officials", [Speaker(None, "two officials"), Speaker(None, "two officials of the port")], None),
    ],
)
def test_fuller_and_shorter_forms_are_one(asked: str, speakers: list[Speaker | None], wanted: list[str] | None) -> None:
    found = alternatives(asked, speakers)
    assert set(found) <= set(labels(asked, speakers))
    assert list(found) == (wanted if wanted is not None else ["two officials of the port"])


def test_a_full_name_is_told_once() -> None:
    heads = Speaker("Ana Ruiz", "head"), Speaker("Ana Ruiz", "head of research")
    letter = Speaker("A letter from the head, Ana Ruiz"), Speaker("a critic of Ana Ruiz")
    assert labels("Ruiz", [*heads, *letter]) == ("Ana Ruiz, head of research", "a critic of Ana Ruiz")
    assert labels("the head", [letter[0]]) == ("A letter from the head, Ana Ruiz",)
