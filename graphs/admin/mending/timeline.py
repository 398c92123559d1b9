"""What became of a memory or an entity: what changed, when, by whom, because of which words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.template.loader import render_to_string

from graphs.admin.base import span, stated
from graphs.admin.mending.comparing import Line, listed
from graphs.kinds import ChangedBy
from graphs.models import Entity, EntityRevision, Memory, MemoryRevision
from graphs.render import in_words, name_of
from ingest.mending.merged import merged_into, parts_of
from memos import ids
from memos.projects.console.shown import MOST, NOTHING, link, short
from memos.projects.models import AuditEntry

CLOSE = timedelta(seconds=5)
"""A change and its audit entry are written in one transaction."""
_TITLES = {"edited": "Corrected", "changed": "Corrected", "split": "Split"}


@dataclass(frozen=True, slots=True)
class Event:
    """``because`` are links; ``undo`` leads to the page that takes it back."""

    at: datetime
    title: str
    by: str
    lines: Sequence[Line] = ()
    because: Sequence[str] = ()
    undo: str = ""
    undo_told: str = "Put back what was before"


@dataclass
class Actors:
    """Who made the changes of some rows, as far as the audit log still tells."""

    refs: Iterable[str]
    entries: list[AuditEntry] = field(init=False)

    def __post_init__(self) -> None:
        rows = AuditEntry.objects.filter(target_id__in=set(self.refs)).order_by("-pk")
        self.entries = list(rows.only("at", "actor", "actor_label")[: 4 * MOST])

    def of(self, changed_by: str, at: datetime) -> str:
        if changed_by == ChangedBy.INGEST:
            return "ingestion"
        wanted = AuditEntry.Actor.OPERATOR if changed_by == ChangedBy.OPERATOR else AuditEntry.Actor.KEY
        near = [one for one in self.entries if one.actor == wanted and abs(one.at - at) < CLOSE]
        if not near:
            return "an operator" if changed_by == ChangedBy.OPERATOR else "the API"
        return min(near, key=lambda one: abs(one.at - at)).actor_label


def shown(events: Iterable[Event]) -> str:
    return render_to_string("admin/graphs/mending/timeline.html", {"events": list(events)})


def of_memory(memory: Memory, *, mendable: bool) -> list[Event]:
    """The newest first. What it says and holds for now is the last state."""
    rows = memory.revisions.select_related("cause", "invalidated_by__about").defer("cause__tsv", "invalidated_by__tsv")
    revisions = list(rows.order_by("-recorded_to")[:MOST])
    merged = list(merged_into(memory).select_related("about").defer("tsv").order_by("-retired_at")[:MOST])
    after: list[Memory | MemoryRevision] = [memory, *revisions]
    closers = {row.invalidated_by.pk for row in after if row.invalidated_by}
    actors = Actors([memory.ref, *(ids.encode(Memory.PREFIX, key) for key in closers)])
    events = [_change(memory, before, later, actors, mendable) for before, later in zip(revisions, after, strict=False)]
    events += [_merge(other, actors) for other in merged if other.retired_at]
    events.append(Event(memory.created_at, "Recorded", ""))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _change(
    memory: Memory, before: MemoryRevision, later: Memory | MemoryRevision, actors: Actors, mendable: bool
) -> Event:
    lines = _differences(_values(memory, before), _values(memory, later))
    may_undo = mendable and not memory.retired_at and not before.retired_at and bool(lines)
    return Event(
        at=before.recorded_to,
        title=_title(before.reason),
        by=actors.of(before.changed_by, before.recorded_to),
        lines=lines,
        because=_because(before, later),
        undo=f"../put-back/?state={before.ref}" if may_undo else "",
    )


def _because(before: MemoryRevision, later: Memory | MemoryRevision) -> list[str]:
    found = [link(before.cause, short(before.cause.content, 200))] if before.cause else []
    if later.invalidated_by and later.invalidated_by_id != before.invalidated_by_id:
        found.append(stated(later.invalidated_by))
    return found


def _values(memory: Memory, state: Memory | MemoryRevision) -> dict[str, str]:
    return {
        "Sentence": in_words(state.content, memory.about),
        "Kind": state.kind,
        "Valid": span(state.valid_from, state.valid_to, state.valid_precision),
        "Believed": "no" if state.retired_at else "yes",
    }


def _merge(other: Memory, actors: Actors) -> Event:
    assert other.retired_at
    by = actors.of(ChangedBy.OPERATOR, other.retired_at)
    return Event(other.retired_at, "Another was merged into it", by, because=[stated(other)])


def parts(memory: Memory) -> list[str]:
    """What it was split into."""
    return [stated(row) for row in parts_of(memory).select_related("about").defer("tsv")[:MOST]]


def of_entity(entity: Entity, *, mendable: bool) -> list[Event]:
    """The newest first."""
    rows = list(EntityRevision.objects.filter(entity_id=entity.pk).order_by("-recorded_at")[:MOST])
    actors, named = Actors([entity.ref]), _others(entity, rows)
    after: list[Entity | EntityRevision] = [entity, *rows]
    events = [
        Event(
            at=row.recorded_at,
            title=_title(row.reason),
            by=actors.of(row.changed_by, row.recorded_at),
            lines=_differences(_names(row), _names(later)),
            because=[named[key] for key in row.others if key in named],
            undo=f"../restore/?state={row.ref}" if mendable else "",
            undo_told="Take this back",
        )
        for row, later in zip(rows, after, strict=False)
    ]
    return [*events, Event(entity.first_seen_at, "First spoken of", "")]


def _others(entity: Entity, rows: Iterable[EntityRevision]) -> dict[UUID, str]:
    wanted = {key for row in rows for key in row.others}
    merged = {UUID(record["id"]): str(record["name"]) for record in entity.merged}
    there = Entity.objects.filter(pk__in=wanted, graph=entity.graph_id) if wanted else ()
    return {key: merged[key] for key in wanted & merged.keys()} | {row.pk: link(row, name_of(row)) for row in there}


def _names(state: Entity | EntityRevision) -> dict[str, str]:
    aliases = listed(state.aliases)
    return {"Name": state.name, "Type": state.type, "Aliases": aliases, "Summary": state.summary}


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Line]:
    return [
        Line(label, before[label] or NOTHING, after[label] or NOTHING)
        for label in before
        if before[label] != after[label]
    ]


def _title(reason: str) -> str:
    return _TITLES.get(reason, reason[:1].upper() + reason[1:])
