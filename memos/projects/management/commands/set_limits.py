"""Sets or takes away the rate limits of a project; what is not named stays as it is."""

from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_project_or_twin, limit

LIMITS = ("requests_per_minute", "key_requests_per_minute")


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        own, keys = (f"--{name.replace('_', '-')}" for name in LIMITS)
        parser.add_argument("project", help="its name or its id")
        parser.add_argument("--test", action="store_true", help="of the project's test twin")
        parser.add_argument(own, type=limit, metavar="N", default=SUPPRESS, help="of all its keys together, or none")
        parser.add_argument(
            keys, type=limit, metavar="N", default=SUPPRESS, help="of each key without its own, or none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in LIMITS if name in options}
        if not given:
            raise CommandError("Say which limit: --requests-per-minute or --key-requests-per-minute.")
        project = find_project_or_twin(options["project"], test=options["test"])
        project = services.set_limits(caller=Caller.from_command(project, "set_limits"), **given)
        for name in LIMITS:
            self.stdout.write(f"{name.replace('_', ' ')}: {getattr(project, name) or 'none'}")
