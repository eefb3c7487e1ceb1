"""Word documents: made by python-docx as editors make them, and with the marks that editing leaves in the XML."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.loaders import Loaded, format_of, load
from corpus.loaders.word import load as load_word
from corpus.model import Document
from corpus.walk import walk

PROSE = [
    "The ministry said on Monday that peaceful rallies are welcome in the capital.",
    "“We welcome lawful rallies,” its spokesman Hale Teverin said. “We always have.”",
]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAKERS = Callable[[Any], Any]


def made(fill: MAKERS, **properties: Any) -> bytes:
    """Return a document that python-docx makes."""
    document = docx.Document()
    fill(document)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def packed(body: str, **parts: str) -> bytes:
    """Return a document with this XML as its body, as Word lays a file out."""
    content = f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "_rels/.rels": "<x/>", "word/document.xml": content, **parts})


def zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(folder: Path, data: bytes, name: str = "a.docx") -> Loaded | LoadError:
    path = folder / name
    path.write_bytes(data)
    (only,) = load(next(walk([path])))
    return only


def document(folder: Path, data: bytes, name: str = "a.docx") -> Document:
    found = item(folder, data, name)
    assert isinstance(found, Loaded), found
    assert found.loader == "docx"
    return found.document


def failure(folder: Path, data: bytes, name: str = "a.docx") -> str:
    found = item(folder, data, name)
    assert isinstance(found, LoadError), found
    return str(found)


def article(document: Any) -> None:
    for text in PROSE:
        document.add_paragraph(text)


def test_headings_paragraphs_lists_and_tables(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_heading("Rallies welcome", 0)
        document.add_paragraph(PROSE[0])
        document.add_heading("What is allowed", 2)
        for text in ("Marches", "Vigils"):
            document.add_paragraph(text, style="List Bullet")
        document.add_paragraph("In this order:")
        for text in ("Ask", "Wait"):
            document.add_paragraph(text, style="List Number")
        table = document.add_table(2, 2)
        for at, text in enumerate(("Town", "Rallies", "Aurel", "31")):
            table.cell(at // 2, at % 2).text = text
        document.sections[0].header.paragraphs[0].text = "THE HERALD"
        document.sections[0].footer.paragraphs[0].text = "Page 1"
        document.add_paragraph(PROSE[1])

    found = document(tmp_path, made(fill))
    assert found.title == "Rallies welcome"
    assert found.text == "\n\n".join(
        [
            PROSE[0],
            "What is allowed",
            "Marches\nVigils",
            "In this order:",
            "1. Ask\n2. Wait",
            "Town | Rallies\nAurel | 31",
            PROSE[1],
        ]
    )


def test_the_document_reads_as_with_all_changes_accepted(tmp_path: Path) -> None:
    shown = run(".", '<w:vanish w:val="0"/>')
    body = (
        f"<w:p>{run('The minister ')}<w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        f"<w:ins>{run('always ')}</w:ins>{run('welcomed ')}"
        f"<w:moveFrom>{run('gone ')}</w:moveFrom><w:moveTo>{run('lawful ')}</w:moveTo>"
        f"<w:commentRangeStart/>{run('ral')}{run('lies')}<w:commentRangeEnd/><w:r><w:commentReference/></w:r>"
        f"{run(' and secrets', '<w:vanish/>')}{shown}</w:p>"
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('One paragraph, ')}</w:p><w:p>{run('not two.')}</w:p>"
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>{run('old')}</w:p></w:tc></w:tr>"
        f"<w:tr><w:tc><w:p>{run('new')}</w:p></w:tc></w:tr></w:tbl>"
    )
    comments = f'<w:comments xmlns:w="{W}"><w:comment><w:p>{run("Sure?")}</w:p></w:comment></w:comments>'
    found = document(tmp_path, packed(body, **{"word/comments.xml": comments}))
    assert found.text == "The minister always welcomed lawful rallies.\n\nOne paragraph, not two.\n\nnew"


def test_links_fields_breaks_and_boxes(tmp_path: Path) -> None:
    drawing = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = (
        f"<w:p>{run('See the ')}<w:hyperlink>{run('full report')}</w:hyperlink>{run(',')}"
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE </w:instrText></w:r>'
        "<w:r><w:tab/><w:t>part</w:t><w:br/><w:t>two</w:t><w:noBreakHyphen/><w:t>B</w:t></w:r>"
        f"<w:sdt><w:sdtContent>{run(' (checked)')}</w:sdtContent></w:sdt></w:p>"
        f'<w:p>{run("Beside it.")}<w:r><mc:AlternateContent xmlns:mc="{drawing}"><mc:Choice><w:drawing><w:txbxContent>'
        f"<w:p>{run('In a box.')}</w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>"
        f"<w:p>{run('In a box.')}</w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert document(tmp_path, packed(body)).text == (
        "See the full report, part\ntwo\u2011B (checked)\n\nBeside it.\n\nIn a box."
    )


def test_lists_by_their_numbers_go_on_after_a_paragraph(tmp_path: Path) -> None:
    def item_(text: str, number: int, level: int = 0) -> str:
        properties = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        return f"<w:p>{properties}{run(text)}</w:p>"

    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"><w:numFmt w:val="{kind}"/></w:lvl></w:abstractNum>'
        for n, kind in enumerate(("decimal", "bullet"))
    )
    numbers = "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(2))
    body = item_("Ask", 1) + item_("in writing", 1, 1) + item_("Wait", 1) + f"<w:p>{run('Then:')}</w:p>"
    data = packed(
        body + item_("March", 1) + item_("Sing", 2),
        **{"word/numbering.xml": f'<w:n xmlns:w="{W}">{kinds}{numbers}</w:n>'},
    )
    assert document(tmp_path, data).text == "1. Ask\nin writing\n2. Wait\n\nThen:\n\n3. March\n\nSing"


def test_the_properties_are_claims(tmp_path: Path) -> None:
    data = made(
        article,
        title="Rallies welcome",
        author="Ann Lee; Bo Ng",
        created=dt.datetime(2041, 3, 5, 10, 20),
        modified=dt.datetime(2041, 3, 6, 8, 0),
    )
    found = document(tmp_path, data)
    assert (found.title, found.authors) == ("Rallies welcome", ("Ann Lee", "Bo Ng"))
    assert (str(found.published), str(found.updated)) == ("2041-03-05T10:20:00Z", "2041-03-06T08:00:00Z")
    assert found.date_source == "document properties"


def test_what_a_program_left_in_them_is_none(tmp_path: Path) -> None:
    found = document(tmp_path, made(article), "2041-03-05-rallies.docx")
    assert (found.authors, str(found.published), found.date_source) == ((), "2041-03-05", "file name")
    assert found.title == PROSE[0]
    found = document(tmp_path, made(article, title="Document1", author="jdoe", created=dt.datetime(2041, 3, 5)))
    assert (found.title, found.authors) == (PROSE[0], ())


def test_the_printed_date_and_byline_go_first(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_heading("Rallies welcome", 1)
        document.add_paragraph("By Ann Lee")
        document.add_paragraph("March 5, 2041")
        article(document)

    found = document(tmp_path, made(fill, created=dt.datetime(2041, 1, 1), author="Cy Doe"))
    assert (found.authors, str(found.published), found.date_source) == (("Ann Lee",), "2041-03-05", "text")
    assert found.updated is None


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (XLSX)"),
        (("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation (PPTX)"),
    ],
)
def test_other_office_documents_are_refused_by_name(tmp_path: Path, parts: tuple[str, ...], kind: str) -> None:
    data = zipped(dict.fromkeys(parts, "<x/>"))
    assert failure(tmp_path, data).startswith(f"could not load a.docx: it is {kind}; what can be loaded is PDF, Word")
    assert kind in failure(tmp_path, data, "download")


def test_open_document_text_and_old_word_are_refused_by_name(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    assert "it is an OpenDocument text (ODT)" in failure(tmp_path, out.getvalue(), "a.odt")
    assert "old (.doc, .xls, .ppt) or encrypted" in failure(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
    assert "it is an RTF document" in failure(tmp_path, b"{\\rtf1\\ansi Text}", "a.rtf")


def test_a_document_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes(made(article))
    assert format_of(next(walk([path]))) == "docx"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<w:document", "the XML of the DOCX is damaged; fetch or save it again"),
        (
            f'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><w:document xmlns:w="{W}"><w:body><w:p><w:r>'
            "<w:t>&b;</w:t></w:r></w:p></w:body></w:document>",
            "its XML declares a document type",
        ),
        (
            f'<!DOCTYPE x SYSTEM "file:///etc/passwd"><w:document xmlns:w="{W}"><w:body/></w:document>',
            "its XML declares a document type",
        ),
        (f'<w:document xmlns:w="{W}"><w:body><w:p/></w:body></w:document>', "no text found"),
        (f'<w:document xmlns:w="{W}"/>', "no text found"),
        ("<x>" + "<w>" * 50_000, "the XML of the DOCX is damaged"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, content: str, sentence: str) -> None:
    data = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": content})
    message = failure(tmp_path, data)
    assert message.startswith("could not load a.docx: ") and sentence in message


def test_a_bomb_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    assert "unpacks to more than 200 times its size or 64 MiB" in failure(tmp_path, packed(" " * 30_000_000))


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    data = made(article)
    assert "the DOCX is damaged" in failure(tmp_path, data[: len(data) // 2])
    assert "no word/document.xml" in failure(
        tmp_path, zipped({"[Content_Types].xml": "<x/>", "word/styles.xml": "<x/>"})
    )


WHOLE = packed("".join(f"<w:p>{run(text)}</w:p>" for text in PROSE * 5))
XML = st.lists(
    st.sampled_from(
        [
            *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>Words</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>"),
            *(
                "<w:tc>",
                "</w:tc>",
                "<w:ins>",
                "</w:ins>",
                "<w:del/>",
                "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>",
            ),
            *("<w:txbxContent>", "</w:txbxContent>", "<w:br/>", "&#xD7FF;", "<!-- -->", "<?x?>", "<w:sdt>", "</w:sdt>"),
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(
    XML.map(packed)
    | st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8)).map(
        lambda change: WHOLE[: change[0]] + change[1] + WHOLE[change[0] + len(change[1]) :]
    )
)
def test_no_file_makes_the_loader_raise(data: bytes) -> None:
    try:
        (record,) = load_word(io.BytesIO(data), "a.docx")
    except LoadError as error:
        assert str(error).startswith("could not load a.docx")
    else:
        assert not isinstance(record, LoadError) and record.document.text.strip()
