"""The page of a stored copy in a real browser: Debian's Chromium, without a screen, on a desk and on a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from .sites import Site, put, site

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = '<script>document.title="owned"</script><img src="http://127.0.0.1:1/x"><style>*{display:none}</style>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A fresh Chromium."""
    program = shutil.which("chromium")
    if program is None:
        message = "Chromium is not installed, so pages were not tried in a browser: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sample_site(sample_home: Path) -> Iterator[Site]:
    with site(sample_home) as running:
        yield running


def opened(browser: Browser, link: str, width: int, height: int) -> tuple[Page, list[str], list[str]]:
    """Open a link; return the page, the addresses that were asked for, and what the console said."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(10_000)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.add_init_script("document.addEventListener('securitypolicyviolation', e => console.log(e.violatedDirective))")
    page.goto(link)
    return page, asked, said


def place(page: Page, selector: str) -> dict[str, Any]:
    """Where an element is on the screen, and how its first characters are drawn."""
    found: dict[str, Any] = page.locator(selector).first.evaluate(
        """element => {
            const at = element.getBoundingClientRect(), style = getComputedStyle(element);
            return {top: at.top, bottom: at.bottom, background: style.backgroundColor, text: element.textContent};
        }"""
    )
    return found


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (360, 740)])
def test_the_cited_passage_is_marked_and_in_view(browser: Browser, sample_site: Site, width: int, height: int) -> None:
    (article,) = sample_site.engine.catalogue.find("000_88a69eeaa2e40b64.txt")
    text = sample_site.engine.catalogue.text(article.id, 1)
    words = "The government continues to welcome lawful rallies and appreciates sincere criticisms from various camps"
    start = text.index(words)
    link = sample_site.links.page(article.id, 1, start, start + len(words))
    page, asked, said = opened(browser, link, width, height)
    mark = place(page, "#cited")
    assert mark["text"] == words and 0 < mark["top"] < mark["bottom"] < height
    assert mark["background"] == "rgb(255, 227, 122)" and page.evaluate("scrollY") > 300
    assert page.locator("#cited").evaluate("e => e.matches(':target')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("aside a", has_text="After 200 years of its own version of democracy").click()
    spoken = place(page, ".place:target")
    assert spoken["text"].startswith("After 200 years")
    assert 0 < spoken["top"] < height
    page.emulate_media(color_scheme="dark")
    assert place(page, "#cited")["background"] == "rgb(92, 71, 0)"
    assert {address.partition("#")[0] for address in asked} == {link.partition("#")[0]} and said == []
    page.context.close()


def test_hostile_text_stays_text(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with site(home) as running:
        text = f"{HOSTILE}\n\n“{HOSTILE},” said Ann Smith.\n\n" + "\u202eword " * 3_000
        article = put(running.engine.catalogue, text, title=HOSTILE, outlet=HOSTILE)
        page, asked, said = opened(browser, running.links.page(article, 1, len(HOSTILE), len(HOSTILE) + 60), 360, 740)
        assert "owned" not in page.title()[:5] and page.locator("script, img").count() == 0
        assert 0 < place(page, "#cited")["top"] < 740 and len(asked) == 1 and said == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.context.close()
