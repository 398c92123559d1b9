"""Puts a backup into the data folder of a Memos that is not running; what was there before is kept beside it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from memos.embedded import backups
from memos.embedded.errors import EmbeddedError
from memos.embedded.folder import DataFolder


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `backup` has written")
        parser.add_argument("--force", action="store_true", help="also when the data folder holds data")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            before = backups.restore(DataFolder(settings.DATA_DIR), options["file"], replace=options["force"])
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored into {settings.DATA_DIR}. `make run` starts it.")
        if before:
            self.stdout.write(f"The data from before is in {before}: remove it once you are content.")
