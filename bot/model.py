"""What an answer is: the contract of ``whosaid ask --json``, as data.

Everything that shows an answer (terminal, Slack, evaluation) is a pure function of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from corpus.model import Kind, Speaker

Reason = Literal["no_evidence", "speaker_silent", "unknown_speaker", "nothing_matches_filters", "empty_index"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A verbatim span of one version of a stored article: ``quote == text[start:end]``.

    `also_in` names the copies of the article that have the same words. The text of the article changed last
    between `changed_after` and `changed_on`, both None where it never did since it was first read;
    `corrections` are the publisher's own notices, as they stand in the text.
    """

    n: int
    article_id: str
    version: int
    title: str
    outlet: str | None
    authors: tuple[str, ...]
    published: str | None
    date_source: str | None
    retrieved_at: str | None
    url: str | None
    link: str | None
    path: str | None
    quote: str
    start: int
    end: int
    kind: Kind | None
    speaker: Speaker | None
    via: tuple[Speaker, ...] = ()
    said: str | None = None
    also_in: tuple[str, ...] = ()
    changed_after: str | None = None
    changed_on: str | None = None
    corrections: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Citation:
        """Read what ``asdict`` gave, from JSON or not.

        Raises:
            TypeError: a field is missing, or is none of a citation's.
        """
        lists = {name: tuple(stored[name]) for name in ("authors", "also_in", "corrections") if name in stored}
        speaker = Speaker(**stored["speaker"]) if stored["speaker"] else None
        via = tuple(Speaker(**source) for source in stored.get("via", ()))
        return cls(**{**stored, **lists, "speaker": speaker, "via": via})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One retrieved passage, `rank` from 1; `text` is exactly the article's ``[start:end]``."""

    rank: int
    article_id: str
    title: str
    url: str | None
    path: str | None
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no answer, told to the asker, with the closest passages named as such."""

    reason: Reason
    message: str
    closest: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply to one question. Exactly one of `answered` and `refusal` holds."""

    id: str
    question: str
    query: dict[str, Any]
    answered: bool
    answer: str
    mode: Literal["quoted", "written"]
    confidence: float
    corpus: dict[str, Any]
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints; "hits" only where hits were asked for."""
        found = {"schema": 1, **asdict(self)}
        if not self.hits:
            del found["hits"]
        return found

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Answer:
        """Read what `as_json` gave, from JSON or not.

        Raises:
            KeyError, TypeError: it is no answer of this version.
        """
        refusal = stored["refusal"]
        closest = tuple(map(Citation.from_json, refusal["closest"])) if refusal else ()
        read: dict[str, Any] = {
            "notes": tuple(stored["notes"]),
            "refusal": Refusal(reason=refusal["reason"], message=refusal["message"], closest=closest)
            if refusal
            else None,
            "citations": tuple(map(Citation.from_json, stored["citations"])),
            "hits": tuple(Hit(**hit) for hit in stored.get("hits", ())),
        }
        return cls(**{name: value for name, value in {**stored, **read}.items() if name != "schema"})
