"""What the audit log in the console is narrowed by. Each has an index under it, and they combine."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date, parse_datetime
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, TextFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from memos.projects.console.narrowing import projects_of
from memos.projects.console.shown import short
from memos.projects.models import READS, AuditEntry

MOST_ACTORS = 200
VIEW = "projects.view_auditentry"

# A look into an index for each value that there is, however many rows have it. Not by equality where the order matters:
# of a column that equals a value the planner drops the order, and sorts what it has.
_ACTIONS = """
    WITH RECURSIVE seen AS (
        (SELECT action FROM projects_auditentry ORDER BY action LIMIT 1)
        UNION ALL
        SELECT (SELECT e.action FROM projects_auditentry e WHERE e.action > seen.action ORDER BY e.action LIMIT 1)
        FROM seen WHERE seen.action IS NOT NULL
    ) SELECT action FROM seen WHERE action IS NOT NULL
"""
_ACTORS = """
    WITH RECURSIVE seen AS (
        (SELECT actor_id FROM projects_auditentry ORDER BY actor_id LIMIT 1)
        UNION ALL
        SELECT (SELECT e.actor_id FROM projects_auditentry e WHERE e.actor_id > seen.actor_id
                ORDER BY e.actor_id LIMIT 1)
        FROM seen WHERE seen.actor_id IS NOT NULL
    ) SELECT actor.* FROM seen CROSS JOIN LATERAL (
        SELECT e.actor, e.actor_id, e.actor_label FROM projects_auditentry e
        WHERE e.actor_id >= seen.actor_id ORDER BY e.actor_id, e.id DESC LIMIT 1
    ) actor LIMIT %s
"""
_ACTORS_OF_PROJECTS = """
    WITH RECURSIVE seen AS (
        SELECT p.id AS project, (
            SELECT e.actor_id FROM projects_auditentry e WHERE e.project_id = p.id ORDER BY e.actor_id LIMIT 1
        ) AS actor_id FROM unnest(%s::uuid[]) p(id)
        UNION ALL
        SELECT seen.project, (
            SELECT e.actor_id FROM projects_auditentry e
            WHERE e.project_id = seen.project AND e.actor_id > seen.actor_id
            ORDER BY e.actor_id LIMIT 1
        ) FROM seen WHERE seen.actor_id IS NOT NULL
    ) SELECT DISTINCT actor.* FROM (SELECT * FROM seen WHERE actor_id IS NOT NULL LIMIT %s) few CROSS JOIN LATERAL (
        SELECT e.actor, e.actor_id, e.actor_label FROM projects_auditentry e
        WHERE e.project_id = few.project AND e.actor_id >= few.actor_id ORDER BY e.actor_id, e.id DESC LIMIT 1
    ) actor
"""


def _rows(query: str, values: Sequence[Any] = ()) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _exactly(entries: QuerySet[Any], column: str, value: str | None) -> QuerySet[Any]:
    term = (value or "").replace("\0", "").strip()
    return entries.filter(**{column: term}) if term else entries


class ActionFilter(DropdownFilter):
    title = "action"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action, action) for (action,) in _rows(_ACTIONS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return _exactly(queryset, "action", self.value())


class ActorFilter(DropdownFilter):
    """By their labels, as far as there are not too many; the search box takes the id of any."""

    title = "who"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        projects = scope(request)
        found = _rows(_ACTORS, [MOST_ACTORS]) if projects is None else self._of(projects)
        labels = {kind.value: str(kind.label) for kind in AuditEntry.Actor}
        choices = {key: f"{labels[kind]}: {label}" for kind, key, label in found}
        return sorted(choices.items(), key=lambda choice: choice[1].lower())

    def _of(self, projects: list[Any]) -> list[tuple[str, ...]]:
        return _rows(_ACTORS_OF_PROJECTS, [projects, MOST_ACTORS])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return _exactly(queryset, "actor_id", self.value())


def scope(request: HttpRequest) -> list[UUID] | None:
    return projects_of(request, VIEW)


class _Exactly(TextFilter):
    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return _exactly(queryset, self.column, self.value())


class TargetFilter(_Exactly):
    title = "target's id"
    parameter_name = "target"
    column = "target_id"


class RequestFilter(_Exactly):
    title = "request's id"
    parameter_name = "request"
    column = "request_id"


class ReadsFilter(SimpleListFilter):
    """Reads may be most of the log where a project audits them."""

    title = "what was done"
    parameter_name = "shown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("changes", "Changes only"), ("reads", "Reads only")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "changes":
            return queryset.filter(~READS)
        return queryset.filter(READS) if self.value() == "reads" else queryset


def _read(text: str) -> tuple[datetime, timedelta] | None:
    """When it begins and how long it is; of the years that an id can tell."""
    try:
        at, whole_day = parse_datetime(text), parse_date(text) is not None
    except ValueError:
        return None
    if not at or not 1970 < at.year < 9998:
        return None
    span = timedelta(days=1) if whole_day else timedelta(minutes=1)
    return (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)), span


class MomentField(forms.CharField):
    def validate(self, value: str) -> None:
        super().validate(value)
        if value and _read(value) is None:
            raise ValidationError(f"“{short(value, 40)}” is no date or time: it narrows nothing.")


class SpanForm(forms.Form):
    """Two moments in UTC."""

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        super().__init__(data=data)
        for end, label in (("from", "From (UTC)"), ("to", "To (UTC)")):
            self.fields[f"{name}_{end}"] = MomentField(label=label, required=False, widget=_moment(label))

    @property
    def wrong(self) -> list[str]:
        """What is no time."""
        return [str(error) for errors in self.errors.values() for error in errors]


def _moment(label: str) -> forms.Widget:
    return UnfoldAdminTextInputWidget(attrs={"placeholder": "2026-11-01 or 2026-11-01 14:30", "aria-label": label})


class Span(RangeDateFilter):
    """From the one day, or minute, to the other, both of them with it, in UTC. What is no time narrows nothing: its
    field says so."""

    form_class = SpanForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "time (UTC)"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        starts, ends = self._given("from"), self._given("to")
        return queryset.told(starts=starts and starts[0], ends=ends and ends[0] + ends[1])  # type: ignore[attr-defined]

    def _given(self, end: str) -> tuple[datetime, timedelta] | None:
        return _read(str(self.used_parameters.get(f"{self.parameter_name}_{end}", "")).strip())
