"""What a graph holds, as rows with the counts that are shown beside them."""

from django.db.models import F, Func, Q, QuerySet, TextField, Value

from graphs import counts
from graphs.entities import keys_of
from graphs.kinds import EntityType
from graphs.models import Entity, Episode, Graph, Memory, Mention, Relation

MOST_RELATIONS = 200


def with_stats(graphs: QuerySet[Graph]) -> QuerySet[Graph]:
    return graphs.select_related("user", "group").annotate(
        memory_count=counts.memories("pk"),
        entity_count=counts.entities("pk"),
        relation_count=counts.per(holding(Relation.objects.all()), "graph"),
        episode_count=counts.per(Episode.objects.all(), "graph"),
    )


def with_counts(entities: QuerySet[Entity]) -> QuerySet[Entity]:
    spoken_of = Mention.objects.filter(memory__in=Memory.objects.holding())
    return entities.annotate(memory_count=counts.per(spoken_of, "entity")).defer("names", "apart", "merged")


def called_like(entities: QuerySet[Entity], text: str) -> QuerySet[Entity]:
    """Whose name, or one of whose other names, holds the text; accents and case don't matter there."""
    [key] = keys_of(text, EntityType.TOPIC)
    names = Func(F("names"), Value("\n"), function="array_to_string", output_field=TextField())
    return entities.alias(all_names=names).filter(all_names__contains=key)


def holding(relations: QuerySet[Relation]) -> QuerySet[Relation]:
    """What is asserted by memories that are believed and hold now."""
    return relations.filter(memory__in=Memory.objects.holding())


def shown(relations: QuerySet[Relation]) -> QuerySet[Relation]:
    return relations.select_related("subject", "object", "memory").defer("memory__tsv")


def relations_of(entity: Entity) -> list[Relation]:
    """Those that hold now and begin or end at the entity, the newest first."""
    rows = holding(Relation.objects.filter(Q(subject=entity) | Q(object=entity)))
    return list(shown(rows).order_by("-id")[:MOST_RELATIONS])


def neighbours(entity: Entity, relations: list[Relation]) -> list[Entity]:
    ends = (end for relation in relations for end in (relation.subject, relation.object))
    return list({end.pk: end for end in ends if end.pk != entity.pk}.values())
