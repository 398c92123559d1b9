"""Sets the rate limit of an API key, or takes it away so that what its project says holds again."""

from argparse import ArgumentParser
from typing import Any

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_key, limit


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its id, or what it begins with")
        parser.add_argument("requests_per_minute", type=limit, metavar="N", help="a whole number, or none")

    def handle(self, *args: Any, **options: Any) -> None:
        key = find_key(options["key"])
        caller = Caller.from_command(key.project, "set_key_limit")
        key = services.set_key_limit(caller=caller, key=key, requests_per_minute=options["requests_per_minute"])
        self.note(f"{key.ref} ({key.prefix}…): requests a minute {key.requests_per_minute or 'as its project says'}.")
