"""How outlets are written: folded names, domains, and which spellings of a catalogue mean one outlet.

Only spellings are brought together here, never outlets: two names are one outlet where their letters are the same
("The Verge", "the verge", "TheVerge"), and a domain is a name's where its label has the same letters and
nothing else could be meant. All else is for ``outlets.toml`` to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

_LONGEST = 253  # characters that a domain can have
_LABEL = re.compile(r"[\w-]{1,63}")
_MIRROR = re.compile(r"www\d?|m|mobile|amp")  # hosts that serve the same site
_SECOND = frozenset(("com", "co", "org", "net", "ac", "gov", "edu", "or", "ne", "gen", "gob", "gouv"))
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NOBODY = frozenset(("null", "none", "nan", "n/a", "unknown", "undefined"))
_ACCENT = 200  # combining classes from here on stand above or below a letter: accents; lower ones are letters' parts

Spellings = Mapping[str, int]
"""Names as articles write them, each with the number of its articles."""
Sites = Mapping[str, Collection[str]]
"""For some names the domains at which their articles stand."""


def tidy(name: str | None) -> str | None:
    """Return a name as an article writes it, on one line, a URL as its domain; None where it names nobody."""
    line = " ".join(_INVISIBLE.sub("", name or "").split())
    if line.casefold() in _NOBODY or not any(c.isalnum() for c in line):
        return None
    bare = domain_of(line)
    return line if bare is None or bare == line.casefold() else bare


def claimed(name: str | None, url: str | None) -> str | None:
    """Return what an article calls its outlet: the name it says, else the domain of its URL."""
    return tidy(name) or (domain_of(url) if url and "://" in url else None)


def domain_of(name: str) -> str | None:
    """Return the domain that a name, or a URL, is; None where it is none.

    Of "https://www.theverge.com/a" it is "theverge.com": what leads to the same site on other devices (www, m,
    amp) is left out.
    """
    host = name.strip().casefold()
    if "://" in host:
        try:
            host = urlsplit(host).hostname or ""
        except ValueError:  # a malformed address names no site
            return None
    if len(host) > _LONGEST:
        return None
    labels = host.rstrip("/").rstrip(".").split(".")
    while len(labels) > 2 and _MIRROR.fullmatch(labels[0]):
        labels = labels[1:]
    top = labels[-1]
    if len(labels) < 2 or len(top) < 2 or not (top.isalpha() or top.startswith("xn--")):
        return None
    return ".".join(labels) if all(_LABEL.fullmatch(label) for label in labels) else None


def within(domain: str, other: str) -> bool:
    """Tell whether `domain` is `other` or a part of it: "news.bbc.co.uk" of "bbc.co.uk"."""
    return domain == other or domain.endswith("." + other)


def fold(name: str) -> str:
    """Return `name` in lower case, without accents, with single spaces and straight apostrophes."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name.replace("’", "'")).casefold())
    plain = "".join(c for c in plain if unicodedata.combining(c) < _ACCENT)
    return " ".join(unicodedata.normalize("NFC", plain).replace("_", " ").split())


def forms(name: str) -> frozenset[str]:
    """Return the letters and digits of a name, with and without a leading "The"; of a domain those of its site's label.

    "The Verge" gives "theverge" and "verge", "theverge.com" gives "theverge", "news.yahoo.com" nothing.
    """
    domain = domain_of(name)
    if domain is not None:
        label = _site_label(domain)
        return frozenset((_letters(label),)) - {""} if label else frozenset()
    spaced = fold(re.sub(r"^The(?=[A-Z])", "The ", name.strip()))
    return frozenset((_letters(spaced), _letters(re.sub(r"^the\s+", "", spaced)))) - {""}


