"""Webhooks and deliveries as the API shows them."""

from typing import Any

from rest_framework import serializers

from memos import ids
from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Flag, Moment, Text
from memos.webhooks import addresses
from memos.webhooks.models import KNOWN_EVENTS, WANTED, Delivery, EventType, Webhook


class Address(Text):
    """A URL that may be delivered to."""

    json_schema = {"format": "uri", "pattern": r"^https?://[^\s@#]+$"}

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        try:
            addresses.check(url)
        except addresses.Refused as refusal:
            raise serializers.ValidationError(str(refusal), code="refused") from None
        return url


def _of_url(**options: Any) -> Address:
    return Address(max_length=addresses.LONGEST_URL, help_text="https, and a public address.", **options)


class WebhookChanges(CamelSerializer):
    url = _of_url(required=False)
    description = Text(required=False, allow_blank=True, max_length=500)
    events = serializers.ListField(
        child=serializers.ChoiceField(WANTED),
        required=False,
        max_length=len(KNOWN_EVENTS),
        help_text="What it wants to be told of; an empty list is everything.",
    )
    include_content = Flag(required=False, help_text="Send the sentences of memories too, and not their ids alone.")
    enabled = Flag(required=False)


class NewWebhook(WebhookChanges):
    url = _of_url()


class WebhookOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    url = serializers.CharField()
    description = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(WANTED))
    include_content = serializers.BooleanField()
    enabled = serializers.BooleanField()
    created_at = Moment()
    old_secret_ends_at = Moment(allow_null=True)


class IssuedWebhook(WebhookOut):
    """Where a secret was just made: the one time that it is shown."""

    secret = serializers.SerializerMethodField(
        help_text="`whsec_…`: shown this once, and null where the answer is given again for the same `Idempotency-Key`."
    )

    def get_secret(self, webhook: Webhook) -> str | None:
        secret: str = self.context["secret"]
        return secret


class WebhookPage(CamelSerializer):
    webhooks = WebhookOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class DeliveryListQuery(PageQuery):
    status = serializers.ChoiceField(Delivery.Status.choices, required=False)


class DeliveryOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    webhook_id = serializers.SerializerMethodField()
    event = serializers.ChoiceField(EventType.choices)
    event_id = serializers.SerializerMethodField(help_text="The `webhook-id`: the same on every retry and replay.")
    payload = serializers.DictField()
    status = serializers.ChoiceField(Delivery.Status.choices)
    attempts = serializers.IntegerField()
    response_status = serializers.IntegerField(allow_null=True)
    response_excerpt = serializers.CharField()
    error = serializers.CharField()
    created_at = Moment()
    next_attempt_at = serializers.SerializerMethodField()
    finished_at = Moment(allow_null=True)

    def get_webhook_id(self, delivery: Delivery) -> str:
        return ids.encode(Webhook.PREFIX, delivery.webhook_id)

    def get_event_id(self, delivery: Delivery) -> str:
        return ids.encode(Delivery.EVENT_PREFIX, delivery.event_id)

    def get_next_attempt_at(self, delivery: Delivery) -> str | None:
        waits = delivery.status == Delivery.Status.QUEUED
        return Moment().to_representation(delivery.run_after) if waits else None


class DeliveryPage(CamelSerializer):
    deliveries = DeliveryOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)
