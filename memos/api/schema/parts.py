"""What operations share, written once under `components`: headers, parameters, problems."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from memos.api.codes import CODES, Code
from memos.api.middleware import HEADER as REQUEST_ID

Part = dict[str, Any]

IDEMPOTENCY_KEY, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
NEVER = {"METHOD_NOT_ALLOWED", "JOB_ENDED", "OPERATION_ENDED"}
"""Codes of no operation: who asks for one asks with its method, and the last ones are told in the console alone."""
PROBLEM_TYPE = "application/problem+json"
A_REQUEST_ID = "req_01KRTX6JF0H7Q9R1S3T5V7W9X2"

HEADERS: dict[str, Part] = {
    REQUEST_ID: {
        "description": "Names the request in our logs, in the audit log and on the jobs that it started.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._:/+=-]{1,100}$"},
        "example": A_REQUEST_ID,
    },
    REPLAYED: {
        "description": "Stands on an answer that was given before, to the first request with this `Idempotency-Key`.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the request is sent again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
        "example": 10,
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"type": "string", "const": 'Bearer realm="memos"'},
    },
    "RateLimit": {
        "description": "What is left of the limit and the seconds until it is whole again, where a limit is set "
        "(draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string"},
        "example": '"key";r=598;t=57',
    },
    "RateLimit-Policy": {
        "description": "The limit itself, where one is set: requests and the seconds in which they may be sent.",
        "schema": {"type": "string"},
        "example": '"key";q=600;w=60',
    },
}

# Without examples: what a page fills in by itself should not make two requests one.
PARAMETERS: dict[str, Part] = {
    REQUEST_ID: {
        "in": "header",
        "name": REQUEST_ID,
        "description": "A name of your own for the request: 1 to 100 of A-Z a-z 0-9 . _ : / + = -. Anything else is "
        "replaced by a name of ours.",
        "schema": {"type": "string"},
    },
    IDEMPOTENCY_KEY: {
        "in": "header",
        "name": IDEMPOTENCY_KEY,
        "description": "Sent again with the same key and body within 24 hours, the request is answered as it was the "
        "first time, and does its work once. A UUID is a good key.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
}

_MEMBERS: dict[str, Part] = {
    "type": {"type": "string", "const": "about:blank", "description": "Always `about:blank`: `code` tells the kind."},
    "title": {"type": "string", "description": "The status in words."},
    "status": {"type": "integer", "description": "The status of the answer."},
    "code": {"type": "string", "description": "What went wrong, for programs. It never changes its meaning."},
    "detail": {"type": "string", "description": "What went wrong, for people."},
    "requestId": {"type": "string", "description": "The `X-Request-Id` of the answer."},
    "id": {"type": "string", "description": "The id of the one that exists."},
    "errors": {
        "type": "array",
        "description": "Every bad field, at most 100 of them.",
        "items": {"$ref": "#/components/schemas/FieldError"},
    },
}
_ALWAYS = ("type", "title", "status", "code", "detail", "requestId")
_FIELD_ERROR: Part = {
    "type": "object",
    "description": "What is wrong with one field or parameter.",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {"type": "string", "description": "Where it stands, such as `email` or `messages[2].role`."},
        "code": {"type": "string", "description": "What is wrong, for programs, such as `required` or `unknown`."},
        "message": {"type": "string", "description": "What is wrong, for people."},
    },
}


def ref(kind: str, name: str) -> Part:
    return {"$ref": f"#/components/{kind}/{name}"}


def components() -> dict[str, dict[str, Part]]:
    schemas = {_name(code): _problem(code, told) for code, told in CODES.items() if code not in NEVER}
    return {
        "headers": HEADERS,
        "parameters": {_key(name): part for name, part in PARAMETERS.items()},
        "schemas": {"FieldError": _FIELD_ERROR, **schemas},
    }


def parameter(name: str) -> Part:
    return ref("parameters", _key(name))


def headers(names: Iterable[str]) -> dict[str, Part]:
    """What these answers have beside the headers of every answer."""
    return {name: ref("headers", name) for name in (REQUEST_ID, *names, "RateLimit", "RateLimit-Policy")}


def problems(codes: Iterable[str]) -> dict[str, Part]:
    """Status → the answer with it, for the codes that an operation can give."""
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes, key=list(CODES).index):
        by_status.setdefault(CODES[code].status, []).append(code)
    return {str(status): _answer(status, found) for status, found in sorted(by_status.items())}


def share(operations: Iterable[Part]) -> dict[str, Part]:
    """Put a reference in the place of every problem of these operations, and return what is referred to."""
    shared: dict[str, Part] = {}
    for operation in operations:
        for status, answer in operation["responses"].items():
            if PROBLEM_TYPE in answer.get("content", {}):
                name = "Or".join(map(_camel, answer["content"][PROBLEM_TYPE]["examples"]))
                shared[name] = answer
                operation["responses"][status] = ref("responses", name)
    return dict(sorted(shared.items()))


def _answer(status: int, codes: list[str]) -> Part:
    refs = [ref("schemas", _name(code)) for code in codes]
    mapping = {code: one["$ref"] for code, one in zip(codes, refs, strict=True)}
    union = {"oneOf": refs, "discriminator": {"propertyName": "code", "mapping": mapping}}
    named = [set(CODES[code].headers) for code in codes]
    always = set.intersection(*named)
    sometimes = set.union(*named) - always
    told = "\n".join(f"- `{code}`: {CODES[code].told}" for code in codes) if len(codes) > 1 else CODES[codes[0]].told
    return {
        "description": told,
        "headers": headers(sorted(always)) | {name: _optional(name) for name in sorted(sometimes)},
        "content": {
            PROBLEM_TYPE: {
                "schema": refs[0] if len(refs) == 1 else union,
                "examples": {code: {"value": document(code)} for code in codes},
            }
        },
    }


def _optional(name: str) -> Part:
    return {key: value for key, value in HEADERS[name].items() if key != "required"}


def _name(code: str) -> str:
    return f"{_camel(code)}Problem"


def _camel(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))


def _key(header: str) -> str:
    return header.replace("-", "")


def _problem(name: str, code: Code) -> Part:
    exact: dict[str, Part] = {
        "status": {"const": code.status},
        "code": {"const": name},
        "title": {"const": _title(code)},
    }
    members = [member for member in _MEMBERS if member in _ALWAYS or member in code.members]
    return {
        "type": "object",
        "description": code.told,
        "required": [member for member in members if member != "id"],
        "properties": {member: _MEMBERS[member] | exact.get(member, {}) for member in members},
    }


_EXISTING = {
    "USER_EXISTS": "usr_01KRTWXDG05ZR9S9PHENCPB9M5",
    "GROUP_EXISTS": "grp_01KRTWXDG0J6Y4K2B8QZ5N3HVE",
    "MESSAGE_EXISTS": "msg_01KRTWYA8G1T5B7C9D2F4G6H8J",
}


def _title(code: Code) -> str:
    return HTTPStatus(code.status).phrase


def document(name: str) -> Part:
    """An example of a problem document."""
    code = CODES[name]
    more = {
        "errors": [{"field": "email", "code": "invalid", "message": "Enter a valid email address."}],
        "id": _EXISTING.get(name),
    }
    return {
        "type": "about:blank",
        "title": _title(code),
        "status": code.status,
        "code": name,
        "detail": code.detail,
        **{member: more[member] for member in code.members},
        "requestId": A_REQUEST_ID,
    }
