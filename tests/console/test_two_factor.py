"""The second factor: an app that is confirmed before it counts, codes that open once, and ways back for who lost it."""

import base64
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from memos.projects.audit import Caretaker
from memos.projects.models import AuditEntry, Membership, Operator
from memos.projects.signin import second_factor
from memos.projects.signin.models import OperatorSession, SecondFactor
from tests.factories import PASSWORD, MembershipFactory, OperatorFactory

LOGIN, CODE, SET_UP = "/admin/login/", "/admin/login/code/", "/admin/login/two-factor/"
ACCOUNT = "/admin/account/"
OWN = f"{ACCOUNT}two-factor/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-26T09:00:10Z", tick=False) as now:
        yield now


@pytest.fixture
def ann() -> Operator:
    return OperatorFactory(username="ann")


def code_of(key: bytes) -> str:
    made = TOTP(key)
    made.time = time.time()
    return f"{made.token():06}"


def app_code(operator: Operator) -> str:
    factor = second_factor.of(operator)
    assert factor
    return code_of(factor.bin_key)


def enrolled(operator: Operator, clock: Any) -> list[str]:
    """With an app, and the recovery codes; the code that confirmed it is over."""
    salt = SecondFactor.new_salt()
    code = code_of(SecondFactor.new(operator, salt).bin_key)
    codes = second_factor.enrol(operator, salt, code, Caretaker.from_command("tests"))
    clock.shift(60)
    return codes


def shown_codes(response: Any) -> list[str]:
    return re.findall(r"\b[a-z2-9]{5}-[a-z2-9]{5}\b", response.content.decode())


def secret_shown(response: Any) -> bytes:
    """What an app would read."""
    [secret] = re.findall(r"two-factor-secret[^>]*>([A-Z2-7 ]+)<", response.content.decode())
    return base64.b32decode(secret.replace(" ", ""))


def with_password(client: Client, name: str = "ann") -> Any:
    return client.post(LOGIN, {"username": name, "password": PASSWORD, "next": "/admin/users/user/"})


def signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def test_the_password_alone_opens_nothing(client: Client, ann: Operator, clock: Any) -> None:
    enrolled(ann, clock)
    assert with_password(client).url == CODE
    assert not signed_in(client)
    assert not OperatorSession.objects.exists()

    response = client.post(CODE, {"code": app_code(ann)})

    assert response.url == "/admin/users/user/"
    assert signed_in(client)
    assert OperatorSession.objects.get().two_factor
    entry = AuditEntry.objects.get(action="operator.signed_in")
    assert entry.detail["second_factor"] == "code"


def test_the_session_is_another_one_after_each_step(client: Client, ann: Operator, clock: Any) -> None:
    enrolled(ann, clock)
    with_password(client)
    between = client.cookies["sessionid"].value
    client.post(CODE, {"code": app_code(ann)})
    assert client.cookies["sessionid"].value != between


def test_a_code_opens_once(client: Client, ann: Operator, clock: Any) -> None:
    enrolled(ann, clock)
    code = app_code(ann)
    with_password(client)
    client.post(CODE, {"code": f"{code[:3]} {code[3:]}"})
    other = Client()
    with_password(other)
    response = other.post(CODE, {"code": code})
    assert "was used before" in response.content.decode()
    assert not signed_in(other)
    clock.shift(30)
    assert other.post(CODE, {"code": app_code(ann)}).status_code == 302


def test_the_code_that_confirmed_an_app_does_not_sign_in(client: Client, ann: Operator, clock: Any) -> None:
    enrolled(ann, clock)
    clock.shift(-60)
    with_password(client)
    assert client.post(CODE, {"code": app_code(ann)}).status_code == 200


@pytest.mark.parametrize("code", ["000000", "", "abc", "١٢٣٤٥٦", "12345678901", "aaaaa-aaaaa", "\x00"])
def test_what_is_no_code_opens_nothing(client: Client, ann: Operator, clock: Any, code: str) -> None:
    enrolled(ann, clock)
    with_password(client)
    assert client.post(CODE, {"code": code}).status_code == 200
    assert not signed_in(client)


def test_wrong_codes_have_to_wait(client: Client, ann: Operator, clock: Any) -> None:
    enrolled(ann, clock)
    with_password(client)
    for _ in range(5):
        assert client.post(CODE, {"code": "aaaaa-aaaaa"}).status_code == 200
    response = client.post(CODE, {"code": app_code(ann)})
    assert response.status_code == 429
    assert "Try again in" in response.content.decode()
    again = Client()
    with_password(again)  # the right password does not begin the count anew
    assert again.post(CODE, {"code": app_code(ann)}).status_code == 429
    assert actions()[-2:] == ["operator.signin_failed", "operator.locked"]
    clock.shift(61)
    assert again.post(CODE, {"code": app_code(ann)}).status_code == 302


