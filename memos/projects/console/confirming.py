"""A page that asks before something is done: what it is, what comes of it, and a button that does it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from memos.projects.console.rendering import rendered


def confirmation(
    page: ModelAdmin,
    request: HttpRequest,
    *,
    title: str,
    sentences: Sequence[str],
    button: str,
    back: str,
    destroys: bool = False,
    hidden: Sequence[tuple[str, Any]] = (),
) -> HttpResponse:
    """``hidden`` is sent along with the answer. Without a ``button`` there is nothing to confirm, only a way back."""
    asked = {"sentences": sentences, "button": button, "back": back, "hidden": hidden}
    variant = "danger" if destroys else "primary"
    return rendered(page, request, "admin/confirm.html", title=title, variant=variant, **asked)
