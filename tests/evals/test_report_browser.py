"""The report in a real browser: Debian's Chromium, without a screen, clicked through as a reader would."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from pypdf import PdfReader

from evals.report import render_report

from .reported import GOLD, baseline, rows, run_of

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A fresh Chromium."""
    program = shutil.which("chromium")
    if program is None:
        message = "Chromium is not installed, so the report was not tried in a browser: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"), executable_path=program, headless=True, args=FLAGS, viewport=DESK
        )
        context.set_default_timeout(10_000)
        yield context
        context.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report's file."""
    file: Path = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_report(run_of(rows()), baseline()), "utf-8")
    return file.as_uri()


@pytest.fixture
def page(browser: BrowserContext, file: str) -> Iterator[Page]:
    """The report, open; nothing may be asked of anything else, and nothing may go wrong unseen."""
    page = browser.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.goto(file)
    yield page
    assert page.evaluate("window.broken") is None
    page.close()
    assert wrong == []
    assert {address.partition("#")[0] for address in asked} - {"data:,"} == {file}


def shown(page: Page) -> list[str]:
    """The ids of the questions on the screen, in order."""
    bodies = page.locator("#questions > tbody:visible th > .fine")
    return bodies.all_inner_texts()


def question(page: Page, name: str) -> str:
    """Where the question of an id is."""
    return f"#questions > tbody:has(th > .fine:text-is('{name}'))"


def open_question(page: Page, name: str) -> None:
    page.locator(f"{question(page, name)} button.open").click()
    expect(page.locator(f"{question(page, name)} tr.detail")).to_be_visible()


def test_failures_come_first_and_filters_narrow(page: Page) -> None:
    assert shown(page) == ["q/4", "q/5", "q/6", "q/7", "q/8", "q/1", "q/2", "q/3"]
    expect(page.get_by_role("status")).to_have_text("8 of 8 questions shown, 5 of them failed.")
    page.get_by_label("Result", exact=True).select_option("passed")
    assert shown(page) == ["q/1", "q/2", "q/3"]
    page.get_by_label("Tag", exact=True).select_option("near-miss")
    assert shown(page) == ["q/3"]
    page.get_by_role("button", name="Clear filters").click()
    assert len(shown(page)) == 8
    for label, value, left in (
        ("Type", "false-speaker", ["q/5", "q/3"]),
        ("Split", "test", ["q/6"]),
        ("Group", "two", ["q/5", "q/2"]),
        ("Against the baseline", "broken", ["q/5"]),
    ):
        page.get_by_label(label, exact=True).select_option(value)
        assert shown(page) == left, label
        page.get_by_role("button", name="Clear filters").click()


def test_search_looks_into_questions_answers_and_speakers(page: Page) -> None:
    box = page.get_by_role("searchbox")
    for words, found in (
        ("FISHING", ["q/3"]),
        ("sokkhoeurn sincere rallies?", ["q/1"]),
        ("q/7", ["q/7"]),
        ("no such words", []),
    ):
        box.fill(words)
        assert shown(page) == found, words
    expect(page.get_by_role("status")).to_have_text("0 of 8 questions shown, 0 of them failed.")


def test_columns_sort_both_ways(page: Page) -> None:
    heads = page.locator("#questions > thead")
    heads.get_by_role("button", name="Gold rank").click()
    assert shown(page)[:2] == ["q/2", "q/8"]
    expect(page.get_by_role("columnheader", name="Gold rank")).to_have_attribute("aria-sort", "ascending")
    heads.get_by_role("button", name="Gold rank").click()
    assert shown(page)[:1] == ["q/4"] and shown(page)[-1] in {"q/3", "q/7", "q/6"}  # those without come last
    page.get_by_label("Order").select_option("question")
    assert shown(page)[0] == "q/2"
    expect(page.locator("[aria-sort]")).to_have_count(1)


def test_a_question_opens_to_everything_about_it(page: Page) -> None:
    open_question(page, "q/1")
    detail = page.locator(f"{question(page, 'q/1')} tr.detail")
    titles = detail.locator("h4").all_inner_texts()
    assert titles == [
        "Question as understood",
        "Ranked passages",
        "Answer (quoted)",
        "Citations beside the gold quotes",
        "Expected",
        "Figures",
        "Baseline: refused: speaker silent",
    ]
    gold = detail.locator(".passages > li.gold")
    expect(gold).to_have_count(1)
    expect(gold.locator("summary")).to_contain_text("3. Ministry dismayed at report ★ gold")
    expect(gold.locator("mark")).to_have_text(GOLD)
    expect(gold.locator("mark")).to_be_visible()
    first = detail.locator(".beside").first
    expect(first.locator("mark")).to_have_text([GOLD, GOLD])
    expect(first).to_contain_text("An Sokkhoeurn, spokesman, Ministry of Foreign Affairs and International Cooperation")
    expect(first).to_contain_text("direct speech")
    expect(first.get_by_role("link")).to_have_attribute("href", "https://gazette.example/report")
    expect(detail.locator("blockquote .mark").first).to_have_text("[1]")
    expect(detail.locator(".numbers tr", has_text="Correct")).to_have_text(re.compile("Correct\\s*1\\s*0"))


