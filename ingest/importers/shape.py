"""What every format is turned into, in the order in which it is to be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphs.kinds import MemoryKind


@dataclass(frozen=True, slots=True)
class ImportedUser:
    external_id: str
    place: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedThread:
    """What is known of a thread beside its messages. ``key`` is its id where it comes from; ``user`` an external id."""

    user: str | None
    key: str
    name: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """``place`` says where it stands, for people. Messages of a thread come in the order in which they were said."""

    user: str | None
    thread: str
    place: str
    role: str
    content: str
    name: str | None = None
    created_at: datetime | None = None
    external_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedFact:
    """``key`` is its id where it comes from; ``said_at`` is when it was learned there."""

    user: str | None
    key: str
    place: str
    content: str
    kind: MemoryKind = MemoryKind.FACT
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    said_at: datetime | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


Record = ImportedUser | ImportedThread | ImportedMessage | ImportedFact


@dataclass(frozen=True, slots=True)
class Options:
    """``columns`` names the header of a field where a CSV file calls it otherwise; ``roles`` translates roles."""

    columns: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
