"""A gold question from what a person in Slack thought of an answer: what it takes, drawn from what was stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.ask import Whosaid
from bot.model import Answer, Citation
from bot.quoted import OTHERS
from bot.slack.store import Feedback
from corpus.catalogue import ArticleRecord
from corpus.errors import UsageError
from corpus.model import Span
from evals.goldset.articles import Articles, articles_of

_MOST = 2000  # characters of a right answer that are looked for
_FOUND = 10  # passages whose articles are looked through
_NUMBER = re.compile(r"(?<!\\)\[(\d+)\]")  # what is quoted has its brackets escaped
_EDGES = ' \t\r\n"“”„«»'
_ALIKE = ('"“”„«»', "'‘’‚‛", "-‐‑–—")  # which a keyboard, or a telephone, puts for each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a gold question takes: words of articles that answer and who said them, or why there is no answer."""

    question: str
    history: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...] = ()
    speaker: str | None = None
    refusal: str | None = None


def draw(feedback: Feedback, engine: Whosaid) -> Drawn:
    """Return what a gold question takes from `feedback`.

    Of an answer that was good, its own quotations are the evidence (not what others said), or its reason to refuse.
    Of one that was not, the right answer is, where it stands word for word in an article.

    Raises:
        UsageError: it tells too little; the message says what is missing.
    """
    answer = Answer.from_json(feedback.answer) if feedback.answer else None
    if feedback.verdict == "good":
        if answer is None:
            raise UsageError(
                f"the answer that feedback {feedback.id} is on was withdrawn or has expired; give --article and --quote"
            )
        return _of_good(feedback, answer, engine)
    if not (feedback.right or "").strip():
        raise UsageError(
            f"feedback {feedback.id} says that the answer was wrong, not which is right; give --article and --quote, "
            "or --refusal if the corpus does not say"
        )
    return _of_bad(feedback, answer, engine)


def _of_good(feedback: Feedback, answer: Answer, engine: Whosaid) -> Drawn:
    if answer.refusal is not None:
        return Drawn(question=feedback.question, history=tuple(feedback.history), refusal=answer.refusal.reason)
    own = _own(answer)
    names = {citation.speaker.name if citation.speaker else None for citation in own}
    with articles_of(engine) as articles:
        evidence = tuple((_name(articles, citation.article_id), citation.quote) for citation in own)
    return Drawn(
        question=feedback.question,
        history=tuple(feedback.history),
        evidence=evidence,
        speaker=names.pop() if len(names) == 1 else None,
    )


def _of_bad(feedback: Feedback, answer: Answer | None, engine: Whosaid) -> Drawn:
    right = str(feedback.right)
    with articles_of(engine) as articles:
        found = _find(right, _likely(right, answer, engine), articles)
        if found is None:
            raise UsageError(
                f"the right answer of feedback {feedback.id} stands word for word in no article: {_shown(right)}; give "
                "--article and --quote, or --refusal if the corpus does not say"
            )
        article, span, quote = found
        return Drawn(
            question=feedback.question,
            history=tuple(feedback.history),
            evidence=((_name(articles, article), quote),),
            speaker=_speaker(articles, article, span),
        )


def _own(answer: Answer) -> Sequence[Citation]:
    """Return the citations of what was asked for: those before what others said."""
    before = answer.answer.split(f"\n\n{OTHERS}\n\n")[0]
    numbers = {int(number) for number in _NUMBER.findall(before)}
    return [citation for citation in answer.citations if citation.n in numbers]


def _likely(right: str, answer: Answer | None, engine: Whosaid) -> Iterator[str]:
    """Yield ids of articles in which the right answer may stand: what was shown or found for the question, and more."""
    if answer is not None:
        shown: Iterable[Citation] = answer.refusal.closest if answer.refusal else answer.citations
        yield from (one.article_id for one in shown)
        yield from (hit.article_id for hit in answer.hits)
    yield from (hit.article_id for hit in engine.search(right[:_MOST], _FOUND))


def _find(right: str, ids: Iterable[str], articles: Articles) -> tuple[str, Span, str] | None:
    """Return the first article that has the words, their place, and the words as they stand there."""
    pattern = _pattern(right)
    if pattern is None:
        return None
    for article in dict.fromkeys(ids):
        text = articles.texts([article]).get(article, "")
        if match := pattern.search(text):
            return article, Span(*match.span()), match[0]
    return None


def _pattern(right: str) -> re.Pattern[str] | None:
    """Return what finds the words, however they are spaced and whichever quotation marks and dashes they have."""
    words = right[:_MOST].strip(_EDGES).split()
    if not words:
        return None
    return re.compile(r"\s+".join("".join(map(_character, word)) for word in words))


def _character(char: str) -> str:
    return next((f"[{re.escape(some)}]" for some in _ALIKE if char in some), re.escape(char))


def _speaker(articles: Articles, article: str, span: Span) -> str | None:
    """Return the name, or the role, of who is quoted with these words; None where nobody is, or several are."""
    records = articles.opened.search.shelf.statements_of([article])
    said = [r.statement.speaker for r in records if any(part.overlaps(span) for part in r.statement.content)]
    names = {speaker.name or speaker.role if speaker else None for speaker in said}
    return names.pop() if len(names) == 1 else None


def _name(articles: Articles, article: str) -> str:
    """Return what a gold set should call an article by one name."""
    record: ArticleRecord | None = articles.records.get(article)
    if record is None:
        raise UsageError(f"article {article}, which the answer quotes, is gone; give --article and --quote")
    name, url = articles.name_of(record)
    return record.id if url else name


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= 200 else line[:200] + '...'}”"
