"""Which article a file is: its place is a fact, the URL that it gives a claim."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.catalogue import ArticleRecord, Catalogue, Change
from corpus.catalogue.identity import Met
from corpus.ingest import Incoming, IngestReport, ingest
from corpus.loaders import Loaded, load
from corpus.model import Document
from corpus.walk import Source, walk

from .catalogued import origin

URL = "https://gazette.example/2023/03/rally"
RALLY = (
    "Thousands gathered in the old harbour on Sunday to ask for an end to the curfew. The mayor, Ana Ruiz, said that "
    "the city would listen, and that nobody had been arrested. Organisers put the number at nine thousand people."
)
LATER = f"{RALLY} On Monday the curfew was lifted for the whole of the northern shore."
FERRY = (
    "The last ferry of the season leaves at noon. Its captain has sailed the strait for forty years, and says that "
    "the wind has changed more than the passengers have. A bridge is planned, and few on the island want it built."
)
MARKET = (
    "Prices at the fish market rose by a fifth after the storm kept boats in port all week. Traders expect that they "
    "will fall again before the feast, when half the valley comes down to buy, sell and quarrel over the weights."
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers" / "news"
    made.mkdir(parents=True)
    return made


def page(file: Path, text: str, url: str | None = URL, **known: str) -> Path:
    front = {"title": "A story", **({"canonical_url": url} if url else {}), **known}
    lines = [f"{key}: {json.dumps(value)}" for key, value in front.items()]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["---", *lines, "---", text, ""]), "utf-8")
    return file


def run(catalogue: Catalogue, *paths: Path) -> tuple[str, list[Change]]:
    """Ingest as `Files` does, but in this process: the files are harmless, and a child for each run is slow."""
    report = IngestReport()
    sources = [source for source in walk(paths) if isinstance(source, Source)]
    items = [(loaded, source) for source in sources for loaded in load(source)]
    arrived = [Incoming(one, str(s.root), s.relative) for one, s in items if isinstance(one, Loaded)]
    assert len(arrived) == len(items)
    changes = list(ingest(catalogue, arrived, report))
    assert not report.errors
    return report.line(), changes


def known(catalogue: Catalogue) -> dict[str, ArticleRecord]:
    """All articles by the name of their file; of one file several may be known."""
    articles = catalogue.articles(catalogue.iterate_ids()).values()
    found = {article.where.rsplit("/", 1)[-1]: article for article in articles}
    assert len(found) == len(articles)
    return found


def state(catalogue: Catalogue) -> list[ArticleRecord]:
    articles = catalogue.articles(catalogue.iterate_ids()).values()
    return [record for article in articles for record in catalogue.versions(article.id)]


def settled(catalogue: Catalogue, *runs: Sequence[Path]) -> list[ArticleRecord]:
    """Assert that none of these runs changes anything, there and back again, and return what is known."""
    before = state(catalogue)
    for order in (runs, runs[::-1]):
        for paths in order:
            assert run(catalogue, *paths)[1] == []
            assert state(catalogue) == before
    return before


def test_the_same_file_again_is_the_same_article(catalogue: Catalogue, folder: Path) -> None:
    file = page(folder / "deep" / "a.md", RALLY)
    (change,) = run(catalogue, folder)[1]
    settled(catalogue, [folder], [file], [folder / "deep"], [folder.parent])
    page(file, LATER)
    (again,) = run(catalogue, folder / "deep")[1]
    assert (again.kind, again.article_id, again.version) == ("changed", change.article_id, 2)


def test_a_story_keeps_its_article_when_its_url_changes(catalogue: Catalogue, folder: Path) -> None:
    file = page(folder / "a.md", RALLY, "http://gazette.example/rally")
    (change,) = run(catalogue, folder)[1]
    page(file, LATER, URL)
    (again,) = run(catalogue, folder)[1]
    assert (again.article_id, again.version) == (change.article_id, 2)
    assert known(catalogue)["a.md"].url == URL
    settled(catalogue, [folder])
    other = page(folder / "b.md", FERRY, "http://gazette.example/rally")  # whose id the first one has
    (new,) = run(catalogue, other)[1]
    assert new.kind == "new" and new.article_id != change.article_id
    settled(catalogue, [folder], [other])


def test_another_story_with_another_url_at_a_place_is_another_article(catalogue: Catalogue, folder: Path) -> None:
    """A page "latest" that is saved again and again."""
    file = page(folder / "latest.md", RALLY, f"{URL}/1")
    run(catalogue, folder)
    page(file, FERRY, f"{URL}/2")
    assert run(catalogue, folder)[0] == "1 new"
    settled(catalogue, [folder])
    assert {a.url: a.replaced for a in state(catalogue)} == {f"{URL}/1": True, f"{URL}/2": False}
    page(file, RALLY, f"{URL}/1")
    assert run(catalogue, folder)[1] == []
    assert {a.url: a.replaced for a in state(catalogue)} == {f"{URL}/1": False, f"{URL}/2": True}
    settled(catalogue, [folder])
    assert {a.url for a in state(catalogue)} == {f"{URL}/1", f"{URL}/2"}


def test_a_claim_never_replaces_what_was_read_at_another_place(catalogue: Catalogue, folder: Path) -> None:
    first = page(folder / "one" / "a.md", RALLY)
    run(catalogue, first)
    before = known(catalogue)["a.md"]
    for text in (FERRY, LATER):  # whatever it says, and however alike
        other = page(folder / "two" / "b.md", text)
        run(catalogue, other)
        assert catalogue.articles([before.id])[before.id] == before
        assert [article.url for article in catalogue.find("two/b.md")] == [None]
        assert catalogue.text(before.id, 1).strip() == RALLY and before.current == 1
        settled(catalogue, [first], [other])


def test_a_claim_that_was_not_granted_is_not_granted_by_repeating_it(catalogue: Catalogue, folder: Path) -> None:
    first = page(folder / "one" / "a.md", RALLY)
    other = page(folder / "two" / "b.md", FERRY)
    for path in (first, other, other, first, other):
        run(catalogue, path)
    assert {name: article.url for name, article in known(catalogue).items()} == {"a.md": URL, "b.md": None}
    assert [article.path for article in catalogue.find(URL)] == ["a.md"]


def test_a_copy_under_its_articles_url_is_that_article_and_changes_nothing(catalogue: Catalogue, folder: Path) -> None:
    first = page(folder / "a.md", RALLY, author="Ana Ruiz", published="2023-03-05")
    copy = page(folder / "b.md", RALLY, author="Somebody Else", published="2020-01-01")
    assert run(catalogue, folder)[0] == "1 new, 1 unchanged"
    settled(catalogue, [folder], [copy], [first])
    article = known(catalogue)["a.md"]
    assert (article.authors, str(article.published)) == (("Ana Ruiz",), "2023-03-05")
    first.unlink()
    assert run(catalogue, folder)[0].startswith("1 known better")  # now the copy is where it is read
    assert {a.id: a.path for a in catalogue.find(URL)} == {article.id: "b.md"}
    settled(catalogue, [folder], [copy])


def test_two_nearly_equal_files_that_claim_one_url_stay_two(catalogue: Catalogue, folder: Path) -> None:
    first, other = page(folder / "a.md", RALLY), page(folder / "b.md", LATER)
    assert run(catalogue, folder)[0] == "2 new"
    settled(catalogue, [folder], [first], [other], [other, first])
    assert {name: article.url for name, article in known(catalogue).items()} == {"a.md": URL, "b.md": None}
    page(first, f"{RALLY} Nobody slept.")
    assert run(catalogue, folder)[0] == "1 changed, 1 unchanged"
    settled(catalogue, [folder], [first], [other])


def test_a_url_that_dissimilar_files_of_a_run_share_names_none(catalogue: Catalogue, folder: Path) -> None:
    texts = {"a.md": RALLY, "b.md": FERRY, "c.md": LATER, "d.md": MARKET}
    for name, text in texts.items():
        page(folder / name, text)
    assert run(catalogue, folder)[0] == "4 new"
    assert {article.url for article in known(catalogue).values()} == {None}
    assert catalogue.find(URL) == []
    settled(catalogue, [folder], *([folder / name] for name in texts))
    page(folder / "e.md", RALLY)  # it stays so, in later runs as well
    run(catalogue, folder / "e.md")
    assert known(catalogue)["e.md"].url is None
    shutil.rmtree(folder)
    page(folder / "a.md", FERRY)
    assert run(catalogue, folder)[0] == "1 new", "another story at the place of the first"
    page(folder / "a.md", f"{FERRY} It rained.")
    assert run(catalogue, folder)[0] == "1 changed"


@pytest.mark.parametrize("names", list(itertools.permutations("abc")))
def test_the_order_of_files_decides_no_url_and_no_text(tmp_path: Path, folder: Path, names: tuple[str, ...]) -> None:
    """Whichever is read first: all lose a disputed URL, and every place is an article with its own text."""
    texts = dict(zip(names, (RALLY, LATER, FERRY), strict=True))
    for name, text in texts.items():
        page(folder / f"{name}.md", text)
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    run(catalogue, folder)
    found = known(catalogue)
    assert {article.url for article in found.values()} == {None}
    said = {name: catalogue.text(found[f"{name}.md"].id, 1).strip() for name in texts}
    assert said == texts
    settled(catalogue, [folder])
    catalogue.close()


@pytest.mark.parametrize("text", [FERRY, LATER, RALLY.replace("nobody", "everybody")])
def test_who_had_a_url_first_keeps_it_whatever_later_runs_meet(catalogue: Catalogue, folder: Path, text: str) -> None:
    """An imposter, a later form, or an altered copy: it gets neither the address nor the site's name."""
    first, other = page(folder / "z.md", RALLY), page(folder / "b.md", text)
    run(catalogue, first)
    run(catalogue, other)
    run(catalogue, folder)
    run(catalogue, other, first)
    found = known(catalogue)
    assert {name: (article.url, article.outlet) for name, article in found.items()} == {
        "z.md": (URL, "gazette.example"),
        "b.md": (None, None),
    }
    settled(catalogue, [folder], [first], [other])


