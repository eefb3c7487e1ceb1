"""Modals, App Home and the bot's own sentences: within Slack's limits, and saying what they should."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import pytest

from bot.ask import Whosaid
from bot.model import Answer
from bot.slack import actions
from bot.slack.context import evidence
from bot.slack.render import notes
from bot.slack.render.answer import render_answer
from bot.slack.render.home import Holdings, home_view
from bot.slack.render.modals import citation_view, claim_view, context_view, loading_view, message_view, reason_view
from bot.visible import one_line
from corpus.catalogue.scope import Scope
from corpus.errors import UsageError

from ...fake_slack import draw
from ...fake_slack.limits import error, faults
from .rendered import QUESTIONS, page, pieces, read, told


def test_modals_and_home_are_within_limits(answers: list[Answer], refusals: list[Answer], engine: Whosaid) -> None:
    views = [loading_view(), message_view("Claim", "Nothing."), reason_view(7, "Who said <!here>?")]
    for answer in (*answers, *refusals):
        passages = evidence(engine, answer, Scope(), others=True).passages
        views += [context_view(7, passages, number, page, "One is left out.") for number in range(3)]
        views += [citation_view(answer.citations), claim_view(answer, told(show_question=True))]
    for view in views:
        assert faults("views.open", {"view": view}) == []
    holdings = Holdings(
        articles=64, outlets=["A"] * 30, oldest="2041-01-01", newest="2042-01-01", ingested=0.0, stale_days=7
    )
    full = home_view(holdings, QUESTIONS, [*QUESTIONS, "<!channel>"], 7.5 * 24 * 3600)
    none = replace(holdings, articles=0, outlets=(), oldest=None, newest=None, ingested=None)
    for view in (full, home_view(none, (), (), 0.0, "You may see nothing here.")):
        assert faults("views.publish", {"view": view}) == []
    text = read(full["blocks"])
    assert "64" in text and "1 January 2041 to 1 January 2042" in text and "and 18 more" in text
    assert "No articles were read for 7 days" in text and "<!channel>" in text
    assert "No articles were read" not in read(home_view(holdings, (), (), 6.5 * 24 * 3600)["blocks"])


def test_context_marks_the_quotation_between_the_articles_words(answers: list[Answer], engine: Whosaid) -> None:
    passages = evidence(engine, answers[0], Scope(), others=True).passages
    assert len(passages) == len(answers[0].citations)
    first, second = (context_view(7, passages, number, page) for number in (0, 1))
    for view, some in ((first, passages[:4]), (second, passages[4:])):
        bold = [piece["text"] for piece in pieces(view["blocks"]) if piece.get("style", {}).get("bold")]
        marked = [text for text in bold if not text.startswith("[")]
        assert marked == [one_line(passage.citation.quote) for passage in some]
    buttons = [element for view in (first, second) for block in view["blocks"] for element in block.get("elements", ())]
    values = [actions.unpack(button["value"]) for button in buttons if button["type"] == "button"]
    assert values == [actions.Value(job=7, page=1), actions.Value(job=7, page=0)]


def test_notes_are_one_sentence_each() -> None:
    told_ = [
        notes.failed("ab12"), notes.gave_up("ab12"), notes.too_late(15), notes.too_many(10), notes.queue_full(),
        notes.too_many(60, everybody=True), notes.too_long(2000), notes.nothing_asked(), notes.denied("No."),
        notes.withdrawn(), notes.stopped(), notes.asked("Who <!here>?", "@ada"), notes.unavailable(), notes.thanks(),
        notes.forgotten(0), notes.forgotten(1), notes.forgotten(12), notes.click_again(), notes.asked_already(),
    ]  # fmt: skip
    for part in told_:
        assert faults("chat.postMessage", {"blocks": list(part.blocks), "text": part.text}) == []
        assert len(part.blocks) == 1 and part.text.replace("\u2060", "").replace("&lt;", "<").replace(
            "&gt;", ">"
        ) == read(part.blocks)


@pytest.mark.parametrize("packed", ["", "7", "[]", '{"job":"7"}', '{"job":true}', '{"other":1}', "{" * 2000])
def test_a_value_that_is_not_ours_is_refused(packed: str) -> None:
    with pytest.raises(UsageError, match="value of a button"):
        actions.unpack(packed)
    assert actions.kind_of("whosaid_ask.2") == actions.ASK and actions.kind_of(f"other{packed}") is None


BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x"}}
LONG = BUTTON | {"value": "x" * 2001}
LINK = {"type": "link", "url": "slack://x", "text": "x"}
TITLED = {"title": BUTTON["text"]}
FORGED = {"type": "rich_text_section", "elements": [LINK]}


@pytest.mark.parametrize(
    ("method", "payload", "code"),
    [
        ("chat.postMessage", {"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "divider", "block_id": "a"}] * 2}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "unheard_of"}]}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "divider", "more": 1}]}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": '[{"type": "header", "text": "x"}]'}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "actions", "elements": [BUTTON, BUTTON]}]}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "actions", "elements": [LONG]}]}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "rich_text", "elements": []}]}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "rich_text", "elements": [FORGED]}]}, "invalid_blocks"),
        ("chat.postMessage", {"blocks": [{"type": "markdown", "text": "x" * 6_000}] * 2}, "msg_blocks_too_long"),
        ("chat.postMessage", {"text": ""}, "no_text"),
        ("chat.update", {"text": "x" * 4_001}, "msg_too_long"),
        ("chat.appendStream", {"chunks": [{"type": "blocks", "blocks": [{"type": "input"}]}]}, "invalid_blocks"),
        ("chat.appendStream", {"chunks": [{"type": "other"}]}, "invalid_chunks"),
        ("views.open", {"view": {"type": "home", "blocks": [{"type": "divider"}]}}, "invalid_arguments"),
        ("views.open", {"view": TITLED | {"type": "modal", "blocks": [FORGED]}}, "invalid_arguments"),
        ("views.publish", {"view": TITLED | {"type": "home", "blocks": [{"type": "divider"}]}}, "invalid_arguments"),
    ],
)  # fmt: skip
def test_the_fake_refuses_what_slack_refuses(method: str, payload: dict[str, Any], code: str) -> None:
    found = faults(method, payload)
    assert found and error(found) == code


def test_a_drawing_shows_the_words_and_runs_nothing(answers: list[Answer]) -> None:
    hostile = replace(answers[0], notes=("<script>alert(1)</script> <!channel>",))
    drawn = draw.thread([("Ada", "<b>who?</b>"), ("", render_answer(hostile, told())[0].blocks)])
    assert "<script" not in drawn and "<b>who" not in drawn and "&lt;!channel&gt;" in drawn
    assert all(escape(one_line(citation.quote)) in drawn for citation in answers[0].citations)
    assert "Forget" not in drawn and "Show context" in drawn and "<details>" in drawn
