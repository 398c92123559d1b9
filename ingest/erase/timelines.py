"""The states of a memory one after another, and what they become when some of what led to them goes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from graphs.models import Memory, MemoryRevision
from ingest.facts import STATE


@dataclass(frozen=True, slots=True)
class Step:
    """A change: when it was recorded, the values that it set, and what the revision before it says of it."""

    at: datetime
    values: dict[str, Any]
    changed_by: str
    reason: str
    cause_id: UUID | None


@dataclass
class Timeline:
    """From ``start`` on the memory had the values ``first``; each step changed some of them."""

    memory: Memory
    start: datetime
    first: dict[str, Any]
    steps: list[Step] = field(default_factory=list)

    def now(self) -> dict[str, Any]:
        return self.at(None)

    def at(self, moment: datetime | None) -> dict[str, Any]:
        """The values as recorded at a moment; None means in the end."""
        values = dict(self.first)
        for step in self.steps:
            if moment is None or step.at <= moment:
                values |= step.values
        return values

    def drop(self, unfounded: Callable[[Step], bool]) -> bool:
        """Undo some steps; the others stay. True where there was one."""
        kept = [step for step in self.steps if not unfounded(step)]
        dropped = len(kept) < len(self.steps)
        self.steps = kept
        return dropped

    def forget(self, memories: Collection[UUID]) -> None:
        """What opened it again, or had it believed again, may name what had ended it before: not any more."""
        for step in self.steps:
            if step.values.get("invalidated_by_id") in memories:
                step.values["invalidated_by_id"] = None

    def begin_at(self, start: datetime) -> None:
        """What was believed before has lost its ground; what changed before is so from the start."""
        self.first = self.at(start)
        self.steps = [step for step in self.steps if step.at > start]
        self.start = start

    def add(self, step: Step) -> None:
        self.steps = sorted([*self.steps, step], key=lambda one: one.at)

    def rename(self, memories: dict[UUID, UUID]) -> None:
        """Put another memory in the place of one that ended this."""
        for values in (self.first, *(step.values for step in self.steps)):
            if values.get("invalidated_by_id") in memories:
                values["invalidated_by_id"] = memories[values["invalidated_by_id"]]

    def states(self) -> tuple[list[MemoryRevision], dict[str, Any], datetime]:
        """The earlier states, unsaved, the values of the last one, and when that was recorded."""
        revisions: list[MemoryRevision] = []
        values, since = dict(self.first), self.start
        for step in self.steps:
            if all(values[name] == value for name, value in step.values.items()):
                continue
            revisions.append(self._revision(values, since, step))
            values, since = values | step.values, step.at
        return revisions, values, since

    def _revision(self, values: dict[str, Any], since: datetime, step: Step) -> MemoryRevision:
        return MemoryRevision(
            project_id=self.memory.project_id,
            graph_id=self.memory.graph_id,
            memory=self.memory,
            recorded_from=since,
            recorded_to=step.at,
            changed_by=step.changed_by,
            reason=step.reason,
            cause_id=step.cause_id,
            **{name: values[name] for name in STATE},
        )


def load(memories: Sequence[Memory]) -> list[Timeline]:
    revisions: dict[UUID, list[MemoryRevision]] = defaultdict(list)
    for row in MemoryRevision.objects.filter(memory__in=memories).order_by("recorded_from"):
        revisions[row.memory_id].append(row)
    return [_timeline(memory, revisions[memory.pk]) for memory in memories]


def _timeline(memory: Memory, revisions: Sequence[MemoryRevision]) -> Timeline:
    states = [*map(_values, revisions), _values(memory)]
    steps = [
        Step(row.recorded_to, _changed(before, after), row.changed_by, row.reason, row.cause_id)
        for row, before, after in zip(revisions, states, states[1:], strict=False)
    ]
    return Timeline(memory, revisions[0].recorded_from if revisions else memory.recorded_at, states[0], steps)


def _values(row: Memory | MemoryRevision) -> dict[str, Any]:
    return {name: getattr(row, name) for name in STATE}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """An end, or a withdrawal, comes with what it is due to, though that may have ended it before, at another time."""
    changed = {name for name, value in after.items() if before[name] != value}
    due = {"invalidated_by_id"} if changed & {"valid_to", "retired_at"} else set()
    return {name: after[name] for name in changed | due}


def save(timelines: Sequence[Timeline]) -> None:
    """Three statements, however many they are. Each memory is written whole."""
    memories = [timeline.memory for timeline in timelines]
    revisions: list[MemoryRevision] = []
    for timeline in timelines:
        earlier, values, recorded_at = timeline.states()
        revisions += earlier
        for name, value in (values | {"recorded_at": recorded_at, "created_at": timeline.start}).items():
            setattr(timeline.memory, name, value)
    rows = MemoryRevision.objects.filter(memory__in=memories)
    rows._raw_delete(rows.db)
    Memory.objects.bulk_update(memories, WRITTEN, batch_size=500)
    MemoryRevision.objects.bulk_create(revisions, batch_size=1000)


WRITTEN = [name.removesuffix("_id") for name in STATE]
WRITTEN += ["recorded_at", "created_at", "said_at", "confidence", "ends"]
