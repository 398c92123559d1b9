"""Exports to test with: got, taken apart, changed, put together and sent back."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model

from ingest.transfer.identities import renewer
from memos import ids
from memos.api.renderers import JSON_LINES
from tests.world import Api

Lines = list[dict[str, Any]]


def export(api: Api, user: dict[str, Any], **query: Any) -> bytes:
    response = api.get(f"/v1/users/{user['id']}/export", **query)
    assert response.status_code == 200, response.content
    return response.getvalue()


def take_back(api: Api, raw: bytes, **options: Any) -> Any:
    return api.send("POST", "/v1/users/import", raw, content_type=JSON_LINES, **options)


def imported(api: Api, raw: bytes) -> dict[str, Any]:
    response = take_back(api, raw)
    assert response.status_code == 201, response.content
    return response.json()


def parted(raw: bytes) -> Lines:
    return [json.loads(line) for line in raw.splitlines()]


def joined(lines: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def counted(lines: Lines) -> Lines:
    """With an end that tells what is there."""
    kept = [line for line in lines if line["record"] != "end"]
    counts = Counter(line["record"] for line in kept if line["record"] != "header")
    return [*kept, {"record": "end", "counts": counts}]


def of(lines: Lines, record: str) -> Lines:
    return [line for line in lines if line["record"] == record]


def renewed(api: Api, ref: str) -> str:
    """What an id becomes in a project."""
    prefix = ref.partition("_")[0]
    key = ids.decode(prefix, ref)
    assert key
    return ids.encode(prefix, renewer(api.project.pk)(key))


def key_in(api: Api, row: Model) -> UUID:
    return renewer(api.project.pk)(row.pk)


_REF = re.compile(r"\b(usr|grph|thr|msg|ij|mem|ent|rel|epi|doc|grp)_[0-9A-HJKMNP-TV-Z]{26}\b")


def without_ids(answers: Any) -> Any:
    """Each id as a number by the place at which it stands first."""
    seen: dict[str, str] = {}
    text = json.dumps(answers)
    return json.loads(_REF.sub(lambda found: seen.setdefault(found[0], f"{found[1]}_{len(seen)}"), text))
