"""Sessions of operators: begun after the last step of signing in, looked at with every request, ended one or all."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from memos.projects import audit
from memos.projects.audit import Caretaker
from memos.projects.models import Operator
from memos.projects.operators import ref_of
from memos.projects.signin.models import OperatorSession
from memos.projects.signin.visits import Visit

SEEN_RESOLUTION = timedelta(minutes=1)


def requires_two_factor(operator: Operator) -> bool:
    """Whether this installation lets the operator in only with a second factor."""
    match settings.REQUIRE_TWO_FACTOR:
        case "all":
            return True
        case "admins":
            return operator.is_superuser or operator.has_perm("projects.change_project")
        case _:
            return False


@transaction.atomic
def begin(operator: Operator, visit: Visit, *, second_factor: str) -> OperatorSession:
    """``second_factor`` is what followed the password: nothing, a code, a recovery code."""
    session = OperatorSession.objects.create(
        operator=operator, address=visit.address, browser=visit.browser, two_factor=bool(second_factor)
    )
    by = Caretaker.from_operator(operator, visit.request_id)
    audit.record(by, "operator.signed_in", ref_of(operator), session=session.ref, second_factor=second_factor)
    return session


def adopt(operator: Operator, visit: Visit) -> OperatorSession:
    """A session from before there were rows of them."""
    return OperatorSession.objects.create(operator=operator, address=visit.address, browser=visit.browser)


def find(pk: UUID, operator: Operator) -> OperatorSession | None:
    """The session, where it still opens something; that it was seen is written once a minute."""
    session = OperatorSession.objects.alive().of(operator).filter(pk=pk).first()
    if session is None or not operator.is_staff or (requires_two_factor(operator) and not session.two_factor):
        return None
    now = timezone.now()
    if session.seen_at < now - SEEN_RESOLUTION:
        OperatorSession.objects.filter(pk=pk).update(seen_at=now)
        session.seen_at = now
    return session


@transaction.atomic
def sign_out(session: OperatorSession, by: Caretaker) -> None:
    if OperatorSession.objects.filter(pk=session.pk).delete()[0]:
        audit.record(by, "operator.signed_out", ref_of(session.operator), session=session.ref)


@transaction.atomic
def end_one(operator: Operator, pk: UUID, by: Caretaker) -> bool:
    """Whether there was such a session of that operator."""
    ended = bool(OperatorSession.objects.of(operator).filter(pk=pk).delete()[0])
    if ended:
        audit.record(by, "operator.sessions_ended", ref_of(operator), sessions_ended=1)
    return ended


@transaction.atomic
def end_all(operator: Operator, by: Caretaker, *, but: UUID | None = None) -> int:
    """How many that were."""
    ended: int = OperatorSession.objects.of(operator, but=but).delete()[0]
    if ended:
        audit.record(by, "operator.sessions_ended", ref_of(operator), sessions_ended=ended)
    return ended


def tidy() -> None:
    OperatorSession.objects.ended().delete()


def vouch(session: OperatorSession) -> None:
    """A code was right in this session too."""
    OperatorSession.objects.filter(pk=session.pk).update(two_factor=True)
