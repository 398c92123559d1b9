"""A list whose rows can be chosen for an operation, those on its other pages included. The worker does it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ingest.operations import KINDS, MOST, Kind, request_operation
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.rights import caretaker_of, may, projects_for
from memos.projects.console.shown import counted, page_of

Act = tuple[Callable[..., HttpResponse], str, str]


class BulkAdmin(ConsoleAdmin):
    """``bulk`` names the kinds of operations that the list offers, each with the column that has the keys of its rows.

    An operator is offered what they may do somewhere; rows of projects where they may not are left out.
    """

    bulk: ClassVar[Mapping[str, str]] = {}

    def get_actions(self, request: HttpRequest) -> dict[str, Act]:
        offered = [name for name in self.bulk if may(request, KINDS[name].right)]
        return {name: (partial(_ask, name), name, KINDS[name].title) for name in offered}

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> list[tuple[str, str]]:
        actions = self.get_actions(request).values()
        return [("", "Do with the selected …"), *((name, title) for _, name, title in actions)]


def _ask(name: str, page: BulkAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
    """Count what will be touched; once that is confirmed, have it done."""
    kind = KINDS[name]
    chosen = _keys(page, rows, name)
    keys = _keys(page, rows.filter(project__in=projects_for(request, kind.right)), name)
    if keys and "confirmed" in request.POST:
        return redirect(page_of(request_operation(by=caretaker_of(request), kind=name, keys=keys[:MOST])))
    return confirmation(
        page,
        request,
        title=kind.title,
        sentences=[*_told(kind, len(keys), len(chosen)), kind.warning] if keys else [_nothing(kind, len(chosen))],
        button=f"{kind.title} ({len(keys[:MOST]):,})" if keys else "",
        back=request.get_full_path(),
        destroys=kind.destroys,
        hidden=[*_kept(request), ("confirmed", "yes")],
    )


def _keys(page: BulkAdmin, rows: QuerySet[Any], name: str) -> list[UUID]:
    """The first in the kind's order, and one more than an operation takes where there are so many."""
    return list(rows.order_by(KINDS[name].order).values_list(page.bulk[name], flat=True)[: MOST + 1])


def _told(kind: Kind, found: int, chosen: int) -> list[str]:
    told = [f"The worker does this to {counted(min(found, MOST), kind.model)}, one after the other."]
    if found > MOST:
        told.append(f"The list has more: these are the {kind.first} {MOST:,}. Ask again for the rest.")
    elif found < chosen:
        told.append(
            f"{counted(chosen - found, kind.model)} of other projects stay as they are: you may not do it there."
        )
    return told


def _nothing(kind: Kind, chosen: int) -> str:
    if chosen:
        return f"You may not do this in the projects of the chosen {kind.model._meta.verbose_name_plural}."
    return f"None of the chosen {kind.model._meta.verbose_name_plural} is there any more."


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What the list had sent, so that the answer chooses the same rows."""
    names = ("action", "select_across", ACTION_CHECKBOX_NAME)
    return [(name, value) for name in names for value in request.POST.getlist(name)]
