"""A whole run against a server with a worker, and what is left when it is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from bench.recall.__main__ import main
from graphs.models import Graph
from ingest import pipeline
from ingest.models import IngestJob
from tests.bench.recall.made import lines, locomo, longmemeval, written
from tests.processes import Worker, wait_until
from tests.scripted import Scripted
from tests.world import Api

pytestmark = pytest.mark.django_db(transaction=True)

Start = Callable[..., Worker]


@pytest.fixture
def worker(transactional_db: None, scripted: Scripted) -> Iterator[None]:
    """All that waits is done beside the test, in a thread: a worker's process takes seconds to come up."""
    over = Event()

    def work() -> None:
        while not over.wait(0.05):
            for graph_id in Graph.objects.values_list("pk", flat=True):
                pipeline.run(graph_id)
        connection.close()

    thread = Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def server(live_server: LiveServer, api: Api, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a Memos that a run finds named in its environment."""
    monkeypatch.setenv("MEMOS_URL", live_server.url)
    monkeypatch.setenv("MEMOS_KEY", str(api.secret))
    monkeypatch.delenv("MEMOS_LLM_BASE_URL", raising=False)
    monkeypatch.delenv("MEMOS_LLM_MODEL", raising=False)
    return live_server.url


def users(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/v1/users").json()["users"]
    return found


def started(*arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.recall", *map(str, arguments)]
    return subprocess.Popen(command, env=os.environ.copy(), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> None:
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_run_tells_asks_and_prints_the_table(
    server: str, worker: None, api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(tmp_path / "locomo.json", locomo("garden", "field"))
    out = tmp_path / "out"
    assert main(["run", str(data), "--out", str(out)]) == 0
    table = capsys.readouterr().out
    assert "| all | 6 | memos | 1.000 [1.000, 1.000] |" in table
    assert "| all | 6 | bm25 | " in table
    assert "| adversarial | 2 | memos | " in table
    assert "16 in " in table
    rows = lines(out / "memos.jsonl")
    assert [row["question"] for row in rows] == [f"{name}#{n}" for name in ("garden", "field") for n in range(4)]
    assert "pear tree" in rows[0]["block"]
    assert rows[0]["context_seconds@500"] > 0 < rows[0]["search_seconds"]
    [thread] = api.get(f"/v1/users/{users(api)[0]['id']}/threads").json()["threads"]
    first = api.get(f"/v1/threads/{thread['id']}/messages").json()["messages"][0]
    assert (first["role"], first["name"], first["createdAt"]) == ("user", "Ada", "2023-05-08T13:56:00Z")


def test_a_finished_run_prints_its_table_without_the_server(
    server: str,
    worker: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["run", str(written(tmp_path / "l.json", locomo("garden"))), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    first = capsys.readouterr().out
    monkeypatch.delenv("MEMOS_URL")
    assert main(arguments) == 0
    assert capsys.readouterr().out == first


def test_each_chat_of_longmemeval_is_a_thread_and_what_the_assistant_said_is_recalled(
    server: str, worker: None, api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(tmp_path / "longmemeval_s.json", longmemeval())
    assert main(["run", str(data), "--out", str(tmp_path / "out"), "--systems", "memos"]) == 0
    assert "| single-session-assistant | 1 | memos | 1.000 [1.000, 1.000] |" in capsys.readouterr().out
    assert [user["stats"]["threads"] for user in users(api)] == [2, 2]
    scored, left_out = lines(tmp_path / "out" / "memos.jsonl")
    assert "Skylark" in scored["block"]
    assert "recall@10" not in left_out


def test_a_run_that_is_killed_while_it_tells_begins_that_conversation_anew(
    server: str, start_worker: Start, api: Api, tmp_path: Path
) -> None:
    data, out = written(tmp_path / "locomo.json", locomo("garden", "field")), tmp_path / "out"
    arguments = ["run", data, "--out", out, "--systems", "memos", "--parallel", "1"]
    first = started(*arguments)  # without a worker it waits for ever behind what it has sent
    wait_until(lambda: IngestJob.objects.count() == 8)
    kill(first)
    [half] = users(api)
    assert not (out / "told.jsonl").exists()
    assert len(lines(out / "begun.jsonl")) == 1

    start_worker()
    assert started(*arguments).wait(timeout=100) == 0
    assert len(users(api)) == 2
    assert half["id"] not in {user["id"] for user in users(api)}
    assert IngestJob.objects.count() == 16
    assert len(lines(out / "memos.jsonl")) == 8


def test_a_run_that_is_killed_while_it_asks_goes_on_where_it_stopped(
    server: str, start_worker: Start, api: Api, tmp_path: Path
) -> None:
    start_worker()
    entries = locomo("garden", "field")
    for entry in entries:
        entry["qa"] *= 4
    data, out = written(tmp_path / "locomo.json", entries), tmp_path / "out"
    arguments = ["run", data, "--out", out, "--systems", "memos"]
    first = started(*arguments)
    wait_until(
        lambda: len((out / "memos.jsonl").read_bytes().splitlines()) > 2 if (out / "memos.jsonl").exists() else 0
    )
    kill(first)
    told, before = (out / "told.jsonl").read_bytes(), (out / "memos.jsonl").read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    assert 2 < whole.count(b"\n") < 32

    assert started(*arguments).wait(timeout=100) == 0
    assert (out / "told.jsonl").read_bytes() == told
    assert (out / "memos.jsonl").read_bytes().startswith(whole)
    asked = [row["question"] for row in lines(out / "memos.jsonl")]
    assert len(asked) == len(set(asked)) == 32
    assert len(users(api)) == 2


def test_another_server_is_refused_for_a_run_that_was_begun(
    server: str,
    worker: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["run", str(written(tmp_path / "l.json", locomo("garden"))), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    (tmp_path / "out" / "memos.jsonl").unlink()
    monkeypatch.setenv("MEMOS_URL", "http://127.0.0.1:1")
    assert main(arguments) == 2
    assert f"url was {server} and is http://127.0.0.1:1 now" in capsys.readouterr().err


def test_a_job_that_does_not_end_or_fails_ends_the_run_in_a_sentence(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(tmp_path / "locomo.json", locomo("garden"))
    arguments = ["run", str(data), "--out", str(tmp_path / "out"), "--systems", "memos", "--patience", "0.5"]
    assert main(arguments) == 2
    assert "has not ended for 0 s: does a worker of this Memos run?" in capsys.readouterr().err


def test_what_was_forgotten_is_told_anew_where_questions_are_left(
    server: str, worker: None, api: Api, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    data = written(tmp_path / "locomo.json", locomo("garden", "field"))
    arguments = ["run", str(data), "--out", str(out), "--systems", "memos"]
    assert main(arguments) == 0
    assert main(["forget", str(out)]) == 0
    assert users(api) == []
    whole = (out / "memos.jsonl").read_text().splitlines(keepends=True)
    (out / "memos.jsonl").write_text("".join(whole[:6]))
    assert main(arguments) == 0
    assert len(users(api)) == 1
    again = lines(out / "memos.jsonl")
    assert [row["question"] for row in again][6:] == ["field#2", "field#3"]
    assert [row["evidence@500"] for row in again][6:] == [1.0, 1.0]


def test_what_a_run_made_can_be_forgotten_even_of_one_that_stopped_halfway(
    server: str, api: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    api.new_user(externalId="somebody else")
    data = written(tmp_path / "locomo.json", locomo("garden", "field"))
    arguments = ["run", str(data), "--out", str(tmp_path / "out"), "--systems", "memos", "--parallel", "1"]
    assert main([*arguments, "--patience", "0.1"]) == 2
    assert Graph.objects.count() == 2
    capsys.readouterr()
    assert main(["forget", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == "users deleted: 1\n"
    assert [user["externalId"] for user in users(api)] == ["somebody else"]
