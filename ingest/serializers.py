"""Jobs as the API shows them, and what came of a message."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graphs.serializers import MemoryOut
from ingest.models import IngestJob
from memos import ids
from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Moment, Text
from threads.models import Message
from threads.serializers import MessageOut


class JobError(CamelSerializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class Written(CamelSerializer):
    memories = serializers.IntegerField()
    closed = serializers.IntegerField()
    entities = serializers.IntegerField()
    relations = serializers.IntegerField()


class JobOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    status = serializers.ChoiceField(IngestJob.Status.choices)
    kind = serializers.ChoiceField(IngestJob.Kind.choices)
    user_id = serializers.SerializerMethodField()
    graph_id = serializers.SerializerMethodField()
    thread_id = serializers.SerializerMethodField()
    message_id = serializers.SerializerMethodField()
    document_id = serializers.SerializerMethodField()
    attempts = serializers.IntegerField()
    error = JobError(allow_null=True)
    written = Written()
    created_at = Moment()
    started_at = Moment(allow_null=True)
    finished_at = Moment(allow_null=True)

    def get_user_id(self, job: IngestJob) -> str | None:
        return _ref("usr", job.user_id)

    def get_graph_id(self, job: IngestJob) -> str:
        return ids.encode("grph", job.graph_id)

    def get_thread_id(self, job: IngestJob) -> str | None:
        return _ref("thr", job.thread_id)

    def get_message_id(self, job: IngestJob) -> str | None:
        return _ref("msg", job.message_id)

    def get_document_id(self, job: IngestJob) -> str | None:
        return _ref("doc", job.document_id)


class JobListQuery(PageQuery):
    status = serializers.ChoiceField(IngestJob.Status.choices, required=False)
    user_id = Text(required=False, max_length=300, help_text="A user's id, or `ext:` and their externalId.")
    thread_id = Text(required=False, max_length=100)


class JobPage(CamelSerializer):
    jobs = JobOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


def _ref(prefix: str, key: UUID | None) -> str | None:
    return ids.encode(prefix, key) if key else None


class MessageDetail(MessageOut):
    """Its ``job`` and the ``memories`` that rest on it come in the context."""

    thread_id = serializers.CharField(source="thread.ref")
    job = serializers.SerializerMethodField(help_text="null where none reads it: it is not the user's.")
    memories = serializers.SerializerMethodField()

    @extend_schema_field(JobOut(allow_null=True))
    def get_job(self, message: Message) -> Any:
        job = self.context["job"]
        return JobOut(job).data if job else None

    @extend_schema_field(MemoryOut(many=True))
    def get_memories(self, message: Message) -> Any:
        return MemoryOut(self.context["memories"], many=True).data
