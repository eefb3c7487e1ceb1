"""Real answers over the sample corpus as messages, modals and App Home: complete, in order, within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import quoted
from bot.ask import Whosaid
from bot.model import Answer, Citation
from bot.slack import actions
from bot.slack.context import evidence
from bot.slack.model import Part
from bot.slack.render import notes
from bot.slack.render.answer import Told, render_answer
from bot.slack.render.blocks import unfolded, weight
from bot.slack.render.home import Holdings, home_view
from bot.slack.render.modals import citation_view, claim_view, context_view, loading_view, message_view, reason_view
from bot.visible import one_line
from corpus.catalogue.scope import Scope
from corpus.errors import UsageError

from ...fake_slack.limits import faults

QUESTIONS = (
    "What did the health minister say about river fever?",
    "What did the foreign ministry say?",
    "Who criticised the university fees?",
    "What did the Garment Makers’ Association say about 4 per cent?",
    "What did Edda Corvain say about the streets?",
)
REFUSED = ("What did Teyl Maradun say about lake fishing?", "What did Angela Merkel say?", "?")


def page(citation: Citation) -> str | None:
    return f"https://whosaid.example/articles/{citation.article_id}?span={citation.start}:{citation.end}&sig=a"


def told(**more: Any) -> Told:
    return Told(**{"job": 7, "question": "Who?", "page": page, **more})


@pytest.fixture(scope="module")
def engine(sample_home: Path) -> Iterator[Whosaid]:
    with closing(Whosaid(sample_home)) as engine:
        yield engine


@pytest.fixture(scope="module")
def answers(engine: Whosaid) -> list[Answer]:
    found = [engine.ask(question) for question in QUESTIONS]
    assert all(answer.answered for answer in found)
    return found


@pytest.fixture(scope="module")
def refusals(engine: Whosaid) -> list[Answer]:
    found = [engine.ask(question) for question in REFUSED]
    assert not any(answer.answered for answer in found)
    return found


def sent(parts: Sequence[Part]) -> None:
    """Hold messages against Slack's limits, however they go out."""
    for part in parts:
        payload = {"blocks": list(part.blocks), "text": part.text}
        for method in ("chat.postMessage", "chat.postEphemeral", "chat.update"):
            assert faults(method, payload) == []
        assert weight(part.blocks) <= 9_500  # bytes: a streamed message is said to take 10,000
        assert [*part.steps] == sorted({*part.steps}) and all(0 < step <= len(part.blocks) for step in part.steps)
        chunks = [part.blocks[a:b] for a, b in zip((0, *part.steps), (*part.steps, len(part.blocks)), strict=True)]
        for chunk in filter(None, chunks):
            assert faults("chat.appendStream", {"chunks": [{"type": "blocks", "blocks": list(chunk)}]}) == []
        for block in part.blocks[: part.steps[-1] if part.steps else 0]:
            assert block["type"] in ("rich_text", "context", "actions")
        assert Part.from_json(json.loads(json.dumps(part.as_json()))) == part
    kinds = [[block["type"] for block in part.blocks] for part in parts]
    assert kinds[-1][-1] == "context_actions"
    assert not any("context_actions" in some for some in kinds[:-1])


def pieces(blocks: Any) -> Iterator[Mapping[str, Any]]:
    """Every piece of rich text and every plain text, in the order they are read."""
    if isinstance(blocks, Mapping):
        if isinstance(blocks.get("text"), str):
            yield blocks
        for name, inner in blocks.items():
            if name not in ("accessory", "confirm", "submit", "close"):
                yield from pieces(inner)
    elif isinstance(blocks, list | tuple):
        for inner in blocks:
            yield from pieces(inner)


def read(blocks: Any) -> str:
    return "".join(piece["text"] for piece in pieces(blocks))