def test_details_are_built_only_when_opened(page: Page) -> None:
    expect(page.locator("tr.detail")).to_have_count(0)
    open_question(page, "q/2")
    expect(page.locator("tr.detail")).to_have_count(1)
    expect(page.locator("tr.detail ol").first).to_have_text("what did the ministry say?")  # the conversation before
    page.locator(f"{question(page, 'q/2')} button.open").click()
    expect(page.locator("tr.detail")).to_be_hidden()


def test_a_link_opens_its_question_even_a_filtered_one(page: Page, file: str) -> None:
    page.get_by_label("Result", exact=True).select_option("failed")
    page.evaluate("location.hash = '#q=q%2F1'")
    expect(page.locator(f"{question(page, 'q/1')} tr.detail")).to_be_visible()
    expect(page.locator(f"{question(page, 'q/1')} button.open")).to_be_focused()
    page.goto("about:blank")
    page.goto(f"{file}#q=q/3")
    expect(page.locator(f"{question(page, 'q/3')} tr.detail")).to_be_visible()
    expect(page.locator("tr.detail h4").first).to_have_text("Question as understood")
    page.evaluate("location.hash = '#q=%E0%A4%A'")  # no text at all
    page.evaluate("location.hash = '#q=q/99'")
    expect(page.get_by_role("status")).to_have_text("This report has no question “q/99”.")


def test_an_opened_question_can_be_linked_to(page: Page) -> None:
    open_question(page, "q/4")
    assert page.evaluate("location.hash") == "#q=q%2F4"


def test_the_keyboard_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the questions")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("rallies seen")
    assert shown(page) == ["q/6"]
    opener = page.locator(f"{question(page, 'q/6')} button.open")
    opener.focus()
    outline = opener.evaluate("node => getComputedStyle(node).outlineStyle + getComputedStyle(node).outlineWidth")
    assert outline == "solid3px"
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Space")
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_hostile_text_stays_text(page: Page) -> None:
    for name in ("q/7", "q/8"):
        open_question(page, name)
    assert page.locator("img").count() == 0
    detail = page.locator(f"{question(page, 'q/8')} tr.detail")
    expect(detail).to_contain_text("<img src=x onerror=window.broken=1>␛[31m⟨U+202E⟩evil")
    expect(detail.locator("a[target=_blank]")).to_have_count(0)  # none of its addresses is one of the web
    expect(page.locator(f"{question(page, 'q/7')} tr.detail .warning")).to_contain_text("ValueError: </script>")


def test_it_is_dark_where_the_reader_wants_it_dark(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    assert (light, dark) == ("rgb(245, 246, 248)", "rgb(20, 23, 27)")
    assert page.locator("svg .column.run").first.evaluate("node => getComputedStyle(node).fill") == "rgb(46, 124, 181)"


def test_a_phone_shows_cards_and_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size(PHONE)
    for fold in page.locator("header details > summary, section > details > summary").all():
        fold.click()
    for name in ("q/1", "q/5", "q/8"):
        open_question(page, name)
    for fold in page.locator(f"{question(page, 'q/8')} .passages details:not([open]) > summary").all():
        fold.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    wide = (
        "node => [...node.querySelectorAll('*')].filter(e => !e.closest('.wide, .unseen, .skip')"
        " && e.getBoundingClientRect().right > 361).map(e => e.outerHTML.slice(0, 200))"
    )
    assert page.locator("body").evaluate(wide) == []
    card = page.locator(question(page, "q/1"))
    assert card.locator("td").first.evaluate("node => getComputedStyle(node).display") == "block"
    label = "node => getComputedStyle(node, '::before').content"
    assert card.locator("[data-label=Confidence]").evaluate(label) == '"Confidence: "'


def test_paper_has_every_question_and_no_controls(page: Page) -> None:
    page.get_by_role("searchbox").fill("fishing")
    assert len(shown(page)) == 1
    page.emulate_media(media="print")
    assert len(shown(page)) == 8
    expect(page.get_by_role("search")).to_be_hidden()
    for plot in page.locator("figure svg").all():
        expect(plot).to_be_visible()
    paper = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages)
    for words in ("Gold rank", "Passed by question type", *(f"q/{n}" for n in range(1, 9))):
        assert words in paper
    assert "Clear filters" not in paper


def test_without_script_the_figures_and_the_table_are_there(browser: BrowserContext, file: str) -> None:
    assert browser.browser is not None
    page = browser.browser.new_page(java_script_enabled=False)
    page.goto(file)
    expect(page.locator("#questions > tbody")).to_have_count(8)
    expect(page.get_by_text("Scripts are off")).to_be_visible()
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator("figure svg")).to_have_count(3)
    page.close()
