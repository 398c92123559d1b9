"""Real workers and a real receiver: told in the end, whoever is killed and whoever is slow."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from ingest.models import IngestJob
from memos.webhooks.models import Delivery
from tests.processes import Worker, wait_until
from tests.receiver import Receiver, receiving
from tests.webhooks.conftest import Hook
from tests.world import Api

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., Worker]
ALLOWED = {"MEMOS_WEBHOOK_NETWORKS": "127.0.0.0/8"}


def test_what_happens_is_told_without_anybody_asking(
    start_worker: Start, api: Api, hook: Hook, receiver: Receiver, thread: dict[str, Any]
) -> None:
    made = hook()
    start_worker(**ALLOWED)
    [job] = api.say(thread, "likes tea")["ingested"]
    wait_until(lambda: len(receiver.received) >= 2)
    told = {payload["type"]: payload["data"] for payload in (one.verified(made["secret"]) for one in receiver.received)}
    assert set(told) == {"memory.created", "job.done"}
    assert told["job.done"]["jobId"] == job["jobId"]
    assert api.get(f"/v1/memories/{told['memory.created']['memoryId']}").json()["content"] == "Alice likes tea."
    wait_until(lambda: Delivery.objects.filter(status="delivered").count() == 2)


def test_a_broker_that_forgets_everything_loses_no_delivery(
    start_worker: Start, api: Api, hook: Hook, receiver: Receiver, broker: str
) -> None:
    told = api.post(f"/v1/webhooks/{hook()['id']}/test").json()
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
    start_worker(**ALLOWED)
    wait_until(lambda: receiver.event_ids() == [told["eventId"]])


def test_a_worker_that_is_killed_while_it_delivers_delivers_again_with_the_same_id(
    start_worker: Start, api: Api, hook: Hook, receiver: Receiver
) -> None:
    made = hook()
    receiver.hold()
    told = api.post(f"/v1/webhooks/{made['id']}/test").json()
    first = start_worker(**ALLOWED)
    wait_until(lambda: receiver.received)
    first.kill()
    receiver.released.set()
    assert Delivery.objects.get().status == "queued"

    start_worker(**ALLOWED)
    wait_until(lambda: Delivery.objects.get().status == "delivered")
    assert receiver.event_ids() == [told["eventId"]] * 2
    assert receiver.received[1].verified(made["secret"]) == told["payload"]
    assert Delivery.objects.get().attempts == 2


def test_a_receiver_that_hangs_holds_up_neither_messages_nor_other_receivers(
    start_worker: Start, api: Api, hook: Hook, receiver: Receiver, thread: dict[str, Any]
) -> None:
    """By a worker with a single process, that waits for an answer for longer than this test does."""
    receiver.hold()
    hook()
    with receiving() as other:
        hook(url=other.url, events=["job.done"])
        start_worker(**ALLOWED, POST_SECONDS="600", DELIVERY_LEASE="600")
        api.say(thread, "likes tea")
        wait_until(lambda: receiver.received)
        said = api.say(thread, "likes milk")["ingested"]
        wait_until(lambda: IngestJob.objects.filter(status="done").count() == 2)
        wait_until(lambda: len(set(other.event_ids())) == 2)
        assert said[0]["jobId"] in str([one.body for one in other.received])
