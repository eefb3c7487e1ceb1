"""A case: one gold question, where its evidence stands in the corpus, and the answer that was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.model import Answer, Citation, Hit
from evals.goldset.model import ALL_WANTED, Question


@dataclass(frozen=True, slots=True)
class Place:
    """A span of an article's current text: characters ``[start, end)``."""

    article_id: str
    start: int
    end: int

    def meets(self, found: Citation | Hit) -> bool:
        """Tell whether a citation or a hit has a character of this place."""
        return self.article_id == found.article_id and self.start < found.end and found.start < self.end

    def within(self, found: Citation | Hit) -> bool:
        """Tell whether a citation or a hit has all of this place."""
        return self.article_id == found.article_id and found.start <= self.start and self.end <= found.end


@dataclass(frozen=True, slots=True)
class Located:
    """One piece of evidence and every place where it stands: in its article, and in the copies of it.

    `quote` is None where the whole article is meant: then its place is all of the text, and any part of it will do.
    """

    quote: str | None
    places: tuple[Place, ...]

    def held_by(self, found: Citation | Hit) -> bool:
        """Tell whether a hit or a citation has the whole quotation, or is of the article where all of it is meant."""
        if self.quote is None:
            return self.met_by(found)
        return any(place.within(found) for place in self.places)

    def met_by(self, found: Citation | Hit) -> bool:
        """Tell whether a citation or a hit overlaps the quotation."""
        return any(place.meets(found) for place in self.places)


@dataclass(frozen=True, slots=True)
class Case:
    """What a metric looks at. `evidence` is in the order of the question's; `answer.hits` are the passages, best first.

    `cluster` names what questions on the same articles share; intervals resample it whole. `texts` has the stored
    text of each (article id, version) that the answer cites; a metric that needs one that is missing says nothing.
    """

    question: Question
    evidence: tuple[Located, ...]
    answer: Answer
    cluster: str
    texts: Mapping[tuple[str, int], str] = field(default_factory=dict, repr=False)

    @property
    def all_wanted(self) -> bool:
        """True where every piece of evidence is wanted, not any one."""
        return self.question.type in ALL_WANTED
