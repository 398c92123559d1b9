"""Ids of another project in an address or a form, on a page of one's own: there is no such thing."""

from typing import Any

import pytest
from django.test import Client

from graphs.models import Entity, EntityRevision, Memory, MemoryRevision
from ingest.models import IngestJob, Operation
from memos.projects.models import AuditEntry, Project
from tests import factories as make
from tests.console.conftest import make_job
from tests.console.test_every_route import SECRET, bob_in, state
from tests.console.test_pages import path
from threads.models import Message, Thread
from users.models import Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(job: IngestJob) -> Client:
    """Admin of the project of the job, and of nothing else."""
    return bob_in(job, "admin")


@pytest.fixture
def other(job: IngestJob) -> IngestJob:
    """Of another project, where each word is the secret one."""
    other = make_job()
    theirs = {"project": other.project}
    Memory.objects.filter(**theirs).update(content=SECRET)
    Thread.objects.filter(**theirs).update(name=SECRET)
    Message.objects.filter(**theirs).update(content=SECRET)
    Entity.objects.filter(**theirs).update(name=SECRET, aliases=[SECRET], key=SECRET)
    entity = _entity(other)
    EntityRevision.objects.create(
        project=other.project, graph=other.graph, entity_id=entity.pk, name=SECRET, type=entity.type,
        recorded_at=entity.first_seen_at, reason=SECRET, changed_by="operator",
    )  # fmt: skip
    return other


def _entity(job: IngestJob) -> Entity:
    return Entity.objects.get(graph=job.graph, is_subject=False)


def page(row: Any, rest: str) -> str:
    return path(type(row), f"{row.ref}/{rest}")


def test_a_list_is_not_narrowed_to_another_project(bob: Client, other: IngestJob) -> None:
    memory = other.graph.memories.get()
    asked = {
        IngestJob: {"user": other.user_id, "graph": other.graph_id, "project__id__exact": other.project_id},
        Memory: {"graph": other.graph_id},
        MemoryRevision: {"memory": memory.pk},
        AuditEntry: {"project__id__exact": other.project_id, "target": other.user.ref},
    }
    for model, query in asked.items():
        for name, value in query.items():
            assert bob.get(path(model), {name: str(value)}).context["cl"].result_count == 0, name


def test_an_operation_takes_no_rows_of_another_project(bob: Client, other: IngestJob) -> None:
    before = state()
    for model, action, row in (
        (Memory, "delete_memories", other.graph.memories.get()),
        (Thread, "delete_threads", other.thread),
        (IngestJob, "cancel_jobs", other),
    ):
        for across in ("0", "1"):
            given = {"action": action, "_selected_action": str(row.pk), "select_across": across, "confirmed": "yes"}
            assert bob.post(path(model) + f"?q={row.ref}", given).status_code in (200, 302)
    assert state() == before
    assert not Operation.objects.filter(operator__username="bob").exists()


def test_nothing_of_another_project_is_mended(bob: Client, job: IngestJob, other: IngestJob) -> None:
    memory, entity = make.MemoryFactory(graph=job.graph), _entity(job)
    theirs = other.graph.memories.get()
    revision = MemoryRevision.objects.get(memory=theirs)
    change = EntityRevision.objects.get(project=other.project)
    sent = {"step": "confirm"}
    pages = [
        (page(memory, "merge/"), sent | {"chosen": theirs.ref}),
        (page(memory, f"put-back/?state={revision.ref}"), sent),
        (page(entity, "merge/"), sent | {"chosen": _entity(other).ref}),
        (page(entity, f"restore/?state={change.ref}"), sent),
        (page(entity, f"split-off/?entity={_entity(other).ref}"), sent),
        (page(entity, "split/"), sent | {"name": "x", "type": "topic", "memories": theirs.ref}),
    ]
    before = state()
    for address, form in pages:
        for response in (bob.get(address), bob.post(address, form)):
            assert response.status_code in (200, 404), address
            assert SECRET not in response.content.decode(), address
    assert state() == before


def test_nothing_of_another_project_is_drawn_or_asked_for(bob: Client, job: IngestJob, other: IngestJob) -> None:
    group = Group.objects.get(project=other.project)
    relation = other.graph.relations.first()
    theirs = _entity(other).ref
    pages = [
        page(job.graph, f"drawing/?entity={theirs}"),
        page(job.graph, f"drawing/data/?entity={theirs}&near=1"),
        page(job.graph, f"drawing/told/?entity={theirs}"),
        page(job.graph, f"drawing/told/?relation={relation.ref}"),
        page(job.graph, f"drawing/find/?q={SECRET}"),
        page(job.user, f"playground/?query={SECRET}x&groups={group.name}"),
        page(job.thread, f"replay/?message={other.message.ref}"),
        f"/admin/?project={other.project.ref}",
        f"/admin/users/user/playground/?q={other.user.ref}",
    ]
    for address in pages:
        text = bob.get(address).content.decode().replace(f"{SECRET}x", "")
        assert SECRET not in text, address
        assert other.user.ref not in text.replace(f'value="{other.user.ref}"', ""), address
        assert str(Project.objects.get(pk=other.project_id)) not in text, address
