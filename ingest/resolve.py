"""From facts to beliefs: the same entity, the same fact, a fact that ends another. Runs while the lease is held."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from graphs.embedders import Encoded, current
from graphs.entities import create_entity, find_entity, key_of
from graphs.indexing import write_memory_text
from graphs.kinds import EntityType
from graphs.models import Embedding, Entity, Episode, Graph, Memory, Mention, Relation, Source
from ingest import facts
from ingest.extractors.base import SPEAKER, Ending, Fact, Link, Thing

NAMED = "named"
"""The predicate by which somebody says their own name."""


@dataclass
class Writer:
    """Writes the facts of one message into its graph, in the transaction of its job."""

    graph: Graph
    episode: Episode
    """What the facts rest on: the message's first piece."""
    said_at: datetime
    speaker: Entity
    written: Counter[str] = field(default_factory=Counter)

    def write(self, found: Sequence[Fact], codes: Sequence[Encoded]) -> dict[str, int]:
        """Return how many memories, closings, entities and relations came of it."""
        for fact, code in zip(found, codes, strict=True):
            self._write_one(fact, code)
        if self.written:
            facts.bump(self.graph)
        return {name: self.written[name] for name in ("memories", "closed", "entities", "relations")}

    def _write_one(self, fact: Fact, code: Encoded) -> None:
        memory = self._memory(fact)
        twin = facts.believed_twin(memory)
        if twin:
            self._restate(twin)
            self._end_others(twin, fact)
            return
        memory.save()
        write_memory_text([memory])
        self._support(memory)
        self._embed(memory, code)
        self._describe(memory, fact)
        self._end_others(memory, fact)
        self.written["memories"] += 1

    def _memory(self, fact: Fact) -> Memory:
        """The memory that the fact would become, unsaved, with the span for which it can hold."""
        memory = Memory(
            project_id=self.graph.project_id,
            graph=self.graph,
            about=self.speaker,
            content=fact.content,
            kind=fact.kind,
            language=self.episode.language,
            confidence=fact.confidence,
            said_at=self.said_at,
            valid_from=fact.span.valid_from,
            valid_to=fact.span.valid_to,
            valid_precision=fact.span.precision,
            digest=facts.digest(
                fact.content, self.speaker.pk, fact.span.valid_from if fact.kind in facts.DATED else None
            ),
            ends=[[ending.predicate, ending.object] for ending in fact.ends],
        )
        self._restart(memory)
        self._end_by_later(memory, fact)
        return memory

    def _restart(self, memory: Memory) -> None:
        """A fact that had ended is true again: it begins anew, after the end of its earlier span."""
        if memory.valid_to:
            return
        ended = Memory.objects.believed().filter(graph=self.graph, digest=memory.digest, valid_to__lte=self.said_at)
        last = ended.order_by("valid_to").last()
        if last and last.valid_to and (memory.valid_from is None or memory.valid_from < last.valid_to):
            memory.valid_from = self.said_at

    def _end_by_later(self, memory: Memory, fact: Fact) -> None:
        """Something said later, but heard before, has ended this fact already."""
        own = _own(fact)
        if memory.valid_to or not own:
            return
        predicates = {link.predicate for link in own}
        later = Memory.objects.believed().filter(graph=self.graph, about=self.speaker, said_at__gt=self.said_at)
        for other in later.exclude(ends=[]).prefetch_related("relations__object").order_by("said_at"):
            endings = [Ending(*ending) for ending in other.ends if ending[0] in predicates]
            if any(_ends(ending, link, _objects(other)) for ending in endings for link in own):
                end = other.valid_from or other.said_at
                memory.valid_to = max(end, memory.valid_from) if memory.valid_from else end
                memory.invalidated_by = other
                return

    def _restate(self, twin: Memory) -> None:
        """Said again: one memory with two sources, as fresh as the last of them."""
        self._support(twin)
        if twin.said_at < self.said_at and twin.valid_to is None:
            twin.said_at = self.said_at
            twin.save(update_fields=["said_at"])

    def _support(self, memory: Memory) -> None:
        row = Source(project_id=self.graph.project_id, graph=self.graph, memory=memory, episode=self.episode)
        Source.objects.bulk_create([row], ignore_conflicts=True)

    def _embed(self, memory: Memory, code: Encoded) -> None:
        Embedding.objects.create(
            project_id=self.graph.project_id,
            graph=self.graph,
            memory=memory,
            model=current().model,
            vector=code.vector,
        )

    def _describe(self, memory: Memory, fact: Fact) -> None:
        """Entities, mentions and relations of a new memory."""
        for link in fact.links:
            if link.predicate == NAMED and link.subject.name == SPEAKER:
                self._name_speaker(link.object.name)  # first, so that the name is found to be the speaker's
        things = {thing: self._entity(thing) for thing in _things(fact)}
        owner = {"project_id": self.graph.project_id, "graph": self.graph, "memory": memory}
        mentioned = {entity.pk: entity for entity in (self.speaker, *things.values())}
        Mention.objects.bulk_create([Mention(entity=entity, **owner) for entity in mentioned.values()])
        links = {(things[link.subject].pk, link.predicate, things[link.object].pk): link for link in fact.links}
        rows = [Relation(subject_id=s, predicate=p, object_id=o, **owner) for s, p, o in links if s != o]
        Relation.objects.bulk_create(rows)
        self.written["relations"] += len(rows)

    def _name_speaker(self, name: str) -> None:
        if self.speaker.name and self.speaker.name != name:
            self.speaker.aliases = [*dict.fromkeys([*self.speaker.aliases, self.speaker.name])]
        self.speaker.name, self.speaker.key = name[:200], key_of(name)
        self.speaker.save(update_fields=["name", "key", "aliases"])

    def _entity(self, thing: Thing) -> Entity:
        if thing.name == SPEAKER:
            return self.speaker
        entity = find_entity(self.graph, thing.name, thing.type)
        if entity is None:
            self.written["entities"] += 1
            return create_entity(self.graph, thing.name, thing.type, self.said_at, aliases=thing.aliases)
        self._seen(entity, thing)
        return entity

    def _seen(self, entity: Entity, thing: Thing) -> None:
        entity.first_seen_at = min(entity.first_seen_at, self.said_at)
        entity.last_seen_at = max(entity.last_seen_at, self.said_at)
        new = [alias[:200] for alias in thing.aliases if key_of(alias) != entity.key]
        entity.aliases = [*dict.fromkeys([*entity.aliases, *new])]
        entity.save(update_fields=["first_seen_at", "last_seen_at", "aliases"])

    def _end_others(self, memory: Memory, fact: Fact) -> None:
        """Close the earlier facts that this one ends."""
        for ending in fact.ends:
            for other in self._ended_by(memory, fact, ending):
                facts.close(other, at=fact.span.valid_from or self.said_at, by=memory, reason="ended by a later fact")
                Source.objects.get_or_create(
                    memory=other,
                    episode=self.episode,
                    role=Source.Role.CLOSES,
                    defaults={"project_id": self.graph.project_id, "graph": self.graph},
                )
                self.written["closed"] += 1

    def _ended_by(self, memory: Memory, fact: Fact, ending: Ending) -> list[Memory]:
        at = fact.span.valid_from or self.said_at
        relations = Relation.objects.filter(graph=self.graph, subject=self.speaker, predicate=ending.predicate)
        if ending.object is None:
            relations = relations.exclude(object__key__in=_objects(memory))
        else:
            relations = relations.filter(object__key=key_of(ending.object))
        still_open = Q(valid_to=None) | Q(valid_to__gt=at)
        rows = Memory.objects.believed().filter(
            still_open, pk__in=relations.values("memory"), said_at__lte=self.said_at
        )
        return list(rows.exclude(pk=memory.pk))


def subject_of(graph: Graph) -> Entity:
    return Entity.objects.get(graph=graph, is_subject=True)


def speaker_of(graph: Graph, name: str, said_at: datetime) -> Entity:
    """Who says I: the graph's subject, unless the message names somebody else."""
    subject = subject_of(graph)
    if not name or key_of(name) in {subject.key, *map(key_of, subject.aliases)}:
        return subject
    found = find_entity(graph, name, EntityType.PERSON)
    return found or create_entity(graph, name, EntityType.PERSON, said_at)


def _things(fact: Fact) -> list[Thing]:
    linked = [thing for link in fact.links for thing in (link.subject, link.object)]
    return list(dict.fromkeys([*fact.things, *linked]))


def _own(fact: Fact) -> list[Link]:
    """The links that the speaker is the subject of: those that an ending may speak of."""
    return [link for link in fact.links if link.subject.name == SPEAKER]


def _objects(memory: Memory) -> set[str]:
    return {relation.object.key for relation in memory.relations.all()}


def _ends(ending: Ending, link: Link, own_objects: set[str]) -> bool:
    if ending.predicate != link.predicate:
        return False
    key = key_of(link.object.name)
    return key not in own_objects if ending.object is None else key == key_of(ending.object)
