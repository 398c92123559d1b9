"""The filter of jobs by their status."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from ingest.models import CANCELLED, IngestJob
from memos.projects.console.lists import NewestChoices

CHOICE = CANCELLED.lower()


class JobStates(NewestChoices):
    """What somebody cancelled stands in the rows as failed, with a code of its own; who looks for what went wrong does
    not want it."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        chosen = request.GET.get(self.lookup_kwarg)
        if chosen == CHOICE:
            self.used_parameters = {self.lookup_kwarg: [IngestJob.Status.FAILED.value]}
            return super().queryset(request, queryset.filter(error_code=CANCELLED))
        if chosen == IngestJob.Status.FAILED.value:
            queryset = queryset.exclude(error_code=CANCELLED)
        return super().queryset(request, queryset)

    def choices(self, changelist: Any) -> Iterator[Any]:
        yield from super().choices(changelist)
        yield {
            "selected": changelist.params.get(self.lookup_kwarg) == CHOICE,
            "query_string": changelist.get_query_string({self.lookup_kwarg: CHOICE}, [self.lookup_kwarg_isnull]),
            "display": CHOICE,
        }
