"""Memories, entities and relations as the API shows them."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graphs.kinds import MemoryKind
from graphs.models import Entity, Episode, Memory, Relation
from graphs.render import name_of, sentence
from graphs.search import KIND_CHOICES, KINDS, Hit
from memos import ids
from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Metadata, Moment, Text, Whole

MAX_CONTENT = 10_000
ROLES = [(role, role) for role in ("user", "assistant", "system", "tool")]


class SourceOut(CamelSerializer):
    kind = serializers.ChoiceField(Episode.SourceKind.choices)
    id = serializers.CharField()


class EntityRef(CamelSerializer):
    id = serializers.CharField(source="ref")
    name = serializers.SerializerMethodField()
    type = serializers.CharField()

    def get_name(self, entity: Entity) -> str:
        return name_of(entity)


class NewMemory(CamelSerializer):
    content = Text(max_length=MAX_CONTENT, help_text="The fact as a sentence.")
    kind = serializers.ChoiceField(MemoryKind.choices, default=MemoryKind.FACT)
    valid_from = Moment(required=False, allow_null=True)
    valid_to = Moment(required=False, allow_null=True)
    metadata = Metadata(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        starts, ends = attrs.get("valid_from"), attrs.get("valid_to")
        if starts and ends and ends <= starts:
            raise serializers.ValidationError({"validTo": ["It does not lie after validFrom."]})
        return attrs


class MemoryListQuery(PageQuery):
    kind = serializers.ChoiceField(MemoryKind.choices, required=False)
    entity_id = Text(required=False, max_length=100)
    q = Text(required=False, max_length=1000, help_text="Words that the memory holds.")
    include_invalidated = serializers.BooleanField(default=False, help_text="Also what has ended or was retired.")


class MemoryOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    graph_id = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(MemoryKind.choices)
    language = serializers.CharField()
    valid_from = Moment(allow_null=True)
    valid_to = Moment(allow_null=True)
    valid_precision = serializers.CharField(allow_null=True)
    created_at = Moment()
    retired_at = Moment(allow_null=True)
    invalidated_by = serializers.SerializerMethodField()
    confidence = serializers.FloatField()
    entities = serializers.SerializerMethodField()
    message_ids = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    metadata = Metadata()

    def get_graph_id(self, memory: Memory) -> str:
        return ids.encode("grph", memory.graph_id)

    def get_content(self, memory: Memory) -> str:
        return sentence(memory)

    def get_invalidated_by(self, memory: Memory) -> str | None:
        return ids.encode(Memory.PREFIX, memory.invalidated_by_id) if memory.invalidated_by_id else None

    @extend_schema_field(EntityRef(many=True))
    def get_entities(self, memory: Memory) -> Any:
        return EntityRef([mention.entity for mention in memory.mentions.all()], many=True).data

    def get_message_ids(self, memory: Memory) -> list[str]:
        return message_ids(_supporting(memory))

    @extend_schema_field(SourceOut(many=True))
    def get_sources(self, memory: Memory) -> list[dict[str, str]]:
        return sources(_supporting(memory))


class MemoryPage(CamelSerializer):
    memories = MemoryOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class SearchFilters(CamelSerializer):
    kind = serializers.ChoiceField(MemoryKind.choices, required=False, help_text="Of memories.")
    role = serializers.ChoiceField(ROLES, required=False)
    thread_id = Text(required=False, max_length=100)


class SearchQuery(CamelSerializer):
    query = Text(max_length=10_000)
    limit = Whole(default=10, min_value=1, max_value=200)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KIND_CHOICES), default=list(KINDS), allow_empty=False, max_length=len(KINDS)
    )
    groups = serializers.ListField(child=Text(max_length=64), default=list, max_length=20)
    filters = SearchFilters(required=False)

    def validate_kinds(self, kinds: list[str]) -> list[str]:
        return list(dict.fromkeys(kinds))

    def validate_groups(self, groups: list[str]) -> list[str]:
        return list(dict.fromkeys(groups))


class HitOut(CamelSerializer):
    id = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(KIND_CHOICES)
    text = serializers.SerializerMethodField()
    score = serializers.FloatField()
    valid_from = serializers.SerializerMethodField()
    valid_to = serializers.SerializerMethodField()
    message_ids = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()

    def get_id(self, hit: Hit) -> str:
        return hit.record.ref

    def get_text(self, hit: Hit) -> str:
        return text_of(hit)

    def get_valid_from(self, hit: Hit) -> str | None:
        return _time(hit, "valid_from")

    def get_valid_to(self, hit: Hit) -> str | None:
        return _time(hit, "valid_to")

    def get_message_ids(self, hit: Hit) -> list[str]:
        return message_ids(hit.sources)

    @extend_schema_field(SourceOut(many=True))
    def get_sources(self, hit: Hit) -> list[dict[str, str]]:
        return sources(hit.sources)


class SearchOut(CamelSerializer):
    items = HitOut(many=True)


def text_of(hit: Hit) -> str:
    match hit.record:
        case Memory() as memory:
            return sentence(memory)
        case Relation() as relation:
            return f"{name_of(relation.subject)} {relation.predicate} {name_of(relation.object)}"
        case Entity() as entity:
            return f"{name_of(entity)} ({entity.type})"
        case Episode() as episode:
            return f"{episode.speaker}: {episode.content}" if episode.speaker else episode.content


def message_ids(episodes: Sequence[Episode]) -> list[str]:
    return [source["id"] for source in sources(episodes) if source["kind"] == Episode.SourceKind.MESSAGE]


_PREFIXES = {Episode.SourceKind.MESSAGE: "msg", Episode.SourceKind.DOCUMENT: "doc", Episode.SourceKind.STATEMENT: "epi"}


def sources(episodes: Sequence[Episode]) -> list[dict[str, str]]:
    """What the episodes were cut from, each once."""
    named = dict.fromkeys((Episode.SourceKind(episode.source_kind), episode.source_id) for episode in episodes)
    return [{"kind": str(kind), "id": ids.encode(_PREFIXES[kind], key)} for kind, key in named]


def _supporting(memory: Memory) -> list[Episode]:
    """Needs `sources__episode` prefetched."""
    return [source.episode for source in memory.sources.all() if source.role == source.Role.SUPPORTS]


def _time(hit: Hit, name: str) -> str | None:
    memory = hit.record.memory if isinstance(hit.record, Relation) else hit.record
    moment = getattr(memory, name, None)
    return Moment().to_representation(moment) if moment else None
