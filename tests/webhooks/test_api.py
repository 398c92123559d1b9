"""/v1/webhooks"""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from memos import ids
from memos.api.models import Answer
from memos.projects.models import AuditEntry
from memos.webhooks import addresses
from memos.webhooks.models import Delivery, Webhook
from tests.endpoints import HOOK
from tests.factories import DeliveryFactory, WebhookFactory
from tests.processes import at_once
from tests.webhooks.conftest import Hook
from tests.world import Api, World, bad_fields, problem

pytestmark = pytest.mark.django_db


def audited() -> list[tuple[str, str, dict[str, Any]]]:
    rows = AuditEntry.objects.filter(action__regex="^(webhook|delivery)").order_by("pk")
    return list(rows.values_list("action", "target_id", "detail"))


def test_a_webhook_is_made_and_its_secret_is_shown_this_once(api: Api) -> None:
    body = {"url": HOOK, "description": "CRM", "events": ["user.deleted", "job.done", "job.done"]}
    response = api.post("/v1/webhooks", body)
    row = Webhook.objects.get()
    assert response.status_code == 201
    made = response.json()
    secret = made.pop("secret")
    assert made == {
        "id": row.ref,
        "url": HOOK,
        "description": "CRM",
        "events": ["job.done", "user.deleted"],
        "includeContent": False,
        "enabled": True,
        "createdAt": row.created_at.isoformat().replace("+00:00", "Z"),
        "oldSecretEndsAt": None,
    }
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert api.get(f"/v1/webhooks/{made['id']}").json() == made
    assert api.get("/v1/webhooks").json() == {"webhooks": [made], "nextCursor": None}
    assert secret[6:] not in str(Webhook.objects.values().get()) + str(audited())
    assert audited() == [
        ("webhook.created", made["id"], {"events": ["job.done", "user.deleted"], "include_content": False})
    ]


def test_it_is_changed_and_each_change_is_audited_by_its_fields(api: Api, hook: Hook) -> None:
    made = hook(description="x")
    path = f"/v1/webhooks/{made['id']}"
    del made["secret"]
    changes = {"url": HOOK, "events": ["job.failed"], "includeContent": True, "description": ""}
    assert api.patch(path, changes).json() == {**made, **changes}
    assert api.patch(path, {"enabled": False}).json() == {**made, **changes, "enabled": False}
    assert api.patch(path, {"enabled": False, "url": HOOK}).status_code == 200
    assert audited()[1:] == [
        ("webhook.updated", made["id"], {"fields": ["description", "events", "include_content", "url"]}),
        ("webhook.updated", made["id"], {"fields": ["enabled"]}),
    ]


def test_every_bad_field_is_named_at_once(api: Api, hook: Hook) -> None:
    made = hook()
    bad = {"url": "https://10.0.0.1/", "events": ["x"], "enabled": "yes", "includeContent": 1, "secret": "x"}
    assert {name.partition("[")[0] for name in bad_fields(api.post("/v1/webhooks", bad))} == set(bad)
    assert {name.partition("[")[0] for name in bad_fields(api.patch(f"/v1/webhooks/{made['id']}", bad))} == set(bad)


def test_it_is_deleted_with_its_deliveries(api: Api, hook: Hook) -> None:
    made, other = hook(), hook()
    for one in (made, other):
        api.post(f"/v1/webhooks/{one['id']}/test")
    path = f"/v1/webhooks/{made['id']}"
    assert api.delete(path).json() == {"deleted": True, "id": made["id"]}
    problem(api.delete(path), 404, "NOT_FOUND")
    assert Delivery.objects.get().webhook.ref == Webhook.objects.get().ref == other["id"]
    assert audited()[-1] == ("webhook.deleted", made["id"], {"deliveries": 1})


