"""Pairs of articles that are copies of each other, and pairs that are not, made from a list of real articles.

Copies, 40 of each kind: *truncated* (the first 30 to 100 per cent, half with another ending, a third under
another headline),
*re-headlined* (another headline, byline and dateline), *edited* (some of: words replaced, sentences
replaced or dropped, a paragraph inserted, dropped or moved in, boilerplate added).

Not copies: 40 of the *same event* (two articles of at most three days' distance whose words and names
are most alike, by the cosine of their tf-idf weights, and of whose sentences less than a third are shared),
14 *follow-ups* (an article of the same event that repeats paragraphs of the other, up to two fifths of its
words), 13 with the same *boilerplate* below, and 13 *templates* (the same sentences with other names and numbers).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from corpus.copies import words
from corpus.errors import UsageError
from corpus.sentences import paragraphs, sentences

NEAR = dt.timedelta(days=3)
LEAST_WORDS = 120
ALIKE = 0.35
"""Least cosine of two articles that are taken to tell of the same event; the median of random pairs is .03."""

_NAME_OR_NUMBER = re.compile(r"(?<=[\w,;:] )[A-Z]\w+|\d[\d.,]*\d|\d")
_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True, slots=True)
class Article:
    """A record of the file: where and when it was published, its headline and its body."""

    url: str
    title: str
    published: dt.date
    body: str

    @property
    def text(self) -> str:
        """The headline, a blank line and the body, as a loader of pages would store them."""
        return f"{self.title}\n\n{self.body}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, the kind of pair they are, whether they are copies, and the URLs they were made of."""

    kind: str
    copies: bool
    a: str
    b: str
    urls: tuple[str, ...]


def make_pairs(articles: Sequence[Article], seed: int) -> list[Pair]:
    """Return 200 pairs made of `articles`, the same for the same articles and seed.

    Raises:
        UsageError: there are too few articles, or too few of the same events.
    """
    random = Random(seed)
    usable = [a for a in articles if len(a.body.split()) >= LEAST_WORDS and len(paragraphs(a.body)) >= 4]
    events = same_events(usable, 54)
    if len(usable) < 400 or len(events) < 54:
        raise UsageError(
            f"cannot make 200 pairs of {len(usable)} articles of some length and {len(events)} pairs on the same "
            "events; give a file of a few thousand articles"
        )
    random.shuffle(usable)
    fresh = iter(usable)
    made = [
        Pair(change.__name__.strip("_"), copies, *texts, (one.url, other.url))
        for change, copies, number in _KINDS
        for one, other in ((next(fresh), next(fresh)) for _ in range(number))
        for texts in (change(one, other, random),)
    ]
    random.shuffle(events)
    made += [Pair("same_event", False, a.text, b.text, (a.url, b.url)) for a, b in events[:40]]
    return made + [Pair("follow_up", False, *_follow_up(a, b, random), (a.url, b.url)) for a, b in events[40:]]


