"""The audit log as it is asked for and shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Moment, Text, camel_case
from memos.projects.models import AuditEntry


class AuditSpan(CamelSerializer):
    """A stretch of the log; both ends may be left open."""

    def get_fields(self) -> dict[str, Any]:
        """With the two whose names are words of Python."""
        ends = {
            "from": Moment(source="starts", required=False, help_text="At that time or later."),
            "to": Moment(source="ends", required=False, help_text="Before that time."),
        }
        return super().get_fields() | ends

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "starts" in attrs and "ends" in attrs and attrs["ends"] <= attrs["starts"]:
            raise serializers.ValidationError({"to": ["It has to come after from."]})
        return attrs


class AuditQuery(AuditSpan, PageQuery):
    action = Text(required=False, max_length=50, help_text="Such as `user.deleted`.")
    target_id = Text(required=False, max_length=64, help_text="The id of what was changed or read.")
    actor_id = Text(required=False, max_length=64, help_text="The id of the key, or what `actor.id` says.")


class ActorOut(CamelSerializer):
    kind = serializers.ChoiceField(AuditEntry.Actor.choices, source="actor")
    id = serializers.CharField(source="actor_id")
    label = serializers.CharField(source="actor_label")  # type: ignore[assignment]


class AuditEntryOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    at = Moment()
    actor = ActorOut(source="*")
    action = serializers.CharField()
    target_id = serializers.CharField()
    detail = serializers.SerializerMethodField()
    request_id = serializers.CharField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_detail(self, entry: AuditEntry) -> dict[str, Any]:
        return {camel_case(name): value for name, value in entry.detail.items()}


class AuditPage(CamelSerializer):
    entries = AuditEntryOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)
