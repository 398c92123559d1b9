"""What was merged into a memory, and what that rests on by it."""

from collections.abc import Iterator

from django.db.models import F

from graphs.models import Memory, Source
from graphs.models.memory import SUPPORTING, MemoryQuerySet
from ingest import facts
from ingest.entity_history import changed_by
from ingest.erase import rows
from ingest.facts import MERGED, Change
from memos import ids
from memos.projects.audit import Caller
from memos.projects.models.audit import CLOCK_SLACK

SPLIT = "split"
_ANY = (*SUPPORTING, Source.Role.FORMER)


def merged_into(memory: Memory) -> MemoryQuerySet:
    found: MemoryQuerySet = Memory.objects.filter(
        invalidated_by=memory,
        retired_at__isnull=False,
        revisions__reason=MERGED,
        revisions__recorded_to=F("retired_at"),
    )
    return found


def parts_of(memory: Memory) -> MemoryQuerySet:
    """What a retired memory was split into: they were made as it was retired, as their ids tell, by which they are
    found."""
    of_its_graph: MemoryQuerySet = Memory.objects.filter(graph=memory.graph_id).exclude(pk=memory.pk)
    if memory.retired_at is None:
        return of_its_graph.none()
    first, last = (ids.first_at(memory.retired_at + slack) for slack in (-CLOCK_SLACK, CLOCK_SLACK))
    return of_its_graph.filter(pk__gte=first, pk__lt=last, created_at=memory.retired_at)


def take_in(caller: Caller, memory: Memory, other: Memory) -> None:
    """Let ``other`` be told by ``memory`` from now on."""
    facts.retire(other, Change(changed_by(caller), MERGED), by=memory)
    if memory.valid_to is None and other.said_at > memory.said_at:
        memory.said_at = other.said_at
        memory.save(update_fields=["said_at"])


def take_in_parts(caller: Caller, memory: Memory) -> list[Memory]:
    parts = list(parts_of(memory).believed())
    for part in parts:
        take_in(caller, memory, part)
    return parts


def gather(memory: Memory) -> None:
    """Rest on what was merged into a memory and on nothing else beside its own sources; and so on, where it was merged
    itself."""
    for one in _upwards(memory):
        own = Source.objects.filter(memory=one, role__in=_ANY)
        wanted = {row.episode_id: row for row in Source.objects.supporting().filter(memory__in=merged_into(one))}
        rows.delete(own.filter(role=Source.Role.MERGED).exclude(episode__in=list(wanted)))
        known = set(own.values_list("episode", flat=True))
        Source.objects.bulk_create(
            Source(
                project_id=one.project_id,
                graph_id=one.graph_id,
                memory=one,
                episode_id=key,
                role=Source.Role.MERGED,
                stated=row.stated,
            )
            for key, row in wanted.items()
            if key not in known
        )


def let_go(memory: Memory) -> None:
    """One that was merged into it stands for itself again: it is as fresh as what it still rests on."""
    gather(memory)
    for one in _upwards(memory):
        said = Source.objects.supporting().filter(memory=one, episode__said_at__lte=one.said_at)
        one.said_at = max(said.values_list("episode__said_at", flat=True), default=one.said_at)
        one.save(update_fields=["said_at"])


def _upwards(memory: Memory) -> Iterator[Memory]:
    """A memory, the one that it was merged into, and so on: no two were merged into each other."""
    yield memory
    above = memory.invalidated_by if memory.retired_at else None
    if above and merged_into(above).filter(pk=memory.pk).exists():
        yield from _upwards(above)
