"""The first step of signing in: one box that says what is wrong, the same for every wrong name and password, and a wait
after too many of them that strangers can't impose on somebody's own browser."""

import logging
import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from memos.projects.models import AuditEntry, Operator
from memos.projects.signin import tasks, throttle
from memos.projects.signin.models import Attempts, OperatorSession
from memos.projects.signin.visits import COOKIE, address_of, in_words
from tests.factories import PASSWORD, OperatorFactory

LOGIN = "/admin/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Operator:
    return OperatorFactory(username="ann")


def sign_in(client: Client, name: str = "ann", password: str = PASSWORD, **more: str):
    return client.post(LOGIN, {"username": name, "password": password}, **more)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("action", flat=True))


def signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_name_and_password_lead_where_one_was_going(client: Client, ann: Operator) -> None:
    asked = client.get("/admin/users/user/")
    assert asked.url == "/admin/login/?next=/admin/users/user/"
    response = client.post(asked.url, {"username": "ann", "password": PASSWORD, "next": "/admin/users/user/"})
    assert response.url == "/admin/users/user/"
    assert signed_in(client)
    entry = AuditEntry.objects.get()
    session = OperatorSession.objects.get()
    assert (entry.action, entry.actor, entry.actor_label) == ("operator.signed_in", "operator", "ann")
    assert (entry.target_id, entry.project) == (f"operator_{ann.pk}", None)
    assert entry.detail == {"session": session.ref, "second_factor": ""}
    ann.refresh_from_db()
    assert ann.last_login


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(client: Client, ann: Operator, elsewhere: str) -> None:
    response = client.post(LOGIN, {"username": "ann", "password": PASSWORD, "next": elsewhere})
    assert response.url == "/admin/"


@pytest.mark.parametrize("target", ["nonsense", "account", "?x=1"])
def test_an_address_that_is_none_does_not_keep_anybody_out(client: Client, ann: Operator, target: str) -> None:
    for _ in range(2):  # who is signed in already is led on at once
        assert client.post(LOGIN, {"username": "ann", "password": PASSWORD, "next": target}).status_code == 302
        assert client.get(LOGIN, {"next": target}).status_code == 302
    assert signed_in(client)


def test_who_is_signed_in_is_not_asked_again(client: Client, ann: Operator) -> None:
    sign_in(client)
    assert client.get(LOGIN).url == "/admin/"


def test_the_page_has_our_name_and_helps_password_managers(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert "Sign in to Memos" in page
    assert "docs/mark.svg" in page
    assert "taff account" not in page
    assert "Return to site" not in page
    assert re.search(r'name="username"[^>]*autocomplete="username"[^>]*autofocus', page)
    assert re.search(r'name="password"[^>]*autocomplete="current-password"', page)


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD), ("ann\x00", PASSWORD), ("idle", PASSWORD)],
)
def test_what_was_wrong_is_told_in_one_box_and_not_which(
    client: Client, ann: Operator, name: str, password: str
) -> None:
    OperatorFactory(username="idle", is_active=False)
    response = sign_in(client, name, password)
    page = response.content.decode()
    assert re.findall(r'role="alert"[^>]*>([^<]+)<', page) in (
        ["The username or the password is wrong."],
        ["Give your username and your password."] if "\x00" in name else [],
    )
    assert "errornote" not in page
    assert not signed_in(client)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    client: Client, ann: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    OperatorFactory(username="idle", is_active=False)
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = []
    for name in ("ann", "idle", "nobody"):
        hashed.clear()
        sign_in(client, name, "wrong")
        costs.append(len(hashed))
    assert costs == [1, 1, 1]


def test_a_name_has_to_wait_longer_each_time(client: Client, ann: Operator) -> None:
    with time_machine.travel(timezone.now(), tick=False) as now:
        for _ in range(5):
            assert sign_in(client, password="wrong").status_code == 200
        for minutes in (1, 2, 4, 8, 15, 15):
            response = sign_in(client)
            assert response.status_code == 429, minutes
            assert response["Retry-After"] == str(minutes * 60)
            told = "60 seconds" if minutes == 1 else f"{minutes} minutes"
            assert f"Try again in {told}." in response.content.decode()
            now.shift(timedelta(minutes=minutes, seconds=1))
            assert sign_in(client, password="wrong").status_code == 200
        now.shift(timedelta(minutes=15, seconds=1))
        assert sign_in(client).status_code == 302
    assert actions() == [*["operator.signin_failed"] * 5, "operator.locked", *["operator.signin_failed"] * 6,
                         "operator.signed_in"]  # fmt: skip


