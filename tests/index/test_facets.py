"""Facets: one meaning of what may be used, whether an article is asked or the lexical index."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalogue import ArticleRecord
from corpus.catalogue.scope import Scope
from corpus.model import PartialDate
from index.facets import Facets, fold
from index.lexical import PASSAGE_FIELDS, Entry, LexicalIndex

OUTLETS = ("The Gazette", "Gazette", "Le Monde", "Новости 24", "Газета 24", "BBC_News", "L'Éclair")
WORDS = ("Ana", "Ruiz", "José", "O'Brien", "de", "la", "J.", "Smith-Jones", "(ed.)", "明")
COLLECTIONS = ("one", "two", "three")
DATES = (
    "2023",
    "2023-03",
    "2023-03-23",
    "2023-03-24T09:00:00+00:00",
    "2024-02-29",
    "2022-12-31",
    "1999",
    "0001",
    "9999-12",
)


@st.composite
def articles(draw: st.DrawFn) -> ArticleRecord:
    author = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
    published = draw(st.none() | st.sampled_from(DATES))
    return ArticleRecord(
        id="", collection=draw(st.sampled_from(COLLECTIONS)), root="/", path="", record="", url=None, current=1,
        version=1, title="", outlet=draw(st.none() | st.sampled_from(OUTLETS)),
        authors=tuple(draw(st.lists(author, max_size=3))),
        published=PartialDate(published) if published else None, updated=None, date_source=None, language=None,
        raw_hash="", loader="text", loader_version=1, retrieved_at="", seen_at="", changed_after=None,
        changed_before=None, corrections=(),
    )  # fmt: skip


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values).map(fold), max_size=2)


DAYS = st.none() | st.sampled_from(
    [date(2023, 3, 23), date(2023, 3, 24), date(2023, 1, 1), date(2022, 12, 31), date(2024, 2, 29), date.min, date.max]
)
# As `bot.spellings` gives them: with a spelling all that fold to the same.
SPELLINGS = st.frozensets(st.sampled_from(OUTLETS), max_size=3).map(
    lambda some: frozenset(name for name in OUTLETS if fold(name) in {fold(one) for one in some})
)
SCOPES = st.builds(
    Scope,
    collections=st.none() | st.frozensets(st.sampled_from((*COLLECTIONS, "unknown")), max_size=2),
    outlets=st.none() | SPELLINGS,
    since=DAYS,
    until=DAYS,
)
FACETS = st.builds(
    Facets,
    scope=st.none() | SCOPES,
    outlets=some(OUTLETS),
    authors=st.frozensets(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(" ".join).map(fold), max_size=2),
    since=DAYS,
    until=DAYS,
    as_of=DAYS,
)


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return LexicalIndex(tmp_path_factory.mktemp("passages"), PASSAGE_FIELDS)


@settings(max_examples=60, deadline=None)
@given(st.lists(articles(), min_size=1, max_size=40), st.lists(FACETS, min_size=1, max_size=25))
def test_the_lexical_index_admits_what_the_facets_admit(
    lexical: LexicalIndex, some_articles: list[ArticleRecord], tried: list[Facets]
) -> None:
    index = lexical
    index.clear()
    index.rewrite(Entry(i, one, {"body": "word"}) for i, one in enumerate(some_articles))
    index.reload()
    for facets in tried:
        admitted = {i for i, one in enumerate(some_articles) if facets.admit(one)}
        found = {i for i, _ in index.search({"word": 1.0}, {"body": 1.0}, facets, 100)}
        assert found == admitted, facets


@settings(max_examples=200, deadline=None)
@given(articles(), FACETS)
def test_open_and_restricted_say_what_they_mean(article: ArticleRecord, facets: Facets) -> None:
    if facets.open:
        assert facets.admit(article)
    if not facets.restricted and facets.scope is None and facets.as_of is None:
        assert facets.open


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Gazette", "gazette"),
        ("THE  Gazette ", "the\u00a0gazette"),
        ("L'Éclair", "l'eclair"),
        ("BBC_News", "bbc news"),
        ("Ｇａｚｅｔｔｅ", "gazette"),
        ("Новости 24", "НОВОСТИ 24"),
    ],
)
def test_spellings_of_one_name_fold_to_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Новости 24", "Газета 24"), ("Theatre", "atre"), ("李明", "王明"), ("The", ""), ("Øre", "re")]
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def dated(value: str | None) -> ArticleRecord:
    return ArticleRecord(
        id="", collection="one", root="/", path="", record="", url=None, current=1, version=1, title="", outlet=None,
        authors=(), published=PartialDate(value) if value else None, updated=None, date_source=None, language=None,
        raw_hash="", loader="text", loader_version=1, retrieved_at="", seen_at="", changed_after=None,
        changed_before=None, corrections=(),
    )  # fmt: skip


def test_partial_dates_pass_where_they_may_lie_within_and_undated_articles_never_do() -> None:
    march = Facets(scope=None, since=date(2023, 3, 10), until=date(2023, 3, 20))
    assert [march.admit(dated(d)) for d in ("2023-03-15", "2023-03", "2023", "2023-03-21", "2024", None)] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    then = Facets(scope=None, as_of=date(2023, 3, 10))
    assert [then.admit(dated(d)) for d in ("2023-03-10", "2023-03", "2023-03-11", None)] == [True, True, False, True]
