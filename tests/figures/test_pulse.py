"""Who is alive tells so, and who is not is not listed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
import redis
from django.conf import LazySettings

from memos import pulse
from memos.valkey import client
from tests.processes import Worker, wait_until


def test_nobody_is_alive_who_did_not_say_so() -> None:
    found = pulse.feel()
    assert (found.workers, found.clock, found.embedder) == ((), None, None)
    assert found.valkey


def test_whoever_tells_no_more_is_forgotten() -> None:
    for name in ("a", "b"):
        pulse.tell_worker(pulse.WorkerPulse(name, "host", 1, "", "0.1.0", 2))
    assert [worker.name for worker in pulse.feel().workers] == ["a", "b"]
    client().delete("memos:alive:a")
    assert [worker.name for worker in pulse.feel().workers] == ["b"]
    assert client().smembers("memos:alive") == {b"b"}
    client().flushdb()


def test_a_worker_of_a_newer_version_may_tell_more() -> None:
    client().sadd("memos:alive", "a")
    client().set(
        "memos:alive:a", '{"name": "a", "host": "h", "pid": 1, "since": "", "version": "9", "processes": 2, "mood": 1}'
    )
    assert [worker.version for worker in pulse.feel().workers] == ["9"]
    client().flushdb()


def test_without_valkey_nobody_knows() -> None:
    with patch.object(pulse, "client", side_effect=redis.ConnectionError):
        assert pulse.feel() == pulse.Pulse()


def test_what_is_wrong_with_the_embedder_is_told(settings: LazySettings) -> None:
    pulse.tell_of_embedder()
    assert pulse.feel().embedder == ""
    client().flushdb()


@pytest.mark.timeout(90)
def test_a_worker_and_its_clock_are_alive_until_they_stop(start_worker: Callable[..., Worker]) -> None:
    worker = start_worker()
    found = wait_until(lambda: (now := pulse.feel()) and now.workers and now.clock and now)
    assert worker.process
    assert found.workers[0].pid == worker.process.pid
    assert datetime.now(UTC) - found.clock < timedelta(seconds=20)
    wait_until(lambda: pulse.feel().workers[0].last_task, seconds=30)
    worker.process.terminate()
    worker.process.wait(20)
    assert pulse.feel().workers == ()
