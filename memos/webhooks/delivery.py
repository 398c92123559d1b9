"""Delivers what is due: claim, post outside of any transaction, note what came of it.

At least once: a worker that is killed between the answer and the note leaves a row that is due again when its lease
ends, and is delivered again with the same event id.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from secrets import SystemRandom
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from memos.projects import audit
from memos.projects.audit import Caller
from memos.webhooks import posting, signing
from memos.webhooks.models import Delivery, Webhook
from memos.webhooks.posting import Answer

BATCH = 8
"""Posted to one receiver at the same time."""
LEASE = timedelta(seconds=60)
"""Longer than resolving a name and a POST can take."""
PAUSES = [timedelta(seconds=s) for s in (5, 60, 300, 1800, 7200, 21_600, 86_400)]
"""After the first attempt, the second, …; the attempt after the last pause is the last one."""
JITTER = 0.2
LONGEST_PAUSE = timedelta(hours=24)
REST = 3
"""A receiver that took nothing of a batch rests so many times as long as it kept us waiting: one that hangs takes no
more than a quarter of a courier."""
KEPT = timedelta(days=30)
MOST = 500
MOST_TIDIED = 5000

_chance = SystemRandom()


def waiting_webhooks() -> list[UUID]:
    """Those with something due that nobody delivers to."""
    return list(Webhook.objects.free().with_due().values_list("pk", flat=True)[:MOST])


def run(webhook_id: UUID) -> bool:
    """Deliver a batch of what is due to a webhook; True when there is more to do at once."""
    webhook = _take(webhook_id)
    if webhook is None:
        return False
    rest = timedelta()
    try:
        rest = _deliver(webhook)
    finally:
        _release(webhook, rest)
    return not rest and Webhook.objects.free().with_due().filter(pk=webhook_id).exists()


def _take(webhook_id: UUID) -> Webhook | None:
    """The webhook, or None while another courier is on the way to it or where there is nothing due."""
    until = timezone.now() + LEASE
    if Webhook.objects.free().with_due().filter(pk=webhook_id).update(lease_until=until) != 1:
        return None
    return Webhook.objects.select_related("project").filter(pk=webhook_id, lease_until=until).first()


def _release(webhook: Webhook, rest: timedelta) -> None:
    until = timezone.now() + rest if rest else None
    Webhook.objects.filter(pk=webhook.pk, lease_until=webhook.lease_until).update(lease_until=until)


def _deliver(webhook: Webhook) -> timedelta:
    """Return for how long the receiver is to be left alone."""
    claimed = _claim(webhook)
    began = time.monotonic()
    taken = [_note(webhook, delivery, answer) for delivery, answer in _post(webhook, claimed)]
    return timedelta() if any(taken) else REST * timedelta(seconds=time.monotonic() - began)


def _claim(webhook: Webhook) -> list[Delivery]:
    due = Delivery.objects.due().filter(webhook=webhook).order_by("run_after", "pk")
    return [delivery for delivery in due[:BATCH] if _is_claimed(delivery)]


def _is_claimed(delivery: Delivery) -> bool:
    """The attempt is counted before it is made, so that one that kills the worker counts too."""
    mine = Delivery.objects.due().filter(pk=delivery.pk, attempts=delivery.attempts)
    delivery.attempts += 1
    return mine.update(attempts=F("attempts") + 1, run_after=timezone.now() + LEASE) == 1


def _post(webhook: Webhook, deliveries: Sequence[Delivery]) -> Iterator[tuple[Delivery, Answer]]:
    """Each with its answer, as they come in. The threads do nothing but wait for the receiver."""
    with ThreadPoolExecutor(BATCH) as pool:
        posts = {pool.submit(_send, webhook, delivery): delivery for delivery in deliveries}
        for post in as_completed(posts):
            yield posts[post], post.result()


def _send(webhook: Webhook, delivery: Delivery) -> Answer:
    try:
        return posting.post(webhook.url, signing.sign(webhook, delivery, timezone.now()))
    except signing.SecretLost as lost:
        return Answer(error=str(lost))


def _note(webhook: Webhook, delivery: Delivery, answer: Answer) -> bool:
    """Write down what came of an attempt; True where it was taken."""
    now = timezone.now()
    told = {
        "response_status": answer.status,
        "response_excerpt": answer.excerpt,
        "error": answer.error,
    }
    waiting = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.QUEUED)
    if answer.taken:
        waiting.update(status=Delivery.Status.DELIVERED, finished_at=now, **told)
        return True
    waiting = waiting.filter(attempts=delivery.attempts)  # or else somebody is at it again since
    if answer.status == 410 or delivery.attempts > len(PAUSES):
        waiting.update(status=Delivery.Status.FAILED, finished_at=now, **told)
    else:
        waiting.update(run_after=now + _pause(delivery.attempts, answer), **told)
    if answer.status == 410:
        _disable(webhook)
    return False


def _pause(attempts: int, answer: Answer) -> timedelta:
    """Longer each time, never all at the same moment, and as long as the receiver asks for within reason."""
    usual = PAUSES[attempts - 1] * _chance.uniform(1, 1 + JITTER)
    asked = timedelta(seconds=min(answer.retry_after or 0.0, LONGEST_PAUSE.total_seconds()))
    return max(usual, asked)


@transaction.atomic
def _disable(webhook: Webhook) -> None:
    """The receiver says that it is gone for good."""
    if Webhook.objects.filter(pk=webhook.pk, url=webhook.url, enabled=True).update(enabled=False):
        caller = Caller.from_system(webhook.project, "webhooks")
        audit.record(caller, "webhook.disabled", webhook.ref, answered=410)


def tidy() -> bool:
    """Delete what has been over for KEPT, or has waited for a disabled webhook for as long. True: there is more."""
    cutoff = timezone.now() - KEPT
    return any([_delete(Q(finished_at__lt=cutoff)), _delete(_forgotten(cutoff))])


def _forgotten(cutoff: datetime) -> Q:
    return Q(status=Delivery.Status.QUEUED, webhook__in=Webhook.objects.filter(enabled=False), created_at__lt=cutoff)


@transaction.atomic
def _delete(which: Q) -> bool:
    """Some at a time, and only those that nobody else holds: an erasure may be at the same rows."""
    found = Delivery.objects.filter(which).select_for_update(skip_locked=True, of=("self",))
    some = list(found.values_list("pk", flat=True)[:MOST_TIDIED])
    rows = Delivery.objects.filter(pk__in=some)
    rows._raw_delete(rows.db)
    return len(some) == MOST_TIDIED
