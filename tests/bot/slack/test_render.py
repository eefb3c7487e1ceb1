"""Real answers over the sample corpus as messages: complete, in order, within Slack's limits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot import quoted
from bot.ask import Whosaid
from bot.model import Answer
from bot.slack import actions
from bot.slack.model import Part
from bot.slack.render.answer import render_answer
from bot.slack.render.blocks import unfolded, weight
from bot.visible import one_line

from ...fake_slack.limits import faults
from .rendered import QUESTIONS, page, pieces, read, told


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
    points = "An article, undated, https://a.example/b, may answer this; its publisher allows a link only."
    noted = replace(answers[2], notes=("ministry: Foreign Affairs (assumed)", points))
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


def test_a_source_without_a_link_or_an_outlet_tells_its_file(answers: list[Answer]) -> None:
    answer = next(answer for answer in answers if answer.answered)
    bare = tuple(replace(c, url=None, link=None, outlet=None, path="day/1.txt") for c in answer.citations)
    without, linked = (
        "".join(read(part.blocks) for part in render_answer(replace(answer, citations=bare), told(**more)))
        for more in ({"page": lambda citation: None}, {})
    )
    assert "day/1.txt" in without and "day/1.txt" not in linked
