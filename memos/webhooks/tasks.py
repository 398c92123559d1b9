"""Celery's part of webhooks: it rings, and couriers go."""

from uuid import UUID

from memos.bell import ring, ring_on_commit
from memos.celery import app
from memos.webhooks import couriers, delivery


@app.task(name="webhooks.deliver")
def deliver(webhook_id: str) -> None:
    """Send a courier with what is due to a webhook. It may run twice: one courier at a time gets the lease."""
    couriers.send_out(lambda: _deliver(webhook_id))


def _deliver(webhook_id: str) -> None:
    """Ring again while there is more, so that the others have their turn first."""
    if delivery.run(UUID(webhook_id)):
        ring(deliver, webhook_id)


@app.task(name="webhooks.sweep")
def sweep() -> None:
    """Ring for whatever is due: the guarantee behind a broker that may forget."""
    for webhook_id in delivery.waiting_webhooks():
        ring(deliver, str(webhook_id))


@app.task(name="webhooks.tidy")
def tidy() -> None:
    """Delete deliveries that have been over for long."""
    while delivery.tidy():
        pass


def ring_webhook(webhook_id: UUID) -> None:
    """Ring for a webhook once the transaction has committed."""
    ring_on_commit(deliver, str(webhook_id))
