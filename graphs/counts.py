"""Counts of a graph's rows as subqueries, for lists that show them a row."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from graphs.models import Entity, Memory


def per(rows: QuerySet, column: str, outer: str = "pk") -> Coalesce:
    """How many of ``rows`` have in ``column`` the value that the outer query has in ``outer``."""
    matching = rows.filter(**{column: OuterRef(outer)}).order_by().values(column)
    return Coalesce(Subquery(matching.annotate(n=Count("*")).values("n"), output_field=IntegerField()), Value(0))


def memories(outer: str = "graph") -> Coalesce:
    """What is believed and holds now."""
    return per(Memory.objects.holding(), "graph", outer)


def entities(outer: str = "graph") -> Coalesce:
    """Everything that is known of beside the subject."""
    return per(Entity.objects.filter(is_subject=False), "graph", outer)
