"""Operators, what changes about them, and their roles in projects.

Django's own code makes and saves operators: here it is watched and recorded. Nothing of that belongs to a project, and
so neither do the entries.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from memos.projects import audit
from memos.projects.audit import Caller, Caretaker
from memos.projects.models import AuditEntry, Membership, Operator, Project
from memos.projects.signin.models import OperatorSession

RIGHTS = ("is_active", "is_superuser")
FIELDS = ("username", "first_name", "last_name", "email", *RIGHTS)


def ref_of(operator: Operator) -> str:
    return f"operator_{operator.pk}"


@transaction.atomic
def save_operator(*, by: Caretaker, operator: Operator) -> None:
    """Save a new or changed operator: what they are called stays out of the entry, what they may do stands in it."""
    before = Operator.objects.select_for_update().filter(pk=operator.pk).first()
    operator.save()
    if before is None:
        record_new(by, operator)
        return
    changed = [name for name in FIELDS if getattr(before, name) != getattr(operator, name)]
    rights = {name: getattr(operator, name) for name in RIGHTS if name in changed}
    if changed:
        ended = _end_sessions(operator) if any(not has for has in rights.values()) else {}
        audit.record(by, "operator.updated", ref_of(operator), fields=changed, **rights, **ended)


def _end_sessions(operator: Operator, but: UUID | None = None) -> dict[str, int]:
    """What the entry says of it: nothing, where there were none."""
    ended: int = OperatorSession.objects.of(operator, but=but).delete()[0]
    return {"sessions_ended": ended} if ended else {}


def record_new(by: Caretaker, operator: Operator) -> None:
    audit.record(by, "operator.created", ref_of(operator), is_superuser=operator.is_superuser)


@contextmanager
def newcomers_recorded(by: Caretaker) -> Iterator[None]:
    """Whoever is made inside gets an entry in the same transaction."""
    with transaction.atomic():
        known = list(Operator.objects.values_list("pk", flat=True))
        yield
        for operator in Operator.objects.exclude(pk__in=known):
            if not AuditEntry.objects.filter(action="operator.created", target_id=ref_of(operator)).exists():
                record_new(by, operator)


@contextmanager
def password_recorded(by: Caretaker, operator_pk: int | str | None, but: UUID | None = None) -> Iterator[None]:
    """Where the password of an operator is another one afterwards, there is an entry in the same transaction, and their
    sessions end ``but`` the one in which it was changed."""
    with transaction.atomic():
        found = Operator.objects.filter(pk=operator_pk) if operator_pk else Operator.objects.none()
        before = found.first()
        yield
        after = found.first()
        if before and after and before.password != after.password:
            audit.record(by, "operator.password_changed", ref_of(after), **_end_sessions(after, but))


@transaction.atomic
def give_role(*, caller: Caller, operator: Operator, role: str, reads_words: bool = False) -> Membership:
    """Give an operator a role in ``caller.project``, a live one, in place of the one that they have there.

    Raises ValidationError where the role is unknown or the project is a test twin.
    """
    if caller.project.mode != Project.Mode.LIVE:
        raise ValidationError("A role in a project counts in its test twin too: give it in the live one.")
    Project.objects.select_for_update(no_key=True).get(pk=caller.project.pk)  # two who give one at once
    row = Membership.objects.for_project(caller.project).filter(operator=operator).first()
    before = {"role": row.role, "reads_words": row.reads_words} if row else None
    after = {"role": role, "reads_words": reads_words}
    row = row or Membership(project=caller.project, operator=operator)
    row.role, row.reads_words = role, reads_words
    row.full_clean()
    if before != after:
        row.save()
        audit.record(caller, "role.given", row.ref, operator=ref_of(operator), before=before, after=after)
    return row


@transaction.atomic
def take_role(*, caller: Caller, membership: Membership) -> None:
    """Take a role away. One that is gone already changes nothing."""
    rows = Membership.objects.for_project(caller.project).filter(pk=membership.pk)
    if rows.delete()[0]:
        audit.record(caller, "role.taken", membership.ref, operator=ref_of(membership.operator), role=membership.role)
