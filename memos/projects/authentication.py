"""From the Authorization header to the project: `request.auth` is the key, `request.auth.project` its project."""

import hmac
from datetime import timedelta
from typing import Any, cast

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from memos.api.problems import Problem
from memos.projects import keys
from memos.projects.models import ApiKey, Scope

LAST_USED_RESOLUTION = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey]:
        """Raise ``UNAUTHENTICATED``, ``KEY_REVOKED`` or ``KEY_EXPIRED`` (401) unless the key is good."""
        key = find(_bearer(request))
        if key is None:
            raise Problem(401, "UNAUTHENTICATED", "Send a valid API key: 'Authorization: Bearer mos_live_…'.")
        if key.revoked_at:
            raise Problem(401, "KEY_REVOKED", f"The key {key.prefix}… is revoked.")
        if key.expires_at and key.expires_at <= timezone.now():
            raise Problem(401, "KEY_EXPIRED", f"The key {key.prefix}… has expired.")
        _touch(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="memos"'


def find(secret: str) -> ApiKey | None:
    """The key with that secret, compared in constant time."""
    if not keys.FORM.fullmatch(secret):
        return None
    for key in ApiKey.objects.select_related("project").filter(prefix=keys.prefix(secret)):
        if hmac.compare_digest(bytes(key.digest), keys.digest(secret, key.pepper_id)):
            return key
    return None


def _bearer(request: Request) -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _touch(key: ApiKey) -> None:
    """Note the use at most once a minute: a write on every read would be dear."""
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_RESOLUTION)
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_RESOLUTION:
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


class HasScope(BasePermission):
    """GET needs `read`, the rest `write`, unless the view names another scope for the action."""

    def has_permission(self, request: Request, view: Any) -> bool:
        needed = scope_of(view, view.action, request.method or "")
        if needed not in cast(ApiKey, request.auth).scopes:
            raise Problem(403, "FORBIDDEN", f"This call needs a key with the scope '{needed}'.")
        return True


def scope_of(view: Any, action: str, method: str) -> Scope:
    """The scope that an action of a view (a class or an instance of one) needs."""
    default = Scope.READ if method in ("GET", "HEAD") else Scope.WRITE
    return view.scopes.get(action, default)
