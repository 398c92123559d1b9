"""Entities and graphs as rows: how one is named, found and made."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from graphs.kinds import EntityType
from graphs.models import Entity, Graph
from memos.projects.models import Project

LONGEST_NAME = 200
_LEGAL_FORM = re.compile(
    r",? (?:inc|incorporated|llc|llp|ltd|limited|plc|corp|corporation|co|gmbh|ag|kg|se|s\.?a|s\.?r\.?l|s\.?p\.?a|b\.?v|"
    r"n\.?v|a\.?b|oy|pty ltd)\.?$"
)
_ACCENTED = re.compile("(?<=[a-z])[\u0300-\u036f]+")
"""Accents on Latin letters. In other scripts the signs above and below a letter make it another one."""


def key_of(name: str) -> str:
    """Two names with the same key are the same name."""
    return " ".join(name.casefold().split())[:LONGEST_NAME]


def keys_of(name: str, type_: str) -> set[str]:
    """What a name is looked up by: its key without accents, and an organisation's also without its legal form."""
    key = unicodedata.normalize("NFC", _ACCENTED.sub("", unicodedata.normalize("NFKD", key_of(name))))
    key = key.replace("’", "'")[:LONGEST_NAME]
    return {key, _LEGAL_FORM.sub("", key)} if type_ == EntityType.ORGANIZATION else {key}


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
    entity = Entity(
        project_id=graph.project_id,
        graph=graph,
        type=type_,
        is_subject=is_subject,
        first_seen_at=seen_at,
        last_seen_at=seen_at,
    )
    call(entity, name, aliases)
    entity.save(force_insert=True)
    return entity


NAMING = ("name", "key", "aliases", "names")
"""The columns that `call` sets."""


def call(entity: Entity, name: str, aliases: Iterable[str]) -> None:
    """Give an entity its name, its other names, and what it is found by; nothing is saved."""
    entity.name, entity.key = name[:LONGEST_NAME], key_of(name)
    others = (alias[:LONGEST_NAME] for alias in aliases if alias.strip() and key_of(alias) != entity.key)
    entity.aliases = list({key_of(alias): alias for alias in others}.values())
    keys = (keys_of(each, entity.type) for each in (entity.name, *entity.aliases) if each)
    entity.names = sorted(set().union(*keys))


def named(graph: Graph, name: str, type_: str) -> QuerySet[Entity]:
    """Every entity that goes by a name, of whatever type, the oldest first."""
    return Entity.objects.filter(graph=graph, names__overlap=list(keys_of(name, type_))).order_by("first_seen_at", "id")
