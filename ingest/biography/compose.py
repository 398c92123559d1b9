"""The text of a summary, and the memories that it rests on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from graphs.models import Entity, Graph, Memory
from graphs.render import name_of
from ingest.biography.choice import CLOSE, HEALTH, HOME, PLANS, SKILLS, TASTES, WHO, Told, chosen, lasts
from ingest.biography.people import Person, close_ones, is_of_a_couple, together
from ingest.biography.wording import Clause, clause_of, listed, sentences, since

MAX_PEOPLE = 2
LEAST_CONFIDENCE = 0.7
MOST_WORDS = 120
MOST_FACTS = 500
"""The latest; nobody needs more for a hundred words."""
MOST_CLAUSES = {WHO: 6, HOME: 2, CLOSE: 5, HEALTH: 5, TASTES: 5, SKILLS: 4, PLANS: 4}
"""What is told, in this order, and how much of it at most."""


def compose(graph: Graph) -> tuple[str, list[UUID]]:
    """The text, and the memories that it rests on: each of its words stands in one of them."""
    now = timezone.now()
    people = _people(graph)
    room = MOST_WORDS // max(1, len(people))
    told = [(person, _portrait(list(_facts(graph).filter(about=person)[:MOST_FACTS]), now, room)) for person in people]
    texts = [(name_of(person), sentences_of(portrait)) for person, portrait in told]
    texts = [(name, text) for name, text in texts if text]
    shown = [f"{name}: {text}" for name, text in texts] if len(texts) > 1 else [text for _, text in texts]
    used = (key for _, portrait in told for part in portrait for clause in part for key in clause.memories)
    return "\n".join(shown), list(dict.fromkeys(used))


def _people(graph: Graph) -> list[Entity]:
    """The subject, or else those who speak of themselves most: a graph may hold a dialogue of two."""
    subject = Entity.objects.filter(graph=graph, is_subject=True)
    if _facts(graph).filter(about__in=subject).exists():
        return list(subject)
    talkative = _facts(graph).order_by().values_list("about").annotate(facts=Count("pk")).order_by("-facts", "about")
    order = [about for about, _ in talkative[:MAX_PEOPLE]]
    return sorted(Entity.objects.filter(pk__in=order), key=lambda person: order.index(person.pk))


def _facts(graph: Graph) -> QuerySet[Memory]:
    """What holds now and is sure enough, the latest first."""
    rows = Memory.objects.holding().filter(graph=graph, about__isnull=False, confidence__gte=LEAST_CONFIDENCE)
    return rows.select_related("about").prefetch_related("relations__object").order_by("-said_at", "-id")


Portrait = list[list[Clause]]
"""The clauses of each section."""


def _portrait(facts: Sequence[Memory], now: datetime, room: int) -> Portrait:
    people, told = close_ones(facts)
    sections = chosen([fact for fact in facts if fact.pk not in told], now)
    clauses = {name: [clause for each in sections.get(name, []) if (clause := _clause(each))] for name in MOST_CLAUSES}
    couple = {each.fact.pk for each in sections.get(CLOSE, []) if is_of_a_couple(each.fact)}
    _introduce(people, clauses, after=couple)
    return _short_enough([listed(clauses[name])[:most] for name, most in MOST_CLAUSES.items()], room)


def _clause(told: Told) -> Clause | None:
    """The first wording that is short enough, with the date that another one has."""
    clause = next(filter(None, map(clause_of, (told.fact, *told.also))), None)
    for other in told.also:
        clause = since(clause, other) if clause and lasts(other) else clause
    return clause


def _introduce(people: Iterable[Person], clauses: dict[str, list[Clause]], *, after: set[UUID]) -> None:
    """Whoever a clause names already is told of there, the others together, behind the spouse."""
    others = []
    for person in people:
        for told in (clauses[HOME], clauses[CLOSE]):
            if any(person.is_named_in(clause.text) for clause in told):
                told[:] = [person.explained_in(clause) for clause in told]
                break
        else:
            others.append(person)
    if others:
        place = sum(not after.isdisjoint(clause.memories) for clause in clauses[CLOSE])
        clauses[CLOSE].insert(place, together(others))


def _short_enough(parts: Portrait, room: int) -> Portrait:
    """What comes last where most is told goes first."""
    while sum(clause.words for part in parts for clause in part) > room:
        max(reversed(parts), key=len).pop()
    return parts


def sentences_of(parts: Portrait) -> str:
    return " ".join(filter(None, (sentences(part) for part in parts)))
