"""An operation: its name, who may call it, what it takes, and everything that it can answer."""

import re
from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.settings import spectacular_settings

from memos.api.middleware import HEADER
from memos.api.pagination import PageQuery
from memos.api.schema import examples, parts, refs
from memos.api.schema.forms import FormSchema, words
from memos.api.serializers import camel_case
from memos.api.views import NoQuery
from memos.projects.authentication import scope_of
from memos.projects.models import Scope

ALWAYS = (
    "VALIDATION_ERROR", "UNAUTHENTICATED", "KEY_EXPIRED", "KEY_REVOKED", "FORBIDDEN", "NOT_ACCEPTABLE",
    "URI_TOO_LONG", "RATE_LIMITED", "HEADERS_TOO_LARGE", "INTERNAL",
)  # fmt: skip
WITH_A_BODY = ("MALFORMED_JSON", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE")
ONCE = ("IDEMPOTENCY_MISMATCH", "IDEMPOTENCY_IN_PROGRESS", "NOT_FOUND")
"""Of a request with an `Idempotency-Key`; 404 where what the first one made was deleted since."""
GROUP_NAME = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
VERBS = {"list": "list", "create": "create", "retrieve": "get", "partial_update": "update", "destroy": "delete"}

Part = dict[str, Any]


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "memos.projects.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> Part:
        told = "An API key, `mos_live_…` or `mos_test_…`, with the scope that an operation names as `x-required-scope`."
        return {"type": "http", "scheme": "bearer", "description": told}


class MemosSchema(FormSchema):
    @property
    def action(self) -> str:
        return self.view.action  # type: ignore[attr-defined]

    @property
    def scope(self) -> Scope:
        return scope_of(self.view, self.action, self.method)

    @property
    def is_done_once(self) -> bool:
        return self.method == "POST" and self.scope != Scope.READ

    def get_operation(self, *args: Any, **kwargs: Any) -> Part | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if self._must_be_sent(operation):
            operation["requestBody"]["required"] = True
        for answer in operation["responses"].values():
            answer["headers"] = parts.headers([parts.REPLAYED] if self.is_done_once else [])
        operation["responses"] |= parts.problems(self._codes(operation))
        return examples.add_to(operation)

    def get_tags(self) -> list[str]:
        """The resource of the path: the last part that is a noun of the contract, or else the first."""
        known = {tag["name"] for tag in spectacular_settings.TAGS}
        nouns = _nouns(self.path)
        return [next((noun for noun in reversed(nouns) if noun in known), nouns[0])]

    def get_summary(self) -> str:
        """`listUserMemories` in words: what the page shows in its list."""
        return re.sub("[A-Z]", lambda found: f" {found[0].lower()}", self.get_operation_id()).capitalize()

    def get_description(self) -> str:  # type: ignore[override]
        return f"{self._told()}\n\nNeeds a key with the scope `{self.scope}`."

    def _told(self) -> str:
        return super().get_description()

    def get_extensions(self) -> Part:
        return super().get_extensions() | {"x-required-scope": str(self.scope)}

    def get_operation_id(self) -> str:
        """`listUsers`, `getUser`, `mergeEntity`: a good name for the method of a client."""
        *_, owner, noun = ["", *_nouns(self.path)]
        if self.action in VERBS:
            return VERBS[self.action] + (_many(noun) if self.action == "list" else _one(noun))
        if issubclass(self.view.queries.get(self.action, NoQuery), PageQuery):  # type: ignore[attr-defined]
            return f"list{_one(owner)}{_many(noun)}"
        return f"get{_one(owner)}{_many(noun)}" if self.method == "GET" else f"{self.action}{_one(owner)}"

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Our lists are pages with a component of their own, not arrays as drf-spectacular takes every `list` for."""
        return False

    def _get_parameters(self) -> list[Part]:
        sent = [HEADER, *([parts.IDEMPOTENCY_KEY] if self.is_done_once else [])]
        return [*map(_as_list, super()._get_parameters()), *map(parts.parameter, sent)]

    def _resolve_path_parameters(self, variables: list[str]) -> list[Part]:
        return [_path_parameter(one, self.path) for one in super()._resolve_path_parameters(variables)]

    def _codes(self, operation: Part) -> set[str]:
        """Every code that it can give."""
        found: set[str] = {*ALWAYS, *self.view.problems.get(self.action, ())}  # type: ignore[attr-defined]
        if self.method in ("POST", "PATCH"):
            found |= {*WITH_A_BODY} if "application/json" in self.map_parsers() else {*WITH_A_BODY} - {"MALFORMED_JSON"}
        if self.is_done_once:
            found |= {*ONCE}
        for name, schema in self._sent(operation):
            if name == "groups" or (name == "name" and "/groups/{name}" in self.path):
                found.add("GROUP_NOT_FOUND")
            elif refs.ULID in str(schema.get("items", schema).get("pattern")) and name != "cursor":
                found.add("NOT_FOUND")
        return found

    def _must_be_sent(self, operation: Part) -> bool:
        """Whether every body that is taken has something in it."""
        content = operation.get("requestBody", {}).get("content", {}).values()
        bodies = [self._resolved(media["schema"]) for media in content]
        forms = [self._resolved(form) for body in bodies for form in body.get("oneOf", [body])]
        return bool(forms) and all(form.keys() & {"required", "else"} for form in forms)

    def _resolved(self, schema: Part) -> Part:
        if "$ref" not in schema:
            return schema
        return self.registry._components[schema["$ref"].rpartition("/")[2], ResolvedComponent.SCHEMA].schema

    def _sent(self, operation: Part) -> Iterator[tuple[str, Part]]:
        """Every parameter and every field of the body."""
        for parameter in operation["parameters"]:
            if "schema" in parameter:
                yield parameter["name"], parameter["schema"]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield from self._fields(content["schema"])

    def _fields(self, schema: Part) -> Iterator[tuple[str, Part]]:
        schema = self._resolved(schema)
        for name, one in schema.get("properties", {}).items():
            yield name, one
            yield from self._fields(one)
        for one in (schema.get("items", {}), *schema.get("oneOf", []), *schema.get("allOf", [])):
            if one:
                yield from self._fields(one)


def _nouns(path: str) -> list[str]:
    """`/v1/users/{user_id}/graph` → users, graph."""
    return [part for part in path.split("/")[2:] if part and not part.startswith("{")]


def _many(noun: str) -> str:
    return noun[:1].upper() + noun[1:]


def _one(noun: str) -> str:
    return _many(re.sub("ies$", "y", noun) if noun.endswith("ies") else noun.removesuffix("s"))


def _path_parameter(parameter: Part, path: str) -> Part:
    name = camel_case(parameter["name"])
    noun = refs.noun_of(name)
    if noun:
        parameter["schema"]["pattern"] = refs.pattern_sent(noun)
    elif "/groups/{name}" in path:
        parameter["schema"]["pattern"] = GROUP_NAME
    return parameter | {"name": name, "description": words().get(f"{{{name}}}", "")}


def _camel_path(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: "{" + camel_case(found[1]) + "}", path)


def _as_list(parameter: Part) -> Part:
    """A list in a query stands there once, with commas."""
    is_list = parameter["in"] == "query" and parameter["schema"].get("type") == "array"
    return parameter | ({"style": "form", "explode": False} if is_list else {})


def by_path(endpoint: tuple[Any, ...]) -> tuple[str, int]:
    """Reading comes after writing: nobody lists what they have not made."""
    path, _, method, _ = endpoint
    return path, ("POST", "GET", "PATCH", "DELETE").index(method)


def only_the_api(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/v1/")]


def finish(result: Part, **kwargs: Any) -> Part:
    """Add what operations share, name the parts of paths as all else is named, and leave out tags without any."""
    for kind, found in parts.components().items():
        result["components"].setdefault(kind, {}).update(found)
    result["paths"] = {_camel_path(path): calls for path, calls in result["paths"].items()}
    operations = [operation for calls in result["paths"].values() for operation in calls.values()]
    result["components"]["responses"] = parts.share(operations)
    used = {tag for operation in operations for tag in operation["tags"]}
    result["tags"] = [
        tag | {"x-displayName": tag["name"].capitalize()} for tag in result["tags"] if tag["name"] in used
    ]
    return result
