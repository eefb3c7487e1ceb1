"""Every regular expression of the packages stays linear on 300 kB of hostile text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FUZZ = Path(__file__).with_name("pattern_fuzz.py")

# The most characters that a pattern ever sees, and what keeps it to that. All others get 300 kB.
BOUNDS: dict[str, tuple[int, str]] = {
    "index/frames.py": (2_000, "questions: index.query.MAX_QUESTION"),
    "index/shapes.py": (2_000, "questions: index.query.MAX_QUESTION"),
    "index/clauses.py": (2_000, "questions: index.query.MAX_QUESTION"),
    "index/outlets.py: _BEFORE": (2_000, "questions: index.query.MAX_QUESTION"),
    "index/periods.py": (2_000, "questions: index.query.MAX_QUESTION"),
    "index/query.py": (2_000, "questions: index.query.MAX_QUESTION"),
    "corpus/statements/attribution.py": (400, "tags of one sentence: corpus.statements.tokens.LONGEST"),
    "corpus/statements/contents.py": (400, "tags of one sentence: corpus.statements.tokens.LONGEST"),
    "corpus/statements/phrases.py": (400, "tags of one sentence: corpus.statements.tokens.LONGEST"),
    "bot/expected.py": (2_000, "questions and single sentences"),
    "bot/spoken.py": (2_000, "the speaker that a question names: index.query.MAX_QUESTION"),
    "bot/described.py": (2_000, "the speaker that a question names: index.query.MAX_QUESTION"),
    "bot/inline.py: _INLINE": (50_000, "one line of an answer: a title, or a quotation from one passage"),
}

# Made from names only while a function runs; what they are made of is escaped, or one of a few words.
MADE_LATER = {
    "corpus/dates.py: _written",  # a date of metadata, at most 100 characters
    "bot/verify.py: _check_paragraph",  # one quotation mark
    "index/outlets.py: __init__",  # the names of outlets, escaped
    "evals/goldset/add.py: next_id",  # the name of a file, escaped, and at most nine digits
    "evals/goldset/readers/multihop.py: _must_include",  # one answer, escaped
    "evals/metrics/wording.py: holds",  # words that an answer must hold, escaped
    "bot/ideas.py: _is_name",  # a word of a topic, escaped
    "bot/topics.py: as_called",  # a speaker's name or a topic, escaped
    "bot/described.py: _is_called",  # a speaker's name, escaped
    "bot/slack/app.py: _register",  # the id of a button, escaped
    "bot/slack/listeners/words.py: mentions",  # the id of a user, escaped
    "bot/slack/listeners/words.py: question",  # the id of a user, escaped
    "evals/goldset/from_feedback.py: _pattern",  # words that a person gave as the right answer, escaped
    "corpus/loaders/metadata.py: _without_outlet",  # the name of an outlet, escaped
}


@pytest.fixture(scope="module")
def fuzzed() -> list[dict[str, Any]]:
    """How each pattern fared, the first line being what could not be collected."""
    bounds = json.dumps({name: size for name, (size, _) in BOUNDS.items()})
    done = subprocess.run(
        [sys.executable, str(FUZZ), bounds], capture_output=True, text=True, timeout=1500, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(1600)
def test_every_pattern_stays_linear(fuzzed: list[dict[str, Any]]) -> None:
    patterns = fuzzed[1:]
    assert len(patterns) > 150
    slow = [f"{p['where']} (line {p['line']}): {p['said']}: {p['pattern'][:80]}" for p in patterns if p["said"] != "ok"]
    assert not slow, "\n".join(slow)


def test_no_pattern_is_left_out(fuzzed: list[dict[str, Any]]) -> None:
    assert set(fuzzed[0]["dynamic"]) <= MADE_LATER


def test_the_bounds_are_of_files_that_have_patterns(fuzzed: list[dict[str, Any]]) -> None:
    places = {pattern["where"] for pattern in fuzzed[1:]}
    assert all(any(place.startswith(bound) for place in places) for bound in BOUNDS)


def test_a_slow_pattern_is_caught() -> None:
    """The fuzzing itself: a pattern of each kind that is not linear, and one that is."""
    code = (
        "import functools, pattern_fuzz as f\n"
        "for p in (r'\\s+$', r'[^)]*\\)', r'(?:a|b|ab)+$', r'x+y', r'x+'):\n"
        "    print(f.judged(functools.partial(f.run, f.Found('', 1, '', p, 0, {'search'})), f.SIZE, 1)[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=FUZZ.parent, check=True
    )
    assert [line == "ok" for line in done.stdout.splitlines()] == [False] * 4 + [True], done.stdout
