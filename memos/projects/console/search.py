"""What a term in a list's search box finds. Each way has an index under it, or reads the newest rows only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from memos import ids
from memos.projects.console.counting import newest
from memos.projects.models import Project

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Finding:
    """``owners``: look-ups by the ids of other kinds (``{"usr": "graph__user"}``). ``exact``: columns behind the
    project in an index. ``direct``: columns with an index of their own. ``full_text``: the column with the words.
    ``beginnings``: columns without an index, looked through in the newest rows."""

    owners: Mapping[str, str] = field(default_factory=dict)
    exact: Sequence[str] = ()
    direct: Sequence[str] = ()
    full_text: str = ""
    beginnings: Sequence[str] = ()

    def without(self, columns: Sequence[str]) -> Self:
        """For whoever may not see them: what a search finds tells what stands in a column."""
        return replace(self, beginnings=[column for column in self.beginnings if column not in columns])

    def find(self, rows: Rows, term: str) -> Rows:
        prefixes = {rows.model.PREFIX: "pk", **self.owners}
        for prefix, lookup in prefixes.items():
            if key := ids.decode(prefix, term):
                return rows.filter(**{lookup: key})
        return next((found for found in self._attempts(rows, term) if found.exists()), rows.none())

    def _attempts(self, rows: Rows, term: str) -> Iterator[Rows]:
        """One after the other: joined by OR none of the indexes would serve."""
        for column in self.direct:
            yield rows.filter(**{column: term})
        projects = list(Project.objects.values_list("pk", flat=True)) if self.exact else []
        for column in self.exact:
            yield rows.filter(**{"project__in": projects, column: term})
        if self.full_text:
            yield rows.filter(**{self.full_text: text_query(term)})
        if self.beginnings:
            some = [Q(**{f"{column}__istartswith": term}) for column in self.beginnings]
            yield newest(rows).filter(_any(some))


def text_query(term: str) -> Any:
    """The words as English stems, and as they stand, for the other languages."""
    return SearchQuery(term, config="english", search_type="websearch") | SearchQuery(
        term, config="simple", search_type="websearch"
    )


def _any(conditions: Sequence[Q]) -> Q:
    combined = Q()
    for condition in conditions:
        combined |= condition
    return combined
