"""Brings in what people have: exports of Zep, mem0 and ChatGPT, and plain logs of chats. See docs/import.md.

Run it again to go on where it was stopped, or with a newer export: what is there already is not added twice.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ingest.importers.formats import FORMATS
from ingest.importers.report import Report, Unreadable, stop
from ingest.importers.shape import ImportedFact, ImportedMessage, ImportedThread, ImportedUser, Options, Record
from ingest.importers.store import Rehearsal, Store
from ingest.importers.write import Writer
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_project
from memos.projects.models import Project

COUNTED = ("users", "threads", "messages", "facts")
NAMED = 20
"""Skipped records that are named one by one."""
ONLY = {"messages": (ImportedUser, ImportedThread, ImportedMessage), "facts": (ImportedUser, ImportedFact)}


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("format", choices=FORMATS)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file or a folder of files")
        parser.add_argument("--project", required=True, help="its name or its id")
        parser.add_argument("--mode", choices=Project.Mode.values, default=Project.Mode.LIVE)
        parser.add_argument("--user", metavar="EXTERNAL_ID", help="whose the records are that do not say so")
        parser.add_argument("--only", choices=ONLY, help="leave the rest of the files alone")
        parser.add_argument("--column", action="append", default=[], metavar="FIELD=HEADER", help="of a CSV file")
        parser.add_argument("--role", action="append", default=[], metavar="THEIRS=OURS", help="e.g. caller=user")
        parser.add_argument("--strict", action="store_true", help="stop at the first record that can't be taken over")
        parser.add_argument("--dry-run", action="store_true", help="read and count, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project(options["project"], Project.Mode(options["mode"]))
        caller = Caller.from_command(project, "import_history")
        store = (Rehearsal if options["dry_run"] else Store)(caller)
        if options["format"] == "chatgpt" and not options["user"]:
            raise CommandError("An export of ChatGPT does not say whose it is: give --user.")
        try:
            report = self._import(store, options)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        except Problem as problem:
            raise CommandError(f"{problem.detail} Run it again: what was written is not added twice.") from problem
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Run it again to go on: what was written is not added twice.") from error
        self._tell(report, options["dry_run"])

    def _import(self, store: Store, options: dict[str, Any]) -> Report:
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task("read", total=_size(options["files"]) or None)
            report = Report(on_read=lambda size: progress.advance(bar, size))
            if options["strict"]:
                report.on_skip = stop
            choices = Options(_pairs("column", options["column"]), _pairs("role", options["role"]))
            records = FORMATS[options["format"]](options["files"], choices, report)
            if options["only"]:
                records = _only(records, ONLY[options["only"]])
            writer = Writer(store, report, options["format"], options["user"])
            writer.write(_counted(records, progress, bar, report))
        return report

    def _tell(self, report: Report, dry_run: bool) -> None:
        self.stdout.write(f"{'':10}{'to add' if dry_run else 'added':>10}{'known':>10}")
        for what in COUNTED:
            self.stdout.write(f"{what:10}{report.added[what]:10}{report.known[what]:10}")
        for what, count in (report.remarks + report.left_out).most_common():
            self.note(f"{'left out: ' if what in report.left_out else ''}{count} {what}")
        self._tell_skipped(report)
        if not (report.added + report.known).total() and report.reasons:
            place, reason = report.skipped[0]
            raise CommandError(f"Nothing could be taken over. {place}: {reason}")

    def _tell_skipped(self, report: Report) -> None:
        for place, reason in report.skipped[:NAMED]:
            self.note(f"skipped: {place}: {reason}")
        if report.reasons.total() > NAMED:
            self.note(f"{report.reasons.total()} records were skipped in all:")
            for reason, count in report.reasons.most_common(NAMED):
                self.note(f"  {count} because {reason}")


def _size(files: list[Path]) -> int:
    inside = (inner for path in files for inner in (path.rglob("*") if path.is_dir() else [path]))
    return sum(path.stat().st_size for path in inside if path.is_file())


def _pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    wrong = next((pair for pair in pairs if not (pair[0] and pair[2])), None)
    if wrong:
        raise CommandError(f"--{option} {''.join(wrong)}: give it as NAME=VALUE.")
    return {name: value for name, _, value in pairs}


def _only(records: Iterator[Record], kinds: tuple[type, ...]) -> Iterator[Record]:
    return (record for record in records if isinstance(record, kinds))


def _counted(records: Iterator[Record], progress: Progress, bar: Any, report: Report) -> Iterator[Record]:
    for number, record in enumerate(records, start=1):
        if number % 100 == 0:
            progress.update(bar, description=f"read ({report.added['messages']} messages added)")
        yield record
