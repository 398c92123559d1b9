"""Deletes what a project keeps no longer: whole seals' entries at once. The seals stay, and the chain with them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from memos.projects import audit
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry, AuditSeal, Project
from memos.projects.sealing import digests

AT_ONCE = 20
"""Seals of one transaction."""
_DAY = timedelta(days=1)


def due() -> list[UUID]:
    """The projects with entries that are kept no longer."""
    old = AuditSeal.objects.filter(
        project=OuterRef("pk"), pruned_at=None, ends__lt=Now() - F("project__audit_retention_days") * _DAY
    )
    wanted = Project.objects.filter(audit_retention_days__isnull=False)
    return list(wanted.filter(Exists(old)).values_list("pk", flat=True))


def prune(project_id: UUID) -> int:
    """Delete the entries of a project in sealed ranges that ended before its retention. Returns how many."""
    pruned = 0
    while more := _prune_some(project_id):
        pruned += more
    return pruned


@transaction.atomic
def _prune_some(project_id: UUID) -> int:
    """The database lets through what lies in a seal that the same transaction has marked, and nothing else."""
    held = Project.objects.select_for_update(of=("self",), no_key=True).annotate(now=TransactionNow())
    project = held.filter(pk=project_id, audit_retention_days__isnull=False).first()
    if project is None:
        return 0
    seals = _old(project, project.now)
    deleted = sum(_delete(seal, project.now) for seal in seals)
    if seals:
        until = max(seal.ends for seal in seals).isoformat()
        caller = Caller.from_system(project, "audit")
        audit.record(caller, "audit.pruned", project.ref, entries=deleted, seals=len(seals), until=until)
    return deleted


def _old(project: Project, now: datetime) -> list[AuditSeal]:
    assert project.audit_retention_days
    seals = AuditSeal.objects.filter(project=project, pruned_at=None).defer("entries").order_by("number")
    return list(seals.filter(ends__lt=now - project.audit_retention_days * _DAY)[:AT_ONCE])


def _delete(seal: AuditSeal, now: datetime) -> int:
    seal.pruned_at = now
    seal.pruning = digests.pruning(seal)
    seal.save(update_fields=["pruned_at", "pruning"])
    entries = AuditEntry.objects.filter(project=seal.project_id, pk__gte=seal.first_id, pk__lte=seal.last_id)
    return entries.delete()[0]
