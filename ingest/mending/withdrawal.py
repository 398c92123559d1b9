"""A memory is believed no more, or again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from graphs.models import Graph, Memory, MemoryRevision
from ingest import facts
from ingest.edits import change_once
from ingest.entity_history import changed_by
from ingest.erase.evidence import WITH_OBJECTS
from ingest.erase.reconsidered import ends_without
from ingest.facts import MERGED, Change
from ingest.mending import merged
from ingest.mending.locked import locked, mended
from ingest.mending.merged import SPLIT
from memos.projects.audit import Caller

WITHDRAWN = "withdrawn"
RESTORED = "believed again"
UNENDED = "what had ended it was withdrawn"
ENDED_AGAIN = "what had ended it is believed again"


@transaction.atomic
def retire_memory(*, caller: Caller, memory: Memory) -> bool:
    """Believe it no more, as if it had never been said; what it had ended is open again, unless something else ends it.

    It stays, with its sources and its history. True where something changed. Raises a 404 where it is gone.
    """
    graph, found = locked(memory)
    if found.retired_at:
        return False
    facts.retire(found, Change(changed_by(caller), WITHDRAWN))
    opened = _open_what_it_ended(caller, graph, found)
    mended(caller, "memory.retired", found, {row.pk for row in opened}, opened=len(opened))
    return True


@transaction.atomic
def restore_memory(*, caller: Caller, memory: Memory) -> bool:
    """Believe one again that was withdrawn, merged into another or split, as if that had not been done.

    True where something changed. Raises a 404 where it is gone, and a 400 that names the memory that says the same now.
    """
    _, found = locked(memory)
    if not found.retired_at:
        return False
    before = found.revisions.filter(recorded_to=found.retired_at).first()
    why, ended_by = (before.reason, before.invalidated_by_id) if before else ("", None)
    into = found.invalidated_by if why == MERGED else None
    parts = merged.take_in_parts(caller, found) if why == SPLIT else []
    told = Change(changed_by(caller), RESTORED)
    change_once(found, told, "memory", retired_at=None, invalidated_by_id=ended_by)
    merged.gather(found)
    if into:
        merged.let_go(into)
    closed = _end_again(caller, found) if why == WITHDRAWN else []
    touched = {row.pk for row in [*parts, *closed, *([into] if into else [])]}
    mended(caller, "memory.restored", found, touched, closed=len(closed))
    return True


def _open_what_it_ended(caller: Caller, graph: Graph, memory: Memory) -> list[Memory]:
    """Where the fact has begun anew since, it stays ended."""
    rows = Memory.objects.believed().filter(graph=graph, invalidated_by=memory)
    ended = list(rows.select_related("about").prefetch_related(WITH_OBJECTS).defer("tsv"))
    found = list(ends_without(graph, _withdrawn(ended), ended)) if ended else []
    return [row for row, values in found if _changed(row, Change(changed_by(caller), UNENDED), **values)]


def _withdrawn(ended: Sequence[Memory]) -> set[UUID]:
    """What had ended them at any time, and is withdrawn."""
    states = MemoryRevision.objects.filter(memory__in=ended).values("invalidated_by")
    closers = Memory.objects.filter(Q(pk__in=states) | Q(invalidated__in=ended), retired_at__isnull=False)
    gone = closers.filter(revisions__reason=WITHDRAWN, revisions__recorded_to=F("retired_at"))
    return set(gone.values_list("pk", flat=True))


def _end_again(caller: Caller, memory: Memory) -> list[Memory]:
    """Those that nobody has changed since they were opened, and that nothing has ended earlier."""
    opened = MemoryRevision.objects.filter(graph=memory.graph_id, invalidated_by=memory, reason=UNENDED)
    told = Change(changed_by(caller), ENDED_AGAIN)
    return [
        row.memory
        for row in opened.select_related("memory__graph")
        if _is_as_opened(row) and _changed(row.memory, told, valid_to=row.valid_to, invalidated_by_id=memory.pk)
    ]


def _is_as_opened(state: MemoryRevision) -> bool:
    now = state.memory.valid_to
    since = state.memory.revisions.filter(recorded_to__gt=state.recorded_to)
    is_open = now is None or (state.valid_to is not None and now > state.valid_to)
    return is_open and not since.exclude(reason__in=(UNENDED, ENDED_AGAIN)).exists()


def _changed(memory: Memory, told: Change, **values: Any) -> bool:
    try:
        with transaction.atomic():
            facts.change(memory, told, **values)
    except IntegrityError:
        return False
    return True