def test_a_recovery_code_opens_once(client: Client, ann: Operator, clock: Any) -> None:
    codes = enrolled(ann, clock)
    assert len(set(codes)) == 10
    with_password(client)
    client.post(CODE, {"code": codes[3].upper().replace("-", " ")})
    page = client.get("/admin/").content.decode()
    assert "9 recovery codes are left" in page
    assert AuditEntry.objects.get(action="operator.signed_in").detail["second_factor"] == "recovery code"

    other = Client()
    with_password(other)
    assert other.post(CODE, {"code": codes[3]}).status_code == 200
    assert other.post(CODE, {"code": codes[4]}).status_code == 302


def test_a_recovery_code_is_its_owners_alone(client: Client, ann: Operator, clock: Any) -> None:
    codes = enrolled(ann, clock)
    enrolled(OperatorFactory(username="bob"), clock)
    with_password(client, "bob")
    assert client.post(CODE, {"code": codes[0]}).status_code == 200


@pytest.mark.parametrize("what", ["late", "password", "inactive", "nothing"])
def test_a_second_step_without_a_first_leads_back(client: Client, ann: Operator, clock: Any, what: str) -> None:
    enrolled(ann, clock)
    if what != "nothing":
        with_password(client)
    if what == "late":
        clock.shift(601)
    if what == "password":
        ann.set_password("another long password")
        ann.save()
    if what == "inactive":
        Operator.objects.update(is_active=False)
    assert client.post(CODE, {"code": app_code(ann)}).url == LOGIN
    assert client.get(SET_UP).url == LOGIN
    assert not signed_in(client)


def test_a_copy_of_the_database_makes_no_codes(ann: Operator, clock: Any, settings: LazySettings) -> None:
    codes = enrolled(ann, clock)
    device = TOTPDevice.objects.get()
    assert bytes.fromhex(device.key) != SecondFactor.objects.get().bin_key
    assert code_of(bytes.fromhex(device.key)) != app_code(ann)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10
    assert not kept & {second_factor.plain(code) for code in codes}
    before = app_code(ann)
    settings.KEY_PEPPERS = {"1": "another"}
    assert app_code(ann) != before


def test_an_operator_sets_up_an_app(console: Client, admin_operator: Operator, clock: Any) -> None:
    assert "Off:" in console.get(ACCOUNT).content.decode()
    page = console.get(OWN)
    key = secret_shown(page)
    assert "<svg" in page.content.decode()
    assert secret_shown(console.get(OWN)) == key

    wrong = console.post(OWN, {"code": "000000", "password": PASSWORD})
    assert secret_shown(wrong) == key
    unknown = console.post(OWN, {"code": code_of(key), "password": "not mine"})
    assert "not your password" in unknown.content.decode()
    assert second_factor.of(admin_operator) is None

    response = console.post(OWN, {"code": code_of(key), "password": PASSWORD})

    assert len(shown_codes(response)) == 10
    assert "no-store" in response["Cache-Control"]
    assert app_code(admin_operator) == code_of(key)
    assert actions() == ["operator.signin_failed", "operator.second_factor_set_up"]
    assert "10 recovery codes left" in console.get(ACCOUNT).content.decode()
    assert not shown_codes(console.get(ACCOUNT))
    assert secret_shown(console.get(OWN)) != key


def test_another_app_replaces_the_first(console: Client, admin_operator: Operator, clock: Any) -> None:
    first = enrolled(admin_operator, clock)
    key = secret_shown(console.get(OWN))
    second = shown_codes(console.post(OWN, {"code": code_of(key), "password": PASSWORD}))
    assert TOTPDevice.objects.count() == 1
    assert StaticToken.objects.count() == 10
    assert not set(first) & set(second)
    assert AuditEntry.objects.filter(action="operator.second_factor_set_up").last().detail == {"replaced": True}


def test_new_recovery_codes_end_the_old(console: Client, admin_operator: Operator, clock: Any) -> None:
    path = f"{ACCOUNT}recovery-codes/"
    assert console.post(path, {"password": PASSWORD}).url == ACCOUNT  # nothing to recover yet
    old = enrolled(admin_operator, clock)
    assert console.post(path, {"password": "wrong"}).status_code == 200
    new = shown_codes(console.post(path, {"password": PASSWORD}))
    assert len(new) == 10
    with pytest.raises(second_factor.WrongCode):
        second_factor.verify(admin_operator, old[0])
    assert second_factor.verify(admin_operator, new[0]) == "recovery code"
    assert actions()[-1] == "operator.recovery_codes_renewed"


def test_an_operator_removes_theirs_with_their_password(console: Client, admin_operator: Operator, clock: Any) -> None:
    enrolled(admin_operator, clock)
    path = f"{ACCOUNT}two-factor/remove/"
    console.get(path)
    console.post(path, {"password": "wrong"})
    assert second_factor.of(admin_operator)
    assert console.post(path, {"password": PASSWORD}).url == ACCOUNT
    assert second_factor.of(admin_operator) is None
    assert not StaticToken.objects.exists()
    assert actions()[-1] == "operator.second_factor_removed"


def test_a_password_that_is_guessed_at_an_open_browser_has_to_wait(
    console: Client, admin_operator: Operator, clock: Any
) -> None:
    enrolled(admin_operator, clock)
    path = f"{ACCOUNT}two-factor/remove/"
    for _ in range(5):
        console.post(path, {"password": "wrong"})
    assert "Try again in" in console.post(path, {"password": PASSWORD}).content.decode()
    assert second_factor.of(admin_operator)


