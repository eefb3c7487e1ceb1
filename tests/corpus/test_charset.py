"""Bytes in the encodings that newsrooms still have, marked, declared, declared wrongly, and not declared at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import LoadError
from corpus.loaders import Loaded, load, load_bytes
from corpus.loaders.charset import decode, encoding_of, peek
from corpus.loaders.signs import is_binary
from corpus.walk import walk

SAID = {
    "ru": "Министерство заявило в понедельник, что мирные собрания приветствуются. «Мы рады видеть людей на площади», "
    "— сказал представитель. Полиция сообщила, что нарушений не было.",
    "uk": "Міністерство заявило в понеділок, що мирні зібрання вітаються. «Ми раді бачити людей на площі», — сказав "
    "речник. Поліція повідомила, що порушень не було.",
    "pl": "Ministerstwo oświadczyło w poniedziałek, że pokojowe zgromadzenia są mile widziane. „Cieszymy się, że "
    "ludzie są na placu”, powiedział rzecznik. Policja podała, że nie było żadnych naruszeń.",
    "cs": "Ministerstvo v pondělí uvedlo, že pokojná shromáždění jsou vítána. Mluvčí řekl, že policie nezaznamenala "
    "žádné porušení a že soud projedná stížnosti příští týden.",
    "tr": "Bakanlık pazartesi günü barışçıl toplantıların memnuniyetle karşılandığını açıkladı. Sözcü, polisin "
    "herhangi bir ihlal görmediğini ve mahkemenin şikâyetleri gelecek hafta ele alacağını söyledi.",
    "el": "Το υπουργείο δήλωσε τη Δευτέρα ότι οι ειρηνικές συγκεντρώσεις είναι ευπρόσδεκτες. Ο εκπρόσωπος είπε ότι η "
    "αστυνομία δεν διαπίστωσε παραβάσεις.",
    "he": "המשרד הודיע ביום שני כי אסיפות שלוות יתקבלו בברכה. הדובר אמר שהמשטרה לא מצאה הפרות וכי בית המשפט ידון "
    "בתלונות בשבוע הבא.",
    "ar": "قالت الوزارة يوم الاثنين إن التجمعات السلمية مرحب بها. وقال المتحدث إن الشرطة لم تسجل أي مخالفات وإن "
    "المحكمة ستنظر في الشكاوى الأسبوع المقبل.",
    "ja": "同省は月曜日、平和的な集会を歓迎すると発表した。報道官は「広場に人々がいることを喜ばしく思う」と述べた。"
    "警察は違反はなかったとした。",
    "zh": "该部周一表示,欢迎和平集会。发言人说:“我们很高兴看到人们来到广场。”警方表示没有发现违法行为。",
    "tw": "該部週一表示,歡迎和平集會。發言人說:「我們很高興看到人們來到廣場。」警方表示沒有發現違法行為。",
    "ko": "외교부는 월요일 평화적인 집회를 환영한다고 밝혔다. 대변인은 광장에서 사람들을 보게 되어 기쁘다고 말했다.",
    "th": "กระทรวงแถลงเมื่อวันจันทร์ว่ายินดีต้อนรับการชุมนุมโดยสงบ โฆษกกล่าวว่าตำรวจไม่พบการละเมิดใดๆ",
    "fr": "Le ministère a déclaré lundi que les rassemblements étaient les bienvenus. « Nous sommes ravis », a déclaré "
    "le porte-parole. L’été dernier, la cour a jugé l’affaire close.",
    "de": "Das Ministerium erklärte am Montag, friedliche Versammlungen seien willkommen. „Wir freuen uns“, sagte der "
    "Sprecher; größere Verstöße gab es nicht.",
    "en": "“Quoted,” she said – €5 was the price of the ticket, and the minister’s café closed.",
}
UNDECLARED = [
    *(("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("uk", "cp1251"), ("uk", "koi8-u")),
    *(("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250"), ("tr", "cp1254"), ("el", "cp1253"), ("he", "cp1255")),
    *(("ar", "cp1256"), ("th", "cp874"), ("ja", "shift_jis"), ("ja", "euc_jp"), ("ja", "iso2022_jp")),
    *(("zh", "gb18030"), ("zh", "gb2312"), ("tw", "big5"), ("ko", "euc_kr")),
    *(("fr", "cp1252"), ("de", "cp1252"), ("en", "cp1252"), ("de", "latin-1")),
]


def encoded(language: str, encoding: str, times: int = 1) -> tuple[str, bytes]:
    """Return a text as far as the encoding can write it, and its bytes."""
    data = (SAID[language] * times).encode(encoding, "ignore")
    return data.decode(encoding), data


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize(("language", "encoding"), UNDECLARED)
def test_an_encoding_that_nothing_declares_is_found_out(language: str, encoding: str, times: int) -> None:
    text, data = encoded(language, encoding, times)
    assert decode(data, "a.txt") == text


@pytest.mark.parametrize("language", list(SAID))
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8", "utf-32"])
def test_unicode_is_read_with_a_mark_and_without(language: str, encoding: str) -> None:
    text = SAID[language]
    data = text.encode(encoding)
    assert decode(data, "a.txt") == text
    assert peek(data).removeprefix("\ufeff") == text
    assert not is_binary(data)


@pytest.mark.parametrize(
    "data",
    [
        "Hétfőn közölte a szóvivő, hogy a békés gyűléseket üdvözli a hűséges szövetséges.".encode("cp1250"),
        "Ministerija pirmadienį pareiškė, kad taikūs susirinkimai yra laukiami.".encode("cp1257"),
        b"Caf\x81\x8d\x8f, \x90\x9d.",
        b"abc " + bytes(range(128, 256)),
    ],
)
def test_what_cannot_be_told_for_certain_is_refused(data: bytes) -> None:
    with pytest.raises(LoadError) as refused:
        decode(data, "a.txt")
    message = str(refused.value)
    assert message.startswith("could not load a.txt: byte ")
    assert message.endswith(" is not UTF-8, and no other encoding can be told for certain; save it as UTF-8")


def page(language: str, declared: str, encoding: str, xml: bool = False) -> bytes:
    words = SAID[language] * 4
    head = f'<?xml version="1.0" encoding="{declared}"?><html>' if xml else f'<html><head><meta charset="{declared}">'
    return f"{head}<body><article><p>{words}</p></article></body></html>".encode(encoding, "ignore")


@pytest.mark.parametrize("xml", [False, True])
@pytest.mark.parametrize(
    ("language", "declared", "encoding"),
    [
        ("ru", "windows-1251", "cp1251"),
        ("ja", "Shift_JIS", "cp932"),
        ("ja", "iso-2022-jp", "iso2022_jp"),
        ("zh", "gb2312", "gb18030"),
        ("fr", "iso-8859-1", "cp1252"),
        ("cs", "iso-8859-2", "iso8859-2"),
        # declared wrongly:
        ("fr", "utf-8", "cp1252"),
        ("ru", "utf-8", "cp1251"),
        ("fr", "iso-8859-1", "utf-8"),
        ("ru", "windows-1252", "utf-8"),
        ("ru", "iso-8859-1", "cp1251"),
        ("fr", "base64", "utf-8"),
        ("fr", "rot13", "cp1252"),
        ("fr", "utf-7", "cp1252"),
        ("fr", "no-such", "cp1252"),
    ],
)
def test_a_page_is_read_as_it_is_whatever_it_declares(
    tmp_path: Path, language: str, declared: str, encoding: str, xml: bool
) -> None:
    data = page(language, declared, encoding, xml)
    path = tmp_path / "a.html"
    path.write_bytes(data)
    (item,) = load(next(walk([path])))
    assert isinstance(item, Loaded), item
    words = data.decode(encoding).split("<p>")[1].split("</p>")[0]
    assert item.document.text.split() == words.split()


def test_plain_text_is_left_as_it_is_decoded(tmp_path: Path) -> None:
    text = "A  title\r\n\r\n“Quoted”\u00a0– she\tsaid.\x0c\r\n \r\n"
    for encoding in ("utf-8", "cp1252", "utf-16", "utf-16-be"):
        path = tmp_path / "a.txt"
        path.write_bytes(text.encode(encoding))
        (item,) = load(next(walk([path])))
        assert isinstance(item, Loaded) and item.document.text == text


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)),
        b"text\x00text",
        b"\x00" * 100,
        b"\x7fELF\x02\x01\x01" + bytes(60),
        bytes(range(0, 250, 2)) * 9,
    ],
)
def test_binary_data_is_told(tmp_path: Path, data: bytes) -> None:
    assert is_binary(data)
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    (item,) = load(next(walk([path])))
    assert str(item).startswith("could not load a.txt: it is binary data; what can be loaded is PDF, Word (DOCX), ")
    with pytest.raises(LoadError, match=r"could not load a\.jsonl, line 3: it is binary data, not text"):
        decode(data, "a.jsonl, line 3")


def test_damaged_utf_16_is_told() -> None:
    with pytest.raises(LoadError, match=r"could not load a\.txt: it is damaged UTF-16-LE text; save it as UTF-8"):
        decode("“Quoted”".encode("utf-16")[:-1], "a.txt")


@pytest.mark.parametrize(("language", "encoding"), UNDECLARED)
def test_a_file_read_as_it_comes_is_judged_by_its_beginning(language: str, encoding: str) -> None:
    text, data = encoded(language, encoding)
    lines = (data + b"\n") * 50
    cut = lines[: len(data) * 20 + 7]
    assert lines.decode(encoding_of(cut, "a.csv")) == (text + "\n") * 50


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.booleans())
@example(b"\x1b$B" + b"\x21" * 9, False)
@example(b"<meta charset=hz>~{" + b"\xff", True)
@example(b"\xff\xfe\x00\x00\x01", False)
@example(b"a\x00" * 40 + b"\x00\xd8", False)
def test_bytes_are_characters_or_an_error(data: bytes, declared: bool) -> None:
    peek(data)
    try:
        text = decode(data, "a", declared=declared)
    except LoadError as error:
        assert str(error).startswith("could not load a: ") and "\n" not in str(error)
    else:
        text.encode("utf-8")
    try:
        encoding_of(data, "a")
    except LoadError as error:
        assert str(error).startswith("could not load a: ")


@pytest.mark.parametrize("control", ["\x07", "\x01", "\x1b[31m", "\x0c", "\x7f"])
@pytest.mark.parametrize("text", ["Bell{}", "“We{} will not pay,” the mayor said.", "Ли{}ния", "一{}線"])
def test_a_stray_control_character_is_part_of_the_text(control: str, text: str) -> None:
    found = text.format(control)
    (item,) = load_bytes(found.encode(), "a.txt")
    assert isinstance(item, Loaded) and item.document.text == found


def test_a_text_whose_bullets_are_bells_is_text_and_noise_is_none() -> None:
    listed = "".join(f"\x07 point {n} of the list of the council\n" for n in range(200))
    assert decode(listed.encode(), "a.txt") == listed
    noise = "".join(chr(1 + n % 127) for n in range(500)).encode()
    assert b"\x00" not in noise and is_binary(noise)
