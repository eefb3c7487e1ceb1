"""Where quoted words stand: title, outlet, date, the passage on its page, the stored copy, what changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.cite import show_corrections, show_source, show_wording
from bot.model import Citation
from bot.slack.render.blocks import Piece, line, link, rich, weight, words
from bot.slack.render.parts import Atom
from bot.slack.render.words import TITLE, address, bare_link, escape, passage_link, short, shown

Page = Callable[[Citation], str | None]  # the address of the stored copy

_TITLE = "Sources"
_TOGETHER = 2_500  # bytes of sources in one block


def links_of(citations: Iterable[Citation], page: Page) -> dict[int, str | None]:
    """Return where each [n] leads: to the words on the article's page, else in the stored copy."""
    return {citation.n: passage_link(citation) or address(page(citation)) for citation in citations}


def sources(citations: Iterable[Citation], page: Page) -> list[Atom]:
    """Return the sources of an answer, an article a line, with what is known of it."""
    articles: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations:
        articles.setdefault((citation.article_id, citation.version), []).append(short(citation))
    blocks: list[list[Piece]] = []
    texts: list[list[str]] = []
    for some in articles.values():
        lines, text = article_lines(some, [page(citation) for citation in some])
        if not blocks:
            lines, text = [line(words(_TITLE, "bold")), *lines], [f"{_TITLE}:", *text]
        if blocks and weight([rich(*blocks[-1], *lines)]) <= _TOGETHER:
            blocks[-1] += lines
            texts[-1] += text
        else:
            blocks.append(lines)
            texts.append(text)
    both = zip(blocks, texts, strict=True)
    return [Atom((rich(*lines),), "\n".join(text), pause=False) for lines, text in both]


def source_line(citation: Citation, stored: str | None) -> tuple[Piece, str]:
    """Return the source of one passage, without a number, as a line of rich text and as text."""
    named = _named([citation], [stored])
    return line(words(named), *_addresses([citation], [stored]), *_beside([citation])), _text(named, [citation], stored)


def notices(citation: Citation) -> list[str]:
    """Return the publisher's own notices of correction."""
    return [_stopped(notice) for notice in show_corrections(citation)]


def article_lines(some: Sequence[Citation], stored: Sequence[str | None]) -> tuple[list[Piece], list[str]]:
    """Return the lines of an article of which `some` passages are cited, `stored` the addresses of its copy."""
    named = _named(some, stored)
    marks = [link(f"[{c.n}]", passage_link(c) or address(url)) for c, url in zip(some, stored, strict=True)]
    spaced = [piece for mark in marks for piece in (mark, words(" "))]
    own = line(*spaced, words(named), *_addresses(some, stored), *_beside(some))
    more = notices(some[0])
    numbers = " ".join(mark["text"] for mark in marks)
    texts = [_text(f"{numbers} {named}", some, stored[0]), *map(escape, more)]
    return [own, *(line(words(notice, "italic")) for notice in more)], texts


def _named(some: Sequence[Citation], stored: Sequence[str | None]) -> str:
    """Return an article's source; with its file, as its folder knows it, where nothing else says where it is from."""
    first, named = some[0], _stopped(show_source(some[0]))
    if first.outlet or not first.path or address(first.url) or any(map(address, stored)):
        return named
    return f"{named} {_stopped(shown(first.path, TITLE))}"


def _addresses(some: Sequence[Citation], stored: Sequence[str | None]) -> list[Piece]:
    """Return the links to the words on the article's own page and in the stored copy, as far as there are any.

    Where several passages are cited, their marks lead to the one, and each has a link of its own to the other.
    """
    copies = [address(url) for url in stored]
    if len(some) == 1:
        both = (("On its page", passage_link(some[0])), ("Stored copy", copies[0]))
        named = [link(name, url) for name, url in both if url]
        return [piece for one in named for piece in (words(" · " if one is not named[0] else " "), one)]
    each = [link(f"[{citation.n}]", url) for citation, url in zip(some, copies, strict=True) if url]
    return [words(" Stored copy:"), *(piece for one in each for piece in (words(" "), one))] if each else []


def _beside(some: Sequence[Citation]) -> list[Piece]:
    """Say where else the words ran, of which passages where not of all, and since when the article has them."""
    copies: dict[str, list[int]] = {}
    for citation in some:
        for copy in citation.also_in:
            copies.setdefault(copy, []).append(citation.n)
    named = [
        copy if len(numbers) == len(some) else f"{copy} ({' '.join(f'[{n}]' for n in numbers)})"
        for copy, numbers in copies.items()
    ]
    parts = [f"Also in {'; '.join(named)}." if named else "", _stopped(show_wording(some[0]))]
    return [words(f" {part}") for part in parts if part]


def _text(named: str, some: Sequence[Citation], stored: str | None) -> str:
    url = address(some[0].url) or address(stored)
    beside = "".join(piece["text"] for piece in _beside(some))
    return f"{escape(named)} {bare_link(url)}{escape(beside)}" if url else escape(named + beside)


def _stopped(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith((".", "!", "?", "…", "”")) else f"{sentence}."
