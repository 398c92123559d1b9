"""What becomes of a delivery: claimed by one, signed, tried again, given up."""

import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from standardwebhooks import WebhookVerificationError

from memos import ids
from memos.projects.models import AuditEntry
from memos.webhooks import delivery
from memos.webhooks.models import Delivery, Webhook
from tests.factories import DeliveryFactory, WebhookFactory
from tests.processes import at_once
from tests.receiver import Receiver, receiving
from tests.webhooks.conftest import Deliver, Hook, its_time_has_come
from tests.world import Api

pytestmark = pytest.mark.django_db


def tell(api: Api, hook: dict[str, Any]) -> dict[str, Any]:
    response = api.post(f"/v1/webhooks/{hook['id']}/test")
    assert response.status_code == 201, response.content
    return response.json()


def pause_of(row: Delivery) -> timedelta:
    return row.run_after - timezone.now()


def test_a_delivery_arrives_and_its_signature_is_good(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver
) -> None:
    made = hook()
    told = tell(api, made)
    deliver()
    [received] = receiver.received
    assert received.verified(made["secret"]) == told["payload"]
    assert received.body.startswith(b'{"type":"webhook.test","timestamp":"')
    assert received.event_id == told["eventId"]
    assert received.headers["content-type"] == "application/json"
    row = Delivery.objects.get()
    assert (row.status, row.attempts, row.response_status, row.response_excerpt, row.error) == (
        "delivered", 1, 200, "thanks", "",
    )  # fmt: skip
    assert row.finished_at is not None


def test_a_body_that_was_changed_on_the_way_does_not_verify(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver
) -> None:
    made, other = hook(), hook(enabled=False)
    tell(api, made)
    deliver()
    [received] = receiver.received
    with pytest.raises(WebhookVerificationError):
        received.verified(other["secret"])
    received.body = received.body.replace(b"webhook.test", b"webhook.text")
    with pytest.raises(WebhookVerificationError):
        received.verified(made["secret"])


