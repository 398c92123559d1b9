"""Plain logs: one message a line as a JSON object, or an array of such objects."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.importers import documents
from ingest.importers.chat import Log
from ingest.importers.report import Report
from ingest.importers.shape import ImportedMessage, Options
from ingest.importers.streams import files


def read(paths: Sequence[Path], options: Options, report: Report) -> Iterator[ImportedMessage]:
    for path in files(paths, documents.SUFFIXES, report):
        log = Log(path.stem, options, report)
        messages = (log.message(place, value) for place, value in documents.values(path, report))
        yield from (message for message in messages if message)
