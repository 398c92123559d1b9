"""After some failures in a row a source has to wait, twice as long each time. Counted in PostgreSQL: nobody can sign in
without it anyway, and what protects a password must not fall away with a cache.

An attempt is counted before the password is looked at, so that many at once are no more than one after another.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from memos.projects.models import Operator
from memos.projects.signin.models import Attempts
from memos.projects.signin.visits import Visit

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


class HasToWait(Exception):
    def __init__(self, until: datetime) -> None:
        self.seconds = max(1, round((until - timezone.now()).total_seconds()))
        super().__init__(f"Too many attempts have failed. Try again in {_told(self.seconds)}.")


@dataclass(frozen=True, slots=True)
class Source:
    """Where attempts come from, and how many of them may fail before it has to wait."""

    digest: str
    free: int
    operator_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """An attempt that may be made; ``waits`` says which sources have to wait if it fails, since this very one."""

    sources: list[Source]
    waits: list[Source]

    def succeeded(self) -> None:
        """The operator's failures are forgotten; of an address only this attempt: others may be guessing there."""
        own = [source.digest for source in self.sources if source.operator_id]
        Attempts.objects.filter(digest__in=own).delete()
        with transaction.atomic():
            for row in _locked([source for source in self.sources if not source.operator_id]):
                row.failures, row.until = max(row.failures - 1, 0), None
                row.save(update_fields=["failures", "until"])


def of_password(visit: Visit, name: str, operator: Operator | None) -> list[Source]:
    """A browser that is known to the operator is counted by itself; else both the name and the address count."""
    if operator and (browser := visit.knows(operator.pk)):
        return [_source("browser", browser, 10, operator)]
    return [_source("name", name, 5, operator), _source("address", visit.network, 20)]


def of_code(visit: Visit, operator: Operator) -> list[Source]:
    """Whoever comes so far has the password."""
    browser = visit.knows(operator.pk)
    return [_source("code of browser", browser, 10, operator) if browser else _source("code", operator.pk, 5, operator)]


def of_confirmation(operator: Operator) -> list[Source]:
    """Their own password, asked again of somebody who is signed in."""
    return [_source("confirmation", operator.pk, 5, operator)]


def _source(kind: str, what: object, free: int, operator: Operator | None = None) -> Source:
    pepper = str(settings.KEY_PEPPERS[settings.KEY_PEPPER_ID]).encode()
    digest = hmac.new(pepper, f"attempts:{kind}:{what}".encode(errors="replace"), hashlib.sha256).hexdigest()
    return Source(digest, free, operator.pk if operator else None)


@transaction.atomic
def count(sources: list[Source]) -> Counted:
    """Raises HasToWait, and then counts nothing."""
    rows = [Attempts(digest=source.digest, operator_id=source.operator_id) for source in sources]
    Attempts.objects.bulk_create(sorted(rows, key=lambda row: row.digest), ignore_conflicts=True)
    free = {source.digest: source for source in sources}
    found = _locked(sources)
    now = timezone.now()
    if ends := [row.until for row in found if row.until and row.until > now]:
        raise HasToWait(max(ends))
    waits = [source for row in found if _add(row, (source := free[row.digest]).free, now)]
    return Counted(sources, waits)


def _locked(sources: list[Source]) -> list[Attempts]:
    """One after the other in the same order, so that two attempts can't hold each other up."""
    digests = [source.digest for source in sources]
    return list(Attempts.objects.select_for_update().filter(digest__in=digests).order_by("digest"))


def _add(row: Attempts, free: int, now: datetime) -> bool:
    """Count one; whether a series of waits begins with it."""
    row.failures = row.failures + 1 if row.last_at > now - FORGOTTEN_AFTER else 1
    beyond = row.failures - free
    row.last_at = now
    row.until = now + min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT) if beyond >= 0 else None
    row.save(update_fields=["failures", "last_at", "until"])
    return beyond == 0


def waits_until(operator: Operator) -> datetime | None:
    """When an operator who was locked may try again."""
    rows = Attempts.objects.filter(operator=operator, until__gt=timezone.now())
    return rows.order_by("-until").values_list("until", flat=True).first()


def forget(operator: Operator) -> bool:
    """Whether there was something to forget."""
    return bool(Attempts.objects.filter(operator=operator).delete()[0])


def tidy() -> None:
    Attempts.objects.filter(last_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


def _told(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if seconds <= 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{minutes} minutes"
