"""How long each page of the console takes, and how many queries, with the tables of a large installation.

    python -m memos.embedded exec -- python -m bench.console --users 20000

A user is made by the real pipeline: 50 messages, half of them the user's, and what is remembered of them. Then all of
it is copied, once for each further user. Each page is asked for once to warm up and then `--times` times.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from bench.multiplied import multiply  # noqa: E402
from graphs.models import Entity, Memory  # noqa: E402
from ingest import pipeline, summaries  # noqa: E402
from ingest.models import IngestJob  # noqa: E402
from ingest.services import NewMessage, append_messages  # noqa: E402
from memos.demo import conversations  # noqa: E402
from memos.projects.audit import Caller  # noqa: E402
from memos.projects.console.shown import page_of  # noqa: E402
from memos.projects.models import Identified, Operator  # noqa: E402
from memos.projects.services import create_key, create_project  # noqa: E402
from threads.models import Message  # noqa: E402
from threads.services import create_thread  # noqa: E402
from users.models import User  # noqa: E402
from users.services import create_user  # noqa: E402

MESSAGES = 50


def first_user() -> User:
    caller = Caller.from_command(create_project(name="Large"), "bench")
    create_key(caller=caller, name="bench", scopes=["read", "write", "admin"])
    user = create_user(caller=caller, first_name="Nadia", email="nadia@example.com", external_id="nadia")
    thread = create_thread(caller=caller, user=user, name="First")
    said = conversations.read(conversations.OWN, None).messages
    given = [NewMessage(role=one["role"], content=one["content"]) for one in said]
    append_messages(caller=caller, thread=thread, messages=(given * (MESSAGES // len(given) + 1))[:MESSAGES])
    while pipeline.run(user.graph_id):
        pass
    summaries.summarise(user.pk)
    return user


def pages(user: User) -> Iterator[tuple[str, str]]:
    yield "home", "/admin/"
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield f"{model._meta.verbose_name_plural}", path
        row = model._default_manager.order_by("-pk").first()
        if isinstance(row, Identified):
            yield f"one of the {model._meta.verbose_name_plural}", page_of(row)
            yield f"{model._meta.verbose_name_plural}, searched for an id", f"{path}?q={row.ref}"
            yield f"{model._meta.verbose_name_plural}, searched for a word", f"{path}?q=marathon"
    yield from pages_of(user)


def pages_of(user: User) -> Iterator[tuple[str, str]]:
    person, drawing = f"/admin/users/user/{user.ref}/", f"/admin/graphs/graph/{user.graph.ref}/drawing/"
    memory = page_of(Memory.objects.filter(graph=user.graph_id).latest("pk")).removesuffix("change/")
    for part in ("facts", "entities", "threads", "jobs", "audit"):
        yield f"a person: {part}", f"{person}change/?show={part}"
    for term in ("marathon", "nowhere", "na", memory.split("/")[-2], "req_01HXYZ00000000000000000000", "mos_live_0"):
        yield f"searched everywhere: {term}", f"/admin/search/?q={term}"
    yield "the end of a person", f"{person}delete/"
    yield "an export, counted", f"{person}export/"
    yield "playground", f"{person}playground/?query=Which+food+is+dangerous%3F"
    yield "a drawing", drawing
    yield "the data of a drawing", f"{drawing}data/"
    for step in ("correct", "merge", "withdraw"):
        yield f"a memory to {step}", f"{memory}{step}/"
    yield "home, 30 days", "/admin/?span=30d"
    yield "system", "/admin/system/"
    yield "audit entries by action", "/admin/projects/auditentry/?action=messages.appended"


def measured(client: Client, path: str, times: int) -> tuple[float, int, int]:
    """Median seconds, queries, and the status of the answer."""
    client.get(path)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
            b"".join(answer) if answer.streaming else answer.content
        took.append(time.perf_counter() - began)
    return statistics.median(took), len(queries), answer.status_code


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path, help="also as JSON")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    user = User.objects.order_by("-pk").first() or first_user()
    if User.objects.count() < options.users:
        multiply(user, options.users - User.objects.count())
    counts = {model.__name__: model._default_manager.count() for model in (User, Message, Memory, Entity, IngestJob)}
    client = Client(SERVER_NAME="localhost")
    client.force_login(Operator.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)[0])
    with override_settings(ALLOWED_HOSTS=["*"]):
        rows: list[list[Any]] = [[name, path, *measured(client, path, options.times)] for name, path in pages(user)]
    shown = Table("page", "path", "seconds", "queries", "status", title=str(counts))
    for name, path, seconds, queries, status in rows:
        shown.add_row(name, path, f"{seconds:.3f}", str(queries), str(status))
    Console(width=170).print(shown)
    if options.out:
        options.out.write_text(json.dumps({"counts": counts, "pages": rows}, indent=1))


if __name__ == "__main__":
    main()
