"""Makes a project with its test twin, and prints the ids of both."""

from argparse import ArgumentParser
from typing import Any

from memos.projects import services
from memos.projects.commands import ProjectCommand


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        project = services.create_project(name=options["name"])
        self.stdout.write(f"live {project.ref}\ntest {project.test_twin.ref}")
