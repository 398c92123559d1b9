"""Celery's part: it rings. A task takes an id, may run twice, and finds in the rows what there is to do."""

import gc
from uuid import UUID

from celery.signals import worker_init

from graphs import languages
from ingest import figures, pipeline, reading, summaries, sweep
from memos.bell import ring, ring_on_commit
from memos.celery import app
from memos.figures import rows


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
        ring(ingest_graph, graph_id)
    for user_id in summaries.due_users(UUID(graph_id)):
        ring(summarise_user, str(user_id))


@app.task(name="ingest.summarise_user")
def summarise_user(user_id: str) -> None:
    """Make a user's summary anew where it is stale or asked for."""
    summaries.summarise(UUID(user_id))


@app.task(name="ingest.sweep")
def sweep_graphs() -> None:
    """Ring for whatever waits to be read: the guarantee behind a broker that may forget."""
    for graph_id in sweep.waiting_graphs():
        ring(ingest_graph, str(graph_id))


@app.task(name="ingest.sweep_summaries")
def sweep_summaries() -> None:
    for user_id in sweep.waiting_summaries():
        ring(summarise_user, str(user_id))


@app.task(name="ingest.count_rows")
def count_rows() -> None:
    """Count what came since the last time, for the figures over time."""
    for source in figures.SOURCES:
        rows.catch_up(source)


def ring_graph(graph_id: UUID) -> None:
    """Ring for a graph once the transaction has committed."""
    ring_on_commit(ingest_graph, str(graph_id))


def ring_summary(user_id: UUID) -> None:
    ring_on_commit(summarise_user, str(user_id))
