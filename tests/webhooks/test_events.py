"""What is told, to whom, and that it is written in the transaction of what happened."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from graphs.models import Graph, Memory
from ingest import messages, resolve
from ingest.models import IngestJob
from memos import ids
from memos.webhooks import outbox
from memos.webhooks.models import Delivery, EventType, Webhook
from memos.webhooks.outbox import Told
from tests.conftest import Drain
from tests.factories import DeliveryFactory, WebhookFactory
from tests.webhooks.conftest import Hook
from tests.world import Api, World

pytestmark = pytest.mark.django_db


def told(*events: str) -> list[dict[str, Any]]:
    """The data of what was told, in order."""
    rows = Delivery.objects.filter(event__in=events) if events else Delivery.objects.all()
    return [row.payload["data"] for row in rows.order_by("pk")]


def test_a_job_and_its_memories_are_told_of(api: Api, hook: Hook, thread: dict[str, Any], drain: Drain) -> None:
    hook()
    said = api.say(thread, "likes tea\nlives_in Lisbon", "…")["ingested"]
    drain()
    graph = Graph.objects.get().ref
    whose = {"userId": thread["userId"], "graphId": graph}
    created = {one["memoryId"]: one for one in told("memory.created")}
    assert created == {one.ref: {"memoryId": one.ref, "kind": one.kind, **whose} for one in Memory.objects.all()}
    done = {one["jobId"]: one for one in told("job.done")}
    assert done[said[0]["jobId"]] == {
        "jobId": said[0]["jobId"],
        "kind": "message",
        **whose,
        "threadId": thread["id"],
        "messageId": said[0]["messageId"],
        "documentId": None,
        "written": {"memories": 2, "closed": 0, "entities": 2, "relations": 2},
    }
    assert set(done) == {one["jobId"] for one in said}
    row = Delivery.objects.filter(event="job.done").first()
    assert (row.payload["type"], row.status, row.project) == ("job.done", "queued", api.project)
    assert row.payload["timestamp"].endswith("Z")


def test_an_end_is_told_with_what_ended_it(api: Api, hook: Hook, thread: dict[str, Any], drain: Drain) -> None:
    hook()
    api.say(thread, "lives_in Lisbon")
    drain()
    api.say(thread, "lives_in Porto")
    drain()
    lisbon, porto = Memory.objects.order_by("pk")
    [ended] = told("memory.invalidated")
    assert (ended["memoryId"], ended["reason"], ended["invalidatedBy"]) == (lisbon.ref, "ended", porto.ref)


def test_an_end_that_somebody_sets_is_told_and_another_change_is_not(
    api: Api, hook: Hook, user: dict[str, Any], thread: dict[str, Any]
) -> None:
    hook()
    path = f"/v1/users/{user['id']}/memories"
    memory = api.post(path, {"content": "She likes tea."}).json()
    assert [one["memoryId"] for one in told("memory.created")] == [memory["id"]]
    api.patch(f"/v1/memories/{memory['id']}", {"kind": "preference"})
    api.post(path, {"content": "She likes tea."})
    assert told("memory.invalidated") == []
    api.patch(f"/v1/memories/{memory['id']}", {"validTo": "2026-01-01T00:00:00Z"})
    [ended] = told("memory.invalidated")
    assert (ended["memoryId"], ended["reason"], ended["invalidatedBy"]) == (memory["id"], "ended", None)
    api.patch(f"/v1/memories/{memory['id']}", {"validTo": None})
    assert len(told()) == 2


def test_a_memory_of_a_group_is_told_without_a_user(api: Api, hook: Hook) -> None:
    hook(events=["memory.created"])
    group = api.new_group("acme")
    memory = api.state("acme", "The office is blue.")
    assert told() == [{"memoryId": memory["id"], "kind": "fact", "userId": None, "graphId": group["graphId"]}]


def test_a_job_that_failed_is_told_of_with_the_code_alone(
    api: Api, hook: Hook, thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise ValueError("likes tea")

    hook()
    api.say(thread, "likes tea")
    monkeypatch.setattr(messages, "write", fail)
    drain()
    job = IngestJob.objects.get()
    assert (job.status, job.error_detail) == ("failed", "ValueError: likes tea")
    [failed] = told()
    assert (failed["jobId"], failed["error"]) == (job.ref, {"code": "INGEST_FAILED"})
    assert "written" not in failed


def test_what_is_rolled_back_is_not_told(
    api: Api, hook: Hook, thread: dict[str, Any], drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook()
    api.say(thread, "likes tea")
    write = resolve.Writer.write

    def write_and_fail(self: resolve.Writer, *args: Any) -> None:
        write(self, *args)
        assert told("memory.created")
        raise ValueError("too late")

    monkeypatch.setattr(resolve.Writer, "write", write_and_fail)
    drain()
    assert told("memory.created") == []


def test_a_webhook_is_told_what_it_asked_for(api: Api, hook: Hook, thread: dict[str, Any], drain: Drain) -> None:
    everything, some, disabled = hook(), hook(events=["job.done", "user.deleted"]), hook(enabled=False)
    api.say(thread, "likes tea")
    drain()
    found = {
        ref: sorted(Delivery.objects.filter(webhook__pk=ids.decode("whk", ref)).values_list("event", flat=True))
        for ref in (everything["id"], some["id"], disabled["id"])
    }
    assert list(found.values()) == [["job.done", "memory.created"], ["job.done"], []]
    assert len(set(Delivery.objects.filter(event="job.done").values_list("event_id", flat=True))) == 1


def test_another_project_is_not_told(world: World, hook: Hook) -> None:
    hook()
    for who in (world.twin, world.outsider):
        who.new_group("acme")
        who.state("acme", "The office is blue.")
    assert told() == []


def test_content_leaves_only_where_it_was_asked_for(api: Api, hook: Hook, thread: dict[str, Any], drain: Drain) -> None:
    plain, full = hook(events=["memory.created"]), hook(events=["memory.created"], includeContent=True)
    api.say(thread, "likes tea")
    drain()
    shown = {row.webhook.ref: row.payload["data"].get("content") for row in Delivery.objects.all()}
    assert shown == {plain["id"]: None, full["id"]: "Alice likes tea."}


def test_a_deleted_user_is_told_of_and_nothing_else_that_spoke_of_them_stays(
    api: Api, hook: Hook, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    hook(includeContent=True)
    api.say(thread, "likes tea\nlives_in Lisbon")
    drain()
    api.say(thread, "lives_in Porto")
    drain()
    other = api.new_user()
    api.post(f"/v1/users/{other['id']}/memories", {"content": "He likes milk."})
    before = Delivery.objects.count()
    api.delete(f"/v1/users/{user['id']}")
    assert before > 5
    assert [one["userId"] for one in told("memory.created", "memory.invalidated", "job.done")] == [other["id"]]
    assert told("user.deleted") == [{"userId": user["id"], "graphId": user["graphId"]}]
    kept = str(list(Delivery.objects.values()))
    for word in ("tea", "Lisbon", "Alice", "alice@acme.com"):
        assert word not in kept


def test_what_spoke_of_a_deleted_group_goes_and_nobody_is_said_to_be_deleted(api: Api, hook: Hook) -> None:
    hook()
    for name in ("acme", "initech"):
        api.new_group(name)
        api.state(name, "The office is blue.")
    api.delete("/v1/groups/acme")
    [one] = told()
    assert one["graphId"] == Graph.objects.get().ref


def test_what_spoke_of_a_user_goes_from_a_disabled_webhook_too(api: Api, user: dict[str, Any]) -> None:
    graph = Graph.objects.get()
    DeliveryFactory(webhook=WebhookFactory(project=api.project, enabled=False), graph_id=graph.pk)
    api.delete(f"/v1/users/{user['id']}")
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("what", ["memory", "message", "thread"])
def test_what_spoke_of_a_deleted_memory_goes_with_it(
    api: Api, hook: Hook, thread: dict[str, Any], drain: Drain, what: str
) -> None:
    hook(includeContent=True)
    said = api.say(thread, "likes tea")["ingested"][0]
    elsewhere = api.new_thread({"id": thread["userId"]})
    api.say(elsewhere, "likes milk")
    drain()
    refs = {"memory": Memory.objects.get(content__contains="tea").ref, "message": said["messageId"]}
    path = {"memory": "memories", "message": "messages", "thread": "threads"}[what]
    assert api.delete(f"/v1/{path}/{refs.get(what, thread['id'])}").status_code == 200
    assert [one["content"] for one in told("memory.created")] == ["Alice likes milk."]


def test_where_nobody_listens_it_costs_one_look_up(api: Api) -> None:
    WebhookFactory(project=api.project, enabled=False)
    WebhookFactory(project=api.project, events=["user.deleted"])
    WebhookFactory()
    with CaptureQueriesContext(connection) as queries:
        outbox.emit(api.project.pk, EventType.JOB_DONE, lambda: pytest.fail("nobody asked"))
    assert len(queries) == 1


def test_a_hundred_events_cost_as_many_statements_as_one(api: Api) -> None:
    for _ in range(3):
        WebhookFactory(project=api.project)
    with CaptureQueriesContext(connection) as queries:
        outbox.emit(api.project.pk, EventType.JOB_DONE, lambda: [Told({"n": number}) for number in range(100)])
    assert len(queries) == 2
    assert Delivery.objects.count() == 300
    assert Delivery.objects.values("event_id").distinct().count() == 100


def test_a_webhook_is_rung_for_once_what_is_told_is_committed(
    api: Api, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("memos.bell.ring", lambda task, key: rung.append(key))
    webhook = WebhookFactory(project=api.project)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.emit(api.project.pk, EventType.JOB_DONE, lambda: [Told({}), Told({})])
        assert rung == []
    assert rung == [str(webhook.pk)]


def test_no_unknown_event_can_be_asked_for(api: Api) -> None:
    with pytest.raises(Exception, match="webhook_events_are_known"):
        Webhook.objects.create(project=api.project, url="x", events=["webhook.test"], pepper_id="1")
