"""Whether a speaker spoke on a topic, or only near those who did.

The figures set the speaker's words against those of everybody else who is quoted in the articles on the topic. Their
weights come from ``python -m evals.calibrate_spoke`` (see docs/who-said-what.md), which fits them on questions that
somebody answers in truth and on the same kind of questions put to others who are quoted in the same articles.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.evidence import Aim, Scored
from bot.fitted import fitted, probability
from index.sentences import Floats

_RELATED = 0.5  # what all of a topic's words are worth beside a likeness of 1
_ALIKE = 2.0  # share of a topic's terms that a likeness of 1 would stand for
_SHARP = 8.0  # how much more the better of two counts in a share; chosen on development data


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a speaker's words meet a topic, beside those of others.

    `met`: the weighted share of the topic's terms that one sentence of the speaker's meets with what stands around
    it, or twice `alone` where that is more; `lead`: the share that title and opening of one of the speaker's
    articles meet; `article`: how good the article of the speaker's best words is for the question, by its best
    passage beside the best of all; `question`: the most that a sentence of the speaker's is like the whole
    question; `alone`: that of the best words to the topic, read without what stands around them; `rival`: the
    greatest likeness to the topic of what another says. `share` is the logarithm, at most 0, of the speaker's share
    of what everybody says on it in the articles found, where each statement counts the more the better it meets the
    topic.
    """

    met: float
    lead: float
    article: float
    question: float
    alone: float
    rival: float
    share: float


def measure(
    mine: Sequence[Scored],
    theirs: Sequence[Scored],
    aim: Aim,
    texts: Mapping[str, str],
    encode: Callable[[str], Floats],
) -> Figures:
    """Return the figures of a speaker's statements beside those of others.

    Args:
        mine: the speaker's, at least one, in any order.
        theirs: what others say in the articles found.
        aim: what is asked.
        texts: article id -> text.
        encode: gives the vector of a text.
    """
    best = max(mine, key=_relevance)
    words = best.unit.span.of(texts[best.unit.article.id])
    alone = max(0.0, float(encode(words) @ aim.topic_vector))
    return Figures(
        met=max(*(scored.features.context for scored in mine), min(1.0, _ALIKE * alone)),
        lead=max(scored.features.lead for scored in mine),
        article=best.features.article,
        question=max(scored.features.question_cosine for scored in mine),
        alone=alone,
        rival=max((scored.features.topic_cosine for scored in theirs), default=0.0),
        share=_share([_SHARP * _relevance(s) for s in mine], [_SHARP * _relevance(s) for s in theirs]),
    )


def confidence(figures: Figures) -> float:
    """Return the probability, in 0..1, that the speaker spoke on the topic."""
    return probability(figures, fitted("spoke"))


def _relevance(scored: Scored) -> float:
    return scored.features.topic_cosine + _RELATED * scored.features.related


def _share(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the logarithm of the share of `mine` in a softmax over both."""
    most = max((*mine, *theirs))
    own = sum(math.exp(value - most) for value in mine)
    return math.log(own / (own + sum(math.exp(value - most) for value in theirs)))
