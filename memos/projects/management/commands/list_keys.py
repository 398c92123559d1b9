"""Lists the API keys, the newest last. A key itself is kept nowhere and can't be shown."""

from argparse import ArgumentParser
from typing import Any

from django.db.models import Q

from memos.projects.commands import ProjectCommand, find_project, moment
from memos.projects.models import ApiKey

HEADINGS = ("id", "prefix", "project", "name", "scopes", "created", "expires", "revoked", "last used")


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", help="of this project and its test twin only; its name or its id")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = ApiKey.objects.select_related("project").order_by("id")
        if options["project"]:
            project = find_project(options["project"])
            rows = rows.filter(Q(project=project) | Q(project__live_twin=project))
        table = [HEADINGS, *map(_cells, rows)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for cells in table:
            self.stdout.write("  ".join(map(str.ljust, cells, widths)).rstrip())


def _cells(key: ApiKey) -> tuple[str, ...]:
    times = (key.created_at, key.expires_at, key.revoked_at, key.last_used_at)
    return (key.ref, f"{key.prefix}…", str(key.project), key.name, ",".join(key.scopes), *map(moment, times))
