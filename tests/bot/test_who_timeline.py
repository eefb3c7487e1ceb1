"""``whosaid who`` and ``timeline``: all that was said on a topic or by a speaker, as far as it may be shown."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.ask import Whosaid
from bot.cite import show_speaker
from bot.commands import timeline, who
from bot.commands.listing import Narrowed
from bot.commands.timeline import Drawn
from bot.settings import Settings
from bot.timeline.scale import Scale
from corpus.errors import UsageError
from corpus.model import PartialDate, Speaker

from .homes import ingest, made, records

LEVY = "the harbour levy"
FIRST = (
    "Ana Ruiz, the justice minister, said on Monday that the harbour levy would be doubled. “Nobody will like the "
    "harbour levy, and I do not ask anybody to like it,” she said."
)
OPEN = [
    {"source": "The Hask Herald", "date": "2041-03-05", "title": "Levy doubled", "body": FIRST},
    {"source": "Verl Courier", "date": "2041-03-06", "title": "Harbour <i>levy</i> to double", "body": FIRST},
    {
        "source": "The Hask Herald",
        "date": "2041-11",
        "title": "Levy dropped",
        "body": "“The harbour levy is dead and buried, and I shall not dig it up again,” said Ana Ruiz, the finance "
        "minister, <script>alert(1)</script> on the pier.",
    },
    {
        "source": "Ishel Post",
        "title": "Levy to come back",
        "body": "A senior official said that the harbour levy would come back in the autumn. Bo Hidden said that the "
        "harbour levy was theft and that the harbour would be poorer for it.",
    },
    {
        "source": "Wire",
        "date": "2041-12-02",
        "title": "Levy a mistake",
        "body": "A senior official said that the harbour levy had been a mistake from the beginning.",
    },
    {
        "source": "Locked Times",
        "date": "2041-12-03",
        "title": "Levy and prison",
        "body": "Ana Ruiz said that the harbour levy pays for the new prison at Hask.",
    },
]
CLOSED = {
    "source": "Vault Letter",
    "date": "2041-10-01",
    "title": "A wish",
    "body": "Ana Ruiz said that the harbour levy was the secret wish of the queen.",
}


@pytest.fixture(scope="module")
def home(compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of two collections, a speaker who is hidden, and an outlet that allows a link only."""
    folder = tmp_path_factory.mktemp("lists")
    home = made(folder / "home", compiled_model)
    (home / "outlets.toml").write_text('[[outlet]]\nname = "Locked Times"\nrights = "link"\n', "utf-8")
    (home / "speakers.toml").write_text('[[hide]]\nname = "Bo Hidden"\n', "utf-8")
    rows = [{**row, "url": f"https://news.example/{n}"} for n, row in enumerate(OPEN)]
    assert not ingest(home, records(folder / "open.jsonl", *rows), collection="open").errors
    assert not ingest(home, records(folder / "closed.jsonl", CLOSED), collection="vault").errors
    return Settings(home=home)


@pytest.fixture
def texts(home: Settings) -> Iterator[dict[str, str]]:
    """The stored text of every article, by id."""
    assert home.home is not None
    with closing(Whosaid(home.home)) as engine, engine.opener.reading() as opened:
        assert opened is not None
        yield opened.served.texts(opened.served.newest(None, 99))


def asked(capsys: pytest.CaptureFixture[str], home: Settings, topic: str, code: int = 0, **narrowed: Any) -> Any:
    assert who.run(home, topic, Narrowed(**narrowed), True, 20) == code
    return json.loads(capsys.readouterr().out)


def lined(capsys: pytest.CaptureFixture[str], home: Settings, speaker: str, **narrowed: Any) -> Any:
    assert timeline.run(home, speaker, LEVY, Narrowed(**narrowed), Drawn(as_json=True)) == 0
    return json.loads(capsys.readouterr().out)


def cited(found: Any) -> list[dict[str, Any]]:
    """Every citation in an output."""
    if isinstance(found, dict):
        return [found] if "quote" in found else [c for value in found.values() for c in cited(value)]
    return [c for value in found for c in cited(value)] if isinstance(found, list) else []


