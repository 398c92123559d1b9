"""Errors as RFC 9457 problem documents, always: for validation, 404, 405, a malformed body and a 500 too."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import is_valid_path
from rest_framework import exceptions
from rest_framework.views import set_rollback

from memos.api.middleware import current_request_id
from memos.api.parsers import most_bytes
from memos.api.problems import Problem, validation_problem

CONTENT_TYPE = "application/problem+json"

log = logging.getLogger(__name__)


def document(status: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **members,
        "requestId": current_request_id(),
    }


def handle(error: Exception, context: dict[str, Any]) -> JsonResponse:
    """Django REST framework's exception handler. A problem is JSON whatever the caller accepts or the view renders."""
    set_rollback()
    problem = _as_problem(error, context["view"])
    body = document(problem.status_code, problem.code, str(problem.detail), **problem.members)
    return JsonResponse(body, status=problem.status_code, headers=problem.headers, content_type=CONTENT_TYPE)


def _as_problem(error: Exception, view: Any) -> Problem:
    match error:
        case Problem():
            return _with_challenge(error)
        case exceptions.ValidationError():
            return validation_problem(list(_flatten(error.get_full_details())))
        case exceptions.ParseError():
            return Problem(400, "MALFORMED_JSON", str(error.detail))
        case exceptions.UnsupportedMediaType():
            taken = view.parser_classes[0].media_type
            return Problem(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the body as 'Content-Type: {taken}'.")
        case exceptions.NotAcceptable():
            return Problem(406, "NOT_ACCEPTABLE", str(error.detail))
        case exceptions.MethodNotAllowed():
            return Problem(405, "METHOD_NOT_ALLOWED", str(error.detail))
        case Http404() | exceptions.NotFound():
            return Problem(404, "NOT_FOUND", "There is nothing at this path.")
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem(403, "FORBIDDEN", "This key may not do that.")
        case RequestDataTooBig():
            return Problem(413, "PAYLOAD_TOO_LARGE", too_large(most_bytes(view)))
        case SuspiciousOperation():
            return Problem(400, "VALIDATION_ERROR", "The request could not be read.")
        case _:
            log.exception("unhandled error", exc_info=error)
            return Problem(500, "INTERNAL", "Something went wrong here. The request id finds it in the logs.")


def too_large(most: int) -> str:
    return f"The body is larger than {most} bytes." if most % 2**20 else f"The body is larger than {most // 2**20} MiB."


def _with_challenge(problem: Problem) -> Problem:
    if problem.status_code == 401:
        problem.headers["WWW-Authenticate"] = 'Bearer realm="memos"'
    return problem


def _flatten(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested errors as a list of ``{field, code, message}``, with paths such as ``messages[2].role``."""
    if _is_leaf(details):
        message = _printable(str(details["message"]))
        yield {"field": _printable(path) or "body", "code": str(details["code"]), "message": message}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flatten(inner, path if name == "non_field_errors" else _join(path, name))
    else:
        yield from _flatten_list(details, path)


def _flatten_list(details: list[Any], path: str) -> Iterator[dict[str, str]]:
    for index, inner in enumerate(details):
        yield from _flatten(inner, path if _is_leaf(inner) else f"{path}[{index}]")


def _is_leaf(details: Any) -> bool:
    """One error; a field may be called "message" too, and then holds a list of them."""
    return isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["message"], str)


def _printable(text: str) -> str:
    """What was sent may be quoted: not at any length, and without halves of surrogate pairs, which no JSON can hold."""
    return text[:300].encode(errors="replace").decode()


def _join(path: str, name: str | int) -> str:
    """A list's errors come by the number of the item."""
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name


def response(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(document(status, code, detail), status=status, content_type=CONTENT_TYPE)


def bad_request_view(request: HttpRequest, exception: Exception) -> JsonResponse:
    return response(400, "VALIDATION_ERROR", "The request could not be read.")


def forbidden_view(request: HttpRequest, exception: Exception) -> JsonResponse:
    return response(403, "FORBIDDEN", "You may not do that.")


def not_found_view(request: HttpRequest, exception: Exception) -> JsonResponse:
    path = request.path_info
    hint = " It ends without a slash." if path.endswith("/") and is_valid_path(path.rstrip("/")) else ""
    return response(404, "NOT_FOUND", f"There is nothing at this path.{hint}")


def server_error_view(request: HttpRequest) -> JsonResponse:
    return response(500, "INTERNAL", "Something went wrong here. The request id finds it in the logs.")
