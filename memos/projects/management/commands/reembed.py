"""Makes the vectors of the current embedder for everything that has none, then deletes those of the old one.

Restart the web processes and workers with the new settings first. It goes on where it was stopped or killed.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from graphs import embedders, reembedding
from graphs.models import Graph
from memos.projects.commands import ProjectCommand, find_project


class Command(ProjectCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", help="its id or its name; else every project")

    def handle(self, *args: Any, **options: Any) -> None:
        if not embedders.current().model:
            raise CommandError("MEMOS_EMBEDDER is none: there are no vectors to make.")
        graphs = Graph.objects.order_by("pk")
        if options["project"]:
            graphs = graphs.filter(project=find_project(options["project"]))
        try:
            made = self._reembed(list(graphs.values_list("pk", flat=True)))
        except (embedders.ModelMissing, embedders.EmbedderUnavailable) as error:
            raise CommandError(f"{error} Run it again: what was made is kept.") from error
        self.stdout.write(f"{made} vectors of {embedders.current().model} made.")

    def _reembed(self, graphs: list[Any]) -> int:
        made = 0
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task("graphs", total=len(graphs))
            for graph_id in graphs:
                for count in reembedding.reembed(graph_id):
                    made += count
                    progress.update(bar, description=f"graphs ({made} vectors made)")
                progress.advance(bar)
        return made
