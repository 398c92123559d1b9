"""Takes the second factor of an operator away, for who lost the app and the recovery codes; their sessions end."""

from memos.projects.audit import Caretaker
from memos.projects.commands import OperatorCommand
from memos.projects.models import Operator
from memos.projects.signin import second_factor


class Command(OperatorCommand):
    help = __doc__

    def about(self, operator: Operator) -> None:
        done = second_factor.reset(operator, Caretaker.from_command("reset_two_factor"))
        self.stdout.write(f"{operator} signs in without a code now." if done else f"{operator} has no second factor.")
