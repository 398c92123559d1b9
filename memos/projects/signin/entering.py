"""The steps of signing in. What fails is counted, and noted in the audit log where it was about an operator; a name
that nobody has is noted nowhere, since it may be somebody's password."""

import logging

from django.contrib.auth import authenticate
from django.db import transaction

from memos.projects import audit
from memos.projects.audit import Caretaker
from memos.projects.models import Operator
from memos.projects.operators import ref_of
from memos.projects.signin import second_factor, throttle
from memos.projects.signin.throttle import Counted
from memos.projects.signin.visits import Visit

log = logging.getLogger(__name__)


class WrongPassword(Exception):
    """The name or the password: nobody is told which."""


def check_password(visit: Visit, name: str, password: str) -> Operator:
    """The operator, not signed in yet. Raises WrongPassword or HasToWait."""
    named = Operator.objects.filter(username=name).first()
    counted = throttle.count(throttle.of_password(visit, name, named))
    found = authenticate(username=name, password=password)
    if not isinstance(found, Operator) or not found.is_staff:
        _failed(visit, counted, named, "password")
        raise WrongPassword
    counted.succeeded()
    return found


def check_code(visit: Visit, operator: Operator, code: str) -> str:
    """Which kind of code it was. Raises WrongCode or HasToWait."""
    counted = throttle.count(throttle.of_code(visit, operator))
    try:
        kind = second_factor.verify(operator, code)
    except second_factor.WrongCode:
        _failed(visit, counted, operator, "code")
        raise
    counted.succeeded()
    return kind


def confirm_password(visit: Visit, operator: Operator, password: str) -> None:
    """Before something that opens the door for others. Raises WrongPassword or HasToWait."""
    counted = throttle.count(throttle.of_confirmation(operator))
    if not operator.check_password(password):
        _failed(visit, counted, operator, "confirmation")
        raise WrongPassword
    counted.succeeded()


@transaction.atomic
def _failed(visit: Visit, counted: Counted, operator: Operator | None, what: str) -> None:
    if counted.waits:
        log.warning("attempts to sign in from %s have to wait: too many have failed", visit.address or "nowhere")
    if operator is None:
        return
    by = Caretaker.from_system("sign-in", visit.request_id)
    audit.record(by, "operator.signin_failed", ref_of(operator), step=what)
    if any(source.operator_id for source in counted.waits):
        audit.record(by, "operator.locked", ref_of(operator), step=what)


@transaction.atomic
def unlock(operator: Operator, by: Caretaker) -> bool:
    """Whether anything had failed."""
    unlocked = throttle.forget(operator)
    if unlocked:
        audit.record(by, "operator.unlocked", ref_of(operator))
    return unlocked
