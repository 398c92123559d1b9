"""One kind of id everywhere: a ULID, stored as a uuid (16 bytes, sorted by time) and shown with its prefix."""

from datetime import datetime
from uuid import UUID

from ulid import ULID


def new_id() -> UUID:
    return ULID().to_uuid()


def first_at(at: datetime) -> UUID:
    """The least id that can be made at a time."""
    milliseconds = max(int(at.timestamp() * 1000), 0)
    return UUID(int=milliseconds << 80)


def encode(prefix: str, value: UUID) -> str:
    """``encode("usr", …)`` gives ``usr_01HXY…``."""
    return f"{prefix}_{ULID.from_uuid(value)}"


def canonical(text: str) -> str | None:
    """An id as we write it, whatever kind it is of; None where ``text`` is none."""
    prefix = text.partition("_")[0]
    key = decode(prefix, text)
    return encode(prefix, key) if key and prefix.isalpha() and len(prefix) <= 4 else None


def decode(prefix: str, text: str) -> UUID | None:
    """The uuid behind ``usr_01HXY…``, or None where ``text`` is no id of that kind."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != 26:
        return None
    try:
        return ULID.from_str(tail).to_uuid()
    except ValueError:
        return None
