"""Attacks on the whole bot: hostile articles and questions, forged buttons, strangers, what is written down.

What is rendered of hostile words is tried in `test_render_hostile`, piece by piece; here they go all the way: through
an ingest, the engine, the job database and the delivery, to a Slack that resolves pings and refuses bad blocks.
"""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.link import web_address
from bot.settings import read_secrets
from bot.slack import actions
from bot.slack.access import Asker, audience, audience_of_channel
from bot.slack.actions import Value, pack
from bot.slack.listeners.words import asks_bot
from bot.slack.log import set_up
from bot.slack.model import NewJob

from ...fake_slack import Message, User
from ...fake_slack.events import command, interaction
from ..homes import ingest, made, records
from .office import PAGES, Office, at_work, told
from .test_render_hostile import HOSTILE, inside, unmeant

TOPICS = re.findall(
    r"\w+",
    "bridge harbour orchard library tramway quarry lighthouse bakery hospital museum stadium cannery foundry reservoir "
    "vineyard sawmill theatre airport monastery brewery ferry glacier windmill cathedral tannery observatory shipyard "
    "greenhouse aqueduct market prison academy barracks cinema clinic colliery convent dairy embassy fortress gasworks "
    "granary hostel kiln laundry mint nursery opera palace pottery racecourse refinery school smithy temple tunnel",
)
GIVEN = ("Orla", "Dorn", "Lise", "Sarn", "Karr", "Mirr", "Quay", "Noll")
FAMILY = ("Wensing", "Avermoor", "Corrigeld", "Tollivar", "Divonel", "Callisdre", "Bressamy", "Ulvery")
SPEAKERS = [f"{given} {family}" for given in GIVEN for family in FAMILY]
# What no catalogue takes (NUL, halves of characters) is refused when it is read. Of signs, each may be a token.
STORABLE = [word for word in HOSTILE if word.strip() and not re.search("[\x00\ud800]", word)]
WORDS = [*STORABLE[:51], "********* " * 20]
SITE = "https://post.example/"

ASSEMBLY = "what did the ministry say about free assembly?"
GATE = "what did Ferl Jossamin say about gate three?"
RULES = [
    {"channels": ["C0NARROW"], "outlets": ["Ishel Valley Post"]},
    {"channels": ["C0WIDE"]},
    {"outlets": ["Ishel Valley Post"]},
]


def article(number: int, words: str) -> dict[str, Any]:
    """An article in which everything that is a publisher's is hostile; the first has a title of 96,000 characters."""
    topic, speaker, some = TOPICS[number], SPEAKERS[number], words[:200]
    return {
        "title": ("A title " * 12_000 if number == 0 else some) if number % 2 == 0 else f"{topic}: {some}",
        "outlet": some if number % 3 else f"Post {some[:80]}",
        "author": some,
        "url": some if number % 4 == 0 else f"{SITE}{number}?x={some[:40]}",
        "published_at": "2041-02-07",
        "body": f"BELISK — The mayor of Belisk, {speaker}, said the {topic} would be closed. {some}\n\n"
        f'"The {topic} is rotten and {some} will not hold another winter," {speaker} said on Monday.\n\n'
        f'"I never saw such a {topic}," said {some}, a baker.\n',
    }


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Write the log as the bot does, of our own loggers everything; loggers are left as they were."""
    kept = {name: logging.getLogger(name).level for name in ("", *logging.root.manager.loggerDict)}
    log = io.StringIO()
    handler = set_up(read_secrets(), logging.DEBUG, log)
    try:
        yield log
    finally:
        logging.getLogger().removeHandler(handler)
        for name in {*kept, *logging.root.manager.loggerDict}:
            logging.getLogger(name).setLevel(kept.get(name, logging.NOTSET))


@pytest.fixture(scope="module")
def hostile(compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("hostile")
    articles = records(folder / "articles.jsonl", *(article(number, words) for number, words in enumerate(WORDS)))
    home = made(folder / "home", compiled_model)
    assert len(WORDS) >= 50 and not ingest(home, articles).errors
    limits = {"user_a_minute": 1000, "channel_a_minute": 1000}
    with at_work(home, folder / "slack.sqlite", limits=limits) as office:
        yield office


@pytest.fixture(scope="module")
def office(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with at_work(sample_home, tmp_path_factory.mktemp("attacks") / "slack.sqlite", allow=RULES) as office:
        yield office


def harmless(message: Message) -> None:
    """Hold a message against what the bot means: no markup, no ping, no link but to an article's address or copy."""
    urls = {str(one["url"]) for one in inside(message.blocks) if "url" in one}
    assert not [url for url in urls if not url.startswith((SITE, f"{PAGES}/articles/")) and url not in ADDRESSES]
    assert not unmeant(message.text, {url.partition(":~:")[0].removesuffix("#") for url in urls} | urls)
    assert not {one["type"] for one in inside(message.blocks)} & {
        "mrkdwn",
        "markdown",
        "user",
        "usergroup",
        "broadcast",
    }


