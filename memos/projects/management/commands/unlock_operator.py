"""Lets an operator try to sign in again at once, after too many wrong passwords or codes."""

from memos.projects.audit import Caretaker
from memos.projects.commands import OperatorCommand
from memos.projects.models import Operator
from memos.projects.signin import entering


class Command(OperatorCommand):
    help = __doc__

    def about(self, operator: Operator) -> None:
        done = entering.unlock(operator, Caretaker.from_command("unlock_operator"))
        self.stdout.write(f"{operator} may try again." if done else f"Nothing was counted against {operator}.")
