"""How the worker does an operation: slice by slice, each with its progress in one transaction.

A kill between any two lines rolls a slice back, and whoever is rung for next does it anew: nothing is done twice and
nothing left out. Where a worker died in one, rows are done one by one from then on, so that a row that kills its worker
each time is found, and passed over once it has had as many tries as a job has.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from ingest.models import Operation
from ingest.operations.asker import asker, caller_in, counts, may, record
from ingest.operations.kinds import KINDS, Kind, NothingToDo
from memos import ids
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.models import Operator, Project

ROWS = 100
SECONDS = 0.5
"""A slice holds what its rows lock: it ends after so many of them, or so long."""
SHOWN_REASONS = 20
MOST_RINGS = 100
SKIPPING = (404, 409)

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """The operation was cancelled meanwhile, or somebody else has done the slice: nothing of it stays."""


def waiting() -> list[UUID]:
    return list(Operation.objects.unfinished().order_by("pk").values_list("pk", flat=True)[:MOST_RINGS])


def advance(operation_id: UUID) -> bool:
    """Do a slice of an operation; True while there is more. Nothing while another worker is in one."""
    operation = _begin(operation_id)
    if operation is None:
        return False
    try:
        return _do_slice(operation)
    except Overtaken:
        log.info("operation %s has ended or is done by another worker", operation.ref)
        return False


@transaction.atomic
def _begin(operation_id: UUID) -> Operation | None:
    """Count the try. One that is there already was left by a worker that died."""
    if not _is_alone(operation_id):
        return None
    unfinished = Operation.objects.unfinished().filter(pk=operation_id)
    operation = unfinished.select_related("project").first()
    begun: dict[str, Any] = {
        "status": Operation.Status.RUNNING,
        "started_at": Coalesce("started_at", timezone.now()),
        "tries": F("tries") + 1,
    }
    if operation is None or not unfinished.update(**begun, is_careful=operation.is_careful or operation.tries > 0):
        return None
    operation.is_careful, operation.tries = operation.is_careful or operation.tries > 0, operation.tries + 1
    return operation


def _is_alone(operation_id: UUID) -> bool:
    """Until the end of the transaction, or of whoever holds it."""
    with connection.cursor() as cursor:
        key = int.from_bytes(operation_id.bytes[-8:], signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _do_slice(operation: Operation) -> bool:
    if not _is_alone(operation.pk):
        return False
    operator = operation.operator
    if operator is None or not may(operation, operator):
        _stop(operation)
        return False
    part = Slice(operation, operator)
    part.do()
    _save(operation, part)
    return operation.position < operation.total


@dataclass
class Slice:
    """The next rows of an operation, and what came of them."""

    operation: Operation
    operator: Operator
    counted: Counter[str] = field(default_factory=Counter)
    reasons: list[dict[str, str]] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        return KINDS[self.operation.kind]

    def do(self) -> None:
        began = time.monotonic()
        if self._do_many(began):
            return
        keys = self._keys()
        projects = self._projects(keys)
        for key in keys:
            if key in projects:
                self._do(key, projects[key])
            else:
                self._tell("skipped", key, "NOT_FOUND", "It is not there any more.")
            if time.monotonic() - began > SECONDS:
                return

    def _do_many(self, began: float) -> bool:
        """What its kind can do at once. False where that is nothing: the rest goes row by row.

        What is done so comes next in the order of the operation's rows, so that its position tells what is done.
        """
        operation, run_many = self.operation, self.kind.run_many
        if run_many is None or operation.tries > settings.INGEST_MAX_ATTEMPTS:
            return False
        left = operation.keys[operation.position :]
        done: list[UUID] = []
        for project, keys in self._allowed(left).items():
            if time.monotonic() - began < SECONDS:
                done += run_many(caller_in(asker(operation), project), keys)
        self.counted["done"] += len(done)
        rest = set(left).difference(done)
        operation.keys[operation.position :] = [*done, *(key for key in left if key in rest)]
        return bool(done)

    def _allowed(self, keys: list[UUID]) -> dict[Project, list[UUID]]:
        """By the projects in which the operator may still do it."""
        by_project: dict[Project, list[UUID]] = {}
        for key, project in self._projects(keys).items():
            by_project.setdefault(project, []).append(key)
        right = self.kind.right
        return {project: of for project, of in by_project.items() if self.operator.has_perm(right, project)}

    def _keys(self) -> list[UUID]:
        start = self.operation.position
        return self.operation.keys[start : start + (1 if self.operation.is_careful else ROWS)]

    def _projects(self, keys: list[UUID]) -> dict[UUID, Project]:
        rows = self.kind.model._default_manager.filter(pk__in=keys)
        of = dict(rows.values_list("pk", "project"))
        found = Project.objects.in_bulk(set(of.values()))
        return {key: found[project] for key, project in of.items()}

    def _do(self, key: UUID, project: Project) -> None:
        if not self.operator.has_perm(self.kind.right, project):
            self._tell("failed", key, "FORBIDDEN", f"{self.operation.operator_label} may not do this any more.")
        elif self.operation.tries > settings.INGEST_MAX_ATTEMPTS:
            self._tell("failed", key, "GAVE_UP", "The worker died each time.")
        else:
            self._run(caller_in(asker(self.operation), project), key)

    def _run(self, caller: Caller, key: UUID) -> None:
        """Raises what is the database's fault: the slice is done anew."""
        try:
            with transaction.atomic():
                self.kind.run(caller, key)
            self.counted["done"] += 1
        except Problem as problem:
            outcome = "skipped" if problem.status_code in SKIPPING else "failed"
            self._tell(outcome, key, problem.code, str(problem.detail))
        except NothingToDo as nothing:
            self._tell("skipped", key, "NOTHING_TO_DO", str(nothing))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("operation %s could not do row %s", self.operation.ref, key)
            self._tell("failed", key, "INTERNAL", type(error).__name__)

    def _tell(self, outcome: str, key: UUID, code: str, detail: str) -> None:
        ref = ids.encode(self.kind.model.PREFIX, key)
        self.counted[outcome] += 1
        self.reasons.append({"ref": ref, "outcome": outcome, "code": code, "detail": detail[:300]})