ADDRESSES = {found for words in WORDS if (found := web_address(words[:200]))}  # hostile, and yet an address of the web


def test_fifty_hostile_articles_and_questions(hostile: Office) -> None:
    slack, user = hostile.slack, hostile.slack.user("U0HOSTILE", "<!channel> *name*")
    asked = [
        user.mentions_bot("C0H", f"What did {SPEAKERS[number]} say about the {TOPICS[number]}? {words[:200]}")
        for number, words in enumerate(WORDS)
    ]
    world, here = slack.world, slack.channel("C0COMMAND")
    with world.lock:
        url, trigger = world.new_response_url("C0COMMAND", user.id), world.new_trigger(user.id)
        team, words = world.workspaces[world.settings.team], " ".join(WORDS[:12])
        body = command(world.settings.app, team, here, user.id, "/ask", words, url, trigger)
        world.emit("slash_commands", {**body, "user_name": "<!channel> *boss* @here <@U0BOB>"})
    user.asks(f"/ask private {WORDS[0]} {WORDS[3]}", "C0COMMAND")
    user.opens_home()
    user.opens_agent_view()
    hostile.idle()
    answers = [(hostile.said("C0H", ts) or [None])[-1] for ts in asked]
    assert all(answers), "each is answered, that on the article with the endless title too"
    assert sum(hostile.answer(one)["answered"] for one in answers if one) > 45
    for message in [*slack.messages("C0H", bot=True), *slack.messages("C0COMMAND", bot=True), *user.ephemeral()]:
        harmless(message)
    for one in answers[:6]:
        assert one is not None
        for action in (actions.CONTEXT, actions.COPY):
            before = user.modal
            user.clicks(one, action)
            slack.wait(lambda seen=before: user.modal is not seen)
            assert "mrkdwn" not in told(hostile.window(user))
    assert slack.pings == [] and user.home is not None
    assert world.prompts and not re.search(r"[<>@\u202a-\u202e]", str(world.prompts))
    assert not [call for call in slack.calls() if call.error], "nothing had to be sent a second time without its blocks"
    assert not [call for call in slack.calls("chat.*") if call.args.get("unfurl_links") not in (None, False)]


def answer_in(office: Office, channel: str, user: User, question: str = ASSEMBLY) -> Message:
    (answer,) = office.answers(channel, user.mentions_bot(channel, question))
    return answer


def test_a_forged_or_replayed_button_shows_nothing_of_elsewhere(office: Office) -> None:
    ada, mallory = office.slack.user("U0ADA"), office.slack.user("U0MALLORY")
    wide, narrow = answer_in(office, "C0WIDE", ada), answer_in(office, "C0NARROW", mallory, GATE)
    ada.asks(f"/ask private {ASSEMBLY}", "C0NARROW")
    private = office.slack.wait(lambda: ada.ephemeral("C0NARROW"))[0]
    ada.checks_claim("C0WIDE", wide.thread or "")
    claim = office.window(ada)
    jobs = {office.job(wide).id, *map(int, re.findall(r'"job": (\d+)', told(private) + told(claim)))}
    assert len(jobs) == 3
    seen = len(office.slack.messages(bot=True))
    for job in (*jobs, 0, 10**9):
        value = Value(job=job)
        for action, forged in (
            (actions.CONTEXT, value), (actions.COPY, value), (actions.AGAIN, value),
            (actions.AGAIN, Value(job=job, speaker="Dorn Avermoor")), (actions.FEEDBACK, Value(job=job, good=False)),
        ):  # fmt: skip
            mallory.clicks(narrow, action, pack(forged))
    mallory.clicks(narrow, actions.CONTEXT, '{"job": "1; DROP TABLE slack_jobs", "page": {}}')
    office.idle()
    assert mallory.modal is None
    mallory.clicks(narrow, actions.FEEDBACK, office.thumb(narrow, good=False))
    asks_why = office.window(mallory)
    asks_why.body["private_metadata"] = asks_why.body["private_metadata"].replace(
        f'"job": {office.job(narrow).id}', f'"job": {office.job(wide).id}'
    )
    mallory.submits(asks_why, {actions.WHY: "I was never there"})
    mallory.clicks(narrow, actions.CONTEXT)
    window = office.slack.wait(lambda: mallory.modal is not asks_why and office.window(mallory))
    turn = {"type": "button", "action_id": f"{actions.PAGE}.0", "text": {"type": "plain_text", "text": "Next"}}
    for via in (None, 1, office.job(wide).id):
        window.body["blocks"] = [{"type": "actions", "block_id": "forged", "elements": [turn]}]
        mallory.clicks(window, actions.PAGE, pack(Value(job=office.job(wide).id, page=0, via=via)))
    office.idle()
    assert "free assembly" not in told(mallory.modal) and "An Sokkhoeurn" not in told(mallory.modal)
    assert len(office.slack.messages(bot=True)) == seen
    assert not [one for one in office.desk.store.feedback.all(100) if one.job in jobs]
    thumb = {"action": actions.FEEDBACK, "value": office.thumb(wide, good=True)}
    other = NewJob(key="T0OTHER:1", kind="click", team="T0OTHER", user="U0OTHER", channel="C0WIDE", payload=thumb)
    assert office.desk.store.jobs.add(other)
    office.idle()
    assert not [one for one in office.desk.store.feedback.all(100) if one.job == office.job(wide).id]


