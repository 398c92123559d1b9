"""Who asked for an operation: what they may do, and how the audit log names them."""

from ingest.models import Operation
from ingest.operations.kinds import KINDS
from memos.projects import audit
from memos.projects.audit import Caller, Caretaker
from memos.projects.models import AuditEntry, Operator, Project

COUNTS = ("done", "skipped", "failed", "total")


def may(operation: Operation, operator: Operator) -> bool:
    """Whether an operator may do what was asked for, in the project of an operation or, without one, in any."""
    return operator.is_staff and operator.has_perm(KINDS[operation.kind].right, operation.project)


def asker(operation: Operation) -> Caretaker:
    actor_id = str(operation.operator_id or "")
    return Caretaker(AuditEntry.Actor.OPERATOR, actor_id, operation.operator_label, operation.request_id)


def caller_in(by: Caretaker, project: Project) -> Caller:
    return Caller(project, by.actor, by.actor_id, by.actor_label, by.request_id)


def record(by: Caretaker, operation: Operation, action: str, **detail: object) -> None:
    """In the log of the operation's project, or, without one, in that of the installation."""
    audit.record(caller_in(by, operation.project) if operation.project else by, action, operation.ref, **detail)


def counts(operation: Operation) -> dict[str, int]:
    return {name: getattr(operation, name) for name in COUNTS}
