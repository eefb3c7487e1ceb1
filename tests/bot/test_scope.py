"""Nothing outside the asker's collections shows: not in answers, refusals, counts, suggestions, copies or passages.

Two homes: one holds two collections, the other the open one alone. Whoever may see the open collection only must be
told by the first what the second tells, and not a word of the closed one. The same holds of outlets and of days.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.ask import Filters, Whosaid
from bot.model import Answer
from bot.spellings import spellings_of
from corpus.catalogue.scope import Scope
from corpus.ingest import Files, IngestReport
from corpus.ingest import ingest as store
from corpus.loaders import load
from corpus.outlets import Outlets
from corpus.walk import Source, walk

from .homes import ingested, records

_Homes = tuple[Whosaid, Whosaid]
OPEN = frozenset({"open"})
GOLD = Path(__file__).resolve().parents[2] / "evals" / "gold" / "sample.jsonl"
SECRET = ("Sentinel", "sentinel.example", "Quintrell", "Ombrevale", "Wexcombe", "2199", "1987", "vault7")
"""What only the closed collection has: outlets, addresses, people, places, dates, its own name."""


def _secrets(sample: Path) -> list[dict[str, Any]]:
    """What the closed collection holds: copies of the open one's articles, and articles on the same things."""
    copies = []
    for source in walk([sample / "ondreva-ledger"]):
        assert isinstance(source, Source)
        (found,) = load(source)
        copies.append({"title": "Sentinel exclusive", "body": found.document.text, "date": "1987-10-14"})  # type: ignore[union-attr]
    said = [
        "Zorba Quintrell, the justice minister, said that the assembly bill would be withdrawn at Ombrevale.",
        "“The dam at the Sorn will be closed and nobody will be told,” Hale Teverin said in Wexcombe on Friday.",
        "Brack Hollomen told the Secret Sentinel that gate three had been open all winter, and that he had known.",
        "Esk Norrabel said that river fever had reached Ombrevale. “Forty were buried in one night,” he said.",
        "The ministry said that lawful rallies were never welcome. “We will not have them,” said Zorba Quintrell.",
    ]
    own = [
        {"title": f"Sentinel report {n}", "body": f"{words} " * 3, "date": "2199-12-31"} for n, words in enumerate(said)
    ]
    return [
        {**row, "source": "The Secret Sentinel", "url": f"https://sentinel.example/{n}", "author": "Zorba Quintrell"}
        for n, row in enumerate([*copies, *own])
    ]


@pytest.fixture(scope="module")
def homes(
    sample: Path, compiled_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Whosaid, Whosaid]]:
    """The home of both collections, and the one of the open collection alone."""
    folder = tmp_path_factory.mktemp("scope")
    open_paths = [sample / "ondreva-ledger", sample / "000_88a69eeaa2e40b64.txt", sample / "radio-sundral"]
    closed = records(folder / "closed" / "news.jsonl", *_secrets(sample))
    both = ingested(folder / "both", compiled_model, open=open_paths, vault7=[closed, sample / "capital-standard"])
    alone = ingested(folder / "alone", compiled_model, open=open_paths)
    with closing(both), closing(alone):
        yield both, alone


def questions() -> list[tuple[str, Filters, date | None]]:
    """Questions of every kind, with what the asker binds: of the gold set, and such as fish for the closed one."""
    gold = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]
    fishing = [
        "what did Zorba Quintrell say about the assembly bill?",
        "what did the justice minister say about lawful rallies?",
        "what did Hale Teverin say about the weather?",
        "what does the Secret Sentinel report on the dam?",
        "what did the Secret Sentinel article and the Ondreva Ledger say about the assembly bill?",
        "who said that forty were buried in one night?",
        "what happened at Ombrevale on 31 December 2199?",
        "what was said about the dam since 2198?",
        "what was said about assembly before 1950?",
        "best way to store olive oil",
        "",
    ]
    bound = [
        (Filters(outlets=("The Secret Sentinel",)), None),
        (Filters(authors=("Zorba Quintrell",)), None),
        (Filters(speaker="Zorba Quintrell"), None),
        (Filters(since=date(2150, 1, 1)), None),
        (Filters(until=date(1950, 1, 1)), None),
        (Filters(), date(1950, 1, 1)),
        (Filters(), date(2041, 6, 1)),
    ]
    asked: list[tuple[str, Filters, date | None]] = [
        (question, Filters(), None) for question in (*gold[::12], *fishing)
    ]
    return asked + [("what was said about the assembly bill?", filters, as_of) for filters, as_of in bound]