def test_a_name_that_nobody_has_waits_as_well(client: Client, ann: Operator) -> None:
    answers = []
    for name in ("ann", "nobody"):
        for _ in range(5):
            sign_in(client, name, "wrong")
        answers.append((sign_in(client, name, "wrong").status_code, sign_in(client, name, PASSWORD).status_code))
    assert answers == [(429, 429)] * 2


def test_what_was_right_in_between_begins_anew(client: Client, ann: Operator) -> None:
    for _ in range(3):
        for _ in range(4):
            sign_in(Client(), password="wrong")
        assert sign_in(Client()).status_code == 302


def test_a_stranger_who_knows_the_name_does_not_lock_its_owners_browser(client: Client, ann: Operator) -> None:
    sign_in(client)
    client.post("/admin/logout/")
    stranger = Client()
    for _ in range(6):
        sign_in(stranger, password="wrong")
    assert sign_in(Client()).status_code == 429
    assert sign_in(client).status_code == 302


def test_a_known_browser_has_to_wait_too_and_a_made_up_one_is_not_known(client: Client, ann: Operator) -> None:
    sign_in(client)
    client.post("/admin/logout/")
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 200
    assert sign_in(client).status_code == 429
    assert sign_in(Client()).status_code == 302  # counted by itself, it locks nobody else

    for number in range(6):
        stranger = Client()
        stranger.cookies[COOKIE] = client.cookies[COOKIE].value[:-2] + f"{number}A"
        last = sign_in(stranger, password="wrong")
    assert last.status_code == 429


def test_a_browser_is_known_to_its_operator_alone(client: Client, ann: Operator) -> None:
    OperatorFactory(username="bob")
    sign_in(client)
    for _ in range(5):
        sign_in(client, "bob", "wrong")
    assert sign_in(client, "bob").status_code == 429


