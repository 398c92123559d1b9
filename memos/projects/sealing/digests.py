"""What is digested, and how. Whoever has the key and this page can check a seal without Memos."""

import hmac
import json
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from memos.projects.models import AuditQuerySet, AuditSeal
from memos.projects.models.seal import ENTRY_BYTES

COLUMNS = (
    "id", "project", "at", "actor", "actor_id", "actor_label", "action", "target_id", "detail", "request_id",
)  # fmt: skip
"""All that an entry has. A column that is added goes to the end: one that is null is left out of the content."""
GENESIS = bytes(32)
"""What the first seal of a chain has before it."""

Row = tuple[Any, ...]


class UnknownKey(Exception):
    """A seal was made with a key that this process has not."""


def key_id(key: str) -> str:
    """Tells keys apart without telling them."""
    return hmac.digest(key.encode(), b"memos audit key", sha256).hex()[:16]


@cache
def _keys(given: tuple[str, ...]) -> dict[str, bytes]:
    return {key_id(key): key.encode() for key in given}


def current_key() -> str:
    """The id of the key that seals from now on."""
    return key_id(settings.AUDIT_KEYS[0])


def mac(key: str, what: bytes) -> bytes:
    """The HMAC-SHA256 with the key that has that id. Raises UnknownKey."""
    known = _keys(tuple(settings.AUDIT_KEYS))
    if key not in known:
        raise UnknownKey(key)
    return hmac.digest(known[key], what, sha256)


def rows_of(entries: AuditQuerySet) -> Iterator[Row]:
    """The columns of entries as they are digested; the detail as PostgreSQL writes it, which has one way to."""
    columns = [name for name in COLUMNS if name != "detail"]
    detail = COLUMNS.index("detail")
    rows = entries.values_list(*columns, Cast("detail", TextField()))
    return ((*row[:detail], row[-1], *row[detail:-1]) for row in rows)


def content(row: Row) -> bytes:
    """A JSON object of ASCII: ids as 32 hexadecimal digits, times as ISO 8601 in UTC."""
    key, project, at, *rest = row
    values = (key.hex, project and project.hex, at.isoformat(), *rest)
    shown = {name: value for name, value in zip(COLUMNS, values, strict=True) if value is not None}
    return json.dumps(shown, separators=(",", ":")).encode()


def packed(rows: Iterable[Row], key: str) -> bytes:
    """What a seal keeps of entries."""
    return b"".join(row[0].bytes + mac(key, content(row)) for row in rows)


def unpacked(entries: bytes) -> dict[UUID, bytes]:
    """The digests by the ids of the entries, in their order."""
    starts = range(0, len(entries), ENTRY_BYTES)
    return {UUID(bytes=entries[at : at + 16]): entries[at + 16 : at + ENTRY_BYTES] for at in starts}


def digest(seal: AuditSeal) -> bytes:
    """Of all that a seal says, but for what retention adds later. Raises UnknownKey."""
    told = {
        "id": seal.pk.hex, "project": seal.project_id and seal.project_id.hex, "number": seal.number,
        "first_id": seal.first_id.hex, "last_id": seal.last_id.hex, "starts": seal.starts.isoformat(),
        "ends": seal.ends.isoformat(), "count": seal.count, "total": seal.total,
        "sealed_at": seal.sealed_at.isoformat(),
    }  # fmt: skip
    head = json.dumps(told, separators=(",", ":")).encode()
    return mac(seal.key_id, b"memos audit seal\n" + head + b"\n" + bytes(seal.previous) + bytes(seal.entries))


def pruning(seal: AuditSeal) -> bytes:
    """That retention deleted the entries at the time that the seal says. Raises UnknownKey."""
    assert seal.pruned_at
    return mac(seal.key_id, b"memos audit pruning\n" + seal.pruned_at.isoformat().encode() + b"\n" + bytes(seal.digest))
