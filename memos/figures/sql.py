"""What Django's ORM has no word for: adding to what is there, and summing arrays."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

_ROWS_AT_ONCE = 1000

ADD_REQUESTS = """
INSERT INTO figures_requesttally AS kept
    (daily, starts_at, project_id, key, method, route, status, count, buckets)
VALUES {rows}
ON CONFLICT (project_id, key, starts_at, daily, route, method, status) DO UPDATE SET
    count = kept.count + excluded.count,
    buckets = ARRAY(
        SELECT old + new FROM unnest(kept.buckets, excluded.buckets) WITH ORDINALITY AS pair(old, new, place)
        ORDER BY place
    )
"""

RAISE_ROWS = """
INSERT INTO figures_rowtally AS kept (daily, starts_at, project_id, kind, count)
VALUES {rows}
ON CONFLICT (project_id, kind, starts_at, daily) DO UPDATE SET count = greatest(kept.count, excluded.count)
"""

# Each of these is one statement: whatever ends it, an hour is either still there or in its day.
REQUEST_HOURS_TO_DAYS = """
WITH gone AS (DELETE FROM figures_requesttally WHERE NOT daily AND starts_at < %(before)s RETURNING *),
sums AS (
    SELECT date_trunc('day', starts_at, 'UTC') AS day, project_id, key, method, route, status, place,
        sum(bucket) AS part
    FROM gone, unnest(buckets) WITH ORDINALITY AS each(bucket, place)
    GROUP BY day, project_id, key, method, route, status, place
)
INSERT INTO figures_requesttally AS kept
    (daily, starts_at, project_id, key, method, route, status, count, buckets)
SELECT true, day, project_id, key, method, route, status, sum(part), array_agg(part::int ORDER BY place)
FROM sums GROUP BY day, project_id, key, method, route, status
ON CONFLICT (project_id, key, starts_at, daily, route, method, status) DO UPDATE SET
    count = kept.count + excluded.count,
    buckets = ARRAY(
        SELECT old + new FROM unnest(kept.buckets, excluded.buckets) WITH ORDINALITY AS pair(old, new, place)
        ORDER BY place
    )
"""

ROW_HOURS_TO_DAYS = """
WITH gone AS (DELETE FROM figures_rowtally WHERE NOT daily AND starts_at < %(before)s RETURNING *)
INSERT INTO figures_rowtally AS kept (daily, starts_at, project_id, kind, count)
SELECT true, date_trunc('day', starts_at, 'UTC') AS day, project_id, kind, sum(count)
FROM gone GROUP BY day, project_id, kind
ON CONFLICT (project_id, kind, starts_at, daily) DO UPDATE SET count = kept.count + excluded.count
"""


def write(statement: str, rows: Iterable[Any]) -> None:
    """Rows are written in one order by whoever writes, so that none waits for another in a circle."""
    ordered = sorted(rows, key=lambda row: [str(value) for value in row[:-1]])
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _ROWS_AT_ONCE):
            some = ordered[start : start + _ROWS_AT_ONCE]
            places = ", ".join(f"(false, {', '.join(['%s'] * len(some[0]))})" for _ in some)
            cursor.execute(statement.format(rows=places), [value for row in some for value in row])


def run(statement: str, **values: Any) -> int:
    """How many rows came of it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
