"""Names and topics in marked attributions, by simple rules that need no model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from index.terms import content_terms

LEAST_CAPITAL = 0.5
"""Share of a word's uses with a capital, over a corpus, from which it may be part of a name."""

FEWEST_TERMS, MOST_TERMS = 2, 5
"""Terms of a topic."""

LEAST_RARITY = 5.0
"""What a topic's terms tell together, at least: natural logarithms of inverse document frequencies."""

_TOKEN = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?\.?")
_WORD = re.compile(r"[^\W\d_](?:[\w’'-]*\w)?")
_POSSESSIVE = re.compile(r"[’']s?$")
_HEAD_END = re.compile(r",|\(|\s[–—-]\s")
_TITLES = frozenset(
    (
        *("president", "senator", "representative", "congressman", "congresswoman", "governor", "mayor", "secretary"),
        *("justice", "judge", "chairman", "chairwoman", "speaker", "director", "general", "leader"),
    )
)
_WITHIN = frozenset(("of", "for", "the"))
_LEADS = frozenset(
    (
        *("the", "a", "an", "this", "that", "these", "those", "his", "her", "its", "their", "our", "my", "your"),
        *("of", "for", "in", "on", "against", "about", "over", "with", "between", "under", "at", "by", "from", "into"),
    )
)
_BETWEEN = re.compile(r"[ \xa0]|-")
_NEVER = frozenset(("since", "whatever", "except", "every", "including"))
_VERBAL = re.compile(r"(?:ed|ing|ly)$")


def capital_shares(texts: Iterable[str]) -> dict[str, float]:
    """Return, by word in lower case, the share of its uses over all texts that begin with a capital."""
    uses: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for text in texts:
        for match in _WORD.finditer(text):
            word = _bare(match[0])
            uses[word] += 1
            capitals[word] += match[0][0].isupper()
    return {word: capitals[word] / count for word, count in uses.items()}


def full_name(source: str, shares: Mapping[str, float]) -> str | None:
    """Return the full name of a person or an organisation with which a source begins; None where it has none.

    Two to four words with a capital (*of*, *for* and *the* may stand between), none of which is mostly written without:
    "Ann Lee, a nurse" is Ann Lee; "Mr. Lee", "she" and "Many Democrats" are nobody. What stands before a name, a title
    or whose he or she is, is left out, and so is of where.
    """
    words = [match[0] for match in _TOKEN.finditer(_HEAD_END.split(source.strip())[0])]
    for number, word in enumerate(words[:-1]):
        if word.lower() in _TITLES or (word.endswith(".") and len(word) > 2) or _POSSESSIVE.search(word):
            words[: number + 1] = [""] * (number + 1)
    words = [_POSSESSIVE.sub("", word) for word in words if word]
    words = words[1:] if words and words[0].lower() == "the" else words
    words = words[: words.index("of", 2)] if "of" in words[2:] else words
    capital = [word for word in words if word not in _WITHIN]
    if not 2 <= len(capital) <= 4 or words[0] in _WITHIN or words[-1] in _WITHIN:
        return None
    if not all(word[0].isupper() and shares.get(_bare(word), 0.0) >= LEAST_CAPITAL for word in capital):
        return None
    return " ".join(words)


def short_forms(name: str) -> frozenset[str]:
    """Return the forms, in lower case, by which a text may call who has this full name: last word, and initials."""
    capital = [word for word in name.split() if word[0].isupper()]
    return frozenset((_bare(capital[-1]), "".join(word[0] for word in capital).lower()))


def bare_words(text: str) -> frozenset[str]:
    """Return the words of `text` in lower case, without possessive endings."""
    return frozenset(_bare(match[0]) for match in _WORD.finditer(text))


def topic(content: str, rarity: Mapping[str, float], but: frozenset[str]) -> str | None:
    """Return what a content is about: its rarest run of words that looks like a noun phrase; None where there is none.

    Such a run follows a determiner or a preposition, consists of words that carry meaning, with nothing but a space or
    a hyphen, or *of (the)*, between them, and ends before a function word, a mark, what looks like a verb or an adverb
    (-ed, -ing, -ly), or the end.

    Args:
        content: the words of one attribution.
        rarity: by term, what it tells; a topic is worth the sum over its terms.
        but: words, in lower case, that it must not have: the names of those who are asked about.
    """
    best, worth = None, LEAST_RARITY
    for run in _runs(content):
        terms = set(content_terms(run))
        if FEWEST_TERMS <= len(terms) <= MOST_TERMS and not but & bare_words(run):
            value = sum(rarity.get(term, 0.0) for term in terms)
            if value > worth:
                best, worth = run, value
    return best


def _runs(content: str) -> list[str]:
    words = list(_WORD.finditer(content))
    tied = [_BETWEEN.fullmatch(content[one.end() : two.start()]) is not None for one, two in pairwise(words)]
    carries = [bool(content_terms(_bare(word[0]))) and _bare(word[0]) not in _NEVER for word in words]
    runs = []
    for first in range(1, len(words)):
        if not carries[first] or not tied[first - 1] or words[first - 1][0].lower() not in _LEADS:
            continue
        last = _end(words, tied, carries, first)
        runs.append(content[words[first].start() : words[last].end()])
    return runs


def _end(words: list[re.Match[str]], tied: list[bool], carries: list[bool], first: int) -> int:
    """Return the number of the last word of the run that begins with `first`."""
    last = first
    while last + 1 < len(words) and tied[last]:
        after = last + 1
        if words[after][0].lower() == "of":
            while after + 1 < len(words) and tied[after] and words[after][0].lower() in ("of", "the"):
                after += 1
        if not carries[after] or _VERBAL.search(words[after][0]):
            break
        last = after
    return last


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word.lower())
