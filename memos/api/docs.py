"""/schema/, and /docs/: a page to read and try the API on. Nothing on it comes from, or goes to, another host: the
browser is told so too."""

import json
import shlex
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
    """A call of the short start. ``makes`` is the variable of the shell that keeps the id in its answer, and what such
    an id begins with; the paths after it name that variable."""

    title: str
    method: str
    path: str
    sent: dict[str, Any] | None = None
    makes: tuple[str, str] | None = None
    accept: str = "application/json"

    @property
    def body(self) -> str:
        return json.dumps(self.sent) if self.sent is not None else ""

    @property
    def curl(self) -> str:
        """For a shell in which MEMOS_URL and MEMOS_KEY are set."""
        method = "" if self.method == "GET" else f"-X {self.method} "
        lines = [f'curl -sS {method}"$MEMOS_URL{self.path}"', '-H "Authorization: Bearer $MEMOS_KEY"']
        if self.accept != "application/json":
            lines.append(f'-H "Accept: {self.accept}"')
        if self.body:
            lines += ['-H "Content-Type: application/json"', f"-d {shlex.quote(self.body)}"]
        call = " \\\n  ".join(lines)
        if self.makes is None:
            return f"{call}; echo"
        name, prefix = self.makes
        return f"{name}=$({call} | tee /dev/stderr | grep -o '{prefix}_[0-9A-Z]*'); echo"


STEPS = (
    Step("Make a user", "POST", "/v1/users", {"firstName": "Alice"}, ("MEMOS_USER", "usr")),
    Step(
        "Open a thread",
        "POST",
        "/v1/users/$MEMOS_USER/threads",
        {"name": "Onboarding chat"},
        ("MEMOS_THREAD", "thr"),
    ),
    Step(
        "Say something",
        "POST",
        "/v1/threads/$MEMOS_THREAD/messages",
        {"role": "user", "content": "I work at Acme as a designer. I am allergic to peanuts."},
    ),
    Step(
        "Ask for the context",
        "GET",
        "/v1/users/$MEMOS_USER/context?query=What+does+she+do&maxTokens=500",
        accept="text/plain",
    ),
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
