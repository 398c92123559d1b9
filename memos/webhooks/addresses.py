"""Where a delivery may go: to public addresses, and to the networks that the operator allows.

A name is resolved here, and what was checked is what is connected to: a name that leads elsewhere a moment later
(DNS rebinding) leads nowhere. A refusal never tells what a name resolved to, for that would map internal names.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address

LONGEST_URL = 2000
_SIGNS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")
_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
"""A host that ends in a number is an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker)."""

_NOT_PUBLIC_4 = [
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, whole: some versions of Python take parts of it for public
        "192.88.99.0/24",  # relays of 6to4
        "224.0.0.0/3",  # multicast and reserved
    )
]
_UNICAST_6 = ip_network("2000::/3")
"""All that is handed out. IPv4 in IPv6 clothes (::ffff:0:0/96, ::/96, 64:ff9b::/96, 64:ff9b:1::/48) lies outside."""
_NOT_PUBLIC_6 = [
    ip_network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
]


class Refused(Exception):
    """It can't be delivered to; the message says why, to whoever set the address."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart, once: what was checked is what is asked for."""

    scheme: str
    host: str
    port: int
    netloc: str
    path: str


def check(url: str) -> None:
    """Raises Refused where the URL may not be delivered to as its name resolves now. Asks the resolver."""
    resolve(parse(url))


def parse(url: str) -> Target:
    """Raises Refused."""
    if len(url) > LONGEST_URL or not _SIGNS.fullmatch(url):
        raise Refused(
            f"Give an absolute URL of at most {LONGEST_URL} signs, in ASCII (a name as xn--…, a path as %C3…)."
        )
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("This is no URL.") from None
    if parts.scheme not in ("https", "http") or not host:
        raise Refused("Give a URL that begins with https://.")
    if "@" in parts.netloc or "#" in url or port == 0:
        raise Refused("A URL with a user name, a password, a fragment or the port 0 is not delivered to.")
    _check_host(host, in_brackets="[" in parts.netloc)
    path = parts.path or "/"
    return Target(
        parts.scheme, host, port or (443 if parts.scheme == "https" else 80), parts.netloc, _with_query(path, parts)
    )


def _with_query(path: str, parts: SplitResult) -> str:
    return f"{path}?{parts.query}" if parts.query else path


def _check_host(host: str, *, in_brackets: bool) -> None:
    """A name, or an address in its usual form: 2130706433, 0x7f.1 or 127.1 are read by each resolver its own way."""
    if in_brackets or _NUMBER.fullmatch(host):
        try:
            usual = ip_address(host)
        except ValueError:
            usual = None
        if usual is None or in_brackets != (usual.version == 6) or "%" in host:
            raise Refused("The host is no address in its usual form, such as 203.0.113.7 or [2001:db8::7].")
    elif not _NAME.fullmatch(host):
        raise Refused("The host is no name.")


def resolve(target: Target) -> list[Address]:
    """The addresses of a target, all of them allowed. Raises Refused."""
    found = _addresses(target)
    allowed = [any(address in network for network in settings.WEBHOOK_NETWORKS) for address in found]
    if target.scheme == "http" and not all(allowed):
        raise Refused("Only https is delivered to, except in the networks of MEMOS_WEBHOOK_NETWORKS.")
    if not found or not all(is_allowed or is_public(one) for one, is_allowed in zip(found, allowed, strict=True)):
        raise Refused("The host has to lead to public addresses, and to no others.")
    return found


def _addresses(target: Target) -> list[Address]:
    """None where the name does not resolve."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))


def is_public(address: Address) -> bool:
    """Whether it is an ordinary address of the public internet, and holds no other address inside."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _NOT_PUBLIC_4)
    ordinary = address in _UNICAST_6 and address.scope_id is None
    return ordinary and address.is_global and not any(address in network for network in _NOT_PUBLIC_6)
