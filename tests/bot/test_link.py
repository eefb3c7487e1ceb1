"""Links to a passage, resolved by an independent matcher that follows the specification to the letter."""

from __future__ import annotations

import functools
import json
import random
import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.link import link_for, text_fragment

URL = "https://news.example/story?id=7"
SEED = (Path(__file__).parents[2] / "corpus" / "sample" / "000_88a69eeaa2e40b64.txt").read_text(encoding="utf-8")


class Page:
    """A document as a browser searches it: blocks of text, each character with its place in the source."""

    def __init__(self, text: str, flowing: bool = False) -> None:
        lines = [text] if flowing else re.split(r"[\n\r\v\f\x85\u2028\u2029]", text)
        self.blocks: list[str] = []
        self.places: list[list[int]] = []
        at = 0
        for line in lines:
            chars, places = [], []
            for offset, char in enumerate(line):
                for folded in base(char):
                    if not (folded == " " and chars[-1:] == [" "]):
                        chars.append(folded)
                        places.append(at + offset)
            if "".join(chars).strip():
                self.blocks.append("".join(chars))
                self.places.append(places)
            at += len(line) + 1
        self.bounds = [
            # the module joins an apostrophe to a vowel after it; Unicode treats it as it treats a full stop
            {m.start() for m in regex.finditer(r"(?V1w)\b", re.sub("['’]", ".", block))} | {0, len(block)}
            for block in self.blocks
        ]

    def find(self, query: str, start: tuple[int, int], left: bool, right: bool) -> tuple[int, int, int] | None:
        """'Find a string in range': block, start and end of the first match from `start` on."""
        query = "".join(c for char in query for c in base(char))
        for block in range(start[0], len(self.blocks)):
            at = self.blocks[block].find(query, start[1] if block == start[0] else 0)
            while at >= 0:
                end = at + len(query)
                if (not left or at in self.bounds[block]) and (not right or end in self.bounds[block]):
                    return block, at, end
                at = self.blocks[block].find(query, at + 1)
        return None

    def skip(self, block: int, at: int) -> tuple[int, int] | None:
        """'Next non-whitespace position'."""
        while block < len(self.blocks):
            while at < len(self.blocks[block]):
                if self.blocks[block][at] != " ":
                    return block, at
                at += 1
            block, at = block + 1, 0
        return None

    def resolve(self, prefix: str | None, start: str, end: str | None, suffix: str | None) -> tuple[int, int] | None:
        """'Find a range from a text directive', as offsets into the source."""
        at = (0, 0)
        while True:
            if prefix:
                found = self.find(prefix, at, True, False)
                if found is None:
                    return None
                at = (found[0], found[1] + 1)
                here = self.skip(found[0], found[2])
                if here is None:
                    return None
                match = self.find(start, here, False, bool(end) or not suffix)
                if match is None:
                    return None
                if match[:2] != here:
                    continue
            else:
                match = self.find(start, at, True, bool(end) or not suffix)
                if match is None:
                    return None
                at = (match[0], match[1] + 1)
            last = match
            while True:
                if end:
                    found = self.find(end, (last[0], last[2]), True, not suffix)
                    if found is None:
                        return None
                    last = found
                if not suffix:
                    return self.source(match, last)
                here = self.skip(last[0], last[2])
                beside = here and self.find(suffix, here, False, True)
                if beside is None:
                    return None
                if beside[:2] == here:
                    return self.source(match, last)
                if not end:
                    break

    def source(self, first: tuple[int, int, int], last: tuple[int, int, int]) -> tuple[int, int]:
        return self.places[first[0]][first[1]], self.places[last[0]][last[2] - 1] + 1


@functools.lru_cache(maxsize=100)
def page(text: str, flowing: bool = False) -> Page:
    return Page(text, flowing)


@functools.cache
def base(char: str) -> str:
    """The primary level of a character: no case, no accents, invisible ones gone."""
    if char.isspace():
        return " "
    parts = unicodedata.normalize("NFKD", char.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c) and unicodedata.category(c) not in ("Cf", "Cc"))


def parse(link: str) -> tuple[str | None, str, str | None, str | None]:
    """'Parse a text directive', after a check against its grammar."""
    directive = link.partition(":~:")[2]
    word = r"(?:[a-zA-Z0-9!$'()*+./:;=?@_~]|%[0-9A-F]{2})+"
    assert re.fullmatch(rf"text=(?:{word}-,)?{word}(?:,{word})?(?:,-{word})?", directive), directive
    tokens = directive[5:].split(",")
    prefix = unquote(tokens.pop(0)[:-1]) if tokens[0].endswith("-") else None
    suffix = unquote(tokens.pop()[1:]) if tokens[-1].startswith("-") else None
    return prefix, unquote(tokens[0]), unquote(tokens[1]) if len(tokens) == 2 else None, suffix


