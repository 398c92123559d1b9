"""The closed vocabularies of a graph. They are part of the HTTP contract."""

from django.db.models import TextChoices


class MemoryKind(TextChoices):
    IDENTITY = "identity"
    WORK = "work"
    HOME = "home"
    RELATIONSHIP = "relationship"
    PREFERENCE = "preference"
    HEALTH = "health"
    EVENT = "event"
    PLAN = "plan"
    GOAL = "goal"
    POSSESSION = "possession"
    SKILL = "skill"
    INSTRUCTION = "instruction"
    FACT = "fact"


class EntityType(TextChoices):
    PERSON = "person"
    ORGANIZATION = "organization"
    PLACE = "place"
    ANIMAL = "animal"
    PRODUCT = "product"
    WORK = "work", "work (a book, a film)"
    EVENT = "event"
    TOPIC = "topic"


class Precision(TextChoices):
    """How exactly a date was said: "in 2023" is a year, "last Tuesday" a day."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class ChangedBy(TextChoices):
    """Who changed what is known: the pipeline, a key, or somebody in the console."""

    INGEST = "ingest"
    API = "api"
    OPERATOR = "operator"
