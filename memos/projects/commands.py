"""What the commands about projects and keys share: how one is named on the command line, and errors in one sentence."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from memos import ids
from memos.projects import keys
from memos.projects.models import ApiKey, Operator, Project

MOST = 2**31 - 1


class ProjectCommand(BaseCommand):
    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def note(self, line: str) -> None:
        """To stderr, so that a script can take what stdout says as it is."""
        self.stderr.write(line, style_func=str)


class OperatorCommand(ProjectCommand):
    """About one operator, who is named."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the operator's name")

    def handle(self, *args: Any, **options: Any) -> None:
        self.about(find_operator(options["username"]))

    def about(self, operator: Operator) -> None:
        raise NotImplementedError


def find_project(named: str, mode: Project.Mode = Project.Mode.LIVE) -> Project:
    """By its id, or by its name and mode. Raises ValidationError."""
    key = ids.decode(Project.PREFIX, named)
    found = Project.objects.filter(pk=key) if key else Project.objects.filter(name=named, mode=mode)
    project = found.first()
    if project is None:
        raise ValidationError(f"There is no {mode} project {named!r}.")
    return project


def find_project_or_twin(named: str, *, test: bool) -> Project:
    """What `--test` stands for: the test twin of the project that is named. Raises ValidationError."""
    project = find_project(named)
    if test and project.mode == Project.Mode.TEST:
        raise ValidationError(f"{project.ref} is a test project already: leave --test out.")
    return project.test_twin if test else project


def find_key(named: str) -> ApiKey:
    """By its id, or by what it begins with. Raises ValidationError."""
    key = ids.decode(ApiKey.PREFIX, named)
    given = {"pk": key} if key else {"prefix__startswith": keys.prefix(named)}
    found = list(ApiKey.objects.select_related("project").filter(**given)[:2])
    if not found:
        raise ValidationError(f"There is no key {keys.prefix(named) if not key else named!r}.")
    if len(found) > 1:
        raise ValidationError(f"More than one key begins with {keys.prefix(named)!r}: give more of it, or its id.")
    return found[0]


def find_operator(named: str) -> Operator:
    """By their name. Raises ValidationError."""
    operator = Operator.objects.filter(username=named).first()
    if operator is None:
        raise ValidationError(f"There is no operator {named!r}.")
    return operator


def limit(text: str) -> int | None:
    """The value of an option that sets a limit: a whole number of at least one, or the word none."""
    if text.lower() == "none":
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise ArgumentTypeError(f"{text!r} is no limit: give a whole number from 1 to {MOST}, or none")
    return int(text)


def told(key: ApiKey) -> str:
    until = f"until {moment(key.expires_at)}" if key.expires_at else "without end"
    return f"{key.ref} ({key.prefix}…) of {key.project}, {', '.join(key.scopes)}, valid {until}"


@contextmanager
def bar_of(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr; what it gives advances it by one, with a word on how it goes."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(what, total=total)
        yield lambda told: progress.update(bar, advance=1, description=f"{what} ({told})" if told else what)


def moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%MZ") if at else "-"
