"""Reads a JSON body strictly: UTF-8, an object, no NaN, no duplicate names and no depth that could hurt.

JSON Lines go into a file, to be read a line at a time.
"""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from memos.api.renderers import JSON_LINES
from memos.api.spool import spooled

MAX_DEPTH = 32


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    @staticmethod
    def most_bytes() -> int:
        """How large a body may be."""
        return settings.MAX_BODY_BYTES

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the object in the body.

        Raises ParseError (``MALFORMED_JSON``) with what is wrong, and RequestDataTooBig.
        """
        return read_object(_read(stream) or b"{}", what="body", depth=MAX_DEPTH)


class JSONLinesParser(BaseParser):
    """Puts the body into a file that has no name and is gone once it is closed: it may be larger than memory."""

    media_type = JSON_LINES

    @staticmethod
    def most_bytes() -> int:
        return settings.MAX_IMPORT_BYTES

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Returns the file. Raises RequestDataTooBig."""
        with spooled() as file:
            while chunk := stream.read(_CHUNK_BYTES):
                file.write(chunk)
                if file.tell() > self.most_bytes():
                    raise RequestDataTooBig
        return file


def most_bytes(view: Any) -> int:
    """How large a body a view takes."""
    return view.parser_classes[0].most_bytes()


_CHUNK_BYTES = 1024 * 1024


def read_object(raw: bytes, *, what: str, depth: int) -> dict[str, Any]:
    """The JSON object that ``raw`` holds, at most ``depth`` levels deep. Raises ParseError, which calls it ``what``."""
    text = _decode(raw, what)
    try:
        value = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_refuse_duplicates
        )
    except RecursionError:
        raise ParseError(f"The {what} is nested deeper than {depth} levels.") from None
    except ValueError as error:
        raise ParseError(f"The {what} is not valid JSON: {str(error)[:200]}") from None
    if not isinstance(value, dict):
        raise ParseError(f"The {what} must be a JSON object.")
    if deeper_than(value, depth):
        raise ParseError(f"The {what} is nested deeper than {depth} levels.")
    return value


def _read(stream: IO[bytes]) -> bytes:
    """Django REST framework reads the stream itself and so past Django's own limit."""
    raw = stream.read(settings.MAX_BODY_BYTES + 1)
    if len(raw) > settings.MAX_BODY_BYTES:
        raise RequestDataTooBig
    return raw


def _decode(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(f"The {what} is not UTF-8: byte {error.start} can't be read.") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:100]} is too large")
    return number


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:100]!r} stands twice in one object")
        found[name] = value
    return found


def deeper_than(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(deeper_than(item, levels - 1) for item in inner)
