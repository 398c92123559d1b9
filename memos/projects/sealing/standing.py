"""How the audit log stands: how far it is sealed, and what the last verifications found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from memos.projects.models import AuditCheck, AuditEntry, AuditSeal, Project
from memos.projects.sealing import chain

LATE = timedelta(minutes=30)
"""Sealing goes on every few minutes: then nobody does it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``waiting_since`` is when the oldest entry without a seal was written; ``verified_at`` when the chain was
    that was not verified for longest. ``broken`` are the sentences of the chains that do not hold."""

    entries: int
    seals: int
    sealed_at: datetime | None
    waiting_since: datetime | None
    verified_at: datetime | None
    unverified: int
    broken: list[AuditCheck]

    @property
    def late(self) -> bool:
        return self.waiting_since is not None and self.waiting_since < timezone.now() - LATE


def standing(projects: list[UUID] | None) -> Standing:
    """Of projects; None: of all that there is, the installation's chain too."""
    mine = Project.objects.all() if projects is None else Project.objects.filter(pk__in=projects)
    heads = list(AuditSeal.objects.heads(mine, installation=projects is None))
    checks = AuditCheck.objects.select_related("project")
    checks = checks if projects is None else checks.filter(project__in=projects)
    done = [check for check in checks if check.checked_at]
    sealed = {head.project_id for head in heads}
    return Standing(
        entries=sum(head.total for head in heads),
        seals=sum(head.number for head in heads),
        sealed_at=max((head.sealed_at for head in heads), default=None),
        waiting_since=min([*_waiting(mine), *(_waiting_installation(heads) if projects is None else ())], default=None),
        verified_at=min((check.checked_at for check in done if check.checked_at), default=None),
        unverified=len(sealed - {check.project_id for check in done}),
        broken=[check for check in done if check.broken],
    )


def _waiting(projects: QuerySet[Project]) -> Iterable[datetime]:
    return chain.behind(projects, timezone.now() + timedelta(days=1)).values_list("unsealed", flat=True)


def _waiting_installation(heads: list[AuditSeal]) -> Iterable[datetime]:
    sealed = next((head.last_id for head in heads if head.project_id is None), None)
    return AuditEntry.objects.in_chain(None, after=sealed).values_list("at", flat=True)[:1]
