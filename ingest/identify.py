"""Which entity a name means: by name, role, what it is spoken of with, and recency.

It rather leaves two apart than joins two wrongly: what is left apart can be merged, what is joined has mixed two
people's facts. The reasons are in docs/decisions/0007.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from graphs.entities import keys_of, named
from graphs.kinds import EntityType
from graphs.models import Entity, Episode, Graph, Mention, Relation, Source
from ingest.extractors.base import SPEAKER, Fact, Thing

CIRCLES = (
    frozenset({"sibling_of"}),
    frozenset({"child_of"}),
    frozenset({"parent_of"}),
    frozenset({"relative_of"}),
    frozenset({"married_to", "partner_of"}),
    frozenset({"friend_of", "colleague_of"}),
)
"""What somebody is to the speaker. One person may be several things of one circle, not of two: "my sister Anna" and "my
colleague Anna" are two. Whoever is merely known (`knows`) may be anybody."""
ROLES = frozenset().union(*CIRCLES)
OF_PETS = frozenset("has_pet likes dislikes eats does_not_eat takes has_condition allergic_to lives_in".split())
"""What may be said of an animal too."""
RECENTLY, LONG_AGO = timedelta(days=7), timedelta(days=30)
"""One of two is clearly meant when only it was spoken of in this while, and the other not for so long."""


GUESSED = frozenset((EntityType.PLACE, EntityType.ORGANIZATION, EntityType.PRODUCT))
"""Types that are mixed up where nothing is asserted that only one of them could be: is "at Lumen" a firm or a town?"""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A name as it was said: whose it may be follows from the links that its fact asserts."""

    thing: Thing
    roles: frozenset[str]
    """What it is to the speaker: the predicates of the links between them."""
    is_human: bool
    """Whether the fact asserts anything of it that can't be said of a pet."""
    is_linked: bool
    """Whether the fact asserts anything of it, so that its type is more than a guess."""