def shown(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without what shows nothing at its ends."""
    while start < end and base(text[start]) in ("", " "):
        start += 1
    while start < end and base(text[end - 1]) in ("", " "):
        end -= 1
    return start, end


@functools.cache
def articles(folder: Path) -> list[str]:
    """Every sixtieth article of the two real sets, the sample article first."""
    found = [SEED]
    for path in sorted((folder / "polnear" / "dev" / "text").iterdir())[::60]:
        with path.open(encoding="utf-8", newline="") as file:
            found.append(file.read())
    with (folder / "multihop-rag" / "corpus.jsonl").open(encoding="utf-8") as file:
        found += [json.loads(line)["body"] for line in list(file)[::60]]
    return found


def check(text: str, start: int, end: int) -> bool:
    """Tell whether there is a directive; when there is one, it must resolve to exactly the span."""
    link = text_fragment(URL, text, start, end)
    if ":~:" not in link:
        return False
    wanted = shown(text, start, end)
    assert page(text).resolve(*parse(link)) == wanted, (link, text[start:end])
    if not parse(link)[2] or "\n" not in text[start:end]:
        assert page(text, flowing=True).resolve(*parse(link)) == wanted, link
    return True


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_span_of_a_real_text_is_found(shared_data: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(articles(shared_data)))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 1500)))
    if not check(text, start, end):
        first, last = shown(text, start, end)
        lines = [text[text.rfind("\n", 0, first) + 1 : last], f"{text[first:]}\n"[: last - first]]
        lines[1] += text[last:].partition("\n")[0]
        ends = [lines[0].partition("\n")[0], lines[1].rpartition("\n")[2]]
        assert first == last or any(text.lower().count(words.lower()) > 1 for words in ends)


def test_nearly_every_sentence_and_word_can_be_singled_out(shared_data: Path) -> None:
    chance = random.Random(7)
    spans = []
    for text in articles(shared_data):
        for unit in (r"[^.!?\n]+[.!?]", r"\w+"):
            found = [m.span() for m in re.finditer(unit, text)]
            spans += [(text, *span) for span in chance.sample(found, min(6, len(found)))]
    assert sum(check(*span) for span in spans) / len(spans) > 0.99


@settings(max_examples=1000, deadline=None)
@given(
    text=st.text(st.sampled_from('aAbé ’“"-,.&\n\u00ad\u00a0中。x1'), min_size=1, max_size=40),
    ends=st.tuples(st.integers(0, 39), st.integers(1, 40)),
)
def test_a_fragment_never_points_elsewhere(text: str, ends: tuple[int, int]) -> None:
    start, end = min(ends[0], len(text) - 1), min(ends[1], len(text))
    check(text, start, max(start + 1, end))


@given(before=st.text(max_size=30), words=st.text(max_size=60), after=st.text(max_size=30))
def test_arbitrary_text_gives_an_ascii_address(before: str, words: str, after: str) -> None:
    link = text_fragment(URL, before + words + after, len(before), len(before + words))
    assert link.isascii() and " " not in link and link.startswith(URL)


def test_a_unique_quotation_stands_alone() -> None:
    start = SEED.index("Their voices")
    end = SEED.index("media outlets", start) + len("media outlets")
    assert text_fragment(URL, SEED, start, end) == (
        f"{URL}#:~:text=Their%20voices%20are%20further%20amplified%20by%20the%20robust%20presence%20of%20nearly"
        "%202%2C000%20digital%20and%20traditional%20media%20outlets"
    )


@pytest.mark.parametrize("number", range(5))
def test_a_repeated_quotation_gets_the_fewest_words_that_single_it_out(number: int) -> None:
    start, end = [m.span() for m in re.finditer("freedom", SEED)][number]
    prefix, words, last, suffix = parse(text_fragment(URL, SEED, start, end))
    assert (words, last) == ("freedom", None)
    count = len(f"{prefix or ''} {suffix or ''}".split())
    before, after = SEED[:start].split("\n")[-1].split(), SEED[end:].split("\n")[0].split()
    for size in range(count):  # no choice of fewer words does
        for left in range(size + 1):
            p = " ".join(before[len(before) - left :]) or None
            s = " ".join(after[: size - left]) or None
            folded = " ".join(SEED.split()).lower()
            pattern = re.escape(" ".join(filter(None, [p, "freedom", s])).lower())
            assert len(re.findall(pattern, folded)) > 1


def test_a_long_quotation_and_one_over_paragraphs_are_named_by_their_ends() -> None:
    long = SEED.index("After 200 years"), SEED.index("to name just the major ones")
    broken = SEED.index("The narrative"), SEED.index("on the same footing")
    for start, end in (long, broken):
        prefix, first, last, suffix = parse(text_fragment(URL, SEED, start, end))
        quotation = SEED[start:end].strip(" ,")
        assert quotation.startswith(first) and last is not None and quotation.endswith(last.strip(" ,"))
        assert "\n" not in first + last and len(first.split()) == len(last.split()) == 4
        assert prefix is suffix is None


def test_identical_paragraphs_are_not_confused() -> None:
    text = "\n\n".join(["Read more.", "A storm came."] * 3 + ["Read more."])
    places = [m.start() for m in re.finditer("A storm", text)]
    links = [text_fragment(URL, text, at, at + len("A storm came.")) for at in places]
    assert ":~:" in links[0] and links[1:] == [URL, URL]  # only the first match can be pointed at


def test_the_page_s_own_fragment_is_kept_and_an_old_directive_replaced() -> None:
    start = SEED.index("double standard")
    end = start + len("double standard")
    kept = "https://news.example/a#section-2:~:text=double%20standard"
    assert text_fragment("https://news.example/a#section-2", SEED, start, end) == kept
    assert text_fragment("https://news.example/a#section-2:~:text=old", SEED, start, end) == kept
    assert text_fragment("https://news.example/a#:~:text=old", SEED, start, start) == "https://news.example/a"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https:///no-host",
        "http://[broken",
        "data:text/html,x",
        "",
        None,
    ],
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert link_for(url, None, "a1", 1, SEED, 0, 10) is None
    asked: list[tuple[str, int, int, int]] = []
    page = link_for(url, lambda *what: f"page {asked.append(what)}", "a/1 b", 3, SEED, 5, 10)
    assert page == "page None" and asked == [("a/1 b", 3, 5, 10)]


def test_an_address_cannot_break_out_of_its_place() -> None:
    link = link_for('https://news.example/a b"><x>\n', lambda *what: "page", "a1", 1, SEED, 0, 14)
    assert link == "https://news.example/a%20b%22%3E%3Cx%3E#:~:text=A%20spokesperson"
    assert urlsplit(link).hostname == "news.example"
