from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import LoadError
from corpus.loaders import Loaded, load
from corpus.model import Document
from corpus.walk import walk


def item(folder: Path, text: str, name: str = "article.md") -> Loaded | LoadError:
    path = folder / name
    path.write_bytes(text.encode())
    (found,) = load(next(walk([path])))
    return found


def document(folder: Path, text: str, name: str = "article.md") -> Document:
    found = item(folder, text, name)
    assert isinstance(found, Loaded), found
    return found.document


POST = """\
---
layout: story
title: "Seven days to be angry: the assembly bill"
date: 2041-03-05 07:30:00 +0200
author: Ann Lee and Bo Ng
source: {name: The Courier}
permalink: /politics/seven-days/
canonical_url: https://courier.example/seven-days
lang: en
last_modified_at: 2041-03-06
---
*{{ page.date | date: "%B %-d, %Y" }}*

{% include figure.html src="/a.jpg"
   caption="Harbour Square" %}

PORT VERL – Under the [bill laid before the *chamber*]({% link _posts/2041-03-05-x.md %}), nobody
could have come.{: .lead} “A right,” said Orelind,<br>“is a right.” &amp; so on&hellip; ![a square](b.jpg)

> We will ring the bell.
"""


def test_front_matter_gives_the_fields(tmp_path: Path) -> None:
    found = document(tmp_path, POST, "2041-03-04-seven-days.md")
    assert found.title == "Seven days to be angry: the assembly bill"
    assert (str(found.published), found.date_source) == ("2041-03-05T07:30:00+02:00", "front matter")
    assert (str(found.updated), found.authors) == ("2041-03-06", ("Ann Lee", "Bo Ng"))
    assert (found.outlet, found.url, found.language) == (
        "The Courier",
        "https://courier.example/seven-days",
        "en",
    )


def test_the_text_is_what_a_reader_sees(tmp_path: Path) -> None:
    assert document(tmp_path, POST).text == (
        "March 5, 2041\n\n"
        "PORT VERL – Under the bill laid before the chamber, nobody could have come. "
        "“A right,” said Orelind,\n"
        "“is a right.” & so on…\n\n"
        "We will ring the bell."
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ page.title }} by {{page.author}}", "The title by Ann Lee"),
        ("On {{ page.date | date: '%-d %b %Y' }} and {{ page.date }}", "On 5 Mar 2041 and March 5, 2041"),
        ("{{ page.date | date_to_long_string }}.", "05 March 2041."),
        ("a{{ site.title }}{{ page.title | slugify }}{{ page.nothing }}b", "ab"),
        ("a{% comment %} {{ page.title }} {% endcomment %}b", "ab"),
        ("a {% raw %}{{ page.title }}{% endraw %}", "a {{ page.title }}"),
        ("{% highlight sh %}\nls -l\n{% endhighlight %}\n\nend", "ls -l\n\nend"),
        ("{% if page.x %}shown{% endif %}{% assign y = 1 %}", "shown"),
        ("{% capture z %}hidden{% endcapture %}a", "a"),
        ("{%- include x.html -%}\n\na", "a"),
    ],
)
def test_liquid(tmp_path: Path, source: str, text: str) -> None:
    matter = "---\ntitle: The title\nauthor: Ann Lee\ndate: 2041-03-05\n---\n"
    assert document(tmp_path, matter + source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("One line\nand the next.\n\nTwo", "One line and the next.\n\nTwo"),
        ("Lead\n\nHead\n====\n\n## Sub ##\n\nEnd", "Lead\n\nHead\n\nSub\n\nEnd"),
        ("* a\n* b *c*\n  * d\n\nend", "a\nb c\nd\n\nend"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("| A | B |\n|---|---|\n| 1 | 2 |", "A | B\n1 | 2"),
        ("[![alt](a.png)](http://b) text ![alt](c.png)", "text"),
        (
            "<div><script>x()</script><p>Inside &mdash; <b>bold</b></p></div>\n\n<iframe></iframe>\n\nend",
            "Inside — bold\n\nend",
        ),
        (
            "Said.[^1] More.[^n]\n\n[^1]: The note.\n[^n]: Another.",
            "Said.¹ More.²\n\n¹ The note.\n\n² Another.",
        ),
        ("{::options x='y' /}\n\n* toc\n{:toc}\n\nText\n{: .class #id}", "Text"),
        ("a\u00a0b\u00adc e\u0301 `x < y` ~~gone~~", "a bc é x < y gone"),
        ("A <https://x.example> link and <b>bold\ntext</b>", "A https://x.example link and bold text"),
        ("> a\n> b\n>\n> — Someone", "a b\n\n— Someone"),
    ],
)
def test_markup_becomes_clean_text(tmp_path: Path, source: str, text: str) -> None:
    assert document(tmp_path, source).text == text


def test_the_title_falls_back_to_the_heading_then_the_first_sentence(tmp_path: Path) -> None:
    headed = document(tmp_path, "# The *big* one\n\nText of it.")
    assert (headed.title, headed.text) == ("The big one", "Text of it.")
    assert document(tmp_path, "Text of it. More.\n\n# Later").title == "Text of it."


def test_the_name_of_a_post_dates_it_when_nothing_else_does(tmp_path: Path) -> None:
    found = document(tmp_path, "---\ntitle: x\n---\n{{ page.date | date: '%Y' }} text", "2041-03-05-x.md")
    assert (str(found.published), found.date_source, found.text) == ("2041-03-05", "file name", "2041 text")
    undated = document(tmp_path, "---\ntitle: x\npublished: true\n---\n{{ page.date }} text")
    assert (undated.published, undated.date_source, undated.text) == (None, None, "text")


@pytest.mark.parametrize(
    "matter",
    [
        "title: [x",
        "title: x: y",
        "- a list\n- of: things",
        "date: 2041-13-45",
        "a: !!python/object:os.system x",
    ],
)
def test_a_bad_front_matter_is_an_error(tmp_path: Path, matter: str) -> None:
    found = item(tmp_path, f"---\n{matter}\n---\nText")
    assert isinstance(found, LoadError)
    assert "front matter of article.md" in str(found)


def test_front_matter_alone_is_no_article(tmp_path: Path) -> None:
    found = item(tmp_path, "---\ntitle: x\n---\n\n{% include x.html %}\n![](a.png)\n")
    assert isinstance(found, LoadError) and "no text found" in str(found)
