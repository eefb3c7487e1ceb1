"""Run what reads whole articles over text made to slow it down, each run under a limit on its CPU time.

Run by ``tests/corpus/test_hostile_text.py`` as a process of its own: prints one JSON object a run. What takes
time in proportion to the text needs seconds; what takes its square, hours.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pattern_fuzz import judged

NAMES = ("Ann", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lou", "May", "Ned")


def texts(size: int) -> Iterator[tuple[str, str]]:
    """Yield names and texts of `size` characters."""
    chance = random.Random(size)
    for name, unit in {
        "quotes": '"',
        "opening quotes": "“",
        "single quotes": "‘a’ ",
        "quoted sentences": '"A man said so." ',
        "nested quotes": "“a ‘b “c ",
        "said": "said ",
        "he said": "He said. ",
        "that he said": "that he said ",
        "months": "Monday yesterday ",
        "nouns and gerunds": "market trading, ",
        "prepositions": "of the man in the ",
        "names": "Ann Bo, ",
        "spaces": " ",
        "lines": "\n",
        "wrapped": "the men of the town met and talked of it until the lamps\n",
        "carriage returns": "a\r",
        "line separators": "a\u2028",
        "stops": ".",
        "stops and brackets": ".)]”",
        "abbreviations": "Mr. ",
        "brackets": "([",
        "one word": "a",
        "commas": "a,",
        "dates": "May 5, 2041, ",
        "half dates": "2041-05-0",
        "dashes": "—",
        "capitals": "A",
        "digits": "1",
        "according": "according to ",
        "colons": "Ann: ",
        "khmer": "ក្រសួង",
        "chinese": "他说：“好。”",
        "joiners": "\u200d",
    }.items():
        yield name, (unit * (size // len(unit) + 1))[:size]
    for name, unit in {"wide": " and so on", "full": '" he said. '}.items():
        yield name, ("x" + " " * (size // 2) + unit * (size // 2 // len(unit)))[:size]

    def made(sentence: Callable[[int], str]) -> str:
        parts, length = [], 0
        while length < size:
            parts.append(sentence(len(parts)))
            length += len(parts[-1])
        return "".join(parts)[:size]

    def word(number: int) -> str:
        return "".join(chr(97 + number // 26**place % 26) for place in range(4)).capitalize()

    yield "people", made(lambda n: f"{word(n)} {word(n * 7)} said it rains. ")
    yield "relations", made(lambda n: f"Ann {word(n)} said it rains. ")
    yield "bodies", made(lambda n: f"The Ministry of {word(n)} said it rains. The ministry said so. ")
    yield "holders", made(lambda n: f"Mayor {word(n)} {word(n + 1)} said no. The mayor said yes. ")
    words = "the man trading on Monday of Ann said that , he who in to called told funded"
    tags = words.split()
    for number, least in enumerate((2, 40, 380)):
        yield (
            f"grammar {number}",
            made(
                lambda n, least=least: " ".join(chance.choice(tags) for _ in range(least + n % 7)) + ". "  # type: ignore[misc]
            ),
        )


def functions() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Yield what reads an article, or a question or answer made of its text."""
    from bot.cite import escape_markdown
    from bot.link import text_fragment
    from bot.visible import clean, one_line, to_json
    from corpus.dates import find_dates
    from corpus.loaders.liquid import render
    from corpus.sentences import sentences
    from corpus.statements import find_statements
    from index.relevance import terms_of

    yield "sentences", sentences
    yield "find_statements", find_statements
    yield "find_dates", find_dates
    yield "shown", lambda text: (clean(text), one_line(text), escape_markdown(text), to_json(text))
    yield (
        "text_fragment",
        lambda text: [
            text_fragment("https://a.example/", text, start, min(len(text), start + 300 + start % 900))
            for start in range(len(text) // 4, len(text), len(text) // 4)
        ],
    )
    yield (
        "liquid",
        lambda text: (render(text, {}), render("{{ page.title | x: '" + text, {}), render("{% raw %}" + text, {})),
    )
    yield "terms", terms_of.__wrapped__
    yield "passages", _passages
    yield "question", _question
    yield "verify", _verify


def _passages(text: str) -> object:
    """Cut with a tokenizer that, as the real one does, takes an endless word for one token."""
    from corpus.sentences import sentences
    from index.passages import cut

    return cut(text, "", sentences(text), [], Words())


class Words:
    """A tokenizer of words and signs."""

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        import re

        return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]

    def passage_tokens(self, header: str, bodies: list[str]) -> list[int]:
        return [len(self.token_offsets(body)) + 2 for body in bodies]


def _question(text: str) -> object:
    from index.facets import Facets
    from index.outlets import OutletNames
    from index.query import MAX_QUESTION, name_terms, parse

    names = OutletNames(["The Herald", "News of the World", "said"])
    for start in ("", "what did ", "did the men say "):
        query = parse((start + text)[:MAX_QUESTION], names, Facets(scope=None), date(2041, 5, 1))
        name_terms(query)
    return None


def _verify(text: str) -> object:
    from bot.model import Citation
    from bot.verify import verify_markdown
    from corpus.errors import VerificationError

    text = text[:50_000]
    citation = Citation(
        n=1, article_id="a", version=1, title=text, outlet=None, authors=(), published=None, date_source=None,
        retrieved_at=None, url=None, link=None, path=None, quote=text, start=0, end=len(text), kind=None, speaker=None,
    )  # fmt: skip
    for markdown in (text, f"> {text} [1]", f"“{text}” [1]", "> " + text[:20_000].replace(" ", " [1] ")):
        try:
            verify_markdown(markdown, [citation])
        except VerificationError:
            continue
    return None


def main(size: int, limit: int, only: list[str]) -> None:
    """Run all, or the functions or texts named in `only`, each under a limit in seconds of CPU time."""
    for name, function in functions():
        for (about, part), (_, text) in zip(texts(size // 5), texts(size), strict=True):
            if only and name not in only and about not in only:
                continue
            given = {size // 5: part, size: text}
            said, seconds = judged(lambda chosen, run=function, given=given: run(given[chosen]), size, limit)  # type: ignore[misc]
            print(json.dumps({"function": name, "text": about, "said": said, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
