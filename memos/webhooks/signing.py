"""Signatures by Standard Webhooks (https://www.standardwebhooks.com/), with secrets that are derived and not stored."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from memos import ids
from memos.webhooks.models import Delivery, Webhook


class SecretLost(Exception):
    """The pepper that a secret is made with is not configured any more."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the body, byte for byte as it was signed, and its headers."""

    headers: dict[str, str]
    body: bytes


def secret_of(webhook: Webhook) -> str:
    """``whsec_…`` as it is shown once to whoever made or rotated it."""
    return f"whsec_{base64.b64encode(_key(webhook, webhook.secret_generation, webhook.pepper_id)).decode()}"


def sign(webhook: Webhook, delivery: Delivery, now: datetime) -> Message:
    """The message as it is sent at ``now``. A retry has the same id and body, and a time and signature of its own.

    Raises SecretLost.
    """
    body = _body(delivery)
    event_id = ids.encode(Delivery.EVENT_PREFIX, delivery.event_id)
    timestamp = str(int(now.timestamp()))
    signed = b".".join([event_id.encode(), timestamp.encode(), body])
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Memos/{settings.VERSION}",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key, signed) for key in _keys(webhook)),
    }
    return Message(headers, body)


def _body(delivery: Delivery) -> bytes:
    ordered = {name: delivery.payload[name] for name in ("type", "timestamp", "data")}  # jsonb keeps no order
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def _keys(webhook: Webhook) -> Iterator[bytes]:
    """The present one, and within the grace the one before: a receiver takes whichever it knows."""
    yield _key(webhook, webhook.secret_generation, webhook.pepper_id)
    if webhook.old_secret_ends_at:
        yield _key(webhook, webhook.secret_generation - 1, webhook.old_pepper_id)


def _key(webhook: Webhook, generation: int, pepper_id: str) -> bytes:
    """32 bytes. API keys are hashed with the same pepper: none begins like this."""
    pepper = settings.KEY_PEPPERS.get(pepper_id)
    if pepper is None:
        raise SecretLost(f"The pepper {pepper_id!r} that the secret is made with is not configured.")
    return hmac.digest(pepper.encode(), f"webhook:{webhook.ref}:{generation}".encode(), hashlib.sha256)


def _signature(key: bytes, signed: bytes) -> str:
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
