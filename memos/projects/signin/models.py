"""What is kept of signing in: sessions, attempts, and the second factor (in django-otp's tables)."""

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from memos.projects.models import Identified, Operator

SALT_BYTES = 20
"""As long as the secret that RFC 4226 recommends."""


class SessionQuerySet(models.QuerySet["OperatorSession"]):
    def alive(self) -> Self:
        """Neither too old nor idle for too long."""
        now = timezone.now()
        return self.filter(
            started_at__gt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE),
            seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        )

    def ended(self) -> Self:
        return self.exclude(pk__in=self.alive().values("pk"))

    def of(self, operator: Operator, *, but: UUID | None = None) -> Self:
        rows = self.filter(operator=operator)
        return rows.exclude(pk=but) if but else rows


class OperatorSession(Identified):
    """From signing in to its end. The browser's session names it; where it is gone, that session opens nothing."""

    PREFIX = "ses"

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="sessions", db_index=False)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=60)
    two_factor = models.BooleanField(default=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(F("operator"), F("seen_at").desc(), name="session_by_operator")]

    def ends_at(self) -> datetime:
        oldest = self.started_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return min(oldest, self.seen_at + timedelta(seconds=settings.SESSION_IDLE_SECONDS))


class Attempts(models.Model):
    """Failures in a row of one source: a name, an address, a browser. What it is stands in no column, only its digest:
    people type passwords where a name belongs."""

    digest = models.CharField(max_length=64, primary_key=True)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, null=True, related_name="+")
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now, db_index=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.digest[:12]


class SecondFactor(TOTPDevice):
    """An authenticator app. The column `key` holds a salt: the app's secret is derived from it and the pepper, so that
    a copy of the database alone makes no codes. `name` says which pepper."""

    class Meta:
        proxy = True

    @classmethod
    def new(cls, operator: Operator, salt: str) -> Self:
        return cls(user=operator, key=salt, name=settings.KEY_PEPPER_ID, confirmed=True)

    @staticmethod
    def new_salt() -> str:
        return secrets.token_hex(SALT_BYTES)

    @property
    def bin_key(self) -> bytes:
        return hmac.digest(_pepper(self.name), b"totp:" + bytes.fromhex(self.key), hashlib.sha1)


class RecoveryCodes(StaticDevice):
    """Codes that each open once. Their digests are kept, not they themselves."""

    class Meta:
        proxy = True

    @classmethod
    def for_operator(cls, operator: Operator) -> Self:
        return cls.objects.create(user=operator, name=settings.KEY_PEPPER_ID, confirmed=True)

    def add(self, codes: list[str]) -> None:
        tokens = [self.token_set.model(device=self, token=self._digest(code)) for code in codes]
        self.token_set.bulk_create(tokens)

    def verify_token(self, token: str) -> bool:
        return bool(super().verify_token(self._digest(token)))

    def _digest(self, code: str) -> str:
        """80 bits: the column has 16 signs."""
        made = hmac.digest(_pepper(self.name), f"recovery:{self.user_id}:{code}".encode(), hashlib.sha256)
        return b32encode(made[:10]).decode().lower()


def _pepper(pepper_id: str) -> bytes:
    return str(settings.KEY_PEPPERS[pepper_id]).encode()
