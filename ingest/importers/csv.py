"""Plain logs as CSV (RFC 4180): a header line, then a message a line; a cell may hold line breaks."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.importers.chat import NAMES, Log
from ingest.importers.fields import spelled
from ingest.importers.report import Report, Unreadable
from ingest.importers.shape import ImportedMessage, Options
from ingest.importers.streams import LARGEST, Stream, files, opened

SUFFIXES = (".csv", ".tsv")
DELIMITERS = ",;\t"


def read(paths: Sequence[Path], options: Options, report: Report) -> Iterator[ImportedMessage]:
    csv.field_size_limit(LARGEST)
    for path in files(paths, SUFFIXES, report):
        with opened(path) as file:
            stream = Stream(file, str(path), report)
            log = Log(path.stem, options, report)
            yield from _messages(stream, log)


def _messages(stream: Stream, log: Log) -> Iterator[ImportedMessage]:
    lines = (line for _, line in stream.lines())
    first = next(lines, "")
    rows = csv.reader(_again(first, lines), delimiter=_delimiter(first), strict=True)
    header = _header(stream, next(_rows(stream, rows), []), log.options)
    _tell_unread(header, log)
    begins = rows.line_num + 1
    for row in _rows(stream, rows):
        place, begins = f"{stream.name}, line {begins}", rows.line_num + 1
        if len(row) > len(header):
            log.report.skip(place, f"it has {len(row)} cells, and the header {len(header)}.")
        elif any(row):
            message = log.message(place, dict(zip(header, row, strict=False)))
            if message:
                yield message


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _rows(stream: Stream, rows: Any) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise Unreadable(f"{stream.name}, line {rows.line_num}: it is no CSV ({error}).") from None


def _delimiter(first: str) -> str:
    """The one that makes the most of the header line."""
    return max(DELIMITERS, key=lambda delimiter: _cells(first, delimiter))


def _cells(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0


def _tell_unread(header: list[str], log: Log) -> None:
    known = {spelled(name) for names in NAMES.values() for name in names} | {
        spelled(column) for column in log.options.columns.values()
    }
    unread = [name for name in header if name and spelled(name) not in known]
    if unread:
        log.report.remark(f"file with columns that are not read: {', '.join(unread)} (--column FIELD=HEADER reads one)")


def _header(stream: Stream, header: list[str], options: Options) -> list[str]:
    named = [name.strip() for name in header]
    for field, column in options.columns.items():
        if field not in NAMES:
            raise Unreadable(f"--column {field}={column}: the fields are {', '.join(NAMES)}.")
        if column not in named:
            raise Unreadable(f"{stream.name}, line 1: there is no column {column!r} among {', '.join(named)}.")
    if not named:
        raise Unreadable(f"{stream.name} has no header line.")
    return named
