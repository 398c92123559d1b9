"""Memories, entities and relations as the API shows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graphs.kinds import EntityType, MemoryKind, Precision
from graphs.models import Entity, Episode, Memory, MemoryRevision, Relation
from graphs.render import in_words, name_of, sentence
from graphs.search import KIND_CHOICES, KINDS, Hit
from memos import ids
from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Metadata, Moment, Ref, Text, Whole

MAX_CONTENT = 10_000
ROLES = [(role, role.capitalize()) for role in ("user", "assistant", "system", "tool")]


class SourceOut(CamelSerializer):
    """What a memory rests on, or what was recalled was said in."""

    kind = serializers.ChoiceField(Episode.SourceKind.choices)
    id = Ref("Message", "Document", "Episode", help_text="A statement is an episode.")


class EntityRef(CamelSerializer):
    id = serializers.CharField(source="ref")
    name = serializers.SerializerMethodField()
    type = serializers.ChoiceField(EntityType.choices)

    def get_name(self, entity: Entity) -> str:
        return name_of(entity)


class MemoryChanges(CamelSerializer):
    content = Text(required=False, max_length=MAX_CONTENT, help_text="The fact as a sentence.")
    kind = serializers.ChoiceField(MemoryKind.choices, required=False)
    valid_from = Moment(required=False, allow_null=True)
    valid_to = Moment(required=False, allow_null=True, help_text="null opens a fact that had ended.")
    metadata = Metadata(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        starts, ends = attrs.get("valid_from"), attrs.get("valid_to")
        if starts and ends and ends <= starts:
            raise serializers.ValidationError({"validTo": ["It does not lie after validFrom."]})
        return attrs


class NewMemory(MemoryChanges):
    content = Text(max_length=MAX_CONTENT, help_text="The fact as a sentence.")
    kind = serializers.ChoiceField(MemoryKind.choices, default=MemoryKind.FACT)
    valid_to = Moment(required=False, allow_null=True)


class PastMoment(Moment):
    """A time at which something may have been believed already."""

    default_error_messages = {"future": "It lies in the future: nothing is believed yet then."}

    def to_internal_value(self, data: Any) -> Any:
        moment = super().to_internal_value(data)
        if moment > timezone.now():
            self.fail("future")
        return moment


class MemoryListQuery(PageQuery):
    kind = serializers.ChoiceField(MemoryKind.choices, required=False, help_text="Of that kind only.")
    entity_id = Text(required=False, max_length=100, help_text="That speak of this entity.")
    q = Text(required=False, max_length=1000, help_text="Words that the memory holds.")
    as_of = PastMoment(required=False, help_text="What was believed at that time, as it was believed then.")
    include_invalidated = serializers.BooleanField(default=False, help_text="Also what has ended or was retired.")


class MemoryOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    graph_id = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(MemoryKind.choices)
    language = serializers.CharField()
    valid_from = Moment(allow_null=True)
    valid_to = Moment(allow_null=True)
    valid_precision = serializers.ChoiceField(Precision.choices, allow_null=True)
    created_at = Moment()
    retired_at = Moment(allow_null=True)
    invalidated_by = serializers.SerializerMethodField()
    confidence = serializers.FloatField(min_value=0, max_value=1)
    entities = serializers.SerializerMethodField()
    message_ids = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()
    metadata = Metadata()

    def get_graph_id(self, memory: Memory) -> str:
        return ids.encode("grph", memory.graph_id)

    def get_content(self, memory: Memory) -> str:
        return sentence(memory)

    @extend_schema_field(Ref("Memory", allow_null=True))
    def get_invalidated_by(self, memory: Memory) -> str | None:
        return _memory_ref(memory.invalidated_by_id)

    @extend_schema_field(EntityRef(many=True))
    def get_entities(self, memory: Memory) -> Any:
        return EntityRef([mention.entity for mention in memory.mentions.all()], many=True).data

    def get_message_ids(self, memory: Memory) -> list[str]:
        return message_ids(_supporting(memory))

    @extend_schema_field(SourceOut(many=True))
    def get_sources(self, memory: Memory) -> list[dict[str, str]]:
        return sources(_supporting(memory))


class RevisionOut(CamelSerializer):
    """An earlier state of a memory; ``changedBy`` and ``reason`` tell of the change that ended it."""

    content = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(MemoryKind.choices)
    valid_from = Moment(allow_null=True)
    valid_to = Moment(allow_null=True)
    valid_precision = serializers.ChoiceField(Precision.choices, allow_null=True)
    invalidated_by = serializers.SerializerMethodField()
    metadata = Metadata()
    recorded_from = Moment()
    recorded_to = Moment()
    retired_at = Moment(allow_null=True, help_text="Set where it was withdrawn in that span: nobody believed it.")
    changed_by = serializers.ChoiceField(MemoryRevision.ChangedBy.choices)
    reason = serializers.CharField()

    def get_content(self, revision: MemoryRevision) -> str:
        return in_words(revision.content, revision.memory.about)

    @extend_schema_field(Ref("Memory", allow_null=True))
    def get_invalidated_by(self, revision: MemoryRevision) -> str | None:
        return _memory_ref(revision.invalidated_by_id)


class History(CamelSerializer):
    revisions = RevisionOut(many=True)


class MemoryPage(CamelSerializer):
    memories = MemoryOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class GroupSearchFilters(CamelSerializer):
    kind = serializers.ChoiceField(MemoryKind.choices, required=False, help_text="Of memories.")
    role = serializers.ChoiceField(ROLES, required=False, help_text="Said by that role.")

    def get_fields(self) -> dict[str, Any]:
        """With the two whose names are words of Python."""
        said = {
            "from": Moment(source="starts", required=False, help_text="Said at that time or later."),
            "to": Moment(source="ends", required=False, help_text="Said before that time."),
        }
        return super().get_fields() | said

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "starts" in attrs and "ends" in attrs and attrs["ends"] <= attrs["starts"]:
            raise serializers.ValidationError({"to": ["It has to come after from."]})
        return attrs


class SearchFilters(GroupSearchFilters):
    thread_id = Text(required=False, max_length=100)


class GroupSearchQuery(CamelSerializer):
    """What a search in one graph takes."""

    query = Text(max_length=10_000)
    limit = Whole(default=10, min_value=1, max_value=200)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KIND_CHOICES), default=list(KINDS), allow_empty=False, max_length=len(KINDS)
    )
    as_of = PastMoment(required=False, help_text="What had been heard and was believed at that time.")
    filters = GroupSearchFilters(required=False)

    def validate_kinds(self, kinds: list[str]) -> list[str]:
        return list(dict.fromkeys(kinds))


class SearchQuery(GroupSearchQuery):
    """Of a user, who has threads and shares groups."""

    groups = serializers.ListField(child=Text(max_length=64), default=list, max_length=20)
    filters = SearchFilters(required=False)

    def validate_groups(self, groups: list[str]) -> list[str]:
        return list(dict.fromkeys(groups))


class HitOut(CamelSerializer):
    id = Ref("Memory", "Entity", "Relation", "Episode", source="record.ref", help_text="Of what `kind` says.")
    kind = serializers.ChoiceField(KIND_CHOICES)
    text = serializers.SerializerMethodField()
    score = serializers.FloatField()
    valid_from = serializers.SerializerMethodField()
    valid_to = serializers.SerializerMethodField()
    message_ids = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()

    def get_text(self, hit: Hit) -> str:
        return text_of(hit)

    @extend_schema_field(Moment(allow_null=True))
    def get_valid_from(self, hit: Hit) -> str | None:
        return _time(hit, "valid_from")

    @extend_schema_field(Moment(allow_null=True))
    def get_valid_to(self, hit: Hit) -> str | None:
        return _time(hit, "valid_to")

    def get_message_ids(self, hit: Hit) -> list[str]:
        return message_ids(hit.sources)

    @extend_schema_field(SourceOut(many=True))
    def get_sources(self, hit: Hit) -> list[dict[str, str]]:
        return sources(hit.sources)


class SearchResults(CamelSerializer):
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


def _memory_ref(key: UUID | None) -> str | None:
    return ids.encode(Memory.PREFIX, key) if key else None


def _supporting(memory: Memory) -> list[Episode]:
    """Needs `graphs.views.with_provenance`, which fetches nothing but what it rests on."""
    return [source.episode for source in memory.sources.all()]


def _time(hit: Hit, name: str) -> str | None:
    memory = hit.record.memory if isinstance(hit.record, Relation) else hit.record
    moment = getattr(memory, name, None)
    return Moment().to_representation(moment) if moment else None
