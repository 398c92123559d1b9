"""Says for how many days the audit log of a project is kept. Older entries are deleted once they are sealed."""

from argparse import ArgumentParser
from typing import Any

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_project_or_twin, limit


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its name or its id")
        parser.add_argument("--test", action="store_true", help="of the project's test twin")
        parser.add_argument("days", type=limit, help="a number from 1 on, or none: for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project_or_twin(options["project"], test=options["test"])
        caller = Caller.from_command(project, "set_audit_retention")
        services.set_audit_retention(caller=caller, days=options["days"])
        self.note(f"The audit log of {project} is kept {_told(options['days'])}.")


def _told(days: int | None) -> str:
    return "for ever" if days is None else f"for {days} day{'' if days == 1 else 's'}"
