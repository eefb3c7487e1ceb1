"""``whosaid eval add``: one more question in a gold set, checked before it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from bot.ask import Whosaid
from corpus.errors import UsageError
from evals.goldset.articles import articles_of
from evals.goldset.faults import GoldError, told
from evals.goldset.locate import find_evidence
from evals.goldset.model import Evidence, Question, Type
from evals.goldset.read import FIELDS, as_asked, read_bytes, read_gold
from evals.goldset.write import append


def add(
    file: Path,
    engine: Whosaid,
    question: str,
    evidence: Sequence[tuple[str, str]] = (),
    *,
    refusal: str | None = None,
    type: str | None = None,
    split: str = "dev",
    speaker: str | None = None,
    history: Sequence[str] = (),
    must_include: Sequence[Sequence[str]] = (),
    must_not_attribute_to: Sequence[str] = (),
    tags: Sequence[str] = (),
) -> Question:
    """Append a question to a gold set, which is made if need be, and return it; nothing else in the file changes.

    Args:
        file: the gold set.
        engine: the home whose articles the evidence is from.
        question: as it would be asked.
        evidence: pairs of an article (path, URL or id) and words of it that answer; none with `refusal`.
        refusal: why the corpus does not answer it, one of the reasons that answers give.
        type: None for what follows from the rest: a follow-up where there is history, what a refusal is of, a
            statement where somebody speaks, else a fact.
        split: dev, to choose by; test, to report by.
        speaker: whose words are expected.
        history: the questions before it, oldest first.
        must_include: groups of alternatives, of each of which the answer must hold one.
        must_not_attribute_to: speakers who must not get the words.
        tags: free words to filter by.

    Raises:
        GoldError: a gold set may not hold this, a quotation does not stand in its article, or the file is wrong.
        UsageError: the file cannot be read or written, or the home holds nothing.
    """
    before = read_bytes(file) if file.exists() else b""
    known = read_gold(file).questions if before.strip() else ()
    fields = {
        "id": next_id(file.stem, [one.id for one in known]),
        "question": question.strip(),
        "type": type or _type(bool(history), refusal, speaker),
        "split": split,
        "answerable": refusal is None,
        "refusal": refusal,
        "speaker": speaker,
        "history": tuple(history),
        "evidence": tuple({"article": article, "quote": quote} for article, quote in evidence),
        "must_include": tuple(tuple(group) for group in must_include),
        "must_not_attribute_to": tuple(must_not_attribute_to),
        "tags": tuple(tags),
    }
    made = _valid(fields)
    if (twin := next((one for one in known if as_asked(one) == as_asked(made)), None)) is not None:
        raise GoldError([f"the question was not added: {twin.id} asks the same after the same questions; change that"])
    made = made.model_copy(update={"evidence": tuple(_checked(made.evidence, engine))})
    if (read_bytes(file) if file.exists() else b"") != before:
        raise UsageError(f"{file} was changed meanwhile; nothing was added, so try again")
    append(file, made, before)
    return made


def _valid(fields: dict[str, object]) -> Question:
    try:
        return Question.model_validate(fields)
    except ValidationError as error:
        raise GoldError([f"the question was not added{sentence}" for sentence in told(error, FIELDS)]) from error


def _checked(evidence: Sequence[Evidence], engine: Whosaid) -> Iterator[Evidence]:
    """Yield the evidence, found in the corpus; a path of this machine becomes that in the folder that was ingested."""
    with articles_of(engine) as articles:
        for piece in evidence:
            article = find_evidence(piece, articles, engine).places[0].article_id
            if not piece.article.startswith(("/", "~", ".")):
                yield piece
                continue
            name, url = articles.name_of(articles.records[article])
            yield piece.model_copy(update={"article": name, "url": url})


def next_id(stem: str, ids: Sequence[str]) -> str:
    """Return the next free id: the file's name and the number after the highest that has it."""
    numbers = [int(match[1]) for one in ids if (match := re.fullmatch(rf"{re.escape(stem)}-(\d{{1,9}})", one))]
    return f"{stem}-{max(numbers, default=0) + 1:03}"


def _type(follows: bool, refusal: str | None, speaker: str | None) -> Type:
    if follows:
        return "follow-up"
    if refusal is not None:
        return "false-speaker" if refusal == "speaker_silent" else "unanswerable"
    return "fact" if speaker is None else "statement"
