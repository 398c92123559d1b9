"""Webhooks are managed in the console, with the secret shown once, and what failed is replayed."""

import re

import pytest
from django.test import Client

from memos.projects.models import AuditEntry
from memos.webhooks import signing
from memos.webhooks.models import Delivery, Webhook
from tests.endpoints import HOOK
from tests.factories import DeliveryFactory, ProjectFactory, WebhookFactory

WEBHOOKS = "/admin/webhooks/webhook/"
DELIVERIES = "/admin/webhooks/delivery/"

pytestmark = pytest.mark.django_db


def secret_in(page: str) -> str:
    return re.findall(r"whsec_[A-Za-z0-9+/=]+", page)[0]


def audited() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("action", "actor", "actor_label"))


def test_a_new_webhook_shows_its_secret_once(console: Client) -> None:
    project = ProjectFactory()
    response = console.post(f"{WEBHOOKS}add/", {"of": project.pk, "url": HOOK, "events": ["job.done"]}, follow=True)

    webhook = Webhook.objects.get()
    secret = secret_in(response.content.decode())
    assert secret == signing.secret_of(webhook)
    assert (webhook.project, webhook.url, webhook.events, webhook.enabled) == (project, HOOK, ["job.done"], True)
    assert "no-store" in response["Cache-Control"]
    assert audited() == [("webhook.created", "operator", "ann")]
    for later in (WEBHOOKS, f"{WEBHOOKS}{webhook.ref}/change/", f"/admin/projects/auditentry/?q={webhook.ref}"):
        assert secret not in console.get(later).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"of": ""}, "required"),
        ({"url": ""}, "required"),
        ({"url": "https://127.0.0.1/"}, "public addresses"),
        ({"url": "http://1.1.1.1/"}, "Only https"),
        ({"events": ["webhook.test"]}, "not one of the available choices"),
    ],
    ids=str,
)
def test_a_wrong_form_makes_no_webhook(console: Client, wrong: dict[str, object], sentence: str) -> None:
    form = {"of": ProjectFactory().pk, "url": HOOK}

    assert sentence in console.post(f"{WEBHOOKS}add/", {**form, **wrong}).content.decode()
    assert not Webhook.objects.exists()


def test_one_too_many_is_told(console: Client) -> None:
    project = ProjectFactory()
    for _ in range(20):
        WebhookFactory(project=project)

    assert "at most 20" in console.post(f"{WEBHOOKS}add/", {"of": project.pk, "url": HOOK}).content.decode()
    assert Webhook.objects.count() == 20


def test_a_webhook_is_changed_and_disabled(console: Client) -> None:
    webhook = WebhookFactory(include_content=True)
    form = {"url": f"{HOOK}/new", "description": "CRM", "events": ["user.deleted"]}
    console.post(f"{WEBHOOKS}{webhook.ref}/change/", form)

    webhook.refresh_from_db()
    assert (webhook.url, webhook.description, webhook.events) == (f"{HOOK}/new", "CRM", ["user.deleted"])
    assert (webhook.enabled, webhook.include_content) == (False, False)
    assert audited() == [("webhook.updated", "operator", "ann")]


def test_a_webhook_is_not_changed_to_an_internal_address(console: Client) -> None:
    webhook = WebhookFactory()
    page = console.post(f"{WEBHOOKS}{webhook.ref}/change/", {"url": "https://10.0.0.1/", "enabled": "on"})

    assert "public addresses" in page.content.decode()
    webhook.refresh_from_db()
    assert webhook.url == HOOK


def test_a_secret_is_rotated_after_a_question(console: Client) -> None:
    webhook = WebhookFactory()
    before = signing.secret_of(webhook)
    assert "24 hours" in console.get(f"{WEBHOOKS}{webhook.ref}/rotate/").content.decode()
    assert audited() == []

    page = console.post(f"{WEBHOOKS}{webhook.ref}/rotate/", follow=True).content.decode()

    webhook.refresh_from_db()
    assert secret_in(page) == signing.secret_of(webhook) != before
    assert audited() == [("webhook.rotated", "operator", "ann")]


def test_a_webhook_is_deleted_with_its_deliveries(console: Client) -> None:
    webhook = DeliveryFactory().webhook
    console.post(f"{WEBHOOKS}{webhook.ref}/delete/")

    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()
    assert audited() == [("webhook.deleted", "operator", "ann")]


def test_a_page_shows_the_last_deliveries_with_their_errors(console: Client) -> None:
    failed = DeliveryFactory(error="<b>The receiver</b> answered 500.", response_status=500)

    page = console.get(f"{WEBHOOKS}{failed.webhook.ref}/change/").content.decode()

    assert f"{DELIVERIES}{failed.ref}/change/" in page
    assert "500 &lt;b&gt;The receiver&lt;/b&gt; answered 500." in page


def test_a_delivery_is_replayed_after_a_question(console: Client) -> None:
    old = DeliveryFactory()
    assert console.get(f"{DELIVERIES}{old.ref}/replay/").status_code == 200
    assert Delivery.objects.count() == 1

    response = console.post(f"{DELIVERIES}{old.ref}/replay/")

    new = Delivery.objects.exclude(pk=old.pk).get()
    assert response["Location"] == f"{DELIVERIES}{new.ref}/change/"
    assert new.event_id == old.event_id
    assert audited() == [("delivery.replayed", "operator", "ann")]


def test_a_test_is_sent_after_a_question(console: Client) -> None:
    webhook = WebhookFactory()
    assert console.get(f"{WEBHOOKS}{webhook.ref}/test/").status_code == 200

    response = console.post(f"{WEBHOOKS}{webhook.ref}/test/")

    assert response["Location"] == f"{DELIVERIES}{Delivery.objects.get(event='webhook.test').ref}/change/"


def test_what_stands_against_sending_is_told(console: Client) -> None:
    old = DeliveryFactory(webhook__enabled=False)

    for page in (f"{WEBHOOKS}{old.webhook.ref}/test/", f"{DELIVERIES}{old.ref}/replay/"):
        assert "enable it first" in console.post(page, follow=True).content.decode()
    assert Delivery.objects.count() == 1