def test_a_run_that_was_killed_judges_claims_as_one_that_was_not(catalogue: Catalogue, folder: Path) -> None:
    for name, text in {"a.md": RALLY, "b.md": LATER, "c.md": FERRY}.items():
        page(folder / name, text)
    items = [
        Incoming(one, str(s.root), s.relative)
        for s in walk([folder])
        if isinstance(s, Source)
        for one in load(s)
        if isinstance(one, Loaded)
    ]
    for _ in range(2):  # one article more is new each time
        going = ingest(catalogue, items, IngestReport())
        assert next(going).kind == "new"
        going.close()
    assert {article.url for article in known(catalogue).values()} == {URL, None}
    run(catalogue, folder)
    assert {(article.url, article.outlet) for article in known(catalogue).values()} == {(None, "gazette.example")}
    settled(catalogue, [folder])


@pytest.mark.parametrize(
    "root", ["https://gazette.example", "https://gazette.example/", "http://gazette.example/index.html"]
)
def test_the_address_of_a_front_page_names_nothing(catalogue: Catalogue, folder: Path, root: str) -> None:
    page(folder / "a.md", RALLY, root)
    (change,) = run(catalogue, folder)[1]
    assert known(catalogue)["a.md"].url is None and catalogue.find(root) == []
    page(folder / "a.md", LATER, root)
    assert run(catalogue, folder)[1][0].article_id == change.article_id
    page(folder / "b.md", RALLY, root)
    assert run(catalogue, folder)[0] == "1 new, 1 unchanged"
    settled(catalogue, [folder])


