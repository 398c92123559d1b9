"""What exporting and importing a user costs: ``python -m memos.embedded exec -- python -m bench.transfer``.

A user gets ``--messages`` messages, those of the conversations of ``bench/cases/fit`` over and over, each time some
months later, which the real extractor reads. Export and import then run in processes of their own, through the whole of
the HTTP stack; told are their time and what they hold in memory at most. At last ``--questions`` are asked of the user
before and after: how many blocks are the same. It works in a database of its own.
"""

import argparse
import gzip
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.conversations import read_folder  # noqa: E402
from bench.ingested import own_database  # noqa: E402
from bench.shapes import Conversation  # noqa: E402
from graphs.models import Embedding, Memory  # noqa: E402
from ingest import pipeline  # noqa: E402
from ingest.services import NewMessage, append_messages  # noqa: E402
from memos.projects import services  # noqa: E402
from memos.projects.audit import Caller  # noqa: E402
from memos.projects.models import Scope  # noqa: E402
from threads.services import create_thread  # noqa: E402
from users.models import User  # noqa: E402
from users.services import create_user  # noqa: E402

CASES = Path(__file__).parent / "cases" / "fit"
MONTHS_LATER = timedelta(days=150)
MEDIA = "application/x-ndjson"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--as", dest="part", choices=["export", "import"], help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(_export(*options.paths) if options.part == "export" else _import(*options.paths)))
        return
    with own_database(), tempfile.TemporaryDirectory() as folder:
        _measure(options.messages, options.questions, Path(folder) / "user.jsonl")


def _measure(messages: int, questions: int, path: Path) -> None:
    source, target = (_caller(name) for name in ("bench.transfer", "bench.transfer target"))
    key, target_key = _key(source), _key(target)
    cases = read_folder(CASES)
    started = time.monotonic()
    user = _remember(source, cases, messages)
    counts = f"{Memory.objects.count()} memories, {Embedding.objects.count()} vectors"
    print(f"{messages} messages read in {time.monotonic() - started:.0f} s: {counts}")
    told = _in_a_process("export", key, f"/v1/users/{user.ref}/export", str(path))
    size = path.stat().st_size
    print(f"export: {_told(told)}, {size / 2**20:.1f} MiB, packed {_packed(path) / 2**20:.1f} MiB")
    bare = path.with_suffix(".bare")
    told = _in_a_process("export", key, f"/v1/users/{user.ref}/export?vectors=false", str(bare))
    size = bare.stat().st_size
    print(f"without vectors: {_told(told)}, {size / 2**20:.1f} MiB, packed {_packed(bare) / 2**20:.1f} MiB")
    told = _in_a_process("import", target_key, str(path))
    print(f"import: {_told(told)}, {sum(told['imported'].values())} rows")
    asked = list(itertools.islice(_questions(cases), questions))
    before, after = (_blocks(*where, asked) for where in ((key, user.ref), (target_key, told["id"])))
    same = sum(one == other for one, other in zip(before, after, strict=True))
    print(f"blocks that are the same: {same} of {len(asked)}")


def _caller(name: str) -> Caller:
    return Caller.from_command(services.create_project(name=name), "bench.transfer")


def _key(caller: Caller) -> str:
    return services.create_key(caller=caller, name="bench", scopes=list(Scope.values)).secret


def _remember(caller: Caller, cases: list[Conversation], messages: int) -> User:
    user = create_user(caller=caller, first_name="Ada")
    for conversation in _conversations(cases, messages):
        append_messages(caller=caller, thread=create_thread(caller=caller, user=user), messages=conversation)
    while pipeline.run(user.graph_id):
        pass
    return user


def _conversations(cases: list[Conversation], left: int) -> Iterator[list[NewMessage]]:
    for round_ in itertools.count():
        for case in cases:
            later = round_ * MONTHS_LATER
            new = [
                NewMessage(one.role, one.text, name=one.speaker, created_at=one.said_at + later)
                for one in case.messages[:left]
            ]
            left -= len(new)
            yield new
            if not left:
                return


def _questions(cases: list[Conversation]) -> Iterator[str]:
    """What the cases ask, and then what they tell."""
    yield from dict.fromkeys(ask.question for case in cases for ask in case.asks)
    yield from (message.text for case in cases[::3] for message in case.messages[:1])


def _blocks(key: str, user: str, questions: list[str]) -> list[Any]:
    client = Client(headers={"Authorization": f"Bearer {key}"})
    answers = [client.get(f"/v1/users/{user}/context", {"query": question[:2000]}).json() for question in questions]
    return [(one["context"], [(item["kind"], item["score"]) for item in one["items"]]) for one in answers]


def _packed(path: Path) -> int:
    with path.open("rb") as file, tempfile.TemporaryFile() as packed:
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6) as into:
            while chunk := file.read(2**20):
                into.write(chunk)
        return packed.tell()


def _told(told: dict[str, Any]) -> str:
    held = f"{told['before'] / 1024:.0f} MiB before, at most {told['peak'] / 1024:.0f} MiB"
    return f"{told['seconds']:.1f} s, {held}"


def _in_a_process(part: str, key: str, *paths: str) -> dict[str, Any]:
    database = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "-m", "bench.transfer", "--as", part, *paths]
    environment = os.environ | {"DATABASE_URL": database, "BENCH_KEY": key, "ALLOWED_HOSTS": "*"}
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(told)


def _export(url: str, path: str) -> dict[str, Any]:
    client = _warm_client()
    before, started = _memory("VmRSS"), time.monotonic()
    response: Any = client.get(url)
    with Path(path).open("wb") as file:
        file.writelines(response.streaming_content)
    response.close()
    return {"seconds": time.monotonic() - started, "before": before, "peak": _memory("VmHWM")}


def _import(path: str) -> dict[str, Any]:
    """The body is read from the file, as a server reads it from the socket."""
    client = _warm_client()
    before, started = _memory("VmRSS"), time.monotonic()
    with Path(path).open("rb") as file:
        sent = {"REQUEST_METHOD": "POST", "PATH_INFO": "/v1/users/import", "CONTENT_TYPE": MEDIA, "wsgi.input": file}
        answer = client.request(**sent, CONTENT_LENGTH=str(Path(path).stat().st_size)).json()
    took = {"seconds": time.monotonic() - started, "before": before, "peak": _memory("VmHWM")}
    return took | {"imported": answer["imported"], "id": answer["id"]}


def _warm_client() -> Client:
    """One that has served a request: what a server loads at its first is not counted."""
    client = Client(headers={"Authorization": f"Bearer {os.environ['BENCH_KEY']}"})
    client.get("/v1/users")
    return client


def _memory(name: str) -> int:
    """KiB, as Linux counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


if __name__ == "__main__":
    main()
