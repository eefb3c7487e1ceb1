"""What the rules of grammar put right in the network's attributions, and what they add to them."""

from __future__ import annotations

from collections.abc import Collection

from corpus.model import Span
from corpus.statements.attribution import Attribution
from corpus.statements.cues import Verb, verb_forms
from corpus.statements.discourse import Draft
from corpus.statements.tagger.meeting import meeting
from corpus.statements.tagger.places import Places
from corpus.statements.tagger.spans import Found
from corpus.statements.tagger.tagged import Tagged

_PLAIN = ("say", "tell", "add")
_NONE = (Verb("", "", frozenset()), "")


class Ruled:
    """The rules' attributions of a text, by cue."""

    def __init__(self, places: Places, linked: list[list[Attribution]]) -> None:
        self._places, self._linked = places, linked

    def source(self, each: Found, shared: Collection[tuple[Span, ...]]) -> tuple[Span, ...]:
        """The source of an attribution: the network's, save where grammar knows better.

        It does where a relative pronoun stands right before the cue, where two cues have been given one source and
        only one of them is its (it is one of those `shared`), and where there is none.
        """
        relative = self._relative(each.cue)
        if relative is not None and not any(_close(source, relative) for source in each.source):
            return (relative,)
        if each.source and each.source not in shared:
            return each.source
        ruled = self._by_rule(each.cue)
        if not each.source or not ruled:
            return each.source or ruled
        apart = not any(a.overlaps(b) for a in ruled for b in each.source)
        return ruled if apart else each.source

    def _relative(self, cue: Span) -> Span | None:
        """The "who" or "which" that is the subject of a cue."""
        pieces = self._places.pieces(cue)
        if not pieces:
            return None
        number, first, _ = pieces[0]
        tags = self._places.units[number].tags
        while first > 0 and tags[first - 1] in "XRb":
            first -= 1
        return self._places.span(number, first - 1, first) if first > 1 and tags[first - 1] == "W" else None

    def _by_rule(self, cue: Span) -> tuple[Span, ...]:
        """The source that the rules give to a cue, if they know it."""
        for number, begin, end in self._places.pieces(cue):
            for rule in self._linked[number]:
                if rule.cue[0] < end and begin < rule.cue[1]:
                    return (self._places.span(number, rule.source.start, rule.source.end),)
        return ()

    def more(self, made: list[Tagged]) -> list[Tagged]:
        """What the rules find and the network does not.

        That is what the headline says, what somebody passes on from others, and what is plainly said in a sentence
        of which the network made nothing.
        """
        ruled = [
            (number, rule, self._tagged(number, rule)) for number, rules in enumerate(self._linked) for rule in rules
        ]
        cues = [(cue, 0) for each in made for cue in each.cue]
        known = {place for place, _ in meeting([(each[2].cue[0], place) for place, each in enumerate(ruled)], cues)}
        touched = {number for each in made for cue in each.cue for number, _, _ in self._places.pieces(cue)}
        touched |= {number for each in made for number, _, _ in each.draft.content}
        found = []
        for place, (number, rule, tagged) in enumerate(ruled):
            if place in known:
                continue
            if number not in touched:
                wanted = self._places.units[number].headline or self._is_plain(number, rule)
            else:
                wanted = self._passed_on(number, rule, tagged, made)
            if wanted:
                found.append(tagged)
        return found

    def _passed_on(self, number: int, rule: Attribution, tagged: Tagged, made: list[Tagged]) -> bool:
        """Tell whether what a rule finds stands in what another says: "a group claiming", "said X, according to Y"."""
        holding = [each for each in made if _within(each, tagged.cue[0]) and _within(each, tagged.source[0])]
        if holding:
            return self._is_clause(number, rule)
        inverted = rule.source.start >= rule.cue[1]
        return inverted and any(
            each.draft.unit == number and self.is_according(each) and _within(each, tagged.content[0]) for each in made
        )

    def is_according(self, each: Tagged) -> bool:
        """Tell whether an attribution's cue is "according to"."""
        pieces = (piece for cue in each.cue for piece in self._places.pieces(cue))
        return any("K" in self._places.units[number].tags[start:end] for number, start, end in pieces)

    def _is_clause(self, number: int, rule: Attribution) -> bool:
        """Tell whether what a rule finds is surely said: a clause that "that" opens, of somebody named or described."""
        tags = self._places.units[number].tags
        return bool(rule.content) and tags[rule.content[0][0]] in "TQ" and tags[rule.source.start] != "P"

    def _is_plain(self, number: int, rule: Attribution) -> bool:
        """Tell whether a cue only says that somebody says something, or a clause with "that" is what is said."""
        if rule.content and self._places.units[number].tags[rule.content[0][0]] == "T":
            return True
        words = self._places.units[number].words[rule.cue[0] : rule.cue[1]]
        return any(word == "according to" or verb_forms().get(word, _NONE)[0].lemma in _PLAIN for word in words)

    def _tagged(self, number: int, rule: Attribution) -> Tagged:
        span = self._places.span
        content = [span(number, *piece) for piece in rule.content]
        draft = Draft(number, [(number, a, b) for a, b in rule.content], rule)
        source = span(number, rule.source.start, rule.source.end)
        return Tagged((span(number, *rule.cue),), (source,), content, draft)


def _close(source: Span, relative: Span) -> bool:
    """Tell whether a source is what a relative pronoun goes back to, or holds it."""
    return source.overlaps(relative) or 0 <= relative.start - source.end <= 2


def _within(outer: Tagged, span: Span) -> bool:
    return any(content.start <= span.start and span.end <= content.end for content in outer.content)
