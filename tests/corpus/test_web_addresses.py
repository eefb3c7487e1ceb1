"""Which addresses are fetched from, and which URL a page may claim."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from corpus.errors import LoadError
from corpus.web.addresses import AddressError, claimed, is_public, normalised, resolve, same_site, shown
from corpus.web.client import Client


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "100.127.255.254", "198.18.0.1", "192.0.2.1", "224.0.1.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:100.64.0.1", "::127.0.0.1", "2002:7f00:1::1"),
        *("2002:c0a8:101::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808", "2001::1", "fe80::1%lo"),
    ],
)
def test_addresses_that_are_not_on_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_addresses_that_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("ftp://example.org/a", "not ftp"),
        ("gopher://example.org", "not gopher"),
        ("example.org/a", "that is no address"),
        ("//example.org/a", "that is no address"),
        ("http:///path", "names no host"),
        ("https://ann:secret@example.org/", "holds a name or a password"),
        ("https://token@example.org/", "holds a name or a password"),
        ("http://2130706433/", "the host 2130706433 is a number"),
        ("http://0x7f.1/", "is a number"),
        ("http://0x7f000001/", "is a number"),
        ("http://0177.0.0.1/", "that is no address"),
        ("http://127.1/", "is a number"),
        ("http://127.0.0.1./", "is a number"),
        ("http://exa mple.org/", "is no address"),
        ("http://[::1/", "is no address"),
        ("http://example.org:99999999/", "is no address"),
        ("http://example.org/\x1b[31m", "is no address"),
        ("http://example.org/" + "a" * 3000, "more than 2000 characters"),
    ],
)
def test_spellings_that_are_refused(url: str, said: str) -> None:
    with pytest.raises(AddressError, match="^.*" + said.replace("(", r"\(")):
        normalised(url)


def test_an_address_loses_its_fragment_and_keeps_its_query() -> None:
    assert str(normalised(" HTTPS://Example.ORG/a?key=1&b#top ")) == "https://example.org/a?key=1&b"


@pytest.mark.parametrize("allow_private", [False, True])
def test_a_password_is_never_told(allow_private: bool) -> None:
    with pytest.raises(LoadError) as told:
        Client(allow_private=allow_private).get("http://ann:secret@127.0.0.1/a?key=1")
    assert "secret" not in str(told.value) and "ann" not in str(told.value)
    assert "http://127.0.0.1/a?key=1" in str(told.value)
    assert shown("http://a:b@x.org:b@y.org/\x07") == "http://y.org/\\x07"
    assert shown("http://ann:sec/ret@[x") == "[x"


def test_names_are_judged_by_all_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"inside.example": ["10.0.0.1", "fd00::1"], "mixed.example": ["10.0.0.1", "8.8.8.8"]}
    monkeypatch.setattr(socket, "getaddrinfo", resolver(lambda host: answers[host]))
    with pytest.raises(AddressError, match=r"inside\.example is at 10\.0\.0\.1, which is not on the public Internet"):
        resolve("inside.example", 80, allow_private=False)
    assert resolve("mixed.example", 80, allow_private=False) == ["8.8.8.8"]
    assert resolve("inside.example", 80, allow_private=True) == ["10.0.0.1", "fd00::1"]


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1", "::ffff:169.254.0.1", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fd00:ec2::254"],
)
def test_where_clouds_tell_their_secrets_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    answers = {"cloud.example": [address], "mixed.example": [address, "10.0.0.1"]}
    monkeypatch.setattr(socket, "getaddrinfo", resolver(lambda host: answers[host]))
    for allowed in (False, True):
        with pytest.raises(AddressError, match=r"a link-local address.* nothing is fetched there"):
            resolve("cloud.example", 80, allow_private=allowed)
    assert resolve("mixed.example", 80, allow_private=True) == ["10.0.0.1"]


def test_what_is_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when checked and private a moment later is never looked up a second time."""
    answers = [["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]]
    reached: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolver(lambda host: answers.pop(0)))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(LoadError, match="the connection failed"):
        Client().get("http://rebinding.example/a")
    assert reached == [("8.8.8.8", 80)] and len(answers) == 2


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(
        LoadError, match=r"^could not fetch http://nowhere\.example/: the host nowhere\.example was not"
    ):
        Client().get("http://nowhere.example/")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.org/a", "http://www.example.org/b", True),
        ("https://news.example.org/a", "https://example.org/", True),
        ("https://a.example.org/", "https://b.example.org/", False),
        ("https://example.org/", "https://badexample.org/", False),
        ("https://example.org/", "https://example.org.evil.example/", False),
        ("https://org/", "https://example.org/", False),
        ("https://0.0.1/", "https://127.0.0.1/", False),
        ("https://[broken", "https://[broken", False),
    ],
)
def test_sites(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same and same_site(other, one) is same


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://example.org/story", "https://example.org/story"),
        ("https://www.example.org/story?id=7#c", "https://www.example.org/story?id=7"),
        ("https://example.org/", None),
        ("https://example.org", None),
        ("https://other.example/story", None),
        ("https://ann:secret@example.org/story", None),
        ("ftp://example.org/story", None),
        ("not an address", None),
        (None, None),
    ],
)
def test_a_canonical_url_is_a_claim(canonical: str | None, url: str | None) -> None:
    fetched = "https://m.example.org/story?utm=feed"
    assert claimed(canonical, fetched) == (url or fetched)


def resolver(addresses: Any) -> Any:
    def lookup(host: str, port: int, *_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses(host)]

    return lookup
