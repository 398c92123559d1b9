"""A page of a model beside Django's own, with what stands around every page."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin


def rendered(page: ModelAdmin, request: HttpRequest, template: str, *, title: str, **context: Any) -> TemplateResponse:
    everywhere = page.admin_site.each_context(request)
    return TemplateResponse(request, template, {**everywhere, "opts": page.opts, "title": title, **context})