def mentioned(thing: Thing, fact: Fact) -> Mentioned:
    links = [link for link in fact.links if thing in (link.subject, link.object)]
    own = [link for link in links if SPEAKER in (link.subject.name, link.object.name)]
    return Mentioned(
        thing,
        roles=frozenset(link.predicate for link in own if link.predicate in ROLES),
        is_human=any(link.predicate not in OF_PETS for link in links),
        is_linked=bool(links),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when something was said, and by whom; a text has nobody who speaks."""

    graph: Graph
    episode: Episode
    speaker: Entity | None
    said_at: datetime


def meant_by(name: Mentioned, place: Place) -> list[Entity]:
    """Nobody known (none), this one (one), or it can't be told which (several)."""
    thing = name.thing
    found = [entity for entity in named(place.graph, thing.name, thing.type) if entity != place.speaker]
    alike = [one for one in found if _may_be(one, thing) or (not name.is_human and _is_a_pet(one, thing))]
    alike = alike or _of_a_guessed_type(found, name, place)
    if not alike:
        return _by_a_part_of_the_name(name, place)
    fitting = _fitting(alike, name.roles, place)
    return fitting if len(fitting) < 2 else _clearly_meant(fitting, place)


def _may_be(entity: Entity, thing: Thing) -> bool:
    """The same type; a topic may turn out to be anything that is spelled like it: a rose is no Rose."""
    if entity.type == thing.type:
        return True
    return EntityType.TOPIC in (entity.type, thing.type) and _initials(entity.name) == _initials(thing.name)


def _initials(name: str) -> list[bool]:
    return [word[0].isupper() for word in name.split()]


def _is_a_pet(entity: Entity, thing: Thing) -> bool:
    """ "Rex is three": what a message does not introduce is taken for a person, though it may be the dog."""
    return (thing.type, entity.type) == (EntityType.PERSON, EntityType.ANIMAL) and entity.name[:1].isupper()


def _of_a_guessed_type(found: Sequence[Entity], name: Mentioned, place: Place) -> list[Entity]:
    """The only one of this name in the thread, where something is asserted of one and the other's type is a guess."""
    others = [entity for entity in found if {entity.type, name.thing.type} <= GUESSED]
    if len(others) != 1 or not _are_spoken_of_here(others, place):
        return []
    known = Relation.objects.filter(Q(subject=others[0]) | Q(object=others[0])).exists()
    return others if name.is_linked != known else []


def _fitting(found: Sequence[Entity], roles: frozenset[str], place: Place) -> list[Entity]:
    """Those that the roles don't rule out; where some have the role already, it is one of those."""
    if not roles:
        return list(found)
    known = roles_of(found, place.speaker)
    same = [entity for entity in found if known[entity.pk] & roles]
    return same or [entity for entity in found if not known[entity.pk] or _in_one_circle(known[entity.pk] | roles)]


def _in_one_circle(roles: frozenset[str]) -> bool:
    return any(roles <= circle for circle in CIRCLES)


def roles_of(entities: Iterable[Entity], speaker: Entity | None) -> dict[UUID, frozenset[str]]:
    """What each of the entities is known to be to the speaker."""
    known: dict[UUID, frozenset[str]] = {entity.pk: frozenset() for entity in entities}
    if speaker is None:
        return known
    rows = Relation.objects.filter(subject=speaker, object__in=known, predicate__in=ROLES, memory__retired_at=None)
    for key, predicate in rows.values_list("object", "predicate").distinct():
        known[key] |= {predicate}
    return known


def _clearly_meant(found: Sequence[Entity], place: Place) -> list[Entity]:
    """The only one that this message, this thread, or anything of late speaks of; otherwise all of them."""
    mentions = Mention.objects.filter(entity__in=found, memory__retired_at=None)
    resting = Source.objects.filter(graph=place.graph, role=Source.Role.SUPPORTS)
    for here in (Q(episode__source_id=place.episode.source_id), Q(episode__stream=place.episode.stream)):
        memories = resting.filter(here).values("memory")
        spoken_of = set(mentions.filter(memory__in=memories).values_list("entity", flat=True))
        if spoken_of:
            only = [entity for entity in found if entity.pk in spoken_of]
            return only if len(only) == 1 else list(found)
    return _most_recent(found, mentions, place)


def _most_recent(found: Sequence[Entity], mentions: QuerySet[Mention], place: Place) -> list[Entity]:
    before = mentions.filter(memory__said_at__lte=place.said_at).order_by()
    last = dict(before.values_list("entity").annotate(last=Max("memory__said_at")))
    lately = [entity for entity in found if entity.pk in last and last[entity.pk] >= place.said_at - RECENTLY]
    others = (last[entity.pk] for entity in found if entity.pk in last and entity not in lately)
    clear = len(lately) == 1 and all(moment < place.said_at - LONG_AGO for moment in others)
    return lately if clear else list(found)


def _by_a_part_of_the_name(name: Mentioned, place: Place) -> list[Entity]:
    """ "Tom" for Tom Baker, or "my brother Tom Baker" for the brother Tom: only where something else says so too.

    The role must be the same, or the full name must have been used in this thread, and by nobody else who shares it.
    """
    thing = name.thing
    if thing.type != EntityType.PERSON:
        return []
    [key] = keys_of(thing.name, thing.type)
    first = key.split()[0]
    people = Entity.objects.filter(graph=place.graph, type=EntityType.PERSON, is_subject=False)
    sharing = people.filter(Q(key__startswith=f"{first} ") | Q(names__contains=[first])).exclude(apart__contains=[key])
    found = [entity for entity in sharing if entity != place.speaker and _is_part(key, entity)]
    if name.roles:
        known = roles_of(found, place.speaker)
        found = [entity for entity in found if known[entity.pk] & name.roles]
    elif " " in key or not _are_spoken_of_here(found, place):
        return []
    return found if len(found) == 1 else []


def _is_part(key: str, entity: Entity) -> bool:
    return any(one.startswith(f"{key} ") or key.startswith(f"{one} ") for one in entity.names)


def _are_spoken_of_here(found: Sequence[Entity], place: Place) -> bool:
    resting = Source.objects.filter(graph=place.graph, episode__stream=place.episode.stream)
    return Mention.objects.filter(entity__in=found, memory__in=resting.values("memory")).exists()
