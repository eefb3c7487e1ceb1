from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from base64 import b64encode
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from bot.visible import clean
from evals.report import render_report
from evals.report.change import Compared
from evals.report.details import ALL, LEAST, PASSAGE, _most, details
from evals.report.escape import embedded, interval, number, signed
from evals.report.marked import marked
from evals.report.plots import plots
from evals.report.prose import blocks
from evals.runs.record import Run
from evals.runs.run import answer_of

from .reported import GOLD, NASTY, baseline, rows, run_of


class Page(HTMLParser):
    """A page as a browser reads it: every element with its attributes and the text directly in it."""

    VOID = frozenset({"meta", "link", "input", "br", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(page)
        self.close()
        assert not self._open, "elements are left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in self.VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for at in self._open:
            self.elements[at][2].append(data)

    def all(self, tag: str, **wanted: str) -> list[str]:
        """The whole text of each such element."""
        return ["".join(text) for name, held, text in self.elements if name == tag and wanted.items() <= held.items()]


@pytest.fixture(scope="module")
def run() -> Run:
    return run_of(rows())


@pytest.fixture(scope="module")
def source(run: Run) -> str:
    return render_report(run, baseline())


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def data_of(page: Page) -> Any:
    (data,) = page.all("script", type="application/json")
    return json.loads(data)


def test_the_page_needs_nothing_from_elsewhere(page: Page) -> None:
    for tag, attributes, _ in page.elements:
        assert tag not in {"iframe", "object", "embed", "form", "base", "img", "video", "audio"}
        assert not {"src", "srcset", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "link":
            assert attributes == {"rel": "icon", "href": "data:,"}
    (style,) = page.all("style")
    assert "url(" not in style and "@import" not in style


def test_the_policy_lets_in_only_this_style_and_this_script(page: Page) -> None:
    (policy,) = (
        held["content"] or ""
        for tag, held, _ in page.elements
        if tag == "meta" and held.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.keys() == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    (style,), (_, script) = page.all("style"), page.all("script")
    for rule, held in (("style-src", style), ("script-src", script)):
        assert rules[rule] == f"'sha256-{b64encode(hashlib.sha256(held.encode()).digest()).decode()}'"


def test_hostile_text_is_shown_and_does_nothing(source: str, page: Page) -> None:
    assert len(page.all("script")) == 2
    invisible = {
        char for char in source if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp", "Cs"} and char not in "\n\t"
    }
    assert invisible == set()
    (asked,) = [text for text in page.all("span") if text.startswith("what of")]
    assert asked == f"what of {clean(NASTY)}?"
    assert "<img src=x" in asked and "⟨U+202E⟩" in asked and "␛" in asked
    (row,) = [row for row in data_of(page)["rows"] if row["id"] == "q/8"]
    assert row["question"] == asked
    assert [cited["href"] for cited in row["citations"]] == [None]  # javascript: is no address of an article
    assert {passage["href"] for passage in data_of(page)["passages"]} == {None}


def test_embedded_json_cannot_end_its_script_and_reads_back() -> None:
    value = {"a</script>": ["<!--", "&", "\u2028\u2029", "é\U0001f4a1"]}
    written = embedded(value)
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == value
    with pytest.raises(ValueError, match="not JSON compliant"):
        embedded([float("nan")])


def test_failures_come_first_each_with_what_went_wrong(page: Page) -> None:
    results = [text for text in page.all("td", **{"data-label": "Result"})]
    assert results == [
        "✗ failednot correct",
        "✗ failed brokenanswered, not refused (speaker silent)",
        "✗ failedrefused: no evidence",
        "✗ failedcrashed",
        "✗ failednot correct",
        "✓ passed fixedcorrect",
        "✓ passedcorrect",
        "✓ passedrefused: speaker silent",
    ]
    assert [row["failed"] for row in data_of(page)["rows"]] == [True] * 5 + [False] * 3


def test_gold_words_are_marked_in_passages_citations_and_evidence(page: Page) -> None:
    data = data_of(page)
    (row,) = [row for row in data["rows"] if row["id"] == "q/1"]
    (hit,) = [hit for hit in row["hits"] if hit["gold"]]
    assert row["gold"] == hit["rank"] == 3
    ((start, end),) = hit["marks"]
    assert data["passages"][hit["passage"]]["text"][start:end] == GOLD
    first, second = row["citations"]
    assert (first["quote"], first["meets"]) == ([GOLD, [[0, len(GOLD)]]], [0])
    assert (second["quote"][1], second["meets"], second["who"]) == ([], [], "The article")
    assert row["evidence"] == [{"quote": [GOLD, [[0, len(GOLD)]]], "where": "000_88a69eeaa2e40b64.txt", "found": True}]
    # each passage is kept once, though every question found it
    assert len(data["passages"]) < sum(len(row.get("hits", ())) for row in data["rows"]) / 3


@pytest.mark.parametrize(
    ("text", "spans", "most", "shown"),
    [
        ("abcdef", [(1, 3)], None, ("abcdef", [(1, 3)])),
        ("abcdef", [(2, 4), (1, 3), (5, 5)], None, ("abcdef", [(1, 4)])),
        ("abcdef", [(-2, 2), (4, 99)], 5, ("abcde", [(0, 2), (4, 5)])),
        ("\U0001f4a1 a b", [(2, 3)], None, ("\U0001f4a1 a b", [(3, 4)])),  # two UTF-16 units before
        ("x\u202ey z", [(2, 3)], None, ("x⟨U+202E⟩y z", [(9, 10)])),  # named, so eight longer
    ],
)
def test_marks_stay_on_their_characters(text: str, spans: list[tuple[int, int]], most: int | None, shown: Any) -> None:
    assert marked(text, spans, most) == shown


def test_an_answer_is_cut_into_plain_pieces() -> None:
    markdown = "**Ann Lee** (mayor):\n\n> “It \\*is\\* full” [1]\n> <b>so</b>\nsays *The Post* [2, 3]"
    assert blocks(markdown) == [
        ("p", [("strong", "Ann Lee"), ("", " (mayor):")]),
        ("quote", [("", "“It *is* full” "), ("mark", "[1]"), ("", "\n"), ("", "<b>so</b>")]),
        ("p", [("", "says "), ("em", "The Post"), ("", " "), ("mark", "[2, 3]")]),
    ]


def test_the_head_says_what_was_run(page: Page) -> None:
    (facts, _) = page.all("dl")
    for part in ("sample.jsonl (8 questions; only split=dev)", "1 articles, digest ab12", "<int8>", "0123456789ab"):
        assert part in facts
    for part in ("2026-11-22 10:00:00 UTC", "whosaid eval sample.jsonl --html report.html", "commit fedcba987654"):
        assert part in facts
    assert "1 question crashed; no measure counts it." in page.all("p", **{"class": "warning"})


def test_tiles_give_value_interval_number_and_change(page: Page) -> None:
    tiles = {re.split(r"(?<=\D)(?=[\d−])", text, maxsplit=1)[0]: text for text in page.all("li") if "questions" in text}
    assert tiles["Passed"].startswith("Passed0.37595%: ") and " · 8 questions" in tiles["Passed"]
    assert "+0.000 no clear change" in tiles["Passed"] and "baseline 0.375" in tiles["Passed"]
    assert " · 2 questions" in tiles["Unanswerable refused"]
    assert "-0.500" not in tiles["Unanswerable refused"] and "−0.500" in tiles["Unanswerable refused"]


def test_a_run_beside_itself_has_not_changed(run: Run) -> None:
    page = Page(render_report(run, run))
    said = [text for kind in ("better", "worse") for text in page.all("p", **{"class": f"change {kind}"})]
    assert said == []
    assert page.all("p", **{"class": "change same"})
    assert {row["moved"] for row in data_of(page)["rows"]} == {"same"}
    assert all(row["before"] is None for row in data_of(page)["rows"])


def test_a_clear_change_is_called_better_or_worse_by_the_measures_own_direction(run: Run) -> None:
    """Nine of ten such questions are answered now and were refused before, in as many groups."""
    good, bad = rows()[0], baseline().rows[0]
    new, old = (
        run_of(
            [
                row.model_copy(update={"question": row.question.model_copy(update={"id": str(n)}), "cluster": str(n)})
                for n, row in enumerate([made] * 9 + [good])
            ]
        )
        for made in (good, bad)
    )
    better, worse = Page(render_report(new, old)), Page(render_report(old, new))
    tile = next(text for text in better.all("li") if text.startswith("Answerable refused"))
    assert "−0.900 better" in tile  # lower is better
    tile = next(text for text in worse.all("li") if text.startswith("Correct"))
    assert "−0.900 worse" in tile


def test_only_the_very_same_question_is_compared(run: Run) -> None:
    old = baseline()
    other = old.rows[0].question.model_copy(update={"question": "something else?"})
    changed = old.model_copy(update={"rows": (old.rows[0].model_copy(update={"question": other}), *old.rows[1:])})
    page = Page(render_report(run, changed))
    assert "Changes are over the 7 of 8 questions that the baseline asked too." in page.all("p", **{"class": "warning"})
    (row,) = [row for row in data_of(page)["rows"] if row["id"] == "q/1"]
    assert row["moved"] == ""


def test_what_the_baseline_answered_is_kept_where_it_differs(page: Page) -> None:
    before = {row["id"]: row["before"] for row in data_of(page)["rows"]}
    assert [name for name, held in before.items() if held] == ["q/5", "q/1"]
    assert before["q/5"]["verdict"] == "refused: speaker silent"


def test_the_reliability_plot_says_when_it_means_nothing(run: Run) -> None:
    warning = "Fewer than 1,000 answered questions"
    assert warning in plots(run, None)
    answered = [row for row in run.rows if row.answer and row.answer["answered"]]
    many = run.model_copy(update={"rows": tuple((answered * 1000)[:1000])})
    assert warning not in plots(many, None)


def test_the_plots_tell_their_numbers(page: Page) -> None:
    risk, reliability, ranks = page.all("desc")
    assert "62% of the questions answered" not in risk  # crashed questions are no part of coverage
    assert "71% of the questions answered, 60% of the answers wrong" in risk
    assert "5 answered questions" in reliability
    assert "Of 5 questions with evidence 20% have gold words in the first passage, 20% in none of the 10" in ranks


def test_a_run_without_answers_or_evidence_still_has_a_report(run: Run) -> None:
    for some in ([rows()[6]], [rows()[2]]):
        assert "No question was answered." in render_report(run_of(some), None)
    assert "No question has gold evidence." in render_report(run_of([rows()[2]]), None)


def test_long_passages_are_cut_and_say_so(run: Run) -> None:
    row = rows()[0]
    assert row.answer is not None
    hit = {**row.answer["hits"][0], "text": "word " * 1000}
    long = row.model_copy(update={"answer": {**row.answer, "hits": [hit]}, "gold_hits": ()})
    found = details(Compared(run_of([long]), None))
    assert (len(found["passages"][0]["text"]), found["passages"][0]["cut"]) == (PASSAGE, 5000)
    assert (row.answer and found["most"]) == PASSAGE


def test_very_many_passages_are_cut_shorter() -> None:
    row = rows()[0]
    assert row.answer is not None
    first = row.answer["hits"][0]
    hits = [{**first, "start": n, "end": n + 1} for n in range(10_000)]
    answer = answer_of({**row.answer, "hits": hits})
    assert _most([answer]) == ALL // 10_000
    assert _most([answer_of({**row.answer, "hits": hits[:10]})]) == PASSAGE
    assert LEAST < ALL // 10_000


def test_the_same_run_gives_the_same_page(run: Run, source: str) -> None:
    assert render_report(run, baseline()) == source


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.41249, "", "0.412"),
        (-0.05, "", "−0.050"),
        (53.44, "words", "53.4 words"),
        (1234.6, "ms", "1235 ms"),
        (float("nan"), "", "–"),
        (None, "s", "–"),
    ],
)
def test_numbers_in_words(value: float | None, unit: str, shown: str) -> None:
    assert number(value, unit) == shown


def test_differences_and_intervals_in_words() -> None:
    assert (signed(0.03), signed(-0.03), signed(0.0)) == ("+0.030", "−0.030", "+0.000")
    assert (interval(-0.1, 12.34), interval(None, 1.0)) == ("−0.100 to 12.3", "no interval")


def palettes() -> list[dict[str, str]]:
    style = (files("evals.report") / "assets" / "style.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6});", part)) for part in re.findall(r":root \{(.*?)\}", style, re.S)[:2]
    )
    return [light, dark]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXTS = [(ink, ground) for ink in ("ink", "soft", "good", "bad", "link") for ground in ("page", "card")] + [
    (ink, "gold-wash") for ink in ("ink", "soft", "gold", "link")
]


@pytest.mark.parametrize("palette", [0, 1], ids=["light", "dark"])
def test_colours_have_the_contrast_of_wcag_aa(palette: int) -> None:
    colours = palettes()[palette]
    for ink, ground in [*TEXTS, ("gold", "card"), ("mark-ink", "mark"), ("ink", "warn-wash")]:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for shape, ground in [
        *((shape, "card") for shape in ("run", "fill", "base", "control", "focus", "gold")),
        ("ink", "fill"),
        ("control", "page"),
        ("focus", "page"),
    ]:
        assert contrast(colours[shape], colours[ground]) >= 3, (shape, ground)
