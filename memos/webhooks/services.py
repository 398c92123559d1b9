"""What may be done to webhooks. That a URL may be delivered to is checked where it comes in, before any transaction
(`addresses.check` asks the resolver), and again at each delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from memos.api.problems import Problem, not_found
from memos.projects import audit
from memos.projects.audit import Caller
from memos.projects.models import Project
from memos.webhooks import outbox, signing, tasks
from memos.webhooks.models import Delivery, EventType, Webhook
from memos.webhooks.outbox import Told

MOST = 20
"""Webhooks of a project."""


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A webhook with its new secret, which is shown once."""

    webhook: Webhook
    secret: str


@transaction.atomic
def create_webhook(
    *,
    caller: Caller,
    url: str,
    description: str = "",
    events: Sequence[str] = (),
    include_content: bool = False,
    enabled: bool = True,
) -> IssuedSecret:
    """Raises a 409 where the project has MOST of them. No ``events`` means all of them."""
    Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=caller.project.pk)
    if Webhook.objects.for_project(caller.project).count() >= MOST:
        raise Problem(409, "TOO_MANY_WEBHOOKS", f"A project has at most {MOST} webhooks.")
    webhook = Webhook.objects.create(
        project=caller.project,
        url=url,
        description=description,
        events=sorted(set(events)),
        include_content=include_content,
        enabled=enabled,
        pepper_id=settings.KEY_PEPPER_ID,
    )
    audit.record(caller, "webhook.created", webhook.ref, events=webhook.events, include_content=include_content)
    return IssuedSecret(webhook, signing.secret_of(webhook))


@transaction.atomic
def update_webhook(*, caller: Caller, webhook: Webhook, **changes: Any) -> Webhook:
    """Change ``url``, ``description``, ``events``, ``include_content`` or ``enabled``. What waited while it was
    disabled is due once it is enabled again. Raises a 404 where it is gone."""
    webhook = _locked(caller, webhook)
    if "events" in changes:
        changes["events"] = sorted(set(changes["events"]))
    changed = {name: value for name, value in changes.items() if value != getattr(webhook, name)}
    if not changed:
        return webhook
    for name, value in changed.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(changed))
    audit.record(caller, "webhook.updated", webhook.ref, fields=sorted(changed))
    tasks.ring_webhook(webhook.pk)
    return webhook


@transaction.atomic
def rotate_secret(*, caller: Caller, webhook: Webhook) -> IssuedSecret:
    """Give it a new secret; the one before signs too for GRACE, so that a receiver can change over in between."""
    webhook = _locked(caller, webhook)
    webhook.old_pepper_id, webhook.pepper_id = webhook.pepper_id, settings.KEY_PEPPER_ID
    webhook.secret_generation += 1
    webhook.rotated_at = timezone.now()
    webhook.save(update_fields=["old_pepper_id", "pepper_id", "secret_generation", "rotated_at"])
    audit.record(caller, "webhook.rotated", webhook.ref)
    return IssuedSecret(webhook, signing.secret_of(webhook))


@transaction.atomic
def delete_webhook(*, caller: Caller, webhook: Webhook) -> None:
    """With its deliveries, in one statement each. Raises a 404 where somebody else was faster."""
    rows = Webhook.objects.for_project(caller.project)
    if not rows.select_for_update(of=("self",)).filter(pk=webhook.pk).exists():
        raise not_found("webhook", webhook.ref)
    deliveries, gone = Delivery.objects.filter(webhook=webhook), Webhook.objects.filter(pk=webhook.pk)
    counts = deliveries._raw_delete(deliveries.db)
    gone._raw_delete(gone.db)
    audit.record(caller, "webhook.deleted", webhook.ref, deliveries=counts)


@transaction.atomic
def replay(*, caller: Caller, delivery: Delivery) -> Delivery:
    """Deliver an event anew, whatever became of it: a delivery of its own, with the same event id and payload.

    Raises a 409 where the webhook is disabled, and a 404 where it is gone.
    """
    webhook = _enabled(caller, delivery.webhook)
    if not Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery.pk).exists():
        raise not_found("delivery", delivery.ref)  # what it speaks of was deleted meanwhile
    anew = Delivery.objects.create(
        project=caller.project,
        webhook=webhook,
        event=delivery.event,
        event_id=delivery.event_id,
        graph_id=delivery.graph_id,
        subject_id=delivery.subject_id,
        payload=delivery.payload,
    )
    audit.record(caller, "delivery.replayed", delivery.ref, by=anew.ref)
    tasks.ring_webhook(webhook.pk)
    return anew


@transaction.atomic
def send_test(*, caller: Caller, webhook: Webhook) -> Delivery:
    """Deliver a `webhook.test`, whatever events it asked for. Raises as `replay` does."""
    webhook = _enabled(caller, webhook)
    [delivery] = outbox.write([webhook], EventType.TEST, [Told({"webhookId": webhook.ref})])
    audit.record(caller, "webhook.tested", webhook.ref, by=delivery.ref)
    return delivery


def _enabled(caller: Caller, webhook: Webhook) -> Webhook:
    webhook = _locked(caller, webhook)
    if not webhook.enabled:
        raise Problem(409, "WEBHOOK_DISABLED", "Nothing is delivered to a webhook that is disabled: enable it first.")
    return webhook


def _locked(caller: Caller, webhook: Webhook) -> Webhook:
    rows = Webhook.objects.for_project(caller.project).select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=webhook.pk).first()
    if found is None:
        raise not_found("webhook", webhook.ref)
    return found
