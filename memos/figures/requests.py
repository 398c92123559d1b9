"""Requests to the API, added up in the memory of the web process and written down every few seconds.

A request costs a few microseconds; what was not written yet is lost when the process is killed. What may have been
written is never written again: rather lost than counted twice.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from memos.figures.latency import BUCKETS, bucket_of
from memos.figures.models import RequestTally

SECONDS = 5.0
"""How often they are written down."""
MOST = 20_000
"""Sums that are kept while the database is away; beyond them new ones are dropped."""
_PATIENCE_SECONDS = 2.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Series:
    hour: int
    """Since 1970."""
    project: UUID | None
    key: UUID | None
    method: str
    route: str
    status: int


@dataclass(slots=True)
class Sums:
    count: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * BUCKETS)


class Counter:
    """Threads add to it, one of its own writes it down. A forked process begins with an empty one."""

    def __init__(self) -> None:
        self.serving = False
        """Whether anybody is to know: set where requests come from outside."""
        self._begin()
        os.register_at_fork(after_in_child=self._begin)
        atexit.register(self.flush)

    def _begin(self) -> None:
        self._adding = threading.Lock()
        self._flushing = threading.Lock()
        self._sums: dict[Series, Sums] = {}
        self._writer: threading.Thread | None = None

    def add(self, series: Series, seconds: float) -> None:
        bucket = bucket_of(seconds)
        with self._adding:
            sums = self._sums.get(series)
            if sums is None:
                sums = self._new(series)
            sums.count += 1
            sums.buckets[bucket] += 1

    def _new(self, series: Series) -> Sums:
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_on, name="requests are written down", daemon=True)
            self._writer.start()
        return self._sums.setdefault(series, Sums()) if len(self._sums) < MOST else Sums()

    def _write_on(self) -> None:
        while True:
            time.sleep(SECONDS)
            try:
                self.flush()
            except Exception:
                log.exception("requests could not be written down")

    def flush(self) -> None:
        """Write down what was counted up to now; at the end of a process too."""
        if not self._flushing.acquire(timeout=_PATIENCE_SECONDS):
            return
        try:
            with self._adding:
                taken, self._sums = self._sums, {}
            if taken and not _written(taken):
                self._give_back(taken)
        finally:
            self._flushing.release()

    def _give_back(self, taken: dict[Series, Sums]) -> None:
        with self._adding:
            for series, sums in taken.items():
                later = self._sums.get(series)
                self._sums[series] = sums if later is None else _both(sums, later)


def _both(one: Sums, other: Sums) -> Sums:
    buckets = [a + b for a, b in zip(one.buckets, other.buckets, strict=True)]
    return Sums(one.count + other.count, buckets)


def _written(taken: dict[Series, Sums]) -> bool:
    """False where it certainly was not: no connection, or the database said why. True also where nobody can know."""
    try:
        connection.ensure_connection()
        reached = True
    except DatabaseError as error:
        log.warning("requests are not written down yet: %s", error)
        return False
    try:
        with transaction.atomic():
            RequestTally.objects.add(_rows(taken))
    except DatabaseError as error:
        reached = getattr(error.__cause__, "sqlstate", None) is None
        log.warning("requests were not written down, and are %s: %s", "lost" if reached else "kept", error)
    finally:
        connection.close()  # gives it back to the pool, where there is one
    return reached


def _rows(taken: dict[Series, Sums]) -> Iterator[tuple[Any, ...]]:
    for series, sums in taken.items():
        starts_at = datetime.fromtimestamp(series.hour * 3600, UTC)
        named = (series.project, series.key, series.method, series.route[:200], series.status)
        yield (starts_at, *named, sums.count, sums.buckets)


counter = Counter()


def count(key: Any, method: str, route: str, status: int, seconds: float) -> None:
    """A request with that key (None: it had none that is good)."""
    if counter.serving:
        project = key.project_id if key else None
        series = Series(int(time.time()) // 3600, project, key.pk if key else None, method, route, status)
        counter.add(series, seconds)
