"""A secret on its way from the answer to a form to the page that shows it, one redirect later.

Nobody has it in between: the browser carries it masked, in a cookie of that page alone, and its session has the mask,
which the first look takes out. Neither the database nor a cookie jar tells anything by itself.
"""

import secrets
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

PATIENCE = 120
"""Seconds that a browser may take to follow the redirect."""
MASKS = "masks"


def send(request: HttpRequest, response: HttpResponse, *, ref: str, path: str, secret: str) -> None:
    """Along with the redirect to ``path``, where the secret of the row ``ref`` is shown."""
    mask = secrets.token_bytes(len(secret.encode()))
    masks = {known: kept for known, kept in _masks(request).items() if kept["until"] > time.time()}
    request.session[MASKS] = {**masks, ref: {"mask": mask.hex(), "until": time.time() + PATIENCE}}
    response.set_signed_cookie(
        _cookie(ref), _xor(secret.encode(), mask).hex(), salt=mask.hex(), path=path, max_age=PATIENCE, httponly=True,
        samesite="Strict", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    add_never_cache_headers(response)


def take(request: HttpRequest, ref: str) -> str | None:
    """The secret, the first time that it is asked for in time; else None."""
    masks = _masks(request)
    kept = masks.pop(ref, None)
    if kept is None:
        return None
    request.session[MASKS] = masks
    masked = request.get_signed_cookie(_cookie(ref), default=None, salt=kept["mask"], max_age=PATIENCE)
    return _xor(bytes.fromhex(masked), bytes.fromhex(kept["mask"])).decode() if masked else None


def forget(response: HttpResponse, *, ref: str, path: str) -> None:
    """Have the browser drop its part."""
    response.delete_cookie(_cookie(ref), path=path, samesite="Strict")
    add_never_cache_headers(response)


def _masks(request: HttpRequest) -> dict[str, Any]:
    return dict(request.session.get(MASKS, {}))


def _cookie(ref: str) -> str:
    return f"issued_{ref}"


def _xor(text: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, mask, strict=True))
