"""Two channels with different rules, people who may see less: nothing of what one may not see is told at any button.

What is foreign to a scope is read from the catalogue: the titles, outlets, sentences and speakers that only articles
outside it have. None of it may be in any message, window, suggestion or App Home that is shown within the scope.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pytest

from bot.ask import Whosaid
from bot.slack import actions
from bot.slack.access import Allowed, asker_of
from bot.slack.handlers.question import made_for
from bot.slack.model import NewJob, Part
from bot.slack.render.blocks import section
from bot.slack.store import Store
from corpus.catalogue.scope import Scope
from corpus.sentences import sentences

from ...fake_slack import Message, User
from ...fake_slack.settings import Settings
from .office import PAGES, Office, at_work, line, told

WIDE, NARROW = "C0WIDE", "C0NARROW"
OUTSIDERS, EARLY = "S0OUT", "S0EARLY"
POST, SPORT = "Ishel Valley Post", "Sportsday Talmeria"
RULES = [
    {"user_groups": [OUTSIDERS], "outlets": [SPORT]},
    {"user_groups": [EARLY], "until": "2041-02-06"},  # the day before the newspaper had the agency's report
    {"channels": [NARROW], "outlets": [POST]},
    {"channels": ["C0NONE"], "nothing": True},
    {"channels": [WIDE]},
    {"outlets": [POST]},
]
QUESTIONS = [  # without names: a question is shown again as it was asked
    "What did the railway boss say right after the crash about the track?",
    "how did passengers describe the moments before the derailment",
    "what did the minister say about the dam?",
    "what was said about the lake?",
    "what did the foreign ministry's spokesman say about free assembly?",
    "how do I reset my router password",
    "who said that the strike was illegal?",
]


@dataclass(frozen=True)
class Foreign:
    """Words that only articles outside a scope have."""

    words: frozenset[str]

    @classmethod
    def to(cls, engine: Whosaid, scope: Scope) -> Foreign:
        catalogue = engine.catalogue
        articles = catalogue.articles(catalogue.iterate_ids())
        texts = catalogue.texts(articles)
        own = {i for i, article in articles.items() if scope.admits(article)}
        inside = " ".join(line(f"{articles[i].title} {articles[i].outlet} {texts[i]}") for i in own)
        words = set[str]()
        with engine.opener.reading() as opened:
            assert opened is not None
            for record in opened.search.shelf.statements_of(set(articles) - own):
                words |= {s.name for s in (record.statement.speaker, *record.statement.via) if s and s.name}
        for i in set(articles) - own:
            words |= {articles[i].title, articles[i].outlet or articles[i].where, articles[i].where, i}
            words |= {span.of(texts[i]) for span in sentences(texts[i]) if len(span.of(texts[i])) > 40}
        return cls(frozenset(word for word in map(line, words) if len(word) > 2 and word not in inside))

    def within(self, shown: str) -> list[str]:
        words = line(shown)
        return [word for word in self.words if word in words]


@pytest.fixture(scope="module")
def office(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with at_work(sample_home, tmp_path_factory.mktemp("scope") / "slack.sqlite", allow=RULES) as office:
        office.slack.usergroup(OUTSIDERS, ["U0OUT"])
        office.slack.usergroup(EARLY, ["U0EARLY"])
        yield office


@pytest.fixture(scope="module")
def post(office: Office) -> Foreign:
    """What is not of the one outlet that the narrow channel sees."""
    return Foreign.to(office.desk.engine, Scope(outlets=frozenset({POST})))


@pytest.fixture(scope="module")
def sport(office: Office) -> Foreign:
    """What is not of the one outlet that the outsiders see."""
    return Foreign.to(office.desk.engine, Scope(outlets=frozenset({SPORT})))


def everything(office: Office, user: User, message: Message) -> str:
    """Press every button that an answer has, and return all that is seen then."""
    shown = [told(message)]
    for action in (actions.CONTEXT, actions.COPY):
        if action in told(message):
            before = user.modal
            user.clicks(message, action)
            office.slack.wait(lambda seen=before: user.modal is not seen)
            shown.append(told(office.window(user)))
    user.clicks(message, actions.FEEDBACK, office.thumb(message, good=False))
    user.clicks(message, actions.AGAIN)
    for number in range(5):
        if f"{actions.ASK}.{number}" in told(message):
            user.clicks(message, f"{actions.ASK}.{number}")
    office.idle()
    shown += [told(one) for one in office.said(message.channel, message.thread)]
    return " ".join([*shown, *map(told, user.ephemeral(message.channel))])


def test_a_channel_tells_nothing_of_what_another_sees(office: Office, post: Foreign) -> None:
    seen_wide = seen_narrow = ""
    for number, question in enumerate(QUESTIONS):
        user = office.slack.user(f"U0ASK{number}")
        wide, narrow = (user.mentions_bot(channel, question) for channel in (WIDE, NARROW))
        (one,), (other,) = office.answers(WIDE, wide), office.answers(NARROW, narrow)
        seen_wide += told(one)
        seen_narrow += everything(office, user, other)
    assert post.within(seen_wide), "there is something to leak"
    assert POST in seen_narrow and not post.within(seen_narrow)
    links = [urlsplit(link) for link in re.findall(rf"{PAGES}\S+", seen_narrow)]
    assert links and all(_admitted(office, link) for link in links)


def test_follow_ups_commands_and_claims_see_no_more(office: Office, post: Foreign) -> None:
    user = office.slack.user("U0MORE")
    root = user.mentions_bot(NARROW, QUESTIONS[0])
    office.answers(NARROW, root)
    user.writes(NARROW, "and what about the dam?", thread=root)
    office.answers(NARROW, root, 2)
    user.asks(f"/ask private {QUESTIONS[2]}", NARROW)
    user.asks(f"/ask private {QUESTIONS[1]}", "C0OTHER")
    office.slack.wait(lambda: user.ephemeral("C0OTHER") and user.ephemeral(NARROW))
    user.checks_claim(NARROW, root)
    shown = [told(office.window(user)), *map(told, user.ephemeral()), *map(told, office.said(NARROW, root))]
    assert not post.within(" ".join(shown))


def test_home_and_prompts_are_of_what_a_person_sees_alone(office: Office, post: Foreign, sport: Foreign) -> None:
    for ident, foreign, outlet in (("U0HOME", post, POST), ("U0OUT", sport, SPORT)):
        user = office.slack.user(ident)
        user.opens_home()
        user.opens_agent_view()
        calls = office.slack.wait(
            lambda dm=user.dm: office.slack.calls("assistant.threads.setSuggestedPrompts", channel_id=dm)
        )
        home = office.slack.wait(lambda user=user: user.home)
        assert outlet in told(home) and not foreign.within(told(home))
        assert not foreign.within(str(calls[0].args["prompts"]))


def test_who_sees_less_learns_no_more_from_a_button(office: Office, sport: Foreign) -> None:
    out, (answer,) = office.slack.user("U0OUT"), _answers(office, WIDE, QUESTIONS[2])
    for action in (actions.CONTEXT, actions.COPY):
        before = out.modal
        out.clicks(answer, action)
        office.slack.wait(lambda seen=before: out.modal is not seen)
        window = office.window(out)
        assert "you may not see here" in told(window) and not sport.within(told(window))


def test_copies_are_named_to_those_alone_who_may_see_them(office: Office) -> None:
    (answer,) = _answers(office, WIDE, QUESTIONS[0])
    for ident, named in (("U0COPY", True), ("U0EARLY", False)):
        user = office.slack.user(ident)
        user.clicks(answer, actions.COPY)
        window = told(office.window(user))
        assert "Dorn Avermoor" in window and (f"Also in TNA, 6 February 2041, {POST}" in window) is named


def test_where_nothing_may_be_seen_one_sentence_is_told(office: Office) -> None:
    user = office.slack.user("U0NOBODY")
    ts = user.mentions_bot("C0NONE", QUESTIONS[0])
    denied = office.slack.wait(lambda: user.ephemeral("C0NONE"))[0]
    office.slack.channel("C0SHARED", external=True)
    shared = user.mentions_bot("C0SHARED", QUESTIONS[0])
    outside = office.slack.wait(lambda: user.ephemeral("C0SHARED"))[0]
    office.idle()
    assert "Nothing may be shown here" in told(denied) and "another organisation" in told(outside)
    assert not office.said("C0NONE", ts) and not office.said("C0SHARED", shared)


def _admitted(office: Office, link: SplitResult) -> bool:
    """Tell whether those for whom a link was made may see its article, and no others' links are among them."""
    assert office.desk.links is not None
    ticket = office.desk.links.read(link.path.removeprefix("/articles/"), dict(parse_qsl(link.query)))
    allowed = office.desk.access.scope(asker_of(ticket.audience))
    article = office.desk.engine.catalogue.articles([ticket.article_id])[ticket.article_id]
    return isinstance(allowed, Allowed) and not allowed.scope.everything and allowed.scope.admits(article)


