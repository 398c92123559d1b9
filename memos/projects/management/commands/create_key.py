"""Makes an API key. The key goes to stdout, this once; all else to stderr, so that a script can take it."""

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_project_or_twin, limit, told
from memos.projects.durations import parse_duration
from memos.projects.models import Scope, read_and_write


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its name or its id")
        parser.add_argument("--test", action="store_true", help="a key of the project's test twin")
        parser.add_argument("--name", default="command line", help="what the key is for")
        parser.add_argument("--scope", action="append", help=f"{', '.join(Scope.values)}; can be repeated")
        parser.add_argument("--expires-in", metavar="30d", help="90s, 15m, 24h, 30d; never by default")
        parser.add_argument("--requests-per-minute", type=limit, metavar="N", help="else what its project says")

    def handle(self, *args: Any, **options: Any) -> None:
        issued = services.create_key(
            caller=Caller.from_command(find_project_or_twin(options["project"], test=options["test"]), "create_key"),
            name=options["name"],
            scopes=options["scope"] or read_and_write(),
            expires_at=timezone.now() + parse_duration(options["expires_in"]) if options["expires_in"] else None,
            requests_per_minute=options["requests_per_minute"],
        )
        self.note(f"{told(issued.key)}. It is shown this once:")
        self.stdout.write(issued.secret)
