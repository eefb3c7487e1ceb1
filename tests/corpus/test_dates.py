from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.dates import find_dates, parse_date
from corpus.model import PartialDate


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023-11-27 08:45:59.000000000Z", "2023-11-27T08:45:59Z"),
        ("2023-03-23 10:00:00 +0700", "2023-03-23T10:00:00+07:00"),
        ("2019-11-19T13:16:49+0000", "2019-11-19T13:16:49+00:00"),
        ("2019-11-19T18:18:25.828095", "2019-11-19T18:18:25"),
        ("2019-11-18T21:17", "2019-11-18T21:17"),
        ("2019-11-18", "2019-11-18"),
        ("2015-1-12 9:00", "2015-01-12T09:00"),
        ("20191118T084559Z", "2019-11-18T08:45:59Z"),
        ("2019/11/18", "2019-11-18"),
        ("20191118", "2019-11-18"),
        ("2019-11-18T25:00", "2019-11-18"),  # no such hour, but the day stands
        ("Mon, 18 Nov 2019 16:07:38 -0600", "2019-11-18T16:07:38-06:00"),
        ("19 Nov 2019 07:09 GMT", "2019-11-19T07:09:00+00:00"),
        ("Wed Nov 20 2019 09:28:00 GMT+0000 (UTC)", "2019-11-20"),
        ("March 2041", "2041-03"),
        ("2041-03", "2041-03"),
        ("2041", "2041"),
        (2041, "2041"),
        ("5 March 2041", "2041-03-05"),
        ("Published 5 march 2041", "2041-03-05"),
        ("Sunday, 5th of March, 2041 at 10:30 am EST", "2041-03-05"),
        ("5 mars 2041", "2041-03-05"),
        ("5. März 2041", "2041-03-05"),
        ("23/04/2041", "2041-04-23"),
        ("04/23/2041", "2041-04-23"),
        ("03/04/2041", "2041"),  # April or March: only the year is known
        (1700000000, "2023-11-14T22:13:20+00:00"),
        (1700000000000, "2023-11-14T22:13:20+00:00"),
        (dt.date(2041, 3, 5), "2041-03-05"),
        (dt.datetime(2041, 3, 5, 1, 2, 3, 4), "2041-03-05T01:02:03"),
        (dt.datetime(2041, 3, 5, 1, 2, tzinfo=dt.UTC), "2041-03-05T01:02:00+00:00"),
    ],
)
def test_metadata_dates_are_read_as_far_as_they_go(value: object, expected: str) -> None:
    assert parse_date(value) == PartialDate(expected)


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "yesterday", "3 hours ago", "March 5", "2023-02-30", "32 March 2041", "n/a", "x" * 500),
        *("0001-01-01 00:00:00Z", "1970-01-01T00:00:00Z", "March 5, 2041 to March 9, 2041"),
        *(None, True, 0, 17, float("nan"), float("inf"), [], {"date": "2041"}),
    ],
)
def test_what_gives_no_date_gives_none(value: object) -> None:
    assert parse_date(value) is None


@given(st.dates(min_value=dt.date(1500, 1, 1), max_value=dt.date(2199, 12, 31)))
def test_every_way_of_writing_a_day_gives_that_day(day: dt.date) -> None:
    names = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
    month = names[day.month - 1]
    for written in (day.isoformat(), f"{month} {day.day}, {day.year}", f"{day.day} {month} {day.year}"):
        assert parse_date(written) == PartialDate(day.isoformat())


@given(st.text(max_size=120) | st.integers() | st.floats())
def test_nothing_that_is_no_date_is_raised(value: object) -> None:
    found = parse_date(value)
    assert found is None or isinstance(found, PartialDate)


def test_the_seed_article_names_three_dates(sample: Path) -> None:
    text = (sample / "000_88a69eeaa2e40b64.txt").read_text(encoding="utf-8")
    found = [(span.of(text), date.value) for span, date in find_dates(text)]
    assert found == [("March 23", "--03-23"), ("March 20", "--03-20"), ("2021", "2021")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It met on March 23, 2023, and on March 24.",
            {"March 23, 2023": "2023-03-23", "March 24": "--03-24"},
        ),
        ("the 5th of May 2021; by 12 March it was", {"5th of May 2021": "2021-05-05", "12 March": "--03-12"}),
        ("Sept. 11, 2001 (Dec 3)", {"Sept. 11, 2001": "2001-09-11", "Dec 3": "--12-03"}),
        ("in March 2021 and May of 2022", {"March 2021": "2021-03", "May of 2022": "2022-05"}),
        ("the talks of March 23-25, 2023", {"March 23-25, 2023": "2023-03-23"}),
        ("held since 2019, dated 2021-05-06", {"2019": "2019", "2021-05-06": "2021-05-06"}),
        ("on 23/04/2021, not 3/4/2021", {"23/04/2021": "2021-04-23"}),
        ("DECEMBER 3, 2020", {"DECEMBER 3, 2020": "2020-12-03"}),
    ],
)
def test_dates_in_prose(text: str, expected: dict[str, str]) -> None:
    assert {span.of(text): date.value for span, date in find_dates(text)} == expected


@pytest.mark.parametrize(
    "text",
    [
        "The government may 5 times refuse; they may 20.",
        "May 20 percent of them agree, or march 5 km?",
        "On Monday, last week, in March.",
        "February 30, 2020 was no day.",
        "A crowd of March 23,000 and 2021 people; version 10.12.5 costs 2021.50.",
        "Room 2019-2021 at 10:30 today",
    ],
)
def test_what_is_no_absolute_date_is_not_found(text: str) -> None:
    assert find_dates(text) == []


def test_the_dates_of_real_articles_are_in_them(shared_data: Path) -> None:
    lines = (shared_data / "multihop-rag" / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["body"] for line in lines]
    found = [(text, hit) for text in texts for hit in find_dates(text)]
    assert len(found) > 3000
    for text, (span, date) in found:
        assert date.value[-1] == "-" or any(char.isdigit() for char in span.of(text))
        assert date.yearless or date.value[:4] in span.of(text)
