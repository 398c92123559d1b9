"""A user's short biography, from facts that hold now, in sentences that a person would write."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from graphs.kinds import MemoryKind
from graphs.models import Graph, Memory
from graphs.models.graph import SUMMARY_DUE
from graphs.models.memory import SPEAKER
from graphs.render import is_only_a_name, name_of, sentence
from users.models import Summary, User

MAX_PEOPLE = 2
LONGEST_CLAUSE = 14
"""Words; a longer sentence stands alone, or not at all."""
LEAST_CONFIDENCE = 0.6

PARAGRAPHS: tuple[tuple[tuple[MemoryKind, ...], int], ...] = (
    ((MemoryKind.IDENTITY, MemoryKind.WORK, MemoryKind.HOME), 4),
    ((MemoryKind.RELATIONSHIP, MemoryKind.POSSESSION), 3),
    ((MemoryKind.HEALTH, MemoryKind.PREFERENCE, MemoryKind.SKILL), 4),
    ((MemoryKind.GOAL, MemoryKind.PLAN), 2),
)
"""What a sentence of the summary is made of, in this order, and of how many facts at most."""


def due_users(graph_id: UUID) -> list[UUID]:
    """The user of a graph, where the summary is missing, may say what has ended, or enough has changed since."""
    due = Graph.objects.filter(SUMMARY_DUE, pk=graph_id)
    return list(User.objects.filter(graph__in=due).values_list("pk", flat=True))


def summarise(user_id: UUID) -> None:
    """Make the summary of a user; nothing where the user is gone."""
    user = User.objects.select_related("graph").filter(pk=user_id).first()
    if user is None:
        return
    started, version = timezone.now(), user.graph.version
    text, used = compose(user.graph)
    count = Memory.objects.holding().filter(graph=user.graph).count()
    with transaction.atomic():
        if not User.objects.select_for_update(no_key=True).filter(pk=user_id).exists():
            return
        values = {
            "text": text,
            "memory_ids": used,
            "memory_count": count,
            "graph_version": version,
            "generated_at": started,
        }
        Summary.objects.update_or_create(user=user, defaults={"project_id": user.project_id, **values})
        Graph.objects.filter(pk=user.graph_id, version=version).update(summarised_version=version)


def compose(graph: Graph) -> tuple[str, list[UUID]]:
    """The text, and the memories that it rests on."""
    paragraphs, used = [], []
    for person in _people(graph):
        facts = [fact for fact in _facts(graph) if fact.about_id == person]
        text, rests_on = _portrait(facts)
        paragraphs.append(text)
        used += rests_on
    return "\n".join(filter(None, paragraphs)), used


def _people(graph: Graph) -> list[UUID]:
    """The subject, or else those who speak of themselves most: a graph may hold a dialogue of two."""
    subject = graph.entities.filter(is_subject=True).values_list("pk", flat=True)
    if _facts(graph).filter(about__in=subject).exists():
        return list(subject)
    talkative = _facts(graph).values("about").annotate(facts=Count("pk")).order_by("-facts", "about")
    return [row["about"] for row in talkative[:MAX_PEOPLE]]


def _facts(graph: Graph) -> QuerySet[Memory]:
    rows = Memory.objects.holding().filter(graph=graph, about__isnull=False, confidence__gte=LEAST_CONFIDENCE)
    return rows.select_related("about").order_by("-confidence", "-said_at", "pk")


def _portrait(facts: Sequence[Memory]) -> tuple[str, list[UUID]]:
    sentences, used = [], []
    for kinds, most in PARAGRAPHS:
        chosen = [fact for kind in kinds for fact in facts if fact.kind == kind and _is_worth_a_clause(fact)][:most]
        if chosen:
            sentences.append(_joined(chosen))
            used += [fact.pk for fact in chosen]
    return " ".join(sentences), used


def _is_worth_a_clause(fact: Memory) -> bool:
    short = fact.content.startswith(SPEAKER) and len(fact.content.split()) <= LONGEST_CLAUSE
    return short and not is_only_a_name(fact)


def _joined(facts: Sequence[Memory]) -> str:
    """ "Ann lives in Lisbon, works at Acme and has a dog." where each fact is a clause about the same subject."""
    clauses = [fact.content.removeprefix(SPEAKER + " ").rstrip(".") for fact in facts if _is_clause(fact)]
    whole = [sentence(fact) for fact in facts if not _is_clause(fact)]
    if clauses:
        listed = ", ".join(clauses[:-1]) + " and " + clauses[-1] if len(clauses) > 1 else clauses[0]
        whole.insert(0, f"{name_of(facts[0].about)} {listed}.")
    return " ".join(whole)


def _is_clause(fact: Memory) -> bool:
    """ "￼ lives in Lisbon." is one; "￼'s sister is a nurse." is a sentence of its own."""
    body = fact.content.removeprefix(SPEAKER)
    return body.startswith(" ") and SPEAKER not in body and "," not in body and " and " not in body
