"""What schemathesis needs to know of us: real ids in the place of those that it made up, and the few rules of a
request that JSON Schema can't say. Used by `tests/api/test_schemathesis.py` and by `make fuzz`.
"""

import json
import os
import re
from typing import Any

import schemathesis
from schemathesis import Case, HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData

Pools = dict[str, list[str]]

REAL: Pools = json.loads(os.environ.get("FUZZ_REAL", "{}"))
"""Prefix of an id → ids that exist; `group` → names that exist; `url` → where webhooks may lead: never elsewhere, for
an address that somebody made up would be looked up, and written to."""

_ID = re.compile(r"([a-z]{2,4})_[0-9A-HJKMNP-TV-Z]{26}")
_GROUP = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_EITHER_OR = [("query", "threadId")]
"""Parameters of which only one may stand in a query: OpenAPI describes each of them alone."""


RULES = {
    "It lies in the future: nothing is believed yet then.",
    "It does not lie after validFrom.",
    "It must end after it begins.",
    "It has to come after from.",
    "Another memory says the same for a time that overlaps.",
    "The span runs into another one for which this fact is known.",
    "A NUL or half of a surrogate pair can't be kept.",
    "At most 16384 bytes of JSON.",
    "Null characters are not allowed.",  # the patterns forbid them; schemathesis loses that part of one now and then
    "The subject of a graph is a person.",
    "An entity can't be merged into itself.",
    "The subject stays: merge the other one into it.",
}
"""What a request that is right by the schema may be refused for, word for word: what JSON Schema can't say, since it
compares two fields, looks at the clock or at what is stored, or reaches into free objects."""


@schemathesis.serializer("application/x-ndjson")
def as_lines(context: object, value: Any) -> bytes:
    return value.encode(errors="replace") if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Drop that valid data was rejected where each reason is one of the rules."""
    if not isinstance(failure, RejectedPositiveData) or response.status_code != 400:
        return True
    if case.media_type == "application/x-ndjson":
        return False  # an export is no matter of a schema: each of its lines has to fit the others
    errors = response.json().get("errors", [])
    return not errors or any(error["message"] not in RULES for error in errors)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Most ids that were made up become real ones: a 404 tells little. schemathesis judges anew what is sent. Where it
    follows what it made itself, from call to call, its ids are real."""
    follows = case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL
    pools = {"url": REAL["url"]} if follows else REAL
    case.path_parameters = _real(case.path_parameters, pools)
    case.query = _allowed(_real(case.query, pools))
    if isinstance(case.body, dict | list):
        case.body = _real(case.body, pools)


def _real(value: Any, pools: Pools, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _real(inner, pools, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_real(inner, pools, name) for inner in value]
    return _real_text(value, pools, name) if isinstance(value, str) else value


def _real_text(value: str, pools: Pools, name: str) -> str:
    if name == "url" and value.startswith("http"):
        return pools["url"][0]
    found = _ID.fullmatch(value)
    kind = found[1] if found else "group" if name in ("name", "groups") and _GROUP.fullmatch(value) else ""
    pool = pools.get(kind, [])
    draw = sum(map(ord, value))
    return pool[draw % len(pool)] if pool and draw % 4 else value


def _allowed(query: Any) -> Any:
    for kept, left_out in _EITHER_OR:
        if query and kept in query:
            query.pop(left_out, None)
    return query
