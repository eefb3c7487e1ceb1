"""Gold sets against a corpus: where evidence stands, drafts made from it, questions added to a set."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ask import Whosaid
from corpus.errors import UsageError
from evals.goldset.add import add
from evals.goldset.articles import articles_of
from evals.goldset.draft import draft
from evals.goldset.faults import GoldError
from evals.goldset.locate import locate
from evals.goldset.model import Evidence, Facets, Question
from evals.goldset.read import read_gold
from evals.goldset.write import write_gold

from ..bot.homes import ingested, records

RAIL = "talmerian-news-agency/2041-02-06-rail-accident-coldwater.txt"
SAFE = "The dam is safe."
DAM = "2041-08-02-ishel-flood-sorn-dam.txt"


@pytest.fixture(scope="module")
def engine(sample: Path, compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whosaid]:
    """The sample, and in another collection one file of two short articles that say the same words twice."""
    folder = tmp_path_factory.mktemp("gold")
    notes = records(
        folder / "notes" / "notes.jsonl",
        {"id": "a", "url": "http://notes.example/a", "text": "“No comment,” said Ola Berg. Asked again, she nodded."},
        {"id": "b", "url": "http://notes.example/b", "text": "“No comment,” said Ivo Lund. “No comment,” he repeated."},
    )
    engine = ingested(folder / "home", compiled_model, default=[sample], notes=[notes.parent])
    yield engine
    engine.close()


def asked(*evidence: Evidence, facets: Facets | None = None) -> Question:
    return Question(id="q", question="?", type="fact", answerable=True, evidence=evidence, facets=facets or Facets())


def places(engine: Whosaid, article: str, quote: str | None, url: str | None = None) -> list[tuple[str, str]]:
    """The places of one piece of evidence: the article's file, and the words that stand there."""
    found = locate([asked(Evidence(article=article, quote=quote, url=url))], engine)
    found.tell()
    with articles_of(engine) as articles:
        return [
            (articles.records[p.article_id].where, articles.texts([p.article_id])[p.article_id][p.start : p.end])
            for p in found.located["q"][0].places
        ]


def problem(engine: Whosaid, article: str, quote: str | None, url: str | None = None) -> str:
    found = locate([asked(Evidence(article=article, quote=quote, url=url))], engine, where={"q": "my.jsonl, line 3"})
    assert found.located == {}
    (sentence,) = found.problems["q"]
    return sentence.removeprefix("my.jsonl, line 3, field evidence, entry 1: ")


def test_the_whole_sample_set_stands_in_the_sample(engine: Whosaid, sample: Path) -> None:
    gold = read_gold(sample.parent.parent / "evals" / "gold" / "sample.jsonl")
    found = locate(gold.questions, engine, where=gold.where)
    found.tell()
    assert found.located.keys() == {question.id for question in gold.questions}
    for question in gold.questions:
        pieces = found.located[question.id]
        assert [piece.quote for piece in pieces] == [evidence.quote for evidence in question.evidence]
        assert all(piece.places for piece in pieces)


def test_an_article_goes_by_its_path_its_end_its_url_and_its_id(engine: Whosaid, sample: Path) -> None:
    url = "https://ondrevaledger.example/economy/2040/11/14/budget-what-hospitals-get"
    file = "ondreva-ledger/budget-what-hospitals-get.html"
    with articles_of(engine) as articles:
        (record,) = articles.named(file)
        assert articles.name_of(record) == (file, None)
        several = articles.named("2041.jsonl")
        assert len(several) > 5 and all(articles.name_of(one) == (one.path, one.url) for one in several)
    names = [file, f"./{file}", "budget-what-hospitals-get.html", str(sample / file), url, f"{url}#:~:text=We%20have"]
    for name in (*names, record.id, record.id[:6]):
        assert places(engine, name, "We have wells there") == [(file, "We have wells there")], name


