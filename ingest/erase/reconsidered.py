"""When facts would have ended without something that had ended them, while all that rests on it stays."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from graphs.models import Graph, Memory
from ingest.erase import evidence, timelines
from ingest.erase.beliefs import Belief, end_by_what_stays, is_due_to


def ends_without(graph: Graph, gone: set[UUID], ended: Sequence[Memory]) -> Iterator[tuple[Memory, dict[str, Any]]]:
    """Each with its end and what it is due to, as if those that are ``gone`` had ended nothing; nothing is written.

    The relations of ``ended`` must be fetched `WITH_OBJECTS`.
    """
    nothing = Q(pk__in=[])
    found = evidence.of(ended, nothing)
    closers = evidence.closers(graph, {memory.about_id for memory in ended}, nothing, gone)
    for timeline in timelines.load(ended):
        belief = Belief(timeline, found[timeline.memory.pk])
        timeline.drop(lambda step: is_due_to(step, gone))
        if timeline.first["invalidated_by_id"] in gone:
            end = belief.founder.stated["valid_to"] if belief.founder else None
            timeline.first |= {"valid_to": end, "invalidated_by_id": None}
        end_by_what_stays(belief, closers)
        values = timeline.now()
        yield timeline.memory, {name: values[name] for name in ("valid_to", "invalidated_by_id")}
