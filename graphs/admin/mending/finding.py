"""Others of the same graph that a row may be merged with: like it, or found by a word."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q, QuerySet

from graphs.admin.base import arrow, span
from graphs.browse.rows import called_like
from graphs.languages import search_config
from graphs.models import Entity, Memory, Mention, Relation
from graphs.models.memory import SPEAKER
from graphs.render import name_of, sentence
from ingest.entities import JOINS_THE_SUBJECT
from memos import ids
from memos.projects.console.search import text_query
from memos.projects.console.shown import NOTHING
from memos.projects.models import Record

OFFERED = 30
LOOKED_AT = 500
MOST_OF_AN_ENTITY = 200
_WORD = re.compile(r"\w{3,}")


def keys_of(model: type[Record], refs: Sequence[str]) -> list[UUID]:
    return [key for key in (ids.decode(model.PREFIX, ref) for ref in refs) if key]


def memories_like(memory: Memory, words: str, ticked: Sequence[str]) -> list[Memory]:
    """The ticked ones first; without words those that have some of the memory's own, and then the newest of whom it is
    about."""
    others = Memory.objects.believed().filter(graph=memory.graph_id).exclude(pk=memory.pk)
    query = text_query(words) if words else _any_word(memory)
    newest = others.filter(tsv=query).order_by("-pk").values("pk")[:LOOKED_AT]
    ranked = others.filter(pk__in=newest).annotate(rank=SearchRank(F("tsv"), query)).order_by("-rank", "-pk")
    kept = others.filter(pk__in=keys_of(Memory, ticked)).order_by("pk")
    found = [kept, ranked] if words else [kept, ranked, others.filter(about=memory.about_id).order_by("-pk")]
    return _joined(*(rows.select_related("about").defer("tsv") for rows in found))


def _any_word(memory: Memory) -> Any:
    words = " or ".join(_WORD.findall(memory.content.replace(SPEAKER, " "))[:20])
    return SearchQuery(words, config=search_config(memory.language), search_type="websearch")


def entities_like(entity: Entity, words: str, ticked: Sequence[str]) -> list[Entity]:
    """The ticked ones first; without words those that share a part of a name, and then the last that were seen."""
    others = Entity.objects.filter(graph=entity.graph_id, is_subject=False).exclude(pk=entity.pk)
    if entity.is_subject:
        others = others.filter(type__in=JOINS_THE_SUBJECT)
    kept = others.filter(pk__in=keys_of(Entity, ticked)).order_by("pk")
    if words:
        return _joined(kept, called_like(others, words).order_by("-last_seen_at"))
    alike = Q()
    for word in _WORD.findall(" ".join((entity.name, *entity.aliases)))[:20]:
        alike |= Q(key__icontains=word)
    near = others.filter(alike) if alike else others.none()
    return _joined(kept, near.order_by("-last_seen_at"), others.filter(type=entity.type).order_by("-last_seen_at"))


def _joined(*found: QuerySet[Any]) -> list[Any]:
    """The first whole, of the others as many as are offered."""
    rows: dict[Any, Any] = {row.pk: row for row in found[0][:LOOKED_AT]}
    most = len(rows) + OFFERED
    for more in found[1:]:
        for row in more[:OFFERED]:
            if len(rows) < most:
                rows.setdefault(row.pk, row)
    return list(rows.values())


def memory_choices(rows: Iterable[Memory]) -> list[tuple[str, str]]:
    return [(row.ref, _told(row)) for row in rows]


def _told(memory: Memory) -> str:
    held = span(memory.valid_from, memory.valid_to, memory.valid_precision)
    return sentence(memory)[:300] + (f" ({held})" if held != NOTHING else "")


def entity_choices(rows: Iterable[Entity]) -> list[tuple[str, str]]:
    return [(row.ref, f"{name_of(row)} ({', '.join([row.type, *row.aliases[:5]])})") for row in rows]


def memories_of(entity: Entity) -> list[tuple[str, str]]:
    rows = Mention.objects.filter(entity=entity).select_related("memory__about").defer("memory__tsv")
    return [(row.memory.ref, _told(row.memory)) for row in rows.order_by("-pk")[:MOST_OF_AN_ENTITY]]


def relations_of(entity: Entity) -> list[tuple[str, str]]:
    ends = Q(subject=entity) | Q(object=entity)
    rows = Relation.objects.filter(ends, graph=entity.graph_id).select_related("subject", "object")
    return [(row.ref, arrow(row)) for row in rows.order_by("-pk")[:MOST_OF_AN_ENTITY]]
