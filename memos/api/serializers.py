"""The base of every request and answer: camelCase outside, snake_case inside, nothing unknown passes."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

MAX_METADATA_BYTES = 16 * 1024


def camel_case(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


class CamelSerializer(serializers.Serializer[Any]):
    """Fields are declared in snake_case and stand in the API in camelCase; an unknown one is refused by name, and
    where there are choices a wrong one is told which."""

    json_schema: ClassVar[dict[str, Any]] = {}
    """What `validate` asks of several fields together, as keywords of JSON Schema, where that can say it."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {camel_case(name): _from(name, field) for name, field in super().get_fields().items()}

    def to_internal_value(self, data: Any) -> Any:
        unknown = {} if not isinstance(data, Mapping) else _unknown(data, self.fields)
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError(
                {**error.detail, **unknown} if isinstance(error.detail, dict) else error.detail
            ) from error
        if unknown:
            raise ValidationError(unknown)
        return value


def _from(name: str, field: Any) -> Any:
    if isinstance(field, serializers.SerializerMethodField):
        field.method_name = f"get_{name}"
    elif field.source is None and camel_case(name) != name:
        field.source = name
    chosen = getattr(field, "child", field)
    if isinstance(chosen, serializers.ChoiceField):
        chosen.error_messages["invalid_choice"] = f"Give one of: {', '.join(map(str, chosen.choices))}."
    return field


def _unknown(data: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
    return {
        name[:100]: [ErrorDetail("This name is not known here.", code="unknown")] for name in data if name not in fields
    }


class Text(serializers.CharField):
    """A string and nothing that merely looks like one; whitespace is kept as it was sent."""

    json_schema: ClassVar[dict[str, Any]] = {}
    """What else is asked of it, as keywords of JSON Schema."""

    def __init__(self, **kwargs: Any):
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if not data.strip() and not self.allow_blank:
            self.fail("blank")
        return super().to_internal_value(data)


class Ref(Text):
    """A public id where its name does not say whose: of one of these kinds, or of any kind."""

    def __init__(self, *nouns: str, **kwargs: Any):
        super().__init__(**({"max_length": 100} | kwargs))
        self.nouns = nouns


class Whole(serializers.IntegerField):
    """A whole number in a body, where a string that looks like one is none; 5.0 is 5, as JSON Schema has it."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != int(data):
            self.fail("invalid")
        return int(data)


class Flag(serializers.BooleanField):
    """True or false in a body, where a string or a number that looks like one is neither."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class NoBody(CamelSerializer):
    """A call that takes no field refuses every one."""


class Deleted(CamelSerializer):
    """What was deleted is gone, with all that rested on it alone."""

    deleted = serializers.BooleanField(help_text="Always true.")
    id = Ref(help_text="Of what was deleted.")


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field[Any, Any, Any, Any]):
    """An RFC 3339 time with an offset coming in, UTC with `Z` going out."""

    default_error_messages = {"invalid": "Give an RFC 3339 time with an offset, such as 2026-05-17T12:00:00Z."}

    def to_internal_value(self, data: Any) -> Any:
        try:
            moment = parse_datetime(data) if isinstance(data, str) and len(data) <= 40 else None
            if moment is None or moment.tzinfo is None or not 1 < moment.year < 9999:
                self.fail("invalid")
            return moment.astimezone(UTC)
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Any) -> str:
        return value.isoformat().replace("+00:00", "Z")


@extend_schema_field({"type": "object", "additionalProperties": True})
class Metadata(serializers.Field[Any, Any, Any, Any]):
    """What a caller keeps beside a record: an object of at most 16 KiB, given back exactly as it was sent."""

    default_error_messages = {
        "invalid": "Give a JSON object.",
        "too_large": f"At most {MAX_METADATA_BYTES} bytes of JSON.",
        "unstorable": "A NUL or half of a surrogate pair can't be kept.",
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        if json_text(data) is None:
            self.fail("unstorable")
        if _too_large(data) and _too_large(_in_few_digits(data)):
            self.fail("too_large")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


def json_text(value: Any, separators: tuple[str, str] | None = None) -> str | None:
    """A value as JSON; None where it holds a NUL or half of a surrogate pair, which no column can keep."""
    text = json.dumps(value, ensure_ascii=False, separators=separators)
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return None if "\\u0000" in text and _holds_nul(value) else text


def _too_large(metadata: Any) -> bool:
    return len(json.dumps(metadata, ensure_ascii=False).encode()) > MAX_METADATA_BYTES


def _in_few_digits(value: Any) -> Any:
    """PostgreSQL gives 1e308 back as 309 digits, and these may be sent again: they weigh no more than what was sent."""
    if isinstance(value, dict):
        return {name: _in_few_digits(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_in_few_digits(inner) for inner in value]
    if isinstance(value, int) and abs(value) <= sys.float_info.max:
        return min(value, float(value), key=lambda number: len(repr(number)))
    return value


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in name or _holds_nul(inner) for name, inner in value.items())
    return isinstance(value, list) and any(_holds_nul(inner) for inner in value)
