"""Ends all sessions of an operator: they have to sign in again everywhere."""

from argparse import ArgumentParser
from typing import Any

from memos.projects.audit import Caretaker
from memos.projects.commands import ProjectCommand, find_operator
from memos.projects.signin import sessions


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the operator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = find_operator(options["username"])
        ended = sessions.end_all(operator, Caretaker.from_command("end_sessions"))
        self.stdout.write("1 session is ended." if ended == 1 else f"{ended} sessions are ended.")
