"""Writes the embedded database and its secrets into one file; Memos may be running."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from memos.embedded import backups
from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder

_ELSEWHERE = ("SECRET_KEY", "MEMOS_KEY_PEPPER", "MEMOS_AUDIT_KEY")


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that does not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            size = backups.backup(DataFolder(settings.DATA_DIR), options["file"])
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{options['file']}: {size / 1e6:.1f} MB. It holds secrets: keep it where only you can read it."
        )
        for name in _ELSEWHERE:
            if os.environ.get(name):
                self.stdout.write(f"{name} is a setting of yours and is not in it: keep it too.")
