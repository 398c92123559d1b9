"""Sessions of operators end: by age, when idle, by hand, with the password, with the rights."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from memos.projects import audit
from memos.projects.models import AuditEntry, Operator
from memos.projects.signin import tasks
from memos.projects.signin.models import OperatorSession
from tests.factories import PASSWORD, OperatorFactory

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "another long password"
END = "/admin/account/sessions/end/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Operator:
    return OperatorFactory(username="ann")


def session_of(name: str = "ann", **more: str) -> Client:
    client = Client(**more)
    assert client.post("/admin/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def alive(client: Client) -> bool:
    return client.get("/admin/account/").status_code == 200


def actions() -> list[str]:
    return list(AuditEntry.objects.exclude(action="operator.signed_in").order_by("id").values_list("action", flat=True))


def test_a_session_ends_when_it_is_idle(ann: Operator) -> None:
    with time_machine.travel("2026-11-26T09:00Z", tick=False) as now:
        client = session_of()
        for _ in range(4):
            now.shift(timedelta(minutes=119))
            assert alive(client)
        now.shift(timedelta(minutes=121))
        response = client.get("/admin/users/user/")
        assert response.url == "/admin/login/?next=/admin/users/user/"
        assert "Your session has ended" in client.get(response.url).content.decode()
        tasks.tidy()
    assert not OperatorSession.objects.exists()


def test_a_session_ends_by_age_however_busy_it_is(ann: Operator) -> None:
    with time_machine.travel("2026-11-26T09:00Z", tick=False) as now:
        client = session_of()
        for _ in range(11):
            now.shift(timedelta(hours=1))
            assert alive(client)
        now.shift(timedelta(hours=1, minutes=1))
        assert not alive(client)


def test_being_seen_is_written_once_a_minute(ann: Operator) -> None:
    with time_machine.travel("2026-11-26T09:00Z", tick=False) as now:
        client = session_of()
        began = OperatorSession.objects.get().seen_at
        now.shift(50)
        alive(client)
        assert OperatorSession.objects.get().seen_at == began
        now.shift(20)
        alive(client)
        assert OperatorSession.objects.get().seen_at == began + timedelta(seconds=70)


def test_signing_out_ends_it_and_is_in_the_log(ann: Operator) -> None:
    client = session_of()
    cookie = client.cookies["sessionid"].value
    assert client.get("/admin/logout/").status_code == 405
    response = client.post("/admin/logout/")
    assert response.url == "/admin/login/"
    assert "You are signed out." in client.get(response.url).content.decode()
    assert not OperatorSession.objects.exists()
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert not alive(thief)
    assert actions() == ["operator.signed_out"]
    assert client.post("/admin/logout/").status_code == 302  # once more changes nothing
    assert actions() == ["operator.signed_out"]


def test_an_operator_sees_where_they_are_signed_in(ann: Operator) -> None:
    OperatorFactory(username="bob")
    session_of("bob", headers={"user-agent": "curl/8"})
    session_of(headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.7")
    page = session_of().get("/admin/account/").content.decode()
    assert "Firefox on Linux" in page
    assert "203.0.113.7" in page
    assert "curl" not in page
    assert page.count("(this one)") == 1
    assert page.count('name="session"') == 1


def test_an_operator_ends_one_of_theirs(ann: Operator) -> None:
    own, other, third = session_of(), session_of(), session_of()
    row = OperatorSession.objects.order_by("id")[1]
    own.post(END, {"session": row.ref})
    assert [alive(client) for client in (own, other, third)] == [True, False, True]
    assert actions() == ["operator.sessions_ended"]


def test_an_operator_ends_all_others(ann: Operator) -> None:
    own, *others = session_of(), session_of(), session_of()
    own.post(END, {"others": "1"})
    assert alive(own)
    assert not any(map(alive, others))
    assert AuditEntry.objects.get(action="operator.sessions_ended").detail == {"sessions_ended": 2}


@pytest.mark.parametrize("sent", ["", "ses_01HXYZ00000000000000000000", "usr_01HXYZ00000000000000000000", "nonsense"])
def test_what_is_no_session_of_theirs_is_not_ended(ann: Operator, sent: str) -> None:
    OperatorFactory(username="bob")
    own, foreign = session_of(), session_of("bob")
    ref = OperatorSession.objects.get(operator__username="bob").ref
    for session in (sent, ref):
        own.post(END, {"session": session})
    assert own.get(END).status_code == 405
    assert alive(own)
    assert alive(foreign)
    assert actions() == []


def test_a_new_password_ends_all_but_the_one_it_was_changed_in(ann: Operator) -> None:
    own, other = session_of(), session_of()
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert own.post("/admin/password_change/", form).status_code == 302
    assert alive(own)
    assert not alive(other)
    assert OperatorSession.objects.count() == 1
    assert AuditEntry.objects.get(action="operator.password_changed").detail == {"sessions_ended": 1}


def test_the_old_password_is_not_guessed_in_an_open_browser(ann: Operator) -> None:
    client = session_of()
    guess = {"old_password": "a guess", "new_password1": NEW, "new_password2": NEW}
    for _ in range(5):
        assert "entered incorrectly" in client.post("/admin/password_change/", guess).content.decode()
    right = client.post("/admin/password_change/", guess | {"old_password": PASSWORD})
    assert "Try again in " in right.content.decode()
    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)
    assert actions() == ["operator.signin_failed"] * 5 + ["operator.locked"]


@pytest.mark.parametrize("how", ["deactivated", "no superuser", "password", "ended", "command", "changepassword"])
def test_what_others_do_to_an_operator_ends_their_sessions(
    console: Client, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    bob = OperatorFactory(username="bob")
    client = session_of("bob")
    page = f"/admin/projects/operator/{bob.pk}/"
    monkeypatch.setattr("getpass.getpass", lambda prompt="": NEW)
    match how:
        case "deactivated":
            console.post(f"{page}change/", {"username": "bob", "is_superuser": "on"})
        case "no superuser":
            console.post(f"{page}change/", {"username": "bob", "is_active": "on"})
        case "password":
            console.post(f"{page}password/", {"password1": NEW, "password2": NEW, "usable_password": "true"})
        case "ended":
            assert "Unknown browser from 127.0.0.1" in console.get(f"{page}change/").content.decode()
            console.post(f"{page}end-sessions/")
        case "command":
            call_command("end_sessions", "bob", stdout=StringIO())
        case "changepassword":
            call_command("changepassword", "bob", stdout=StringIO(), stderr=StringIO())
    assert not OperatorSession.objects.of(bob).exists()
    Operator.objects.filter(pk=bob.pk).update(is_active=True)
    assert not alive(client)
    assert alive(console)
    assert AuditEntry.objects.exclude(action="operator.signed_in").get().detail["sessions_ended"] == 1


def test_who_gains_a_right_stays_signed_in(console: Client) -> None:
    bob = OperatorFactory(username="bob", is_superuser=False)
    client = session_of("bob")
    form = {"username": "bob", "is_active": "on", "is_superuser": "on"}
    console.post(f"/admin/projects/operator/{bob.pk}/change/", form)
    assert alive(client)


def test_who_is_no_operator_any_more_is_out(ann: Operator) -> None:
    client = session_of()
    Operator.objects.update(is_staff=False)
    assert not alive(client)


def test_a_session_from_before_is_taken_over_once(ann: Operator) -> None:
    console = Client()
    console.force_login(ann)
    assert alive(console)
    assert alive(console)
    session = OperatorSession.objects.get()
    session.delete()
    assert not alive(console)
    assert not OperatorSession.objects.exists()


def test_a_request_costs_one_query_more(ann: Operator) -> None:
    client = session_of()
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/password_change/")
    tables = [query["sql"] for query in queries if "signin_operatorsession" in query["sql"]]
    assert len(tables) == 1


def test_the_account_costs_the_same_however_many_sessions_there_are(ann: Operator) -> None:
    client = session_of()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert alive(client)
        counts.append(len(queries))
        for _ in range(5):
            session_of()
    assert counts[0] == counts[1] <= 9


def test_tidying_keeps_what_lives(ann: Operator) -> None:
    client = session_of()
    tasks.tidy()
    assert alive(client)
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        tasks.tidy()
    assert not Session.objects.exists()
    assert not OperatorSession.objects.exists()


def test_the_menu_leads_to_the_account(ann: Operator) -> None:
    page: Any = session_of().get("/admin/").content.decode()
    assert 'href="/admin/account/"' in page
    assert 'href="/docs/"' in page
    assert "View site" not in page


def test_a_sign_in_that_cannot_be_logged_does_not_happen(ann: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **detail: object) -> None:
        raise ValueError

    monkeypatch.setattr(audit, "record", refuse)
    client = Client(raise_request_exception=False)
    assert client.post("/admin/login/", {"username": "ann", "password": PASSWORD}).status_code == 500
    assert not OperatorSession.objects.exists()
    assert not alive(client)
