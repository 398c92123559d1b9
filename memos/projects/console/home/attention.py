"""What needs somebody first. A check is a short function that yields what it found; add one to CHECKS."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.checks import run_checks
from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from ingest.models import IngestJob
from memos import ids
from memos.projects.console.counting import CAP
from memos.projects.console.home.sight import Sight
from memos.projects.console.home.work import Work
from memos.projects.console.shown import list_of, tally
from memos.projects.models import ApiKey, AuditCheck, AuditEntry
from memos.pulse import Pulse
from memos.webhooks.models import Delivery, Webhook

OLD = timedelta(minutes=5)
SOON = timedelta(days=7)
RECENTLY = timedelta(hours=24)
LEAST_FREE = 2**30
"""Bytes; PostgreSQL stops where there are none."""
LEAST_PART_FREE = 0.05


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence, and where one sees to it. ``grave`` is what stands still or gets lost until somebody does."""

    text: str
    path: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What the page has read already, so that no check reads it again."""

    sight: Sight
    work: Work
    pulse: Pulse
    unapplied: list[str]


Check = Callable[[State], Iterator[Notice]]


def failed_jobs(state: State) -> Iterator[Notice]:
    if state.work.failed:
        path = list_of(IngestJob, status__exact=IngestJob.Status.FAILED.value, **state.sight.narrows)
        yield Notice(f"{tally(state.work.failed, ('job has', 'jobs have'))} failed and can be retried.", path)


def old_jobs(state: State) -> Iterator[Notice]:
    age = state.work.age
    if age and age > OLD:
        path = list_of(IngestJob, status__exact=IngestJob.Status.QUEUED.value, **state.sight.narrows)
        yield Notice(f"The oldest job has waited for {duration(age)}.", path, grave=True)


def no_worker(state: State) -> Iterator[Notice]:
    if state.pulse.valkey and not state.pulse.workers:
        yield Notice("No worker is alive: messages are kept, and not read.", _system(state, "workers"), grave=True)


def silent_clock(state: State) -> Iterator[Notice]:
    if state.pulse.valkey and not state.pulse.clock:
        yield Notice("Beat is silent: nothing rings for work that waits.", _system(state, "workers"), grave=True)


def no_valkey(state: State) -> Iterator[Notice]:
    if not state.pulse.valkey:
        yield Notice(
            "Valkey does not answer: messages are kept, and not read; limits are not kept.",
            _system(state, "versions"),
            grave=True,
        )


def failing_webhooks(state: State) -> Iterator[Notice]:
    since = ids.first_at(state.sight.now - RECENTLY)
    failed = Delivery.objects.filter(webhook=OuterRef("pk"), status=Delivery.Status.FAILED, pk__gt=since)
    hooks = Webhook.objects.filter(Exists(failed), enabled=True, **state.sight.limits)
    if count := hooks[: CAP + 1].count():
        path = list_of(Delivery, status__exact=Delivery.Status.FAILED.value)
        yield Notice(f"Deliveries to {tally(count, ('webhook', 'webhooks'))} failed in the last 24 hours.", path)


def expiring_keys(state: State) -> Iterator[Notice]:
    now = state.sight.now
    keys = ApiKey.objects.filter(revoked_at=None, expires_at__gt=now, expires_at__lte=now + SOON, **state.sight.limits)
    keys = keys.filter(expires_at__gt=F("created_at") + SOON)  # not those that were made for a day
    if count := keys[: CAP + 1].count():
        path = list_of(ApiKey, **state.sight.narrows)
        yield Notice(f"{tally(count, ('API key expires', 'API keys expire'))} within 7 days.", path)


def low_disk(state: State) -> Iterator[Notice]:
    """Where the embedded database is, or at least its secrets."""
    disk = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else settings.BASE_DIR)
    if disk.free < LEAST_FREE or disk.free < disk.total * LEAST_PART_FREE:
        text = f"The disk with the data folder has {disk.free / 2**30:.1f} GiB of {disk.total / 2**30:.0f} GiB left."
        yield Notice(text, _system(state, "disk"), grave=True)


def unapplied_migrations(state: State) -> Iterator[Notice]:
    if state.unapplied:
        text = f"{tally(len(state.unapplied), ('migration is', 'migrations are'))} not applied: run manage.py migrate."
        yield Notice(text, _system(state, "migrations"), grave=True)


def degraded_embedder(state: State) -> Iterator[Notice]:
    wrong = state.pulse.embedder or "; ".join(check.msg for check in run_checks(tags=["models"]))
    if wrong:
        yield Notice(f"Search goes by words only: {wrong}", _system(state, "embedder"), grave=True)


def broken_audit(state: State) -> Iterator[Notice]:
    if count := AuditCheck.objects.exclude(broken="").filter(**state.sight.limits).count():
        text = f"{tally(count, ('chain', 'chains'))} of the audit log did not hold: see manage.py verify_audit."
        yield Notice(text, list_of(AuditEntry), grave=True)


CHECKS: list[Check] = [
    broken_audit, no_valkey, no_worker, silent_clock, unapplied_migrations, low_disk, old_jobs, degraded_embedder,
    failed_jobs, failing_webhooks, expiring_keys,
]  # fmt: skip


def found(state: State) -> list[Notice]:
    """The grave ones first."""
    notices = [notice for check in CHECKS for notice in check(state)]
    return sorted(notices, key=lambda notice: not notice.grave)


def duration(span: timedelta) -> str:
    """ "7 minutes", "3 hours", "2 days": the largest unit of which there are two, or the smallest."""
    seconds = int(span.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _system(state: State, part: str) -> str:
    """Who may not see the page of the system gets the sentence alone."""
    return f"{reverse('admin:system')}#{part}" if state.sight.everything else ""