def test_after_a_rotation_both_secrets_sign_for_a_day(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver, settings: LazySettings
) -> None:
    settings.KEY_PEPPERS = {**settings.KEY_PEPPERS, "2": "another pepper"}
    made = hook()
    settings.KEY_PEPPER_ID = "2"
    rotated = api.post(f"/v1/webhooks/{made['id']}/rotate").json()
    assert rotated["secret"] != made["secret"]
    tell(api, made)
    deliver()
    for secret in (made["secret"], rotated["secret"]):
        assert receiver.received[0].verified(secret)["type"] == "webhook.test"

    Webhook.objects.update(rotated_at=timezone.now() - timedelta(hours=24, seconds=1))
    tell(api, made)
    deliver()
    assert receiver.received[1].verified(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.received[1].verified(made["secret"])


def test_a_retry_has_the_same_id_and_body_and_a_signature_of_its_own_time(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver
) -> None:
    made = hook()
    tell(api, made)
    receiver.reply(503)
    deliver()
    its_time_has_come()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        deliver()
        first, second = receiver.received
        assert second.verified(made["secret"])
        with pytest.raises(WebhookVerificationError):
            first.verified(made["secret"])  # an hour old by now
    assert (first.event_id, first.body) == (second.event_id, second.body)
    assert first.headers["webhook-timestamp"] < second.headers["webhook-timestamp"]
    assert Delivery.objects.get().attempts == 2


def test_it_is_tried_for_more_than_a_day_and_then_has_failed(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver
) -> None:
    told = tell(api, hook())
    waits = [5, 60, 300, 1800, 7200, 21_600, 86_400]
    for attempt, seconds in enumerate(waits, start=1):
        receiver.reply(500, b"not now")
        deliver()
        row = Delivery.objects.get()
        assert (row.status, row.attempts, row.response_status) == ("queued", attempt, 500)
        assert timedelta(seconds=seconds - 5) < pause_of(row) <= timedelta(seconds=seconds * 1.2)
        its_time_has_come()
    receiver.reply(500, b"not now")
    deliver()
    shown = api.get(f"/v1/webhooks/{told['webhookId']}/deliveries").json()["deliveries"][0]
    assert (shown["status"], shown["attempts"], shown["nextAttemptAt"]) == ("failed", 8, None)
    assert (shown["responseExcerpt"], shown["error"]) == ("not now", "The receiver answered 500.")
    assert len(set(receiver.event_ids())) == 1
    its_time_has_come()
    deliver()
    assert len(receiver.received) == 8


def test_pauses_differ_from_each_other() -> None:
    answer = delivery.Answer(status=500)
    assert len({delivery._pause(3, answer) for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("asked", "least", "most"), [("1", 5, 6), ("3600", 3595, 3600), ("999999999", 86_390, 86_400), ("x", 4, 6)]
)
def test_a_receiver_may_ask_for_a_longer_pause_of_at_most_a_day(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver, asked: str, least: int, most: int
) -> None:
    tell(api, hook())
    receiver.reply(429, Retry_After=asked)
    deliver()
    assert timedelta(seconds=least - 1) < pause_of(Delivery.objects.get()) <= timedelta(seconds=most)


def test_gone_disables_the_webhook_and_what_waited_goes_on_waiting(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver
) -> None:
    made = hook()
    first = tell(api, made)
    receiver.reply(410)
    deliver()
    assert Delivery.objects.get().status == "failed"
    assert api.get(f"/v1/webhooks/{made['id']}").json()["enabled"] is False
    entry = AuditEntry.objects.get(action="webhook.disabled")
    assert (entry.actor, entry.target_id, entry.project) == ("system", made["id"], api.project)
    DeliveryFactory(webhook=Webhook.objects.get())
    deliver()
    assert len(receiver.received) == 1

    api.patch(f"/v1/webhooks/{made['id']}", {"enabled": True})
    deliver()
    assert len(receiver.received) == 2
    assert receiver.received[1].event_id != first["eventId"]


def test_a_secret_that_cannot_be_made_is_told_and_tried_again(
    api: Api, hook: Hook, receiver: Receiver, deliver: Deliver, settings: LazySettings
) -> None:
    tell(api, hook())
    settings.KEY_PEPPERS = {"2": "another pepper"}
    deliver()
    row = Delivery.objects.get()
    assert (row.status, row.attempts) == ("queued", 1)
    assert "pepper '1'" in row.error
    assert receiver.received == []


def test_a_delivery_is_claimed_by_one_courier_alone(receiver: Receiver, transactional_db: None) -> None:
    webhook = WebhookFactory(url=receiver.url)
    for _ in range(20):
        DeliveryFactory(webhook=webhook)

    def courier(number: int) -> None:
        while delivery.run(webhook.pk):
            pass

    at_once(6, courier)
    while delivery.run(webhook.pk):
        pass
    assert len(receiver.received) == len(set(receiver.event_ids())) == 20
    assert set(Delivery.objects.values_list("status", "attempts")) == {("delivered", 1)}


def test_one_courier_at_a_time_goes_to_a_receiver(receiver: Receiver, transactional_db: None) -> None:
    webhook = WebhookFactory(url=receiver.url)
    leases = at_once(8, lambda number: delivery._take(webhook.pk) is not None)
    assert leases == [False] * 8  # there is nothing due
    DeliveryFactory(webhook=webhook)
    assert sorted(at_once(8, lambda number: delivery._take(webhook.pk) is not None)) == [False] * 7 + [True]
    assert delivery.waiting_webhooks() == []
    Webhook.objects.update(lease_until=timezone.now())
    assert delivery.waiting_webhooks() == [webhook.pk]


def test_what_a_dead_courier_had_claimed_is_delivered_when_its_lease_ends(receiver: Receiver) -> None:
    row = DeliveryFactory(webhook__url=receiver.url)
    [claimed] = delivery._claim(row.webhook)  # and the worker dies
    assert claimed.attempts == 1
    assert not delivery.run(row.webhook_id)
    assert receiver.received == []
    with time_machine.travel(timezone.now() + delivery.LEASE):
        delivery.run(row.webhook_id)
        assert receiver.event_ids() == [ids.encode("evt", row.event_id)]
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("delivered", 2)


def test_who_comes_late_does_not_undo_what_another_noted() -> None:
    row = DeliveryFactory()
    [late] = delivery._claim(row.webhook)
    with time_machine.travel(timezone.now() + delivery.LEASE):
        [claimed] = delivery._claim(row.webhook)
        delivery._note(row.webhook, late, delivery.Answer(status=500))
        row.refresh_from_db()
        assert row.response_status is None
        delivery._note(row.webhook, claimed, delivery.Answer(status=204))
        delivery._note(row.webhook, late, delivery.Answer(status=500))
    row.refresh_from_db()
    assert (row.status, row.response_status) == ("delivered", 204)


def test_a_receiver_that_takes_nothing_rests_and_the_others_do_not(receiver: Receiver) -> None:
    with receiving() as bad:
        failing, fine = (WebhookFactory(url=one.url) for one in (bad, receiver))
        for _ in range(10):
            bad.reply(500)
            DeliveryFactory(webhook=failing)
            DeliveryFactory(webhook=fine)
        assert not delivery.run(failing.pk)
        failing.refresh_from_db()
        assert failing.lease_until > timezone.now() - timedelta(seconds=1)
        assert len(bad.received) == delivery.BATCH
    assert delivery.run(fine.pk)
    assert not delivery.run(fine.pk)
    assert len(receiver.received) == 10


def test_a_webhook_that_is_gone_or_disabled_is_left_alone(receiver: Receiver) -> None:
    row = DeliveryFactory(webhook__url=receiver.url, webhook__enabled=False)
    assert not delivery.run(row.webhook_id)
    assert not delivery.run(ids.new_id())
    assert delivery.waiting_webhooks() == []
    assert receiver.received == []


def test_deliveries_are_kept_for_thirty_days_after_they_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MOST_TIDIED", 2)
    now = timezone.now()
    ends = [now - timedelta(days=days) for days in (29, 31, 45, 60)]
    webhook, disabled = WebhookFactory(), WebhookFactory(enabled=False)
    for end in ends:
        DeliveryFactory(webhook=webhook, status=random.choice(["delivered", "failed"]), finished_at=end)
        DeliveryFactory(webhook=webhook, created_at=end)
        DeliveryFactory(webhook=disabled, created_at=end)
    while delivery.tidy():
        pass
    over = Delivery.objects.exclude(status="queued")
    assert list(over.values_list("finished_at", flat=True)) == ends[:1]
    assert Delivery.objects.filter(webhook=webhook, status="queued").count() == 4
    assert list(Delivery.objects.filter(webhook=disabled).values_list("created_at", flat=True)) == ends[:1]
