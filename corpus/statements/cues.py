"""Words that say that someone says something, with what may follow them.

``cues.tsv`` holds one verb a line: lemma, frames, forms and particles. The frames are letters:
Q speaks a quotation, before or after it; c takes a clause; t takes a clause only after "that", "whether"
or a question word; n takes a noun phrase; i an infinitive; h a hearer and then a clause; I a hearer and
then an infinitive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Verb:
    """A reporting verb: its `lemma`, its `frames` (letters, see the module) and its `particles`."""

    lemma: str
    frames: str
    particles: frozenset[str]


@cache
def verb_forms() -> dict[str, tuple[Verb, str]]:
    """Return, for each inflected form, its verb and its tag: "V" finite, "v" plain, "G" in -ing."""
    forms: dict[str, tuple[Verb, str]] = {}
    table = resources.files(__package__).joinpath("cues.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line or line.startswith("#"):
            continue
        lemma, frames, inflected, *particles = line.split("\t")
        verb = Verb(lemma, frames, frozenset(particles[0].split("|")) if particles and particles[0] else frozenset())
        third, past, participle = _inflect(lemma) if inflected == "*" else inflected.split()
        for form, tag in ((lemma, "v"), (third, "V"), (past, "V"), (participle, "G")):
            forms[form] = (verb, tag)
        if third == "-":  # the other forms are nouns first of all
            del forms[lemma], forms["-"]
        if past == lemma:
            forms[past] = (verb, "V")
    return forms


def _inflect(lemma: str) -> tuple[str, str, str]:
    """Third person, past and -ing of a regular verb."""
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if lemma.endswith("e"):
        return third, lemma + "d", (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    return third, lemma + "ed", lemma + "ing"
