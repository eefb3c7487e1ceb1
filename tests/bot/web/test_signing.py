"""Links that cannot be altered, expire and can be revoked; and the secret behind them."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from pydantic import SecretStr

from bot.settings import read_settings
from bot.web.signing import LinkError, Links, Ticket, links_of, secret_of
from corpus.errors import UsageError
from corpus.model import Span

DAY = 86_400
NOON = 1_900_000_800.0
LINKS = Links(b"k" * 32, "https://bot.example/stored/", days=30, now=lambda: NOON)


def parts(link: str) -> tuple[str, dict[str, str]]:
    found = urlsplit(link)
    assert found.path.startswith("/stored/articles/")
    return unquote(found.path.removeprefix("/stored/articles/")), dict(parse_qsl(found.query))


def read(link: str, links: Links = LINKS) -> Ticket:
    return links.read(*parts(link))


def test_a_link_says_what_it_was_made_for() -> None:
    link = LINKS.page("a/1 b", 3, 5, 10, "T1..C1..")
    ticket = read(link)
    assert (ticket.article_id, ticket.version, ticket.span, ticket.audience) == ("a/1 b", 3, Span(5, 10), "T1..C1..")
    assert link.endswith("#cited") and link.isascii() and b"k" * 8 not in link.encode()
    assert "kkkk" not in repr(LINKS)


def test_the_same_citation_has_the_same_link_all_day() -> None:
    morning, evening = (replace(LINKS, now=lambda at=at: at).page("a", 1, 0, 5) for at in (NOON - 3600, NOON + 3600))
    assert morning == evening != replace(LINKS, now=lambda: NOON + DAY).page("a", 1, 0, 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "2"), ("span", "0:6"), ("span", "1:5"), ("span", ""), ("for", ""), ("for", "T1..C2.."),
        ("made", "1900000001"), ("until", "9999999999"), ("sig", ""), ("sig", "é"), ("version", "01"), ("until", "x"),
        ("span", "0:5:6"), ("span", "٠:5"),
    ],
)  # fmt: skip
def test_nothing_of_a_link_can_be_altered(name: str, value: str) -> None:
    article, given = parts(LINKS.page("a", 1, 0, 5, "T1..C1.."))
    LINKS.read(article, given)
    with pytest.raises(LinkError):
        LINKS.read(article, {**given, name: value})
    with pytest.raises(LinkError):
        LINKS.read(article, {key: value for key, value in given.items() if key != name})


def test_a_link_is_for_one_article_and_one_secret() -> None:
    article, given = parts(LINKS.page("a", 1, 0, 5))
    with pytest.raises(LinkError):
        LINKS.read("b", given)
    with pytest.raises(LinkError):
        replace(LINKS, secret=b"K" * 32).read(article, given)


def test_characters_do_not_wander_between_the_parts() -> None:
    """An id or audience that looks like other parameters signs as itself."""
    tricky = LINKS.page("a", 1, 0, 5, "T1&span=0:6")
    assert read(tricky).audience == "T1&span=0:6"
    other = LINKS.page("aversion=1", 1, 0, 5)
    assert parts(tricky)[1]["sig"] != parts(other)[1]["sig"]


def test_links_expire_after_so_many_whole_days() -> None:
    link = LINKS.page("a", 1, 0, 5)
    until = read(link).until
    assert NOON + 30 * DAY < until <= NOON + 31 * DAY and until % DAY == 0
    assert read(link, replace(LINKS, now=lambda: until - 1.0))
    with pytest.raises(LinkError, match="expired"):
        read(link, replace(LINKS, now=lambda: float(until)))


def test_what_is_revoked_is_void_and_a_new_link_of_the_same_day_is_not() -> None:
    link = LINKS.page("a", 1, 0, 5, "T1..C1..")
    after = replace(LINKS, now=lambda: NOON + 60, revoked=lambda article, audience, made: made <= NOON)
    with pytest.raises(LinkError, match="revoked"):
        read(link, after)
    again = after.page("a", 1, 0, 5, "T1..C1..")
    assert again != link and read(again, after).made == NOON + 60 and read(again, after).until == read(link).until


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(secret_of(tmp_path, None))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file = tmp_path / "secret.key"
    assert len(set(found)) == 1 and file.read_bytes() == found[0] and len(found[0]) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and os.listdir(tmp_path) == ["secret.key"]
    assert secret_of(tmp_path, SecretStr("from the environment")) == b"from the environment"
    with pytest.raises(UsageError, match="too few"):
        secret_of(tmp_path, SecretStr("short"))
    file.write_bytes(b"cut off")
    with pytest.raises(UsageError, match="7 bytes"):
        secret_of(tmp_path, None)


def test_settings_make_links_only_with_a_public_url(tmp_path: Path) -> None:
    assert links_of(read_settings(tmp_path)) is None and os.listdir(tmp_path) == []
    (tmp_path / "whosaid.toml").write_text('public_url = "https://bot.example/"\n')
    (tmp_path / "slack.toml").write_text("link_days = 2\n")
    one, other = links_of(read_settings(tmp_path)), links_of(read_settings(tmp_path))
    assert one and other and one.days == 2 and one.page("a", 1, 0, 5) == other.page("a", 1, 0, 5)
