"""`manage.py demo`: play a conversation through the running server and show what it remembers."""

import os
import time
from argparse import ArgumentParser
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from memos.demo import conversations
from memos.demo.conversations import Conversation, Unreadable
from memos.demo.player import Player, ServerRefused
from memos.projects import services
from memos.projects.audit import Caller
from memos.projects.models import Project

KEY_LIFE = timedelta(hours=1)


class Command(BaseCommand):
    help = "Play a conversation through the HTTP API of the running server and show what is remembered of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=conversations.OWN, help="JSON Lines or LoCoMo's JSON")
        parser.add_argument("--conversation", help="which one, where the file has several")
        parser.add_argument("--question", action="append", default=[], help="ask this instead; may be given again")
        parser.add_argument("--url", default=_default_url(), help="of the running server (%(default)s)")
        parser.add_argument("--key", help="an API key; else one for an hour is made in a test project")
        parser.add_argument("--max-tokens", type=int, default=400)

    def handle(self, *args: Any, **options: Any) -> None:
        self.console = Console()
        try:
            conversation = conversations.read(options["file"], options["conversation"])
            player = Player(options["url"], options["key"] or _temporary_key())
            user = self._play(player, conversation)
            self._show_memory(player, user)
            for question in options["question"] or conversation.questions:
                self._show_block(player, user, question, options["max_tokens"])
        except (Unreadable, ServerRefused) as error:
            raise CommandError(str(error)) from error

    def _play(self, player: Player, conversation: Conversation) -> str:
        """Return the user's id once every job has ended."""
        user = player.new_user(conversation)
        thread = player.call("POST", f"/v1/users/{user}/threads", json={"name": conversation.name})["id"]
        started = time.monotonic()
        with Progress(console=self.console) as progress:
            sending = progress.add_task("messages sent", total=len(conversation.messages))
            jobs = player.append(thread, conversation.messages, lambda count: progress.advance(sending, count))
            remembering = progress.add_task("remembered", total=len(jobs))
            ended = [_advanced(progress, remembering, job) for job in player.finished(jobs)]
        self._tell_jobs(ended, time.monotonic() - started, len(conversation.messages))
        return user

    def _tell_jobs(self, jobs: list[dict[str, Any]], seconds: float, messages: int) -> None:
        counts = Counter(job["status"] for job in jobs)
        states = ", ".join(f"{count} {status}" for status, count in counts.items())
        self.console.print(
            f"{messages} messages in {seconds:.1f} s ({messages / seconds:.0f} a second); jobs: {states}"
        )

    def _show_memory(self, player: Player, user: str) -> None:
        player.call("POST", f"/v1/users/{user}/summary")
        found = player.call("GET", f"/v1/users/{user}")
        table = Table("threads", "memories", "entities", title=user)
        table.add_row(*(str(found["stats"][name]) for name in ("threads", "memories", "entities")))
        self.console.print(table)
        self.console.print(Panel(Text(found["summary"] or "nothing yet"), title="summary"))

    def _show_block(self, player: Player, user: str, question: str, max_tokens: int) -> None:
        query: dict[str, Any] = {"query": question, "maxTokens": max_tokens}
        block = player.call("GET", f"/v1/users/{user}/context", params=query)
        title = f"{question} · {block['tokens']} of {max_tokens} tokens"
        self.console.print(Panel(Text(block["context"]), title=Text(title)))


def _advanced(progress: Progress, task: Any, job: dict[str, Any]) -> dict[str, Any]:
    progress.advance(task)
    return job


def _default_url() -> str:
    return f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"


def _temporary_key() -> str:
    """A key of the first test project, so that a demonstration stays out of the live one."""
    project = Project.objects.filter(mode=Project.Mode.TEST).order_by("id").first()
    if project is None:
        raise CommandError("There is no project yet: start Memos once with `make run`.")
    caller = Caller.from_command(project, "demo")
    ends = timezone.now() + KEY_LIFE
    return services.create_key(caller=caller, name="demo", scopes=["read", "write"], expires_at=ends).secret
