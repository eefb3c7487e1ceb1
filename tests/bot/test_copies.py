"""Copies in answers: one representative, the others named where they have the quoted words, and no corroboration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.ask import Filters, Whosaid
from bot.model import Answer

from .homes import ingested, records

LEAD = (
    "Mayor Ana Ruiz told the council on Monday that the old harbour would stay open to fishing boats through the "
    "winter, whatever the port authority decides about the new terminal. “We will not close the harbour for a car "
    "park,” Ruiz said. The council voted by eleven to four to keep the subsidy that pays for ice, fuel and the "
    "night watch."
)
MIDDLE = (
    "The port authority had asked in May for the eastern quay, where it means to land cars from three ferries a day. "
    "Its director, Tomas Brandt, said that the boats could move to Lower Sund, nine kilometres along the coast."
)
END = (
    "Fishermen who came to listen stood along the wall of the chamber in their boots. “Nobody asked the people who "
    "mend the nets,” said Greta Holm, who has run the co-operative for twenty years. She said that Lower Sund silts up."
)
STORIES = {
    "late": (f"{LEAD}\n\n{MIDDLE}\n\n{END}", "The Harbour Post", "2031-05-09", "news"),
    "first": (f"{LEAD}\n\n{MIDDLE}", "Coast Wire", "2031-05-06", "news"),
    "edited": (f"{LEAD.replace('car park', 'parking lot')}\n\n{MIDDLE}", "Valley Times", "2031-05-07", "news"),
    "undated": (f"{LEAD}\n\n{MIDDLE}", "Undated Digest", "", "news"),
    "hidden": (f"{LEAD}\n\n{MIDDLE}\n\n{END}", "Hidden Herald", "2031-05-05", "closed"),
    "other": (
        "The mayor of Karst, Ana Ruiz, opened a library on Friday. It has forty thousand books and a garden. “A town "
        "without a library is a waiting room,” Ruiz said, and cut the ribbon with a pair of garden shears.",
        "Karst Daily", "2031-05-08", "news",
    ),
}  # fmt: skip
QUOTE = "We will not close the harbour for a car park"
HARBOUR = "what did Ana Ruiz say about the harbour?"
NEWS = frozenset({"news"})


@pytest.fixture(scope="module")
def engine(compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whosaid]:
    folder = tmp_path_factory.mktemp("copies")
    files: dict[str, list[Path]] = {}
    for name, (text, outlet, day, collection) in STORIES.items():
        row = {
            "title": f"Harbour stays open, {outlet}",
            "body": text,
            "source": outlet,
            "url": f"https://{name}.example/1",
        }
        files.setdefault(collection, []).append(records(folder / f"{name}.jsonl", {**row, "date": day} if day else row))
    with closing(ingested(folder / "home", compiled_model, **files)) as opened:
        yield opened


def quotes(answer: Answer) -> list[tuple[str, str | None]]:
    return [(citation.quote, citation.outlet) for citation in answer.citations]


def also(answer: Answer, quote: str) -> tuple[str, ...]:
    (citation,) = [citation for citation in answer.citations if citation.quote == quote]
    return citation.also_in


@pytest.mark.parametrize("question", [HARBOUR, "who said that the harbour will not close for a car park?"])
def test_shared_words_are_quoted_once_from_where_they_ran_first(engine: Whosaid, question: str) -> None:
    answer = engine.ask(question, scope=NEWS)
    assert [outlet for quote, outlet in quotes(answer) if quote == QUOTE] == ["Coast Wire"]
    assert also(answer, QUOTE) == ("The Harbour Post, 9 May 2031", "Undated Digest, undated")
    assert len({quote for quote, _ in quotes(answer)}) == len(answer.citations)


def test_others_are_named_only_where_they_have_the_very_words(engine: Whosaid) -> None:
    answer = engine.ask(HARBOUR, scope=NEWS)
    assert "Valley Times" not in str(also(answer, QUOTE)), "it changed them"
    for citation in answer.citations:
        assert all("Karst Daily" not in name for name in citation.also_in), "one event, another story"


def test_the_representative_is_chosen_after_filters_scope_and_day(engine: Whosaid) -> None:
    everything = engine.ask(HARBOUR)
    assert (QUOTE, "Hidden Herald") in quotes(everything) and len(also(everything, QUOTE)) == 3
    post = engine.ask(HARBOUR, scope=NEWS, filters=Filters(outlets=("The Harbour Post",)))
    assert (QUOTE, "The Harbour Post") in quotes(post)
    assert also(post, QUOTE) == ("Coast Wire, 6 May 2031", "Undated Digest, undated")
    since = engine.ask(HARBOUR, scope=NEWS, filters=Filters(since=date(2031, 5, 8)))
    assert (QUOTE, "The Harbour Post") in quotes(since)
    then = engine.ask(HARBOUR, scope=NEWS, as_of=date(2031, 5, 7))
    assert (QUOTE, "Coast Wire") in quotes(then) and also(then, QUOTE) == ("Undated Digest, undated",)
    assert also(engine.ask(HARBOUR, scope=frozenset({"closed"})), QUOTE) == ()


def test_what_only_the_fuller_version_has_is_found(engine: Whosaid) -> None:
    answer = engine.ask("what did Greta Holm say about the nets?", scope=NEWS)
    assert quotes(answer)[0] == ("Nobody asked the people who mend the nets", "The Harbour Post")
    assert answer.citations[0].also_in == ()


def test_retrieved_passages_say_each_thing_once(engine: Whosaid) -> None:
    hits = engine.ask("will the harbour close for a car park?", scope=NEWS, hits=10).hits
    said = [hit for hit in hits if QUOTE in hit.text]
    assert next(hit.title for hit in said) == "Harbour stays open, Coast Wire"
    assert {hit.title for hit in said[1:]} == {"Harbour stays open, The Harbour Post"}, "whose passage goes on"


def test_copies_do_not_make_anything_likelier(engine: Whosaid, compiled_model: Path, tmp_path: Path) -> None:
    """One copy more or less changes neither what is answered first nor how sure it is.

    The edited copy, which has some words of its own, takes the place of a last quotation.
    """
    row = {"title": "Harbour stays open, Coast Wire", "source": "Coast Wire", "url": "https://first.example/1"}
    only = records(tmp_path / "only.jsonl", {**row, "body": STORIES["first"][0], "date": "2031-05-06"})
    with closing(ingested(tmp_path / "home", compiled_model, news=[only])) as alone:
        for question in (HARBOUR, "who said that the harbour will not close for a car park?"):
            one, many = alone.ask(question), engine.ask(question, scope=NEWS)
            first = [quote for quote, outlet in quotes(many) if outlet == "Coast Wire"]
            assert quotes(one)[0][0] == first[0] and set(first) <= {quote for quote, _ in quotes(one)}
            assert abs(one.confidence - many.confidence) < 0.05


def test_words_that_differ_by_a_mark_are_quoted_once(compiled_model: Path, tmp_path: Path) -> None:
    typed = LEAD.replace("We will not close", "We won’t close")
    rows = [
        {"title": f"Harbour, {outlet}", "body": f"{text}\n\n{MIDDLE}", "source": outlet, "date": day}
        for text, outlet, day in (
            (typed, "Coast Wire", "2031-05-06"),
            (typed.replace("’", "'"), "The Harbour Post", "2031-05-09"),
        )
    ]
    files = [records(tmp_path / f"{n}.jsonl", {**row, "url": f"https://{n}.example/1"}) for n, row in enumerate(rows)]
    with closing(ingested(tmp_path / "home", compiled_model, news=files)) as engine:
        answer = engine.ask(HARBOUR)
    said = [
        (citation.outlet, citation.also_in) for citation in answer.citations if "close the harbour" in citation.quote
    ]
    assert said == [("Coast Wire", ())], "its copy has not the very words, and is not named"


@pytest.mark.parametrize(
    ("speaker", "named"),
    [("Ruiz said", True), ("Mayor Ruiz said", True), ("Holm said", False), ("said Tomas Brandt, the director", False)],
)
def test_a_copy_in_which_another_says_the_words_is_not_named(
    compiled_model: Path, tmp_path: Path, speaker: str, named: bool
) -> None:
    """The words are the same, and whoever relied on the name beside them would be wrong."""
    stories = (LEAD, LEAD.replace("Ruiz said", speaker))
    rows = [
        {"title": f"Harbour, {outlet}", "body": f"{lead}\n\n{MIDDLE}\n\n{END}", "source": outlet, "date": day}
        for lead, outlet, day in zip(
            stories, ("Coast Wire", "The Harbour Post"), ("2031-05-06", "2031-05-09"), strict=True
        )
    ]
    files = [records(tmp_path / f"{n}.jsonl", {**row, "url": f"https://{n}.example/1"}) for n, row in enumerate(rows)]
    with closing(ingested(tmp_path / "home", compiled_model, news=files)) as engine:
        ruiz = engine.ask("what did Ana Ruiz say about the harbour?")
    citation = next(one for one in ruiz.citations if QUOTE in one.quote and one.outlet == "Coast Wire")
    assert citation.speaker is not None and citation.speaker.name == "Ana Ruiz"
    assert citation.also_in == (("The Harbour Post, 9 May 2031",) if named else ())


def test_reports_of_one_form_are_no_copies(compiled_model: Path, tmp_path: Path) -> None:
    """Three companies' results with a sentence that they share: each is quoted, and none stands for another."""
    form = (
        "{company} said on Monday that its profit {went} to {now} million orins in the quarter, from {then} million "
        "a year earlier.\n\n“We confirm our forecast for the whole year and see no reason to change it,” {head}, the "
        "chief executive, said in a statement. The company said that it would pay its usual dividend to shareholders "
        "in the autumn, and that it would publish its next report in three months.\n\nAnalysts had on average expected "
        "a slightly lower profit for the quarter. The shares had closed before the report was published."
    )
    known = (
        ("Verl Shipping", "rose", 12, 10, "Anke Stroom", "2041-05-10"),
        ("Belisk Glass", "fell", 7, 9, "Otto Klar", "2041-08-12"),
        ("Sorn Power", "fell", 33, 41, "Dirk Wattel", "2041-05-11"),
    )
    files = []
    for n, (company, went, now, then, head, day) in enumerate(known):
        body = form.format(company=company, went=went, now=now, then=then, head=head)
        row = {"title": f"{company} publishes its results", "body": body, "source": "The Gazette", "date": day}
        files.append(records(tmp_path / f"{n}.jsonl", row))
    with closing(ingested(tmp_path / "home", compiled_model, news=files)) as engine:
        for _, _, _, _, head, _ in known:
            answer = engine.ask(f"what did {head} say about the forecast?")
            assert answer.citations[0].speaker is not None and answer.citations[0].speaker.name == head
            assert all(citation.also_in == () for citation in answer.citations)
