"""Words of answers and of gold, compared: the form of quotation marks, dashes, white space and case do not count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.cite import escape_markdown, unescape_markdown
from bot.model import Answer, Citation

MOST_CITED = 6
"""Citations that count towards a right answer: what is not said by then is buried."""

MARK = re.compile(r"(?<!\\)\[(\d+(?:\s*,\s*\d+)*)(?<!\\)\]")
_ONE_FORM = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‘’‚‛‹›′ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
    }
)


def one_form(text: str) -> str:
    """Return `text` in NFKC with one form of quotation mark and dash, and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_ONE_FORM)).translate(_ONE_FORM).split())


def normalised(text: str) -> str:
    """Return `text` as it is compared: in one form, casefolded."""
    return one_form(text).casefold()


def holds(text: str, words: str) -> bool:
    """Tell whether `text`, normalised already, has `words` as whole words: "9" is neither in "19" nor in "9,000"."""
    wanted = normalised(words)
    before, after = r"(?<!\w)(?<!\d[.,])", r"(?![.,]?\d)(?!\w)"
    pattern = (before if wanted[:1].isalnum() else "") + re.escape(wanted) + (after if wanted[-1:].isalnum() else "")
    return bool(wanted) and re.search(pattern, text) is not None


def cited(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations that count: at most the first six."""
    return answer.citations[:MOST_CITED]


def marks(text: str) -> set[int]:
    """Return the numbers of the citations that are marked in `text`."""
    return {int(number) for found in MARK.findall(text) for number in found.split(",")}


def said(answer: Answer) -> str:
    """Return, normalised, what an answer says: its text and the words of the first six citations.

    The titles of the articles it cites are where its words are from, not what it says, so they are left out; so are
    lines that have no other mark than those of later citations.
    """
    lines = [line for line in answer.answer.splitlines() if not (found := marks(line)) or min(found) <= MOST_CITED]
    text = unescape_markdown(MARK.sub(" ", _without_titles("\n".join(lines), answer.citations)))
    return normalised("\n".join([text, *(citation.quote for citation in cited(answer))]))


def _without_titles(text: str, citations: Sequence[Citation]) -> str:
    """Return the Markdown without the titles that stand in it in italics."""
    for title in {" ".join(citation.title.split()) for citation in citations if citation.title}:
        text = text.replace(f"*{escape_markdown(title)}*", " ")
    return text
