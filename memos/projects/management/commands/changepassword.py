"""Django's own command to change the password of an operator, with an entry in the audit log."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from memos.projects import operators
from memos.projects.audit import Caretaker
from memos.projects.models import Operator


class Command(changepassword.Command):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> str | None:
        name = options["username"] or getpass.getuser()
        operator = Operator.objects.filter(username=name).first()
        with operators.password_recorded(Caretaker.from_command("changepassword"), operator.pk if operator else None):
            return super().handle(*args, **options)
