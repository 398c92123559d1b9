"""Webhooks and their deliveries in the console: made and rotated with the secret shown once, tested, replayed."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action
from unfold.decorators import display as label

from memos import ids
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.console.base import ConsoleAdmin
from memos.projects.console.confirming import confirmation
from memos.projects.console.deleting import DeletingAdmin
from memos.projects.console.issuing import IssuingAdmin
from memos.projects.console.lists import FirstProjects, NewestChoices
from memos.projects.console.rights import caller_of
from memos.projects.console.search import Finding
from memos.projects.console.shown import NOTHING, bullets, link, list_of, moment, page_of, section, short, to
from memos.webhooks import services
from memos.webhooks.forms import CHANGED, NewWebhookForm, WebhookForm
from memos.webhooks.models import Delivery, EventType, Webhook


class SendingAdmin(ConsoleAdmin):
    """Who may change may also have something sent."""

    def has_send_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, "change", object_id)

    def on_to(self, request: HttpRequest, row: Any, send: Any) -> HttpResponse:
        """To the delivery that was written, or back with what stood against it."""
        try:
            return redirect(page_of(send(caller_of(request, row.project))))
        except Problem as problem:
            messages.error(request, str(problem.detail))
            return redirect(page_of(row))


@admin.register(Webhook)
class WebhookAdmin(IssuingAdmin, DeletingAdmin, SendingAdmin):
    addable = True
    changeable = True
    what_goes = "it goes with its deliveries. What waits to be delivered is delivered no more."
    list_display = ("shown_id", "shown_url", "state", "shown_events", "project", "created")
    list_filter = (("project", FirstProjects),)
    search_help_text = "whk_…, prj_…, URL, description"
    finding = Finding(owners={"prj": "project", "whd": "deliveries"}, beginnings=("url", "description"))
    related = ("project",)
    form = WebhookForm
    add_fieldsets = ((None, {"fields": ("of", "url", "description", "events", "include_content")}),)
    fieldsets = (
        (None, {"fields": (*CHANGED, "shown_id", "project_link", "created", "rotated")}),
        ("Last deliveries", {"fields": ("last_deliveries",)}),
    )
    readonly_fields = ("shown_id", "project_link", "created", "rotated", "last_deliveries")
    actions_detail = ("test", "rotate")
    issued_name = "secret"
    issued_told = (
        "The receiver checks the signature of each delivery with it. Memos does not keep it. If it is lost, rotate it."
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{"form": self.form if change else NewWebhookForm, **kwargs})

    @admin.display(description="URL")
    def shown_url(self, webhook: Webhook) -> str:
        return short(webhook.url, 60)

    @label(description="state", label={"enabled": "success", "disabled": "warning"})
    def state(self, webhook: Webhook) -> str:
        return "enabled" if webhook.enabled else "disabled"

    @admin.display(description="events")
    def shown_events(self, webhook: Webhook) -> str:
        return ", ".join(webhook.events) or "all"

    @admin.display(description="secret rotated (UTC)")
    def rotated(self, webhook: Webhook) -> str:
        end = webhook.old_secret_ends_at
        return f"{moment(webhook.rotated_at)}{f'; the old one signs too until {moment(end)}' if end else ''}"

    @section("deliveries")
    def last_deliveries(self, webhook: Webhook) -> str:
        rows = list(Delivery.objects.filter(webhook=webhook).order_by("-pk")[:20])
        return bullets([*map(_told, rows), to(list_of(Delivery, webhook=webhook.pk), "all of them")] if rows else [])

    def delete_by(self, caller: Caller, row: Webhook) -> None:
        services.delete_webhook(caller=caller, webhook=row)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in CHANGED if name in form.cleaned_data}
        if change:
            services.update_webhook(caller=caller_of(request, obj.project), webhook=obj, **given)
            return
        obj.issued = services.create_webhook(caller=caller_of(request, form.cleaned_data["of"]), **given)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.to_secret(request, obj.issued.webhook, obj.issued.secret)

    @action(description="Send a test", url_path="test", icon="send", permissions=["send"])
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        webhook = self.row_of(request, object_id)
        if request.method != "POST":
            told = [f"A webhook.test is delivered to {webhook.url}, whatever events it asked for."]
            title, back = f"Test {webhook}", page_of(webhook)
            return confirmation(self, request, title=title, sentences=told, button="Send a test", back=back)
        return self.on_to(request, webhook, lambda caller: services.send_test(caller=caller, webhook=webhook))

    @action(description="Rotate the secret", url_path="rotate", icon="autorenew", permissions=["send"])
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        webhook = self.row_of(request, object_id)
        if request.method != "POST":
            told = [
                "A new secret takes the place of this one.",
                f"For 24 hours what is sent to {webhook.url} is signed with both, so that the receiver can change over "
                "in between.",
            ]
            title, back = f"Rotate the secret of {webhook}", page_of(webhook)
            return confirmation(self, request, title=title, sentences=told, button="Rotate the secret", back=back)
        issued = services.rotate_secret(caller=caller_of(request, webhook.project), webhook=webhook)
        return self.to_secret(request, webhook, issued.secret)

    def titled(self, row: Webhook) -> str:
        return f"The secret of {row}"

    def about(self, row: Webhook) -> str:
        end = row.old_secret_ends_at
        return f"{row.project} · {row.url}{f' · the old secret signs too until {moment(end)} UTC' if end else ''}"


@admin.register(Delivery)
class DeliveryAdmin(SendingAdmin):
    worded = ("payload", "response_excerpt")
    list_display = ("shown_id", "event", "state", "webhook_link", "attempts", "reason", "created")
    list_filter = (("status", NewestChoices), ("event", NewestChoices), ("project", FirstProjects))
    search_help_text = "whd_…, evt_…, whk_…, usr_…, mem_…, ij_…, grph_…, prj_…"
    finding = Finding(
        owners={
            "whk": "webhook", "evt": "event_id", "grph": "graph_id", "usr": "subject_id", "mem": "subject_id",
            "ij": "subject_id", "prj": "project",
        }
    )  # fmt: skip
    related = ("webhook", "project")
    fieldsets = (
        (None, {"fields": ("shown_id", "event", "shown_event_id", "state", "webhook_link", "project_link")}),
        ("What is told", {"fields": ("payload",)}),
        ("Attempts", {"fields": ("attempts", "next_try", "response_status", "error", "response_excerpt")}),
        ("When", {"fields": ("created", "finished")}),
    )
    actions_detail = ("replay",)

    @label(description="status", label={"delivered": "success", "failed": "danger", "queued": "warning"})
    def state(self, delivery: Delivery) -> str:
        return delivery.status

    @admin.display(description="event id")
    def shown_event_id(self, delivery: Delivery) -> str:
        return ids.encode(Delivery.EVENT_PREFIX, delivery.event_id)

    @admin.display(description="webhook")
    def webhook_link(self, delivery: Delivery) -> str:
        return link(delivery.webhook, short(delivery.webhook.url, 60))

    @admin.display(description="error")
    def reason(self, delivery: Delivery) -> str:
        return short(delivery.error, 60)

    @admin.display(description="next try (UTC)")
    def next_try(self, delivery: Delivery) -> str:
        return moment(delivery.run_after) if delivery.status == Delivery.Status.QUEUED else NOTHING

    @admin.display(description="finished (UTC)")
    def finished(self, delivery: Delivery) -> str:
        return moment(delivery.finished_at)

    @action(description="Replay", url_path="replay", icon="replay", permissions=["send"])
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = self.row_of(request, object_id)
        if request.method != "POST":
            told = [f"{delivery.event} to {delivery.webhook.url}, as a delivery of its own with the same event id."]
            title, back = f"Replay {delivery}", page_of(delivery)
            return confirmation(self, request, title=title, sentences=told, button="Replay", back=back)
        return self.on_to(request, delivery, lambda caller: services.replay(caller=caller, delivery=delivery))


def _told(delivery: Delivery) -> str:
    answer = f"{delivery.response_status or ''} {short(delivery.error, 80)}".strip()
    said = f"{moment(delivery.created_at)} · {EventType(delivery.event).value} · {delivery.status}"
    return to(page_of(delivery), f"{said}{f' · {answer}' if answer else ''}")
