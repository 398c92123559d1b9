"""A worker that computes for longer than a lease lasts keeps it."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from graphs.models import Graph, Memory
from ingest import lease as leases
from ingest import pipeline, reading
from ingest.extractors.base import Fact, Utterance
from ingest.models import IngestJob
from tests.conftest import Drain
from tests.factories import GraphFactory
from tests.processes import at_once
from tests.scripted import Scripted
from tests.world import Api


class Slow(Scripted):
    """Reads until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def extract(self, utterances: Sequence[Utterance]) -> list[list[Fact]]:
        self.begun.set()
        assert self.go_on.wait(30)
        return super().extract(utterances)


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_gets_no_lease_while_a_long_message_is_read(
    api: Api, thread: dict[str, Any], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INGEST_LEASE_SECONDS = 1
    slow = Slow()
    monkeypatch.setattr(reading, "extractor", lambda: slow)
    api.say(thread, "likes tea")
    graph_id = Graph.objects.get().pk

    def work(number: int) -> bool:
        if number == 0:
            return pipeline.run(graph_id)
        assert slow.begun.wait(30)
        time.sleep(1.5)
        try:
            return leases.take(graph_id) is not None
        finally:
            slow.go_on.set()

    assert at_once(2, work) == [False, False]
    job = IngestJob.objects.get()
    assert (job.status, job.attempts) == (IngestJob.Status.DONE, 1)
    assert len(slow.heard) == Memory.objects.count() == Graph.objects.get().lease_token == 1
    assert Graph.objects.get().lease_until is None


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_another_took_over_is_not_extended_for_the_first(settings: LazySettings) -> None:
    settings.INGEST_LEASE_SECONDS = 0.15
    held = leases.take(GraphFactory().pk)
    assert held is not None
    later = timezone.now() + timedelta(hours=1)
    with leases.kept(held):
        Graph.objects.update(lease_token=held.token + 1, lease_until=later)
        time.sleep(0.3)
    assert Graph.objects.get().lease_until == later


@pytest.mark.django_db
def test_what_is_changed_by_hand_stops_a_worker_whose_lease_has_run_out(
    api: Api, user: dict[str, Any], drain: Drain
) -> None:
    thread = api.new_thread(user)
    api.say(thread, "likes tea", "likes milk")
    drain()
    lease = leases.take(Graph.objects.get().pk)
    assert lease
    ago = timezone.now() - timedelta(seconds=1)
    Graph.objects.update(lease_until=ago)
    dead = IngestJob.objects.order_by("pk")[0]
    IngestJob.objects.filter(pk=dead.pk).update(status=IngestJob.Status.RUNNING, attempts=3)
    memory = api.memories(user)[0]["id"]
    assert api.patch(f"/v1/memories/{memory}", {"content": "Alice likes chai."}).status_code == 200
    with pytest.raises(leases.LeaseLost), leases.writing(lease):
        pass
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == (IngestJob.Status.RUNNING, 3)  # whoever died in it is counted


@pytest.mark.django_db(transaction=True)
def test_nobody_keeps_a_lease_after_its_work_has_failed(settings: LazySettings) -> None:
    held = leases.take(GraphFactory().pk)
    assert held is not None
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError), leases.kept(held):
        raise ZeroDivisionError
    assert threading.active_count() == before
