"""Who knocks: the address, the browser in words, and whether somebody has signed in with that browser before."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from memos.api.middleware import current_request_id

COOKIE = "memos_browser"
COOKIE_AGE = 180 * 24 * 3600
_SALT = "memos.signin.browser"

_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "FxiOS/": "Firefox", "Chrome/": "Chrome",
             "CriOS/": "Chrome", "Safari/": "Safari", "curl/": "curl"}  # fmt: skip
"""In this order: most of them also call themselves by the names that come after."""
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "CrOS": "ChromeOS",
            "Mac OS X": "macOS", "Linux": "Linux"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    address: str | None
    browser: str
    known: tuple[int, str] | None
    """Whose sign-in made the browser known, and the number that it got then."""
    request_id: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Visit":
        agent = request.headers.get("User-Agent", "")
        return cls(address_of(request.META), in_words(agent), _known(request), current_request_id())

    @property
    def network(self) -> str:
        """What counts as one address: an IPv6 host has 2^64 of them."""
        if self.address and isinstance(ip_address(self.address), IPv6Address):
            return str(ip_network(f"{self.address}/64", strict=False))
        return self.address or "unknown"

    def knows(self, operator_id: int) -> str:
        """The number of this browser, where it is that operator's; else nothing."""
        return self.known[1] if self.known and self.known[0] == operator_id else ""


def address_of(meta: Mapping[str, str]) -> str | None:
    """The last that a trusted proxy wrote into X-Forwarded-For, else whoever is connected."""
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    found = _address(forwarded.rpartition(",")[2]) or _address(meta.get("REMOTE_ADDR", ""))
    return str(found) if found else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def in_words(agent: str) -> str:
    """ "Firefox on Linux" from what a browser says of itself."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "Unknown browser")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return f"{browser} on {system}" if system else browser


def _known(request: HttpRequest) -> tuple[int, str] | None:
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_AGE)
        return int(told["operator"]), str(told["browser"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def remember(response: HttpResponse, visit: Visit, operator_id: int) -> HttpResponse:
    """Attempts from this browser are counted apart from now on: no stranger who knows the name locks its owner out."""
    number = visit.knows(operator_id) or secrets.token_hex(8)
    response.set_cookie(
        COOKIE,
        signing.dumps({"operator": operator_id, "browser": number}, salt=_SALT),
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
