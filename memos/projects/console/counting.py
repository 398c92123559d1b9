"""Counts that never read more than they show."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.utils.functional import cached_property

M = TypeVar("M", bound=Model)
K = TypeVar("K", bound=Hashable)

CAP = 10_000
NEWEST = 100_000


class CappedPaginator(Paginator):
    """Counts to CAP and says "10,000+" beyond it; what is further back is reached by searching."""

    template_name = "admin/capped_pagination.html"

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[: CAP + 1].count() if isinstance(rows, QuerySet) else len(rows)

    @cached_property
    def count(self) -> int:
        return min(self._found, CAP)

    @property
    def shown_count(self) -> str:
        return shown(self._found)


def shown(found: int) -> str:
    return f"{CAP:,}+" if found > CAP else f"{found:,}"


def capped(rows: QuerySet[Any]) -> str:
    """How many rows, as "1,234" or "10,000+"."""
    return shown(rows.order_by()[: CAP + 1].count())


def capped_together(rows: Mapping[K, QuerySet[Any]]) -> dict[K, int]:
    """How many rows each has, CAP + 1 at most, in one statement."""
    if not rows:
        return {}
    parts = [one.order_by().values(one=Value(1))[: CAP + 1].query.sql_with_params() for one in rows.values()]
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS found)" for sql, _ in parts)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _, values in parts for value in values])
        return dict(zip(rows, cursor.fetchone(), strict=True))


def newest(rows: QuerySet[M]) -> QuerySet[M]:
    """Those among the newest rows of the table: a filter that has no index reads no more than these.

    Ids are sorted by time, so that the newest are one range of the primary key.
    """
    keys = rows.model._default_manager.order_by("-pk").values_list("pk", flat=True)
    oldest = next(iter(keys[NEWEST : NEWEST + 1]), None)
    return rows if oldest is None else rows.filter(pk__gt=oldest)


def estimates(models: Sequence[type[Model]]) -> dict[type[Model], str]:
    """Rows of whole tables: exact where they are few, else what PostgreSQL thinks ("≈ 1,230,000")."""
    known = _reltuples([model._meta.db_table for model in models])
    return {model: _estimate(model, known.get(model._meta.db_table, -1)) for model in models}


def _estimate(model: type[Model], rows: int) -> str:
    return f"≈ {float(f'{rows:.3g}'):,.0f}" if rows > CAP else capped(model._default_manager.all())


def _reltuples(tables: list[str]) -> dict[str, int]:
    query = "SELECT relname, reltuples::bigint FROM pg_class WHERE oid = ANY(%s::regclass[])"
    with connection.cursor() as cursor:
        cursor.execute(query, [tables])
        return dict(cursor.fetchall())