def test_a_record_of_a_file_goes_by_its_url_its_name_or_the_quotation(engine: Whosaid) -> None:
    again = [("notes.jsonl#b", "No comment")] * 2
    assert places(engine, "notes.jsonl", "No comment", "http://notes.example/b") == again
    assert places(engine, "notes.jsonl#b", "No comment") == places(engine, "http://notes.example/b", "No comment")
    assert places(engine, "notes.jsonl", "he repeated") == [("notes.jsonl#b", "he repeated")]
    assert problem(engine, "notes.jsonl", "No comment").startswith("'notes.jsonl' names 2 articles: notes.jsonl#")


def test_every_copy_that_has_the_very_words_is_a_place(engine: Whosaid) -> None:
    said = "The track at that place was inspected on 20 January, and nothing was found"
    wire, post = (RAIL, said), ("ishel-valley-post/2041.jsonl#ivp-0207", said)
    courier = ("verl-coast-courier/_posts/2041-02-06-night-train-coldwater-bend.md", said)
    found = places(engine, RAIL, said)
    assert found[0] == wire and sorted(found) == sorted([wire, post, courier])
    # the Post's and the Courier's are copies of the agency's, not of each other: one story all the same
    found = places(engine, "2041.jsonl#ivp-0207", said)
    assert found[0] == post and sorted(found) == sorted([wire, post, courier])
    own = "Reporting by the Talmerian News Agency"  # which the agency itself does not say
    assert places(engine, "2041.jsonl#ivp-0207", own) == [(post[0], own)]


def test_a_whole_article_is_all_of_its_text(engine: Whosaid) -> None:
    ((name, text),) = places(engine, DAM, None)
    assert name.endswith(DAM) and SAFE in text
    assert text.startswith("Two provinces on alert")
    found = locate([asked(Evidence(article=DAM, quote=None))], engine).located["q"][0]
    hit = next(
        hit for hit in engine.search("is the dam safe, Hollomen?") if hit.article_id == found.places[0].article_id
    )
    assert found.held_by(hit)


def test_a_quotation_that_is_not_verbatim_is_told_with_the_nearest_text(engine: Whosaid) -> None:
    assert problem(engine, "budget-what-hospitals-get.html", "wells there from my grandmother's time") == (
        "“wells there from my grandmother's time” does not stand in 'budget-what-hospitals-get.html' word for word; "
        "nearest is characters 1001-1039: “wells there from my grandmother’s time”; it has 'grandmother's' where the "
        "text has 'grandmother’s' (it: U+0027 APOSTROPHE; the text: U+2019 RIGHT SINGLE QUOTATION MARK)"
    )
    told = problem(engine, "notes.jsonl", "“No comment,” said Iva Lund.")
    assert "nearest is notes.jsonl#b, characters 0-" in told and "it has 'Iva' where the text has 'Ivo'" in told


def test_a_quotation_of_another_article_is_told_with_that_article(engine: Whosaid) -> None:
    told = problem(engine, RAIL, "There is money for concrete and none for nurses")
    assert told.endswith(
        "nor does anything like it; the quotation stands in talmerian-news-agency/2040-11-12-budget.txt"
    )


def test_an_article_that_is_not_there_is_told_with_the_nearest_names(engine: Whosaid) -> None:
    told = problem(engine, "talmerian/2041-08-02-ishel-flood-dam.txt", SAFE)
    assert told.startswith("no article of the corpus is called 'talmerian/2041-08-02-ishel-flood-dam.txt'; the nearest")
    assert f"the nearest names are talmerian-news-agency/{DAM}" in told
    assert told.endswith(f"; the quotation stands in talmerian-news-agency/{DAM}")
    assert "nearest names are notes.jsonl#a" in problem(engine, "notes.jsonl", "No comment", "http://notes.example/z")
    assert "no name is like it" in problem(engine, "qqq", "wxyz")


def test_evidence_outside_the_collections_of_its_question_is_told(engine: Whosaid) -> None:
    evidence = Evidence(article="notes.jsonl#a", quote="No comment")
    bound = asked(evidence, facets=Facets(collections=("default",)))
    (sentence,) = locate([bound], engine).problems["q"]
    assert sentence.endswith("'notes.jsonl#a' is in the collection notes, and the question is asked in default")
    assert locate([asked(evidence)], engine, scope=frozenset({"default"})).problems
    assert locate([bound.model_copy(update={"facets": Facets(collections=("notes",))})], engine).located["q"]


