"""Says whether the audit log of a project also has who read what."""

from argparse import ArgumentParser
from typing import Any

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_project_or_twin


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its name or its id")
        parser.add_argument("--test", action="store_true", help="of the project's test twin")
        parser.add_argument("reads", choices=("on", "off"))

    def handle(self, *args: Any, **options: Any) -> None:
        project = find_project_or_twin(options["project"], test=options["test"])
        caller = Caller.from_command(project, "set_audit_reads")
        services.set_audit_reads(caller=caller, on=options["reads"] == "on")
        self.note(f"Reads of {project} are {'audited' if options['reads'] == 'on' else 'not audited'}.")
