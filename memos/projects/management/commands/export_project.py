"""Writes a project into a file that import_project reads: its groups and users with all that is kept about them.

Keys and the audit log stay where they are. A name that ends with .gz is compressed; - is stdout.
"""

import gzip
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import CommandError

from ingest.transfer.projects import export_project, size_of
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, bar_of, find_project
from memos.projects.models import Project


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its name, or its id")
        parser.add_argument("file", type=Path, help="- for stdout")
        parser.add_argument("--mode", choices=Project.Mode.values, default=Project.Mode.LIVE.value)
        parser.add_argument("--without-vectors", action="store_true", help="smaller; they are made again where it goes")

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project(options["project"], Project.Mode(options["mode"]))
        caller = Caller.from_command(project, "export_project")
        try:
            with _output(options["file"]) as file, bar_of("groups and users", size_of(project)) as advance:
                for _ in export_project(caller=caller, file=file, vectors=not options["without_vectors"]):
                    advance("")
        except OSError as error:
            raise CommandError(f"{options['file']} can't be written: {error}") from error


@contextmanager
def _output(path: Path) -> Iterator[IO[bytes]]:
    """What was not finished never has the file's name."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=raw, mode="wb", filename="") as packed:
                yield cast(IO[bytes], packed)
        else:
            yield raw
        raw.flush()
        os.fsync(raw.fileno())
    unfinished.replace(path)
