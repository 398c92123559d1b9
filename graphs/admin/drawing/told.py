"""What stands behind a point or an arrow of a drawing: the memories that assert it, and the very words they rest on."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from graphs.admin.base import arrow, origin_of, span
from graphs.models import Entity, Episode, Memory, Mention, Relation, Source
from graphs.render import name_of, sentence
from memos import ids
from memos.projects.console.shown import MOST, list_of, moment, page_at, page_of, short

WORDS_EACH = 5
"""Episodes that are shown of each memory; its own page has all of them."""
LONGEST = 600


@dataclass(frozen=True)
class When:
    """Where the slider stands: what was known ``at`` a moment, or what was ``so`` then, as we see it now; else now."""

    at: datetime | None = None
    so: datetime | None = None

    def memories(self, graph: Any) -> QuerySet[Memory]:
        rows = Memory.objects.as_of(self.at).filter(graph=graph)
        return rows.alias(begins=Coalesce("valid_from", "said_at")).filter(begins__lte=self.so) if self.so else rows

    def ended(self, memory: Memory) -> bool:
        return memory.valid_to is not None and memory.valid_to <= (self.at or self.so or timezone.now())


@dataclass(frozen=True)
class Told:
    """A memory as it was believed, with the words that it rested on; ``ended`` by the moment that is looked at."""

    memory: Memory
    words: list[Source]
    ended: bool

    @property
    def sentence(self) -> str:
        return sentence(self.memory)

    @property
    def path(self) -> str:
        return page_of(self.memory)

    @property
    def valid(self) -> str:
        return span(self.memory.valid_from, self.memory.valid_to, self.memory.valid_precision)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [_line(source.episode) for source in self.words[:WORDS_EACH]]

    @property
    def has_more(self) -> bool:
        return len(self.words) > WORDS_EACH


def _line(episode: Episode) -> dict[str, Any]:
    in_thread = episode.source_kind == Episode.SourceKind.MESSAGE
    return {
        "text": short(episode.content, LONGEST),
        "by": episode.speaker or episode.role or episode.source_kind,
        "at": moment(episode.said_at),
        "origin": origin_of(episode),
        "thread": page_at("threads.thread", ids.encode("thr", episode.stream)) if in_thread else "",
    }


def of_entity(entity: Entity, when: When, *, words: bool) -> dict[str, Any]:
    spoken_of = Mention.objects.filter(entity=entity).values("memory")
    return {
        "title": name_of(entity),
        "kind": entity.get_type_display(),
        "path": page_of(entity),
        "facts": _about(entity),
        "more": list_of(Mention, entity=entity.pk),
        **_memories(when.memories(entity.graph_id).filter(pk__in=spoken_of), when, words=words),
    }


def _about(entity: Entity) -> list[tuple[str, str]]:
    told = [
        ("Also called", ", ".join(entity.aliases)),
        ("Summary", entity.summary),
        ("First seen (UTC)", moment(entity.first_seen_at)),
        ("Last seen (UTC)", moment(entity.last_seen_at)),
    ]
    return [(name, value) for name, value in told if value]


def of_relation(relation: Relation, when: When, *, words: bool) -> dict[str, Any]:
    """An arrow: all memories that assert the same of the same two."""
    same = Relation.objects.filter(
        graph=relation.graph_id, subject=relation.subject_id, predicate=relation.predicate, object=relation.object_id
    )
    asserting = when.memories(relation.graph_id).filter(pk__in=same.values("memory"))
    return {
        "title": arrow(relation),
        "kind": "relation",
        "path": page_of(relation),
        "facts": [],
        "more": list_of(Relation, q=relation.subject.ref),
        "ends": [(end.ref, name_of(end), page_of(end)) for end in (relation.subject, relation.object)],
        **_memories(asserting, when, words=words),
    }


def _memories(rows: QuerySet[Memory], when: When, *, words: bool) -> dict[str, Any]:
    found = list(rows.select_related("about").defer("tsv").order_by("-said_at", "pk")[: MOST + 1])
    shown = found[:MOST]
    resting = _words([memory.pk for memory in shown], when.at) if words else {}
    return {
        "memories": [Told(memory, resting.get(memory.pk, []), when.ended(memory)) for memory in shown],
        "has_more": len(found) > MOST,
        "words": words,
        "most": MOST,
    }


def _words(memories: list[UUID], at: datetime | None) -> dict[UUID, list[Source]]:
    """The latest of what each memory rests on, or rested on at a moment: one more than is shown."""
    newest = Window(RowNumber(), partition_by="memory", order_by=[F("episode__said_at").desc(), F("pk").desc()])
    rows = Source.objects.supporting(at).filter(memory__in=memories).annotate(nth=newest)
    found: dict[UUID, list[Source]] = defaultdict(list)
    for row in rows.filter(nth__lte=WORDS_EACH + 1).select_related("episode").defer("episode__tsv").order_by("nth"):
        found[row.memory_id].append(row)
    return found
