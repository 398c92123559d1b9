"""Ends an API key now."""

from argparse import ArgumentParser
from typing import Any

from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_key, moment


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="its id, or what it begins with")

    def handle(self, *args: Any, **options: Any) -> None:
        key = find_key(options["key"])
        key = services.revoke_key(caller=Caller.from_command(key.project, "revoke_key"), key=key)
        self.note(f"{key.ref} ({key.prefix}…) is revoked since {moment(key.revoked_at)}.")
