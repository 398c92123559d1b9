"""/v1/webhooks."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from memos.api.pagination import PageQuery, paginate
from memos.api.problems import not_found
from memos.api.serializers import Deleted, NoBody
from memos.api.views import ProjectViewSet, page_of
from memos.projects.models import Scope
from memos.webhooks import serializers as forms
from memos.webhooks import services
from memos.webhooks.models import Delivery, Webhook
from memos.webhooks.services import IssuedSecret

NOT_KEPT: dict[str, Any] = {"secret": None, "payload": {}}
"""What an answer that is given again has instead."""


class WebhookViewSet(ProjectViewSet):
    queries = {"list": PageQuery, "deliveries": forms.DeliveryListQuery}
    scopes = dict.fromkeys(
        ("list", "create", "retrieve", "partial_update", "destroy", "rotate", "test", "deliveries", "replay"),
        Scope.ADMIN,
    )
    problems = {
        "create": ["TOO_MANY_WEBHOOKS"],
        "test": ["WEBHOOK_DISABLED"],
        "replay": ["WEBHOOK_DISABLED"],
    }

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The address of a new webhook is asked for here: not in the transaction that keeps a repeatable answer."""
        super().initial(request, *args, **kwargs)
        self.given = self.body(forms.NewWebhook) if self.action == "create" else {}

    def to_keep(self, data: Any) -> Any:
        """A secret is shown once, and what a delivery tells is forgotten with whom it tells of."""
        return {**data, **{name: value for name, value in NOT_KEPT.items() if name in data}}

    def get_webhook(self, ref: str) -> Webhook:
        webhook = Webhook.objects.for_project(self.project).by_ref(ref).first()
        if webhook is None:
            raise not_found("webhook", ref)
        return webhook

    @extend_schema(parameters=[PageQuery], responses=forms.WebhookPage)
    def list(self, request: Request) -> Response:
        """List the project's webhooks, newest first."""
        rows = Webhook.objects.for_project(self.project)
        return self.page("webhooks", paginate(rows, **page_of(self.query)), forms.WebhookOut)

    @extend_schema(request=forms.NewWebhook, responses={201: forms.IssuedWebhook})
    def create(self, request: Request) -> Response:
        """Make a webhook; the secret that signs its deliveries is shown this once."""
        issued = services.create_webhook(caller=self.caller, **self.given)
        return Response(_with_secret(issued), 201)

    @extend_schema(responses=forms.WebhookOut)
    def retrieve(self, request: Request, webhook_id: str) -> Response:
        """Get one webhook."""
        return Response(forms.WebhookOut(self.get_webhook(webhook_id)).data)

    @extend_schema(request=forms.WebhookChanges, responses=forms.WebhookOut)
    def partial_update(self, request: Request, webhook_id: str) -> Response:
        """Change a webhook; what waited while it was disabled is delivered once it is enabled again."""
        webhook = self.get_webhook(webhook_id)
        changed = services.update_webhook(caller=self.caller, webhook=webhook, **self.body(forms.WebhookChanges))
        return Response(forms.WebhookOut(changed).data)

    @extend_schema(responses={200: Deleted})
    def destroy(self, request: Request, webhook_id: str) -> Response:
        """Delete a webhook with its deliveries."""
        webhook = self.get_webhook(webhook_id)
        services.delete_webhook(caller=self.caller, webhook=webhook)
        return Response({"deleted": True, "id": webhook.ref})

    @extend_schema(request=None, responses=forms.IssuedWebhook)
    def rotate(self, request: Request, webhook_id: str) -> Response:
        """Give a webhook a new secret, shown this once; the old one signs too for 24 hours."""
        webhook = self.get_webhook(webhook_id)
        self.body(NoBody)
        return Response(_with_secret(services.rotate_secret(caller=self.caller, webhook=webhook)))

    @extend_schema(request=None, responses={201: forms.DeliveryOut})
    def test(self, request: Request, webhook_id: str) -> Response:
        """Deliver a `webhook.test`, whatever events the webhook wants."""
        webhook = self.get_webhook(webhook_id)
        self.body(NoBody)
        return Response(forms.DeliveryOut(services.send_test(caller=self.caller, webhook=webhook)).data, 201)

    @extend_schema(parameters=[forms.DeliveryListQuery], responses=forms.DeliveryPage)
    def deliveries(self, request: Request, webhook_id: str) -> Response:
        """List a webhook's deliveries, newest first; they are kept for 30 days after they are done."""
        rows = Delivery.objects.filter(webhook=self.get_webhook(webhook_id))
        rows = rows.filter(status=self.query["status"]) if "status" in self.query else rows
        return self.page("deliveries", paginate(rows, **page_of(self.query)), forms.DeliveryOut)

    @extend_schema(request=None, responses={201: forms.DeliveryOut})
    def replay(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Deliver an event again: a new delivery with the same event id and payload."""
        rows = Delivery.objects.filter(webhook=self.get_webhook(webhook_id)).select_related("webhook")
        delivery = rows.by_ref(delivery_id).first()
        if delivery is None:
            raise not_found("delivery", delivery_id)
        self.body(NoBody)
        return Response(forms.DeliveryOut(services.replay(caller=self.caller, delivery=delivery)).data, 201)


def _with_secret(issued: IssuedSecret) -> object:
    return forms.IssuedWebhook(issued.webhook, context={"secret": issued.secret}).data
