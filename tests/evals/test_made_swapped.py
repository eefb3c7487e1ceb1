"""Speaker-swapped questions: names, topics, and who is silent on what."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.goldset.readers import read_any
from evals.made.names import bare_words, capital_shares, full_name, short_forms, topic
from evals.made.swapped import SILENT, Maker, Marks, main, make
from evals.polnear import read_gold
from index.lexical import stems
from index.terms import content_terms

SHARES = {"many": 0.1, "leaked": 0.2, "documents": 0.1, "house": 0.6}
PEOPLE = (
    "ann lee mary fallin john b kerry chuck todd schumer new york ted cruz department justice van wagenen alyssa bob"
)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Ann Lee, a nurse", "Ann Lee"),
        ("Governor Mary Fallin (R-OK)", "Mary Fallin"),
        ("Secretary of State John B. Kerry", None),  # begins with what he is secretary of
        ("Mr. Lee", None),
        ("Ted Cruz's", "Ted Cruz"),
        ("NBC’s Chuck Todd", "Chuck Todd"),
        ("Florida Sen. Ted Cruz", "Ted Cruz"),
        ("Senator Chuck Schumer of New York", "Chuck Schumer"),
        ("the Department of Justice", "Department of Justice"),
        ("Alyssa Van Wagenen", "Alyssa Van Wagenen"),
        ("Ann Lee and Bob Lee", None),
        ("Many Lee", None),  # mostly written without a capital
        ("Leaked Documents", None),
        ("she", None),
        ("", None),
    ],
)
def test_full_names(source: str, name: str | None) -> None:
    assert full_name(source, SHARES | dict.fromkeys(PEOPLE.split(), 1.0)) == name


def test_how_often_a_word_has_a_capital() -> None:
    shares = capital_shares(["Many saw Ann's dog.", "Not many saw Ann."])
    assert (shares["ann"], shares["many"], shares["dog"]) == (1.0, 0.5, 0.0)
    assert short_forms("Department of Justice") == {"justice", "dj"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("that he would vote for the paper ballots of Iowa", "paper ballots of Iowa"),
        ("he is behind the tax cuts, and against the minimum wage that passed", "minimum wage"),  # the rarer
        ("the Rico debt deal reached by them", "Rico debt deal"),  # ends before the verb
        ("Ann Lee and her minimum wage", None),  # has the name
        ("it is what it is", None),
        ("the wage", None),  # one term
    ],
)
def test_topics(content: str, found: str | None) -> None:
    rarity = dict.fromkeys(stems("paper ballots iowa rico debt deal"), 3.0) | dict.fromkeys(stems("tax cuts"), 2.6)
    rarity |= dict.fromkeys(stems("minimum wage"), 4.0)
    but = bare_words("Ann minimum") if "Ann" in content else frozenset[str]()
    assert topic(content, rarity, but) == found


TEXT = (
    "Ann Lee, a nurse, told him that she was for the minimum wage rise in Ohio.\n\n"
    + "Nothing else was heard that day, as far as anybody knows. " * 10
    + "\n\nBob Moss said that the weather had been very fine in May.\n"
)
OTHER = "Carl Voss said that he had never seen such a crowd.\n"


def folder_of(tmp_path: Path, *extra: tuple[str, str, str]) -> Path:
    """A part of two articles; `extra` are further attributions of the first: source, cue, content."""
    marks = [
        ("Ann Lee, a nurse", "told", "that she was for the minimum wage rise in Ohio"),
        ("Bob Moss", "said", "that the weather had been very fine in May"),
        *extra,
    ]
    for name in ("text", "attributions"):
        (tmp_path / name).mkdir(exist_ok=True)
    text = TEXT + "".join(f"\n{' '.join(parts)}.\n" for parts in extra)
    carl = [("Carl Voss", "said", "that he had never seen such a crowd")]
    for name, words, some in (("ward", text, marks), ("yard", OTHER, carl)):
        (tmp_path / "text" / f"{name}.txt").write_text(words, "utf-8")
        lines = []
        for number, parts in enumerate(some):
            at = max(words.rfind(f"{parts[0]} {parts[1]}"), 0)
            for place, (role, part) in enumerate(zip(("Source", "Cue", "Content"), parts, strict=True)):
                at = words.index(part, at)
                lines.append(f"T{3 * number + place}\t{role} {at} {at + len(part)}\t{part}")
            marked = (f"{role}:T{3 * number + place}" for place, role in enumerate(("Source", "Cue", "Content")))
            lines.append(f"E{number}\t{' '.join(marked)}")
        (tmp_path / "attributions" / f"{name}_a.ann").write_text("\n".join(lines) + "\n", "utf-8")
    for number in range(30):  # articles without a statement, so that words are rare
        (tmp_path / "text" / f"empty{number}.txt").write_text("It rained again.\n", "utf-8")
        (tmp_path / "attributions" / f"empty{number}_a.ann").write_text("", "utf-8")
    return tmp_path


def pairs(folder: Path) -> dict[str, tuple[str, str, str]]:
    maker = Maker(Marks(read_gold(folder)), seed=0)
    return {c.question: (s.question, str(s.speaker), s.tags[1]) for c, s in maker.pairs()}


def test_who_is_silent_is_asked_instead(tmp_path: Path) -> None:
    question = "what did Ann Lee say about minimum wage rise?"
    found = pairs(folder_of(tmp_path))
    assert found[question] == ("what did Bob Moss say about minimum wage rise?", "Bob Moss", "same-article")


@pytest.mark.parametrize(
    "said",
    [
        ("Moss", "added", "that the minimum wage was too low"),  # by his last name
        ("he", "added", "that the minimum wage was too low"),  # may be his
    ],
)
def test_who_may_have_spoken_of_it_is_not(said: tuple[str, str, str], tmp_path: Path) -> None:
    found = pairs(folder_of(tmp_path, said))
    assert found["what did Ann Lee say about minimum wage rise?"][1:] == ("Carl Voss", "other-article")


def test_questions_of_polnear(shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = shared_data / "polnear" / "dev"
    main([str(part), "--out", str(tmp_path / "one")])
    make(part, tmp_path / "two", None, 0)
    written = tmp_path / "one" / "swapped.jsonl"
    assert written.read_bytes() == (tmp_path / "two" / "swapped.jsonl").read_bytes()
    found = read_any(written)
    assert found.corpus[0].path.resolve() == (part / "text").resolve()
    assert f"{len(found.questions) // 2} swapped questions and as many controls" in capsys.readouterr().out
    marks = Marks(read_gold(part))
    for control, swapped in zip(found.questions[::2], found.questions[1::2], strict=True):
        about = control.question.partition(" say about ")[2]
        terms = set(content_terms(about))
        assert swapped.question == control.question.replace(str(control.speaker), str(swapped.speaker), 1)
        assert swapped.must_not_attribute_to == (control.speaker,)
        first = control.evidence[0]
        assert first.quote and first.quote in marks.texts[first.article.removesuffix(".txt")]
        for said in marks.maybe_of(str(swapped.speaker)).values():
            heard = {term for one in said for term in one.terms}
            assert len(terms & heard) < SILENT * len(terms)
    make(part, tmp_path / "few", 5, 0)
    assert len(read_any(tmp_path / "few" / "swapped.jsonl").questions) == 10
