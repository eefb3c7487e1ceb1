"""Which addresses may be fetched: http and https and, unless private ones are allowed, only the public Internet.

What is checked is the address that is then connected to, so that a name which is resolved twice, once for the
check and once for the connection, cannot show two faces (DNS rebinding).
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from corpus.errors import LoadError

LONGEST = 2000
"""The most characters that an address may have."""

_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_NUMERIC = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
_USERINFO = re.compile(r"//[^/?#]*@")
_UNICAST = IPv6Network("2000::/3")  # the only part of IPv6 that is given out for the Internet
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last four bytes, RFC 6052
_METADATA = IPv6Address("fd00:ec2::254")  # where AWS answers over IPv6 what it answers at 169.254.169.254


class AddressError(LoadError):
    """An address that must not be fetched, whatever is found there."""


def normalised(url: str) -> httpx.URL:
    """Return the address that `url` spells, without its fragment.

    Raises:
        AddressError: it is no http or https URL, holds a name or password, or spells its host as a number.
    """
    if len(url) > LONGEST:
        raise AddressError(f"the address has more than {LONGEST} characters; give the page's own address")
    try:
        found = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressError("that is no address; write https://HOST/PATH") from error
    if not found.scheme:
        raise AddressError("that is no address; write https://HOST/PATH")
    if found.scheme not in ("http", "https"):
        raise AddressError(f"only http and https are fetched, not {found.scheme}")
    if found.userinfo:
        raise AddressError("the address holds a name or a password, which are never sent; leave them out")
    host = found.raw_host.decode("ascii")
    if not host:
        raise AddressError("the address names no host; write https://HOST/PATH")
    if not _HOST.fullmatch(host) or not 0 < (found.port or 80) < 65536:
        raise AddressError("that is no address; write https://HOST/PATH")
    _refuse_numbers(host)
    return found


def _refuse_numbers(host: str) -> None:
    """Refuse the spellings of an IPv4 address (decimal, octal, hexadecimal, short) that hide what it is."""
    if not _NUMERIC.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return
    try:
        IPv4Address(host)
    except ValueError as error:
        raise AddressError(f"the host {host} is a number; write a name, or an address as 192.0.2.1") from error


def shown(url: str) -> str:
    """Return `url` as a message may show it: without name and password, nothing unprintable, not endless."""
    bare = _USERINFO.sub("//", url[:LONGEST])
    try:
        return str(httpx.URL(bare))
    except (httpx.InvalidURL, ValueError):
        return ascii(bare.rpartition("@")[2])[1:-1]  # where a password ends is anyone's guess


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one of a host on the public Internet.

    An IPv6 address that stands for an IPv4 address (mapped, 6to4, NAT64) is judged by that one, too.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in _UNICAST or not address.is_global:
        return False
    return address.sixtofour is None or is_public(address.sixtofour)


def is_secret(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one at which a cloud's machines are told their secrets: link-local, or AWS's own.

    Nobody's articles are there. An IPv6 address that stands for an IPv4 address is judged by that one.
    """
    if isinstance(address, IPv4Address):
        return address.is_link_local
    inner = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    return address.is_link_local or address == _METADATA or (inner is not None and inner.is_link_local)


def resolve(host: str, port: int, allow_private: bool) -> list[str]:
    """Return the addresses of `host` that may be connected to, in the system's order.

    The system's resolver is asked once; how long it may take is the system's to say.

    Raises:
        AddressError: none of its addresses is public and `allow_private` is not set, or all are link-local.
        LoadError: there is no such host.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "its name is malformed"
        raise LoadError(f"the host {host} was not found ({reason}); check the address and the network") from error
    addresses = list(dict.fromkeys(str(place[4][0]) for place in found))
    own = [address for address in addresses if not is_secret(ip_address(address))]
    if not own:
        raise AddressError(
            f"the host {host} is at {addresses[0]}, a link-local address, where clouds give machines their secrets: "
            "nothing is fetched there, with --allow-private neither; give the page's own address"
        )
    if allow_private:
        return own
    public = [address for address in own if is_public(ip_address(address))]
    if not public:
        raise AddressError(
            f"the host {host} is at {own[0]}, which is not on the public Internet; "
            "give --allow-private to fetch from your own network"
        )
    return public


def same_site(one: str, other: str) -> bool:
    """Tell whether two URLs are of one site: one host, but for "www.", or one a subdomain of the other."""
    first, second = _site(one), _site(other)
    if first is None or second is None:
        return False
    short, long = sorted((first, second), key=len)
    below = "." in short and not _NUMERIC.fullmatch(short.rpartition(".")[2])
    return short == long or (below and long.endswith(f".{short}"))


def _site(url: str) -> str | None:
    try:
        host = normalised(url).host
    except AddressError:
        return None
    return host.rstrip(".").removeprefix("www.") or None


def claimed(canonical: str | None, fetched: str) -> str:
    """Return the URL of a page: what it claims where that is its own to claim, else where it was fetched.

    A claim holds on the page's own site only, and not for the site's root, which is no article's address.
    """
    if canonical is None or not same_site(canonical, fetched):
        return fetched
    try:
        found = normalised(canonical)
    except AddressError:
        return fetched
    return fetched if found.path in ("", "/") and not found.query else str(found)
