"""A key opens its own project, is kept nowhere, and ends when it is told to."""

from datetime import timedelta

import pytest
import time_machine
from django.core import serializers
from django.core.exceptions import ValidationError
from django.utils import timezone

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import ApiKey, AuditEntry, Project
from tests.factories import ApiKeyFactory, OperatorFactory, UserFactory
from tests.projects.conftest import Call

pytestmark = pytest.mark.django_db


def by_command(project: Project) -> Caller:
    return Caller.from_command(project, "create_key")


def test_the_secret_is_kept_nowhere(acme: Project) -> None:
    issued = services.create_key(caller=by_command(acme), name="web", scopes=["read"])

    kept = serializers.serialize("json", [*ApiKey.objects.all(), *AuditEntry.objects.all()])
    assert issued.secret not in kept
    assert issued.secret.removeprefix(issued.key.prefix) not in kept
    assert issued.secret.startswith(issued.key.prefix)


def test_a_key_opens_its_own_project_only(acme: Project, globex: Project, call: Call) -> None:
    UserFactory(project=globex)
    issued = services.create_key(caller=by_command(acme), name="web", scopes=["read"])

    assert call(issued.secret) == (200, "")
    assert call(issued.secret[:-1] + ("a" if issued.secret[-1] != "a" else "b")) == (401, "UNAUTHENTICATED")


def test_the_old_key_stays_valid_for_the_grace_and_not_longer(acme: Project, call: Call) -> None:
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False) as clock:
        old = services.create_key(caller=by_command(acme), name="web", scopes=["read", "admin"])
        new = services.rotate_key(caller=by_command(acme), key=old.key, grace=timedelta(hours=24))
        assert new.key.scopes == ["admin", "read"]

        clock.shift(timedelta(hours=23, minutes=59))
        assert [call(old.secret), call(new.secret)] == [(200, ""), (200, "")]

        clock.shift(timedelta(minutes=1))
        assert [call(old.secret), call(new.secret)] == [(401, "KEY_EXPIRED"), (200, "")]


def test_rotation_never_prolongs_a_key(acme: Project) -> None:
    end = timezone.now() + timedelta(hours=1)
    old = services.create_key(caller=by_command(acme), name="web", scopes=["read"], expires_at=end)

    new = services.rotate_key(caller=by_command(acme), key=old.key, grace=timedelta(days=7))

    old.key.refresh_from_db()
    assert (old.key.expires_at, new.key.expires_at) == (end, end)


def test_a_revoked_key_is_refused(acme: Project, call: Call) -> None:
    key = ApiKeyFactory(project=acme)
    services.revoke_key(caller=by_command(acme), key=key)
    services.revoke_key(caller=by_command(acme), key=key)

    assert call(key.secret) == (401, "KEY_REVOKED")
    assert AuditEntry.objects.filter(action="key.revoked", target_id=key.ref).count() == 1


def test_an_expired_key_is_refused(acme: Project, call: Call) -> None:
    key = ApiKeyFactory(project=acme, expires_at=timezone.now())

    assert call(key.secret) == (401, "KEY_EXPIRED")


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_a_key_that_has_ended_is_not_rotated(acme: Project, end: str) -> None:
    key = ApiKeyFactory(project=acme, **{end: timezone.now()})

    with pytest.raises(ValidationError, match=r"revoked|expired"):
        services.rotate_key(caller=by_command(acme), key=key, grace=timedelta(hours=1))
    assert ApiKey.objects.count() == 1


def test_the_neighbours_key_is_not_found(acme: Project, globex: Project) -> None:
    key = ApiKeyFactory(project=globex)

    with pytest.raises(ApiKey.DoesNotExist):
        services.revoke_key(caller=by_command(acme), key=key)


@pytest.mark.parametrize("scopes", [[], ["read", "root"]])
def test_an_unknown_scope_makes_no_key(acme: Project, scopes: list[str]) -> None:
    with pytest.raises(ValidationError, match="choose among read, write, admin"):
        services.create_key(caller=by_command(acme), name="web", scopes=scopes)
    assert not ApiKey.objects.exists()


def test_each_step_of_a_keys_life_is_audited_with_its_actor(acme: Project) -> None:
    caller = Caller.from_operator(acme, OperatorFactory(username="ann"), "req_1")
    issued = services.create_key(caller=caller, name="web", scopes=["read"])
    services.rotate_key(caller=caller, key=issued.key, grace=timedelta(hours=1))
    services.revoke_key(caller=caller, key=issued.key)

    entries = AuditEntry.objects.for_project(acme).order_by("id")
    assert [entry.action for entry in entries] == ["key.created", "key.created", "key.rotated", "key.revoked"]
    assert {(entry.actor, entry.actor_label, entry.request_id) for entry in entries} == {("operator", "ann", "req_1")}


def test_a_key_that_was_rotated_names_its_successor_instead_of_one_that_would_end_with_it(acme: Project) -> None:
    old = services.create_key(caller=by_command(acme), name="web", scopes=["read"]).key
    new = services.rotate_key(caller=by_command(acme), key=old, grace=timedelta(hours=24)).key
    with pytest.raises(ValidationError, match=new.ref):
        services.rotate_key(caller=by_command(acme), key=old, grace=timedelta(hours=24))
    assert services.rotate_key(caller=by_command(acme), key=new, grace=timedelta(hours=24)).key.expires_at is None
