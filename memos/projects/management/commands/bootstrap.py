"""Migrates, and makes the first operator and the first project with its key where there are none."""

import dataclasses
import json
import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError

from memos.embedded import restored
from memos.projects import keys, operators, services
from memos.projects.audit import Caller, Caretaker
from memos.projects.models import ApiKey, AuditEntry, Operator, Project, Scope

PROJECT = "default"
OPERATOR = "admin"
_LOCK = 0x6D656D6F  # "memo": two machines that start on one new database take turns


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []  # they are for the tests; here they would cost a second of every start

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
            made = first_steps(os.environ)
            _record_restore(settings.DATA_DIR)
        except DatabaseError as error:
            raise CommandError(f"The database of DATABASE_URL cannot be used: {_one_line(error)}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(json.dumps(made) if options["json"] else _told(made))


@transaction.atomic
def first_steps(environment: Any) -> dict[str, Any]:
    """What was made, with the secrets that are shown this once; null where it was there before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    notes: list[str] = []
    operator = _first_operator(environment.get("MEMOS_BOOTSTRAP_OPERATOR", "").strip(), notes)
    project = _first_project(environment.get("MEMOS_BOOTSTRAP_KEY", "").strip(), notes)
    return operator | project | {"notes": notes}


def _first_operator(given: str, notes: list[str]) -> dict[str, str | None]:
    name, _, password = given.partition(":")
    if Operator.objects.exists():
        if name and not Operator.objects.filter(username=name).exists():
            notes.append("MEMOS_BOOTSTRAP_OPERATOR was not used: there is an operator already.")
        return {"operator": None, "password": None}
    name, password = name or OPERATOR, password or secrets.token_urlsafe(12)
    operator = Operator.objects.create_superuser(name, password=password)
    operators.record_new(Caretaker.from_command("bootstrap"), operator)
    return {"operator": name, "password": password}


def _first_project(secret: str, notes: list[str]) -> dict[str, str | None]:
    if Project.objects.exists():
        if secret and not _is_known(secret):
            notes.append("MEMOS_BOOTSTRAP_KEY was not used: there is a project already, and it is no key of it.")
        return {"project": None, "key": None}
    project = services.create_project(name=PROJECT)
    issued = services.create_key(
        caller=Caller.from_command(project, "bootstrap"), name="first", scopes=list(Scope), secret=secret or None
    )
    return {"project": project.name, "key": issued.secret}


def _record_restore(data_dir: Path) -> None:
    """Data that was put back as files has no entry of it yet."""
    note = restored.read(data_dir)
    if note is None:
        return
    by = Caretaker.from_command("restore")
    entry = AuditEntry(action="installation.restored", target_id="installation", **dataclasses.asdict(by), **note)
    AuditEntry.objects.bulk_create([entry], ignore_conflicts=True)
    restored.forget(data_dir)


def _is_known(secret: str) -> bool:
    digests = [keys.digest(secret, pepper_id) for pepper_id in settings.KEY_PEPPERS]
    return ApiKey.objects.filter(digest__in=digests).exists()


def _one_line(error: DatabaseError) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _told(made: dict[str, Any]) -> str:
    shown = [f"{name}: {value}" for name, value in made.items() if value and name != "notes"]
    return "\n".join([*shown, *made["notes"]]) or "Up to date."
