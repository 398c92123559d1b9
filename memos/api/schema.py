"""What the OpenAPI schema says beyond what the serializers say: keys, errors, headers."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from memos.projects.authentication import scope_of

PROBLEM = {
    "type": "object",
    "description": "An error by RFC 9457. `code` is stable; `errors` names every bad field of a VALIDATION_ERROR.",
    "required": ["type", "title", "status", "code", "detail", "requestId"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["VALIDATION_ERROR"]},
        "detail": {"type": "string"},
        "id": {
            "type": "string",
            "description": "The existing record, for USER_EXISTS, GROUP_EXISTS and MESSAGE_EXISTS.",
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
        "requestId": {"type": "string"},
    },
}


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "memos.projects.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "An API key: `mos_live_…` or `mos_test_…`."}


class MemosSchema(AutoSchema):
    def get_tags(self) -> list[str]:
        """The resource of the path: the last part that is a noun of the contract, or else the first."""
        _, *parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [next((part for part in reversed(parts) if part in _TAGS), parts[0])]

    def get_summary(self) -> str:
        """The first sentence of the description: what the page shows beside the path."""
        return super().get_description().split(". ")[0].split(";")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        return f"{super().get_description()}\n\nNeeds a key with the scope `{self._scope}`."

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        return operation and {**operation, "x-required-scope": self._scope}

    @property
    def _scope(self) -> str:
        return scope_of(self.view, self.view.action, self.method).value  # type: ignore[attr-defined]

    def get_operation_id(self) -> str:
        action: str = self.view.action  # type: ignore[attr-defined]
        return f"{self.get_tags()[0]}_{action}"


_TAGS = (
    "users",
    "threads",
    "messages",
    "groups",
    "jobs",
    "graphs",
    "entities",
    "relations",
    "episodes",
    "documents",
    "audit",
    "webhooks",
)


def by_path(endpoint: tuple[Any, ...]) -> tuple[str, int]:
    """Reading comes after writing: nobody lists what they have not made."""
    path, _, method, _ = endpoint
    return path, ("POST", "GET", "PATCH", "DELETE").index(method)


def only_the_api(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/v1/")]


def add_problems(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation may answer with a problem document."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    problem = {
        "description": "A problem document.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = problem
    return result