def quotes(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stands in the quotations, each with its mark."""
    rich = (element for block in blocks if block["type"] == "rich_text" for element in block["elements"])
    return [read(element) for element in rich if element["type"] == "rich_text_quote"]


def test_answers_are_whole_and_within_limits(answers: list[Answer]) -> None:
    kinds = set()
    for answer in answers:
        parts = render_answer(answer, told())
        sent(parts)
        blocks = unfolded(block for part in parts for block in part.blocks)
        whole, text = read(blocks), "\n".join(part.text for part in parts).replace("\u2060", "")
        for citation in answer.citations:
            words = one_line(citation.quote)
            shown = f"“{words}” [{citation.n}]" if citation.kind == "direct" else f"{words} [{citation.n}]"
            assert shown in whole and (citation.kind == "direct") == (f"“{words}” [" in whole)
            assert shown in text and one_line(citation.title) in text
            assert {citation.link, page(citation)} & {piece.get("url") for piece in pieces(blocks)}
            kinds.add(citation.kind)
        assert "Sources" in whole
    assert {"direct", "indirect"} <= kinds


def test_what_was_asked_for_stands_before_what_others_said_which_is_folded(answers: list[Answer]) -> None:
    answer = answers[0]
    (part,) = render_answer(answer, told())
    types = [block["type"] for block in part.blocks]
    (fold,) = (block for block in part.blocks if block["type"] == "container")
    assert fold["is_collapsible"] and fold["default_collapsed"] and fold["title"]["text"].endswith("on this (2)")
    own, others = quotes(part.blocks), read(fold["child_blocks"])
    assert len(own) + 2 == len(answer.citations)
    for citation in answer.citations:
        mine = citation.n <= len(own)
        assert (one_line(citation.quote) in " ".join(own)) is mine
        assert (one_line(citation.quote) in others) is not mine
    speaker = answer.citations[0].speaker
    assert speaker is not None
    bold = [piece["text"] for piece in pieces(part.blocks) if piece.get("style", {}).get("bold")]
    assert bold == [speaker.name, "Sources"]
    assert types[0] == "context" and types.index("container") + 1 == types.index("actions") - 1
    assert part.steps == tuple(range(1, types.index("container") + 1))  # what is folded comes with the stop
    assert part.text.index("What others said") < part.text.index("Sources:")


def test_refusals_say_why_and_offer_what_can_be_answered(refusals: list[Answer]) -> None:
    for answer in refusals:
        refusal = answer.refusal
        assert refusal is not None
        offered = ["What did Edda Corvain say?", "x" * 1999, "Was <!here> said?"]
        parts = render_answer(answer, told(closest=offered))
        sent(parts)
        text = read([part.blocks for part in parts])
        assert refusal.message in text and refusal.message in parts[0].text.replace("\u2060", "")
        assert ("Closest passages (not an answer):" in text) is bool(refusal.closest)
        assert all(one_line(citation.quote) in text for citation in refusal.closest)
        asks = [block["accessory"]["value"] for block in parts[-1].blocks if "accessory" in block]
        assert [actions.unpack(value).question for value in asks] == [offered[0], offered[2]]


def test_links_are_the_articles_own_else_the_stored_copy_else_none(answers: list[Answer]) -> None:
    answer = answers[1]
    secret = "https://public.example/articles/x"
    bare = replace(answer, citations=tuple(replace(c, url=None, link=secret) for c in answer.citations))
    for stored in (page, lambda citation: None):
        parts = render_answer(bare, told(page=stored))
        sent(parts)
        urls = {piece["url"] for part in parts for piece in pieces(part.blocks) if "url" in piece}
        assert urls == {url for citation in bare.citations if (url := stored(citation))}
        assert "[1]" in read(parts[0].blocks) and secret not in parts[0].text
    long = replace(answer, citations=tuple(replace(c, link=f"{c.url}#{'x' * 2000}") for c in answer.citations))
    urls = {piece["url"] for part in render_answer(long, told()) for piece in pieces(part.blocks) if "url" in piece}
    assert {citation.url for citation in answer.citations} <= urls and all(len(url) <= 2000 for url in urls)


def test_a_source_tells_what_is_known_of_its_article(answers: list[Answer]) -> None:
    answer = answers[1]
    first, *rest = answer.citations
    known = replace(
        first, published=None, also_in=("The Other Gazette, 4 March 2041",), changed_after="2041-03-01",
        changed_on="2041-03-03", corrections=("Correction: it was a Tuesday",), outlet=None,
    )  # fmt: skip
    parts = render_answer(replace(answer, citations=(known, *rest)), told())
    sent(parts)
    text = read(parts[0].blocks)
    for words in (
        "undated",
        "Also in The Other Gazette, 4 March 2041",
        "The text changed between 1 March 2041 and 3 March 2041, this wording since then.",
        "The publisher's notice: Correction: it was a Tuesday.",
    ):
        assert words in text and words in parts[0].text
    assert "whosaid show" not in text


def test_how_it_was_understood_comes_first_with_a_button_for_each_who_fits(answers: list[Answer]) -> None:
    noted = replace(
        answers[2], notes=("ministry: Foreign Affairs (assumed)", "An article, undated, https://a.example/b, may")
    )
    (part,) = render_answer(noted, told(speakers=("Ada Vale", "Ada Vane"), question="<!here> who?", show_question=True))
    sent([part])
    assert [block["type"] for block in part.blocks[:5]] == ["rich_text", "context", "rich_text", "context", "actions"]
    assert read(part.blocks[0]) == "Question: <!here> who?"
    assert read(part.blocks[1]) == "Ministry: Foreign Affairs (assumed)"
    assert [piece["url"] for piece in pieces(part.blocks[2]) if "url" in piece] == ["https://a.example/b"]
    values = [actions.unpack(button["value"]) for button in part.blocks[4]["elements"]]
    assert values == [actions.Value(job=7, speaker="Ada Vale"), actions.Value(job=7, speaker="Ada Vane")]
    assert {actions.kind_of(button["action_id"]) for button in part.blocks[4]["elements"]} == {actions.ASK}
    lines = part.text.split("\n")
    assert lines[1] == "Ministry: Foreign Affairs (assumed)" and lines[3] == "Who is meant? Ada Vale; Ada Vane"


def test_long_answers_part_between_sentences_and_keep_order(answers: list[Answer], engine: Whosaid) -> None:
    source = answers[0].citations[0]
    text = one_line(engine.catalogue.text(source.article_id, source.version))
    assert len(text) > 2000
    many = tuple(replace(source, n=n, quote=f"{n}. {text}"[: 300 * n]) for n in range(1, 25))
    answer = replace(answers[0], citations=many, answer=quoted.markdown(many))
    parts = render_answer(answer, told())
    sent(parts)
    assert len(parts) > 3
    whole = " ".join(quote for part in parts for quote in quotes(part.blocks))
    at = 0
    for citation in many:  # every word of every quotation, in order, and its mark after it
        at = whole.index(f"“{one_line(citation.quote)}” [{citation.n}]", at)
    texts = "\n".join(part.text for part in parts).replace("\u2060", "")
    assert "(Shortened.)" not in texts and all(f" [{citation.n}]\n" in texts for citation in many)
    sources = [number for number, part in enumerate(parts) if "Sources" in read(part.blocks)]
    assert sources == [len(parts) - 1]
    endings = [quotes(part.blocks)[-1] for part in parts[:-1]]
    assert all(ending.endswith((".", "”", "]")) for ending in endings), endings
    wide = tuple(replace(source, n=n, quote="川の熱は井戸から来た。" * 10) for n in range(1, 40))
    sent(render_answer(replace(answer, citations=wide, answer=quoted.markdown(wide)), told()))
    endless = replace(source, quote="word " * 20_000)
    parts = render_answer(replace(answer, citations=(endless,), answer="> x [1]"), told())
    sent(parts)
    assert "” (cut here: the article goes on for 94,0" in " ".join(quotes([b for part in parts for b in part.blocks]))


def test_an_answer_reads_back_as_it_was(answers: list[Answer], refusals: list[Answer], engine: Whosaid) -> None:
    for answer in (*answers, *refusals, engine.ask(QUESTIONS[0], hits=3)):
        assert Answer.from_json(json.loads(json.dumps(answer.as_json()))) == answer


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
