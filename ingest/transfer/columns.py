"""What a record of an export is: a model and its columns, each with its name and its value in the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from pgvector.django import HalfVectorField

from ingest.transfer import values
from ingest.transfer.nested import Many, Optional, same_names
from ingest.transfer.values import Renew, Value, Wrong
from memos.api.serializers import camel_case

LONGEST = 100_000
"""Characters of a message, and so of whatever is cut or read from one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its attribute in the model, its name in the file, and the model that it points at, if any."""

    name: str
    shown: str
    value: Value
    get: Callable[[Any], Any]
    target: type[models.Model] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A model's rows in an export. ``within`` is the look-up that leads from them to the ``owner``, whose id is the
    user's or the graph's; a row that is restored gets it where it is a column of its own. ``page`` rows are fetched at
    once: what bounds the memory that it takes. ``later`` are the columns that older files do not have, by the names in
    the file, each with what it held then."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    owner: str
    within: str
    page: int
    later: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, owners: dict[str, UUID]) -> QuerySet[Any]:
        """Those of an export's user and graph."""
        found = self.model._default_manager.filter(**{self.within: owners[self.owner]})
        return found.only(*(column.name for column in self.columns))

    def dump(self, row: models.Model) -> dict[str, Any]:
        return {"record": self.name} | {column.shown: column.value.dump(column.get(row)) for column in self.columns}

    def load(self, given: dict[str, Any], renew: Renew) -> dict[str, Any]:
        """The columns by their names. Raises Wrong."""
        given = {**self.later, **given}
        same_names(given, {column.shown: column for column in self.columns})
        return {column.name: _loaded(column, given[column.shown], renew) for column in self.columns}

    def implied(self, owners: dict[str, UUID]) -> dict[str, UUID]:
        """The column that says where a row belongs."""
        return {f"{self.within}_id": owners[self.owner]} if self.within in ("graph", "user") else {}


def _loaded(column: Column, given: Any, renew: Renew) -> Any:
    try:
        return column.value.load(given, renew)
    except Wrong as error:
        raise Wrong(str(error), f".{column.shown}{error.path}") from None


def record(
    name: str,
    model: type[models.Model],
    columns: str,
    *,
    owner: str,
    within: str,
    page: int = 1000,
    get: Mapping[str, Callable[[Any], Any]] | None = None,
    later: Mapping[str, Any] | None = None,
    **own: Value,
) -> Record:
    """``own`` are the values of columns whose type in the database tells too little; ``get`` is how such a value is got
    from a row, where it takes more than the column."""
    found = [_column(model, each, own.get(each), (get or {}).get(each)) for each in ["id", *columns.split()]]
    return Record(name, model, tuple(found), owner, within, page, later or {})


def _column(model: type[models.Model], name: str, own: Value | None, get: Callable[[Any], Any] | None) -> Column:
    field: Any = model._meta.get_field(name)
    shown = camel_case(name if name.endswith("_by") else field.attname)  # `invalidatedBy`, as in the API
    target = field.related_model if field.is_relation else None
    return Column(field.attname, shown, own or value_of(field), get or attrgetter(field.attname), target)


def value_of(field: Any) -> Value:
    """What a column holds, or null where that is allowed."""
    return Optional(value(field)) if field.null else value(field)


def value(field: Any) -> Value:
    """By its type in the database."""
    match field:
        case models.ForeignKey():
            return values.Ref(_prefix(field.related_model))
        case models.UUIDField():
            return values.Ref(_prefix(field.model))
        case models.DateTimeField():
            return values.Time()
        case models.BooleanField():
            return values.Same(bool, field)
        case models.IntegerField():
            return values.Same(int, field)
        case models.FloatField():
            return values.Fraction()
        case models.JSONField():
            return values.Data()
        case models.BinaryField():
            return values.Bytes()
        case HalfVectorField():
            return values.Vector()
        case ArrayField():
            return Many(value(field.base_field))
        case _:
            return values.Text(field.max_length or LONGEST, field)


def _prefix(model: Any) -> str:
    return model.PREFIX
