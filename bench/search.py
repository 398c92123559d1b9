"""What a search and a context cost: ``python -m memos.embedded exec -- python -m bench.search``.

Processor time of this process (the whole of the HTTP stack) and of the database's, without that of embedding the query,
for a graph of a given size, warm; then the same with ``--beside`` times as much of other users' data in the tables. It
works in a database of its own.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench import crowd  # noqa: E402
from bench.ingested import own_database  # noqa: E402
from graphs import embedders  # noqa: E402
from graphs.indexing import changed  # noqa: E402
from memos.projects import services  # noqa: E402
from memos.projects.audit import Caller  # noqa: E402
from memos.projects.models import Scope  # noqa: E402
from users.models import User  # noqa: E402

NANO = 1e-6
"""Milliseconds in a nanosecond."""


class Cost:
    """Milliseconds of processor time of one call, by who spent them."""

    def __init__(self, call: Callable[[], Any], embedding: "Embedding"):
        backend = _backend()
        before = embedding.spent
        web, database = time.process_time_ns(), _run_time(backend)
        call()
        self.web = (time.process_time_ns() - web) * NANO - (embedding.spent - before)
        self.database = (_run_time(backend) - database) * NANO

    @property
    def total(self) -> float:
        return self.web + self.database


class Embedding:
    """Counts what embedding queries costs, beside doing it."""

    def __init__(self) -> None:
        self.spent = 0.0
        embedder = embedders.current()
        self._embed = embedder.embed_query
        embedder.embed_query = self  # type: ignore[method-assign,assignment]

    def __call__(self, text: str) -> Any:
        started = time.process_time_ns()
        found = self._embed(text)
        self.spent += (time.process_time_ns() - started) * NANO
        return found


def _backend() -> int:
    connection.ensure_connection()
    return connection.connection.info.backend_pid


def _run_time(pid: int) -> int:
    """Nanoseconds that a process has run for, as Linux counts them."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def measure(client: Client, user: User, questions: list[str], embedding: Embedding) -> dict[str, list[Cost]]:
    def search(question: str) -> None:
        answer = client.post(f"/v1/users/{user.ref}/search", {"query": question}, content_type="application/json")
        assert answer.status_code == 200, answer.content

    def context(question: str) -> None:
        answer = client.get(f"/v1/users/{user.ref}/context", {"query": question})
        assert answer.status_code == 200, answer.content

    calls = {"search": search, "context": context}
    for call in calls.values():
        call(questions[0])
    return {
        name: [Cost(lambda call=call, q=question: call(q), embedding) for question in questions]  # type: ignore[misc]
        for name, call in calls.items()
    }


def report(label: str, costs: dict[str, list[Cost]]) -> None:
    for name, found in costs.items():
        totals = sorted(cost.total for cost in found)
        web, database = (statistics.median(getattr(cost, part) for cost in found) for part in ("web", "database"))
        p95 = totals[int(0.95 * (len(totals) - 1))]
        print(
            f"{label:<28} {name:<8} p50 {statistics.median(totals):6.1f} ms  p95 {p95:6.1f}"
            f"  (web {web:.1f}, database {database:.1f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--episodes", type=int, default=5_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--beside", type=int, default=0, help="how many times as much of other users' data")
    options = parser.parse_args()
    with own_database():
        project = services.create_project(name="bench.search")
        caller = Caller.from_command(project, "bench.search")
        issued = services.create_key(caller=caller, name="bench", scopes=list(Scope.values))
        client = Client(headers={"Authorization": f"Bearer {issued.secret}"})
        made = crowd.Crowd(caller)
        user = made.user(episodes=options.episodes, memories=options.memories)
        questions = [made.text(7) for _ in range(options.questions)]
        embedding = Embedding()
        started = time.perf_counter()
        client.get(f"/v1/users/{user.ref}/context", {"query": questions[0]})
        print(f"cold: {1000 * (time.perf_counter() - started):.0f} ms, the embedder's loading included")
        changed(user.graph_id)
        started = time.perf_counter()
        client.get(f"/v1/users/{user.ref}/context", {"query": questions[0]})
        print(f"after a change: {1000 * (time.perf_counter() - started):.0f} ms")
        report("alone", measure(client, user, questions, embedding))
        if options.beside:
            crowd.copy(user.graph_id, options.beside)
            report(f"{options.beside} times as much beside", measure(client, user, questions, embedding))


if __name__ == "__main__":
    main()
