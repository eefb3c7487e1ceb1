"""Mentions by a common noun: roles, documents, bodies, and people of whom no name is given."""

from __future__ import annotations

from corpus.statements.lexicon import is_body, is_role, nouns, sex_of, speaks
from corpus.statements.parts import Mention, MentionKind, Parts
from corpus.statements.roles import AFFILIATING, affiliation_after, is_adjective, split_role

_DEFINITE = ("the", "this", "that", "these", "those", "its", "his", "her", "their")


def read_common(parts: Parts) -> Mention:
    """A phrase whose head is a common noun."""
    tags, words, known, head = parts.unit.tags, parts.unit.words, nouns(), parts.head
    determiner = words[parts.start]
    definite = determiner in _DEFINITE
    has_name = "C" in tags[parts.first : parts.stop] and parts.stop > 1
    if head in known["document"] and (has_name or _has_named_complement(parts)):
        return read_document(parts)
    if is_role(head):
        return _role(parts, definite)
    plural = head in known["people"] or (head.endswith("s") and not head.endswith("ss") and tags[parts.start] != "D")
    if definite and not has_name and (not plural or determiner == "the"):
        spelled = parts.stop - parts.first > 1 and is_body(head) and determiner == "the"
        return Mention("definite", parts.phrase, head, parts.phrase if spelled else None, plural=plural)
    if not speaks(head):
        earlier = [word for word in words[parts.first : parts.stop] if word in known["people"] | known["role"]]
        if not earlier or definite:
            return Mention("definite", parts.phrase, head)
        head, plural = earlier[-1], earlier[-1] in known["people"]
    if has_name and head in known["organisation"]:
        return Mention("organisation", parts.phrase, head, name=parts.phrase)
    whole = parts.slice(parts.start if determiner != "the" else parts.first, parts.end)
    if definite and not plural:
        return Mention("definite", parts.phrase, head)
    at = parts.stop < parts.head_end and words[parts.stop] in ("at", "for")
    affiliation = affiliation_after(parts.text, parts.unit, parts.stop, parts.head_end) if at else None
    return Mention("anonymous", parts.phrase, head, None, whole, affiliation, sex_of([head]), plural)


def _has_named_complement(parts: Parts) -> bool:
    """Tell whether "of", "on" or the like and a name follow: "report on Cambodia"."""
    tags = parts.unit.tags
    return tags[parts.stop : parts.stop + 1] == "I" and "C" in tags[parts.stop : parts.head_end]


def read_document(parts: Parts) -> Mention:
    """A report or letter: its name is its phrase, its affiliation who issued it."""
    tags = parts.unit.tags
    owner = tags.find("S", parts.first, parts.stop)
    named = owner > parts.first and "C" in tags[parts.first : owner]
    if not named:
        owner = tags.find("S", parts.stop, parts.head_end) if tags[parts.stop : parts.stop + 1] == "I" else -1
        named = owner > 0 and "C" in tags[parts.first : owner]
    issuer = parts.slice(parts.first, owner) if named else None
    if issuer is None and parts.unit.words[parts.stop : parts.stop + 1] in (["by"], ["from"]):
        issuer = affiliation_after(parts.text, parts.unit, parts.stop, parts.head_end)
    run = parts.first
    while run < parts.stop - 1 and tags[run] == "C":
        run += 1
    opens = parts.first == 0 and run == 1  # "Early analysis": the capital is the sentence's
    if issuer is None and parts.first < run and not opens and not is_adjective(parts.unit.words[run - 1]):
        issuer = parts.slice(parts.first, run)  # "an Amnesty International report"
    return Mention("document", parts.phrase, parts.head, name=parts.phrase, affiliation=issuer)


def _role(parts: Parts, definite: bool) -> Mention:
    """Somebody by role: "a spokeswoman for the ministry", "the director of disease control"."""
    text, unit, stop, head_end = parts.text, parts.unit, parts.stop, parts.head_end
    role, affiliation = split_role(text, unit, parts.first, stop)
    if head_end > stop and unit.words[stop] in AFFILIATING:
        if affiliation is None:
            affiliation = affiliation_after(text, unit, stop, head_end)
        if unit.words[stop] == "of" and "C" not in unit.tags[stop:head_end]:
            role = f"{role}{text[unit.ends[stop - 1] : unit.ends[head_end - 1]]}"
    kind: MentionKind = "definite" if definite and affiliation is None else "anonymous"
    return Mention(kind, parts.phrase, parts.head, None, role, affiliation, sex_of([parts.head]))
