"""PDFs made as newsrooms get them: laid out by a typesetter, printed, scanned, locked, cut off."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate
from reportlab.platypus import Paragraph as Typeset

from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.loaders.pdf import PAGES
from corpus.loaders.pdf import load as load_pdf
from corpus.loaders.pdf_lines import Line
from corpus.loaders.reflow import heading, reflow, written
from corpus.model import Document
from corpus.walk import walk

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11, leading=13, spaceAfter=7, alignment=4)
HEAD = ParagraphStyle("head", fontName="Times-Bold", fontSize=20, leading=24, spaceAfter=10)


def typeset(
    paragraphs: list[str],
    *,
    columns: int = 1,
    headline: str | None = None,
    running: Callable[[Canvas, int], None] | None = None,
    style: ParagraphStyle = BODY,
    **about: str,
) -> bytes:
    """Return a PDF that reportlab makes of paragraphs, in columns, with heads that `running` draws."""
    out = io.BytesIO()
    width, height = A4
    step = (width - 120) / columns
    frames = [Frame(60 + at * step, 70, step - 8 * (columns > 1), height - 140) for at in range(columns)]
    page = PageTemplate(frames=frames, onPageEnd=lambda canvas, made: running and running(canvas, made.page))
    made = BaseDocTemplate(out, pagesize=A4, pageTemplates=[page], **about)
    flow = [Typeset(headline, HEAD)] if headline else []
    made.build([*flow, *(Typeset(text.replace("&", "&amp;"), style) for text in paragraphs)])
    return out.getvalue()


def drawn(draw: Callable[[Canvas], Any], **about: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    if "title" in about:
        canvas.setTitle(about["title"])
    if "author" in about:
        canvas.setAuthor(about["author"])
    draw(canvas)
    canvas.save()
    return out.getvalue()


def rewritten(data: bytes, change: Callable[[PdfWriter], Any]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def items(folder: Path, data: bytes, name: str = "a.pdf") -> list[Loaded | LoadError]:
    path = folder / name
    path.write_bytes(data)
    return list(load(next(walk([path]))))


def document(folder: Path, data: bytes, name: str = "a.pdf") -> Document:
    (item,) = items(folder, data, name)
    assert isinstance(item, Loaded), item
    assert item.loader == "pdf"
    return item.document


def failure(folder: Path, data: bytes, name: str = "a.pdf") -> str:
    (item,) = items(folder, data, name)
    assert isinstance(item, LoadError), item
    return str(item)


@pytest.fixture(scope="module")
def prose(sample: Path) -> list[str]:
    """Paragraphs of real articles: some three pages of them."""
    texts = [file.read_text("utf-8") for file in sorted(sample.rglob("*.txt"))]
    parts = [" ".join(part.split()) for text in texts for part in text.split("\n\n")]
    long = [part for part in parts if len(part) > 150 and part.encode("cp1252", "replace").decode("cp1252") == part]
    return long[:30]


def heads(canvas: Canvas, page: int) -> None:
    canvas.setFont("Times-Roman", 9)
    canvas.drawString(60, 800, "The Herald — Weekend")
    canvas.drawCentredString(300, 40, f"Page {page} of 9")


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_paragraphs_of_real_articles_come_back_as_they_were(tmp_path: Path, prose: list[str], columns: int) -> None:
    found = document(tmp_path, typeset(prose, columns=columns, running=heads)).text
    got = found.split("\n\n")
    assert "Weekend" not in found and "of 9" not in found
    assert re.findall(r"\w+", found) == re.findall(r"\w+", " ".join(prose))
    assert len(set(prose) & set(got)) >= 0.9 * len(prose)


def test_columns_drawn_line_by_line_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"Left line number {n} goes on and on to the gutter" for n in range(12)]
    right = [f"right line number {n} goes on and on to the edge" for n in range(12)]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        for at, (one, other) in enumerate(zip(left, right, strict=True)):
            canvas.drawString(60, 750 - 14 * at, one)
            canvas.drawString(330, 750 - 14 * at, other)

    assert document(tmp_path, drawn(draw)).text.split() == " ".join([*left, *right]).split()


def test_a_paragraph_set_in_by_its_first_line_begins_there(tmp_path: Path, prose: list[str]) -> None:
    style = ParagraphStyle("indent", parent=BODY, spaceAfter=0, firstLineIndent=18)
    found = document(tmp_path, typeset(prose, style=style)).text.split("\n\n")
    assert len(set(prose) & set(found)) >= 0.9 * len(prose)


def lines(*texts: str, x: float = 60, y: float = 700, size: float = 11, right: float = 500) -> list[Line]:
    return [Line(text, x, y - 13 * at, right, size) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("The assem-", "bly met."), "The assembly met."),
        (
            ("A well-known speaker of the well-", "known house spoke."),
            "A well-known speaker of the well-known house spoke.",
        ),
        (("The self-", "styled envoy left."), "The self-styled envoy left."),
        (("The Anglo-", "Irish treaty."), "The Anglo-Irish treaty."),
        (("The years 2040-", "41 were dry."), "The years 2040-41 were dry."),
        (("Soft\u00ad", "ware is soft."), "Software is soft."),
        (("He left —", "for good."), "He left — for good."),
        (("A re-election, and the re-", "election again."), "A re-election, and the re-election again."),
    ],
)
def test_words_broken_at_a_line_end_are_made_whole(texts: tuple[str, ...], expected: str) -> None:
    assert written(reflow([lines(*texts)])) == expected


def test_a_paragraph_goes_on_over_the_page_and_a_new_one_does_not() -> None:
    first = lines("The minister said that the", "new law would not")
    second = lines("be passed before the summer.")
    third = lines("The opposition walked out.")
    assert written(reflow([first, second, third])) == (
        "The minister said that the new law would not be passed before the summer.\n\nThe opposition walked out."
    )


def test_running_heads_and_page_numbers_go_and_what_stands_once_stays() -> None:
    pages = []
    for page in range(1, 6):
        word = ("first", "second", "third", "fourth", "fifth")[page - 1]
        body = lines(f"The {word} sentence {page * 7} of the text is", f"long enough to fill the {word} page, {page}.")
        pages.append([Line(f"{page}", 300, 30, 306, 9), *body, Line("THE HERALD", 60, 790, 120, 9)])
    pages[0].append(Line("The Herald", 60, 760, 300, 24))
    text = written(reflow(pages))
    assert "THE HERALD" not in text and text.count("The Herald") == 1
    assert [int(number) for number in re.findall(r"\b\d+\b", text)] == [7, 1, 14, 2, 21, 3, 28, 4, 35, 5]
    assert heading(reflow(pages)) == "The Herald"


def test_what_a_browser_prints_around_a_page_is_left_out() -> None:
    page = [
        *lines("“We welcome lawful rallies,” the minister said."),
        Line("3/5/41, 3:19 PM Rallies welcome - The Herald", 20, 820, 300, 8),
        Line("https://herald.example/rallies?x=1 1/1", 20, 15, 200, 8),
    ]
    assert written(reflow([page])) == "“We welcome lawful rallies,” the minister said."


def test_the_items_of_a_list_stand_on_lines_of_their_own() -> None:
    page = lines("The law has three parts:", "• rallies of any size,", "• marches, and", "• vigils.")
    assert written(reflow([page])) == "The law has three parts:\n\n• rallies of any size,\n• marches, and\n• vigils."


def test_what_the_metadata_says_where_it_is_credible(tmp_path: Path, prose: list[str]) -> None:
    data = typeset(prose[:3], title="Rallies welcome", author="Ann Lee")
    data = rewritten(data, lambda writer: writer.add_metadata({"/CreationDate": "D:20410305102030+02'00'"}))
    found = document(tmp_path, data)
    assert (found.title, found.authors, found.date_source) == ("Rallies welcome", ("Ann Lee",), "PDF metadata")
    assert str(found.published) == "2041-03-05T10:20:30+02:00"
    assert (found.updated, found.outlet) == (None, None)


@pytest.mark.parametrize(
    "title",
    [
        *("untitled", "(untitled)", "Untitled-1", "Microsoft Word - rallies_FINAL.docx", "rallies.indd", "Layout 1"),
        *("a", "A.PDF", "scan0001", "PowerPoint Presentation", "C:\\press\\rallies.doc", "Document1", "rallies_v3", ""),
    ],
)
def test_what_a_program_left_is_no_title(tmp_path: Path, prose: list[str], title: str) -> None:
    found = document(
        tmp_path, typeset(prose[:3], headline="Rallies welcome, says ministry", title=title, author="user")
    )
    assert found.title == "Rallies welcome, says ministry"
    assert found.authors == ()
    assert not found.text.startswith("Rallies welcome")
    assert document(tmp_path, typeset(prose[:3], title=title)).title.rstrip("…") in prose[0]


@pytest.mark.parametrize("author", ["anonymous", "Administrator", "jdoe", "HP LaserJet 7", "Microsoft Office User"])
def test_what_a_program_left_is_no_author(tmp_path: Path, prose: list[str], author: str) -> None:
    assert document(tmp_path, typeset(prose[:1], author=author)).authors == ()


def test_the_printed_date_and_byline_go_before_the_file_s(tmp_path: Path, prose: list[str]) -> None:
    paragraphs = ["By Ann Lee and Bo Ng", "March 5, 2041", *prose[:3]]
    found = document(tmp_path, typeset(paragraphs, headline="Rallies welcome", author="Cy Doe"))
    assert (found.title, found.authors) == ("Rallies welcome", ("Ann Lee", "Bo Ng"))
    assert (str(found.published), found.date_source) == ("2041-03-05", "text")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("D:2041", "2041"),
        ("D:204103", "2041-03"),
        ("D:20410305", "2041-03-05"),
        ("D:20410305102030Z", "2041-03-05T10:20:30Z"),
        ("D:20410305102030-05'30'", "2041-03-05T10:20:30-05:30"),
        ("2041-03-05", "2041-03-05"),
        ("D:20411305", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_goes_as_far_as_it_is_written(tmp_path: Path, value: str, expected: str | None) -> None:
    data = rewritten(
        typeset(["Some words of an article."]), lambda writer: writer.add_metadata({"/CreationDate": value})
    )
    found = document(tmp_path, data).published
    assert (str(found) if found else None) == expected


def test_an_encrypted_pdf_is_refused_unless_it_opens_without_a_password(tmp_path: Path, prose: list[str]) -> None:
    plain = typeset(prose[:2])
    locked = rewritten(plain, lambda writer: writer.encrypt("secret", algorithm="AES-256"))
    assert failure(tmp_path, locked) == (
        "could not load a.pdf: the PDF is encrypted with a password; save it without one and load it again"
    )
    for algorithm in ("AES-256", "AES-128", "RC4-128"):
        limited = rewritten(plain, lambda writer, a=algorithm: writer.encrypt("", "owner", algorithm=a))
        assert document(tmp_path, limited).text == "\n\n".join(prose[:2])


def test_a_scanned_pdf_is_refused(tmp_path: Path) -> None:
    picture = ImageReader(Image.new("L", (60, 80), 200))

    def draw(canvas: Canvas) -> None:
        for _ in range(3):
            canvas.drawImage(picture, 0, 0, 595, 842)
            canvas.showPage()

    assert failure(tmp_path, drawn(draw)) == (
        "could not load a.pdf: its 3 pages are pictures without text, as scanners make them; "
        "run text recognition (OCR) over it and load the result"
    )
    assert "no text found" in failure(tmp_path, drawn(lambda canvas: canvas.line(0, 0, 100, 100)))


def test_a_pdf_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    for _ in range(PAGES + 1):
        writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    assert failure(tmp_path, out.getvalue()) == (
        "could not load a.pdf: it has 2,001 pages, and at most 2,000 are read; split it into articles"
    )


def test_a_damaged_pdf_is_refused_and_nothing_is_printed(
    tmp_path: Path, prose: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    data = typeset(prose)
    sentence = "could not load a.pdf: the PDF is damaged; fetch or save it again"
    assert failure(tmp_path, b"%PDF-1.7\n%abc") == sentence
    assert failure(tmp_path, data[:200]) == sentence
    for cut in (len(data) // 2, len(data) - 300):
        for item in items(tmp_path, data[:cut]):
            assert isinstance(item, Loaded) or "could not load a.pdf" in str(item)
    assert capfd.readouterr() == ("", "")


def test_the_library_s_remarks_stay_off_the_terminal_of_a_program_that_logs(tmp_path: Path, prose: list[str]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(re.sub(rb"startxref\s+\d+", b"startxref\n7", typeset(prose[:2])))
    code = (
        "import logging, sys; from pathlib import Path; from corpus.loaders import load; from corpus.walk import walk\n"
        "logging.basicConfig(level=logging.INFO)\n"
        "print([type(item).__name__ for item in load(next(walk([Path(sys.argv[1])])))])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert (run.stdout, run.stderr) == ("['Loaded']\n", "")


def test_a_pdf_is_known_by_its_content(tmp_path: Path, prose: list[str]) -> None:
    data = typeset(prose[:2])
    assert document(tmp_path, data, "download.txt").text == document(tmp_path, b"\r\n\r\n" + data, "a.pdf").text
    assert "it is text, not what its name says" in failure(tmp_path, b"Not found", "a.pdf")


WHOLE = typeset(["“We welcome lawful rallies,” the minister said on Monday."] * 8, title="Rallies", author="Ann Lee")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=12)), max_size=6),
    st.integers(0, len(WHOLE)),
)
def test_no_damage_makes_the_loader_raise(changes: list[tuple[int, bytes]], cut: int) -> None:
    data = bytearray(WHOLE)
    for at, new in changes:
        data[at : at + len(new)] = new
    for part in (bytes(data), bytes(data[:cut])):
        try:
            records = list(load_pdf(io.BytesIO(part), "a.pdf"))
        except LoadError as error:
            assert str(error).startswith("could not load a.pdf")
        else:
            assert all(isinstance(record, LoadError) or record.document.text.strip() for record in records)