def words(answer: Answer) -> str:
    """The answer with everything in it, but for the words of the question and scores, whose digits may be any."""
    told = json.dumps(asdict(answer), ensure_ascii=False).replace(json.dumps(answer.question, ensure_ascii=False), "")
    return re.sub(r"\b\d\.\d+", "", told)


def ids(answer: Answer) -> set[str]:
    closest = answer.refusal.closest if answer.refusal else ()
    return {c.article_id for c in (*answer.citations, *closest)} | {hit.article_id for hit in answer.hits}


def test_nothing_of_another_collection_is_told(homes: _Homes) -> None:
    """Everything but the ranking is that of a home without the closed collection.

    The ranking is nearly: how rare a word is (BM25) is counted over all collections.
    """
    both, alone = homes
    reasons, other = set(), []
    for question, filters, as_of in questions():
        seen = both.ask(question, filters=filters, as_of=as_of, scope=OPEN, hits=10)
        wanted = alone.ask(question, filters=filters, as_of=as_of, hits=10)
        fished = f"{question} {filters}".lower()
        assert not [word for word in SECRET if word in words(seen) and word.lower() not in fished], question
        assert set(both.catalogue.articles(ids(seen))) == set(alone.catalogue.articles(ids(seen))), question
        assert seen.query == wanted.query, question
        assert {**seen.corpus, "generation": 0} == {**wanted.corpus, "generation": 0}, question
        assert (seen.answered, seen.refusal and seen.refusal.reason) == (
            wanted.answered,
            wanted.refusal and wanted.refusal.reason,
        ), question
        if seen.refusal and wanted.refusal:
            assert seen.refusal.message == wanted.refusal.message == seen.answer
            reasons.add(seen.refusal.reason)
        assert [c.also_in for c in seen.citations] == [()] * len(seen.citations)
        if (seen.answer, seen.notes) != (wanted.answer, wanted.notes):
            other.append(question)
    assert reasons == {"no_evidence", "speaker_silent", "unknown_speaker", "nothing_matches_filters"}
    assert len(other) <= 0.05 * len(questions()), other


def test_the_copies_are_there_for_those_who_may_see_them(homes: _Homes) -> None:
    both, _ = homes
    asked = [question for question, *_ in questions()[:25]]
    cited = [citation for question in asked for citation in both.ask(question).citations]
    copied = [c for c in cited if c.outlet == "The Secret Sentinel" and c.published == "1987-10-14"]
    assert copied and all(any("Ondreva Ledger" in also for also in c.also_in) for c in copied), "the earliest speaks"
    closed = [c for question in asked for c in both.ask(question, scope=frozenset({"vault7"})).citations]
    assert closed and all(c.also_in == () for c in closed)


def test_who_may_see_nothing_sees_nothing(homes: _Homes) -> None:
    both, _ = homes
    for scope in (frozenset[str](), frozenset({"no such collection"})):
        answer = both.ask("what did Hale Teverin say about assembly in the Ondreva Ledger?", scope=scope, hits=5)
        assert answer.refusal is not None and answer.refusal.reason == "empty_index"
        assert answer.refusal.closest == () == answer.hits and answer.query["outlets"] == []
        assert {**answer.corpus, "generation": 0} == {"articles": 0, "generation": 0, "oldest": None, "newest": None}
        assert both.search("assembly", scope=scope) == []


LEDGER = frozenset({"ondreva ledger", "www.radio-sundral.example", "Nonesuch"})
"""Outlets as a person writes them; none of the closed collection, and one that does not exist."""