def test_a_file_that_moved_is_followed_by_its_url(catalogue: Catalogue, folder: Path) -> None:
    file = page(folder / "a.md", RALLY)
    (change,) = run(catalogue, folder)[1]
    moved = folder / "archive" / "2023.md"
    moved.parent.mkdir()
    file.rename(moved)
    run(catalogue, folder)
    assert known(catalogue)["2023.md"].id == change.article_id
    settled(catalogue, [folder], [moved])
    folder.rename(folder.parent / "old news")  # and with a later text too
    moved = page(folder.parent / "old news" / "archive" / "2023.md", LATER)
    (again,) = run(catalogue, moved)[1]
    assert (again.kind, again.article_id, again.version) == ("changed", change.article_id, 2)
    assert catalogue.count() == 1


def test_another_story_does_not_follow_a_file_that_is_gone(catalogue: Catalogue, folder: Path) -> None:
    file = page(folder / "a.md", RALLY)
    run(catalogue, folder)
    file.unlink()
    page(folder / "b.md", FERRY)
    assert run(catalogue, folder)[0] == "1 new"
    assert known(catalogue)["a.md"].url == URL and known(catalogue)["b.md"].url is None


def test_a_new_file_where_a_moved_one_was_is_an_article_of_its_own(catalogue: Catalogue, folder: Path) -> None:
    file = page(folder / "a.md", RALLY, None)
    run(catalogue, folder)
    page(file, RALLY)  # the article, whose id is its place's, gets a URL
    run(catalogue, folder)
    file.rename(folder / "b.md")
    run(catalogue, folder)
    page(file, FERRY, None)
    assert run(catalogue, folder)[0] == "1 new, 1 unchanged"
    assert catalogue.text(known(catalogue)["b.md"].id, 1).strip() == RALLY
    settled(catalogue, [folder], [file], [folder / "b.md"])