def test_every_bad_question_is_told_and_the_good_ones_stay(engine: Whosaid) -> None:
    good = asked(Evidence(article=DAM, quote=SAFE)).model_copy(update={"id": "good"})
    bad = [
        asked(
            Evidence(article=DAM, quote=f"The dam is {n} safe."), Evidence(article=f"none-{n}", quote="x")
        ).model_copy(update={"id": f"bad-{n}"})
        for n in range(30)
    ]
    found = locate([*bad, good], engine)
    assert list(found.located) == ["good"] and len(found.problems) == 30
    assert all(len(sentences) == 2 for sentences in found.problems.values())
    with pytest.raises(GoldError, match="and 40 more"):
        found.tell()


# drafts


def test_a_draft_stands_in_the_corpus_and_is_spread_over_it(engine: Whosaid) -> None:
    questions = draft(engine, "my-gold", 40, seed=3)
    assert [question.id for question in questions] == [f"my-gold-{n:03}" for n in range(1, 41)]
    assert Counter(question.type for question in questions) == {"statement": 32, "false-speaker": 8}
    locate(questions, engine).tell()
    articles = Counter((evidence.article, evidence.url) for question in questions for evidence in question.evidence)
    assert len(articles) >= 25 and max(articles.values()) == 1
    assert max(Counter(question.speaker for question in questions).values()) <= 2  # once as asked, once as false
    for question in questions:
        assert question.tags == ("draft",) and question.split == "dev"
        words = question.question.casefold()
        assert question.speaker is not None and question.speaker.casefold() in words
        for (alternative,) in question.must_include:
            assert alternative in question.evidence[0].quote if question.evidence[0].quote else False
            assert alternative.casefold() not in words.split()


def test_the_false_speakers_of_a_draft_are_quoted_elsewhere_and_never_with_the_topic(engine: Whosaid) -> None:
    with articles_of(engine) as articles:
        statements = articles.opened.search.shelf.statements_of(articles.records)
        texts = articles.texts(articles.records)
    said: dict[str, list[str]] = {}
    for one in statements:
        if one.statement.speaker and one.statement.speaker.name:
            words = " ".join(span.of(texts[one.article_id]) for span in one.statement.content)
            said.setdefault(one.statement.speaker.name, []).append(words.casefold())
    for question in draft(engine, "my-gold", 40):
        if question.type == "false-speaker":
            assert question.refusal == "speaker_silent" and question.speaker in said
            topics = question.question.casefold().removesuffix("?").partition(" about ")[2].split(" and ")
            own = " ".join(said[question.speaker])
            assert not any(topic.removeprefix("the ") in own for topic in topics), question.question


def test_a_draft_is_the_same_for_the_same_seed_alone(engine: Whosaid) -> None:
    one = draft(engine, "d", 20, seed=1)
    assert one == draft(engine, "d", 20, seed=1)
    assert one != draft(engine, "d", 20, seed=2)


def test_a_draft_of_a_collection_in_which_nobody_says_much_is_none(engine: Whosaid) -> None:
    with pytest.raises(UsageError, match="nobody is quoted at length"):
        draft(engine, "d", 20, scope=frozenset({"notes"}))


# adding


def test_adding_keeps_the_rest_byte_for_byte_and_takes_the_next_free_id(engine: Whosaid, tmp_path: Path) -> None:
    file = tmp_path / "my-gold.jsonl"
    before = (
        '\ufeff{"id": "my-gold-007",   "question": "is the dam safe?", "type": "fact", "answerable": false, '
        '"refusal": "no_evidence"}\r\n\r\n{"id":"x","question":"y","type":"fact","answerable":false,'
        '"refusal":"no_evidence"}'
    ).encode()
    file.write_bytes(before)
    os.chmod(file, 0o640)
    made = add(file, engine, "what did Hollomen say on the dam?", [(DAM, SAFE)], speaker="Brack Hollomen")
    assert (made.id, made.type, made.split) == ("my-gold-008", "statement", "dev")
    data = file.read_bytes()
    assert data.startswith(before + b"\r\n{") and data.endswith(b"}\r\n") and data.count(b"\n") == 4
    assert file.stat().st_mode & 0o777 == 0o640
    assert read_gold(file).questions[-1] == made
    assert [name.name for name in tmp_path.iterdir()] == ["my-gold.jsonl"]


