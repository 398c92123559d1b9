"""Several memories that say the same become one."""

from collections.abc import Sequence

from django.db import transaction

from graphs.models import Memory
from ingest.mending import merged
from ingest.mending.locked import locked_belief, mended
from memos.api.problems import Problem, invalid, not_found
from memos.projects.audit import Caller

MOST_AT_ONCE = 200


@transaction.atomic
def merge_memories(*, caller: Caller, memory: Memory, others: Sequence[Memory]) -> list[Memory]:
    """Let ``memory`` stand for others of its graph as well: it rests on their sources too, and they are retired in its
    favour. Each can be restored. What they had ended stays ended. Returns those that were merged now.

    What is said anew in their words supports it. Raises a 404 for one that is not there, a 400 for itself, and a 409
    where one of them is believed no more.
    """
    if len(others) > MOST_AT_ONCE:
        raise invalid("memoryIds", f"At most {MOST_AT_ONCE} at once.")
    kept = locked_belief(memory)
    known = set(merged.merged_into(kept).values_list("pk", flat=True))
    new = [_other(kept, other) for other in {one.pk: one for one in others}.values() if other.pk not in known]
    for other in new:
        merged.take_in(caller, kept, other)
    if new:
        merged.gather(kept)
        touched = {other.pk for other in new}
        mended(caller, "memory.merged", kept, touched, memories=[other.ref for other in new])
    return new


def _other(kept: Memory, other: Memory) -> Memory:
    if other.pk == kept.pk:
        raise invalid("memoryIds", "A memory can't be merged into itself.")
    found = Memory.objects.select_related("about", "graph").filter(pk=other.pk, graph=kept.graph_id).first()
    if found is None:
        raise not_found("memory", other.ref)
    if found.retired_at:
        raise Problem(409, "MEMORY_RETIRED", f"The memory {found.ref} is not believed any more.")
    return found
