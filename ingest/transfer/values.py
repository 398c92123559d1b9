"""How the value of a column stands in an export, and how it is read back: strictly, for anybody may send a file."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol
from uuid import UUID

import numpy as np
from django.core.exceptions import ValidationError
from django.db import models
from rest_framework.exceptions import ValidationError as Refused

from memos import ids
from memos.api.serializers import Metadata, Moment

Renew = Callable[[UUID], UUID]
"""The id that a row gets where it is restored, by the one that it had."""
_MOMENT, _METADATA = Moment(), Metadata()
"""One of each: to make a field costs more than to use it."""
MOST_DIMENSIONS = 16_000
"""Of a `halfvec`."""


class Wrong(Exception):
    """A value can't be read; ``path`` says where in its column, as in ``[2].name``."""

    def __init__(self, message: str, path: str = ""):
        super().__init__(message)
        self.path = path


class Value(Protocol):
    def dump(self, value: Any) -> Any:
        """As JSON."""
        ...

    def load(self, given: Any, renew: Renew) -> Any:
        """Raises Wrong."""
        ...


def refuse(message: str) -> NoReturn:
    raise Wrong(message)


@dataclass(frozen=True, slots=True)
class Same:
    """JSON as it is, of one type, checked by the validators of its column: lengths, choices, ranges."""

    type: type
    column: "models.Field[Any, Any]"

    def dump(self, value: Any) -> Any:
        return value

    def load(self, given: Any, renew: Renew) -> Any:
        if type(given) is not self.type or (isinstance(given, int) and abs(given) > _MOST):
            refuse(f"Give {_NAMES[self.type]}.")
        return _validated(self.column, given)


_MOST = 2**53
"""Counters go on from there: no column may be at its end."""
_NAMES = {int: "a whole number of at most 53 bits", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Text:
    """A string of at most ``most`` characters."""

    most: int
    column: "models.Field[Any, Any] | None" = None

    def dump(self, value: str) -> str:
        return value

    def load(self, given: Any, renew: Renew) -> str:
        if not isinstance(given, str):
            refuse("Give a string.")
        if len(given) > self.most:
            refuse(f"At most {self.most} characters.")
        if "\0" in given:
            refuse("A NUL can't be kept.")
        try:
            given.encode()
        except UnicodeEncodeError:
            refuse("Half of a surrogate pair can't be kept.")
        return given if self.column is None else _validated(self.column, given)


def _validated(column: "models.Field[Any, Any]", given: Any) -> Any:
    try:
        column.run_validators(given)
        if column.choices and given not in dict(column.flatchoices) and not (given == "" and column.blank):
            refuse(f"It is none of {', '.join(map(str, dict(column.flatchoices)))}.")
    except ValidationError as error:
        refuse(" ".join(error.messages))
    return given


class Fraction:
    """A number that need not be whole."""

    def dump(self, value: Any) -> Any:
        return value

    def load(self, given: Any, renew: Renew) -> float:
        if type(given) not in (int, float) or abs(given) > 1e300:
            refuse("Give a number.")
        return float(given)


class Big:
    """A whole number of 64 bits, as text: many readers of JSON would round it."""

    def dump(self, value: int) -> str:
        return str(value)

    def load(self, given: Any, renew: Renew) -> int:
        digits = given.removeprefix("-") if isinstance(given, str) else ""
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 20 and -(2**63) <= int(given) < 2**63):
            refuse("Give a whole number of 64 bits as a string.")
        return int(given)


class Time:
    """RFC 3339 in UTC, to the microsecond."""

    def dump(self, value: datetime) -> str:
        return _MOMENT.to_representation(value.astimezone(UTC))

    def load(self, given: Any, renew: Renew) -> datetime:
        try:
            return _MOMENT.to_internal_value(given)
        except Refused:
            refuse("Give an RFC 3339 time with an offset, such as 2026-05-17T12:00:00Z.")


class TimeAsText:
    """A time that is kept as text inside of JSON, and stays as it was written."""

    def dump(self, value: str) -> str:
        return value

    def load(self, given: Any, renew: Renew) -> str:
        Time().load(given, renew)
        try:
            datetime.fromisoformat(given)  # as it is read when the merge is undone
        except ValueError:
            refuse("Give an RFC 3339 time with an offset, such as 2026-05-17T12:00:00Z.")
        return given


@dataclass(frozen=True, slots=True)
class Ref:
    """An id with the prefix of its kind. It is renewed on the way in, as the row that it names is."""

    prefix: str

    def dump(self, value: UUID) -> str:
        return ids.encode(self.prefix, value)

    def load(self, given: Any, renew: Renew) -> UUID:
        key = ids.decode(self.prefix, given) if isinstance(given, str) else None
        return renew(key) if key else refuse(f"Give an id such as {self.prefix}_01HXY….")


@dataclass(frozen=True, slots=True)
class RefAsText(Ref):
    """An id that is kept as text inside of JSON."""

    def dump(self, value: Any) -> str:
        return Ref.dump(self, UUID(value))

    def load(self, given: Any, renew: Renew) -> Any:
        return str(Ref.load(self, given, renew))


@dataclass(frozen=True, slots=True)
class AnyRef:
    """An id of one of several kinds; its column holds the prefix and the key. One of a ``foreign`` kind is no row here,
    and stays as it is."""

    prefixes: tuple[str, ...]
    foreign: str = ""

    def dump(self, value: tuple[str, UUID]) -> str:
        return ids.encode(*value)

    def load(self, given: Any, renew: Renew) -> UUID:
        prefix = given.partition("_")[0] if isinstance(given, str) else ""
        if prefix and prefix == self.foreign:
            return Ref(prefix).load(given, lambda key: key)
        return Ref(prefix if prefix in self.prefixes else self.prefixes[0]).load(given, renew)


class Data:
    """What a caller keeps beside a record: its names are data, never renamed."""

    def dump(self, value: Any) -> Any:
        return value

    def load(self, given: Any, renew: Renew) -> Any:
        try:
            return _METADATA.to_internal_value(given)
        except Refused as error:
            refuse(" ".join(map(str, error.detail)))


class Bytes:
    """Base64."""

    def dump(self, value: Any) -> str:
        return base64.b64encode(bytes(value)).decode()

    def load(self, given: Any, renew: Renew) -> bytes:
        try:
            return base64.b64decode(given.encode(), validate=True)
        except (AttributeError, UnicodeError, binascii.Error):
            refuse("Give bytes as base64.")


class Vector:
    """Numbers of 16 bits (IEEE 754, big-endian), as base64."""

    def dump(self, value: Sequence[float]) -> str:
        return Bytes().dump(np.array(value, ">f2").tobytes())

    def load(self, given: Any, renew: Renew) -> list[float]:
        raw = Bytes().load(given, renew)
        if len(raw) % 2 or not 2 <= len(raw) <= 2 * MOST_DIMENSIONS:
            refuse(f"Give 1 to {MOST_DIMENSIONS} numbers of 16 bits.")
        found = np.frombuffer(raw, ">f2")
        return found.tolist() if np.isfinite(found).all() else refuse("A number is infinite, or none.")
