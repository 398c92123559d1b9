"""A page that asks before something is done: what it is, what comes of it, and a button that does it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin


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
    everywhere = page.admin_site.each_context(request)
    asked = {"title": title, "sentences": sentences, "button": button, "back": back, "hidden": hidden}
    context = {**everywhere, **asked, "opts": page.opts, "variant": "danger" if destroys else "primary"}
    return TemplateResponse(request, "admin/confirm.html", context)
