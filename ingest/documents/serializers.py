"""Documents as the API takes and shows them."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graphs.models import Document
from ingest.documents import services
from ingest.serializers import JobOut
from memos import ids
from memos.api.serializers import CamelSerializer, Metadata, Moment, Text, json_text
from threads.models import Message

COMPACT = (",", ":")
"""No longer than it was sent, so that an export of it is not longer than an import takes."""


class GivenMessage(CamelSerializer):
    role = serializers.ChoiceField(Message.Role.choices)
    content = Text()
    name = Text(required=False, allow_null=True, max_length=200)
    created_at = Moment(required=False, allow_null=True)


class GivenJson(serializers.Field[Any, Any, Any, Any]):
    default_error_messages = {
        "blank": "There is nothing in it.",
        "unstorable": "A NUL or half of a surrogate pair can't be kept.",
    }

    def to_internal_value(self, data: Any) -> Any:
        empty = not data.strip() if isinstance(data, str) else data in ([], {})
        if empty:
            self.fail("blank")
        if json_text(data) is None:
            self.fail("unstorable")
        return data


_FORMS = {Document.Type.TEXT: Text, Document.Type.JSON: GivenJson, Document.Type.MESSAGE: GivenMessage}


@extend_schema_field({
    "description": "A string for `text`, any JSON value for `json`; for `message` an object with its `role` and "
    "`content` and, where they are known, `name` (the speaker) and `createdAt`.",
})  # fmt: skip
class Given(serializers.Field[Any, Any, Any, Any]):
    """What is to be kept, by the ``type`` beside it; where that is none, it alone is refused."""

    def to_internal_value(self, data: Any) -> Any:
        type_ = self.parent.initial_data.get("type")
        form = _FORMS.get(type_) if isinstance(type_, str) else None  # type: ignore[call-overload]
        return form().run_validation(data) if form else data


def _where(type_: Document.Type, data: dict[str, Any], otherwise: dict[str, Any]) -> dict[str, Any]:
    """What `data` has to be with that type, in JSON Schema."""
    return {
        "if": {"properties": {"type": {"const": type_.value}}},
        "then": {"properties": {"data": data}},
        "else": otherwise,
    }


_TEXT = {"type": "string", "pattern": r"\S"}
_MESSAGE = {
    "type": "object",
    "required": ["role", "content"],
    "additionalProperties": False,
    "properties": {
        "role": {"enum": Message.Role.values},
        "content": _TEXT,
        "name": {"type": ["string", "null"], "pattern": r"\S", "maxLength": 200},
        "createdAt": {"type": ["string", "null"], "format": "date-time"},
    },
}
_JSON = {"properties": {"data": {"not": {"enum": [None, [], {}]}, "pattern": r"\S"}}}


class NewDocument(CamelSerializer):
    json_schema = _where(Document.Type.TEXT, _TEXT, _where(Document.Type.MESSAGE, _MESSAGE, _JSON))

    type = serializers.ChoiceField(Document.Type.choices)
    data = Given()  # type: ignore[assignment]
    name = Text(required=False, allow_null=True, max_length=200, help_text="What the document is called.")
    created_at = Moment(required=False, allow_null=True, help_text="When it was written or said; default now.")
    metadata = Metadata(required=False)

    def document(self) -> services.NewDocument:
        """Raises ValidationError."""
        self.is_valid(raise_exception=True)
        given = dict(self.validated_data)
        data = given.pop("data")
        if given["type"] == Document.Type.MESSAGE and data.get("created_at"):
            given["created_at"] = data["created_at"]
        is_text = given["type"] == Document.Type.TEXT
        return services.NewDocument(
            content=data if is_text else json_text(self.initial_data["data"], COMPACT) or "", **given
        )


class DocumentChanges(CamelSerializer):
    name = Text(required=False, allow_null=True, max_length=200)
    metadata = Metadata(required=False)


class IngestedDocument(CamelSerializer):
    job_id = serializers.CharField(source="ref")
    document_id = serializers.CharField(source="document.ref")


class Pieces(CamelSerializer):
    done = serializers.IntegerField(help_text="How many can be recalled.")
    total = serializers.IntegerField(allow_null=True, help_text="null until it is cut.")


class DocumentOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    graph_id = serializers.SerializerMethodField()
    type = serializers.ChoiceField(Document.Type.choices)
    name = serializers.CharField(allow_null=True)
    metadata = Metadata()
    created_at = Moment()
    received_at = Moment()
    size = serializers.IntegerField(help_text="Bytes of what was given, as UTF-8.")
    pieces = serializers.SerializerMethodField()
    job = serializers.SerializerMethodField()

    def get_graph_id(self, document: Document) -> str:
        return ids.encode("grph", document.graph_id)

    @extend_schema_field(Pieces())
    def get_pieces(self, document: Document) -> Any:
        job = getattr(document, "job", None)
        return {"done": job.position if job else document.pieces or 0, "total": document.pieces}

    @extend_schema_field(JobOut(allow_null=True))
    def get_job(self, document: Document) -> Any:
        job = getattr(document, "job", None)
        return JobOut(job).data if job else None


class DocumentPage(CamelSerializer):
    documents = DocumentOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema_field({"description": "What was given as `data`."})
class Content(serializers.Field[Any, Any, Any, Any]):
    def get_attribute(self, instance: Document) -> Any:
        return instance

    def to_representation(self, value: Document) -> Any:
        return value.content if value.type == Document.Type.TEXT else json.loads(value.content)


class DocumentDetail(DocumentOut):
    content = Content(read_only=True)
