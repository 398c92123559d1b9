"""By what the address of a list may narrow it."""

from collections.abc import Iterator
from typing import cast
from uuid import UUID

from django.contrib.admin import ModelAdmin
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from memos.projects.models import Operator
from memos.projects.roles import projects_with

SCOPES = ("graph", "user", "thread", "memory", "episode", "entity", "webhook")
"""Parameters that narrow a list to few rows: what has no index may then be filtered by freely."""

CHOSEN = ("", "exact", "id__exact", "isnull", "in")
"""How a value is chosen. A pattern that somebody typed may be none, or take long."""


def projects_of(request: HttpRequest, right: str) -> list[UUID] | None:
    """The keys of the projects that a list is about: those where the operator has the right, or the chosen one of
    them. None means all, and what belongs to none."""
    mine = projects_with(cast(Operator, request.user), right)
    try:
        chosen = UUID(request.GET.get("project__id__exact", ""))
    except ValueError:
        return mine
    return [chosen] if mine is None or chosen in mine else []


def is_offered(page: ModelAdmin, request: HttpRequest, lookup: str, value: str) -> bool:
    """Whether a look-up is of a filter of the list, or of a scope. Of any other column the count would tell what
    stands in it, also to whoever may not see the column. What is no column narrows nothing."""
    column, _, how = lookup.partition(LOOKUP_SEP)
    if column not in _columns(page):
        return True
    if "\0" in value and (how or column in SCOPES):  # no column holds it, and PostgreSQL does not look for it
        return False
    return how in CHOSEN and column in {*SCOPES, *_filters(page, request)}


def _columns(page: ModelAdmin) -> set[str]:
    fields = page.opts.get_fields()
    return {name for field in fields for name in (field.name, getattr(field, "attname", field.name))}


def _filters(page: ModelAdmin, request: HttpRequest) -> Iterator[str]:
    for one in page.get_list_filter(request):
        yield str(one[0]) if isinstance(one, list | tuple) else getattr(one, "parameter_name", str(one))
