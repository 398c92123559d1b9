"""Projects and their keys: what the console and the commands may do to them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from memos.projects import audit, keys
from memos.projects.audit import Caller
from memos.projects.models import ApiKey, AuditEntry, Project, Scope

CallerOf = Callable[[Project], Caller]
"""Who makes a project can be named only once the project is there."""


def _the_command(project: Project) -> Caller:
    return Caller.from_command(project, "create_project")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that was just made, with the secret that is shown once and kept nowhere."""

    key: ApiKey
    secret: str


@transaction.atomic
def create_project(*, name: str, by: CallerOf = _the_command) -> Project:
    """Make a live project with its test twin. Raises ValidationError where the name is taken."""
    live = Project(name=name.strip(), mode=Project.Mode.LIVE)
    check_name(live)
    live.save()
    twin = Project.objects.create(name=live.name, mode=Project.Mode.TEST, live_twin=live)
    audit.record(by(live), "project.created", live.ref, test_twin=twin.ref)
    return live


@transaction.atomic
def rename_project(*, caller: Caller, name: str) -> Project:
    """Rename ``caller.project``, a live one, with its test twin. Raises ValidationError where the name is taken."""
    live = Project.objects.select_for_update(of=("self",)).get(pk=caller.project.pk, mode=Project.Mode.LIVE)
    before, live.name = live.name, name.strip()
    check_name(live)
    if live.name != before:
        Project.objects.filter(Q(pk=live.pk) | Q(live_twin=live)).update(name=live.name)
        audit.record(caller, "project.renamed", live.ref, before=before, after=live.name)
    return live


def check_name(project: Project) -> None:
    """Raises ValidationError where the name is empty, too long or taken."""
    project.full_clean(validate_constraints=False)
    if Project.objects.filter(name=project.name, mode=project.mode).exclude(pk=project.pk).exists():
        raise ValidationError({"name": f"There is a project {project.name!r} already."})


@transaction.atomic
def set_limits(*, caller: Caller, **limits: int | None) -> Project:
    """Set ``requests_per_minute`` or ``key_requests_per_minute`` of ``caller.project``; None takes a limit away.

    Raises ValidationError where a limit is less than one.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=caller.project.pk)
    _change(caller, project, "project.limits_changed", limits)
    return project


@transaction.atomic
def set_audit_reads(*, caller: Caller, on: bool) -> Project:
    """Whether the audit log of ``caller.project`` also has who read what."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=caller.project.pk)
    _change(caller, project, "project.audit_reads_changed", {"audit_reads": on})
    return project


@transaction.atomic
def set_audit_retention(*, caller: Caller, days: int | None) -> Project:
    """How long the audit log of ``caller.project`` is kept; None: for ever.

    Raises ValidationError for less than a day and for more than a hundred years.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=caller.project.pk)
    _change(caller, project, "project.audit_retention_changed", {"audit_retention_days": days})
    return project


@transaction.atomic
def set_key_limit(*, caller: Caller, key: ApiKey, requests_per_minute: int | None) -> ApiKey:
    """None: as the project says for its keys. Raises ValidationError where the limit is less than one."""
    key = _lock(caller, key)
    _change(caller, key, "key.limits_changed", {"requests_per_minute": requests_per_minute})
    return key


def _change(caller: Caller, row: Project | ApiKey, action: str, values: dict[str, Any]) -> None:
    """Save what differs, and record what it was before; what is the same changes nothing."""
    before = {name: getattr(row, name) for name, value in values.items() if value != getattr(row, name)}
    if not before:
        return
    for name in before:
        setattr(row, name, values[name])
    row.clean_fields(exclude={field.name for field in row._meta.fields} - set(before))
    row.save(update_fields=list(before))
    audit.record(caller, action, row.ref, before=before, after={name: values[name] for name in before})


@transaction.atomic
def create_key(
    *,
    caller: Caller,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
    requests_per_minute: int | None = None,
    secret: str | None = None,
) -> IssuedKey:
    """Make a key of ``caller.project``. ``secret`` is taken as it is when given (the bootstrap key).

    Raises ValidationError where the secret has not the form of a key, a scope is unknown or the limit less than one.
    """
    secret = secret or keys.generate(Project.Mode(caller.project.mode))
    _check_form(secret, caller.project)
    _check_scopes(scopes)
    if expires_at and expires_at <= timezone.now():
        raise ValidationError("A key can't expire in the past.")
    key = ApiKey(
        project=caller.project,
        name=name,
        prefix=keys.prefix(secret),
        digest=keys.digest(secret, settings.KEY_PEPPER_ID),
        pepper_id=settings.KEY_PEPPER_ID,
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        requests_per_minute=requests_per_minute,
    )
    key.full_clean()
    key.save()
    audit.record(caller, "key.created", key.ref, scopes=key.scopes)
    return IssuedKey(key, secret)


@transaction.atomic
def rotate_key(*, caller: Caller, key: ApiKey, grace: timedelta) -> IssuedKey:
    """Make a key like ``key``; the old one stays valid for ``grace`` and not longer than it was."""
    old = _lock(caller, key)
    if old.revoked_at:
        raise ValidationError(f"{old.ref} is revoked: a revoked key can't be rotated.")
    if old.expires_at and old.expires_at <= timezone.now():
        raise ValidationError(f"{old.ref} has expired: its successor would too. Make a new key instead.")
    _refuse_twice(old)
    issued = create_key(
        caller=caller,
        name=old.name,
        scopes=old.scopes,
        expires_at=old.expires_at,
        requests_per_minute=old.requests_per_minute,
    )
    end = timezone.now() + grace
    old.expires_at = min(old.expires_at, end) if old.expires_at else end
    old.save(update_fields=["expires_at"])
    audit.record(caller, "key.rotated", old.ref, by=issued.key.ref, grace_seconds=int(grace.total_seconds()))
    return issued


def _refuse_twice(key: ApiKey) -> None:
    """A key that was rotated ends after its grace, and what it is rotated into once more would end with it."""
    rotated = AuditEntry.objects.for_project(key.project).filter(action="key.rotated", target_id=key.ref).first()
    if rotated:
        raise ValidationError(f"{key.ref} was rotated already: rotate {rotated.detail['by']} instead.")


@transaction.atomic
def revoke_key(*, caller: Caller, key: ApiKey) -> ApiKey:
    """End a key now. Revoking it again changes nothing."""
    key = _lock(caller, key)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record(caller, "key.revoked", key.ref)
    return key


def _lock(caller: Caller, key: ApiKey) -> ApiKey:
    return ApiKey.objects.for_project(caller.project).select_for_update(of=("self",)).get(pk=key.pk)


def _check_form(secret: str, project: Project) -> None:
    if not keys.FORM.fullmatch(secret) or not secret.startswith(f"mos_{project.mode}_"):
        raise ValidationError(f"A key of this project is mos_{project.mode}_ and 20 or more letters and digits.")


def _check_scopes(scopes: list[str]) -> None:
    unknown = sorted(set(scopes) - {scope.value for scope in Scope})
    if unknown or not scopes:
        told = f"There is no scope {unknown[0]!r}" if unknown else "A key needs a scope"
        raise ValidationError(f"{told}: choose among {', '.join(Scope.values)}.")
