"""The page that shows a secret this once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from unfold.admin import ModelAdmin

from memos.projects.console.rendering import rendered
from memos.projects.console.shown import page_of


def shown_once(
    page: ModelAdmin, request: HttpRequest, issued: Any, *, row: Any, title: str, name: str, told: str, about: str
) -> HttpResponse:
    """The answer to the POST itself: a redirect would have to keep the secret somewhere. ``name`` is what the secret
    is called, ``told`` says what becomes of it, ``about`` whose it is and what it is good for."""
    given = {"secret": issued.secret, "name": name, "told": told, "about": about, "row": row, "path": page_of(row)}
    response = rendered(page, request, "admin/issued.html", title=title, **given)
    add_never_cache_headers(response)
    return response
