"""Django's own command to make an operator, with an entry in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from memos.projects import operators
from memos.projects.audit import Caretaker


class Command(createsuperuser.Command):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with operators.newcomers_recorded(Caretaker.from_command("createsuperuser")):
            super().handle(*args, **options)
