"""Celery's part: it rings. A task takes an id, may run twice, and finds in the rows what there is to do."""

import gc
import logging
import time
from uuid import UUID

from celery import Task
from celery.signals import worker_init
from django.db import transaction
from kombu.exceptions import OperationalError

from graphs import languages
from ingest import pipeline, reading, summaries, sweep
from memos.celery import app

log = logging.getLogger(__name__)


@worker_init.connect
def load_before_the_fork(**kwargs: object) -> None:
    """Load what survives a fork, so that the children of a worker share its memory; ONNX sessions do not."""
    languages.load()
    reading.extractor().load()
    gc.freeze()


@app.task(name="ingest.ingest_graph")
def ingest_graph(graph_id: str) -> None:
    """Do what is due in a graph; ring again while there is more."""
    if pipeline.run(UUID(graph_id)):
        _ring(ingest_graph, graph_id)
    for user_id in summaries.due_users(UUID(graph_id)):
        _ring(summarise_user, str(user_id))


@app.task(name="ingest.summarise_user")
def summarise_user(user_id: str) -> None:
    """Make a user's summary anew where it is stale or asked for."""
    summaries.summarise(UUID(user_id))


@app.task(name="ingest.sweep")
def sweep_all() -> None:
    """Ring for whatever waits: the guarantee behind a broker that may forget."""
    for graph_id in sweep.waiting_graphs():
        _ring(ingest_graph, str(graph_id))
    for user_id in sweep.waiting_summaries():
        _ring(summarise_user, str(user_id))


def ring_graph(graph_id: UUID) -> None:
    """Ring for a graph once the transaction has committed."""
    transaction.on_commit(lambda: _ring(ingest_graph, str(graph_id)))


def ring_summary(user_id: UUID) -> None:
    transaction.on_commit(lambda: _ring(summarise_user, str(user_id)))


class _Bell:
    """Rings through the broker. One ring that does not get through is no error, and silences the bell for a while, so
    that requests don't wait for a broker that is gone: the sweeper rings again."""

    PAUSE_SECONDS = 5.0

    def __init__(self) -> None:
        self._silent_until = 0.0

    def ring(self, task: Task[..., None], key: str) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            task.apply_async((key,), retry=False)
        except (OperationalError, OSError) as error:
            self._silent_until = time.monotonic() + self.PAUSE_SECONDS
            log.warning("the broker did not take the ring for %s: %s", key, error)


_bell = _Bell()


def _ring(task: Task[..., None], key: str) -> None:
    _bell.ring(task, key)
