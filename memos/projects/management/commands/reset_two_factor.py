"""Takes the second factor of an operator away, for who lost the app and the recovery codes; their sessions end."""

from argparse import ArgumentParser
from typing import Any

from memos.projects.audit import Caretaker
from memos.projects.commands import ProjectCommand, find_operator
from memos.projects.signin import second_factor


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the operator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = find_operator(options["username"])
        done = second_factor.reset(operator, Caretaker.from_command("reset_two_factor"))
        self.stdout.write(f"{operator} signs in without a code now." if done else f"{operator} has no second factor.")
