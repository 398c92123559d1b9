"""Memories as they were believed at a moment, in the place of their table: a query asks then what it would ask now."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.db.models.sql.datastructures import BaseTable

from graphs.languages import CONFIGS

_CONFIG = "CASE r.language {cases} ELSE 'simple' END::regconfig".format(
    cases=" ".join(f"WHEN '{language}' THEN '{config}'" for language, config in CONFIGS.items())
)
_OF_A_REVISION = {
    "content": "r.content",
    "kind": "r.kind",
    "language": "r.language",
    "valid_from": "r.valid_from",
    "valid_to": "r.valid_to",
    "valid_precision": "r.valid_precision",
    "recorded_at": "r.recorded_from",
    "retired_at": "NULL::timestamptz",
    "invalidated_by_id": "r.invalidated_by_id",
    "metadata": "r.metadata",
    "tsv": f"to_tsvector({_CONFIG}, replace(r.content, chr(65532), ''))",
}
"""What a revision tells of a memory; all else about it does not change."""
_STATES = """
SELECT {now} FROM graphs_memory m WHERE m.recorded_at <= %s AND m.retired_at IS NULL
 UNION ALL
SELECT {then} FROM graphs_memory m JOIN graphs_memoryrevision r ON r.memory_id = m.id
 WHERE r.recorded_from <= %s AND r.recorded_to > %s AND r.retired_at IS NULL
"""


class Then(BaseTable):
    """The table of memories with each state that was recorded at ``moment`` and not withdrawn by then."""

    def __init__(self, model: type[Model], alias: str | None, moment: datetime):
        super().__init__(model._meta.db_table, alias)
        self.model = model
        self.moment = moment

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        columns = [str(field.column) for field in self.model._meta.concrete_fields]
        now = ", ".join(f"m.{column}" for column in columns)
        then = ", ".join(f"{_OF_A_REVISION.get(column, f'm.{column}')} AS {column}" for column in columns)
        alias = compiler.quote_name_unless_alias(self.table_alias)
        return f"({_STATES.format(now=now, then=then)}) {alias}", [self.moment] * 3

    def relabeled_clone(self, change_map: dict[str | None, str]) -> "Then":
        return Then(self.model, change_map.get(self.table_alias) or self.table_alias, self.moment)

    @property
    def identity(self) -> tuple[Any, ...]:
        return *super().identity, self.moment
