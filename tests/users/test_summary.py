"""POST /v1/users/:id/summary"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ingest import services, summaries, sweep, tasks
from tests.conftest import Drain
from tests.world import Api, bad_fields, problem
from users.models import Summary, User


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A worker that answers each ring for a summary at once; lists the users it was rung for."""
    rung: list[Any] = []

    def work(user_id: Any) -> None:
        rung.append(user_id)
        summaries.summarise(user_id)

    monkeypatch.setattr(tasks, "ring_summary", work)
    return rung


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> dict[str, Any]:
    api.say(thread, "lives_in Lisbon", "works_at Acme")
    drain()
    return user


def test_it_generates_a_summary(api: Api, told: dict[str, Any], working: list[Any]) -> None:
    response = api.post(f"/v1/users/{told['id']}/summary")
    assert response.status_code == 200
    assert response.json() == {
        "generated": True,
        "summary": "Works at Acme. Lives in Lisbon.",
        "memoryCount": 2,
    }


def test_nothing_is_computed_when_nothing_changed(api: Api, told: dict[str, Any], working: list[Any]) -> None:
    first = api.post(f"/v1/users/{told['id']}/summary").json()
    second = api.post(f"/v1/users/{told['id']}/summary").json()
    assert second == {**first, "generated": False}
    assert len(working) == 1


def test_force_makes_it_anew(api: Api, told: dict[str, Any], working: list[Any]) -> None:
    first = api.post(f"/v1/users/{told['id']}/summary").json()
    assert api.post(f"/v1/users/{told['id']}/summary", force="true").json() == first
    assert len(working) == 2


def test_force_false_is_as_if_it_were_not_given(api: Api, told: dict[str, Any], working: list[Any]) -> None:
    api.post(f"/v1/users/{told['id']}/summary", force="false")
    assert api.post(f"/v1/users/{told['id']}/summary", force="false").json()["generated"] is False


def test_a_change_makes_it_stale(
    api: Api, told: dict[str, Any], thread: dict[str, Any], working: list[Any], drain: Drain
) -> None:
    api.post(f"/v1/users/{told['id']}/summary")
    api.say(thread, "lives_in Leeds")
    drain()
    assert api.post(f"/v1/users/{told['id']}/summary").json() == {
        "generated": True,
        "summary": "Works at Acme. Lives in Leeds.",
        "memoryCount": 2,
    }


def test_of_a_user_without_memories_there_is_an_empty_summary(
    api: Api, user: dict[str, Any], working: list[Any]
) -> None:
    assert api.post(f"/v1/users/{user['id']}/summary").json() == {
        "generated": True,
        "summary": "",
        "memoryCount": 0,
    }
    assert api.post(f"/v1/users/{user['id']}/summary").json()["generated"] is False


def test_without_a_worker_it_is_pending_and_the_sweeper_rings_again(
    api: Api, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SUMMARY_WAIT_SECONDS", 0.2)
    response = api.post(f"/v1/users/{told['id']}/summary")
    problem(response, 503, "SUMMARY_PENDING")
    assert int(response["Retry-After"]) > 0
    assert sweep.waiting_summaries() == [User.objects.get().pk]
    summaries.summarise(User.objects.get().pk)
    assert sweep.waiting_summaries() == []
    assert api.post(f"/v1/users/{told['id']}/summary").json()["generated"] is False


def test_what_changes_while_it_is_made_leaves_it_stale(
    api: Api,
    told: dict[str, Any],
    thread: dict[str, Any],
    drain: Drain,
    working: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compose = summaries.compose

    def compose_while_told(graph: Any) -> Any:
        found = compose(graph)
        api.say(thread, "likes tea")
        drain()
        return found

    monkeypatch.setattr(summaries, "compose", compose_while_told)
    summaries.summarise(User.objects.get().pk)
    monkeypatch.setattr(summaries, "compose", compose)
    assert api.post(f"/v1/users/{told['id']}/summary").json()["generated"] is True


def test_one_that_was_made_before_it_was_asked_for_does_not_answer(
    api: Api, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SUMMARY_WAIT_SECONDS", 0.2)
    summaries.summarise(User.objects.get().pk)
    Summary.objects.update(generated_at=timezone.now() - timedelta(hours=1))
    problem(api.post(f"/v1/users/{told['id']}/summary", force="true"), 503, "SUMMARY_PENDING")


def test_force_is_a_boolean(api: Api, told: dict[str, Any]) -> None:
    assert bad_fields(api.post(f"/v1/users/{told['id']}/summary", force="perhaps")) == {"force"}
