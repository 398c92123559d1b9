"""Ends all sessions of an operator: they have to sign in again everywhere."""

from memos.projects.audit import Caretaker
from memos.projects.commands import OperatorCommand
from memos.projects.models import Operator
from memos.projects.signin import sessions


class Command(OperatorCommand):
    help = __doc__

    def about(self, operator: Operator) -> None:
        ended = sessions.end_all(operator, Caretaker.from_command("end_sessions"))
        self.stdout.write("1 session is ended." if ended == 1 else f"{ended} sessions are ended.")
