"""One memory that says several things becomes several."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from graphs.indexing import write_memory_text
from graphs.models import Episode, Memory, Mention, Relation, Source
from graphs.render import in_words
from ingest import events, facts, relinking
from ingest.edits import says_the_same
from ingest.entity_history import changed_by
from ingest.facts import Change
from ingest.mending.locked import locked_belief, mended
from ingest.mending.merged import SPLIT
from ingest.statements import statement_of, support
from memos.api.problems import invalid, not_found
from memos.projects.audit import Caller

MOST_PARTS = 20
_AS_THE_WHOLE = (
    "project_id", "graph", "about", "kind", "language", "confidence", "said_at", "valid_from", "valid_to",
    "valid_precision", "metadata",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence, and which of the memory's sources say it, by their keys; None means all of them."""

    content: str
    source_ids: Collection[UUID] | None = None


@transaction.atomic
def split_memory(*, caller: Caller, memory: Memory, parts: Sequence[Part]) -> list[Memory]:
    """Let several memories take the place of one, which is retired, and can be restored: then they go into it.

    Each has its kind, its span and whom it is about, and what its own words name of what the memory speaks of. Raises a
    404 where it or a source is gone, a 409 where it is believed no more, and a 400 that names the part that says what
    another memory, or another part, says already.
    """
    found = locked_belief(memory)
    if not 2 <= len(parts) <= MOST_PARTS:
        raise invalid("parts", f"Split it into two to {MOST_PARTS} sentences.")
    resting = {row.pk: row for row in Source.objects.supporting().filter(memory=found).select_related("episode")}
    chosen = [_chosen(resting, part, number) for number, part in enumerate(parts)]
    facts.retire(found, Change(changed_by(caller), SPLIT))
    made: list[Memory] = []
    for number, part in enumerate(parts):
        made.append(_made(found, part, number, made))
        _describe(found, made[-1])
        _let_rest_on(made[-1], chosen[number])
    write_memory_text(made)
    events.memories_created(made)
    mended(caller, "memory.split", found, memories=[one.ref for one in made])
    return made


def _chosen(resting: dict[UUID, Source], part: Part, number: int) -> list[Source]:
    if part.source_ids is None:
        return list(resting.values())
    for key in part.source_ids:
        if key not in resting:
            raise not_found("source", str(key))
    if resting and not part.source_ids:
        raise invalid(f"parts[{number}].sources", "Choose at least one source that says it.")
    return [row for key, row in resting.items() if key in part.source_ids]


def _made(whole: Memory, part: Part, number: int, others: Sequence[Memory]) -> Memory:
    field = f"parts[{number}].content"
    words = facts.spoken_of(whole.about, part.content.strip())
    if not words.strip():
        raise invalid(field, "Write what it says.")
    values = {name: getattr(whole, name) for name in _AS_THE_WHOLE}
    made = Memory(content=words, **values)
    made.created_at = whole.retired_at or whole.recorded_at
    made.digest = facts.digest_of(made)
    if any(other.digest == made.digest for other in others):
        raise invalid(field, "Another part says the same.")
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise says_the_same(made, field) from None
    return made


def _describe(whole: Memory, part: Memory) -> None:
    """Of what the whole speaks of and is linked by, what the part names."""
    owner = {"project_id": part.project_id, "graph_id": part.graph_id, "memory": part}
    rows = Mention.objects.filter(memory=whole).select_related("entity")
    named = [row for row in rows if row.entity_id == part.about_id or relinking.is_named(part, row.entity)]
    said = part.content.casefold()
    names = {row.entity_id: [name for name in row.names if name.casefold() in said] for row in named}
    Mention.objects.bulk_create(Mention(entity_id=key, names=told, **owner) for key, told in names.items())
    arrows = Relation.objects.filter(memory=whole, subject__in=list(names), object__in=list(names))
    links = [(row.subject_id, row.predicate, row.object_id) for row in arrows]
    Relation.objects.bulk_create(Relation(subject_id=s, predicate=p, object_id=o, **owner) for s, p, o in links)
    part.ends = [ending for ending in whole.ends if ending[0] in {predicate for _, predicate, _ in links}]
    part.save(update_fields=["ends"])


def _let_rest_on(part: Memory, sources: Sequence[Source]) -> None:
    """From its beginning on, so that it begins no later where one of them goes. Its vector is made as one of them is
    indexed again."""
    if not sources:
        support(part, statement_of(part, in_words(part.content, part.about), part.created_at), facts.stated_by(part))
        return
    for row in sources:
        support(part, row.episode, facts.stated_by(part), at=part.created_at)
    Episode.objects.filter(pk=sources[0].episode_id).update(indexed_at=None)