def test_who_is_of_another_organisation_sees_nothing_at_a_button(office: Office) -> None:
    answer, world = answer_in(office, "C0WIDE", office.slack.user("U0ADB")), office.slack.world
    block = [one for one in answer.blocks if one["type"] == "actions"][-1]
    with world.lock:
        trigger = world.new_trigger("U0STRANGER")
        body = interaction(
            "block_actions", world.settings.app, world.workspaces[world.settings.team], "U0STRANGER", trigger,
            container={"type": "message", "message_ts": answer.ts, "channel_id": "C0WIDE", "thread_ts": answer.thread},
            channel={"id": "C0WIDE"}, actions=[block["elements"][0]],
        )  # fmt: skip
        body["user"]["team_id"] = "T0STRANGER"
        world.emit("interactive", body)
    stranger = office.slack.user("U0STRANGER")
    office.slack.wait(lambda: stranger.modal)
    assert "another organisation" in told(office.window(stranger))


def test_nothing_that_people_say_to_each_other_is_kept_or_logged(office: Office) -> None:
    with logged() as log:
        ada, bob = office.slack.user("U0ADC"), office.slack.user("U0BOB")
        thread = answer_in(office, "C0WIDE", ada).thread or ""
        for words in ("xylophone lunch", "<@U0BOB> is the xylophone yours?", "I think so, xylophones are mine."):
            ada.writes("C0WIDE", words, thread=thread)
        chat = bob.writes("C0WIDE", "where is the xylophone?")
        bob.edits("C0WIDE", chat, "who has the xylophone?")
        bob.deletes("C0WIDE", chat)
        office.slack.bot_writes("C0WIDE", "who has a xylophone?", thread=thread)
        bob.mentions_bot("C0WIDE", "who said marimba?", thread)
        office.slack.faults.error("views.publish", "internal_error", times=1)
        office.slack.faults.error("chat.*", "is_archived", times=6)
        bob.opens_home()
        bob.mentions_bot("C0NARROW", "who said marimba to the minister?")
        office.idle()
        office.slack.faults.clear()
        kept = b"".join(file.read_bytes() for file in office.jobs.parent.glob("slack.sqlite*"))
        assert b"marimba" in kept and b"xylophone" not in kept
        assert "marimba" not in repr(office.desk.store.jobs.recent(office.slack.settings.team, "U0BOB", 9))
        gone = bob.mentions_bot("C0WIDE", "who said glockenspiel?")
        (unwanted,) = office.answers("C0WIDE", gone)
        bob.deletes("C0WIDE", gone)
        office.slack.wait(lambda: unwanted.deleted)
        office.idle()
        assert not any("glockenspiel" in one.text for one in office.desk.store.jobs.recent(unwanted.team, "U0BOB", 20))
        bob.opens_home()
        home = office.slack.wait(lambda: bob.home and "marimba" in told(bob.home) and bob.home)
        bob.clicks(home, actions.FORGET)
        office.slack.wait(lambda: bob.home and "marimba" not in told(bob.home))
        office.idle()
    kept = b"".join(file.read_bytes() for file in office.jobs.parent.glob("slack.sqlite*"))
    assert b"marimba" not in kept
    said = log.getvalue()
    assert "level=error" in said and "level=info" in said
    secrets = (office.slack.settings.bot_token, office.slack.settings.app_token, office.slack.settings.signing_secret)
    for word in ("marimba", "xylophone", "glockenspiel", "assembly", "xoxb", "xapp", "hooks", "respond/", *secrets):
        assert word not in said


def test_revoking_the_links_of_a_channel_reaches_all_that_were_shown_there(office: Office) -> None:
    place = Asker(team="T1", channel="C1", user="U1", private=False)
    links = office.desk.store.links
    links.revoke(None, audience_of_channel("T1", "C1"), 100.0)
    for asker in (place, replace(place, enterprise="E1"), replace(place, private=True, shared=True, enterprise="E1")):
        assert links.revoked("a", audience(asker), 99.0)
        for other in (replace(asker, channel="C2"), replace(asker, team="T2"), replace(asker, channel=None)):
            assert not links.revoked("a", audience(other), 99.0)


def test_a_message_of_nothing_but_marks_does_not_hold_up_the_listeners() -> None:
    began = time.perf_counter()
    for words in ("?" * 40_000 + "x", '?"!' * 13_000 + "x", "<@U" * 13_000, "and " * 10_000 + "x"):
        assert not asks_bot(words, asked_before=True)
    assert time.perf_counter() - began < 1
    assert asks_bot('really?!?" he said', False) and asks_bot("and (what about May?)", False)
    assert not asks_bot("see https://a.example/?x=1&y", False)
