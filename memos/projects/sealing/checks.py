"""Verifies each chain once a day, in steps, and keeps what was found. A step that was killed is done again."""

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from memos.projects import audit
from memos.projects.audit import Caller, Caretaker
from memos.projects.models import AuditCheck, AuditSeal, Project
from memos.projects.sealing.verification import Walk

EVERY = timedelta(hours=23)
STEP_SECONDS = 60.0
PART = "audit"
"""What the audit log calls this part of Memos."""

log = logging.getLogger(__name__)


def due() -> list[UUID | None]:
    """The chains that were not verified today, also those whose seals are all gone."""
    sealed = AuditSeal.objects.filter(project=OuterRef("pk"), number=1)
    chains: set[UUID | None] = set(Project.objects.filter(Exists(sealed)).values_list("pk", flat=True))
    if AuditSeal.objects.of_chain(None).exists():
        chains.add(None)
    checks = AuditCheck.objects.values_list("project", "checked_at")
    late = timezone.now() - EVERY
    fresh = {project for project, at in checks if at and at > late}
    return list((chains | {project for project, _ in checks}) - fresh)


def step(project_id: UUID | None) -> bool:
    """Verify a chain for a minute. Whether there is more of it."""
    check = check_of(project_id)
    walk = _resumed(check) if check.underway else begin(check)
    end = time.monotonic() + STEP_SECONDS
    for _ in walk.steps():
        if time.monotonic() > end:
            check.underway = _state(walk)
            check.save(update_fields=["underway"])
            return True
    finish(check, walk)
    return False


def check_of(project_id: UUID | None) -> AuditCheck:
    return AuditCheck.objects.get_or_create(project_id=project_id)[0]  # type: ignore[misc]  # null is one of them


def begin(check: AuditCheck) -> Walk:
    """What held the last time has to be in the chain still."""
    noted = {check.number: bytes(check.head)} if check.number else {}
    return Walk(check.project_id, noted=noted)


@transaction.atomic
def finish(check: AuditCheck, walk: Walk) -> None:
    """Keep what was found; what is newly broken is in the log, too."""
    if walk.broken:
        log.error("the audit log of %s is broken: %s", check.project or "the installation", walk.broken)
    if walk.broken and not check.broken:
        _record(check.project, walk)
    if not walk.broken:
        check.number, check.head = walk.number, walk.digest
    check.seals, check.entries, check.until, check.broken = walk.number, walk.entries, walk.until, walk.broken
    check.checked_at, check.underway = timezone.now(), None
    check.save()


def _record(project: Project | None, walk: Walk) -> None:
    if project:
        audit.record(Caller.from_system(project, PART), "audit.broken", project.ref, seal=walk.number + 1)
    else:
        audit.record(Caretaker.from_system(PART, ""), "audit.broken", "installation", seal=walk.number + 1)


def _state(walk: Walk) -> dict[str, Any]:
    assert walk.last_id
    assert walk.until
    return {
        "number": walk.number, "digest": walk.digest.hex(), "last_id": walk.last_id.hex, "total": walk.total,
        "entries": walk.entries, "until": walk.until.isoformat(),
    }  # fmt: skip


def _resumed(check: AuditCheck) -> Walk:
    """A walk from where it was left."""
    walk, state = begin(check), check.underway or {}
    walk.number, walk.total, walk.entries = state["number"], state["total"], state["entries"]
    walk.digest, walk.last_id = bytes.fromhex(state["digest"]), UUID(state["last_id"])
    walk.until = datetime.fromisoformat(state["until"])
    return walk