def _answers(office: Office, channel: str, question: str) -> list[Message]:
    return office.answers(channel, office.slack.user("U0ASKER").mentions_bot(channel, question))


def test_an_answer_made_under_other_rules_is_made_anew(sample_home: Path, tmp_path: Path) -> None:
    jobs, narrow = tmp_path / "slack.sqlite", Scope(outlets=frozenset({POST}))
    made, held = Part(blocks=(section("as it was made"),), text="as it was made"), {}
    with closing(Store.open(f"sqlite:///{jobs}")) as store, closing(Whosaid(sample_home)) as engine:
        for user, scope in (("U0OLD", Scope()), ("U0NEW", narrow)):
            where = {"team": Settings().team, "user": user, "channel": "C0LATER", "text": QUESTIONS[2]}
            assert store.jobs.add(NewJob(key=user, kind="question", surface="private", **where)) is not None
            job = store.jobs.claim(user, "answer", 600.0, time.time())
            assert job is not None and job.user == user
            held[user] = job.id
            answer = made_for(engine.ask(QUESTIONS[2], scope=scope), Allowed(scope))
            assert store.jobs.keep_answer(job.id, user, answer.as_json(), [made], [])
    with at_work(sample_home, jobs, allow=[{"outlets": [POST]}]) as office:
        users = [office.slack.user(user) for user in ("U0OLD", "U0NEW")]
        for user in users:
            user.writes("C0LATER", "here I am")
        for worker, number in held.items():  # as a bot does that is stopped before it could send them
            assert office.desk.store.jobs.put_off(number, worker, time.time())
        office.idle()
        anew, kept = ("".join(map(told, user.ephemeral("C0LATER"))) for user in users)
        assert "as it was made" in kept and "as it was made" not in anew and "dam" in anew
        assert Foreign.to(office.desk.engine, narrow).within(anew) == []
