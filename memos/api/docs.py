"""/schema/, and /docs/: a page to read and try the API on. Nothing on it comes from, or goes to, another host: the
browser is told so too."""

import json
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from memos.api.health import safe

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scalar writes its styles into the page; a style can't send anything where images and fonts are our own."""


@dataclass(frozen=True)
class Step:
    """A call of the short start. ``{user}`` and ``{thread}`` in a path are what the calls before it made."""

    title: str
    method: str
    path: str
    sent: dict[str, Any] | None = None

    @property
    def body(self) -> str:
        return json.dumps(self.sent) if self.sent is not None else ""


STEPS = (
    Step("Make a user", "POST", "/v1/users", {"firstName": "Alice"}),
    Step("Open a thread", "POST", "/v1/users/{user}/threads", {"name": "Onboarding chat"}),
    Step(
        "Say something",
        "POST",
        "/v1/threads/{thread}/messages",
        {"role": "user", "content": "I work at Acme as a designer. I am allergic to peanuts."},
    ),
    Step("Ask for the context", "GET", "/v1/users/{user}/context?query=What+does+she+do&maxTokens=500"),
)


class SchemaView(SpectacularAPIView):
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """As YAML, or as JSON where `Accept` asks for that."""
        return HttpResponse(
            _written(cast(Hashable, type(request.accepted_renderer))), content_type=request.accepted_media_type
        )


@cache
def _written(renderer: Any) -> bytes:
    """It takes a second to make, and stays as it is while the process lives."""
    return renderer().render(SchemaGenerator().get_schema(public=True), renderer_context={})


@safe
def page(request: HttpRequest) -> HttpResponse:
    response = render(request, "docs/page.html", {"version": settings.VERSION, "steps": STEPS})
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response