def test_an_address_has_to_wait_after_many_names(client: Client, ann: Operator, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        for number in range(20):
            assert sign_in(client, f"guess{number}", "wrong", REMOTE_ADDR="203.0.113.7").status_code == 200
    assert sign_in(client, REMOTE_ADDR="203.0.113.7").status_code == 429
    assert sign_in(client, REMOTE_ADDR="203.0.113.8").status_code == 302
    assert "203.0.113.7" in caplog.text
    assert "guess" not in caplog.text


def test_an_address_that_signs_in_between_is_not_free_to_guess(client: Client, ann: Operator) -> None:
    for number in range(19):
        sign_in(Client(), f"guess{number}", "wrong")
        assert sign_in(Client()).status_code == 302
    sign_in(Client(), "guess", "wrong")
    assert sign_in(Client()).status_code == 429


def test_a_host_with_many_ipv6_addresses_is_one(client: Client, ann: Operator) -> None:
    for number in range(20):
        sign_in(client, f"guess{number}", "wrong", REMOTE_ADDR=f"2001:db8::{number + 1:x}")
    assert sign_in(client, REMOTE_ADDR="2001:db8::ffff").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:0:1::1").status_code == 302


def test_what_was_typed_is_kept_nowhere(client: Client, ann: Operator, caplog) -> None:
    typed = "my secret password in the wrong field"
    with caplog.at_level(logging.DEBUG):
        for _ in range(6):
            sign_in(client, typed, "another secret")
            sign_in(client, "ann", "another secret")
    kept = str([list(model.objects.values_list()) for model in (AuditEntry, Attempts, OperatorSession)]) + caplog.text
    assert "secret" not in kept
    assert set(actions()) == {"operator.signin_failed", "operator.locked"}
    assert {entry.actor for entry in AuditEntry.objects.all()} == {"system"}


def test_unknown_names_do_not_fill_the_audit_log(client: Client) -> None:
    for number in range(25):
        sign_in(client, f"guess{number}", "wrong")
    assert actions() == []


def test_many_at_once_are_no_more_than_one_after_another(ann: Operator) -> None:
    """An attempt counts before its password is looked at."""
    source = throttle.Source("x" * 64, 5, ann.pk)
    for _ in range(5):
        throttle.count([source])
    with pytest.raises(throttle.HasToWait):
        throttle.count([source])


def test_a_superuser_and_a_command_unlock(console: Client, admin_operator: Operator, client: Client) -> None:
    bob = OperatorFactory(username="bob")
    page = f"/admin/projects/operator/{bob.pk}/"
    for unlock in (
        lambda: console.post(f"{page}unlock/"),
        lambda: call_command("unlock_operator", "bob", stdout=StringIO()),
    ):
        stranger = Client()
        for _ in range(6):
            sign_in(stranger, "bob", "wrong", REMOTE_ADDR="203.0.113.7")
        assert sign_in(Client(), "bob").status_code == 429
        assert "too many wrong" in console.get(f"{page}change/").content.decode()
        unlock()
        assert sign_in(Client(), "bob").status_code == 302
    unlocked = AuditEntry.objects.filter(action="operator.unlocked").order_by("id")
    assert [(entry.actor, entry.target_id) for entry in unlocked] == [
        ("operator", f"operator_{bob.pk}"), ("command", f"operator_{bob.pk}")
    ]  # fmt: skip


def test_unlocking_is_asked_first_and_not_everybodys(console: Client, onlooker: Client) -> None:
    bob = OperatorFactory(username="bill")
    for action in ("unlock", "end-sessions", "reset-second-factor"):
        path = f"/admin/projects/operator/{bob.pk}/{action}/"
        assert bob.username in console.get(path).content.decode()
        assert onlooker.post(path).status_code == 403
        assert console.get(f"/admin/projects/operator/999999/{action}/").status_code == 404
    assert actions() == []


def test_what_counts_no_more_is_forgotten(client: Client, ann: Operator) -> None:
    sign_in(client, password="wrong")
    tasks.tidy()
    assert Attempts.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        tasks.tidy()
    assert not Attempts.objects.exists()


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ("198.51.100.1", False, "10.0.0.1"),
        ("198.51.100.1", True, "198.51.100.1"),
        ("192.0.2.66, 198.51.100.1", True, "198.51.100.1"),
        ("nonsense", True, "10.0.0.1"),
        ("", True, "10.0.0.1"),
        ("::ffff:198.51.100.1", True, "198.51.100.1"),
    ],
)
def test_only_a_trusted_proxy_says_who_it_is(
    settings: LazySettings, forwarded: str, trusted: bool, address: str
) -> None:
    settings.TRUST_PROXY = trusted
    assert address_of({"HTTP_X_FORWARDED_FOR": forwarded, "REMOTE_ADDR": "10.0.0.1"}) == address
    assert address_of({"REMOTE_ADDR": ""}) is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "Safari on macOS"),
        ("", "Unknown browser"),
        ("<script>" * 1000, "Unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_cookies_are_hidden_from_scripts_and_other_sites(client: Client, ann: Operator, settings: LazySettings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client.get(LOGIN)
    sign_in(client)
    for name in ("sessionid", "csrftoken", COOKIE):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name
    assert client.cookies["sessionid"]["secure"]
    assert client.cookies[COOKIE]["secure"]


def test_pages_of_the_console_say_what_the_browser_may_do(client: Client, ann: Operator) -> None:
    sign_in(client)
    for path in (LOGIN, "/admin/", "/admin/users/user/"):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self' 'unsafe-eval';" in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"
    assert "Content-Security-Policy" not in client.get("/healthz")


@pytest.mark.parametrize(
    ("path", "target"),
    [("/", "/admin/"), ("/admin", "/admin/"), ("/admin?x=1", "/admin/?x=1"), ("/favicon.ico", "/static/docs/mark.svg")],
)
def test_short_addresses_lead_somewhere(client: Client, path: str, target: str) -> None:
    assert client.get(path).url == target
