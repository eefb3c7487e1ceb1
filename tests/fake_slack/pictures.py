"""What the pictures of the documentation show: real answers over ``corpus/sample``, as the bot sends them."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.ask import Whosaid
from bot.model import Answer, Citation
from bot.slack.context import evidence
from bot.slack.render.answer import Told, render_answer
from bot.slack.render.blocks import Block
from bot.slack.render.home import Holdings, home_view
from bot.slack.render.modals import context_view
from bot.suggest import Suggester
from corpus.catalogue.scope import Scope

from .draw import thread, view

ASKED = "What did the health minister say about river fever?"
REFUSED = "What did Teyl Maradun say about lake fishing?"


def pictures(home: Path) -> dict[str, str]:
    """Return the insides of the pages, by name.

    Args:
        home: into which ``corpus/sample`` was ingested.
    """
    with closing(Whosaid(home)) as engine:
        suggester, everything = Suggester(engine), Scope()
        answer, refused = engine.ask(ASKED), engine.ask(REFUSED)
        passages = evidence(engine, answer, everything, others=True).passages
        near = suggester.near(refused, everything, 3)
        with engine.opener.reading() as opened:
            assert opened is not None, f"{home} holds nothing: ingest corpus/sample"
            summary, outlets = opened.summary(None, None), sorted(opened.served.outlets(None))
        now = datetime(2042, 5, 20, 10, tzinfo=UTC).timestamp()
        holdings = Holdings(
            articles=summary.articles,
            outlets=outlets,
            oldest=summary.oldest,
            newest=summary.newest,
            ingested=now,
            stale_days=7,
        )
        return {
            "answer": thread([("Ada", f"@whosaid {ASKED}"), ("", _blocks(answer, []))]),
            "refusal": thread([("Ada", f"@whosaid {REFUSED}"), ("", _blocks(refused, near))]),
            "context": view(context_view(1, passages, 0, _page)),
            "home": view(home_view(holdings, suggester.prompts(everything, 4), [ASKED, REFUSED], now)),
        }


def _blocks(answer: Answer, closest: list[str]) -> list[Block]:
    told = Told(job=1, question=answer.question, page=_page, closest=closest)
    return [dict(block) for part in render_answer(answer, told) for block in part.blocks]


def _page(citation: Citation) -> str:
    return f"https://whosaid.example/articles/{citation.article_id}"
