"""Lets an operator try to sign in again at once, after too many wrong passwords or codes."""

from argparse import ArgumentParser
from typing import Any

from memos.projects.audit import Caretaker
from memos.projects.commands import ProjectCommand, find_operator
from memos.projects.signin import entering


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the operator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = find_operator(options["username"])
        done = entering.unlock(operator, Caretaker.from_command("unlock_operator"))
        self.stdout.write(f"{operator} may try again." if done else f"Nothing was counted against {operator}.")