@pytest.mark.parametrize("by", ["superuser", "command"])
def test_somebody_else_resets_it_for_who_lost_all(console: Client, clock: Any, by: str) -> None:
    bob = OperatorFactory(username="bob")
    enrolled(bob, clock)
    client = Client()
    with_password(client, "bob")
    client.post(CODE, {"code": app_code(bob)})
    page = f"/admin/projects/operator/{bob.pk}/"
    assert "10 recovery codes left" in console.get(f"{page}change/").content.decode()
    if by == "superuser":
        console.post(f"{page}reset-second-factor/")
    else:
        call_command("reset_two_factor", "bob", stdout=StringIO())
    assert not signed_in(client)
    assert with_password(client, "bob").url == "/admin/users/user/"
    entries = AuditEntry.objects.filter(target_id=f"operator_{bob.pk}")
    wanted = "operator" if by == "superuser" else "command"
    assert entries.get(action="operator.second_factor_reset").actor == wanted
    assert entries.get(action="operator.sessions_ended").detail == {"sessions_ended": 1}


def test_ones_own_is_not_reset_without_the_password(console: Client, admin_operator: Operator, clock: Any) -> None:
    enrolled(admin_operator, clock)
    response = console.post(f"/admin/projects/operator/{admin_operator.pk}/reset-second-factor/")
    assert response.url == ACCOUNT
    assert second_factor.of(admin_operator)


def test_a_command_about_nobody_says_so() -> None:
    OperatorFactory(username="ann")
    for command in ("reset_two_factor", "unlock_operator", "end_sessions"):
        with pytest.raises(CommandError, match="There is no operator 'nobody'"):
            call_command(command, "nobody")
        out = StringIO()
        call_command(command, "ann", stdout=out)
        assert out.getvalue().count("\n") == 1
    assert actions() == []


def test_who_needs_one_sets_it_up_before_anything_else(
    client: Client, ann: Operator, settings: LazySettings, clock: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = "all"
    assert with_password(client).url == SET_UP
    for path in ("/admin/", ACCOUNT, "/admin/users/user/", "/admin/password_change/"):
        assert client.get(path).url.startswith(LOGIN)
    assert client.get(CODE).status_code == 200  # the step is there, but there is no code that it takes
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    key = secret_shown(client.get(SET_UP))
    assert "is wrong" in client.post(SET_UP, {"code": "000000"}).content.decode()
    assert not signed_in(client)

    response = client.post(SET_UP, {"code": code_of(key)})

    assert len(shown_codes(response)) == 10
    assert "/admin/users/user/" in response.content.decode()
    assert signed_in(client)
    assert actions()[-2:] == ["operator.second_factor_set_up", "operator.signed_in"]
    assert client.post(f"{ACCOUNT}two-factor/remove/", {"password": PASSWORD}).url == ACCOUNT
    assert second_factor.of(ann)


def test_whose_password_is_known_does_not_replace_the_app(
    client: Client, ann: Operator, settings: LazySettings, clock: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = "all"
    enrolled(ann, clock)
    assert with_password(client).url == CODE
    assert client.get(SET_UP).url == LOGIN


@pytest.mark.parametrize(
    ("needed", "superuser", "role", "asked"),
    [("none", True, None, False), ("admins", True, None, True), ("admins", False, "admin", True),
     ("admins", False, "support", False), ("admins", False, None, False), ("all", False, None, True)],
)  # fmt: skip
def test_an_installation_says_who_needs_one(
    client: Client, settings: LazySettings, needed: str, superuser: bool, role: str | None, asked: bool
) -> None:
    settings.REQUIRE_TWO_FACTOR = needed
    operator = OperatorFactory(username="ann", is_superuser=superuser)
    if role:
        MembershipFactory(operator=operator, role=Membership.Role(role))
    assert (with_password(client).url == SET_UP) == asked


def test_who_is_signed_in_without_one_is_out_when_it_is_asked_for(
    client: Client, ann: Operator, settings: LazySettings
) -> None:
    with_password(client)
    assert signed_in(client)
    settings.REQUIRE_TWO_FACTOR = "admins"
    assert not signed_in(client)


def test_setting_it_up_keeps_this_session(console: Client, settings: LazySettings, clock: Any) -> None:
    key = secret_shown(console.get(OWN))
    console.post(OWN, {"code": code_of(key), "password": PASSWORD})
    settings.REQUIRE_TWO_FACTOR = "all"
    assert signed_in(console)


def test_the_tables_of_codes_are_no_pages(console: Client) -> None:
    for path in ("/admin/otp_totp/totpdevice/", "/admin/otp_static/staticdevice/"):
        assert console.get(path).status_code == 404


def test_a_device_that_is_slow_by_half_a_minute_is_understood(client: Client, ann: Operator, clock: Any) -> None:
    enrolled(ann, clock)
    late = app_code(ann)
    clock.shift(timedelta(seconds=30))
    with_password(client)
    assert client.post(CODE, {"code": late}).status_code == 302
