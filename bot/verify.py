"""The gate: nothing is shown whose words are not the stored article's.

Every citation is compared with the stored text, character by character. In the answer's Markdown every mark
must have its citation, every block quotation must be the words of the citation its mark names, and what
stands in quotation marks must be in a citation. Only the form of quotation marks and white space may differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from bot.cite import unescape_markdown
from bot.model import Answer, Citation
from corpus.errors import VerificationError

_MARK = re.compile(r"(?<!\\)\[(\d+(?:\s*,\s*\d+)*)(?<!\\)\]")
_BLOCK = re.compile(r"(?m)^ {0,3}>.*(?:\n.*\S.*)*")  # up to a blank line, as Markdown reads it
_SPACE = re.compile(r"\s+")
_LETTER = re.compile(r"\w")
# Directed marks say whether they open or close; the straight one does either.
_FORMS = str.maketrans("„‟«‹‚‛»›′″＂ʼ", '“““‘‘‘”’\'""’')
_SAME = str.maketrans("“”‘’", "\"\"''")
_LONGEST = 60_000  # characters of an answer: more is no answer that anybody reads, and checking takes its time
_MOST_MARKS = 100  # quotation marks in one paragraph of prose
_OPENING = re.compile(r"[“”\"]|(?<!\w)‘")  # and what closes without having been opened
_CLOSING = {"“": "”", '"': r"(?<!\s)\"", "‘": r"’(?!\w)"}  # after a space, a straight mark opens


def verify_answer(answer: Answer, text_of: Callable[[str, int], str]) -> None:
    """Raise unless everything that `answer` shows as an article's words is in that article.

    Args:
        answer: the answer or refusal; of a refusal, the closest passages are checked.
        text_of: gives the stored text of an article's version.

    Raises:
        VerificationError: what `verify` and `verify_markdown` refuse, or an answer without a citation.
    """
    if answer.answered and not answer.citations:
        raise VerificationError("the answer cites nothing; nothing is shown that no article supports")
    verify(answer.citations, text_of)
    verify_markdown(answer.answer, answer.citations)
    if answer.refusal is not None:
        _verify_spans(answer.refusal.closest, text_of)


def verify(citations: Sequence[Citation], text_of: Callable[[str, int], str]) -> None:
    """Raise unless each citation is exactly ``text[start:end]`` and they are numbered 1 to N in order.

    Raises:
        VerificationError: a citation that differs from its article, or a number out of order.
    """
    numbers = [citation.n for citation in citations]
    if numbers != list(range(1, len(numbers) + 1)):
        raise VerificationError(f"the citations are numbered {numbers}, not 1 to {len(numbers)} in order")
    _verify_spans(citations, text_of)


def _verify_spans(citations: Iterable[Citation], text_of: Callable[[str, int], str]) -> None:
    texts: dict[tuple[str, int], str] = {}
    for citation in citations:
        key = citation.article_id, citation.version
        if key not in texts:
            texts[key] = text_of(*key)
        inside = 0 <= citation.start < citation.end <= len(texts[key])
        if not inside or texts[key][citation.start : citation.end] != citation.quote:
            raise VerificationError(
                f"citation {citation.n} is not what version {citation.version} of article "
                f"{citation.article_id} says at characters {citation.start} to {citation.end}; "
                "the answer is withheld: ask again, and ingest the article anew if this stays"
            )
        for notice in citation.corrections:
            if not notice or notice not in texts[key]:
                raise VerificationError(
                    f"a correction that citation {citation.n} shows as the publisher's is not in version "
                    f"{citation.version} of article {citation.article_id}; the answer is withheld: ask again"
                )


def verify_markdown(markdown: str, citations: Sequence[Citation]) -> None:
    """Raise unless the Markdown's marks and quotations are covered by `citations`.

    Raises:
        VerificationError: a mark without a citation; a block quotation that is not the words of the
            citation its mark names; words in quotation marks that no citation has; a closing
            quotation mark that nothing opened; more text or quotation marks than can be checked.
    """
    if len(markdown) > _LONGEST:
        raise VerificationError(
            f"the answer has {len(markdown):,} characters, and at most {_LONGEST:,} can be checked; ask for less"
        )
    quotes = {citation.n: _form(citation.quote).translate(_SAME) for citation in citations}
    prose = _BLOCK.sub(lambda block: _check_block(block.group(), quotes), markdown)
    for number in (int(n) for mark in _MARK.finditer(prose) for n in mark[1].split(",")):
        if number not in quotes:
            raise VerificationError(f"the answer has a mark [{number}], and no citation has this number")
    prose = _form(_MARK.sub("\0", prose), keep_lines=True)
    for words in _record_words(citations):
        prose = prose.replace(words, "")
    for paragraph in re.split(r"\n\s*\n", prose):
        _check_paragraph(_SPACE.sub(" ", paragraph), list(quotes.values()))


def _form(text: str, keep_lines: bool = False) -> str:
    """Return the text with one form of each quotation mark, and one space for any white space."""
    text = unescape_markdown(text).translate(_FORMS)
    return re.sub(r"[^\S\n]+", " ", text) if keep_lines else _SPACE.sub(" ", text).strip()


def _record_words(citations: Iterable[Citation]) -> list[str]:
    """List titles, names and roles that hold quotation marks: words about the article, longest first."""
    found: set[str] = set()
    for citation in citations:
        found |= {citation.title, citation.outlet or ""}
        for speaker in (citation.speaker, *citation.via):
            if speaker is not None:
                found |= {speaker.name or "", speaker.role or "", speaker.affiliation or ""}
    formed = (_form(words) for words in found)
    return sorted((words for words in formed if re.search('[“”‘’"]', words)), key=len, reverse=True)


def _check_block(block: str, quotes: dict[int, str]) -> str:
    """Check a block quotation, item by item; return the marks it has, for the check of numbers."""
    text = re.sub(r"(?m)^ {0,3}> ?", "", block)
    marks, at = [], 0
    while text[at:].strip():
        item = _item(text[at:], quotes)
        if item is None:
            raise VerificationError(
                f"the answer quotes {_shorten(text[at:])}, which is not in the citation that its mark names"
            )
        marks.append(item[1])
        at += item[0]
    return "\n\n" + " ".join(marks) + "\n\n"


def _item(text: str, quotes: dict[int, str]) -> tuple[int, str] | None:
    """Return where the first quotation with its mark ends, and the mark.

    Quoted words may themselves hold something like a mark, so each mark in turn is tried as the item's own.
    """
    longest = max(map(len, quotes.values()), default=0)
    for mark in _MARK.finditer(text):
        words = _form(text[: mark.start()])
        if len(words) > longest + 2:  # the quotation marks around it
            return None
        bare = re.sub(r"^[“\"](.*)[”\"]$", r"\1", words).strip()
        for number in (int(n) for n in mark[1].split(",")):
            if any(_holds(quotes.get(number, ""), form) for form in (words, bare)):
                return mark.end(), mark.group()
    return None


def _check_paragraph(text: str, quotes: Sequence[str]) -> None:
    """Follow the quotation marks of one paragraph of prose; each quotation must be in some citation.

    Of several closing marks that may end a quotation the last one counts that leaves it verbatim, for
    quoted words may hold quotation marks; without a closing mark it runs to the paragraph's end.
    """
    number = sum(text.count(mark) for mark in '“”"‘')
    if number > _MOST_MARKS:
        raise VerificationError(
            f"a paragraph of the answer has {number} quotation marks, and at most {_MOST_MARKS} can be checked; "
            "ask for less"
        )
    at = 0
    while (mark := _OPENING.search(text, at)) is not None:
        if mark.group() == "”":
            raise VerificationError(
                f"the answer closes a quotation that it never opened: {_shorten(text[at : mark.end()])}"
            )
        closing = _CLOSING[mark.group()]
        ends = [m.start() for m in re.finditer(closing, text) if m.start() >= mark.end()] + [len(text)]
        held = [end for end in ends if _is_quoted(text[mark.end() : end], quotes)]
        if not held:
            raise VerificationError(
                f"the answer puts {_shorten(text[mark.start() : ends[0] + 1])} in quotation marks, and no "
                "citation has these words"
            )
        at = max(held) + 1


def _is_quoted(words: str, quotes: Sequence[str]) -> bool:
    """Tell whether a citation has the words; a mark within and the answer's own last stop are not of them.

    Words that open more quotations than they close count only as a whole citation: cut off at an inner
    closing mark they would leave the rest unchecked.
    """
    bare = _SPACE.sub(" ", words.replace("\0", "")).strip()
    forms = {bare, bare.rstrip(".,;:!?…").rstrip()}
    if bare.count("“") > bare.count("”") or bare.count('"') % 2:
        return any(quote in {form.translate(_SAME) for form in forms} for quote in quotes)
    return any(_holds(quote, form) for form in forms for quote in quotes)


def _holds(quote: str, words: str) -> bool:
    """Tell whether `quote`, its marks made straight, has `words`, whole words only."""
    if _LETTER.search(words) is None:
        return False
    words = words.translate(_SAME)
    at = quote.find(words)
    while at >= 0:
        end = at + len(words)
        if not (_LETTER.match(quote, at - 1) and at > 0) and not _LETTER.match(quote, end):
            return True
        at = quote.find(words, at + 1)
    return False


def _shorten(text: str) -> str:
    text = _SPACE.sub(" ", text.replace("\0", "")).strip()
    return repr(text if len(text) <= 80 else f"{text[:80]}…")
