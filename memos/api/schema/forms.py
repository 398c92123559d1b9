"""Serializers as JSON Schema: limits, ids, null and what must be there, exactly as the code has it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from drf_spectacular.drainage import get_override
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from memos.api.schema import refs
from memos.api.serializers import Moment, Ref, Text

WORDS = Path(__file__).with_name("words.yaml")
NO_NUL = r"^[^\u0000]*$"
NOT_BLANK = r"^[^\u0000]*\S[^\u0000]*$"
_DATE, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
RFC_3339 = f"^(?!000[01]|9999){_DATE}T{_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})$"
"""Without the years from which an offset leads out of what can be kept."""

Schema = dict[str, Any]


@cache
def words() -> dict[str, str]:
    """What a field means wherever it has no help text of its own: one name means one thing."""
    return yaml.safe_load(WORDS.read_text())


class FormSchema(AutoSchema):
    """Maps our serializers; drf-spectacular maps the rest."""

    def get_serializer_name(self, serializer: serializers.Serializer[Any], direction: str) -> str:
        return serializer.__class__.__name__.removesuffix("Out")

    def _get_serializer_name(self, serializer: Any, direction: str, bypass_extensions: bool = False) -> str:
        """Without the suffix `Request`: no serializer of ours is used both ways."""
        return super()._get_serializer_name(serializer, direction, bypass_extensions).removesuffix("Request")

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)
        name = self.get_serializer_name(serializer, direction)
        schema["properties"] = {
            field: _finished(one, field, serializer.fields[field], name, direction)
            for field, one in schema.get("properties", {}).items()
        }
        told = words().get(name) or serializer.__class__.__dict__.get("__doc__")
        schema["description"] = told or f"{name}."
        if direction == "request":
            return schema | {"additionalProperties": False} | serializer.json_schema
        return schema | {"required": list(schema["properties"])}

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.ListSerializer) and getattr(field, "max_length", None):
            schema["maxItems"] = field.max_length  # type: ignore[attr-defined]
        if direction == "request" and getattr(field, "allow_empty", True) is False:
            schema["minItems"] = 1
        return schema

    def _insert_field_validators(self, field: Any, schema: Schema) -> None:
        super()._insert_field_validators(field, schema)
        if isinstance(field, Text):
            schema |= field.json_schema
        if isinstance(field, Text) and "pattern" not in schema:
            schema["pattern"] = NO_NUL if field.allow_blank else NOT_BLANK
        if isinstance(field, Moment):
            schema["pattern"] = RFC_3339


def _finished(schema: Schema, name: str, field: Any, component: str, direction: str) -> Schema:
    """A property as it stands in the component."""
    schema.pop("readOnly", None)
    nouns = _nouns(name, field, component)
    if nouns is not None:
        _match(schema, refs.pattern_sent(*nouns) if direction == "request" else refs.pattern(*nouns))
    if direction == "response":
        _as_answered(schema)
    told = words().get(f"{component}.{name}") or words().get(name)
    return {"description": told, **schema} if told else schema


def _nouns(name: str, field: Any, component: str) -> tuple[str, ...] | None:
    """The kinds of row whose ids it holds; none for any kind, None where it holds no ids."""
    if isinstance(field, serializers.SerializerMethodField):
        field = get_override(getattr(field.parent, field.method_name), "field")
    if isinstance(field, Ref):
        return field.nouns
    noun = refs.noun_in(component) if name == "id" else refs.noun_of(name)
    return (noun,) if noun else None


def _match(schema: Schema, pattern: str) -> None:
    """The pattern says the length too."""
    one = schema.get("items", schema)
    if "$ref" not in one:
        one.pop("minLength", None)
        one.pop("maxLength", None)
        one["pattern"] = pattern


def _as_answered(schema: Schema) -> None:
    """What is counted is never negative, and limits of what may be sent are none of what is answered."""
    schema.pop("default", None)
    if schema.get("format") == "date-time":
        schema.pop("pattern", None)
    if schema.get("type") == "integer":
        schema.setdefault("minimum", 0)
