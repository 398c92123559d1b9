"""What projects hold, in bytes: each table's size with its indexes, shared by whose rows they are.

It is an estimate: rows of one table count as equally large, and of a large table only some pages are looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from memos.figures import sql
from memos.figures.models import StorageShare
from memos.projects.models import Record

PAGES = 4000
"""Of a table that has more, about so many are looked at: 32 MB."""

_SIZES = """
    SELECT c.relname, pg_total_relation_size(c.oid), pg_relation_size(c.oid) / 8192, c.reltuples::bigint
    FROM pg_class c WHERE c.oid = ANY(%s::regclass[]) ORDER BY 2 DESC
"""


@dataclass(frozen=True, slots=True)
class Table:
    """``bytes`` is exact: the table, its indexes and what is stored out of line. ``rows`` is PostgreSQL's estimate,
    -1 where it has none. ``pages`` are those of the rows themselves."""

    name: str
    bytes: int
    pages: int
    rows: int


def tables() -> list[Table]:
    """Those that hold projects' rows, the largest first."""
    names = [model._meta.db_table for model in apps.get_models() if issubclass(model, Record)]
    return [Table(*row) for row in sql.fetch(_SIZES, names)]


def measure() -> None:
    """Replace what was measured before, as a whole."""
    found = [share for table in tables() for share in _shares(table)]
    with transaction.atomic():
        StorageShare.objects.all().delete()
        StorageShare.objects.bulk_create(found, ignore_conflicts=True)  # somebody else has just measured


def _shares(table: Table) -> Iterator[StorageShare]:
    percent = 100.0 if table.pages <= PAGES else 100.0 * PAGES / table.pages
    counts = _counts(table, percent)
    total = sum(count for _, count in counts)
    for project, count in counts:
        part = {"rows": round(count * 100 / percent), "bytes": round(table.bytes * count / total)}
        yield StorageShare(project_id=project, table=table.name, measured_at=timezone.now(), **part)


def _counts(table: Table, percent: float) -> list[tuple[UUID | None, int]]:
    """The name is one of our models', and no text of anybody's."""
    sampled: Any = f" TABLESAMPLE SYSTEM ({percent:.6f})" if percent < 100 else ""
    return sql.fetch(f'SELECT project_id, count(*) FROM "{table.name}"{sampled} GROUP BY 1')  # noqa: S608
