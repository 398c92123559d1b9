"""What a graph believes, as a timeline: what holds and what ended, which fact replaced which, and the words behind it.

It reads the newest memories of a graph, as many as the console counts, and of them a page with all that hangs on it:
some ten statements, however many rows there are.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.http import urlencode

from graphs.admin.facts import ENDED, HOLDS, RETIRED, Fact, fact, with_all
from graphs.kinds import MemoryKind
from graphs.models import Graph, Memory
from graphs.views import words_in
from memos.projects.console import counting

PAGE = 50
STATES = {HOLDS: "Holds now", ENDED: "Ended", RETIRED: "Withdrawn"}
KINDS = {str(kind): place for place, kind in enumerate(MemoryKind)}


class Filters(forms.Form):
    """What an address asks to see; what can't be read of it counts as not asked."""

    state = forms.ChoiceField(choices=STATES, required=False)
    kind = forms.ChoiceField(choices=[("", "all kinds"), *MemoryKind.choices], required=False)
    by = forms.ChoiceField(choices=[("kind", "kind"), ("year", "year")], required=False)
    q = forms.CharField(max_length=200, required=False)
    page = forms.IntegerField(min_value=1, max_value=counting.CAP // PAGE, required=False)


def oldest_read(graph: Graph) -> UUID | None:
    """The memory before which a page reads none; None where it reads all of them."""
    keys = Memory.objects.filter(graph=graph).order_by("-pk").values_list("pk", flat=True)
    return next(iter(keys[counting.CAP : counting.CAP + 1]), None)


@dataclass
class Timeline:
    """``asked`` is the query of the page's address. Who may not read words can't search them either."""

    graph: Graph
    asked: Any
    worded: bool = True

    def __post_init__(self) -> None:
        form = Filters(self.asked)
        form.is_valid()
        given = form.cleaned_data
        self.state: str = given.get("state") or HOLDS
        self.kind: str = given.get("kind") or ""
        self.by: str = given.get("by") or "kind"
        self.q: str = (given.get("q") or "") if self.worded else ""
        self.number: int = given.get("page") or 1
        self.cap = counting.CAP
        self.kinds = [("", "all kinds"), *MemoryKind.choices]
        self.is_narrowed = bool(self.q or self.kind)

    @cached_property
    def oldest(self) -> UUID | None:
        return oldest_read(self.graph)

    @cached_property
    def _rows(self) -> QuerySet[Memory]:
        rows = Memory.objects.filter(graph=self.graph)
        rows = rows.filter(pk__gt=self.oldest) if self.oldest else rows
        rows = rows.filter(tsv=words_in(rows, self.q)) if self.q else rows
        return rows.alias(state=_state())

    @cached_property
    def _counts(self) -> Counter[tuple[str, str]]:
        """By state and kind, of what was searched for."""
        found = self._rows.annotate(in_state=F("state")).order_by().values_list("in_state", "kind")
        return Counter({(state, kind): n for state, kind, n in found.annotate(n=Count("pk"))})

    def _counted(self, state: str) -> int:
        return sum(n for (one, kind), n in self._counts.items() if one == state and self.kind in ("", kind))

    @property
    def states(self) -> Iterator[dict[str, Any]]:
        for state, title in STATES.items():
            chosen = state == self.state
            yield {"title": title, "count": self._counted(state), "path": self._path(state=state), "chosen": chosen}

    @property
    def found(self) -> int:
        return self._counted(self.state)

    @cached_property
    def groups(self) -> list[tuple[str, list[Fact]]]:
        """The facts of the page under their kind, or under the year in which they began, or ended."""
        found = with_all(self._rows.filter(Q(state=self.state)))
        found = found.filter(kind=self.kind) if self.kind else found
        found = found.annotate(dated=Coalesce(F(_DATED[self.state]), F("said_at")))
        first = [_place_of_kind()] if self.by == "kind" else []
        page = found.order_by(*first, F("dated").desc(), "-pk")[PAGE * (self.number - 1) : PAGE * self.number]
        return [(title, [fact(row) for row in rows]) for title, rows in groupby(page, self._title)]

    def _title(self, memory: Any) -> str:
        return MemoryKind(memory.kind).label if self.by == "kind" else f"{memory.dated:%Y}"

    @property
    def newer(self) -> str:
        return self._path(page=self.number - 1) if self.number > 1 else ""

    @property
    def older(self) -> str:
        return self._path(page=self.number + 1) if self.found > PAGE * self.number else ""

    @property
    def all_path(self) -> str:
        return self._path(q="", kind="")

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // PAGE))

    def _path(self, **changed: Any) -> str:
        """The address of the same page with other filters, where the numbering begins anew."""
        here = {"state": self.state, "kind": self.kind, "by": self.by, "q": self.q} | changed
        return f"?{urlencode({name: value for name, value in here.items() if value})}#facts"


_DATED = {HOLDS: "valid_from", ENDED: "valid_to", RETIRED: "retired_at"}


def _state() -> Case:
    return Case(
        When(retired_at__isnull=False, then=Value(RETIRED)),
        When(valid_to__lte=timezone.now(), then=Value(ENDED)),
        default=Value(HOLDS),
        output_field=CharField(),
    )


def _place_of_kind() -> Case:
    """The kinds in the order of their declaration: who somebody is comes before what once happened."""
    whens = [When(kind=kind, then=Value(place)) for kind, place in KINDS.items()]
    return Case(*whens, default=Value(len(KINDS)), output_field=IntegerField())
