"""Search over the sample: rounds for outlets and dates, bounds, and what every hit is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue, Served
from corpus.catalogue.scope import Scope
from index.facets import Facets, fold
from index.hit import Hit
from index.ingest import run
from index.outlets import OutletNames
from index.query import Query, parse
from index.search import Search
from index.store import Home, IndexSettings, open_index

TODAY = date(2042, 6, 1)


@dataclass
class Engine:
    catalogue: Catalogue
    served: Served
    search: Search

    def query(self, question: str, facets: Facets = Facets(scope=None)) -> Query:  # noqa: B008
        return parse(question, OutletNames(self.catalogue.outlets()), facets, TODAY)

    def find(self, question: str, facets: Facets = Facets(scope=None), limit: int = 10) -> list[Hit]:  # noqa: B008
        return self.search.passages(self.query(question, facets), limit)


@pytest.fixture(scope="module")
def engine(sample: Path, compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    home = Home(tmp_path_factory.mktemp("search"))
    home.models.symlink_to(compiled_model.parent, target_is_directory=True)
    with closing(Catalogue.open(f"sqlite:///{home.folder / 'catalogue.sqlite'}")) as catalogue:
        run(home, catalogue, IndexSettings(), [sample])
        opened = open_index(home, catalogue, IndexSettings())
        assert opened is not None
        with closing(opened.parts):
            yield Engine(catalogue, opened.served, Search(opened.served, opened.parts, opened.encoder))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("what did the ministry say about free assembly in Cambodia?", "lawful rallies"),
        ("how many cases of Marrach fever were counted?", "fever"),
        ("who scored twice against Dravany?", "Ravoldi"),
        ("night train derailed at Coldwater Bend", "Coldwater Bend"),
    ],
)
def test_the_passage_that_speaks_of_it_is_among_the_first(engine: Engine, question: str, words: str) -> None:
    first = engine.find(question)[:3]
    texts = engine.catalogue.texts({hit.article.id for hit in first})
    assert any(words in hit.passage.span.of(texts[hit.article.id]) for hit in first)


def test_hits_are_distinct_do_not_overlap_and_have_their_sentences(engine: Engine) -> None:
    hits = engine.find("the assembly bill and public gatherings", limit=40)
    assert len(hits) == 40 == len({hit.passage.id for hit in hits})
    for hit in hits:
        text = engine.catalogue.text(hit.article.id, hit.article.version)
        assert 0 <= hit.passage.start < hit.passage.end <= len(text)
        assert all(hit.passage.start <= s.start < s.end <= hit.passage.end for s in hit.sentences.spans)
        assert hit.sentences.vectors.shape == (len(hit.sentences.spans), len(hit.sentences.vector))
        assert not any(
            other is not hit and other.article.id == hit.article.id and other.passage.span.overlaps(hit.passage.span)
            for other in hits
        )


def test_without_an_outlet_or_date_hits_are_in_order_of_score(engine: Engine) -> None:
    scores = [hit.score for hit in engine.find("flood on the Ishel river", limit=5)]
    assert scores == sorted(scores, reverse=True) and 0.0 < scores[-1] <= scores[0] <= 1.2


def test_a_limit_takes_the_first_of_more(engine: Engine) -> None:
    few, many = engine.find("teachers strike", limit=3), engine.find("teachers strike", limit=12)
    assert [h.passage.id for h in few] == [h.passage.id for h in many][:3]


def test_each_outlet_named_has_its_turn(engine: Engine) -> None:
    question = "How do the Ondreva Ledger and the Capital Standard describe the assembly law?"
    first = [hit.article.outlet for hit in engine.find(question)[:4]]
    assert sorted(first) == ["Capital Standard", "Capital Standard", "Ondreva Ledger", "Ondreva Ledger"]


def test_an_outlet_of_the_question_guides_and_does_not_bind(engine: Engine) -> None:
    outlets = [hit.article.outlet for hit in engine.find("What does Sportsday Talmeria report on Ravoldi?", limit=30)]
    assert outlets[0] == "Sportsday Talmeria" and len(set(outlets)) > 1


def test_a_date_of_the_question_guides_and_does_not_bind(engine: Engine) -> None:
    hits = engine.find("what happened to the gates on 5 August 2041?", limit=30)
    days = [str(hit.article.published)[:10] for hit in hits]
    assert days[0] == "2041-08-05" and set(days) != {"2041-08-05"}


def test_the_date_after_an_outlet_narrows_its_round(engine: Engine) -> None:
    (hit, *_) = engine.find("What did the Ondreva Ledger on 9 May 2041 say of the university fees?")
    assert (hit.article.outlet, str(hit.article.published)[:10]) == ("Ondreva Ledger", "2041-05-09")


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("what was said on the flood since 7 August 2041?", date(2041, 8, 7), date.max),
        ("what was said on the flood before 4 August 2041?", date.min, date(2041, 8, 3)),
        ("the flood between 2 August 2041 and 6 August 2041", date(2041, 8, 2), date(2041, 8, 6)),
    ],
)
def test_bounds_of_the_question_bind_and_shut_out_what_has_no_date(
    engine: Engine, question: str, since: date, until: date
) -> None:
    hits = engine.find(question, limit=30)
    assert hits
    for hit in hits:
        assert hit.article.published is not None
        assert hit.article.published.last() >= since and hit.article.published.first() <= until


@pytest.mark.parametrize(
    "facets",
    [
        Facets(scope=None, outlets=frozenset({"ondreva ledger"})),
        Facets(scope=None, as_of=date(2041, 3, 31)),
        Facets(scope=None, since=date(2041, 8, 1), until=date(2041, 8, 31)),
        Facets(scope=Scope(frozenset({"default"})), outlets=frozenset({"northern wire", "sportsday talmeria"})),
    ],
)
def test_facets_admit_every_hit(engine: Engine, facets: Facets) -> None:
    hits = engine.find("what did the government say?", facets, limit=50)
    assert hits and all(facets.admit(hit.article) for hit in hits)


@pytest.mark.parametrize(
    "facets",
    [
        Facets(scope=None, outlets=frozenset({"nonesuch"})),
        Facets(scope=Scope(frozenset())),
        Facets(scope=None, since=date(2099, 1, 1)),
    ],
)
def test_facets_that_admit_nothing_find_nothing(engine: Engine, facets: Facets) -> None:
    assert engine.find("assembly", facets) == []


def test_an_author_is_a_facet(engine: Engine) -> None:
    author = next(a for hit in engine.find("assembly law", limit=20) for a in hit.article.authors)
    hits = engine.find("assembly law", Facets(scope=None, authors=frozenset({fold(author)})), limit=20)
    assert hits and all(author in hit.article.authors for hit in hits)


def test_the_question_itself_may_be_empty_of_words(engine: Engine) -> None:
    assert len(engine.find("?!", limit=3)) == 3, "meaning alone still orders"


def test_around_statements_are_the_passages_that_hold_them(engine: Engine) -> None:
    (article,) = {hit.article.id for hit in engine.find("Cambodia lawful rallies")[:1]}
    records = engine.served.statements_of([article])[-2:]
    hits = engine.search.around(records, engine.search.question_vector("rallies"))
    assert hits and {hit.article.id for hit in hits} == {article}
    for record in records:
        assert any(hit.passage.span.overlaps(record.statement.extent) for hit in hits)
    assert all(hit.lexical == 0.0 for hit in hits) and engine.search.around([], hits[0].sentences.vector) == []


def test_the_clause_of_an_outlet_steers_its_round(engine: Engine) -> None:
    question = (
        "Does the Ondreva Ledger article on the doubled university fees agree with the Capital Standard article "
        "on the garment makers and four per cent?"
    )
    first = {hit.article.outlet: hit.article.title.lower() for hit in reversed(engine.find(question)[:2])}
    assert "fee" in first["Ondreva Ledger"] and "garment" in first["Capital Standard"]


def test_the_same_query_finds_the_same(engine: Engine) -> None:
    query = engine.query("what did the minister say about the dam?")
    one, other = (engine.search.passages(replace(query), 20) for _ in range(2))
    assert [(h.passage.id, h.score) for h in one] == [(h.passage.id, h.score) for h in other]