def same_events(articles: Sequence[Article], number: int) -> list[tuple[Article, Article]]:
    """Return the `number` pairs of near dates that are most alike and yet different texts; no article twice."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    order = sorted(range(len(articles)), key=lambda n: (articles[n].published, articles[n].url))
    weights = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english").fit_transform(
        [articles[n].text for n in order]
    )
    scored: list[tuple[float, int, int]] = []
    for row, n in enumerate(order):
        last = row + 1
        while last < len(order) and articles[order[last]].published - articles[n].published <= NEAR:
            last += 1
        cosines = (weights[row + 1 : last] @ weights[row].T).toarray().ravel() if last > row + 1 else []
        scored += [(float(c), n, order[row + 1 + at]) for at, c in enumerate(cosines) if c >= ALIKE]
    taken: set[int] = set()
    found: list[tuple[Article, Article]] = []
    for _, a, b in sorted(scored, key=lambda row: (-row[0], articles[row[1]].url, articles[row[2]].url)):
        if len(found) < number and not {a, b} & taken and _shared_sentences(articles[a], articles[b]) < 1 / 3:
            taken |= {a, b}
            found.append((articles[a], articles[b]))
    return found


def _shared_sentences(a: Article, b: Article) -> float:
    """The share of the sentences of the article with fewer that the other has too."""
    sets = [{" ".join(words(s.of(x.body))) for s in sentences(x.body)} for x in (a, b)]
    return len(sets[0] & sets[1]) / max(1, min(map(len, sets)))


def _paragraphs(article: Article) -> list[str]:
    return [span.of(article.body) for span in paragraphs(article.body)]


def _cut(text: str, words: int) -> str:
    """The first sentences of `text`, until they have at least `words` words, with its paragraph breaks."""
    end = len(text)
    for span in sentences(text):
        if len(text[: span.end].split()) >= words:
            end = span.end
            break
    return text[:end]


def _truncated(one: Article, other: Article, random: Random) -> tuple[str, str]:
    lead = _cut(one.body, max(40, int(random.uniform(0.3, 1.0) * len(one.body.split()))))
    if random.random() < 0.5:
        lead += "\n\n" + _cut(_paragraphs(other)[-1], 1)[: len(lead) // 5]
    headline = random.choice([one.title, one.title, other.title])
    return one.text, f"{headline}\n\n{lead}"


def _re_headlined(one: Article, other: Article, random: Random) -> tuple[str, str]:
    reporter = random.choice(["By Staff Reporter", "From our correspondent", f"By {random.choice(_names(other))}"])
    place = random.choice(["", "", f"{random.choice(_names(one)).upper()} — "])
    headline = _cut(one.body, 1)[:80] if random.random() < 0.5 else " ".join(random.sample(_names(one), 4))
    return one.text, f"{headline}\n\n{reporter}\n\n{place}{one.body}"


def _names(article: Article) -> list[str]:
    found = sorted(set(re.findall(r"(?<=[\w,] )[A-Z][a-z]+", article.body)))
    return [*found, "Monday", "Capital", "Morning", "Review"] if len(found) < 4 else found


def _edited(one: Article, other: Article, random: Random) -> tuple[str, str]:
    text = one.body
    for change in random.sample(_EDITS, 3):
        text = change(text, other, random)
    return one.text, f"{one.title}\n\n{text}"


def _words_replaced(text: str, other: Article, random: Random) -> str:
    words, share = _WORD.findall(other.body), random.uniform(0.01, 0.06)
    return _WORD.sub(lambda m: random.choice(words).lower() if random.random() < share else m[0], text)


def _sentences_changed(text: str, other: Article, random: Random) -> str:
    spans, donors = sentences(text), sentences(other.body)
    for at in sorted(random.sample(range(len(spans)), max(1, len(spans) // 12)), reverse=True):
        new = random.choice(["", random.choice(donors).of(other.body)])
        text = text[: spans[at].start] + new + text[spans[at].end :]
    return text


def _paragraph_inserted(text: str, other: Article, random: Random) -> str:
    parts = text.split("\n\n")
    parts.insert(random.randint(0, len(parts)), _cut(random.choice(_paragraphs(other)), 20)[: len(text) // 8])
    return "\n\n".join(parts)


def _paragraph_dropped(text: str, other: Article, random: Random) -> str:
    parts = text.split("\n\n")
    small = [n for n, part in enumerate(parts) if len(part) * 6 < len(text)]
    if small:
        parts.pop(random.choice(small))
    return "\n\n".join(parts)


def _boilerplate_added(text: str, other: Article, random: Random) -> str:
    lines = [
        "This story is part of our continuing coverage. Sign up for the morning newsletter to get it by e-mail.",
        "© All rights reserved. This material may not be published, broadcast, rewritten or redistributed.",
        "Follow us on social media for more, and download our app for the latest news from around the world.",
    ]
    return "\n\n".join((text, *random.sample(lines, random.randint(1, 3))))


def _boilerplate(one: Article, other: Article, random: Random) -> tuple[str, str]:
    """Two different articles that end in the same paragraphs: two fifths of the shorter's words at most."""
    shorter = min(len(one.body.split()), len(other.body.split()))
    block = _cut(other.body, int(random.uniform(0.2, 0.4) * shorter))
    tail = other.body[len(block) :]
    return f"{one.text}\n\n{block}", f"{other.title}\n\n{tail}\n\n{block}"


def _template(one: Article, other: Article, random: Random) -> tuple[str, str]:
    """The same sentences about somebody else: every name and number is replaced, the same by the same."""
    names, put = _names(other), dict[str, str]()

    def swap(match: re.Match[str]) -> str:
        old = match[0]
        if old not in put:
            new = re.sub(r"\d", lambda _: str(random.randint(1, 9)), old)
            put[old] = new if old[0].isdigit() else random.choice(names)
        return put[old]

    return one.text, f"{_NAME_OR_NUMBER.sub(swap, one.title)}\n\n{_NAME_OR_NUMBER.sub(swap, one.body)}"


def _follow_up(a: Article, b: Article, random: Random) -> tuple[str, str]:
    """The second article with paragraphs of the first as its background."""
    background = _cut(a.body, int(random.uniform(0.2, 0.35) * min(len(a.body.split()), len(b.body.split()))))
    return a.text, f"{b.text}\n\n{background}"


_Change = Callable[[Article, Article, Random], tuple[str, str]]
_EDITS: list[Callable[[str, Article, Random], str]] = [
    _words_replaced,
    _sentences_changed,
    _paragraph_inserted,
    _paragraph_dropped,
    _boilerplate_added,
]
_KINDS: tuple[tuple[_Change, bool, int], ...] = (
    (_truncated, True, 40),
    (_re_headlined, True, 40),
    (_edited, True, 40),
    (_boilerplate, False, 13),
    (_template, False, 13),
)


def article(record: dict[str, Any]) -> Article:
    """Return the article of one record of the file (KeyError, ValueError where it is none)."""
    published = dt.date.fromisoformat(str(record["published_at"])[:10])
    return Article(str(record["url"]), str(record["title"]), published, str(record["body"]))
