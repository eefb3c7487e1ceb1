"""What people see of the bot: each thing that they can do, and what comes of it in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.slack import actions
from bot.slack.handlers.claim import beginning
from bot.slack.handlers.limits import greets
from bot.slack.handlers.verbatim import said_so

from ...fake_slack import Message, Nothing, User
from .office import PAGES, Office, at_work, line, told

ASSEMBLY = "what did the ministry say about free assembly?"
SPOKEN = "The government continues to welcome lawful rallies"
UNKNOWN = "what did the mayor of Paris say about trams?"


@pytest.fixture(scope="module")
def office(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    jobs = tmp_path_factory.mktemp("office") / "slack.sqlite"
    with at_work(sample_home, jobs, limits={"user_a_minute": 4, "question": 300}) as office:
        yield office


@pytest.fixture
def ada(office: Office, request: pytest.FixtureRequest) -> User:
    """Somebody new in each test: how much a person may ask is limited."""
    number = sum(map(ord, request.node.name))
    return office.slack.user(f"U0ADA{number}", "ada")


def asked(office: Office, user: User, channel: str, text: str) -> Message:
    """The answer to a mention."""
    (answer,) = office.answers(channel, user.mentions_bot(channel, text))
    return answer


def test_a_mention_is_answered_in_its_thread_which_goes_on(office: Office, ada: User) -> None:
    ts = ada.mentions_bot("C1", ASSEMBLY)
    (answer,) = office.answers("C1", ts)
    assert SPOKEN in told(answer) and "An Sokkhoeurn" in told(answer) and "State Department" not in told(answer)
    assert f"{PAGES}/articles/" in told(answer)
    assert office.slack.calls("assistant.threads.setStatus", thread_ts=ts)
    ada.writes("C1", "and on sincere criticism?", thread=ts)
    _, more = office.answers("C1", ts, 2)
    assert office.job(more).thread == ts and SPOKEN in told(more), "the ministry is asked on"


def test_a_command_says_who_asked_without_calling_them(office: Office, ada: User) -> None:
    before = len(office.slack.pings)
    ada.asks(f"/ask {ASSEMBLY}", "C2")
    root = office.slack.wait(lambda: office.slack.messages("C2", bot=True))[0]
    (answer,) = office.answers("C2", root.ts)
    assert ASSEMBLY in told(root) and "ada" in told(root) and SPOKEN in told(answer)
    assert len(office.slack.pings) == before
    ada.writes("C2", "what did the prime minister say about the dam?", thread=root.ts)
    assert len(office.answers("C2", root.ts, 2)) == 2


def test_a_command_where_the_bot_is_not_is_told_what_to_do(office: Office, ada: User) -> None:
    office.slack.channel("C2B", bot=False)
    ada.asks(f"/ask {ASSEMBLY}", "C2B")
    assert "invite" in told(office.slack.wait(lambda: ada.ephemeral("C2B"))[0])


def test_a_private_answer_is_seen_by_one_person_with_its_buttons(office: Office, ada: User) -> None:
    ada.asks(f"/ask private {ASSEMBLY}", "C3")
    answer = office.slack.wait(lambda: ada.ephemeral("C3"))[0]
    assert SPOKEN in told(answer) and office.slack.messages("C3", bot=True) == []
    ada.clicks(answer, actions.AGAIN)
    office.slack.wait(lambda: len(ada.ephemeral("C3")) == 2)
    ada.clicks(answer, actions.CONTEXT)
    assert SPOKEN in told(office.window(ada))
    office.idle()
    assert office.slack.messages("C3", bot=True) == []


def test_a_refusal_offers_questions_and_a_button_asks_once(office: Office, ada: User) -> None:
    refused = asked(office, ada, "C4", UNKNOWN)
    bea = office.slack.user("U0BEA", "bea")
    bea.clicks(refused, actions.ASK)
    bea.clicks(refused, actions.ASK)
    _, answer = office.answers("C4", refused.thread or "", 2)
    assert office.job(answer).user == bea.id and office.job(answer).text in told(answer)
    assert "Copy citation" in told(answer), "what is offered is answered"
    assert len(office.said("C4", refused.thread)) == 2
    assert "asked" in told(office.slack.wait(lambda: bea.ephemeral("C4"))[0])


def test_one_of_the_speakers_that_a_name_fits_is_chosen(office: Office, ada: User) -> None:
    open_one = asked(office, ada, "C5", "what did the minister say about the dam?")
    assert {"Brack Hollomen", "Osk Virelane"} <= set(office.speakers(open_one))
    for number in (0, 1):
        ada.clicks(open_one, f"{actions.ASK}.{number}")
        office.answers("C5", open_one.thread or "", 2 + number)
    _, *chosen = office.answers("C5", open_one.thread or "", 3)
    assert {office.speakers(answer)[0] for answer in chosen} == {"Brack Hollomen", "Osk Virelane"}


def test_try_again_answers_below_and_leaves_the_answer(office: Office, ada: User) -> None:
    first = asked(office, ada, "C6", ASSEMBLY)
    ada.clicks(first, actions.AGAIN)
    old, new = office.answers("C6", first.thread or "", 2)
    assert SPOKEN in told(old) and SPOKEN in told(new) and not old.versions


def test_an_edit_answers_in_place_and_a_deletion_takes_the_answer(office: Office, ada: User) -> None:
    answer = asked(office, ada, "C7", ASSEMBLY)
    ada.edits("C7", answer.thread or "", "what did the prime minister say about the dam?")
    office.slack.wait(lambda: "Osk Virelane" in told(answer), what="the new answer")
    office.idle()
    assert SPOKEN not in told(answer) and len(office.said("C7", answer.thread)) == 1
    ada.edits("C7", answer.thread or "", "?!")
    office.slack.wait(lambda: "for example" in told(answer), what="a hint in place of the answer")
    ada.deletes("C7", answer.thread or "")
    office.slack.wait(lambda: not office.said("C7", answer.thread))


def test_stop_ends_what_waits_and_says_so(office: Office, ada: User) -> None:
    hold = office.slack.faults.hold_after("chat.*", channel=ada.dm)
    ts = ada.direct(ASSEMBLY)
    office.slack.wait(lambda: hold.hits)
    ada.direct("what did the prime minister say about the dam?", thread=ts)
    office.stored()
    ada.presses_stop(ada.dm, ts)
    hold.release()
    office.slack.wait(lambda: any("Stopped" in told(m) for m in office.said(ada.dm, ts)))
    office.idle()
    assert not any("Osk Virelane" in told(message) for message in office.said(ada.dm, ts))


def test_too_much_is_told_once_and_what_is_no_question_gets_a_hint(office: Office, ada: User) -> None:
    asked_at = [ada.mentions_bot("C8", ASSEMBLY) for _ in range(7)]
    office.idle()
    said = [told(message) for ts in asked_at for message in office.said("C8", ts)]
    assert ["4 questions a minute" in words for words in said] == [False] * 4 + [True], "in its thread"
    assert ada.ephemeral("C8") == []
    ada.checks_claim("C8", asked_at[0])
    assert "4 questions a minute" in told(office.window(ada)), "claims count too"
    bea = office.slack.user("U0BEA8", "bea")
    bea.mentions_bot("C8", "?!")
    bea.mentions_bot("C8", "who said that it rained? " * 20)
    office.slack.wait(lambda: len(bea.ephemeral("C8")) == 2)
    hints = " ".join(map(told, bea.ephemeral("C8")))
    assert "for example" in hints and "300 characters" in hints


def test_a_greeting_is_told_what_to_ask_and_is_no_question(office: Office, ada: User) -> None:
    ts = ada.direct("Hello there! :wave:")
    (help_,) = office.answers(ada.dm, ts)
    assert told(help_).count("Ask this") == 2 and "Copy citation" not in told(help_)
    ada.clicks(help_, f"{actions.ASK}.1")
    _, answer = office.answers(ada.dm, ts, 2)
    assert "Copy citation" in told(answer)
    ada.opens_home()
    home = told(office.slack.wait(lambda: ada.home))
    assert "Hello there" not in home and office.job(answer).text in home


@pytest.mark.parametrize("text", ["help", "Thanks!", "thank you very much", "Good morning :sun:", "hi @bot"])
def test_a_few_words_alone_are_greetings(text: str) -> None:
    assert greets(text)


@pytest.mark.parametrize("text", ["?!", ":wave:", "you there", "help for farmers", "who said hello?", "so much"])
def test_other_words_are_a_question(text: str) -> None:
    assert not greets(text)


def test_show_context_turns_pages_and_citations_are_copied(office: Office, ada: User) -> None:
    answer = asked(office, ada, "C9", "what did the minister say about the dam?")
    ada.clicks(answer, actions.CONTEXT)
    window = office.window(ada)
    assert "Page 1 of 2" in told(window)
    first = told(window)
    ada.clicks(window, f"{actions.PAGE}.1")
    office.slack.wait(lambda: "Page 2 of 2" in told(ada.modal))
    around = first + told(ada.modal)
    citations = office.answer(answer)["citations"]
    for citation in citations:
        text = office.desk.engine.catalogue.text(citation["article_id"], citation["version"])
        near = line(text[max(0, citation["start"] - 40) : citation["start"]])[-12:]
        assert near in line(around), "the words before a quotation"
    ada.clicks(answer, actions.COPY)
    office.slack.wait(lambda: "characters" in told(ada.modal) and "Copy citation" in told(ada.modal))
    assert all(f"characters {c['start']}–{c['end']}" in told(ada.modal) for c in citations)


def test_a_click_that_comes_too_late_is_told(office: Office, ada: User) -> None:
    answer = asked(office, ada, "C10", ASSEMBLY)
    office.slack.settings.trigger_seconds = -1.0
    try:
        ada.clicks(answer, actions.CONTEXT)
        assert "too late" in told(office.slack.wait(lambda: ada.ephemeral("C10"))[0])
    finally:
        office.slack.settings.trigger_seconds = 3.0
    assert ada.modal is None


def test_feedback_is_stored_with_its_reason(office: Office, ada: User) -> None:
    answer = asked(office, ada, "C11", ASSEMBLY)
    ada.clicks(answer, actions.FEEDBACK, office.thumb(answer, good=True))
    office.idle()
    ada.clicks(answer, actions.FEEDBACK, office.thumb(answer, good=False))
    window = office.slack.wait(lambda: ada.modal)
    ada.submits(window, {actions.WHY: "it is the wrong ministry", actions.RIGHT: SPOKEN})
    office.idle()
    (stored,) = [one for one in office.desk.store.feedback.all(100) if one.job == office.job(answer).id]
    assert (stored.verdict, stored.reason, stored.right) == ("bad", "it is the wrong ministry", SPOKEN)
    assert stored.question == ASSEMBLY and stored.answer is not None
    assert len(stored.answer["hits"]) == 10 and stored.answer["citations"][0]["version"] == 1
    bea = office.slack.user("U0BEA11", "bea")
    bea.writes("C11", "hm")
    bea.clicks(answer, actions.FEEDBACK, office.thumb(answer, good=False))
    bea.submits(office.slack.wait(lambda: bea.modal), {actions.WHY: "it is old"})
    office.idle()
    for user in (ada, bea):
        assert ["this was kept" in told(one) for one in user.ephemeral("C11")] == [True], "thanked once"


def test_the_home_holds_examples_and_forgets_at_a_click(office: Office, ada: User) -> None:
    answer = asked(office, ada, "C12", ASSEMBLY)
    ada.opens_home()
    home = office.slack.wait(lambda: ada.home)
    assert "Ishel Valley Post" in told(home) and "64" in told(home) and ASSEMBLY in told(home)
    ada.clicks(home, f"{actions.ASK}.0")
    root = office.slack.wait(lambda: office.slack.messages(ada.dm, bot=True))[0]
    assert len(office.answers(ada.dm, root.ts)) == 1
    ada.clicks(home, actions.FORGET)
    office.slack.wait(lambda: ASSEMBLY not in told(ada.home))
    ada.clicks(answer, actions.CONTEXT)
    assert "no longer" in told(office.slack.wait(lambda: ada.ephemeral("C12"))[0])
    assert office.desk.store.jobs.recent(ada.team, ada.id, 10) == []


def test_the_agent_view_suggests_questions(office: Office, ada: User) -> None:
    ada.opens_agent_view()
    call = office.slack.wait(lambda: office.slack.calls("assistant.threads.setSuggestedPrompts", channel_id=ada.dm))[0]
    assert call.ok and len(call.args["prompts"]) == 4 and "thread_ts" not in call.args


def test_a_claim_is_looked_up_and_its_window_has_the_buttons(office: Office, ada: User) -> None:
    long = "They say that lawful rallies are welcome in the kingdom, says the foreign ministry. " * 6
    ts = office.slack.user("U0CARL").writes("C13", long)
    ada.checks_claim("C13", ts)
    window = office.window(ada)
    assert SPOKEN in told(window) and "only its beginning" in told(window)
    ada.clicks(window, actions.CONTEXT)
    office.slack.wait(lambda: ada.modal is not None and ada.modal.id != window.id and SPOKEN in told(ada.modal))
    with pytest.raises(Nothing):
        ada.clicks(window, actions.AGAIN)
    assert office.slack.messages("C13", bot=True) == []


def test_a_claim_in_the_words_of_an_article_is_found(office: Office, ada: User) -> None:
    ts = office.slack.user("U0CARL").writes("C14", "The dam itself is sound")
    ada.checks_claim("C14", ts)
    window = told(office.window(ada))
    assert window.count("The dam itself is sound") > 1, "beside the question itself"
    assert "Copy citation" in window and "not an answer" not in window


def test_of_a_long_claim_each_sentence_is_looked_for(office: Office) -> None:
    words = ["The dam itself is sound", "The government continues to welcome lawful rallies"]
    told_ = "It is said that nobody here has ever seen a purple giraffe in a submarine. " * 4 + ". ".join(words)
    found = said_so(told_, office.desk.engine.ask)
    assert found is not None and found.question == told_
    assert [one.n for one in found.citations] == [*range(1, len(found.citations) + 1)]
    assert all(any(word in one.quote for one in found.citations) and word in found.answer for word in words)
    assert said_so("Our purple giraffe plays chess in a submarine.", office.desk.engine.ask) is None


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("Short.", 10, "Short."),
        ("One is here. Two is here. Three.", 27, "One is here. Two is here."),
        ("One very long sentence without end", 12, "One very"),
        ("Unbroken" * 9, 20, ("Unbroken" * 9)[:20]),
    ],
)
def test_of_a_long_message_whole_sentences_are_looked_up(text: str, most: int, kept: str) -> None:
    assert beginning(text, most) == kept
