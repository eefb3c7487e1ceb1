"""Make ``kinds.tsv`` from WordNet's files: what sort of verb or noun a word is, as letters.

Of verbs: ``v`` any; ``s`` one whose commonest sense is communication, ``t`` thought or feeling; ``m`` one that has
communication among its three commonest senses. Of nouns: ``p`` a person in one of the two commonest senses, ``g`` a
group; ``c`` what is said, thought or felt, in one of the three commonest. Of what a person is in those senses: ``P``
who leads, holds an office or speaks for others, ``S`` an athlete, ``A`` an artist or performer. ``f`` is the first
name of somebody whom WordNet knows: of several where it is a common noun too. ``l`` is a place
that it knows. ``o`` is only ever a name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Lexicographer files: of nouns cognition, communication, feeling, group, location, person; of verbs cognition,
# communication, emotion.
_COGNITION, _COMMUNICATION, _FEELING, _GROUP, _PLACE, _PERSON = "09", "10", "12", "14", "15", "18"
_THOUGHT, _SAID, _EMOTION = "31", "32", "37"
_SEVERAL = 2
_WORLDS = {
    "P": ("leader", "official", "politician", "lawyer", "judge", "negotiator", "spokesperson", "serviceman"),
    "S": ("athlete", "contestant"),
    "A": ("artist", "entertainer", "performer"),
}


class _Synset(NamedTuple):
    file: str
    lemmas: tuple[str, ...]
    up: tuple[str, ...]
    is_instance: bool


def kinds(folder: Path) -> dict[str, str]:
    """Return word -> letters, from the WordNet files in `folder`; words of none of these kinds are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    verbs, nouns = _read(folder, "verb"), _read(folder, "noun")
    for word, senses in _senses(folder, "verb"):
        files = [verbs[sense].file for sense in senses[:3]]
        found[word] |= {"v", {_SAID: "s", _THOUGHT: "t", _EMOTION: "t"}.get(files[0], "v")}
        if _SAID in files:
            found[word].add("m")
    tops = {name: letter for letter, names in _WORLDS.items() for name in names}
    for word, senses in _senses(folder, "noun"):
        common = [nouns[sense] for sense in senses if not nouns[sense].is_instance]
        files = [synset.file for synset in common]
        found[word] |= {letter for letter, file in (("p", _PERSON), ("g", _GROUP)) if file in files[:2]}
        if {_COGNITION, _COMMUNICATION, _FEELING} & set(files[:3]):
            found[word].add("c")
        for sense in senses[:2]:
            above = {lemma for synset in _above(nouns, sense) for lemma in synset.lemmas[:1]}
            if not nouns[sense].is_instance and nouns[sense].file == _PERSON:
                found[word] |= {tops[name] for name in above & tops.keys()}
    every = (*nouns.values(), *verbs.values(), *_read(folder, "adj").values())
    common_words = {lemma for synset in every for lemma in synset.lemmas if lemma.islower()}
    persons = (synset.lemmas for synset in nouns.values() if synset.is_instance and synset.file == _PERSON)
    first = Counter(
        name for lemmas in persons for name in {lemma.partition("_")[0] for lemma in lemmas if "_" in lemma}
    )
    for synset in nouns.values():
        for lemma in synset.lemmas if synset.is_instance else ():
            if lemma.isalpha() and len(lemma) > 1:
                found[lemma.lower()] |= {"l"} if synset.file == _PLACE else set()
                found[lemma.lower()] |= set() if lemma.lower() in common_words else {"o"}
    for name, number in first.items():
        if len(name) > 2 and name.isalpha() and number >= (_SEVERAL if name.lower() in common_words else 1):
            found[name.lower()].add("f")
    return {word: "".join(sorted(letters)) for word, letters in found.items() if letters}


def _read(folder: Path, kind: str) -> dict[str, _Synset]:
    found = {}
    for line in (folder / f"data.{kind}").read_text("latin-1").splitlines():
        if line.startswith(" "):
            continue
        parts = line.split(" | ")[0].split()
        at = 4 + 2 * int(parts[3], 16)
        pointers = [parts[at + 1 + 4 * i : at + 3 + 4 * i] for i in range(int(parts[at]))]
        up = tuple(target for sign, target in pointers if sign in ("@", "@i"))
        found[parts[0]] = _Synset(parts[1], tuple(parts[4:at:2]), up, any(sign == "@i" for sign, _ in pointers))
    return found


def _senses(folder: Path, kind: str) -> Iterator[tuple[str, list[str]]]:
    """Yield words of letters alone with their synsets, the commonest first."""
    for line in (folder / f"index.{kind}").read_text("latin-1").splitlines():
        word, *rest = line.split()
        if not line.startswith(" ") and word.isalpha() and len(word) > 1:
            yield word, [field for field in rest if len(field) == 8]


def _above(synsets: dict[str, _Synset], name: str) -> list[_Synset]:
    seen, todo = {}, [name]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen[one] = synsets[one]
            todo += synsets[one].up
    return list(seen.values())