def test_who_has_spoken_how_often_and_when(
    home: Settings, texts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, home, LEVY, collections=("open",))
    ruiz, *rest = found["speakers"]
    assert (ruiz["speaker"]["name"], ruiz["statements"], ruiz["named"]) == ("Ana Ruiz", 3, True), "a copy counts once"
    assert (ruiz["first"], ruiz["last"], ruiz["outlets"]) == (
        "2041-03-05",
        "2041-11",
        ["The Hask Herald", "Verl Courier"],
    )
    assert [(held["role"], held["last"]) for held in ruiz["held"]] == [
        ("finance minister", "2041-11"),
        ("justice minister", "2041-03-05"),
    ]
    [official] = rest
    assert official["speaker"]["name"] is None and "senior official" in official["speaker"]["role"]
    assert (official["named"], official["statements"], official["articles"]) == (False, 2, 2)
    quotes = cited(found)
    assert len(quotes) == 2 and all(c["quote"] == texts[c["article_id"]][c["start"] : c["end"]] for c in quotes)
    assert [note for note in found["notes"] if "Levy and prison" in note and "allows a link only" in note]
    assert not re.search("theft|Hidden|prison at|secret wish|Vault", json.dumps(found))


def test_who_says_it_in_words(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert who.run(home, LEVY, Narrowed(collections=("open",)), False, 1) == 0
    out = capsys.readouterr().out
    assert out.startswith("On the harbour levy: 5 statements in 4 articles, 5 March 2041 to 2 December 2041")
    assert "Ana Ruiz, finance minister — 3 statements; 5 March 2041 to November 2041; " in out
    assert "called finance minister (November 2041); justice minister (5 March 2041)" in out
    assert "1 more speaker; --limit 0 shows all." in out
    assert who.run(home, LEVY, Narrowed(collections=("open",)), False, 0) == 0
    assert "not named; in 2 articles, perhaps of several persons" in capsys.readouterr().out


def test_who_is_silent_where_nobody_spoke(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, home, "quantum computers", code=3)
    assert found["refusal"].startswith("Nobody was found to have spoken on quantum computers in 7 articles")
    found = asked(capsys, home, LEVY, code=3, since="2050")
    assert "No article here was published since 1 January 2050" in found["refusal"]
    assert asked(capsys, home, LEVY, since="2041-12")["statements"] == 1
    with pytest.raises(UsageError, match="the topic is empty"):
        who.run(home, " ? ", Narrowed(), True, 20)
    with pytest.raises(UsageError, match="there is no collection 'x'"):
        who.run(home, LEVY, Narrowed(collections=("x",)), True, 20)


def test_a_timeline_is_in_the_order_of_time(
    home: Settings, texts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = lined(capsys, home, "Ruiz", collections=("open",))
    assert "Ana Ruiz, finance minister" in found["taken_as"]
    told = [(one["date"], one["date_is"], one["kind"]) for one in found["statements"]]
    assert told == [
        ("2041-03-05", "published", "indirect"),
        ("2041-03-05", "published", "direct"),
        ("2041-11", "published", "direct"),
    ]
    first, second, third = (one["citations"] for one in found["statements"])
    assert second[0]["also_in"] == ["Verl Courier, 6 March 2041"] and third[0]["also_in"] == []
    assert second[0]["quote"] == "Nobody will like the harbour levy, and I do not ask anybody to like it"
    assert first[0]["speaker"]["role"] == "justice minister"
    assert all(c["quote"] == texts[c["article_id"]][c["start"] : c["end"]] for c in cited(found))
    assert any("secret wish" in c["quote"] for c in cited(lined(capsys, home, "Ana Ruiz"))), "in the other collection"
    assert not any("prison" in c["quote"] for c in cited(lined(capsys, home, "Ana Ruiz")))


class _Tags(HTMLParser):
    """Every tag of a page with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_timeline_as_page_and_picture(home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = Drawn(html=tmp_path / "a.html", png=tmp_path / "a.png")
    assert timeline.run(home, "Ana Ruiz", LEVY, Narrowed(collections=("open",)), drawn) == 0
    page = _Tags((tmp_path / "a.html").read_text("utf-8"))
    names = [name for name, _ in page.tags]
    assert names.count("article") == 3 and not {"script", "img", "link", "iframe", "i"} & {*names}
    loads = [value for _, given in page.tags for key, value in given.items() if key in ("src", "srcset", "data")]
    links = [given["href"] for name, given in page.tags if name == "a" and given.get("rel")]
    assert not loads and all((link or "").startswith("https://news.example/") for link in links) and len(links) == 3
    assert "“The harbour levy is dead and buried, and I shall not dig it up again”" in page.text
    assert "Also in Verl Courier, 6 March 2041." in page.text and "Whether a position changed" in page.text
    data = (tmp_path / "a.png").read_bytes()
    wide, tall = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG\r\n") and wide > 1200 and 600 < tall < 2000
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.html", "a.png"]
    assert "a.html" in capsys.readouterr().err


def test_a_refused_timeline_writes_nothing(home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = Drawn(html=tmp_path / "a.html", png=tmp_path / "a.png")
    for speaker, about, says in (
        ("Ana Ruiz", "quantum computers", "No statement by Ana Ruiz on quantum computers was found in 7 articles"),
        ("Zed Nobody", None, "Nobody by the name of Zed Nobody is quoted in 7 articles"),
        ("Bo Hidden", None, "Nobody by the name of Bo Hidden is quoted"),
    ):
        assert timeline.run(home, speaker, about, Narrowed(), drawn) == 3
        assert capsys.readouterr().out.startswith(says)
    assert not [*tmp_path.iterdir()]
    with pytest.raises(UsageError, match=r"could not write the page .*/no/a\.html"):
        timeline.run(home, "Ana Ruiz", None, Narrowed(), Drawn(html=tmp_path / "no" / "a.html"))


def test_the_ministry_on_assembly(sample_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Settings(home=sample_home)
    assert timeline.run(home, "the ministry", "assembly", Narrowed(), Drawn()) == 0
    out = capsys.readouterr().out
    dated, undated = out.split("\nNo date\n")
    assert "published 22 March 2041\n  Hale Teverin, ministry spokesman" in dated
    assert (
        "An Sokkhoeurn, spokesman, Ministry of Foreign Affairs and International Cooperation — direct speech" in undated
    )
    assert "The government continues to welcome lawful rallies" in undated
    assert "State Department’s country report —" not in out


def test_words_only_passed_on_are_told_apart(sample_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, Settings(home=sample_home), "freedom of assembly")
    counts = {
        show_speaker(Speaker(**one["speaker"])): (one["statements"], one["passed_on"]) for one in found["speakers"]
    }
    [(own, passed_on)] = [count for name, count in counts.items() if "State Department's country report" in name]
    assert own >= 1 and passed_on == 1, "it cites a group"
    assert [count for name, count in counts.items() if "local human rights group" in name] == [(1, 0)]


def test_a_scale_marks_days_months_or_years() -> None:
    days = Scale.over([PartialDate("2041-03-05"), PartialDate("2041-03-22T10:00")])
    assert [name for _, name in days.marks(4)] == ["5 March 2041", "12 March 2041", "19 March 2041"]
    months = Scale.over([PartialDate("2041-02"), PartialDate("2041-09-03")])
    assert months.of(PartialDate("2041-02")) == (0.0, pytest.approx(27 / 214))
    assert [name for _, name in months.marks(4)] == ["March 2041", "May 2041", "July 2041", "September 2041"]
    years = Scale.over([PartialDate("0001"), PartialDate("9999-12-31")])
    assert 1 < len(years.marks(12)) <= 12 and years.at(date.max) == 1.0
    alone = Scale.over([PartialDate("2041-03-05")])
    assert alone.at(date(2041, 3, 5)) == 0.0
