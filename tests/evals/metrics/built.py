"""Cases over two articles of the sample, built of the words that stand in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.model import Answer, Citation, Hit, Reason, Refusal
from bot.quoted import markdown
from corpus.model import Kind, Speaker
from evals.case import Case, Located, Place
from evals.goldset.model import Evidence, Question

SAMPLE = Path(__file__).resolve().parents[3] / "corpus" / "sample"
FILES = {
    "bill": "talmerian-news-agency/2041-03-04-assembly-bill-tabled.txt",
    "report": "000_88a69eeaa2e40b64.txt",
}
TITLES = {"bill": "Government tables bill on public gatherings", "report": "US rights report dismissed"}
TEXTS = {article: (SAMPLE / file).read_text("utf-8") for article, file in FILES.items()}

BALDOMIR = Speaker("Corr Baldomir", "Interior Minister", "Ministry of the Interior")
CALLISDRE = Speaker("Mirr Callisdre", "deputy leader", "People's Charter")
CHARTER = Speaker("People's Charter")

# Four pieces of the article on the bill, in the order of its text.
PERMISSION = "No one will need permission to gather. They will need only to tell us"
FINED = "Organisers who fail to give notice could be fined up to 40,000 orins"
READ = "We received 212 written submissions and we have read every one of them"
PRISON = "unless the prison clause goes"
# And one of the other article.
RALLIES = "The government continues to welcome lawful rallies"


def span(quote: str, article: str = "bill") -> tuple[int, int]:
    start = TEXTS[article].index(quote)
    return start, start + len(quote)


def sentence(quote: str, article: str = "bill") -> str:
    """The line of the article that has these words."""
    return next(line for line in TEXTS[article].splitlines() if quote in line)


def cite(
    n: int, quote: str, speaker: Speaker | None = None, article: str = "bill", kind: Kind | None = "direct"
) -> Citation:
    start, end = span(quote, article)
    return Citation(
        n=n,
        article_id=article,
        version=1,
        title=TITLES[article],
        outlet="Talmerian News Agency",
        authors=(),
        published="2041-03-04",
        date_source="text",
        retrieved_at=None,
        url=None,
        link=None,
        path=FILES[article],
        quote=quote,
        start=start,
        end=end,
        kind=kind,
        speaker=speaker,
    )


def hit(rank: int, first: str, last: str | None = None, article: str = "bill") -> Hit:
    """The passage that begins with `first` and ends with `last`."""
    start, (_, end) = span(first, article)[0], span(last or first, article)
    return Hit(
        rank=rank,
        article_id=article,
        title=TITLES[article],
        url=None,
        path=FILES[article],
        start=start,
        end=end,
        text=TEXTS[article][start:end],
        score=1 / rank,
    )


def located(quote: str, article: str = "bill") -> Located:
    return Located(quote, (Place(article, *span(quote, article)),))


def question(*evidence: str, article: str = "bill", **fields: Any) -> Question:
    """A question that can be answered from these quotations; without any, one that cannot."""
    found = {
        "id": "q",
        "question": "what did the interior minister say about permission to gather?",
        "type": "statement" if evidence else "unanswerable",
        "answerable": bool(evidence),
        "refusal": None if evidence else "no_evidence",
        "evidence": tuple(Evidence(article=FILES[article], quote=quote) for quote in evidence),
        **fields,
    }
    return Question.model_validate(found)


def answer(*citations: Citation, text: str | None = None, hits: Sequence[Hit] = (), **fields: Any) -> Answer:
    """An answer that quotes these citations, in the words of the project's own rendering unless `text` is given."""
    return Answer(
        id="a",
        question="",
        query={},
        answered=True,
        answer=markdown(citations) if text is None else text,
        mode="quoted" if text is None else "written",
        corpus={},
        citations=citations,
        hits=tuple(hits),
        **{"confidence": 0.5, **fields},
    )


def refused(reason: Reason = "no_evidence", hits: Sequence[Hit] = (), confidence: float = 0.1) -> Answer:
    message = "No statement that answers this was found in 2 articles."
    return Answer(
        id="a",
        question="",
        query={},
        answered=False,
        answer=message,
        mode="quoted",
        confidence=confidence,
        corpus={},
        refusal=Refusal(reason=reason, message=message),
        hits=tuple(hits),
    )


def case(asked: Question, given: Answer, article: str = "bill", texts: bool = True) -> Case:
    """A case with its evidence located in the articles' texts."""
    return Case(
        question=asked,
        evidence=tuple(located(piece.quote, article) for piece in asked.evidence if piece.quote),
        answer=given,
        cluster=article,
        texts={(name, 1): text for name, text in TEXTS.items()} if texts else {},
    )
