"""Checks that the audit log is as it was sealed, and names the first entry or seal of each chain that is not.

Every project has a chain of seals, and so have the entries that belong to none. It ends with 1 when one is broken.
Keep what --head prints on another machine: with --expect it has to be in the chain still, however much the database was
changed meanwhile.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from memos.projects.commands import ProjectCommand, find_project, moment
from memos.projects.models import Project
from memos.projects.sealing import chain, checks
from memos.projects.sealing.verification import Walk


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", help="its id or its name; else every project, and what belongs to none")
        parser.add_argument("--mode", choices=Project.Mode.values, default=Project.Mode.LIVE.value)
        parser.add_argument("--head", action="store_true", help="only print the last digest of each chain")
        parser.add_argument(
            "--expect", action="append", default=[], metavar="DIGEST", help="has to be in a chain; can be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        projects = _named(options["project"], options["mode"])
        if options["head"]:
            self._print_heads(projects)
            return
        expected = {digest.lower() for digest in options["expect"]}
        broken = [project for project in projects if not self._verify(project, expected)]
        for digest in sorted(expected):
            self.stdout.write(f"{digest} is in no chain that holds.")
        if broken or expected:
            raise CommandError("The audit log is not as it was sealed.", returncode=1)

    def _print_heads(self, projects: Iterable[Project | None]) -> None:
        for project in projects:
            if head := chain.last_seal(project.pk if project else None):
                self.stdout.write(f"{bytes(head.digest).hex()}  seal {head.number} of {_name(project)}")

    def _verify(self, project: Project | None, expected: set[str]) -> bool:
        """What the chain has of the expected digests is taken out of them, and told."""
        check = checks.check_of(project.pk if project else None)
        walk = checks.begin(check)
        head = chain.last_seal(check.project_id)
        with _bar(f"{_name(project)}: entries", head.total if head else 0) as advance:
            found: dict[str, int] = {}
            for seal in walk.steps():
                found |= dict.fromkeys(expected & {bytes(seal.digest).hex()}, seal.number)
                advance(seal.count)
        checks.finish(check, walk)
        self.stdout.write(f"{_name(project)}: {_told(walk)}")
        for digest, number in found.items():
            self.stdout.write(f"{digest} is there: seal {number} of {_name(project)}.")
        expected.difference_update(found)
        return not walk.broken


def _named(project: str | None, mode: str) -> list[Project | None]:
    """Of None, the chain of what belongs to no project."""
    if project:
        return [find_project(project, Project.Mode(mode))]
    return [*Project.objects.order_by("name", "mode"), None]


def _name(project: Project | None) -> str:
    return f"{project.ref} ({project})" if project else "installation"


def _told(walk: Walk) -> str:
    pruned = walk.total - walk.entries
    parts = [f"{_counted(walk.entries, 'entry', 'entries')} in {_counted(walk.number, 'seal', 'seals')}"]
    parts += [f"until {moment(walk.until)}"] if walk.until else []
    parts += [f"{pruned:,} more pruned by retention"] if pruned else []
    held = ", ".join(parts)
    if walk.broken:
        return f"BROKEN. {walk.broken} Before it, what was sealed holds: {held}."
    return f"holds: {held}. {_counted(walk.waiting, 'entry waits', 'entries wait')} for a seal."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(what, total=total)
        yield lambda count: progress.update(bar, advance=count)
