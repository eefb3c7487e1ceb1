"""Make ``concepts.tsv`` and ``members.tsv`` from WordNet 3.0's own files: ``python -m index.wordnet.make DICT_FOLDER``.

Debian's package ``wordnet-base`` puts them into /usr/share/wordnet. A line is a term of our lexical
index (an English stem), how often its senses are tagged in SemCor (259 thousand tagged words of English),
and its concepts as ``number:weight`` in per cent: the synsets of its commoner senses (100), those derived
from the same root (90), and their direct hypernyms (70), unless so broad that to share one says nothing. ``members.tsv`` is the same turned round: concept, its terms.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from index.lexical import stems

_SENSES = {"noun": 6, "verb": 4, "adj": 3, "adv": 2}
_LETTER = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_BROAD = 400  # descendants above which a hypernym relates too much (action, change, person, ...)


def _synsets(folder: Path, kind: str) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """Return synset -> (words, hypernyms, derived), each synset named by letter and offset."""
    found = {}
    for line in (folder / f"data.{kind}").read_text("latin-1").splitlines():
        if line.startswith(" "):
            continue
        parts = line.split(" | ")[0].split()
        number = int(parts[3], 16)
        words = [parts[4 + 2 * i].lower() for i in range(number)]
        at = 4 + 2 * number
        pointers = [parts[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(int(parts[at]))]
        up = [p[2].replace("s", "a") + p[1] for p in pointers if p[0] in ("@", "&")]
        derived = [p[2].replace("s", "a") + p[1] for p in pointers if p[0] == "+"]
        found[_LETTER[kind] + parts[0]] = (words, up, derived)
    return found


def _descendants(up: dict[str, list[str]]) -> Counter[str]:
    """Return how many synsets lie below each."""
    counts: Counter[str] = Counter()
    for synset in up:
        seen, todo = set(), list(up[synset])
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += up.get(one, [])
        counts.update(seen)
    return counts


def concepts(folder: Path) -> dict[str, dict[str, int]]:
    """Return term -> concept -> weight in per cent, from the WordNet files in `folder`."""
    synsets = {name: row for kind in _SENSES for name, row in _synsets(folder, kind).items()}
    below = _descendants({name: row[1] for name, row in synsets.items()})
    terms: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, most in _SENSES.items():
        for line in (folder / f"index.{kind}").read_text("latin-1").splitlines():
            word, *rest = line.split()
            if line.startswith(" ") or not word.isalpha() or len(word) < 3:
                continue
            senses = [_LETTER[kind] + o for o in rest[3 + int(rest[2]) :] if len(o) == 8][:most]
            (term,) = stems(word) or [""]
            for sense in senses:
                _, up, derived = synsets[sense]
                near = {sense: 100, **{d: 90 for d in derived}}
                near |= {u: 70 for u in up if below[u] <= _BROAD and u not in near}
                for concept, weight in near.items():
                    terms[term][concept] = max(weight, terms[term].get(concept, 0))
    return terms


def tagged(folder: Path) -> Counter[str]:
    """Return how often each term is tagged in SemCor."""
    counts: Counter[str] = Counter()
    for line in (folder / "cntlist.rev").read_text("latin-1").splitlines():
        key, _, number = line.split()
        for term in stems(key.split("%")[0])[:1]:
            counts[term] += int(number)
    return counts


def main(folder: str) -> None:
    """Write ``concepts.tsv`` beside this file; concepts that one term alone has relate nothing."""
    terms, counts = concepts(Path(folder)), tagged(Path(folder))
    users = Counter(concept for row in terms.values() for concept in row)
    shared = {c: i for i, c in enumerate(sorted(c for c, n in users.items() if n > 1))}
    lines: list[bytes] = []
    members: dict[int, list[bytes]] = defaultdict(list)
    for term, row in sorted(terms.items()):
        pairs = sorted((shared[c], w) for c, w in row.items() if c in shared)
        if term:
            line = b"%s\t%d\t%s" % (term.encode(), counts[term], b" ".join(b"%d:%d" % pair for pair in pairs))
            lines.append(line)
            for concept, weight in pairs:
                members[concept].append(b"%s:%d" % (term.encode(), weight))
    turned = [b"%d\t%s" % (concept, b" ".join(some)) for concept, some in members.items()]
    for name, rows in (("concepts.tsv", lines), ("members.tsv", turned)):
        Path(__file__).with_name(name).write_bytes(b"\n".join(sorted(rows)) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
