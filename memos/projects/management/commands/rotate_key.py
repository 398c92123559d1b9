"""Makes the successor of an API key. The old one stays valid for --grace. The new key goes to stdout, this once."""

from argparse import ArgumentParser
from typing import Any

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_key, told
from memos.projects.durations import parse_duration


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its id, or what it begins with")
        parser.add_argument("--grace", default="24h", help="how long the old key stays valid: 90s, 15m, 24h (default)")

    def handle(self, *args: Any, **options: Any) -> None:
        old = find_key(options["key"])
        issued = services.rotate_key(
            caller=Caller.from_command(old.project, "rotate_key"), key=old, grace=parse_duration(options["grace"])
        )
        old.refresh_from_db()
        self.note(f"The old key: {told(old)}.")
        self.note(f"The new key: {told(issued.key)}. It is shown this once:")
        self.stdout.write(issued.secret)
