"""Graphs, entities, relations and episodes as the API shows them."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graphs.kinds import EntityType
from graphs.models import Entity, Episode, Graph, Relation
from graphs.models.memory import SUPPORTING
from graphs.render import name_of
from graphs.serializers import ROLES, EntityRef, SourceOut, message_ids, sources
from memos import ids
from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Moment, Ref, Text

MOST_ALIASES = 100
MOST_AT_ONCE = 200
LONGEST_NAME = 200


class EntityListQuery(PageQuery):
    type = serializers.ChoiceField(EntityType.choices, required=False, help_text="Of that type only.")
    q = Text(required=False, max_length=200, help_text="A part of the name or of an alias.")


class RelationListQuery(PageQuery):
    subject_id = Ref("Entity", required=False, help_text="The entity at which they begin.")
    object_id = Ref("Entity", required=False, help_text="The entity at which they end.")
    predicate = Text(required=False, max_length=50, help_text="Such as `works_at`.")
    include_invalidated = serializers.BooleanField(default=False, help_text="Also what has ended or was retired.")


class EpisodeListQuery(PageQuery):
    thread_id = Text(required=False, max_length=100, help_text="Said in that thread.")
    role = serializers.ChoiceField(ROLES, required=False, help_text="Said by that role.")
    q = Text(required=False, max_length=1000, help_text="Words that were said.")


class GraphHoldings(CamelSerializer):
    memories = serializers.IntegerField(source="memory_count", help_text="What is believed and holds now.")
    entities = serializers.IntegerField(source="entity_count")
    relations = serializers.IntegerField(source="relation_count")
    episodes = serializers.IntegerField(source="episode_count")


class GraphOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    kind = serializers.ChoiceField(Graph.Kind.choices)
    user_id = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField()
    stats = GraphHoldings(source="*")
    created_at = Moment()

    def get_user_id(self, graph: Graph) -> str | None:
        return graph.user.ref if graph.kind == Graph.Kind.USER else None

    def get_group(self, graph: Graph) -> str | None:
        return graph.group.name if graph.kind == Graph.Kind.GROUP else None


class EntityOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    graph_id = serializers.SerializerMethodField()
    name = serializers.SerializerMethodField()
    type = serializers.ChoiceField(EntityType.choices)
    aliases = serializers.ListField(child=serializers.CharField())
    summary = serializers.SerializerMethodField()
    is_subject = serializers.BooleanField(help_text="Whether it is the user whose graph this is.")
    memory_count = serializers.IntegerField(help_text="Memories that speak of it, are believed and hold now.")
    first_seen_at = Moment()
    last_seen_at = Moment()

    def get_graph_id(self, entity: Entity) -> str:
        return ids.encode("grph", entity.graph_id)

    def get_name(self, entity: Entity) -> str:
        return name_of(entity)

    def get_summary(self, entity: Entity) -> str | None:
        return entity.summary or None


class EntityPage(CamelSerializer):
    entities = EntityOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class NamedRef(CamelSerializer):
    """An entity at an end of a relation."""

    id = Ref("Entity", source="ref")
    name = serializers.SerializerMethodField()

    def get_name(self, entity: Entity) -> str:
        return name_of(entity)


class RelationOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    subject = NamedRef()
    predicate = serializers.CharField()
    object = NamedRef()
    memory_id = serializers.SerializerMethodField()
    valid_from = Moment(source="memory.valid_from", allow_null=True)
    valid_to = Moment(source="memory.valid_to", allow_null=True)

    def get_memory_id(self, relation: Relation) -> str:
        return ids.encode("mem", relation.memory_id)


class RelationPage(CamelSerializer):
    relations = RelationOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class MergedOut(CamelSerializer):
    """An entity that was merged into another."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField()

    @extend_schema_field(Ref("Entity"))
    def get_id(self, record: dict[str, Any]) -> str:
        return ids.encode("ent", UUID(record["id"]))


class EntityDetail(EntityOut):
    relations = RelationOut(many=True, help_text="That hold now, the newest first, 200 at most.")
    neighbours = EntityRef(many=True, help_text="What those relations lead to.")
    merged = MergedOut(many=True, help_text="What was merged into it, and can be split off again.")


class EpisodeOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    graph_id = serializers.SerializerMethodField()
    content = serializers.CharField()
    role = serializers.SerializerMethodField(help_text="null where nobody said it.")
    speaker = serializers.SerializerMethodField()
    language = serializers.CharField()
    said_at = Moment()
    created_at = Moment()
    thread_id = serializers.SerializerMethodField()
    message_ids = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()

    def get_graph_id(self, episode: Episode) -> str:
        return ids.encode("grph", episode.graph_id)

    @extend_schema_field(serializers.ChoiceField(ROLES, allow_null=True))
    def get_role(self, episode: Episode) -> str | None:
        return episode.role or None

    def get_speaker(self, episode: Episode) -> str | None:
        return episode.speaker or None

    def get_thread_id(self, episode: Episode) -> str | None:
        is_message = episode.source_kind == Episode.SourceKind.MESSAGE
        return ids.encode("thr", episode.stream) if is_message else None

    def get_message_ids(self, episode: Episode) -> list[str]:
        return message_ids([episode])

    @extend_schema_field(SourceOut(many=True))
    def get_sources(self, episode: Episode) -> list[dict[str, str]]:
        return sources([episode])


class EpisodePage(CamelSerializer):
    episodes = EpisodeOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class EpisodeDetail(EpisodeOut):
    memory_ids = serializers.SerializerMethodField(help_text="The memories that rest on it.")

    def get_memory_ids(self, episode: Episode) -> list[str]:
        rows = episode.sources.filter(role__in=SUPPORTING, memory__retired_at=None).order_by("memory")
        return [ids.encode("mem", key) for key in rows.values_list("memory", flat=True)]


def _names() -> serializers.ListField:
    return serializers.ListField(child=Text(max_length=LONGEST_NAME), required=False, max_length=MOST_ALIASES)


def _refs(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=Text(max_length=100), max_length=MOST_AT_ONCE, **options)


class EntityChanges(CamelSerializer):
    name = Text(required=False, max_length=LONGEST_NAME, help_text="The earlier name stays an alias.")
    type = serializers.ChoiceField(EntityType.choices, required=False)
    aliases = _names()
    summary = Text(required=False, allow_blank=True, max_length=2_000)


class Merge(CamelSerializer):
    entity_ids = _refs(allow_empty=False, help_text="Entities of the same graph that are to become part of this one.")


class NewSplit(CamelSerializer):
    json_schema = {"if": {"required": ["entityId"]}, "then": {"maxProperties": 1}, "else": {"required": ["name"]}}

    entity_id = Text(required=False, max_length=100, help_text="An entity that was merged into this one: undo that.")
    name = Text(required=False, max_length=LONGEST_NAME, help_text="Of a new entity, in place of entityId.")
    type = serializers.ChoiceField(EntityType.choices, required=False, help_text="Of the new entity.")
    aliases = _names()
    memory_ids = _refs(required=False, help_text="Memories that speak of the new entity, not of this one.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "entity_id" in attrs and len(attrs) > 1:
            raise serializers.ValidationError({"entityId": ["Give entityId alone, or the name of a new entity."]})
        if not attrs.keys() & {"entity_id", "name"}:
            raise serializers.ValidationError({"name": ["Give the name of a new entity, or entityId."]})
        return attrs


class SplitEntities(CamelSerializer):
    """What an entity became."""

    entity = EntityOut()
    split = EntityOut()
