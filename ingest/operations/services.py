"""What the console asks of operations: begin one, cancel one."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from ingest.models import Operation
from ingest.operations import tasks
from ingest.operations.asker import COUNTS, counts, record
from ingest.operations.kinds import KINDS
from memos.api.problems import Problem, invalid
from memos.projects.audit import Caretaker
from memos.projects.models import Operator, Project

MOST = 10_000
"""Rows of one operation."""


@transaction.atomic
def request_operation(*, by: Caretaker, kind: str, keys: Sequence[UUID]) -> Operation:
    """Have the worker do something to rows, in the order of their kind. Which ones is settled here.

    ``by`` is an operator. Raises PermissionDenied where they have not the right in the project of each row, and a 400
    where there is none of the rows, or more than `MOST`.
    """
    made = KINDS[kind]
    if len(keys) > MOST:
        raise invalid("keys", f"An operation takes {MOST:,} rows at most.")
    found = dict(made.model._default_manager.filter(pk__in=keys).order_by(made.order).values_list("pk", "project"))
    if not found:
        raise invalid("keys", "None of these is there any more.")
    operator = Operator.objects.get(pk=int(by.actor_id))
    projects = list(Project.objects.filter(pk__in=set(found.values())))
    if not all(operator.has_perm(made.right, project) for project in projects):
        raise PermissionDenied
    operation = Operation.objects.create(
        project=projects[0] if len(projects) == 1 else None,
        kind=kind,
        keys=list(found),
        total=len(found),
        operator=operator,
        operator_label=by.actor_label,
        request_id=by.request_id,
    )
    record(by, operation, "operation.requested", kind=kind, total=operation.total)
    tasks.ring_operation(operation.pk)
    return operation


@transaction.atomic
def cancel_operation(*, by: Caretaker, operation: Operation) -> None:
    """End an operation that waits or runs. What is done stays done; the slice in which the worker is, is rolled back.

    Raises 409 ``OPERATION_ENDED`` where there is nothing to cancel.
    """
    unfinished = Operation.objects.unfinished().filter(pk=operation.pk)
    told = f"Cancelled by {by.actor_label}."
    if not unfinished.update(status=Operation.Status.CANCELLED, error=told, finished_at=timezone.now()):
        raise Problem(409, "OPERATION_ENDED", "The operation has ended: there is nothing to cancel.")
    operation.refresh_from_db(fields=["status", "error", "finished_at", *COUNTS])
    record(by, operation, "operation.cancelled", kind=operation.kind, **counts(operation))
