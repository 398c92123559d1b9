from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from memos.webhooks import delivery
from memos.webhooks.models import Delivery, Webhook
from tests.receiver import Receiver, receiving
from tests.world import Api

Hook = Callable[..., dict[str, Any]]
Deliver = Callable[[], None]


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    """What a team does that wants to reach its own network."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def hook(api: Api, receiver: Receiver) -> Hook:
    """Make a webhook of the owner's that leads to the receiver; with its secret."""

    def make(**fields: Any) -> dict[str, Any]:
        response = api.post("/v1/webhooks", {"url": receiver.url, **fields})
        assert response.status_code == 201, response.content
        return response.json()

    return make


@pytest.fixture
def deliver(db: None) -> Deliver:
    """Deliver what waits, here and now; what waits to be tried again is not tried before its time."""

    def run() -> None:
        Webhook.objects.update(lease_until=None)
        for webhook_id in delivery.waiting_webhooks():
            while delivery.run(webhook_id):
                pass

    return run


def its_time_has_come() -> None:
    """As if the pauses were over."""
    Webhook.objects.update(lease_until=None)
    Delivery.objects.update(run_after=timezone.now())
