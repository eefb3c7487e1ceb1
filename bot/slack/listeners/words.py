"""The words of a message: what is asked in it, and whether it is the bot that is asked."""

from __future__ import annotations

import re

# <@U1>, <@U1|name>, <#C1|name>, <!here>, <!subteam^S1|@team>, <https://a.example|label>
_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_SOMEBODY = re.compile(r"<(?:@[A-Z0-9]+|!(?:here|channel|everyone|subteam\^[A-Z0-9]+))(?:\|[^<>]*)?>")
_SPACES = re.compile(r"[ \t]+")
_BEFORE_MARK = re.compile(r" (?=[,.;:!?])")  # one is left of several by then
# The mark must end a word: one within an address asks nothing. Only the last of several is looked behind, or a message
# of nothing else would take seconds, in which Slack is told nothing.
_QUESTION_MARK = re.compile(r"[?？؟][\"'”’)\]*_~`!]*(?:\s|$)")
_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|u|ya|y'all)\b", re.IGNORECASE)
_JOINT = re.compile(r"^(?:(?:and|but|so|ok|okay|also|then|please)\b[\s,]*)+", re.IGNORECASE)
_ASKING = re.compile(
    r"^(?:who|whom|whose|what|when|where|why|how|which|tell|show|find|list|quote|compare)\b(?:\W+\w+){2}", re.IGNORECASE
)


def mentions(text: str, user: str) -> bool:
    """Tell whether a message mentions this user."""
    return re.search(rf"<@{re.escape(user)}(?:\|[^<>]*)?>", text) is not None


def question(text: str, bot: str) -> str:
    """Return what is asked: `text` as a person typed it, without the bot's own mention; "" where nothing else is there.

    Mentions of others stay as Slack writes them; of a link its label stays, else its address.
    """
    own = re.compile(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>")
    without, found = own.subn(" ", text)
    if found:
        without = _BEFORE_MARK.sub("", _SPACES.sub(" ", without)).lstrip(" \t\r\n,.;:!–—-")
    typed = _TOKEN.sub(_as_typed, without)
    return typed.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def asks_bot(text: str, asked_before: bool) -> bool:
    """Tell whether a message of a thread that the bot is engaged in, and that does not mention it, is for the bot.

    The bot would rather miss a question, which a mention then puts, than talk into a conversation:

    - whoever mentions somebody, a group or the channel speaks to them;
    - who asked the bot in this thread before asks on with a question mark at the end of a word, or by beginning with a
      question word or a request ("and what about the budget", "show the quotations of May") of three words or more;
    - anybody else with a question mark only, and not with "you": that is a question to another person.
    """
    if _SOMEBODY.search(text):
        return False
    typed = question(text, "")
    if _QUESTION_MARK.search(typed):
        return asked_before or not _SECOND_PERSON.search(typed)
    return asked_before and _ASKING.match(_JOINT.sub("", typed)) is not None


def _as_typed(token: re.Match[str]) -> str:
    """Return a link, a channel or a date as it is read; a mention of somebody as Slack writes it."""
    what, label = token.groups()
    if what.startswith(("@", "!subteam")):
        return token[0]
    if what.startswith("#"):
        return f"#{label or what[1:]}"
    if what.startswith("!"):
        return label or f"@{what[1:]}"
    return label or str(what)
