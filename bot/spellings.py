"""Which outlets a permission means: stricter than a question, where a short form may stand for several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from corpus.outlet_names import domain_of, fold, forms
from corpus.outlets import Outlets
from index.facets import fold as folded


def spellings_of(names: Collection[str], one_name: Mapping[str, str], outlets: Outlets) -> frozenset[str]:
    """Return how articles write the outlets that may be seen; a name that means none of them, or several, adds nothing.

    Args:
        names: the outlets by any of their names: as written, as ``outlets.toml`` has it, or of the same letters.
        one_name: the one name of each spelling that articles have.
        outlets: what ``outlets.toml`` says.
    """
    ones = {one for name in names if (one := _meant(name, one_name, outlets)) is not None}
    allowed = {spelling for spelling, one in one_name.items() if one in ones}
    alike: dict[str, set[str]] = defaultdict(set)
    for spelling in one_name:
        alike[folded(spelling)].add(spelling)
    # the lexical index tells spellings apart by their folded forms alone: one that another outlet has may not be seen
    return frozenset(spelling for spelling in allowed if folded(spelling) and alike[folded(spelling)] <= allowed)


def _meant(name: str, one_name: Mapping[str, str], outlets: Outlets) -> str | None:
    """Return the one name of the outlet that a name means; None where it means none, or may mean several.

    A domain is not taken for the written name of its letters here: only ``outlets.toml``, or what articles say, makes
    the two one.
    """
    said = outlets.canonical(name) or name
    by_hand = any(said == outlet.name for outlet in outlets.listed)
    for same in (_written,) if by_hand else (_written, _folded, _lettered):
        found = {one for spelling, one in one_name.items() if same(said, spelling) or same(said, one)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _written(one: str, other: str) -> bool:
    return one == other


def _folded(one: str, other: str) -> bool:
    return fold(one) == fold(other)


def _lettered(one: str, other: str) -> bool:
    return domain_of(one) is None and domain_of(other) is None and bool(forms(one) & forms(other))
