"""Outlets as people name them: full names, short forms and domains, found in a question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.model import Span
from index.facets import fold

_PARTS = re.compile(r"\s+[|–—-]\s+|:\s+")
_DOMAIN = re.compile(r"\.(?:com|org|net|co|info|news|io|[a-z]{2})(?:\.[a-z]{2})?$", re.IGNORECASE)
_PUBLICATION = r"(?:articles?|reports?|pieces?|stor(?:y|ies)|coverage|posts?|columns?|reporting)"
_NAME = r"(?:The\s+)?[A-Z][\w.&’'-]*(?:\s+(?:of\s+|and\s+|&\s+)?(?:the\s+)?[A-Z][\w.&-]*){0,4}"
_CLAIMED = (
    re.compile(rf"\b{_PUBLICATION}\s+(?:by|from|in|on|published\s+(?:by|in|on))\s+(?:the\s+)?['\"‘“]?({_NAME})"),
    re.compile(
        rf"(?:reported|covered|published|described|detailed|outlined)\s+(?:by|in)\s+(?:both\s+)?(?:the\s+)?"
        rf"['\"‘“]?({_NAME})"
    ),
    re.compile(rf"\b({_NAME})['\"’”]?\s+{_PUBLICATION}\b"),
)


@dataclass(frozen=True, slots=True)
class OutletMention:
    """A place in a question that names one outlet, or several that share the short form."""

    span: Span
    outlets: frozenset[str]  # folded names


class OutletNames:
    """The names by which the outlets of a catalogue may be called."""

    def __init__(self, outlets: Iterable[str]) -> None:
        """Collect full names and short forms; a form that several share means all of them."""
        forms: dict[str, set[str]] = {}
        for outlet in outlets:
            for form in _forms(outlet):
                forms.setdefault(form, set()).add(fold(outlet))
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
        not the sentence's first.
        """
        if self._pattern is None:
            return []
        return [
            OutletMention(Span(*match.span()), self._forms[match[1].lower()])
            for match in self._pattern.finditer(question)
            if " " in match[1] or self._is_name(question, match)
        ]

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """Return the outlets that these names, given by hand, may mean; an unknown one stays as it is."""
        found = (self._forms.get(re.sub(r"^the\s+", "", name.strip().lower()), {fold(name)}) for name in names)
        return frozenset(outlet for some in found for outlet in some)

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
    full = re.sub(r"^the\s+", "", outlet.strip().lower())
    parts = [re.sub(r"^the\s+", "", part) for part in _PARTS.split(full) if len(part) > 3]
    forms = {full, *parts[:1]}
    return forms | {_DOMAIN.sub("", form) for form in forms} - {""}