def test_a_secret_is_rotated_and_the_old_one_ends_in_a_day(api: Api, hook: Hook) -> None:
    made = hook()
    path = f"/v1/webhooks/{made['id']}"
    rotated = api.post(f"{path}/rotate").json()
    assert rotated["secret"] not in (None, made["secret"])
    end = Webhook.objects.get().rotated_at + timedelta(hours=24)
    assert rotated["oldSecretEndsAt"] == end.isoformat().replace("+00:00", "Z")
    assert "secret" not in api.get(path).json()
    Webhook.objects.update(rotated_at=timezone.now() - timedelta(days=1))
    assert api.get(path).json()["oldSecretEndsAt"] is None
    assert audited()[-1] == ("webhook.rotated", made["id"], {})


def test_a_project_has_at_most_twenty(world: World) -> None:
    for _ in range(19):
        WebhookFactory(project=world.owner.project)
    assert world.owner.post("/v1/webhooks", {"url": HOOK}).status_code == 201
    problem(world.owner.post("/v1/webhooks", {"url": HOOK}), 409, "TOO_MANY_WEBHOOKS")
    assert world.twin.post("/v1/webhooks", {"url": HOOK}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_none_is_one_too_many(api: Api) -> None:
    for _ in range(17):
        WebhookFactory(project=api.project)
    answers = at_once(10, lambda number: Api(api.secret).post("/v1/webhooks", {"url": HOOK}))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
    assert Webhook.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_webhook_can_be_deleted_while_it_is_told(api: Api) -> None:
    """No change is lost because somebody deletes a webhook, and no delivery is left without one."""
    api.new_group("acme")
    for _ in range(4):
        WebhookFactory(project=api.project)
    refs = [row.ref for row in Webhook.objects.all()]

    def act(number: int) -> int:
        who = Api(api.secret, api.key)
        if number % 2:
            return who.delete(f"/v1/webhooks/{refs[number // 2]}").status_code
        return who.post("/v1/groups/acme/memories", {"content": f"Thing {number} is blue."}).status_code

    assert at_once(8, act) == [201, 200] * 4
    assert not Delivery.objects.exists()


def test_deliveries_are_listed_newest_first_and_by_status(api: Api, hook: Hook) -> None:
    made, other = hook(), hook()
    webhook, _ = (Webhook.objects.by_ref(one["id"]).get() for one in (made, other))
    done = DeliveryFactory(webhook=webhook, status="delivered", finished_at=timezone.now(), response_status=204)
    waiting = [DeliveryFactory(webhook=webhook) for _ in range(2)]
    DeliveryFactory(webhook__project=api.project)
    path = f"/v1/webhooks/{made['id']}/deliveries"
    shown = api.get(path).json()["deliveries"]
    assert [one["id"] for one in shown] == sorted((row.ref for row in (done, *waiting)), reverse=True)
    first = api.get(path, status="queued", limit=1).json()
    second = api.get(path, status="queued", limit=1, cursor=first["nextCursor"]).json()
    assert {one["id"] for one in first["deliveries"] + second["deliveries"]} == {row.ref for row in waiting}
    assert second["nextCursor"] is None
    [one] = api.get(path, status="delivered").json()["deliveries"]
    assert one == {
        "id": done.ref,
        "webhookId": made["id"],
        "event": "job.done",
        "eventId": ids.encode("evt", done.event_id),
        "payload": done.payload,
        "status": "delivered",
        "attempts": 0,
        "responseStatus": 204,
        "responseExcerpt": "",
        "error": "",
        "createdAt": done.created_at.isoformat().replace("+00:00", "Z"),
        "nextAttemptAt": None,
        "finishedAt": done.finished_at.isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("status", ["queued", "delivered", "failed"])
def test_a_delivery_is_replayed_as_a_new_one_with_the_same_event(api: Api, hook: Hook, status: str) -> None:
    made = hook()
    end = None if status == "queued" else timezone.now()
    old = DeliveryFactory(
        webhook=Webhook.objects.get(), status=status, finished_at=end, attempts=8, graph_id=ids.new_id(),
        subject_id=ids.new_id(), error="x",
    )  # fmt: skip
    response = api.post(f"/v1/webhooks/{made['id']}/deliveries/{old.ref}/replay")
    assert response.status_code == 201
    new = Delivery.objects.exclude(pk=old.pk).get()
    assert response.json()["id"] == new.ref
    for same in ("webhook_id", "event", "event_id", "payload", "graph_id", "subject_id", "project_id"):
        assert getattr(new, same) == getattr(old, same)
    assert (new.status, new.attempts, new.error) == ("queued", 0, "")
    assert audited()[-1] == ("delivery.replayed", old.ref, {"by": new.ref})


def test_nothing_is_sent_on_request_to_a_disabled_webhook(api: Api, hook: Hook) -> None:
    made = hook(enabled=False)
    old = DeliveryFactory(webhook=Webhook.objects.get())
    path = f"/v1/webhooks/{made['id']}"
    problem(api.post(f"{path}/deliveries/{old.ref}/replay"), 409, "WEBHOOK_DISABLED")
    problem(api.post(f"{path}/test"), 409, "WEBHOOK_DISABLED")
    assert Delivery.objects.count() == 1


def test_a_test_is_sent_to_that_webhook_alone_whatever_it_asked_for(api: Api, hook: Hook) -> None:
    made, _ = hook(events=["user.deleted"]), hook()
    shown = api.post(f"/v1/webhooks/{made['id']}/test").json()
    assert (shown["event"], shown["payload"]["data"]) == ("webhook.test", {"webhookId": made["id"]})
    assert Delivery.objects.get().webhook.ref == made["id"]
    assert audited()[-1] == ("webhook.tested", made["id"], {"by": shown["id"]})


def test_a_delivery_is_found_under_its_own_webhook_alone(world: World, hook: Hook) -> None:
    made, other = hook(), hook()
    foreign = DeliveryFactory(webhook__project=world.outsider.project)
    own = world.owner.post(f"/v1/webhooks/{made['id']}/test").json()
    for webhook, delivery in (
        (other["id"], own["id"]),
        (made["id"], foreign.ref),
        (foreign.webhook.ref, foreign.ref),
        (foreign.webhook.ref, own["id"]),
    ):
        problem(world.owner.post(f"/v1/webhooks/{webhook}/deliveries/{delivery}/replay"), 404, "NOT_FOUND")
    assert Delivery.objects.count() == 2


def test_the_last_deliveries_of_a_deleted_user_are_not_listed(api: Api, hook: Hook, user: dict[str, Any]) -> None:
    made = hook()
    api.post(f"/v1/users/{user['id']}/memories", {"content": "She likes tea."})
    api.delete(f"/v1/users/{user['id']}")
    shown = api.get(f"/v1/webhooks/{made['id']}/deliveries").json()["deliveries"]
    assert [one["event"] for one in shown] == ["user.deleted"]


def test_a_repeated_request_makes_one_webhook_and_no_secret_is_kept_for_it(api: Api) -> None:
    first, again = (
        api.send("POST", "/v1/webhooks", {"url": HOOK}, headers={"Idempotency-Key": "key-1"}).json() for _ in range(2)
    )
    assert again == {**first, "secret": None}
    assert Webhook.objects.count() == 1
    assert first["secret"] not in Answer.objects.get().body


def test_the_resolver_is_asked_outside_of_every_transaction(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    depths: list[int] = []
    check = addresses.check
    monkeypatch.setattr(addresses, "check", lambda url: (depths.append(len(connection.savepoint_ids)), check(url)))
    before = len(connection.savepoint_ids)
    made = api.send("POST", "/v1/webhooks", {"url": HOOK}, headers={"Idempotency-Key": "key-1"}).json()
    api.patch(f"/v1/webhooks/{made['id']}", {"url": f"{HOOK}/new"})
    assert depths == [before, before]
