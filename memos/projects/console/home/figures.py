"""Figures over time, from what was added up: none of these reads a row that was counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString

from memos.figures.latency import quantile
from memos.figures.models import RequestTally, RowTally, StorageShare
from memos.projects.console.home.charts import Series, bars
from memos.projects.console.home.sight import Sight
from memos.projects.console.shown import NOTHING, link
from memos.projects.models import ApiKey

MOST_ROWS = 12
Kind = RowTally.Kind
_DAY = timedelta(hours=23)
STATUSES = {"2xx": "main", "3xx": "good", "4xx": "warn", "5xx": "bad"}
"""How answers are coloured by the first digit of their status."""

ROUTES = {
    "Context": ("/v1/users/<str:user_id>/context",),
    "Search": ("/v1/users/<str:user_id>/search", "/v1/groups/<str:name>/search"),
}


@dataclass(frozen=True, slots=True)
class Latency:
    """In words, such as "120 ms"."""

    name: str
    count: str
    half: str
    most: str


def over_time(sight: Sight) -> list[SafeString]:
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    for step, kind, count in RowTally.objects.of(sight.keys, sight.since).by_time("kind", daily=sight.daily):
        found[kind][step] = count
    asked = RequestTally.objects.of(sight.keys, sight.since).classed().by_time("status_class", daily=sight.daily)
    charts = {
        "Messages": [Series("messages", "main", found[Kind.MESSAGE])],
        "Memories": [Series("memories", "main", found[Kind.MEMORY])],
        "Jobs": [Series("done", "good", found[Kind.JOB_DONE]), Series("failed", "bad", found[Kind.JOB_FAILED])],
        "Requests": by_status(asked),
    }
    return [bars(title, sight.steps, series, daily=sight.daily) for title, series in charts.items()]


def by_status(counts: Iterable[tuple[Any, ...]]) -> list[Series]:
    """From (step, "2xx", count), those that there are, the good ones at the bottom."""
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    for step, status, count in counts:
        found[status][step] = count
    return [Series(status, look, found[status]) for status, look in STATUSES.items() if status in found] or [
        Series("2xx", "main", {})
    ]


def failure_rate(sight: Sight) -> tuple[str, str]:
    """The part of the jobs that ended within a day and failed, and of how many that is."""
    rows = RowTally.objects.of(sight.keys, _a_day_ago(sight)).filter(kind__in=[Kind.JOB_DONE, Kind.JOB_FAILED])
    counts = Counter(dict(rows.sums("kind")))
    ended = counts.total()
    return (f"{counts[Kind.JOB_FAILED] / ended:.1%}" if ended else NOTHING), f"of {ended:,} that ended in 24 h"


def latencies(sight: Sight) -> list[Latency]:
    rows = RequestTally.objects.of(sight.keys, _a_day_ago(sight))
    found = rows.filter(route__in=[route for routes in ROUTES.values() for route in routes]).latencies()
    return [_latency(name, [found[route] for route in routes if route in found]) for name, routes in ROUTES.items()]


def _latency(name: str, histograms: list[list[int]]) -> Latency:
    buckets = [sum(part) for part in zip(*histograms, strict=True)]
    return Latency(name, f"{sum(buckets):,}", _shown(quantile(buckets, 0.5)), _shown(quantile(buckets, 0.95)))


def _shown(seconds: float | None) -> str:
    if seconds is None:
        return NOTHING
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def requests_by_key(sight: Sight) -> dict[str, Any]:
    """A table of a day: the keys that asked most."""
    counts: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    rows = RequestTally.objects.of(sight.keys, _a_day_ago(sight)).classed()
    for key, status, count in rows.sums("key", "status_class"):
        counts[key][status] += count
    most = sorted(counts, key=lambda key: -counts[key].total())
    shown = most[:MOST_ROWS]
    keys = ApiKey.objects.select_related("project").defer("digest").in_bulk([key for key in shown if key])
    named = [
        [*_named(keys.get(key) if key else None), *(f"{counts[key][status]:,}" for status in STATUSES),
         f"{counts[key].total():,}"]
        for key in shown
    ]  # fmt: skip
    return {"headers": ["Key", "Project", *STATUSES, "All"], "rows": named, "left": max(len(most) - MOST_ROWS, 0)}


def _named(key: ApiKey | None) -> list[Any]:
    return [link(key, key.name), key.project] if key else ["no good key", NOTHING]


@dataclass(frozen=True, slots=True)
class Storage:
    rows: list[tuple[Any, str, int]]
    """Of each project its link, its size and its part in percent of the largest."""
    left: int
    measured_at: datetime | None


def storage(sight: Sight) -> Storage:
    shares = StorageShare.objects.of(sight.keys)
    found = shares.by_project()
    projects = {project.pk: project for project in sight.projects}
    largest = found[0][1] if found else 1
    rows = [
        (link(projects[key]) if key in projects else "The installation", size(total), round(total / largest * 100))
        for key, total in found[:MOST_ROWS]
    ]
    measured_at = shares.values_list("measured_at", flat=True).first()
    return Storage(rows, max(len(found) - MOST_ROWS, 0), measured_at)


def size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:,.0f} {unit}" if unit in ("bytes", "KiB") else f"{count:,.1f} {unit}"
        count /= 1024
    return f"{count:,.1f} TiB"


def _a_day_ago(sight: Sight) -> datetime:
    """The beginning of the hour with which the last 24 begin; the one that runs is one of them."""
    return sight.now.replace(minute=0, second=0, microsecond=0) - _DAY