@pytest.mark.parametrize(
    "scope",
    [Scope(outlets=LEDGER), Scope(outlets=LEDGER, since=date(2041, 1, 1), until=date(2041, 6, 30))],
    ids=["outlets", "days"],
)
def test_nothing_of_another_outlet_or_day_is_told(homes: _Homes, scope: Scope) -> None:
    """What is out of scope could as well not be there: it is told what the home without the closed collection tells."""
    both, alone = homes
    with both.opener.reading() as opened:
        assert opened is not None
        seen_of = opened.within(scope)
        assert seen_of is not None and seen_of.outlets
        known = {i for i in both.catalogue.iterate_ids() if seen_of.admits(both.catalogue.articles([i])[i])}
        assert opened.summary(seen_of, None).articles == len(known)
    assert 1 < len(known) < alone.catalogue.count(), "the article without an outlet is in neither"
    answered, other, asked = 0, [], questions()[::3]
    for question, filters, as_of in asked:
        seen, wanted = (engine.ask(question, filters=filters, as_of=as_of, scope=scope, hits=10) for engine in homes)
        fished = f"{question} {filters}".lower()
        assert not [word for word in SECRET if word in words(seen) and word.lower() not in fished], question
        assert ids(seen) <= known, question
        assert seen.query == wanted.query, question
        assert {**seen.corpus, "generation": 0} == {**wanted.corpus, "generation": 0}, question
        answered += seen.answered
        if (seen.answer, seen.notes) != (wanted.answer, wanted.notes):
            other.append(question)
    assert answered > 2 and len(other) <= 0.05 * len(asked), other
    assert {hit.article_id for hit in both.search("what was said about assembly?", 50, scope)} <= known


def test_a_name_of_an_outlet_means_that_outlet_alone() -> None:
    """A permission is no question: a name that may mean several outlets, or another of its letters, opens nothing."""
    file = """
        [[outlet]]
        name = "The Ondreva Ledger"
        aliases = ["Ledger", "ledger.example"]
        [[outlet]]
        name = "Post"
        [[outlet]]
        name = "The Post"
    """
    listed, names = (
        Outlets.parse(file),
        ("Ondreva Ledger", "ledger.example", "TheVerge", "the verge", "Post", "The Post"),
    )
    for outlets, name, wanted in (
        (listed, "ledger", {"Ondreva Ledger", "ledger.example"}),
        (listed, "https://www.ledger.example/a", {"Ondreva Ledger", "ledger.example"}),
        (listed, "The Verge", {"TheVerge", "the verge"}),
        (Outlets(), "THE ONDREVA LEDGER", {"Ondreva Ledger"}),
        (Outlets(), "verge.example", set[str]()),
        (listed, "Verge Weekly", set()),
        (listed, "Post", set()),  # the index folds the two to one
        (Outlets(), "Post", {"Post", "The Post"}),
        (listed, "", set()),
    ):
        one_name = outlets.unify(dict.fromkeys(names, 1))
        assert spellings_of({name}, one_name, outlets) == wanted, name


def test_an_article_whose_outlet_was_corrected_is_not_found_by_the_old_one(
    tmp_path: Path, compiled_model: Path
) -> None:
    """Before the next run of the index, which still has it under the old name."""
    row = {
        "title": "Bridge to close",
        "body": "The bridge will close. “The bridge is rotten to the core,” said the engineer Tamsin Orrel.",
        "url": "https://news.example/bridge",
        "source": "Open Post",
        "date": "2041-03-05",
    }
    file, asked = records(tmp_path / "news.jsonl", row), "what did Tamsin Orrel say about the bridge?"
    mine = Scope(outlets=frozenset({"Open Post"}))
    with closing(ingested(tmp_path / "home", compiled_model, default=[file])) as engine:
        assert engine.ask(asked, scope=mine).answered
    with closing(Whosaid(tmp_path / "home")) as engine:
        with engine.opener.reading() as opened:
            assert opened is not None and opened.summary(opened.within(mine), None).articles == 1
        changed = Files([records(file, {**row, "source": "Vault Post"})])
        assert [one.kind for one in store(engine.catalogue, changed, IngestReport())] == ["updated"]
        for question in (asked, "what happened to the bridge?"):
            answer = engine.ask(question, scope=mine, hits=5)
            assert answer.refusal is not None and not answer.refusal.closest and not answer.hits


def test_below_the_entry_points_the_scope_must_be_said() -> None:
    """A parameter or field called scope has no default, but for the two functions by which everybody asks."""
    root, optional = Path(__file__).resolve().parents[2], set()
    for file in sorted(file for package in ("corpus", "index", "bot") for file in (root / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                plain = [*node.args.posonlyargs, *node.args.args]
                given = plain[len(plain) - len(node.args.defaults) :]
                given += [a for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
                optional |= {f"{file.name}:{node.name}" for argument in given if argument.arg == "scope"}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                optional |= {f"{file.name}:{node.target.id}"} if node.target.id == "scope" else set()
    assert optional == {"ask.py:ask", "ask.py:search"}
