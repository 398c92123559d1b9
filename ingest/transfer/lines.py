"""Reads JSON Lines strictly, one at a time: however long the file is, no more than a line is in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError

from memos.api.parsers import read_object
from memos.api.problems import Problem, invalid

MAX_LINE_BYTES = 64 * 1024 * 1024
"""A document of 10 MiB in which every character has to be escaped still fits."""
MAX_DEPTH = 128
"""An entity into which others were merged holds these, with what had been merged into them."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line holds, ``record`` being what it is one of, its number, from 1, and its size in bytes."""

    number: int
    record: str
    values: dict[str, Any]
    size: int

    def wrong(self, message: str, path: str = "", code: str = "invalid") -> Problem:
        """A 400 that names this line and, with ``path``, the field in it."""
        named = path[:200].encode(errors="replace").decode()  # it may hold what was sent
        return invalid(f"lines[{self.number}]{named}", message, code)


class Lines:
    """The lines of a file that can be read twice, from where it stands."""

    def __init__(self, file: IO[bytes]):
        self.file = file
        self.start = file.tell()
        self.number = 0

    def __iter__(self) -> Iterator[Line]:
        while (line := self.next()) is not None:
            yield line

    def next(self) -> Line | None:
        """None at the end. Raises a 400 for what is no line of an export."""
        raw = self.file.readline(MAX_LINE_BYTES + 1)
        self.number += bool(raw)
        return self._read(raw) if raw else None

    def _read(self, raw: bytes) -> Line:
        if len(raw) > MAX_LINE_BYTES:
            raise invalid(f"lines[{self.number}]", f"A line has at most {MAX_LINE_BYTES} bytes.")
        try:
            found = read_object(raw, what="line", depth=MAX_DEPTH)
        except ParseError as error:
            raise invalid(f"lines[{self.number}]", str(error.detail)) from None
        record = found.pop("record", None)
        if not isinstance(record, str):
            raise invalid(f"lines[{self.number}].record", "Say what the line is a record of.")
        return Line(self.number, record, found, len(raw))

    def cut_off(self) -> NoReturn:
        raise invalid(f"lines[{self.number + 1}]", "The file was cut off: the record `end` is missing.", "cut_off")

    def first(self, wanted: Callable[[Line], bool]) -> Line | None:
        """The first of all lines that is wanted. Reading goes on behind it."""
        self.file.seek(self.start)
        self.number = 0
        return next(filter(wanted, self), None)
