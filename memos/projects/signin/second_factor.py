"""The second factor of an operator: an authenticator app, and recovery codes for the day when it is lost."""

import re
import secrets

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticToken

from memos.projects import audit
from memos.projects.audit import Caretaker
from memos.projects.models import Operator
from memos.projects.operators import ref_of
from memos.projects.signin import sessions
from memos.projects.signin.models import RecoveryCodes, SecondFactor

RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike; ten signs are 49 bits."""
_APP_CODE = re.compile(r"[0-9]{6}")


class WrongCode(Exception):
    """Neither the app's code of now nor a recovery code that was not used yet."""


def of(operator: Operator) -> SecondFactor | None:
    return SecondFactor.objects.filter(user=operator, confirmed=True).first()


def recovery_codes_left(operator: Operator) -> int:
    return StaticToken.objects.filter(device__user=operator).count()


def plain(code: str) -> str:
    """As it was meant: apps show "123 456", and some type recovery codes in capitals or without the hyphen."""
    return re.sub(r"[\s-]", "", code).lower()


@transaction.atomic
def verify(operator: Operator, code: str) -> str:
    """What kind of code it was. Each opens once, however many send it at once. Raises WrongCode."""
    given = plain(code)
    model = SecondFactor if _APP_CODE.fullmatch(given) else RecoveryCodes
    device = model.objects.select_for_update().filter(user=operator, confirmed=True).first()
    if device is None or not device.verify_token(given):
        raise WrongCode
    return "code" if model is SecondFactor else "recovery code"


@transaction.atomic
def enrol(operator: Operator, salt: str, code: str, by: Caretaker) -> list[str]:
    """Begin to ask for codes of the app that was shown the secret; an app from before does not count any more.

    Returns the recovery codes, which are shown once. Raises WrongCode, and then nothing is kept.
    """
    Operator.objects.select_for_update().get(pk=operator.pk)
    replaced = _drop(operator)
    if not SecondFactor.new(operator, salt).verify_token(plain(code)):
        raise WrongCode
    audit.record(by, "operator.second_factor_set_up", ref_of(operator), replaced=replaced)
    return _new_codes(operator)


@transaction.atomic
def renew_recovery_codes(operator: Operator, by: Caretaker) -> list[str]:
    """New ones; those from before open nothing any more."""
    Operator.objects.select_for_update().get(pk=operator.pk)
    RecoveryCodes.objects.filter(user=operator).delete()
    audit.record(by, "operator.recovery_codes_renewed", ref_of(operator))
    return _new_codes(operator)


@transaction.atomic
def remove(operator: Operator, by: Caretaker) -> bool:
    """By its owner. Whether there was one."""
    removed = _drop(operator)
    if removed:
        audit.record(by, "operator.second_factor_removed", ref_of(operator))
    return removed


@transaction.atomic
def reset(operator: Operator, by: Caretaker) -> bool:
    """For who lost app and codes. Sessions end too: nobody knows who has the app now. Whether there was one."""
    removed = _drop(operator)
    if removed:
        audit.record(by, "operator.second_factor_reset", ref_of(operator))
        sessions.end_all(operator, by)
    return removed


def _drop(operator: Operator) -> bool:
    RecoveryCodes.objects.filter(user=operator).delete()
    return bool(SecondFactor.objects.filter(user=operator).delete()[0])


def _new_codes(operator: Operator) -> list[str]:
    """Shown with a hyphen in the middle, kept without."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCodes.for_operator(operator).add(codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]
