"""Gives an operator a role in a project, or takes it away."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError

from memos.projects import operators
from memos.projects.audit import Caller
from memos.projects.commands import ProjectCommand, find_operator, find_project
from memos.projects.models import Membership, Operator

NONE = "none"


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("operator", help="the name that they sign in with")
        parser.add_argument("project", help="its name or its id; the role counts in its test twin too")
        parser.add_argument("role", choices=(*Membership.Role.values, NONE))
        parser.add_argument("--words", action="store_true", help="a viewer also sees what people said")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = find_operator(options["operator"])
        project = find_project(options["project"])
        caller = Caller.from_command(project, "set_role")
        if options["role"] == NONE:
            self._take(caller, operator)
            return
        row = operators.give_role(caller=caller, operator=operator, role=options["role"], reads_words=options["words"])
        self.note(f"{operator} is {row.role} of {project}.")

    def _take(self, caller: Caller, operator: Operator) -> None:
        membership = Membership.objects.for_project(caller.project).filter(operator=operator).first()
        if membership is None:
            raise ValidationError(f"{operator} has no role in {caller.project}.")
        operators.take_role(caller=caller, membership=membership)
        self.note(f"{operator} has no role in {caller.project} any more.")
