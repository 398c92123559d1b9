"""How large a body may be. One that is too large is refused by its Content-Length, before a byte of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase

from memos.api import errors


def check(request: HttpRequest, most: int) -> None:
    """Raises RequestDataTooBig. A chunked body tells no length: its reader stops behind the limit."""
    if _length(request) > most and "HTTP_TRANSFER_ENCODING" not in request.META:
        raise RequestDataTooBig


class BodySizeMiddleware:
    """For what stands beside /v1, where a view first asks who it is. No form of the console is sent in chunks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _length(request) > settings.MAX_BODY_BYTES and not request.path_info.startswith("/v1/"):
            return errors.response(413, "PAYLOAD_TOO_LARGE", errors.too_large(settings.MAX_BODY_BYTES))
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or "0"
    return int(told) if told.isdecimal() else 0