def test_a_disputed_article_is_known_however_its_folder_is_named(catalogue: Catalogue, folder: Path) -> None:
    page(folder / "one" / "a.md", RALLY)
    page(folder / "two" / "a.md", FERRY)
    run(catalogue, folder)
    settled(catalogue, [folder], [folder / "one"], [folder / "two" / "a.md"], [folder.parent])


def test_records_of_one_file_may_not_share_a_url_either(catalogue: Catalogue, folder: Path) -> None:
    rows = [{"id": n, "text": text, "url": URL, "title": "x"} for n, text in enumerate((RALLY, FERRY))]
    (folder / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert run(catalogue, folder)[0] == "2 new"
    assert {article.url for article in known(catalogue).values()} == {None}
    settled(catalogue, [folder])


# -- from the web


def fetched(catalogue: Catalogue, *pages: tuple[str, str]) -> list[Change]:
    """What a run does that fetches these addresses, each with its text, all of which claim `URL`."""
    items = [
        Incoming(Loaded(Document(text=text, title="A story", url=URL), "html", 1, str(hash(text))), "", address)
        for address, text in pages
    ]
    return list(ingest(catalogue, items, IngestReport()))


def test_a_page_that_is_fetched_at_another_address_is_followed(catalogue: Catalogue) -> None:
    (first,) = fetched(catalogue, (f"{URL}?from=feed", RALLY))
    assert fetched(catalogue, (f"{URL}?from=mail", RALLY)) == []
    (later,) = fetched(catalogue, (f"{URL}?from=mail", LATER))
    assert (later.kind, later.article_id, later.version) == ("changed", first.article_id, 2)
    assert [article.path for article in catalogue.find(URL)] == [f"{URL}?from=mail"]


def test_two_forms_of_a_page_in_one_run_do_not_replace_each_other(catalogue: Catalogue) -> None:
    pages = ((URL, RALLY), (f"{URL}/print", LATER))
    assert [change.kind for change in fetched(catalogue, *pages)] == ["new", "new"]
    assert fetched(catalogue, *pages) == [] == fetched(catalogue, *reversed(pages))


def test_a_page_does_not_replace_a_file_nor_a_file_a_page(catalogue: Catalogue, folder: Path) -> None:
    file = page(folder / "a.md", RALLY)
    run(catalogue, file)
    assert [change.kind for change in fetched(catalogue, (URL, LATER))] == ["new"]
    assert fetched(catalogue, (URL, LATER)) == [] == run(catalogue, file)[1]
    assert {article.current for article in catalogue.find(URL)} == {1}


def test_collections_claim_apart(catalogue: Catalogue) -> None:
    one = catalogue.put(Document(text=RALLY, url=URL), origin("a.md", collection="one"))
    two = catalogue.put(Document(text=FERRY, url=URL), origin("b.md", collection="two"), Met(url_elsewhere=True))
    assert {one.kind, two.kind} == {"new"} and {article.url for article in catalogue.find(URL)} == {URL}
    assert len(catalogue.find(URL)) == 2
