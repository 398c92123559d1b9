"""What differs where somebody changes a user or a group, and who has to wait for it."""

import json
from typing import Any, TypeVar

from django.db.models import Q

from users.models import Group, User

R = TypeVar("R", User, Group)


def lock(row: R, unique: str, value: str | None) -> R | None:
    """The row as it stands, locked, or None where it is gone.

    Whoever has ``value`` in the column that is ``unique`` is locked with it, in one order for all: two that want what
    the other has don't wait in a circle.
    """
    wanted = Q(pk=row.pk)
    if value is not None:
        wanted |= Q(project=row.project_id, **{unique: value})
    rows = type(row)._default_manager.select_for_update().filter(wanted).order_by("pk")
    return next((one for one in rows if one.pk == row.pk), None)


def differing(row: User | Group, changes: dict[str, Any]) -> dict[str, Any]:
    """What is not there already, as JSON has it: 1, 1.0 and true are three values."""
    return {name: value for name, value in changes.items() if _text(value) != _text(getattr(row, name))}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
