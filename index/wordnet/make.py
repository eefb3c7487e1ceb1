"""Make the tables of this folder from WordNet 3.0's own files: ``python -m index.wordnet.make FOLDER``.

Debian's package ``wordnet-base`` puts them into /usr/share/wordnet. A line of ``words.tsv`` is a word, how
often it is tagged in SemCor (259 thousand tagged words of English), and its concepts as
``number:weight`` in per cent. Concepts are noun synsets, since what is asked about is named by
nouns: those of the word's commoner senses (100), of the nouns derived from a verb or adjective (90),
and their direct hypernyms (70 of a hundred of that), unless so broad that to share one says nothing;
among things that can be touched that is sooner so than among acts, groups and ideas. ``members.tsv`` is
the same turned round: a concept, and its words. ``kinds.tsv`` is made by `index.wordnet.make_kinds`.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from index.wordnet.make_kinds import kinds

_LETTER = {"noun": "n", "verb": "v", "adj": "a"}
_SENSES, _DERIVED = 6, 3  # the commonest senses: of nouns, and of what nouns are derived from
_BROAD, _BROAD_THINGS = 300, 30  # descendants above which a hypernym relates too much
# Lexicographer files: act, attribute, cognition, communication, event, feeling, group, motive, phenomenon,
# possession, process, quantity, relation, state, time.
_ABSTRACT = frozenset(["04", "07", "09", "10", "11", "12", "14", "16", "19", "21", "22", "23", "24", "26", "28"])


class _Synset(NamedTuple):
    abstract: bool
    hypernyms: list[str]
    derived: list[str]


def _synsets(folder: Path, kind: str) -> Iterator[tuple[str, _Synset]]:
    """Yield the synsets of one part of speech, named by letter and offset."""
    for line in (folder / f"data.{kind}").read_text("latin-1").splitlines():
        if line.startswith(" "):
            continue
        parts = line.split(" | ")[0].split()
        at = 4 + 2 * int(parts[3], 16)
        pointers = [parts[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(int(parts[at]))]
        up = [p[2] + p[1] for p in pointers if p[0] in ("@", "@i")]
        derived = [p[2] + p[1] for p in pointers if p[0] == "+" and p[2] == "n"]
        yield _LETTER[kind] + parts[0], _Synset(parts[1] in _ABSTRACT, up, derived)


def _descendants(synsets: dict[str, _Synset]) -> Counter[str]:
    """Return how many synsets lie below each."""
    counts: Counter[str] = Counter()
    for name in synsets:
        seen: set[str] = set()
        todo = list(synsets[name].hypernyms)
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += synsets[one].hypernyms
        counts.update(seen)
    return counts


def concepts(folder: Path) -> dict[str, dict[str, int]]:
    """Return word -> concept -> weight in per cent, from the WordNet files in `folder`."""
    synsets = {name: synset for kind in _LETTER for name, synset in _synsets(folder, kind)}
    below = _descendants(synsets)
    words: dict[str, dict[str, int]] = defaultdict(dict)

    def add(word: str, synset: str, weight: int) -> None:
        near = {synset: weight}
        for up in synsets[synset].hypernyms:
            if below[up] <= (_BROAD if synsets[up].abstract else _BROAD_THINGS):
                near[up] = weight * 70 // 100
        for concept, value in near.items():
            words[word][concept] = max(value, words[word].get(concept, 0))

    for kind, letter in _LETTER.items():
        for line in (folder / f"index.{kind}").read_text("latin-1").splitlines():
            word, *rest = line.split()
            if line.startswith(" ") or not word.isalpha() or len(word) < 3:
                continue
            senses = [letter + field for field in rest if len(field) == 8][:_SENSES]
            for rank, sense in enumerate(senses):
                if kind == "noun":
                    add(word, sense, 100)
                for noun in synsets[sense].derived if kind != "noun" and rank < _DERIVED else ():
                    add(word, noun, 90)
    return words


def _tagged(folder: Path) -> Counter[str]:
    """Return how often each word is tagged in SemCor."""
    counts: Counter[str] = Counter()
    for line in (folder / "cntlist.rev").read_text("latin-1").splitlines():
        key, _, number = line.split()
        counts[key.split("%")[0]] += int(number)
    return counts


def make(folder: Path, target: Path) -> None:
    """Write both files into `target` from those in `folder`; concepts that one word alone has relate nothing."""
    words, counts = concepts(folder), _tagged(folder)
    users = Counter(concept for row in words.values() for concept in row)
    shared = {c: i for i, c in enumerate(sorted(c for c, n in users.items() if n > 1))}
    lines: list[bytes] = []
    members: dict[int, dict[str, int]] = defaultdict(dict)
    for word in sorted(words.keys() | {w for w in counts if w.isalpha()}):
        pairs = sorted((shared[c], w) for c, w in words.get(word, {}).items() if c in shared)
        lines.append(b"%s\t%d\t%s" % (word.encode(), counts[word], b" ".join(b"%d:%d" % pair for pair in pairs)))
        for concept, weight in pairs:
            members[concept][word] = weight
    turned = [
        b"%d\t%s" % (concept, b" ".join(b"%s:%d" % (word.encode(), weight) for word, weight in some.items()))
        for concept, some in members.items()
    ]
    sorts = [b"%s\t%s" % (word.encode(), letters.encode()) for word, letters in kinds(folder).items()]
    for name, rows in (("words.tsv", lines), ("members.tsv", turned), ("kinds.tsv", sorts)):
        (target / name).write_bytes(b"\n".join(sorted(rows)) + b"\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(__file__).parent)
