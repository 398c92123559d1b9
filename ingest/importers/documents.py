"""The JSON in a file: the values of its lines, the items of its array, or its one value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ingest.importers import arrays
from ingest.importers.report import Report, Unreadable
from ingest.importers.streams import LARGEST, Stream, opened

SUFFIXES = (".json", ".jsonl", ".ndjson")
LINES = (".jsonl", ".ndjson")
Placed = tuple[str, Any]

_NOT_JSON = (ValueError, RecursionError)


def values(path: Path, report: Report) -> Iterator[Placed]:
    """Each value with where it stands; an array is read item by item."""
    with opened(path) as file:
        in_lines, is_array = _looks(path, file)
        stream = Stream(file, str(path), report)
        yield from _of_lines(stream) if in_lines else arrays.items(stream) if is_array else _whole(stream)


def wholes(path: Path, report: Report) -> Iterator[Placed]:
    """As ``values``, but an array is one value: for files whose lists make sense as a whole only."""
    with opened(path) as file:
        in_lines, _ = _looks(path, file)
        stream = Stream(file, str(path), report)
        yield from _of_lines(stream) if in_lines else _whole(stream)


def in_stream(stream: Stream, begins_with: bytes) -> Iterator[Placed]:
    """The items of an array, or the one value; ``begins_with`` has been seen of the stream, not read."""
    return arrays.items(stream) if begins_with.lstrip()[:1] == b"[" else _whole(stream)


def _looks(path: Path, file: IO[bytes]) -> tuple[bool, bool]:
    """Whether it has a value a line, and whether it is an array. Lines are told by the name, or by the first two."""
    if path.suffix.lower() in LINES:
        return True, False
    first, second = _filled(file), _filled(file)
    file.seek(0)
    return bool(second) and isinstance(_value(first), dict), first.lstrip()[:1] == b"["


def _filled(file: IO[bytes]) -> bytes:
    """The next line that is not empty, as far as one may go."""
    while line := file.readline(LARGEST):
        if line.strip():
            return line.removeprefix(b"\xef\xbb\xbf")
    return b""


def _of_lines(stream: Stream) -> Iterator[Placed]:
    for number, line in stream.lines():
        if not line.strip():
            continue
        place = f"{stream.name}, line {number}"
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            stream.report.skip(place, f"it is no JSON ({error.msg}).")
        except _NOT_JSON as error:
            stream.report.skip(place, f"it is no JSON that can be read ({error}).")
        else:
            yield place, value


def _whole(stream: Stream) -> Iterator[Placed]:
    try:
        yield stream.name, json.loads(stream.text(stream.rest(), "the file"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"{stream.name}, {place}: it is no JSON ({error.msg}).") from None
    except _NOT_JSON as error:
        raise Unreadable(f"{stream.name}: it is no JSON that can be read ({error}).") from None


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except _NOT_JSON:
        return None
