"""Writes what is left, and deletes what goes: a few statements over sets, however much it is."""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from graphs.indexing import changed, write_memory_text
from graphs.models import Embedding, Episode, Graph, Memory, MemoryRevision, Mention, Relation, Source
from ingest import facts
from ingest.erase import names, timelines
from ingest.erase.beliefs import Belief, Rest
from ingest.erase.losses import Loss
from ingest.unlearning import unlearn
from memos.webhooks import outbox
from users.models import Summary, User

_OF_A_MEMORY: tuple[type[models.Model], ...] = (Embedding, Mention, Relation, Source, MemoryRevision)


def delete(rows: QuerySet[models.Model]) -> int:
    """One statement; Django's own delete would first fetch every row to look for what hangs on it."""
    return rows._raw_delete(rows.db) or 0  # None where the condition can hold for no row


def forget(lost: Loss, rest: Rest) -> dict[str, int]:
    """Write the rest and delete what goes. Returns how many memories, entities and episodes went."""
    return _forget(lost, rest, lambda: _delete_episodes(lost.episodes))


def take_back(lost: Loss, rest: Rest) -> dict[str, int]:
    """As `forget`, but what was said stays, and can be recalled word for word: only what is kept rests on it still."""
    return _forget(lost, rest, lambda: _let_go(lost))


def _forget(lost: Loss, rest: Rest, leave: Callable[[], int]) -> dict[str, int]:
    graph, going = lost.graph, lost.gone | set(rest.absorbed)
    named = names.given_by(graph, lost.episodes, lost.gone)
    seen = set(Mention.objects.filter(memory__in=lost.weaker).values_list("entity", flat=True))
    statements = _statements_of(lost.gone)
    _unite(rest)
    for model in _OF_A_MEMORY:
        delete(model._default_manager.filter(memory__in=going))
    delete(Memory.objects.filter(pk__in=going))
    outbox.forget_subjects(going)
    _write(rest.beliefs)
    entities = names.forget_unmentioned(graph)
    renamed = names.take_back(named, given_names(graph.pk))
    unlearn(graph, named)
    names.see_again(seen)
    touched = going | {belief.memory.pk for belief in rest.beliefs}
    forget_summary(graph, touched, whatever_it_says=bool(renamed))
    if renamed:
        outbox.forget_names(graph.pk)
    episodes = leave() + _delete_episodes(Episode.objects.filter(pk__in=statements))
    changed(graph.pk)
    if touched:
        facts.bump(graph)
        Graph.objects.filter(pk=graph.pk).update(summarised_version=0)
    return {"memories": len(lost.gone), "entities": entities, "episodes": episodes}


def _statements_of(gone: Collection[UUID]) -> list[UUID]:
    """What was stated for those memories alone."""
    rows = Episode.objects.filter(source_kind=Episode.SourceKind.STATEMENT, sources__memory__in=gone)
    stated = set(rows.values_list("pk", flat=True))
    others = Source.objects.filter(episode__in=stated).exclude(memory__in=gone)
    return list(stated - set(others.values_list("episode", flat=True)))


def _unite(rest: Rest) -> None:
    """What rests on an absorbed memory rests on the other one."""
    for gone, into in rest.absorbed.items():
        known = Source.objects.filter(memory=into).values("episode")
        Source.objects.filter(memory=gone).exclude(episode__in=known).update(memory=into)
        for model in (Memory, MemoryRevision):
            model._default_manager.filter(invalidated_by=gone).update(invalidated_by=into)
    for belief in rest.beliefs:
        belief.timeline.rename(rest.absorbed)


def _write(beliefs: Sequence[Belief]) -> None:
    before = {belief.memory.pk: (belief.memory.content, belief.memory.language) for belief in beliefs}
    timelines.save([belief.timeline for belief in beliefs])
    changed = [one for one in beliefs if (one.memory.content, one.memory.language) != before[one.memory.pk]]
    write_memory_text([belief.memory for belief in changed])
    reworded = [belief for belief in changed if belief.memory.content != before[belief.memory.pk][0]]
    if reworded:
        delete(Embedding.objects.filter(memory__in=[belief.memory for belief in reworded]))
        outbox.forget_subjects([belief.memory.pk for belief in reworded])
        Episode.objects.filter(pk__in=[belief.evidence[0].episode_id for belief in reworded]).update(indexed_at=None)
    _write_closings([belief for belief in beliefs if belief.reconsidered])


def _write_closings(beliefs: Sequence[Belief]) -> None:
    """The sources that close a memory are those that its steps rest on."""
    causes = {(belief.memory.pk, step.cause_id) for belief in beliefs for step in belief.timeline.steps}
    rows = Source.objects.filter(memory__in=[belief.memory for belief in beliefs], role=Source.Role.CLOSES)
    stale = [row.pk for row in rows.only("memory_id", "episode_id") if (row.memory_id, row.episode_id) not in causes]
    delete(Source.objects.filter(pk__in=stale))
    new = [
        Source(
            project_id=belief.memory.project_id,
            graph_id=belief.memory.graph_id,
            memory=belief.memory,
            episode_id=one.episode_id,
            role=Source.Role.CLOSES,
            recorded_at=one.recorded_at,
        )
        for belief in beliefs
        for one in belief.closings
    ]
    Source.objects.bulk_create(new, ignore_conflicts=True)


def given_names(graph_id: UUID) -> list[str]:
    """What the caller calls the user, whatever was said."""
    names_given = User.objects.filter(graph=graph_id).values_list("first_name", "last_name")
    return [name for first, last in names_given for name in (first, f"{first or ''} {last or ''}".strip()) if name]


def forget_summary(graph: Graph, touched: Collection[UUID], *, whatever_it_says: bool = False) -> None:
    """No text stays that may rest on what went; whoever waits for a summary goes on waiting for the new one."""
    rows = Summary.objects.filter(user__graph=graph)
    if not whatever_it_says:
        rows = rows.filter(memory_ids__overlap=list(touched))
    rows.update(text="", memory_ids=[], memory_count=0, graph_version=0, generated_at=None)


def _delete_episodes(episodes: QuerySet[Episode]) -> int:
    if not episodes.exists():
        return 0
    for model in (Embedding, Source):
        delete(model._default_manager.filter(episode__in=episodes.values("pk")))
    return delete(episodes)


def _let_go(lost: Loss) -> int:
    delete(Source.objects.filter(lost.going))
    return 0
