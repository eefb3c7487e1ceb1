"""The bot's own short sentences: what went wrong, what was done, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from bot.slack.actions import ASK, Value
from bot.slack.model import Part
from bot.slack.render.blocks import Block, button, line, rich, section, words
from bot.slack.render.parts import Atom, text_of
from bot.slack.render.words import NAME, QUESTION, escape, shown

READING = "is reading the articles…"  # the status while it works, after the bot's name


def _note(sentence: str) -> Part:
    return _part(section(sentence), sentence)


def _part(block: Block, words: str) -> Part:
    return Part(blocks=(block,), text=text_of([Atom((block,), escape(words))]))


def failed(error: str) -> Part:
    """Say that something went wrong; `error` is the id that the log has."""
    return _note(
        f"Sorry, something went wrong here and the question was not answered; ask again, or tell whoever runs this bot "
        f"the id {shown(error, NAME)}."
    )


def gave_up(error: str) -> Part:
    """Say that a question was tried several times in vain."""
    return _note(
        f"Sorry, this question could not be answered after several attempts; whoever runs this bot can look for the id "
        f"{shown(error, NAME)}."
    )


def too_late(minutes: int) -> Part:
    """Say that a question waited longer than `minutes` and was dropped."""
    return _note(
        f"Sorry, this question waited more than {minutes} minutes and was dropped; ask again if it still matters."
    )


def too_many(minute: int, everybody: bool = False) -> Part:
    """Say that more than `minute` questions a minute came from one person, or from everybody in a channel."""
    who = "this channel" if everybody else "you"
    return _note(f"That is more than the {minute} questions a minute that {who} may ask; try again in a minute.")


def queue_full() -> Part:
    """Say that too many questions wait."""
    return _note("Sorry, too many questions are waiting at the moment; try again in a few minutes.")


def too_long(most: int) -> Part:
    """Say that a question is longer than `most` characters."""
    return _note(f"That question is too long; ask it in at most {most:,} characters.")


def nothing_asked() -> Part:
    """Say how to ask, where somebody only called the bot."""
    return _note("Ask who said what, for example: “What did the foreign minister say about the talks?”")


def what_to_ask(job: int, examples: Sequence[str]) -> Part:
    """Say what the bot is for, to somebody who greets it or asks for help: `job` is that message, not a question."""
    said = "Ask what somebody said, who said something, or what was said on a subject: the answer quotes the articles."
    rows = [
        section(shown(question, QUESTION), button("Ask this", ASK, Value(job=job, question=question), at))
        for at, question in enumerate(examples)
    ]
    text = text_of([Atom((section(said),), "\n".join([escape(said), *map(escape, examples)]))])
    return Part(blocks=(section(said), *rows), text=text)


NOT_YET = (
    "There is no article to answer from here yet. If some were added just now, they are still being read in: ask again "
    "in a while."
)
"""Why there is no answer where there are no articles: what to type then is for whoever runs the bot."""


def denied(reason: str) -> Part:
    """Say that the asker may see nothing here, and why."""
    return _note(shown(reason, 500))


def withdrawn() -> Part:
    """Stand in the place of an answer that quoted an article which was removed since."""
    return _note("This answer was withdrawn: an article that it quoted has been removed from the corpus.")


def stopped() -> Part:
    """Say that the asker stopped the answer."""
    return _note("Stopped.")


def asked(question: str, name: str = "") -> Part:
    """Return the root message of ``/ask``, under which the answer goes; `name` is the asker's, never a mention."""
    who, what = shown(name, NAME), shown(question, 2_000)
    head = f"{who} asks: " if who else "Question: "
    return _part(rich(line(words(head), words(what, "bold"))), head + what)


def unavailable() -> Part:
    """Say that what a button is about is no longer kept, or no longer for this person to see."""
    return _note("This answer is no longer available here; ask the question again.")


def thanks() -> Part:
    """Acknowledge feedback."""
    return _note("Thanks, this was kept.")


def forgotten(number: int) -> Part:
    """Say that somebody's own questions were erased."""
    what = "Your question was" if number == 1 else f"Your {number:,} questions were"
    return _note(f"{what} erased." if number else "There was no question of yours to erase.")


def click_again() -> Part:
    """Say that Slack took too long to bring a click."""
    return _note("That click came too late to open a window; click once more.")


def asked_already() -> Part:
    """Say that a button's question was asked before."""
    return _note("This was asked already; its answer is in this conversation.")
