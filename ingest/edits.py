"""A memory that somebody changes by hand.

The history is kept. Where the words or the dates change, whoever changes them states the memory anew: their statement
becomes a source of it, of kind `statement`, beside what it rests on already. New words rest on the statement alone:
what said the old ones remains the source of the earlier states, and is shown where these are asked for. What takes the
place of a name is linked as that was: "lives in Lisbon" made "lives in Faro" is a relation to Faro, and ends when a
later home is told of. Nothing else is read from new words: an entity that they don't name any more is no longer linked,
and what the memory had ended stays ended.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from graphs.indexing import write_memory_text
from graphs.models import Embedding, Episode, Graph, Memory, Source
from graphs.render import in_words
from ingest import facts, relinking, tasks
from ingest.entity_history import changed_by
from ingest.erase import rows
from ingest.erase.services import lock_graph, stop_work
from ingest.facts import Change
from ingest.statements import precision_of, statement_of, support
from memos.api.problems import Problem, invalid, not_found
from memos.projects import audit
from memos.projects.audit import Caller

_STATED = {"content", "valid_from", "valid_to"}


@transaction.atomic
def edit_memory(*, caller: Caller, memory: Memory, **changes: Any) -> None:
    """Change ``content``, ``kind``, ``valid_from``, ``valid_to`` or ``metadata``; what is the same changes nothing.

    Raises a 404 where it is gone, a 409 where it is believed no more, and a 400 that names the field where its span
    ends before it begins or where it would say the same as another memory for the same time.
    """
    graph = lock_graph(memory.graph_id)
    found = Memory.objects.select_related("about", "graph").filter(pk=memory.pk).first()
    if found is None:
        raise not_found("memory", memory.ref)
    if found.retired_at:
        raise Problem(409, "MEMORY_RETIRED", "This memory is not believed any more, and can't be changed.")
    given = _given(found, changes)
    if given:
        _edit(caller, graph, found, given)


def _given(memory: Memory, changes: dict[str, Any]) -> dict[str, Any]:
    """What differs from what the memory has."""
    if "content" in changes:
        changes["content"] = facts.spoken_of(memory.about, changes["content"])
    given = {name: value for name, value in changes.items() if value != getattr(memory, name)}
    starts, ends = (given.get(name, getattr(memory, name)) for name in ("valid_from", "valid_to"))
    if {"valid_from", "valid_to"} & set(given) and starts and ends and ends <= starts:
        raise invalid("validTo" if "valid_to" in given else "validFrom", "It must end after it begins.")
    return given


def _edit(caller: Caller, graph: Graph, memory: Memory, given: dict[str, Any]) -> None:
    episode = _statement(memory, given) if _STATED & set(given) else None
    before = memory.content
    _change(caller, memory, given, episode)
    if "content" in given:
        reword(memory)
        _rest_on_nothing(memory)
        relinking.put_in_place(memory, before)
        relinking.speak_of_less(memory)
    if "valid_to" in given:
        rows.delete(Source.objects.filter(memory=memory, role=Source.Role.CLOSES))
    if episode:
        support(memory, episode, facts.stated_by(memory))
    facts.bump(graph)
    stop_work(graph)
    rows.forget_summary(graph, {memory.pk})
    audit.record(caller, "memory.edited", memory.ref, fields=sorted(given))
    tasks.ring_graph(graph.pk)


def _statement(memory: Memory, given: dict[str, Any]) -> Episode:
    """In the words that were given; where only dates were, without a name, which may be known from a message alone."""
    words = in_words(given["content"], memory.about) if "content" in given else in_words(memory.content, None)
    return statement_of(memory, words, timezone.now())


def _change(caller: Caller, memory: Memory, given: dict[str, Any], episode: Episode | None) -> None:
    field = next((name for name in ("content", "valid_from", "valid_to", "kind") if name in given), "metadata")
    shown = {"valid_from": "validFrom", "valid_to": "validTo"}.get(field, field)
    change_once(memory, Change(changed_by(caller), "edited", episode), shown, **_values(memory, given, episode))


def change_once(memory: Memory, told: Change, field: str, **values: Any) -> None:
    """As `facts.change`. Raises a 400 that names the memory that says the same for a time that overlaps."""
    try:
        with transaction.atomic():
            facts.change(memory, told, **values)
    except IntegrityError:
        raise says_the_same(memory, field) from None


def says_the_same(memory: Memory, field: str) -> Problem:
    """A 400 that names the believed memory that an unsaved one runs into."""
    twin = facts.believed_twin(memory)
    which = f"The memory {twin.ref}" if twin else "Another memory"
    return invalid(field, f"{which} says the same for a time that overlaps.")


def _values(memory: Memory, given: dict[str, Any], episode: Episode | None) -> dict[str, Any]:
    """With the columns that follow from what was given."""
    values = dict(given)
    if "valid_to" in given:
        values["invalidated_by"] = None
    if {"valid_from", "valid_to"} & set(given):
        starts, ends = (given.get(name, getattr(memory, name)) for name in ("valid_from", "valid_to"))
        same_start = "valid_from" not in given and starts is not None
        values["valid_precision"] = memory.valid_precision if same_start else precision_of(starts, ends)
    if "content" in given and episode:
        values["said_at"] = episode.said_at
    values["digest"] = digest_with(memory, given)
    return values


def digest_with(memory: Memory, given: dict[str, Any]) -> int:
    """Only what identifies a fact changes it: not its metadata, nor the dates of what does not happen on a day."""
    after = Memory(about_id=memory.about_id, content=memory.content, kind=memory.kind, valid_from=memory.valid_from)
    same = facts.digest_of(after)
    for name in {"content", "kind", "valid_from"} & set(given):
        setattr(after, name, given[name])
    return memory.digest if facts.digest_of(after) == same else facts.digest_of(after)


def reword(memory: Memory) -> None:
    """Nothing finds the memory by its old words any more: neither full text nor vectors."""
    write_memory_text([memory])
    rows.delete(Embedding.objects.filter(memory=memory))


def _rest_on_nothing(memory: Memory) -> None:
    """What had said the old words does not say the new ones."""
    resting = Source.objects.supporting().filter(memory=memory)
    resting.update(role=Source.Role.FORMER, retired_at=memory.recorded_at)
