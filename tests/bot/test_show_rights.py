"""``whosaid show`` and ``statements``, as far as an outlet's publisher allows and as ``speakers.toml`` says."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.commands import show, statements
from bot.settings import Settings
from corpus.catalogue import Origin
from corpus.errors import UsageError
from corpus.loaders.fields import shortened
from corpus.model import Document

TEXT = "The Rail Union said it would strike on Monday.\n\n" + "Nothing else was said. " * 200
URL = "https://www.ledger.example/rail"


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one article in its catalogue."""
    settings = Settings(home=tmp_path)
    origin = Origin(
        collection="default", root="/news", path="a.txt", record="", raw_hash="0", loader="text", loader_version=1
    )
    with closing(settings.open_catalogue()) as catalogue:
        catalogue.put(Document(text=TEXT, title="On rail", outlet="the ledger", url=URL), origin)
    return settings


def allow(home: Settings, rights: str) -> None:
    entry = f'[[outlet]]\nname = "The Ondreva Ledger"\naliases = ["Ledger"]\nrights = "{rights}"\n'
    (home.place().folder / "outlets.toml").write_text(entry, "utf-8")


def shown(home: Settings, capsys: pytest.CaptureFixture[str], span: str | None = None) -> str:
    assert show.run(home, URL, False, span, None) == 0
    return capsys.readouterr().out


def told(home: Settings, capsys: pytest.CaptureFixture[str], span: str | None = None) -> dict[str, object]:
    assert show.run(home, URL, True, span, None) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_without_a_file_everything_is_shown(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(home, capsys).endswith(TEXT + "\n")
    assert f">>>{TEXT[4:14]}<<<" in shown(home, capsys, "4:14")
    assert "rights" not in shown(home, capsys)
    found = told(home, capsys)
    assert (found["text"], found["rights"], found["notice"]) == (TEXT, "full", None)


def test_of_a_passage_outlet_only_the_passage_asked_for(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    allow(home, "passage")
    out = shown(home, capsys)
    assert "strike" not in out
    assert "outlet    The Ondreva Ledger" in out
    assert (
        "rights    the publisher of The Ondreva Ledger allows passages of at most 2,000 characters, and of at most half"
        in out
    )
    assert shown(home, capsys, "4:14").endswith("\n\nRail Union\n")
    found = told(home, capsys, "4:14")
    assert (found["text"], found["quote"], found["span"]) == (None, "Rail Union", [4, 14])
    with pytest.raises(UsageError, match=r"cannot show 2,400 of 4,\d+ characters"):
        show.run(home, URL, False, "0:2400", None)


def test_of_a_link_outlet_no_words(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    allow(home, "link")
    for span in (None, "4:14", "0:2400"):
        out = shown(home, capsys, span)
        assert URL in out
        assert "the publisher of The Ondreva Ledger allows a link only" in out
        assert not any(words in out for words in ("strike", "Rail Union", "Nothing"))
        found = told(home, capsys, span)
        assert found["text"] is None
        assert "quote" not in found
        assert found["notice"] == "the publisher of The Ondreva Ledger allows a link only"


def test_a_wrong_file_is_told_before_anything_is_shown(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    allow(home, "some")
    with pytest.raises(UsageError, match=r"outlets.toml, \[\[outlet\]\] 1 .*'rights': found 'some'"):
        show.run(home, URL, False, None, None)
    assert capsys.readouterr().out == ""


def listed(home: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    assert statements.run(home, [URL], False, "rules") == 0
    return capsys.readouterr().out


def test_statements_of_a_link_outlet_are_not_listed(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for rights in ("full", "passage"):
        allow(home, rights)
        assert "Rail Union (indirect)" in listed(home, capsys)
    allow(home, "link")
    with pytest.raises(UsageError, match=r"cannot list what a\.txt says: the publisher of The Ondreva Ledger allows a"):
        statements.run(home, [URL], False, "rules")
    assert "strike" not in capsys.readouterr().out


def test_speakers_are_listed_as_the_file_sets_them_right(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    file = home.place().folder / "speakers.toml"
    file.write_text('[[merge]]\nname = "Railway Workers\' Union"\nalso = "Rail Union"\nrole = "union"\n', "utf-8")
    assert "Railway Workers' Union, union (indirect)" in listed(home, capsys)
    file.write_text('[[hide]]\nname = "Rail Union"\noutlet = "The Ledger"\n', "utf-8")
    assert "Rail Union" not in listed(home, capsys)


def test_speakers_of_a_file_that_was_never_ingested_are_set_right_too(
    home: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "speakers.toml").write_text('[[rename]]\nfrom = "Rail Union"\nto = "Railwaymen"\n', "utf-8")
    (tmp_path / "b.txt").write_text(TEXT, "utf-8")
    assert statements.run(home, [str(tmp_path / "b.txt")], True, "rules") == 0
    [statement] = json.loads(capsys.readouterr().out)["statements"]
    assert statement["speaker"]["name"] == "Railwaymen"


UNTITLED = "The Rail Union said it would strike on Monday, and that no train would run.\n\nThe company said nothing."


def put(home: Settings, text: str, url: str) -> None:
    """Add an undated text, which is named by its first words."""
    origin = Origin(
        collection="default",
        root="/news",
        path=f"{url[-1]}.txt",
        record="",
        raw_hash="1",
        loader="text",
        loader_version=1,
    )
    with closing(home.open_catalogue()) as catalogue:
        catalogue.put(Document(text=text, title=shortened(text), outlet="the ledger", url=url), origin)


def test_a_title_taken_from_the_text_is_not_shown_where_the_text_is_not(
    home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://www.ledger.example/u"
    put(home, UNTITLED, url)
    assert show.run(home, url, False, None, None) == 0
    assert f"title     {shortened(UNTITLED)}" in capsys.readouterr().out
    for rights in ("passage", "link"):
        allow(home, rights)
        for as_json in (False, True):
            assert show.run(home, url, as_json, None, None) == 0
            out = capsys.readouterr().out
            assert "strike" not in out and "Rail Union" not in out
            assert as_json or "title     none\n" in out


def test_a_short_article_is_never_shown_whole(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://www.ledger.example/u"
    put(home, UNTITLED, url)
    allow(home, "passage")
    with pytest.raises(UsageError, match="of at most half the article"):
        show.run(home, url, False, f"0:{len(UNTITLED)}", None)
    assert show.run(home, url, False, "0:40", None) == 0
    assert capsys.readouterr().out.endswith(UNTITLED[:40] + "\n")


def test_statements_stop_where_half_of_the_text_is_listed(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    url, said = (
        "https://www.ledger.example/u",
        "“We shall not go to work on that day,” the mayor of Hask, Ann Lee, said.\n\n",
    )
    put(home, said * 4, url)
    assert statements.run(home, [url], True, "rules") == 0
    assert len(json.loads(capsys.readouterr().out)["statements"]) == 4
    allow(home, "passage")
    assert statements.run(home, [url], True, "rules") == 0
    out, err = capsys.readouterr()
    listed = [
        span for one in json.loads(out)["statements"] for part in ("content", "source", "cue") for span in one[part]
    ]
    assert 0 < sum(end - start for start, end in listed) <= len(said) * 2
    assert "more are not listed: the publisher of The Ondreva Ledger allows passages" in err
