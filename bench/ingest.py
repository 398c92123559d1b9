"""Measure the speed of ingestion: `python -m bench.ingest TEXTS --graphs 8 --messages 400`, against a running server.

TEXTS is a folder; every line of its .txt files, and every string of its .json files that reads like a message, is one
text. `MEMOS_URL` and `MEMOS_KEY` name the server and the key. Every graph gets a user with one thread and as many
messages of the user, all appended at once. Printed are the messages a second from the first POST to the last job's end
and what the worker's processes hold in memory (PSS), where they run on this machine.
"""

import argparse
import json
import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil

from memos.demo.player import Player

LETTERS_OF_A_MESSAGE = range(20, 2_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--graphs", type=int, default=8)
    parser.add_argument("--messages", type=int, default=400, help="in each graph")
    arguments = parser.parse_args()
    found = texts(arguments.texts)
    player = Player(os.environ["MEMOS_URL"], os.environ["MEMOS_KEY"])
    threads = [_thread(player) for _ in range(arguments.graphs)]
    bodies = [_messages(found, arguments.messages, start=i * arguments.messages) for i in range(arguments.graphs)]
    began = time.monotonic()
    with ThreadPoolExecutor(arguments.graphs) as pool:
        jobs = list(
            pool.map(lambda pair: player.append(*pair, sent=lambda count: None), zip(threads, bodies, strict=True))
        )
    appended = time.monotonic() - began
    for ids in jobs:
        list(player.finished(ids[-1:]))  # they are done in order: asking for each would be work for the server too
    took = time.monotonic() - began
    ends = [job for ids in jobs for job in player.finished(ids)]
    total = arguments.graphs * arguments.messages
    print(f"{total} messages in {arguments.graphs} graphs: {total / took:.1f} a second ({took:.1f} s)")
    print(f"appending alone: {total / appended:.0f} a second; not done: {sum(job['status'] != 'done' for job in ends)}")
    print("workers:", ", ".join(f"{size} MB" for size in _workers()) or "not on this machine")


def texts(folder: Path) -> list[str]:
    lines = [line for path in sorted(folder.glob("**/*.txt")) for line in path.read_text("utf-8").splitlines()]
    strings = [
        text for path in sorted(folder.glob("**/*.json")) for text in _strings(json.loads(path.read_text("utf-8")))
    ]
    return [text for text in [*lines, *strings] if len(text) in LETTERS_OF_A_MESSAGE and " " in text]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _thread(player: Player) -> str:
    user = player.call("POST", "/v1/users", json={"externalId": f"bench-{uuid.uuid4()}"})
    return player.call("POST", f"/v1/users/{user['id']}/threads", json={})["id"]


def _messages(found: list[str], count: int, start: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": found[(start + i) % len(found)]} for i in range(count)]


def _workers() -> list[int]:
    """The proportional set size of every Celery process, in MB."""
    workers = [process for process in psutil.process_iter(["cmdline"]) if _is_worker(process.info["cmdline"])]
    return [process.memory_full_info().pss // 2**20 for process in workers]


def _is_worker(command: list[str] | None) -> bool:
    return bool(command) and "celery" in " ".join(command) and "worker" in command


if __name__ == "__main__":
    main()
