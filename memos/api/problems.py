"""The errors that the code raises; `memos.api.errors` turns them into documents."""

from typing import Any

from rest_framework.exceptions import APIException


class Problem(APIException):
    """An error that a caller can act on: a status, a stable upper-case code, a sentence and further members."""

    def __init__(self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **members: Any):
        super().__init__(detail)
        self.status_code = status
        self.code = code
        self.members = members
        self.headers = headers or {}


def not_found(what: str, ref: str, hint: str = "") -> Problem:
    return Problem(404, "NOT_FOUND", f"There is no {what} {ref[:100]!r} in this project. {hint}".rstrip())


def invalid(field: str, message: str, code: str = "invalid") -> Problem:
    """A 400 about one field."""
    return validation_problem([{"field": field, "code": code, "message": message}])


def validation_problem(errors: list[dict[str, str]]) -> Problem:
    fields = ", ".join(dict.fromkeys(error["field"] for error in errors))
    return Problem(400, "VALIDATION_ERROR", f"The request is not valid: {fields}."[:500], errors=errors[:100])
