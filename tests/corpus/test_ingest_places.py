"""What has no name, a file or a line of one, is known by its words, and by its place only where those are alike."""

from __future__ import annotations

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from corpus.catalogue import Catalogue, Change
from corpus.ingest import Files, IngestReport, ingest

WORKS = ("harbour", "library", "orchard", "foundry", "theatre", "quarry", "bakery", "railway", "museum")
NAMES = ("Rolf", "Anke", "Otto", "Mira", "Dirk", "Olan", "Hale", "Greta", "Tomas")
DAYS = ("Monday", "Tuesday", "Friday")


def form(number: int) -> str:
    """Stories of one form, each with a name of its own: a line's neighbour is alike."""
    work = WORKS[number]
    return (
        f"The {work} opened on {DAYS[number % 3]} after a winter of repairs by nineteen joiners.\n\n"
        f"“My {work} is warm again and I am glad of it,” {NAMES[number]} {work.title()}man, its owner, said."
    )


@pytest.fixture(scope="module")
def stories(sample: Path) -> list[str]:
    """Real articles that have little in common."""
    files = sorted((sample / "talmerian-news-agency").glob("*.txt"))[:6]
    assert len(files) == 6
    return [file.read_text("utf-8").strip() for file in files]


def as_csv(file: Path, texts: Sequence[str]) -> Path:
    rows = io.StringIO()
    csv.writer(rows).writerows([["text"], *([text] for text in texts)])
    file.write_text(rows.getvalue(), "utf-8", newline="")
    return file


def as_lines(file: Path, texts: Sequence[str]) -> Path:
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return file


def as_array(file: Path, texts: Sequence[str]) -> Path:
    file.write_text(json.dumps([{"text": text} for text in texts]), "utf-8")
    return file


def numbered(file: Path, texts: Sequence[str]) -> Path:
    """With the ids that a table's rows are given when it is written."""
    file.write_text("".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts)), "utf-8")
    return file


def in_archive(file: Path, texts: Sequence[str]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"{number}.txt", text)
    return file


Write = Callable[[Path, Sequence[str]], Path]
FORMATS: dict[str, Write] = {
    "news.csv": as_csv,
    "news.jsonl": as_lines,
    "news.json": as_array,
    "rows.jsonl": numbered,
    "news.zip": in_archive,
}


def run(catalogue: Catalogue, path: Path) -> tuple[str, list[Change], set[str]]:
    report = IngestReport()
    changes = list(ingest(catalogue, Files([path]), report))
    assert report.errors == []
    return report.line(), changes, report.met


def texts_of(catalogue: Catalogue) -> dict[str, list[str]]:
    """The texts of all versions of every article, by id."""
    return {
        article: [catalogue.text(article, one.version).strip() for one in catalogue.versions(article)]
        for article in catalogue.iterate_ids()
    }


def by_words(catalogue: Catalogue) -> dict[str, str]:
    """The ids of the articles by their text, which each has kept."""
    found = texts_of(catalogue)
    assert all(len(texts) == 1 for texts in found.values()), "nobody changed a text"
    assert len({texts[0] for texts in found.values()}) == len(found), "nothing is there twice"
    return {texts[0]: article for article, texts in found.items()}


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("alike", [False, True])
def test_lines_move_and_no_text_changes(tmp_path: Path, stories: list[str], name: str, alike: bool) -> None:
    """Lines are taken out, put in and put in another order: every story stays the article that it was."""
    write, file = FORMATS[name], tmp_path / name
    texts = [form(number) for number in range(6)] if alike else stories
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    write(file, texts[:5])
    assert run(catalogue, file)[0] == "5 new"
    first = by_words(catalogue)
    steps = {
        "deleted": [*texts[:1], *texts[2:5]],
        "put back, below": [*texts[:1], *texts[2:5], texts[1]],
        "swapped": [texts[2], texts[0], texts[4], texts[3], texts[1]],
        "backwards": texts[4::-1],
        "one put in above": [texts[5], *texts[4::-1]],
    }
    for step, order in steps.items():
        line, changes, met = run(catalogue, write(file, order))
        known = by_words(catalogue)
        new = [] if step != "one put in above" else [texts[5]]
        assert [(c.kind, c.article_id) for c in changes] == [("new", known[text]) for text in new], (step, line)
        assert {text: known[text] for text in first} == first, step
        assert met == {known[text] for text in order}, "what was met is not pruned, and the rest is"
        for number, text in enumerate(order):
            record = {"news.zip": f"{number}.txt", "rows.jsonl": str(number)}.get(name)
            record = record or str(number + (2 if name == "news.csv" else 1))
            assert [article.id for article in catalogue.find(f"{name}#{record}")] == [known[text]], step
        assert run(catalogue, file)[1] == [], "and a second run has nothing to do"
    catalogue.close()


