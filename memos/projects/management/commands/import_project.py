"""Reads a file of export_project into a project, which is made where it is missing.

Each group and each user comes whole or not at all, and what is there already is skipped: a run that was stopped or
killed is continued by running it again.
"""

import gzip
import zlib
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import IO, Any, cast

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from ingest.transfer.projects import MADE, TAKEN, THERE, ProjectFile
from memos import ids
from memos.api.problems import Problem
from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, bar_of, find_project
from memos.projects.models import Project


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="compressed where its name ends with .gz")
        parser.add_argument("--into", required=True, metavar="NAME", help="the project's name, or its id")
        parser.add_argument("--mode", choices=Project.Mode.values, default=Project.Mode.LIVE.value)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with _opened(path) as file:
                found = ProjectFile(file)
                project = _project(options["into"], Project.Mode(options["mode"]))
                counts = self._restore(found, Caller.from_command(project, "import_project"))
        except Problem as error:
            raise CommandError(f"{path}: {_told(error)} What was restored before it stays.") from error
        except (OSError, EOFError, zlib.error) as error:
            raise CommandError(f"{path} can't be read: {error}") from error
        self.stdout.write(", ".join(f"{counts[what]} {what}" for what in (MADE, THERE, TAKEN)) + ".")
        if counts[TAKEN]:
            raise CommandError(f"{counts[TAKEN]} could not be imported into {project}.")

    def _restore(self, found: ProjectFile, caller: Caller) -> Counter[str]:
        counts: Counter[str] = Counter()
        with bar_of("groups and users", found.parts) as advance:
            for what, why in found.restore(caller):
                counts[what] += 1
                advance(f"{counts[MADE]} imported")
                if what == TAKEN:
                    self.note(why)
        return counts


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _project(named: str, mode: Project.Mode) -> Project:
    try:
        return find_project(named, mode)
    except ValidationError:
        if ids.decode(Project.PREFIX, named):
            raise
        live = services.create_project(name=named, by=lambda made: Caller.from_command(made, "import_project"))
        return live if mode == Project.Mode.LIVE else live.test_twin


def _told(problem: Problem) -> str:
    errors = problem.members.get("errors", [])
    return " ".join(f"{error['field']}: {error['message']}" for error in errors) or str(problem.detail)
