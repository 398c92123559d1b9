"""Names that are known only from what goes, and entities that nothing speaks of any more."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from graphs.entities import NAMING, call, key_of
from graphs.models import Entity, Episode, Graph, Memory, Mention, Relation

_SEEN = """
UPDATE graphs_entity e
   SET first_seen_at = greatest(e.first_seen_at, seen.first),
       last_seen_at = greatest(e.first_seen_at, seen.first, least(e.last_seen_at, seen.last))
  FROM (SELECT spoken.entity_id, min(spoken.said_at) AS first, max(spoken.said_at) AS last
          FROM (SELECT DISTINCT ON (n.id) n.entity_id, p.said_at
                  FROM graphs_mention n
                  JOIN graphs_source s ON s.memory_id = n.memory_id AND s.role IN ('supports', 'former')
                  JOIN graphs_episode p ON p.id = s.episode_id
                 WHERE n.entity_id = ANY(%s)
                 ORDER BY n.id, s.recorded_at) spoken
         GROUP BY spoken.entity_id) seen
 WHERE e.id = seen.entity_id AND NOT e.is_subject
"""
"""An entity was seen when the memories that speak of it were first said; the span only becomes narrower."""


def given_by(graph: Graph, episodes: QuerySet[Episode], gone: Collection[UUID]) -> dict[UUID, set[str]]:
    """The keys of the names that each entity has from what goes, and from nothing else. Ask before it goes."""
    named = _names(Mention.objects.filter(memory__in=gone))
    for entity, keys in _names(Mention.objects.filter(entity__in=named).exclude(memory__in=gone)).items():
        named[entity] -= keys
    speakers = _speakers_of(graph, episodes)
    if speakers:
        for subject in Entity.objects.filter(graph=graph, is_subject=True).values_list("pk", flat=True):
            kept = _names(Mention.objects.filter(entity=subject).exclude(memory__in=gone))
            named.setdefault(subject, set()).update(speakers - kept[subject])
    return {entity: keys for entity, keys in named.items() if keys}


def heard(entity: Entity) -> set[str]:
    """The keys of the names by which what was said makes an entity known, or under which anybody spoke."""
    speakers = Episode.objects.filter(graph=entity.graph_id).exclude(speaker="").values_list("speaker", flat=True)
    return _names(Mention.objects.filter(entity=entity))[entity.pk] | set(map(key_of, speakers.distinct()))


def _names(mentions: QuerySet[Mention]) -> defaultdict[UUID, set[str]]:
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for entity, names in mentions.exclude(names=[]).values_list("entity", "names"):
        found[entity].update(map(key_of, names))
    return found


def _speakers_of(graph: Graph, episodes: QuerySet[Episode]) -> set[str]:
    """Whom only the episodes that go name as their speaker."""
    speakers = set(episodes.exclude(speaker="").values_list("speaker", flat=True).distinct())
    others = Episode.objects.filter(graph=graph, speaker__in=speakers).exclude(pk__in=episodes.values("pk"))
    return {key_of(name) for name in speakers - set(others.values_list("speaker", flat=True).distinct())}


def take_back(lost: dict[UUID, set[str]], given: Iterable[str]) -> int:
    """Unlearn names but the ``given`` ones: an entity that loses its name is called by the one before. Counts them."""
    kept = set(map(key_of, given))
    entities = [entity for entity in Entity.objects.filter(pk__in=lost) if _unlearn(entity, lost[entity.pk] - kept)]
    Entity.objects.bulk_update(entities, NAMING)
    return len(entities)


def _unlearn(entity: Entity, keys: set[str]) -> bool:
    others = [alias for alias in entity.aliases if key_of(alias) not in keys]
    if entity.key not in keys:
        before = entity.aliases
        call(entity, entity.name, others)
        return entity.aliases != before
    if others or entity.is_subject:
        call(entity, others.pop() if others else "", others)
        return True
    return False


def forget_unmentioned(graph: Graph) -> int:
    """Entities that nothing speaks of any more go; never the subject."""
    mentions = Mention.objects.filter(entity=OuterRef("pk"))
    memories = Memory.objects.filter(about=OuterRef("pk"))
    arrows = Relation.objects.filter(Q(subject=OuterRef("pk")) | Q(object=OuterRef("pk")))
    unused = Q(~Exists(mentions), ~Exists(memories), ~Exists(arrows))
    rows = Entity.objects.filter(unused, graph=graph, is_subject=False)
    return rows._raw_delete(rows.db)


def see_again(entities: Iterable[UUID]) -> None:
    """When entities were seen, by what still speaks of them."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [list(entities)])
