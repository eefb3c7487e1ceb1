"""The words of a message looked for in what was said: sentence by sentence, for a claim may have several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import quoted
from bot.model import Answer
from corpus.sentences import sentences
from index.terms import content_terms

MOST_WORDS = 40  # of a sentence that is looked for
_SENTENCES = 8  # looked for, of one message
_LEAST_TERMS = 2  # fewer are in many sentences
_SHARED = 0.6  # of the sentence's terms, or of the quotation's, which the other must have
_MARKS = dict.fromkeys(map(ord, '"“”„«»'))


def said_so(text: str, ask: Callable[[str], Answer]) -> Answer | None:
    """Return who said the words of a text, as far as somebody did, or nearly those; else None.

    Args:
        text: a message.
        ask: answers a question.
    """
    found = []
    for words in _looked_for(text):
        answer = ask(f'who said "{words}"?')
        if any(_alike(words, citation.quote) for citation in answer.citations):
            found.append((words, answer))
    if not found:
        return None
    return replace(found[0][1] if len(found) == 1 else _together(found), question=text)


def _looked_for(text: str) -> list[str]:
    whole = " ".join(text.translate(_MARKS).split())
    parts = [whole] if len(whole.split()) <= MOST_WORDS else [span.of(whole) for span in sentences(whole)]
    kept = [part.rstrip(" .!") for part in dict.fromkeys(parts) if len(part.split()) <= MOST_WORDS]
    return [part for part in kept if len(set(content_terms(part))) >= _LEAST_TERMS][:_SENTENCES]


def _alike(words: str, quote: str) -> bool:
    """Tell whether a quotation has most of the words, or they have most of its own."""
    ours, theirs = set(content_terms(words)), set(content_terms(quote))
    least = min(len(ours), len(theirs))
    return least >= _LEAST_TERMS and len(ours & theirs) >= _SHARED * least


def _together(found: list[tuple[str, Answer]]) -> Answer:
    """Return one answer with the quotations of several that are like the words, each once."""
    alike = [one for words, answer in found for one in answer.citations if _alike(words, one.quote)]
    distinct = {(one.article_id, one.start, one.end): one for one in alike}
    citations = tuple(replace(one, n=n) for n, one in enumerate(distinct.values(), 1))
    return replace(found[0][1], answer=quoted.markdown(citations), citations=citations, notes=())
