"""Whether a statement's speaker is resolved rightly, on statements marked by hand.

    python -m evals.speakers GOLD --sample corpus/sample [--multihop corpus.jsonl] [--method tagger|rules]
                             [--split dev|test] [--show]

GOLD is a set as in `evals.speakers_set`. Statements are found once in each article. A marked statement is *found*
where at least half of its characters lie in the content of one found statement; of several the one that holds
most of it is taken, then the shortest. One found statement may stand for several marked ones, since a quotation that
goes on in the next paragraph is marked again there and may well be found as one.

The speaker is *right* where the found name is the marked one, or one marked as as good, by what `folded` leaves of
it; a surname alone is not, where the article gives the full name. One who has no name is right where none was found
and the found description holds the head word of the marked one, or of one marked as as good. Where even a reader
cannot tell who speaks, no speaker is right. What is not found is not right. Shares are in 0..1, those "of all" over
all statements of articles whose text is the one that was marked.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from corpus.errors import WhosaidError
from corpus.model import Span, Speaker, Statement
from corpus.statements import Method, find_statements
from evals.speakers_set import GoldSpeaker, GoldStatement, Named, by_article, read_set, stored_texts, unusable

ENOUGH = 0.5
"""Least share of the marked characters that a found statement has to hold."""

_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame"])
_SMALL = frozenset(["the", "a", "an", "of", "for", "and", "in", "on", "at"])
_WORD = re.compile(r"[^\W_]+")
_AFTER_HEAD = re.compile(r"\b(?:of|with|in|at|for|to|from|on|near|who|that|which|familiar|close|by|and)\b")
_SHOWN = 70  # characters of a statement that are shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one marked statement; role and affiliation are None where there is none to compare."""

    gold: GoldStatement
    found: Statement | None
    speaker: bool
    role: bool | None
    affiliation: bool | None


def evaluate(
    groups: Mapping[str, Sequence[GoldStatement]], texts: Mapping[str, str], find: Callable[[str], Sequence[Statement]]
) -> list[Outcome]:
    """Return what becomes of each statement, by article; `texts` has the text of every article of `groups`."""
    outcomes = []
    for article, statements in groups.items():
        found = find(texts[article])
        outcomes += [judged(one, counterpart(one.spans, found)) for one in statements]
    return outcomes


def counterpart(content: Sequence[Span], found: Sequence[Statement]) -> Statement | None:
    """Return the found statement that holds most of a marked content, the shortest of several; None below half."""
    marked = _characters(content)
    best: tuple[int, int] | None = None
    taken = None
    for one in found:
        theirs = _characters(one.content)
        rank = (len(marked & theirs), -len(theirs))
        if rank[0] >= ENOUGH * len(marked) and (best is None or rank > best):
            best, taken = rank, one
    return taken


def judged(gold: GoldStatement, found: Statement | None) -> Outcome:
    """Return what is right of a found statement; role and affiliation only of one whose speaker is right."""
    named = found.speaker if found else None
    if found is None or not same_speaker(gold.speaker, gold.also, named):
        return Outcome(gold, found, False, None, None)
    marked = gold.speaker
    if marked is None or named is None:
        return Outcome(gold, found, True, None, None)
    role = within(marked.role, named.role) if marked.role and marked.name else None
    affiliation = within(marked.affiliation, named.affiliation) if marked.affiliation else None
    return Outcome(gold, found, True, role, affiliation)


def same_speaker(gold: GoldSpeaker | None, also: Iterable[str], found: Speaker | None) -> bool:
    """Tell whether a found speaker is the marked one."""
    if gold is None or found is None:
        return gold is None and found is None
    if found.name is not None:
        return folded(found.name) in {folded(name) for name in (gold.name, *also) if name}
    heads = {head(description) for description in (gold.role, *also) if description}
    return gold.name is None and not heads.isdisjoint(_plain(found.role or ""))


