"""From facts to beliefs: the same entity, the same fact, a fact that ends another. Runs while the lease is held."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from graphs import embedders
from graphs.embedders import Encoded
from graphs.entities import LONGEST_NAME, NAMING, call, create_entity, keys_of, named
from graphs.indexing import changed, full_text_of
from graphs.kinds import EntityType
from graphs.models import Embedding, Entity, Episode, Graph, Memory, Mention, Relation, Source
from ingest import endings, events, facts, identify
from ingest.extractors.base import SPEAKER, Fact, Thing
from ingest.speakers import call_speaker

NAMED = "named"
"""The predicate by which somebody says their own name."""


@dataclass(frozen=True, slots=True)
class Told:
    """Facts with their vectors, and the episode that they rest on: of a message, its first piece."""

    episode: Episode
    facts: Sequence[Fact]
    codes: Sequence[Encoded]


@dataclass
class Writer:
    """Writes facts into their graph, in the transaction of their job.

    ``speaker`` is who says I; where nobody does it is None, and no fact may hold SPEAKER.
    """

    graph: Graph
    said_at: datetime
    speaker: Entity | None
    written: Counter[str] = field(default_factory=Counter)
    new: list[Memory] = field(default_factory=list)
    episode: Episode = field(init=False)
    heard: set[int] = field(init=False)
    """What the episode was read to say before: what became of that since is not undone by reading it again."""

    def write(self, *told: Told) -> dict[str, int]:
        """Return how many memories, closings, entities and relations came of it."""
        for one in told:
            self.episode = one.episode
            self.heard = facts.heard_in(one.episode)
            for fact, code in zip(one.facts, one.codes, strict=True):
                self._write_one(fact, code)
        if self.written:
            facts.bump(self.graph)
        else:
            changed(self.graph.pk)  # a fact told again has one more source
        events.memories_created(self.new)
        return {name: self.written[name] for name in ("memories", "closed", "entities", "relations")}

    def _write_one(self, fact: Fact, code: Encoded) -> None:
        memory = self._memory(fact)
        stated = facts.stated_by(memory)
        if facts.words_of(stated) in self.heard:
            return
        self._restart(memory)
        self._end_by_later(memory, fact)
        twin = self._told_again(memory, stated)
        if twin:
            self._end_others(twin, fact)
            return
        memory.tsv = full_text_of(memory)
        memory.save()
        self._support(memory, stated)
        self._embed(memory, code)
        self._describe(memory, fact)
        self._end_others(memory, fact)
        self.written["memories"] += 1
        self.new.append(memory)

    def _memory(self, fact: Fact) -> Memory:
        """The memory that the fact would become if there was no other, unsaved."""
        return Memory(
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
                fact.content, self._speaker_id, fact.span.valid_from if fact.kind in facts.DATED else None
            ),
            ends=[[ending.predicate, ending.object] for ending in fact.ends],
        )

    @property
    def _place(self) -> identify.Place:
        return identify.Place(self.graph, self.episode, self.speaker, self.said_at)

    @property
    def _speaker_id(self) -> UUID | None:
        return self.speaker.pk if self.speaker else None

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
        other = None if memory.valid_to else endings.later_end(fact, self._place)
        if other:
            end = other.valid_from or other.said_at
            memory.valid_to = max(end, memory.valid_from) if memory.valid_from else end
            memory.invalidated_by = other

    def _told_again(self, memory: Memory, stated: dict[str, Any]) -> Memory | None:
        """Said again: one memory with two sources, as fresh as the last of them.

        Where it was merged into another, both rest on this, should they be parted again.
        """
        twin = facts.believed_twin(memory)
        chain = [twin] if twin else facts.merged_twin(memory)
        for place, one in enumerate(chain):
            self._support(one, stated, Source.Role.MERGED if place else Source.Role.SUPPORTS)
        if chain and chain[-1].said_at < self.said_at and chain[-1].valid_to is None:
            chain[-1].said_at = self.said_at
            chain[-1].save(update_fields=["said_at"])
        return chain[-1] if chain else None

    def _support(self, memory: Memory, stated: dict[str, Any], role: Source.Role = Source.Role.SUPPORTS) -> None:
        owner = {"project_id": self.graph.project_id, "graph": self.graph, "memory": memory}
        row = Source(**owner, episode=self.episode, role=role, stated=stated)
        Source.objects.bulk_create([row], ignore_conflicts=True)

    def _embed(self, memory: Memory, code: Encoded) -> None:
        if not len(code.vector):
            return
        Embedding.objects.create(
            project_id=self.graph.project_id,
            graph=self.graph,
            memory=memory,
            model=embedders.current().model,
            vector=code.vector,
        )

    def _describe(self, memory: Memory, fact: Fact) -> None:
        """Entities, mentions and relations of a new memory."""
        for link in fact.links:
            if self.speaker and link.predicate == NAMED and link.subject.name == SPEAKER:
                call_speaker(self.speaker, link.object.name)  # first, so that the name is found to be the speaker's
        things = self._things(fact)
        owner = {"project_id": self.graph.project_id, "graph": self.graph, "memory": memory}
        names: dict[UUID, list[str]] = {self.speaker.pk: []} if self.speaker else {}
        for thing, entity in things.items():
            names.setdefault(entity.pk, []).extend(_names(thing))
        spoken_of = [Mention(entity_id=key, names=list(dict.fromkeys(told)), **owner) for key, told in names.items()]
        Mention.objects.bulk_create(spoken_of)
        clear = [link for link in fact.links if link.subject in things and link.object in things]
        links = {(things[link.subject].pk, link.predicate, things[link.object].pk): link for link in clear}
        rows = [Relation(subject_id=s, predicate=p, object_id=o, **owner) for s, p, o in links if s != o]
        Relation.objects.bulk_create(rows)
        self.written["relations"] += len(rows)

    def _things(self, fact: Fact) -> dict[Thing, Entity]:
        """What a fact speaks of; a name that may mean several is left out, and the sentence alone tells of it."""
        found = {thing: self._entity(thing, fact) for thing in _things(fact)}
        return {thing: entity for thing, entity in found.items() if entity}

    def _entity(self, thing: Thing, fact: Fact) -> Entity | None:
        if thing.name == SPEAKER or thing in _own_names(fact):
            return self.speaker
        name = identify.mentioned(thing, fact)
        meant = identify.meant_by(name, self._place)
        if not meant:
            self.written["entities"] += 1
            return create_entity(self.graph, thing.name, thing.type, self.said_at, aliases=self._free(thing.aliases))
        if len(meant) > 1:
            return None
        self._seen(meant[0], thing, by_role=bool(name.roles), is_sure=name.is_linked)
        return meant[0]

    def _seen(self, entity: Entity, thing: Thing, *, by_role: bool, is_sure: bool) -> None:
        """Known by another part of the name and the same role, it goes by both from now on."""
        entity.first_seen_at = min(entity.first_seen_at, self.said_at)
        entity.last_seen_at = max(entity.last_seen_at, self.said_at)
        if entity.type == EntityType.TOPIC or (is_sure and {entity.type, thing.type} <= identify.GUESSED):
            entity.type = thing.type
        said = (thing.name, *thing.aliases) if by_role else thing.aliases
        new = [alias for alias in said if not keys_of(alias, thing.type) & {*entity.names, *entity.apart}]
        call(entity, entity.name, [*entity.aliases, *self._free(new)])
        entity.save(update_fields=[*NAMING, "type", "first_seen_at", "last_seen_at"])

    def _free(self, aliases: Sequence[str]) -> list[str]:
        """The aliases that nothing else in the graph is called by."""
        return [alias for alias in aliases if not named(self.graph, alias, EntityType.ORGANIZATION).exists()]

    def _end_others(self, memory: Memory, fact: Fact) -> None:
        """Close the earlier facts that this one ends, and withdraw those that it corrects."""
        for other in endings.corrected(memory, fact, self._place):
            facts.retire(other, facts.Change(facts.INGEST, "corrected", self.episode), by=memory)
            self._closes(other)
        at = fact.span.valid_from or self.said_at
        for other in endings.ended(memory, fact, self._place):
            facts.close(other, at=at, by=memory, reason="ended by a later fact", cause=self.episode)
            self._closes(other)

    def _closes(self, other: Memory) -> None:
        owner = {"project_id": self.graph.project_id, "graph": self.graph}
        Source.objects.get_or_create(memory=other, episode=self.episode, role=Source.Role.CLOSES, defaults=owner)
        self.written["closed"] += 1


def _own_names(fact: Fact) -> list[Thing]:
    return [link.object for link in endings.own(fact) if link.predicate == NAMED]


def _names(thing: Thing) -> list[str]:
    """By which a fact makes the thing known; "I" names nobody."""
    return [] if thing.name == SPEAKER else [name[:LONGEST_NAME] for name in (thing.name, *thing.aliases)]


def _things(fact: Fact) -> list[Thing]:
    linked = [thing for link in fact.links for thing in (link.subject, link.object)]
    return list(dict.fromkeys([*fact.things, *linked]))
