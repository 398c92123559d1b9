"""The commands about projects and keys: what a script can take stands on stdout, errors are one sentence."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from memos.projects.models import ApiKey, AuditEntry, Project
from tests.factories import ApiKeyFactory
from tests.projects.conftest import Call

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[str, str]:
    """What the command said on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def test_create_project_tells_the_ids_of_both() -> None:
    out, _ = run("create_project", "Initech")

    live = Project.objects.get(name="Initech", mode="live")
    assert out.splitlines() == [f"live {live.ref}", f"test {live.test_twin.ref}"]


def test_create_key_says_nothing_but_the_key_on_stdout(acme: Project, call: Call) -> None:
    out, err = run("create_key", "Acme", "--scope", "read", "--expires-in", "30d")

    key = ApiKey.objects.get()
    assert call(out) == (200, "")
    assert key.ref in err
    assert out not in err
    assert key.scopes == ["read"]
    assert key.expires_at - key.created_at - timedelta(days=30) < timedelta(minutes=1)
    assert AuditEntry.objects.get().actor == AuditEntry.Actor.COMMAND


def test_create_key_makes_a_key_of_the_test_twin(acme: Project) -> None:
    out, _ = run("create_key", acme.ref, "--test")

    assert out.startswith("mos_test_")
    assert ApiKey.objects.get().project == acme.test_twin


def test_rotate_key_leaves_the_old_one_valid_for_the_grace(acme: Project, call: Call) -> None:
    with time_machine.travel("2026-11-01T12:00:00Z", tick=False) as clock:
        old, _ = run("create_key", "Acme")
        new, _ = run("rotate_key", old[:17], "--grace", "15m")
        assert [call(old), call(new)] == [(200, ""), (200, "")]

        clock.shift(timedelta(minutes=15))
        assert [call(old), call(new)] == [(401, "KEY_EXPIRED"), (200, "")]


def test_rotate_key_without_grace_ends_the_old_one_at_once(acme: Project, call: Call) -> None:
    old, _ = run("create_key", "Acme")
    run("rotate_key", ApiKey.objects.get().ref, "--grace", "0s")

    assert call(old) == (401, "KEY_EXPIRED")


def test_revoke_key_ends_a_key(acme: Project, call: Call) -> None:
    secret, _ = run("create_key", "Acme")
    run("revoke_key", ApiKey.objects.get().ref)

    assert call(secret) == (401, "KEY_REVOKED")


def test_list_keys_shows_those_of_a_project_and_never_a_secret(acme: Project, globex: Project) -> None:
    own, twins, foreign = (ApiKeyFactory(project=p) for p in (acme, acme.test_twin, globex))
    out, _ = run("list_keys", "--project", "Acme")

    assert [line.split()[0] for line in out.splitlines()] == ["id", own.ref, twins.ref]
    assert all(key.secret not in run("list_keys")[0] for key in (own, twins, foreign))
    assert foreign.ref in run("list_keys")[0]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create_project", "Acme"], "There is a project 'Acme' already."),
        (["create_project", ""], "blank"),
        (["create_key", "Nobody"], "There is no live project 'Nobody'."),
        (["create_key", "prj_01HXYZ00000000000000000000"], "There is no live project"),
        (["create_key", "Acme", "--scope", "root"], "There is no scope 'root': choose among read, write, admin."),
        (["create_key", "Acme", "--expires-in", "soon"], "'soon' is no duration: write 90s, 15m, 24h or 30d."),
        (["create_key", "Acme", "--expires-in", "0s"], "past"),
        (["create_key", "Acme", "--expires-in", "999999d"], "longer than 3650 days"),
        (["rotate_key", "mos_live_nothing1"], "There is no key 'mos_live_nothing1'."),
        (["rotate_key", "mos_live_", "--grace", "1h"], "More than one key begins with 'mos_live_'"),
        (["rotate_key", "mos_live_aaaaaaaa", "--grace", "1w"], "'1w' is no duration"),
        (["revoke_key", "key_01HXYZ00000000000000000000"], "There is no key 'key_01HXYZ00000000000000000000'."),
        (["list_keys", "--project", "Nobody"], "There is no live project 'Nobody'."),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(acme: Project, words: list[str], sentence: str) -> None:
    for start in ("a", "b"):
        ApiKeyFactory(project=acme, secret=f"mos_live_{start * 40}")

    with pytest.raises(CommandError, match=sentence) as raised:
        run(*words)
    assert "\n" not in str(raised.value)
    assert ApiKey.objects.count() == 2
