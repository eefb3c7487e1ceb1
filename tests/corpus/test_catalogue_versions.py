"""Versions of an article's text: which are the publisher's, and between which times it changed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import sqlalchemy

from corpus.catalogue import Catalogue, Change
from corpus.model import Document, PartialDate

from .catalogued import PARIS, but, origin

URL = "https://gazette.example/paris"
NOTICE = "Correction: An earlier version of this article gave the wrong city. She spoke in Zürich, not in Bern."


def read(catalogue: Catalogue, document: Document, raw: str = "", loader: int = 1) -> Change:
    """Put what a loader of some version made of the bytes `raw`, or of the text itself, of a page that has its URL."""
    document = replace(document, url=URL)
    raw_hash = hashlib.sha256((raw or document.text).encode()).hexdigest()
    return catalogue.put(document, origin(raw_hash=raw_hash, loader_version=loader))


def backdate(catalogue: Catalogue, day: str) -> str:
    """Let all that is stored have been read and met on `day`; return that time."""
    time = f"{day}T09:00:00+00:00"
    with catalogue.engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE versions SET retrieved_at = :t, seen_at = :t"), {"t": time})
    return time


def test_a_changed_text_is_a_new_version_and_the_old_one_stays_citable(catalogue: Catalogue) -> None:
    first = read(catalogue, PARIS)
    second = read(catalogue, but(text="“We shall wait,” she said."))
    assert (second.kind, second.article_id, second.version) == ("changed", first.article_id, 2)
    assert catalogue.text(first.article_id, 1) == PARIS.text
    assert catalogue.text(first.article_id, 2) == "“We shall wait,” she said."
    old = catalogue.version(first.article_id, 1)
    assert old is not None and (old.version, old.current) == (1, 2)
    assert [record.version for record in catalogue.versions(first.article_id)] == [1, 2]
    assert catalogue.articles([first.article_id])[first.article_id].version == 2
    assert catalogue.texts([first.article_id]) == {first.article_id: "“We shall wait,” she said."}
    assert catalogue.version(first.article_id, 3) is None
    with pytest.raises(KeyError):
        catalogue.text(first.article_id, 3)


def test_a_text_that_changes_back_is_a_third_version(catalogue: Catalogue) -> None:
    read(catalogue, PARIS)
    read(catalogue, but(text="Other words."))
    assert read(catalogue, PARIS).version == 3
    assert catalogue.counts()["versions"] == 3


def test_a_change_lies_between_when_the_old_text_was_last_met_and_the_new_one_first(catalogue: Catalogue) -> None:
    key = read(catalogue, PARIS).article_id
    backdate(catalogue, "2023-03-24")
    read(catalogue, PARIS)  # met again today: the old text still stood
    met = catalogue.articles([key])[key].seen_at
    assert met > "2026" and catalogue.articles([key])[key].retrieved_at.startswith("2023-03-24")
    read(catalogue, but(text="“We shall wait,” she said."))
    first, second = catalogue.versions(key)
    assert (first.changed_after, first.changed_before) == (None, None)
    assert (second.changed_after, second.changed_before) == (met, second.retrieved_at)


def test_a_day_without_news_is_noted_once(catalogue: Catalogue) -> None:
    key = read(catalogue, PARIS).article_id
    then = backdate(catalogue, "2023-03-24")
    assert read(catalogue, PARIS).kind == "unchanged"
    record = catalogue.articles([key])[key]
    assert record.retrieved_at == then < record.seen_at
    with catalogue.engine.begin() as connection:
        noon = f"{record.seen_at[:10]}T00:00:00+00:00"
        connection.execute(sqlalchemy.text("UPDATE versions SET seen_at = :t"), {"t": noon})
    assert read(catalogue, PARIS).kind == "unchanged"
    assert catalogue.articles([key])[key].seen_at == noon


def test_the_same_bytes_read_by_a_newer_loader_are_no_change_of_the_publishers_text(catalogue: Catalogue) -> None:
    raw = "<p>“We will not wait,” the minister said.<p>Share this article"
    first = read(catalogue, but(text="“We will not wait,” the minister said.\n\nShare this article"), raw)
    backdate(catalogue, "2023-03-24")
    second = read(catalogue, but(text="“We will not wait,” the minister said."), raw, loader=2)
    assert (second.kind, second.version) == ("updated", 2)
    record = catalogue.articles([first.article_id])[first.article_id]
    assert (record.changed_after, record.changed_before) == (None, None)
    assert record.retrieved_at.startswith("2023-03-24"), "the bytes are those that were retrieved then"
    assert catalogue.text(first.article_id, 1).endswith("Share this article"), "an old citation stays verbatim"


def test_a_change_of_the_publishers_stays_known_when_a_newer_loader_reads_it_again(catalogue: Catalogue) -> None:
    key = read(catalogue, PARIS).article_id
    read(catalogue, but(text="“We shall wait,” she said. Share"), "second")
    changed = catalogue.articles([key])[key]
    assert read(catalogue, but(text="“We shall wait,” she said."), "second", loader=2).version == 3
    record = catalogue.articles([key])[key]
    assert (record.changed_after, record.changed_before) == (changed.changed_after, changed.changed_before)
    assert record.changed_before is not None


def test_other_bytes_around_one_text_are_remembered_for_the_next_reading(catalogue: Catalogue) -> None:
    """Advertisements change; then a newer loader reads the same bytes as before: nobody changed the text."""
    key = read(catalogue, PARIS, "page with one advertisement").article_id
    assert read(catalogue, PARIS, "page with another").kind == "unchanged"
    better = read(catalogue, but(text=PARIS.text + "\n\nMore."), "page with another", loader=2)
    assert (better.kind, better.version) == ("updated", 2)
    assert catalogue.articles([key])[key].changed_before is None


def test_metadata_of_an_unchanged_text_keeps_what_is_known_of_its_changes(catalogue: Catalogue) -> None:
    key = read(catalogue, PARIS).article_id
    read(catalogue, but(text="“We shall wait,” she said."))
    backdate(catalogue, "2023-03-24")
    before = catalogue.articles([key])[key]
    assert read(catalogue, but(text="“We shall wait,” she said.", updated=PartialDate("2024"))).kind == "updated"
    after = catalogue.articles([key])[key]
    kept = [(a.retrieved_at, a.changed_after, a.changed_before) for a in (before, after)]
    assert kept[0] == kept[1] and after.version == 2 and after.updated == PartialDate("2024")


def test_only_the_publisher_corrects(catalogue: Catalogue) -> None:
    key = read(catalogue, PARIS).article_id
    read(catalogue, but(text=f"{PARIS.text}\n\n{NOTICE}"))
    first, second = catalogue.versions(key)
    assert first.corrections == ()
    assert [span.of(catalogue.text(key, 2)) for span in second.corrections] == [NOTICE]
    read(catalogue, but(text=f"{PARIS.text} It went on."))
    assert catalogue.articles([key])[key].corrections == ()
