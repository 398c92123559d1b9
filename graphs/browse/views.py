"""/v1/graphs, /v1/entities and /v1/episodes."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from graphs.browse import rows
from graphs.browse import serializers as forms
from graphs.models import Entity, Episode, Graph, Relation
from graphs.serializers import MemoryListQuery, MemoryOut, MemoryPage
from graphs.views import list_memories, words_in
from ingest import entities as services
from memos.api.pagination import paginate
from memos.api.problems import not_found
from memos.api.views import ProjectViewSet, page_of
from memos.projects.models import RecordQuerySet
from threads.models import Thread


class InGraphViewSet(ProjectViewSet):
    """What hangs in a graph, and is listed under it."""

    def get_graph(self, ref: str) -> Graph:
        graph = Graph.objects.for_project(self.project).by_ref(ref).first()
        if graph is None:
            raise not_found("graph", ref)
        self.graph_id = graph.pk
        return graph


class GraphViewSet(InGraphViewSet):
    queries = {"memories": MemoryListQuery}

    @extend_schema(responses=forms.GraphOut)
    def retrieve(self, request: Request, graph_id: str) -> Response:
        """Get one graph with what it holds."""
        graph = rows.with_stats(Graph.objects.for_project(self.project).by_ref(graph_id)).first()
        if graph is None:
            raise not_found("graph", graph_id)
        return Response(forms.GraphOut(graph).data)

    @extend_schema(parameters=[MemoryListQuery], responses=MemoryPage)
    def memories(self, request: Request, graph_id: str) -> Response:
        """List what a graph holds; by default what is believed and holds now."""
        page = list_memories(self.get_graph(graph_id), self.query)
        return self.page("memories", page, MemoryOut)


class RelationViewSet(InGraphViewSet):
    queries = {"list": forms.RelationListQuery}

    @extend_schema(parameters=[forms.RelationListQuery], responses=forms.RelationPage)
    def list(self, request: Request, graph_id: str) -> Response:
        """List the arrows between the entities of a graph, newest first; by default those that hold now."""
        graph = self.get_graph(graph_id)
        found: QuerySet[Relation] = Relation.objects.filter(graph=graph, **self._wanted(graph))
        if not self.query["include_invalidated"]:
            found = rows.holding(found)
        return self.page("relations", paginate(rows.shown(found), **page_of(self.query)), forms.RelationOut)

    def _wanted(self, graph: Graph) -> dict[str, Any]:
        wanted = {"predicate": self.query["predicate"]} if "predicate" in self.query else {}
        refs = {end: self.query[f"{end}_id"] for end in ("subject", "object") if f"{end}_id" in self.query}
        return wanted | {end: _found(Entity.objects.filter(graph=graph), ref) for end, ref in refs.items()}


class EntityViewSet(InGraphViewSet):
    telling = frozenset({"merge", "split"})
    problems = {"merge": ["MERGED_TOO_DEEPLY"]}
    queries = {"list": forms.EntityListQuery}

    def get_entity(self, ref: str) -> Entity:
        entity = _found(Entity.objects.for_project(self.project), ref)
        self.graph_id = entity.graph_id
        return entity

    @extend_schema(parameters=[forms.EntityListQuery], responses=forms.EntityPage)
    def list(self, request: Request, graph_id: str) -> Response:
        """List the people, places and things that a graph knows of, newest first."""
        found = rows.with_counts(Entity.objects.filter(graph=self.get_graph(graph_id)))
        if "type" in self.query:
            found = found.filter(type=self.query["type"])
        if "q" in self.query:
            found = rows.called_like(found, self.query["q"])
        return self.page("entities", paginate(found, **page_of(self.query)), forms.EntityOut)

    @extend_schema(responses=forms.EntityDetail)
    def retrieve(self, request: Request, entity_id: str) -> Response:
        """Get one entity with its relations and what they lead to."""
        return Response(self._shown(self.get_entity(entity_id)))

    @extend_schema(request=forms.EntityChanges, responses=forms.EntityDetail)
    def partial_update(self, request: Request, entity_id: str) -> Response:
        """Change what an entity is called, its type or its summary."""
        entity = self.get_entity(entity_id)
        changed = services.update_entity(caller=self.caller, entity=entity, **self.body(forms.EntityChanges))
        return Response(self._shown(changed))

    @extend_schema(operation_id="mergeEntities", request=forms.Merge, responses=forms.EntityDetail)
    def merge(self, request: Request, entity_id: str) -> Response:
        """Merge other entities into this one, which keeps its name; a split undoes it."""
        entity = self.get_entity(entity_id)
        merged = services.merge_entities(caller=self.caller, entity=entity, **self.body(forms.Merge))
        return Response(self._shown(merged))

    @extend_schema(request=forms.NewSplit, responses={201: forms.SplitEntities})
    def split(self, request: Request, entity_id: str) -> Response:
        """Undo a merge, or give some of the memories and names of an entity to a new one."""
        entity = self.get_entity(entity_id)
        wanted = services.Split(**self.body(forms.NewSplit))
        left, new = services.split_entity(caller=self.caller, entity=entity, split=wanted)
        counted = rows.with_counts(Entity.objects.all()).in_bulk([left.pk, new.pk])
        answer = {"entity": counted[left.pk], "split": counted[new.pk]}
        return Response(forms.SplitEntities(answer).data, 201)

    def _shown(self, entity: Entity) -> Any:
        counted = rows.with_counts(Entity.objects.filter(pk=entity.pk)).get()
        relations = rows.relations_of(entity)
        counted.merged = entity.merged
        counted.neighbours = rows.neighbours(entity, relations)  # type: ignore[attr-defined]
        counted.relations = relations  # type: ignore[attr-defined]
        return forms.EntityDetail(counted).data


class EpisodeViewSet(InGraphViewSet):
    queries = {"list": forms.EpisodeListQuery}

    @extend_schema(parameters=[forms.EpisodeListQuery], responses=forms.EpisodePage)
    def list(self, request: Request, graph_id: str) -> Response:
        """List what was said or given in a graph, word for word, newest first."""
        found = Episode.objects.filter(graph=self.get_graph(graph_id))
        if "thread_id" in self.query:
            found = found.filter(stream=self._thread(self.query["thread_id"]).pk)
        if "role" in self.query:
            found = found.filter(role=self.query["role"])
        if "q" in self.query:
            found = found.filter(tsv=words_in(found, self.query["q"]))
        return self.page("episodes", paginate(found.defer("tsv"), **page_of(self.query)), forms.EpisodeOut)

    def _thread(self, ref: str) -> Thread:
        thread = Thread.objects.for_project(self.project).by_ref(ref).first()
        if thread is None:
            raise not_found("thread", ref)
        return thread

    @extend_schema(responses=forms.EpisodeDetail)
    def retrieve(self, request: Request, episode_id: str) -> Response:
        """Get one piece of what was said, with the memories that rest on it."""
        episode = Episode.objects.for_project(self.project).defer("tsv").by_ref(episode_id).first()
        if episode is None:
            raise not_found("episode", episode_id)
        return Response(forms.EpisodeDetail(episode).data)


def _found(entities: RecordQuerySet[Entity], ref: str) -> Entity:
    entity = entities.by_ref(ref).first()
    if entity is None:
        raise not_found("entity", ref)
    return entity