def unify(names: Spellings, sites: Sites | None = None, fixed: Collection[str] = ()) -> dict[str, str]:
    """Return the one name of each spelling, itself where nothing safe is known.

    Names of the same letters are one outlet, unless their articles stand at different sites. A domain
    goes to a name whose articles stand there; where nothing is known of that, to the one name of its letters,
    if no other domain has them too. Written names go before domains, the most frequent first. The
    result does not depend on the order of `names`.

    Args:
        names: the spellings, as `claimed` gives them.
        sites: domains at which articles of a name stand, where that is known.
        fixed: names that are set by hand: they stay, give their name to others, and are never brought together.
    """
    known = {name: {d for site in (sites or {}).get(name, ()) if (d := domain_of(site))} for name in names}
    groups = [part for group in _connected(names) for part in _parted(group, known, fixed)]
    by_form: dict[str, set[int]] = {}
    for at, group in enumerate(groups):
        for form in {form for name in group for form in forms(name)}:
            by_form.setdefault(form, set()).add(at)
    found: list[list[str]] = [list(group) for group in groups]
    domains = _by_domain(names)
    alike = {d: sorted({at for form in forms(d) for at in by_form.get(form, ())}) for d in domains}
    wanted = Counter(at for places in alike.values() for at in places)
    for domain, same in domains.items():
        by_hand = set(fixed).intersection(same)
        there = [{d for name in groups[at] for d in known[name]} for at in alike[domain]]
        home = None if by_hand else _home(domain, there, any(wanted[at] > 1 for at in alike[domain]))
        if home is not None:
            found[alike[domain][home]] += same
        else:
            found += [[name] for name in same] if len(by_hand) > 1 else [same]
    return {name: _best(group, names, fixed) for group in found for name in group}


def _letters(text: str) -> str:
    """Return letters, digits, marks and symbols of `text`, folded; "&" reads "and"."""
    return "".join(c for c in fold(text).replace("&", "and") if unicodedata.category(c)[0] in "LNMS")


def _site_label(domain: str) -> str | None:
    """Return the label that names the site: "bbc" of "bbc.co.uk"; None for a part of a site ("news.yahoo.com")."""
    first, *rest = domain.split(".")
    country = len(rest) == 2 and rest[0] in _SECOND and len(rest[1]) == 2
    return first if len(rest) == 1 or country else None


def _connected(names: Iterable[str]) -> list[list[str]]:
    """Group the written names that share a form, directly or through others; each group in order."""
    group_of: dict[str, list[str]] = {}  # by form; groups that turn out to be one become one list
    for name in sorted(names):
        if domain_of(name) is None:
            mine = [name]
            for other in {id(group): group for form in forms(name) if (group := group_of.get(form))}.values():
                mine += other
            for form in {form for member in mine for form in forms(member)} or {f"\0{name}"}:
                group_of[form] = mine
    return [sorted(group) for group in {id(group): group for group in group_of.values()}.values()]


def _by_domain(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names that are domains, by the domain they are."""
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        if (domain := domain_of(name)) is not None:
            found.setdefault(domain, []).append(name)
    return found


def _parted(group: list[str], sites: Mapping[str, set[str]], fixed: Collection[str]) -> list[list[str]]:
    """Return the group whole where nothing speaks against it, else only those together whose articles share a site."""
    located = [name for name in group if sites[name]]
    agreed = all(_meet(sites[one], sites[other]) for one in located for other in located)
    if agreed and len(set(fixed) & set(group)) <= 1:
        return [group]
    parts: list[list[str]] = []
    for name in group:
        part = next(
            (p for p in parts if all(name not in fixed and o not in fixed and _meet(sites[name], sites[o]) for o in p)),
            None,
        )
        if part is None:
            parts.append([name])
        else:
            part.append(name)
    return parts


def _meet(one: Iterable[str], other: Collection[str]) -> bool:
    return any(within(a, b) or within(b, a) for a in one for b in other)


def _home(domain: str, there: list[set[str]], rivals: bool) -> int | None:
    """Return the place of the group that the domain is of, in `there`; None where it is of none, or may be of several.

    `there` holds, for each group of the domain's letters, the domains at which its articles stand.
    """
    at_home = [at for at, sites in enumerate(there) if _meet([domain], sites)]
    if at_home:
        return at_home[0] if len(at_home) == 1 else None
    return 0 if len(there) == 1 and not there[0] and not rivals else None


def _best(group: list[str], names: Spellings, fixed: Collection[str]) -> str:
    """Return the spelling that a group is called by."""
    return min(
        group,
        key=lambda name: (
            name not in fixed,
            domain_of(name) is not None,
            name.islower(),
            -names[name],
            not name.startswith("The "),
            name,
        ),
    )
