"""Which earlier facts a fact ends, and which later one has ended it already. Each looks only at what is believed."""

import re

from django.db.models import Q

from graphs.entities import keys_of
from graphs.kinds import EntityType
from graphs.models import Memory, Relation
from ingest.extractors.base import SPEAKER, Ending, Fact, Link
from ingest.identify import Place


def own(fact: Fact) -> list[Link]:
    """The links that the speaker is the subject of: those that an ending may speak of."""
    return [link for link in fact.links if link.subject.name == SPEAKER]


def later_end(fact: Fact, place: Place) -> Memory | None:
    """The first of what the speaker said later that ends this fact."""
    links = own(fact)
    if not links:
        return None
    predicates = {link.predicate for link in links}
    later = Memory.objects.believed().filter(graph=place.graph, about=place.speaker, said_at__gt=place.said_at)
    for other in later.exclude(ends=[]).prefetch_related("relations__object").order_by("said_at"):
        endings = [Ending(*ending) for ending in other.ends if ending[0] in predicates]
        if any(_ends(ending, link, _objects(other)) for ending in endings for link in links):
            return other
    return None


def corrected(memory: Memory, fact: Fact, place: Place) -> list[Memory]:
    """The speaker's earlier facts in the very words that this one corrects."""
    if not fact.corrects:
        return []
    rows = Memory.objects.believed().filter(graph=place.graph, about=place.speaker, content__in=fact.corrects)
    return list(rows.filter(said_at__lte=place.said_at).exclude(pk=memory.pk))


def ended(memory: Memory, fact: Fact, place: Place) -> list[Memory]:
    """The earlier facts that this one ends, each once."""
    found = [other for ending in fact.ends for other in _ended_by(memory, fact, ending, place)]
    found += [*_in_slot(memory, fact, place), *_told_over(memory, fact, place)]
    return list({other.pk: other for other in found}.values())


def _in_slot(memory: Memory, fact: Fact, place: Place) -> list[Memory]:
    """Those that hold and begin as this one does, where only one can."""
    if not fact.slot:
        return []
    rows = Memory.objects.holding(place.said_at).filter(graph=place.graph, about=place.speaker)
    return list(rows.filter(content__startswith=fact.slot, said_at__lte=place.said_at).exclude(pk=memory.pk))


def _told_over(memory: Memory, fact: Fact, place: Place) -> list[Memory]:
    """Those that hold and whose sentence says what this one ends."""
    rows = Memory.objects.holding(place.said_at).filter(graph=place.graph, about=place.speaker)
    rows = rows.filter(said_at__lte=place.said_at).exclude(pk=memory.pk)
    return [
        row
        for closing in fact.closes
        for row in rows.filter(content__icontains=closing.word)
        if re.match(closing.pattern, row.content, re.IGNORECASE)
    ]


def _ended_by(memory: Memory, fact: Fact, ending: Ending, place: Place) -> list[Memory]:
    at = fact.span.valid_from or place.said_at
    relations = Relation.objects.filter(graph=place.graph, subject=place.speaker, predicate=ending.predicate)
    if ending.object is None:
        relations = relations.exclude(object__in=memory.relations.values("object"))
    else:
        keys = keys_of(ending.object, EntityType.ORGANIZATION)
        relations = relations.filter(object__names__overlap=list(keys))
    still_open = Q(valid_to=None) | Q(valid_to__gt=at)
    rows = Memory.objects.believed().filter(still_open, pk__in=relations.values("memory"), said_at__lte=place.said_at)
    return list(rows.exclude(pk=memory.pk))


def _objects(memory: Memory) -> set[str]:
    return {name for relation in memory.relations.all() for name in relation.object.names}


def _ends(ending: Ending, link: Link, own_objects: set[str]) -> bool:
    if ending.predicate != link.predicate:
        return False
    keys = keys_of(link.object.name, link.object.type)
    return not keys & own_objects if ending.object is None else bool(keys & keys_of(ending.object, link.object.type))
