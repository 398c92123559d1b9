"""Seals what is written. Each chain is extended a seal at a time; two workers at once can't fork one."""

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from memos import ids
from memos.projects.models import AuditEntry, AuditSeal, Project
from memos.projects.sealing import digests

MOST = 5_000
"""Entries of one seal."""
MARGIN = timedelta(minutes=5)
"""How far the clocks of the machines may be apart, and how long an entry may take from its id to its row."""
SECONDS = 60.0
NOTHING = UUID(int=0)

# Only who has written has an id of a transaction, and holds a lock on it that everybody may see. When it began is
# hidden where it is of another role: then we wait for its end.
_OLDEST_WRITER = """
    SELECT count(*) > count(a.xact_start), min(a.xact_start), clock_timestamp()
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
      AND a.datname = current_database() AND l.pid <> pg_backend_pid()
"""


def horizon() -> datetime | None:
    """No entry with an id from before it can come any more. None where that can't be told now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(_OLDEST_WRITER)
        hidden, oldest, now = cursor.fetchone()
    return None if hidden else min(oldest or now, now, timezone.now()) - MARGIN


def waiting(before: datetime) -> list[UUID | None]:
    """The chains with entries to seal."""
    found: list[UUID | None] = list(behind(Project.objects.all(), before).values_list("pk", flat=True))
    head = last_seal(None)
    rows = AuditEntry.objects.in_chain(None, after=head.last_id if head else None)
    return found + [None] * rows.filter(pk__lt=ids.first_at(before)).exists()


def behind(projects: QuerySet[Project], before: datetime) -> QuerySet[Any]:
    """Those with entries from before a time behind their last seal, and when one of these was written as ``unsealed``.

    A look into two indexes for each project, however long the log is: see `AuditQuerySet.in_chain`, and not by EXISTS,
    which the planner may turn into a join that reads the log."""
    last = AuditSeal.objects.filter(project=OuterRef("pk")).order_by("-number").values("last_id")[:1]
    written = AuditEntry.objects.in_chain(OuterRef("pk"), after=OuterRef("sealed")).filter(pk__lt=ids.first_at(before))
    sealed = projects.annotate(sealed=Coalesce(Subquery(last), Value(NOTHING, output_field=UUIDField())))
    return sealed.annotate(unsealed=Subquery(written.values("at")[:1])).filter(unsealed__isnull=False)


def last_seal(project_id: UUID | None) -> AuditSeal | None:
    return AuditSeal.objects.of_chain(project_id).newest().first()


def seal_all() -> int:
    """Seal whatever can be sealed; what a minute is not enough for waits for the next time. Returns how many."""
    before = horizon()
    if before is None:
        return 0
    end = time.monotonic() + SECONDS
    sealed = 0
    for project_id in waiting(before):
        while time.monotonic() < end and (made := seal_next(project_id, before)):
            sealed += made
    return sealed


def seal_next(project_id: UUID | None, before: datetime) -> int:
    """Make the next seal of a chain, of entries from before a `horizon`. Returns how many these are.

    Another worker may be faster: then nothing is written, and what that sealed is not waiting any more."""
    with transaction.atomic():
        made = _next(project_id, before)
        if made:
            AuditSeal.objects.bulk_create([made], ignore_conflicts=True)
    return made.count if made else 0


def _next(project_id: UUID | None, before: datetime) -> AuditSeal | None:
    head = last_seal(project_id)
    entries = AuditEntry.objects.in_chain(project_id, after=head.last_id if head else None)
    rows = list(digests.rows_of(entries.filter(pk__lt=ids.first_at(before))[:MOST]))
    if not rows:
        return None
    times = [row[digests.COLUMNS.index("at")] for row in rows]
    made = AuditSeal(
        project_id=project_id,
        number=head.number + 1 if head else 1,
        first_id=rows[0][0],
        last_id=rows[-1][0],
        starts=min(times),
        ends=max(times),
        count=len(rows),
        total=len(rows) + (head.total if head else 0),
        entries=digests.packed(rows, digests.current_key()),
        key_id=digests.current_key(),
        previous=bytes(head.digest) if head else digests.GENESIS,
    )
    made.digest = digests.digest(made)
    return made
