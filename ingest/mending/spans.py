"""A memory holds no longer, or holds again."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from graphs.models import Memory, MemoryRevision
from ingest.edits import change_once
from ingest.entity_history import changed_by
from ingest.facts import Change
from ingest.mending.locked import locked_belief, mended
from ingest.statements import precision_of
from memos.api.problems import invalid
from memos.projects.audit import Caller

CLOSED = "closed"
REOPENED = "opened again"


@transaction.atomic
def close_memory(*, caller: Caller, memory: Memory, at: datetime | None = None) -> bool:
    """Say that it held until ``at``; None means now, and changes nothing where it has ended before. True where
    something changed.

    Raises a 404 where it is gone, a 409 where it is believed no more, and a 400 where it would end before it begins.
    """
    found = locked_belief(memory)
    end = at or timezone.now()
    if found.valid_to == end or (at is None and found.valid_to is not None and found.valid_to <= end):
        return False
    if found.valid_from and end <= found.valid_from:
        raise invalid("validTo", "It must end after it begins.")
    precision = found.valid_precision if found.valid_from else precision_of(end)
    told = Change(changed_by(caller), CLOSED)
    change_once(found, told, "validTo", valid_to=end, invalidated_by=None, valid_precision=precision)
    mended(caller, "memory.closed", found)
    return True


@transaction.atomic
def reopen_memory(*, caller: Caller, memory: Memory) -> bool:
    """Let one that has ended hold again, as it did before it ended. True where something changed.

    Raises a 404 where it is gone, a 409 where it is believed no more, and a 400 that names the memory that says the
    same of the time since.
    """
    found = locked_belief(memory)
    if not has_ended(found):
        return False
    before = _open_state(found)
    same = before is not None and before.valid_from == found.valid_from
    change_once(
        found,
        Change(changed_by(caller), REOPENED),
        "validTo",
        valid_to=before.valid_to if before else None,
        invalidated_by=None,
        valid_precision=before.valid_precision if before and same else precision_of(found.valid_from),
    )
    mended(caller, "memory.reopened", found)
    return True


def has_ended(memory: Memory) -> bool:
    return memory.valid_to is not None and (memory.invalidated_by_id is not None or memory.valid_to <= timezone.now())


def _open_state(memory: Memory) -> MemoryRevision | None:
    """The latest state in which it held."""
    states = memory.revisions.filter(retired_at=None, invalidated_by=None).order_by("-recorded_to")
    now = timezone.now()
    return next((state for state in states if state.valid_to is None or state.valid_to > now), None)
