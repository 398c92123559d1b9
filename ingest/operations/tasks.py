"""Celery's part in operations. What they do rings for graphs, and so these tasks stand above those."""

from uuid import UUID

from ingest.operations import work
from memos.bell import ring, ring_on_commit
from memos.celery import app


@app.task(name="ingest.run_operation")
def run_operation(operation_id: str) -> None:
    """Do a slice of an operation; ring again while there is more, so that others have their turn in between."""
    if work.advance(UUID(operation_id)):
        ring(run_operation, operation_id)


@app.task(name="ingest.sweep_operations")
def sweep_operations() -> None:
    """Ring for operations that wait or whose worker died."""
    for operation_id in work.waiting():
        ring(run_operation, str(operation_id))


def ring_operation(operation_id: UUID) -> None:
    ring_on_commit(run_operation, str(operation_id))
