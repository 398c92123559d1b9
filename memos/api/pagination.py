"""Lists with an opaque cursor: stable while rows are being added, since it names the last row that was seen."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from django.db.models import QuerySet, UUIDField
from rest_framework import serializers
from ulid import ULID

from memos.api.serializers import CamelSerializer, Text

ORDERS = [("asc", "asc"), ("desc", "desc")]
_WRONG = "This is no cursor of this list."
ID = RegexValidator(r"\A[0-7][0-9A-HJKMNP-TV-Z]{25}\Z", _WRONG)
POSITION = RegexValidator(r"\A0{13}[0-7][0-9A-HJKMNP-TV-Z]{12}\Z", _WRONG)
"""A cursor is an id's 128 bits, or a position's 63, as ULIDs write them: what looks like one can be read."""


class PageQuery(CamelSerializer):
    """The query parameters that every list takes."""

    limit = serializers.IntegerField(default=50, min_value=1, max_value=200, help_text="How many to return.")
    cursor = Text(required=False, validators=[ID], help_text="`nextCursor` of the page before.")
    order = serializers.ChoiceField(ORDERS, default="desc", help_text="By time; newest first by default.")


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    next_cursor: str | None


def paginate(
    rows: QuerySet[Any],
    *,
    limit: int,
    order: str,
    cursor: str | None = None,
    by: str = "id",
    along: tuple[str, Any] | None = None,
) -> Page:
    """One page of ``rows`` in the order of the unique column ``by``.

    ``along`` is a column with the value that all of them have in it, and names the index to read them by: (…, column,
    ``by`` descending). Where a table has millions of rows, PostgreSQL may take a value that many have for one that
    stands everywhere, and read the primary key past all that is newer.
    """
    descending = order == "desc"
    if cursor is not None:
        rows = _after(rows, cursor, by, descending)
    first = []
    if along:
        rows, first = _alongside(rows, *along), [along[0] if descending else f"-{along[0]}"]
    found = list(rows.order_by(*first, f"-{by}" if descending else by)[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], _encode(getattr(found[limit - 1], by)) if more else None)


def _alongside(rows: QuerySet[Any], column: str, value: Any) -> QuerySet[Any]:
    """Not by equality: of a column that equals a constant the planner drops the order, and with it the index."""
    return rows.filter(**{f"{column}__gte": value, f"{column}__lte": value})


def _after(rows: QuerySet[Any], cursor: str, by: str, descending: bool) -> QuerySet[Any]:
    last = ULID.from_str(cursor).to_uuid()
    value = last if isinstance(rows.model._meta.get_field(by), UUIDField) else last.int
    return rows.filter(**{f"{by}__{'lt' if descending else 'gt'}": value})


def _encode(value: UUID | int) -> str:
    return str(ULID.from_uuid(value) if isinstance(value, UUID) else ULID.from_int(value))
