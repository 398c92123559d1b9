"""Entities and graphs as rows: how one is named, found and made."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from graphs.kinds import EntityType
from graphs.models import Entity, Graph
from memos.projects.models import Project


def key_of(name: str) -> str:
    """Two names with the same key are the same name."""
    return " ".join(name.casefold().split())[:200]


@transaction.atomic
def create_graph(project: Project, kind: Graph.Kind, *, subject_name: str = "") -> Graph:
    """A graph; one of a user comes with its subject, who is called ``subject_name`` where that is known."""
    graph = Graph.objects.create(project=project, kind=kind)
    if kind == Graph.Kind.USER:
        create_entity(graph, subject_name, EntityType.PERSON, timezone.now(), is_subject=True)
    return graph


def create_entity(
    graph: Graph, name: str, type_: str, seen_at: datetime, *, aliases: Sequence[str] = (), is_subject: bool = False
) -> Entity:
    return Entity.objects.create(
        project_id=graph.project_id,
        graph=graph,
        name=name[:200],
        key=key_of(name),
        type=type_,
        aliases=[alias[:200] for alias in aliases],
        is_subject=is_subject,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )


def find_entity(graph: Graph, name: str, type_: str) -> Entity | None:
    """By name or alias, of the same type; a mere topic may turn out to be anything. Two are rather left apart."""
    named = Q(key=key_of(name)) | Q(aliases__contains=[name[:200]])
    rows = Entity.objects.filter(named, graph=graph).order_by("first_seen_at", "id")
    types = {type_, EntityType.TOPIC}
    return next((row for row in rows if row.type in types or type_ == EntityType.TOPIC), None)