def test_a_set_is_begun_by_its_first_question_and_each_kind_has_its_type(engine: Whosaid, tmp_path: Path) -> None:
    file = tmp_path / "new.jsonl"
    add(file, engine, "how many gates did not open?", [(DAM, SAFE)])
    add(file, engine, "what did Hollomen say about the choir?", refusal="speaker_silent", speaker="Brack Hollomen")
    add(file, engine, "who paid for the choir?", refusal="no_evidence", split="test", tags=["near-miss"])
    add(
        file,
        engine,
        "and the dam?",
        [(DAM, SAFE)],
        history=["what did Hollomen say?"],
        must_include=[["safe", "sound"]],
    )
    questions = read_gold(file).questions
    assert [question.type for question in questions] == ["fact", "false-speaker", "unanswerable", "follow-up"]
    assert [question.id for question in questions] == [f"new-{n:03}" for n in range(1, 5)]
    assert questions[2].split == "test" and questions[3].must_include == (("safe", "sound"),)


def test_a_path_of_this_machine_becomes_that_of_the_corpus(engine: Whosaid, tmp_path: Path, sample: Path) -> None:
    file = tmp_path / "new.jsonl"
    made = add(file, engine, "a?", [(str(sample / "talmerian-news-agency" / DAM), SAFE)])
    assert made.evidence[0].article == f"talmerian-news-agency/{DAM}"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"evidence": [(DAM, "The dam is unsafe.")]}, "does not stand in .* word for word; nearest is characters"),
        ({"evidence": [("none.txt", SAFE)]}, "no article of the corpus is called 'none.txt'"),
        ({}, "field evidence: a question that can be answered has at least one"),
        ({"evidence": [(DAM, SAFE)], "refusal": "no_evidence"}, "field evidence: a question that cannot be answered"),
        ({"refusal": "nothing"}, "field refusal: expected one of no_evidence, .*found 'nothing'"),
        ({"evidence": [(DAM, SAFE)], "type": "gossip"}, "field type: expected one of statement"),
        ({"evidence": [(DAM, "")]}, "field evidence, entry 1, quote: expected some text"),
        ({"question": "Is  the dam safe?", "refusal": "no_evidence"}, "dam asks the same"),
    ],
)
def test_what_is_wrong_is_not_added(engine: Whosaid, tmp_path: Path, how: dict[str, object], message: str) -> None:
    file = tmp_path / "my-gold.jsonl"
    write_gold(
        file, [Question(id="dam", question="is the dam safe?", type="fact", answerable=False, refusal="no_evidence")]
    )
    before = file.read_bytes()
    with pytest.raises(GoldError, match=message):
        add(file, engine, **{"question": "new?", **how})  # type: ignore[arg-type]
    assert file.read_bytes() == before


def test_nothing_is_added_to_a_set_that_is_wrong_already(engine: Whosaid, tmp_path: Path) -> None:
    file = tmp_path / "my-gold.jsonl"
    file.write_text(json.dumps({"id": "a"}) + "\n", "utf-8")
    with pytest.raises(GoldError, match="line 1, field question: expected some text, found no such field"):
        add(file, engine, "new?", [(DAM, SAFE)])


def test_an_empty_home_is_told(compiled_model: Path, tmp_path: Path) -> None:
    engine = ingested(tmp_path / "home", compiled_model)
    with pytest.raises(UsageError, match="the corpus holds no article yet; begin with `whosaid ingest FOLDER`"):
        locate([], engine)
    engine.close()