def _save(operation: Operation, part: Slice) -> None:
    """Raises Overtaken where the operation is not where it was."""
    before = operation.position
    for name, count in part.counted.items():
        setattr(operation, name, getattr(operation, name) + count)
    operation.position += part.counted.total()
    operation.reasons = _first([*operation.reasons, *part.reasons])
    operation.tries = 0
    if operation.position == operation.total:
        operation.status, operation.finished_at = Operation.Status.DONE, timezone.now()
    else:
        operation.status = Operation.Status.RUNNING
    moved = ["position", "done", "skipped", "failed", "reasons", "tries", "status", "finished_at"]
    moved += ["keys"] if part.kind.run_many else []
    unmoved = Operation.objects.unfinished().filter(pk=operation.pk, position=before)
    if not unmoved.update(**{name: getattr(operation, name) for name in moved}):
        raise Overtaken
    if operation.status == Operation.Status.DONE:
        record(asker(operation), operation, "operation.done", kind=operation.kind, **counts(operation))


def _first(reasons: list[dict[str, str]]) -> list[dict[str, str]]:
    """The first of each outcome."""
    seen: Counter[str] = Counter()
    kept = []
    for reason in reasons:
        seen[reason["outcome"]] += 1
        if seen[reason["outcome"]] <= SHOWN_REASONS:
            kept.append(reason)
    return kept


def _stop(operation: Operation) -> None:
    """Whoever asked for it may not do it any more, or is no operator."""
    told = f"{operation.operator_label} may not do this any more."
    ended = {"status": Operation.Status.FAILED, "error": told, "finished_at": timezone.now()}
    if Operation.objects.unfinished().filter(pk=operation.pk).update(**ended):
        record(asker(operation), operation, "operation.failed", kind=operation.kind, **counts(operation))