def test_whatever_is_done_to_lines_nothing_is_lost_and_no_text_changes(tmp_path: Path) -> None:
    rng, texts = Random(20411122), [form(number) for number in range(len(WORKS))]
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    file = tmp_path / "news.jsonl"
    seen: set[str] = set()
    for _ in range(25):
        order = rng.sample(texts, rng.randrange(2, len(texts) + 1))
        seen |= {*order}
        met = run(catalogue, as_lines(file, order))[2]
        known = by_words(catalogue)
        assert known.keys() == seen and met == {known[text] for text in order}
    catalogue.close()


def test_a_story_that_is_there_twice_stays_there_twice(tmp_path: Path, stories: list[str]) -> None:
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    file, (one, other) = tmp_path / "news.jsonl", stories[:2]
    for order in ((one, one, other), (other, one, one), (one, other, one)):
        _, _, met = run(catalogue, as_lines(file, order))
        assert sorted(texts[0] for texts in texts_of(catalogue).values()) == sorted(order) and len(met) == 3
    catalogue.close()


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_correction_is_a_version_also_where_lines_were_put_in(tmp_path: Path, stories: list[str], name: str) -> None:
    write, file = FORMATS[name], tmp_path / name
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    run(catalogue, write(file, stories[:3]))
    first = by_words(catalogue)
    corrected = f"{stories[1]}\n\nCorrection: An earlier version of this article misstated the month."
    _, changes, _ = run(catalogue, write(file, [stories[0], corrected, stories[2]]))
    assert [(c.kind, c.article_id, c.version) for c in changes] == [("changed", first[stories[1]], 2)]
    assert texts_of(catalogue)[first[stories[1]]] == [stories[1], corrected]
    assert run(catalogue, write(file, [stories[3], stories[0], corrected, stories[2]]))[0] == "1 new, 3 unchanged"
    catalogue.close()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_unchanged_story_keeps_its_article_before_one_that_is_like_it(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    """Among them the one that stood at the first line: another of its form, put in above, is no new text of it."""
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    file = as_lines(tmp_path / "news.jsonl", [form(0)])
    run(catalogue, file)
    (first,) = by_words(catalogue).values()
    assert run(catalogue, as_lines(file, [form(number) for number in order]))[0] == "2 new, 1 unchanged"
    assert by_words(catalogue)[form(0)] == first
    catalogue.close()


def test_a_file_with_another_story_every_day_is_another_article_every_day(tmp_path: Path, stories: list[str]) -> None:
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    file = tmp_path / "today.txt"
    ids = []
    for story in stories:
        file.write_text(story, "utf-8")
        assert run(catalogue, file)[0] == "1 new"
        (now,) = catalogue.find("today.txt")
        assert catalogue.text(now.id, 1).strip() == story and not now.replaced
        ids.append(now.id)
    assert len({*ids}) == len(stories)
    assert [catalogue.versions(i)[0].replaced for i in ids] == [True] * (len(ids) - 1) + [False]
    file.write_text(stories[0], "utf-8")  # and one that comes back is the one that it was
    assert run(catalogue, file)[1] == []
    assert [article.id for article in catalogue.find("today.txt")] == ids[:1]
    catalogue.close()


def report(day: int, high: int, low: int, sky: str) -> dict[str, str]:
    text = (
        f"Belisk will be {sky} on the {day}th, with a high of {high} degrees and a low of {low}. The forecast is made "
        "every morning by the weather service at the old lighthouse and is put right as conditions change; readers "
        "are asked to heed the local warnings, above all on the water and in the hills, before they set out."
    )
    return {"title": "The weather", "published": f"2041-05-{day}", "text": text}


@pytest.mark.parametrize(
    ("again", "kind"),
    [
        (report(12, 14, 7, "cloudy"), "new"),  # another day's
        (report(11, 23, 9, "sunny"), "changed"),  # that day's, put right
        ({**report(11, 21, 12, "sunny"), "published": "2041-05-12"}, "changed"),  # its words under a later date
    ],
)
def test_a_form_that_is_filled_in_for_another_day_is_another_article(
    tmp_path: Path, again: dict[str, str], kind: str
) -> None:
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    file = tmp_path / "weather.jsonl"
    for row in (report(11, 21, 12, "sunny"), again):
        text = row["text"] if row is not again or kind == "new" else f"{row['text']} It was put right at noon."
        file.write_text(json.dumps({**row, "text": text}), "utf-8")
        changes = run(catalogue, file)[1]
    assert [change.kind for change in changes] == [kind]
    catalogue.close()


def test_a_record_with_an_id_is_known_by_it_whatever_it_says(tmp_path: Path, stories: list[str]) -> None:
    catalogue = Catalogue.at(tmp_path / "catalogue.sqlite")
    file = tmp_path / "news.jsonl"
    for one, other in ((stories[0], stories[1]), (stories[1], stories[2])):
        rows = [{"id": "a-17", "text": one}, {"id": "b-18", "text": other}]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        line = run(catalogue, file)[0]
    assert line == "2 changed"
    assert sorted(texts_of(catalogue).values()) == sorted([stories[:2], stories[1:3]])
    catalogue.close()
