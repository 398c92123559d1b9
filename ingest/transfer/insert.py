"""Inserts rows in batches, and finds the line of the one that the database refuses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, models, transaction

from ingest.transfer.lines import Line

MOST_ROWS = 500
MOST_BYTES = 4 * 1024 * 1024
"""Of the lines that the waiting rows come from."""


@dataclass
class Inserter:
    """Holds rows of one kind back until there are enough. ``counts`` are those that were taken, by kind."""

    counts: Counter[str] = field(default_factory=Counter)
    _waiting: list[tuple[Line, Any]] = field(default_factory=list)
    _bytes: int = 0

    def add(self, line: Line, kind: str, row: models.Model) -> None:
        if self._waiting and type(row) is not type(self._waiting[0][1]):
            self.flush()
        self._waiting.append((line, row))
        self._bytes += line.size
        self.counts[kind] += 1
        if len(self._waiting) >= MOST_ROWS or self._bytes >= MOST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Raises a 400 that names the line of the first row that can't be kept."""
        waiting, self._waiting, self._bytes = self._waiting, [], 0
        try:
            _insert([row for _, row in waiting])
        except (IntegrityError, DataError):
            for line, row in waiting:
                _insert_one(line, row)


def _insert(rows: Sequence[Any]) -> None:
    if rows:
        with transaction.atomic():
            type(rows[0])._default_manager.bulk_create(rows)


def _insert_one(line: Line, row: Any) -> None:
    try:
        _insert([row])
    except (IntegrityError, DataError) as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        why = f"it breaks the rule {constraint}" if constraint else "the database can't hold a value of it"
        raise line.wrong(f"The record can't be kept: {why}.", code="constraint") from None
