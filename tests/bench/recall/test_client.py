from datetime import UTC, datetime
from typing import Any

import pytest

from bench.recall.client import TRIES, Api, Refused
from bench.recall.corpus import Turn
from bench.recall.errors import BenchError
from bench.recall.ingestion import BATCH_MESSAGES, MOST_CHARACTERS, Ingestion, batches, message
from tests.bench.recall.made import Answer, listening

NOON = datetime(2023, 5, 20, 12, tzinfo=UTC)


def failing(times: int, status: int) -> Any:
    asked: list[str] = []

    def answer(path: str, body: dict[str, Any]) -> Answer:
        asked.append(path)
        return (
            (status, {"code": "RATE_LIMITED", "detail": "Slow down."}) if len(asked) <= times else (200, {"ok": True})
        )

    return asked, answer


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_not_done_is_asked_for_again(status: int) -> None:
    asked, answer = failing(2, status)
    with listening(answer) as url:
        assert Api(url, "key", pause=0.01).post("/v1/users", {}) == {"ok": True}
    assert len(asked) == 3


def test_it_is_not_asked_for_for_ever() -> None:
    asked, answer = failing(100, 503)
    with listening(answer) as url, pytest.raises(Refused, match="503 RATE_LIMITED: Slow down"):
        Api(url, "key", pause=0.001).get("/v1/users")
    assert len(asked) == TRIES


def test_an_error_that_stays_is_told_at_once() -> None:
    asked, answer = failing(100, 404)
    with listening(answer) as url, pytest.raises(Refused, match="GET /v1/jobs/x was answered with 404"):
        Api(url, "key").get("/v1/jobs/x")
    assert len(asked) == 1


def test_a_failed_job_is_told_with_its_reason() -> None:
    def answer(path: str, body: dict[str, Any]) -> Answer:
        if path.startswith("/v1/jobs/"):
            return 200, {"status": "failed", "error": {"code": "GAVE_UP", "detail": "The worker died."}}
        return 200, {"id": "x1", "messages": [{"id": "m"}], "ingested": [{"jobId": "ij_1"}]}

    talk = type("Talk", (), {"id": "talk", "first_name": None, "threads": lambda self: [[Turn("1", "Hello", NOON)]]})()
    with listening(answer) as url, pytest.raises(BenchError, match="ij_1 failed, GAVE_UP: The worker died"):
        Ingestion(Api(url, "key"), patience=5).send(talk, "talk")


def test_a_message_carries_who_said_it_and_when_and_fits_the_api() -> None:
    assert message(Turn("1", "Hi", NOON, name="Ada")) == {
        "role": "user",
        "content": "Hi",
        "createdAt": "2023-05-20T12:00:00Z",
        "name": "Ada",
    }
    long = message(Turn("1", "x\0" * MOST_CHARACTERS + "y", NOON, role="assistant"))
    assert (long["content"], long["role"]) == ("x" * MOST_CHARACTERS, "assistant")
    assert "name" not in long


def test_a_long_thread_goes_in_batches_that_keep_its_order() -> None:
    turns = [Turn(str(number), "hello", NOON) for number in range(2 * BATCH_MESSAGES + 1)]
    cut = list(batches(turns))
    assert [len(batch) for batch in cut] == [BATCH_MESSAGES, BATCH_MESSAGES, 1]
    assert [turn for batch in cut for turn in batch] == turns
    wide = [Turn(str(number), "x" * 600_000, NOON) for number in range(3)]
    assert [len(batch) for batch in batches(wide)] == [2, 1]
