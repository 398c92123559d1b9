"""Threads and messages as the API shows them."""

from typing import Any

from rest_framework import serializers

from memos.api.pagination import ORDERS, POSITION, PageQuery
from memos.api.serializers import CamelSerializer, Metadata, Moment, Text
from threads.models import Message

MAX_MESSAGES = 1000
MAX_CONTENT = 100_000


class NewThread(CamelSerializer):
    name = Text(required=False, allow_null=True, max_length=200)
    metadata = Metadata(required=False)


class ThreadChanges(CamelSerializer):
    name = Text(required=False, allow_null=True, max_length=200)
    metadata = Metadata(required=False)


class ThreadOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    name = serializers.CharField(allow_null=True)
    user_id = serializers.CharField(source="user.ref")
    metadata = Metadata()
    created_at = Moment()


class ThreadInList(ThreadOut):
    message_count = serializers.IntegerField()


class ThreadPage(CamelSerializer):
    threads = ThreadInList(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class NewMessage(CamelSerializer):
    role = serializers.ChoiceField(Message.Role.choices)
    content = Text(max_length=MAX_CONTENT)
    name = Text(required=False, allow_null=True, max_length=200, help_text="The speaker, where that is not the user.")
    created_at = Moment(required=False, allow_null=True, help_text="When it was said; default now.")
    external_id = Text(
        required=False,
        allow_null=True,
        max_length=255,
        help_text="Your id for this message, unique in its thread. Sent again it is answered with the first one.",
    )
    metadata = Metadata(required=False)


class NewMessages(CamelSerializer):
    """Several messages, kept all or none."""

    messages = NewMessage(many=True, allow_empty=False, max_length=MAX_MESSAGES)  # type: ignore[call-arg]


class MessageOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    role = serializers.ChoiceField(Message.Role.choices)
    content = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    metadata = Metadata()
    created_at = Moment()
    received_at = Moment()


class MessageChanges(CamelSerializer):
    metadata = Metadata(required=False)


class Ingested(CamelSerializer):
    message_id = serializers.CharField(source="message.ref")
    job_id = serializers.CharField(source="ref")


class AppendedOut(CamelSerializer):
    thread_id = serializers.CharField(source="thread.ref")
    messages = MessageOut(many=True)
    ingested = Ingested(many=True, source="jobs")


class MessageListQuery(PageQuery):
    limit = serializers.IntegerField(default=1000, min_value=1, max_value=1000, help_text="How many to return.")
    cursor = Text(required=False, validators=[POSITION], help_text="`nextCursor` of the page before.")
    order = serializers.ChoiceField(ORDERS, default="asc", help_text="As appended by default.")


class ThreadRef(CamelSerializer):
    id = serializers.CharField(source="ref")
    name = serializers.CharField(allow_null=True)
    user_id = serializers.CharField(source="user.ref")


class MessagePage(CamelSerializer):
    thread = ThreadRef()
    messages = MessageOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


def read_messages(data: Any) -> list[dict[str, Any]]:
    """One message or ``{"messages": […]}`` as a list. Raises ValidationError."""
    batched = isinstance(data, dict) and "messages" in data
    form = NewMessages(data=data) if batched else NewMessage(data=data)
    form.is_valid(raise_exception=True)
    return form.validated_data["messages"] if batched else [form.validated_data]
