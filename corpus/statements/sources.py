"""Source phrases as they come: cut to size, or led back to the name beside them."""

from __future__ import annotations

from corpus.statements.lexicon import nouns
from corpus.statements.phrases import Phrase, before
from corpus.statements.tokens import Unit

_DASHES = ("–", "—", "--")


def trimmed(unit: Unit, phrase: Phrase) -> Phrase | None:
    """A phrase without what is not part of the noun phrase, and with the first half of a name that it lacks."""
    tags, words = unit.tags, unit.words
    start, end = phrase.start, phrase.end
    while start < end - 1 and (tags[start] in ",-AB():.QxRHI;" or words[start] in ("including", "like")):
        start += 1
    while end > start and (tags[end - 1] in ",-S(:;.IR" or (tags[end - 1] in "OW" and end - 1 > start)):
        end -= 1
    if start >= end:
        return None
    if start and words[start] in ("percent", "per cent") and tags[start - 1] in "CD":
        start -= 1  # "Thirty percent of voters"
    if start > 1 and tags[start] in "nC" and tags[start - 1] in "Qq" and tags[start - 2] == "D":
        start -= 2  # 'The "Friends in Low Places" singer'
    while start and tags[start] == "C" and tags[start - 1] == "C" and _is_name(words[start - 1]):
        start -= 1
    cut = next((i for i in range(start + 1, end) if tags[i] == "," or words[i] in _DASHES), end)
    return Phrase(start, end, cut)


def _is_name(word: str) -> bool:
    return not word.endswith("ed") and word not in ("says", "said", "writes", "wrote", "adds", "asks")


def antecedent_of_relative(unit: Unit, place: int) -> Phrase | None:
    """The noun phrase that the "who" or "which" at token `place` goes back to."""
    tags, words, known = unit.tags, unit.words, nouns()
    end = place
    while end > 0 and tags[end - 1] in ",I":
        end -= 1
    phrase = before(tags, end)
    if phrase is None:
        return None
    speakers = known["document"] | known["organisation"] | known["role"] | known["people"]
    heads = [i - 1 for i in range(phrase.start + 1, phrase.head) if tags[i] in "It"] + [phrase.head - 1]
    human = words[place].startswith("who")
    if human:  # "an official in the ministry, who": the official
        speakers = known["role"] | known["people"]
        heads.reverse()
    chosen = next((i for i in reversed(heads) if words[i] in speakers or tags[i] == "C"), None)
    if chosen is None:
        return phrase
    start = chosen
    while start > phrase.start and (tags[start - 1] not in "It" or tags[start - 2 : start + 1] == "CIC"):
        start -= 1
    return Phrase(start, phrase.end, phrase.head)


def own_name(unit: Unit, phrase: Phrase) -> Phrase | None:
    """The name that a description stands beside: "Lark Mobile, the market leader, said"."""
    tags = unit.tags
    if phrase.start < 2 or tags[phrase.start - 1] != "," or tags[phrase.start] not in "DnC":
        return None
    end = start = phrase.start - 1
    while start and tags[start - 1] in "C-":
        start -= 1
    if start == end or tags[start - 1 : start] == "K" or (start and tags[start - 1] not in "QAB:;.-T"):
        return None
    return Phrase(start, end, end)


def name_after(unit: Unit, phrase: Phrase) -> Phrase | None:
    """The name that follows on a description: "The state power company, Lark Electricity (LE), which runs the dam,"."""
    tags = unit.tags
    start = end = phrase.head + 1
    if tags[phrase.head : start] != ",":
        return None
    while end < len(tags) and tags[end] in "C-":
        end += 1
    return Phrase(start, end, end) if start < end and tags[end : end + 1] in tuple(",(.") else None
