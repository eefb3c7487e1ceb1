"""Dates and ranges in questions."""

from __future__ import annotations

from datetime import date

import pytest

from index.periods import Period, find_periods

TODAY = date(2041, 8, 14)  # a Wednesday


def read(question: str) -> list[tuple[str, str | None, str | None, bool]]:
    def shown(period: Period) -> tuple[str, str | None, str | None, bool]:
        first, last = (day.isoformat() if day else None for day in (period.since, period.until))
        return period.span.of(question), first, last, period.bound

    return [shown(period) for period in find_periods(question, TODAY)]


@pytest.mark.parametrize(
    ("question", "words", "since", "until"),
    [
        ("what was said on 5 August 2041?", "5 August 2041", "2041-08-05", "2041-08-05"),
        ("what happened in March 2041", "March 2041", "2041-03-01", "2041-03-31"),
        ("the floods of 2030, in 2030", "2030", "2030-01-01", "2030-12-31"),
        ("what did he say on August 2?", "August 2", "2041-08-02", "2041-08-02"),
        ("what did he say on December 2?", "December 2", "2040-12-02", "2040-12-02"),
        ("what did she say yesterday", "yesterday", "2041-08-13", "2041-08-13"),
        ("statements this week", "this week", "2041-08-12", "2041-08-18"),
        ("statements last week", "last week", "2041-08-05", "2041-08-11"),
        ("statements last month", "last month", "2041-07-01", "2041-07-31"),
        ("budget last year", "last year", "2040-01-01", "2040-12-31"),
    ],
)
def test_a_date_guides_the_search(question: str, words: str, since: str, until: str) -> None:
    assert (words, since, until, False) in read(question)


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("what was said since 5 August 2041", "2041-08-05", None),
        ("statements since May 2041", "2041-05-01", None),
        ("what was known before March 2041?", None, "2041-02-28"),
        ("between May 3, 2041 and 9 June 2041", "2041-05-03", "2041-06-09"),
        ("from 1 May 2041 to 3 May 2041", "2041-05-01", "2041-05-03"),
        ("between early August and October 2041", "2041-08-01", "2041-10-31"),
        ("over the last 3 weeks", "2041-07-24", "2041-08-14"),
    ],
)
def test_since_before_and_between_bind_the_search(question: str, since: str | None, until: str | None) -> None:
    assert [(s, u, bound) for _, s, u, bound in read(question)] == [(since, until, True)]


@pytest.mark.parametrize("question", ["may I march in the square?", "article 20 of the law", "", "24,000 orins"])
def test_words_and_numbers_that_are_no_dates_are_left_alone(question: str) -> None:
    assert read(question) == []