def folded(name: str) -> str:
    """Return a name without case, accents, punctuation, possessive 's, articles ("the") and titles (Mr, Dr)."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("’", "'"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("'s ", " ")
    words = _WORD.findall(bare.removesuffix("'s").replace("'", "").replace(".", ""))
    return " ".join(word for word in words if word not in ("the", "a", "an") and word not in _TITLES)


def head(description: str) -> str:
    """Return the head word of a description, singular: "official" of "two officials familiar with the talks"."""
    words = _plain(_AFTER_HEAD.split(description.casefold())[0])
    return words[-1] if words else ""


def within(gold: str, found: str | None) -> bool:
    """Tell whether a role or affiliation is the marked one: one's words are among the other's, or its initials."""
    ours, theirs = ([word for word in _plain(one or "") if word not in _SMALL] for one in (gold, found))
    if not ours or not theirs:
        return False
    initials = {"".join(word[0] for word in words) for words in (ours, theirs)}
    return set(ours) <= set(theirs) or set(theirs) <= set(ours) or not initials.isdisjoint({*ours, *theirs})


def _plain(text: str) -> list[str]:
    """The words of a text, folded, without the s of a plural."""
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in folded(text).split()]


def _characters(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(place for span in spans for place in range(*span))


def report(outcomes: Sequence[Outcome], sample: Collection[str]) -> Iterator[str]:
    """Yield the figures, a line each: of all, by origin, and by how the speaker is named; `sample` are its articles."""
    found = [one for one in outcomes if one.found]
    right = [one for one in outcomes if one.speaker]
    articles = len({one.gold.article for one in outcomes})
    yield f"{len(outcomes)} statements, articles: {articles}; found {_share(len(found), len(outcomes))}"
    yield f"speaker right, of all:       {_share(len(right), len(outcomes))}"
    yield f"speaker right, of the found: {_share(len(right), len(found))}"
    for what, values in (("role", [o.role for o in right]), ("affiliation", [o.affiliation for o in right])):
        known = [value for value in values if value is not None]
        yield f"{what} right, where the speaker is and has one: {_share(sum(known), len(known))}"
    yield f"{'':14}{'statements':>11}{'found':>7}{'right':>7}{'share':>7}"
    for label, some in _parts(outcomes, sample):
        if some:
            rights = sum(one.speaker for one in some)
            there = sum(one.found is not None for one in some)
            yield f"{label:14}{len(some):>11}{there:>7}{rights:>7}{rights / len(some):>7.3f}"


def _parts(outcomes: Sequence[Outcome], sample: Collection[str]) -> Iterator[tuple[str, list[Outcome]]]:
    yield "sample", [one for one in outcomes if one.gold.article in sample]
    yield "real news", [one for one in outcomes if one.gold.article not in sample]
    for named in get_args(Named):
        yield named, [one for one in outcomes if one.gold.named == named]


def _share(part: int, whole: int) -> str:
    return f"{part / whole if whole else 0.0:.3f} ({part} of {whole})"


def wrong(outcomes: Sequence[Outcome], texts: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong, two lines a statement: its words, and who was marked and who was found."""
    for one in outcomes:
        if not one.speaker:
            words = " ... ".join(" ".join(span.of(texts[one.gold.article]).split()) for span in one.gold.spans)
            found = _label(one.found.speaker) if one.found else "not found"
            yield f"{one.gold.id} ({one.gold.named}): {words[:_SHOWN]}"
            yield f"    marked {_label(one.gold.speaker)}; {found if not one.found else 'found ' + found}"


def _label(speaker: GoldSpeaker | Speaker | None) -> str:
    if speaker is None:
        return "nobody"
    rest = ", ".join(part for part in (speaker.role, speaker.affiliation) if part)
    return f"{speaker.name or '(no name)'}{f' ({rest})' if rest else ''}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures for the set named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m evals.speakers", description=__doc__.partition("\n")[0])
    parser.add_argument("gold", type=Path, help="statements with their speakers, as JSON Lines")
    parser.add_argument("--sample", type=Path, required=True, help="the folder of sample articles")
    parser.add_argument("--multihop", type=Path, help="MultiHop-RAG's corpus.jsonl")
    parser.add_argument("--method", choices=get_args(Method), default="tagger")
    parser.add_argument("--split", choices=("dev", "test"), help="only this part of the set")
    parser.add_argument("--show", action="store_true", help="list the statements whose speaker is wrong")
    options = parser.parse_args(arguments)
    method: Method = options.method
    try:
        statements = [one for one in read_set(options.gold) if options.split in (None, one.split)]
        groups = by_article(statements)
        sample = stored_texts([options.sample])
        texts = sample | (stored_texts([options.multihop]) if options.multihop else {})
        left_out = unusable(groups, texts)
        kept = {article: some for article, some in groups.items() if article not in left_out}
        outcomes = evaluate(kept, texts, lambda text: find_statements(text, method))
    except WhosaidError as error:
        parser.error(str(error))
    print("\n".join((*left_out.values(), *(wrong(outcomes, texts) if options.show else ()), *report(outcomes, sample))))


if __name__ == "__main__":
    main()
