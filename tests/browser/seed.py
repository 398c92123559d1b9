"""Rows that the API does not make: operators, a job that failed, a graph of many entities. Run on a Memos that runs."""

import os
import random
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
django.setup()

from django.db import transaction  # noqa: E402

from graphs.kinds import EntityType  # noqa: E402
from graphs.models import Entity, Mention, Relation  # noqa: E402
from ingest.models import IngestJob  # noqa: E402
from memos.projects import operators, services  # noqa: E402
from memos.projects.audit import Caller  # noqa: E402
from memos.projects.models import Membership, Project  # noqa: E402
from tests import factories as make  # noqa: E402

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ENTITIES = 300
ROLES = {"vera": Membership.Role.VIEWER, "sam": Membership.Role.SUPPORT, "adam": Membership.Role.ADMIN}


@transaction.atomic
def seed() -> None:
    project = Project.objects.filter(mode=Project.Mode.LIVE).earliest("pk")
    make.OperatorFactory(username="ann")
    make.OperatorFactory(username="otto")
    for name, role in ROLES.items():
        operator = make.OperatorFactory(username=name, is_superuser=False)
        operators.give_role(caller=Caller.from_command(project, "tests"), operator=operator, role=role)
    services.create_project(name="Another")
    make.IngestJobFactory(
        message__thread__user__project=project,
        message__thread__user__first_name="Boris",
        status=IngestJob.Status.FAILED,
        attempts=5,
        error_code="INGEST_FAILED",
        error_detail="ValueError: it can't be read",
        finished_at=START,
    )
    make.DeliveryFactory(webhook__project=project)
    group = make.GroupFactory(project=project)
    make.DocumentJobFactory(document__graph=group.graph, status=IngestJob.Status.DONE)
    many_entities(project)


def many_entities(project: Project) -> None:
    """A crowded graph, the same each time."""
    chosen = random.Random(5)
    user = make.UserFactory(project=project, first_name="Clara", external_id="clara")
    given = {"project": project, "graph": user.graph}
    entities = Entity.objects.bulk_create(
        Entity(**given, name=f"Thing {number}", key=f"thing {number}", names=[f"thing {number}"],
               type=chosen.choice(EntityType.values), first_seen_at=START, last_seen_at=START)
        for number in range(ENTITIES)
    )  # fmt: skip
    memories = [
        make.MemoryFactory(graph=user.graph, content=f"Thing {number} is beside another.",
                           valid_from=START + timedelta(days=number))
        for number in range(ENTITIES // 2)
    ]  # fmt: skip
    for memory in memories:
        subject, other = chosen.sample(entities, 2)
        make.SourceFactory(memory=memory, episode=make.EpisodeFactory(graph=user.graph, content=memory.content))
        Mention.objects.bulk_create(Mention(**given, memory=memory, entity=one) for one in (subject, other))
        Relation.objects.create(**given, memory=memory, subject=subject, predicate="beside", object=other)


if __name__ == "__main__":
    seed()
