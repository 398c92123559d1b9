"""A secret is shown once, on a page that can be loaded again without making another."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from memos.projects.models import ApiKey, AuditEntry, Operator
from memos.webhooks.models import Webhook
from tests.console.conftest import signed_in
from tests.endpoints import HOOK
from tests.factories import ApiKeyFactory, ProjectFactory, WebhookFactory

pytestmark = pytest.mark.django_db

KEYS = "/admin/projects/apikey/"
WEBHOOKS = "/admin/webhooks/webhook/"
Ways = Callable[[Client], HttpResponse]


def a_new_key(console: Client) -> Any:
    return console.post(f"{KEYS}add/", {"of": ProjectFactory().pk, "name": "web", "scopes": ["read"]})


def a_rotated_key(console: Client) -> Any:
    return console.post(f"{KEYS}{ApiKeyFactory().ref}/rotate/", {"grace": "2h"})


def a_new_webhook(console: Client) -> Any:
    return console.post(f"{WEBHOOKS}add/", {"of": ProjectFactory().pk, "url": HOOK})


def a_rotated_secret(console: Client) -> Any:
    return console.post(f"{WEBHOOKS}{WebhookFactory().ref}/rotate/")


WAYS = pytest.mark.parametrize("way", [a_new_key, a_rotated_key, a_new_webhook, a_rotated_secret])


def secret_on(page: HttpResponse) -> str:
    found = re.search(r"mos_(?:live|test)_[A-Za-z0-9]{40}|whsec_[A-Za-z0-9+/=]+", page.content.decode())
    return found[0] if found else ""


@WAYS
def test_the_page_can_be_loaded_again(console: Client, way: Ways) -> None:
    path = way(console)["Location"]
    secret = secret_on(console.get(path))
    rows = ApiKey.objects.count(), Webhook.objects.count(), AuditEntry.objects.count()

    again = console.get(path, follow=True)

    assert secret
    assert secret not in again.content.decode()
    assert "shown once" in again.content.decode()
    assert (ApiKey.objects.count(), Webhook.objects.count(), AuditEntry.objects.count()) == rows


@WAYS
def test_nothing_on_the_way_tells_it(console: Client, way: Ways) -> None:
    made = way(console)
    cookie = next(one for name, one in made.cookies.items() if name.startswith("issued_"))
    kept = str([row.get_decoded() for row in Session.objects.all()])

    secret = secret_on(console.get(made["Location"]))

    for told in (made["Location"], made.content.decode(), cookie.output(), kept, str(AuditEntry.objects.values())):
        assert secret not in told
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (made["Location"], True, "Strict")
    assert "no-store" in made["Cache-Control"]


@WAYS
def test_the_session_keeps_nothing_once_it_was_shown(console: Client, way: Ways) -> None:
    shown = console.get(way(console)["Location"])

    assert "no-store" in shown["Cache-Control"]
    assert next(one for name, one in shown.cookies.items() if name.startswith("issued_"))["max-age"] == 0
    assert console.session["masks"] == {}


@WAYS
def test_another_browser_is_shown_nothing(console: Client, admin_operator: Operator, way: Ways) -> None:
    made = way(console)
    other = signed_in(Client(), admin_operator)
    other.cookies.update({name: one for name, one in made.cookies.items() if name.startswith("issued_")})

    assert not secret_on(other.get(made["Location"], follow=True))
    assert secret_on(console.get(made["Location"]))


def test_two_tabs_are_each_shown_their_own(console: Client) -> None:
    first, second = a_new_key(console), a_new_key(console)

    secrets = [secret_on(console.get(made["Location"])) for made in (first, second)]

    assert all(secrets)
    assert secrets[0] != secrets[1]


def test_a_secret_that_is_not_looked_at_in_time_is_lost(console: Client) -> None:
    path = a_new_key(console)["Location"]

    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert not secret_on(console.get(path, follow=True))


def test_a_head_takes_nothing(console: Client) -> None:
    path = a_new_key(console)["Location"]

    assert console.head(path).status_code == 405
    assert secret_on(console.get(path))
