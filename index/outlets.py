"""Outlets as people name them: full names, short forms and domains, found in a question."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from corpus.model import Span
from index.facets import fold

_PARTS = re.compile(r"\s[|–—-]\s|:\s")
_DOMAIN = re.compile(r"\.(?:com|org|net|co|info|news|io|[a-z]{2})(?:\.[a-z]{2})?$", re.IGNORECASE)
_PUBLICATION = r"(?:articles?|reports?|pieces?|stor(?:y|ies)|coverage|posts?|columns?|reporting)"
_NAME = r"(?:The\s+)?[A-Z][\w.&’'-]*(?:\s+(?:of\s+|and\s+|&\s+)?(?:the\s+)?[A-Z][\w.&-]*){0,4}"
_OF_OUTLET = re.compile(
    rf"\b{_PUBLICATION}\s+(?:by|from|in|on|published\s+(?:by|in|on))\s+(?:the\s+)?['\"‘“]?({_NAME})"
)
_TOLD_BY = re.compile(
    rf"(?:reported|covered|published|described|detailed|outlined)\s+(?:by|in)\s+(?:both\s+)?(?:the\s+)?"
    rf"['\"‘“]?({_NAME})"
)
_BEFORE = re.compile(rf"\b({_NAME})['\"’”]?\s+{_PUBLICATION}\b")
_CLAIMED = (_OF_OUTLET, _TOLD_BY, _BEFORE)


@dataclass(frozen=True, slots=True)
class OutletMention:
    """A place in a question that names one outlet, or several that share the short form."""

    span: Span
    outlets: frozenset[str]  # folded names


class OutletNames:
    """The names by which the outlets of a catalogue may be called."""

    def __init__(
        self,
        outlets: Iterable[str],
        one_name: Mapping[str, str] | None = None,
        aliases: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Collect full names, short forms and aliases; a form that several outlets share means all of them.

        Args:
            outlets: the names as the articles that may be seen write them; an outlet without any is not known.
            one_name: the one name of each spelling, where it has another (see `corpus.outlets.Outlets.unify`):
                a name of one spelling means the articles of all.
            aliases: what else an outlet may be called, by its one name.
        """
        spellings: dict[str, set[str]] = {}
        for outlet in outlets:
            spellings.setdefault((one_name or {}).get(outlet, outlet), set()).add(outlet)
        forms: dict[str, set[str]] = {}
        self._shown: dict[str, set[str]] = {}
        for one, written in spellings.items():
            folded = {fold(name) for name in written}
            for form in {form for name in (one, *written, *(aliases or {}).get(one, ())) for form in _forms(name)}:
                forms.setdefault(form, set()).update(folded)
            for name in folded:
                self._shown.setdefault(name, set()).add(one)
        self._forms = {form: frozenset(names) for form, names in forms.items()}
        longest = sorted(self._forms, key=len, reverse=True)
        self._pattern = (
            re.compile(r"(?<!\w)(?:the\s+)?(" + "|".join(map(re.escape, longest)) + r")(?!\w)", re.IGNORECASE)
            if longest
            else None
        )

    def find(self, question: str) -> list[OutletMention]:
        """Return the outlets named in `question`, in order.

        One-word names are also words ("Fortune", "Wired"): they count only with a capital that is
        not the sentence's first. A domain is no word.
        """
        if self._pattern is None:
            return []
        return [
            OutletMention(Span(*match.span()), self._forms[match[1].lower()])
            for match in self._pattern.finditer(question)
            if " " in match[1] or "." in match[1] or self._is_name(question, match)
        ]

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """Return the outlets that these names, given by hand, may mean; an unknown one stays as it is."""
        found = (self._forms.get(re.sub(r"^the\s+", "", name.strip().lower()), {fold(name)}) for name in names)
        return frozenset(outlet for some in found for outlet in some)

    def shown(self, outlets: Iterable[str]) -> list[str]:
        """Return the one names of folded outlets, as `find` and `named` give them; an unknown one stays as it is."""
        return sorted({one for outlet in outlets for one in self._shown.get(outlet, {outlet})})

    @staticmethod
    def _is_name(question: str, match: re.Match[str]) -> bool:
        return match[1][0].isupper() and (match.start(1) > 0 or match[1].isupper())

    def unknown(self, question: str) -> list[str]:
        """Return what the question presents as an outlet ("the Herald article") and is none of ours."""
        known = [mention.span for mention in self.find(question)]
        found: dict[str, None] = {}
        for pattern in _CLAIMED:
            for match in pattern.finditer(question):
                span = Span(*match.span(1))
                if not any(span.overlaps(other) for other in known):
                    found[match[1]] = None
        return list(found)


def _forms(outlet: str) -> set[str]:
    """Return the lower-case names an outlet may be called by: "CBSSports.com" also "cbssports"."""
    full = re.sub(r"^the\s+", "", " ".join(outlet.split()).lower())
    parts = [re.sub(r"^the\s+", "", part) for part in _PARTS.split(full) if len(part) > 3]
    forms = {full, *parts[:1]}
    return forms | {_DOMAIN.sub("", form) for form in forms} - {""}
