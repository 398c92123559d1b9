"""What docs/webhooks.md tells integrators to do works."""

import re
from typing import Any

import pytest
from django.conf import settings

from memos.webhooks.models import EventType
from tests.receiver import Receiver
from tests.webhooks.conftest import Deliver, Hook
from tests.world import Api

pytestmark = pytest.mark.django_db

PAGE = (settings.BASE_DIR / "docs/webhooks.md").read_text()


def test_the_recipe_in_python_verifies_and_refuses(api: Api, hook: Hook, receiver: Receiver, deliver: Deliver) -> None:
    recipe: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], recipe)  # noqa: S102
    made = hook()
    rotated = api.post(f"/v1/webhooks/{made['id']}/rotate").json()
    told = api.post(f"/v1/webhooks/{made['id']}/test").json()
    deliver()
    [received] = receiver.received
    for secret in (made["secret"], rotated["secret"]):
        assert recipe["verify"](secret, received.headers, received.body) == told["payload"]
    with pytest.raises(ValueError, match="wrong signature"):
        recipe["verify"](made["secret"], received.headers, received.body + b" ")
    with pytest.raises(ValueError, match="too old"):
        recipe["verify"](made["secret"], {**received.headers, "webhook-timestamp": "1"}, received.body)


def test_every_event_is_described() -> None:
    assert set(re.findall(r"^\| `([a-z.]+)` \|", PAGE, re.MULTILINE)) == set(EventType.values)
