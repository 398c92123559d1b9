"""`Idempotency-Key`: a POST that is sent again does its work once, and is answered as it was the first time."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Thread as Running
from typing import Any

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from graphs.models import Memory
from ingest import services
from memos.api.models import Answer
from memos.api.tasks import forget_answers
from memos.projects.models import AuditEntry
from tests.api.conftest import request_of, rows, things_of
from tests.conftest import Drain
from tests.endpoints import ENDPOINTS, JSON, Endpoint
from tests.processes import Web, at_once, wait_until
from tests.world import Api, World, bad_fields, problem
from threads.models import Message
from users.models import Summary, User

POSTS = [endpoint for endpoint in ENDPOINTS if endpoint.method == "POST" and endpoint.scope != "read"]
OF_NO_GRAPH = {endpoint.path for endpoint in POSTS if endpoint.path.startswith("/v1/webhooks")}
"""Paths of endpoints that write about no user and no group."""
NOT_KEPT = {"secret": None, "payload": {}}
"""What is shown once, and what stands there when the answer is given again."""


def send(api: Api, path: str, body: Any, key: str = "key-1", media: str = JSON) -> Any:
    return api.send("POST", path, body, headers={"Idempotency-Key": key}, content_type=media)


def test_the_same_key_and_body_replay_the_first_answer(api: Api) -> None:
    first = send(api, "/v1/users", {"firstName": "Alice", "metadata": {"b": 1, "a": 2}})
    again = send(api, "/v1/users", {"metadata": {"a": 2, "b": 1}, "firstName": "Alice"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert User.objects.count() == 1
    assert AuditEntry.objects.filter(action="user.created").count() == 1


def test_without_a_key_each_request_does_its_work(api: Api) -> None:
    assert api.new_user()["id"] != api.new_user()["id"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize("body", [{"firstName": "Bob"}, {"firstName": "Alice", "lastName": "A"}, {}])
def test_another_body_under_the_same_key_is_refused(api: Api, body: dict[str, Any]) -> None:
    send(api, "/v1/users", {"firstName": "Alice"})
    problem(send(api, "/v1/users", body), 409, "IDEMPOTENCY_MISMATCH")
    assert User.objects.count() == 1


def test_another_path_under_the_same_key_is_refused(api: Api, user: dict[str, Any]) -> None:
    send(api, f"/v1/users/{user['id']}/threads", {})
    problem(send(api, "/v1/users", {}), 409, "IDEMPOTENCY_MISMATCH")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb"])
def test_a_key_that_is_none_is_refused_by_name(api: Api, key: str) -> None:
    assert bad_fields(send(api, "/v1/users", {}, key)) == {"Idempotency-Key"}
    assert not User.objects.exists()


def test_what_was_refused_may_be_sent_again_mended(api: Api) -> None:
    assert bad_fields(send(api, "/v1/users", {"email": "nonsense"})) == {"email"}
    assert send(api, "/v1/users", {"email": "alice@acme.com"}).status_code == 201


def test_projects_do_not_share_keys(world: World) -> None:
    answers = [send(who, "/v1/users", {}) for who in (world.owner, world.twin, world.outsider)]
    assert len({answer.json()["id"] for answer in answers}) == 3


def test_a_key_that_was_rotated_finds_the_answer_of_the_one_before(world: World) -> None:
    other = Api(world.owner.secret, world.owner.key)
    assert send(world.owner, "/v1/users", {}).content == send(other, "/v1/users", {}).content


def test_after_a_day_the_key_is_free_again(api: Api) -> None:
    first = send(api, "/v1/users", {})
    Answer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    second = send(api, "/v1/users", {"firstName": "Bob"})
    assert first.json()["id"] != second.json()["id"]


def test_answers_that_are_kept_no_longer_are_deleted(api: Api) -> None:
    send(api, "/v1/users", {}, "old")
    Answer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    send(api, "/v1/users", {}, "new")
    forget_answers()
    assert [answer.key for answer in Answer.objects.all()] == ["new"]


@pytest.mark.parametrize("endpoint", POSTS, ids=str)
def test_every_post_that_writes_does_its_work_once(
    api: Api, drain: Drain, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint
) -> None:
    monkeypatch.setattr(services, "_wait_for_summary", lambda user, asked: Summary(text="Alice.", memory_count=1))
    things = things_of(api)
    api.say({"id": things["thread"]}, "likes tea")
    drain()
    path, body = request_of(api, endpoint, things)
    first = send(api, path, body, media=endpoint.media)
    before = rows()
    again = send(api, path, body, media=endpoint.media)
    assert first.status_code in (200, 201, 202), first.content
    kept = {**first.json(), **{name: value for name, value in NOT_KEPT.items() if name in first.json()}}
    assert (again.status_code, again.json()) == (first.status_code, kept)
    assert again["Idempotency-Replayed"] == "true"
    assert rows() == before
    assert (Answer.objects.get().graph_id is None) == (endpoint.path in OF_NO_GRAPH)


def test_a_failure_in_the_middle_keeps_neither_the_work_nor_the_answer(
    api: Api, thread: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = f"/v1/threads/{thread['id']}/messages", rows()
    with monkeypatch.context() as broken:
        broken.setattr(Answer.objects, "create", _fail)
        problem(send(api, path, {"role": "user", "content": "x"}), 500, "INTERNAL")
    assert rows() == before
    assert send(api, path, {"role": "user", "content": "x"}).status_code == 201


def _fail(**values: Any) -> None:
    raise RuntimeError("the answer can't be written")


def test_the_answer_goes_with_the_user_that_it_speaks_of(api: Api) -> None:
    user = send(api, "/v1/users", {"firstName": "Alice"}, "u").json()
    thread = send(api, f"/v1/users/{user['id']}/threads", {}, "t").json()
    send(api, f"/v1/threads/{thread['id']}/messages", {"role": "user", "content": "x"}, "m")
    send(api, f"/v1/users/{user['id']}/memories", {"content": "x"}, "s")
    send(api, "/v1/users", {}, "other")
    api.delete(f"/v1/users/{user['id']}")
    assert [answer.key for answer in Answer.objects.all()] == ["other"]


def test_a_deleted_message_is_told_by_no_replay_and_not_appended_again(api: Api, thread: dict[str, Any]) -> None:
    path, body = f"/v1/threads/{thread['id']}/messages", {"role": "user", "content": "My PIN is 1234."}
    [said] = send(api, path, body).json()["messages"]
    api.delete(f"/v1/messages/{said['id']}")
    replay = send(api, path, body)
    problem(replay, 404, "NOT_FOUND")
    assert replay["Idempotency-Replayed"] == "true"
    assert not Message.objects.exists()
    assert "1234" not in Answer.objects.get().body


def test_no_replay_tells_a_summary_after_something_was_deleted(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_wait_for_summary", lambda user, asked: Summary(text="Alice.", memory_count=1))
    stated = api.post(f"/v1/users/{user['id']}/memories", {"content": "Alice has a dog."}).json()
    send(api, f"/v1/users/{user['id']}/summary", {})
    api.delete(f"/v1/memories/{stated['id']}")
    problem(send(api, f"/v1/users/{user['id']}/summary", {}), 404, "NOT_FOUND")


def test_no_replay_tells_an_entity_after_something_was_deleted(
    api: Api, thread: dict[str, Any], user: dict[str, Any], drain: Drain
) -> None:
    said = api.say(thread, "likes Vexoria", "likes Vexorian")["messages"]
    drain()
    listed = api.get(f"/v1/graphs/{user['graphId']}/entities").json()["entities"]
    one, other = [each["id"] for each in listed if not each["isSubject"]]
    merge = f"/v1/entities/{one}/merge", {"entityIds": [other]}
    assert send(api, *merge).status_code == 200
    api.delete(f"/v1/messages/{said[0]['id']}")
    problem(send(api, *merge), 404, "NOT_FOUND")
    assert "Vexor" not in Answer.objects.get().body


def test_an_answer_that_is_still_to_come_is_not_kept_once_something_was_deleted(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = api.post(f"/v1/users/{user['id']}/memories", {"content": "Alice has a dog."}).json()

    def made_meanwhile(user: User, asked: Any) -> Summary:
        api.delete(f"/v1/memories/{stated['id']}")
        return Summary(text="Alice has a dog.", memory_count=1)

    monkeypatch.setattr(services, "_wait_for_summary", made_meanwhile)
    assert send(api, f"/v1/users/{user['id']}/summary", {}).status_code == 200
    assert not Answer.objects.exists()


def test_a_summary_that_goes_on_is_in_progress_and_done_again_once_its_process_is_gone(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/users/{user['id']}/summary"
    monkeypatch.setattr(services, "_wait_for_summary", lambda user, asked: Summary(text="Alice.", memory_count=1))
    assert send(api, path, {}).json()["generated"] is True
    Answer.objects.update(status=None, body="")
    problem(send(api, path, {}), 409, "IDEMPOTENCY_IN_PROGRESS")
    Answer.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert send(api, path, {}).json()["generated"] is True


def test_a_summary_that_was_not_ready_may_be_asked_for_again(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SUMMARY_WAIT_SECONDS", 0.0)
    path = f"/v1/users/{user['id']}/summary"
    problem(send(api, path, {}), 503, "SUMMARY_PENDING")
    problem(send(api, path, {}), 503, "SUMMARY_PENDING")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect_across_web_processes(start_web: Callable[..., Web], world: World) -> None:
    user = world.owner.new_user()
    thread = world.owner.new_thread(user)
    server = start_web(workers=2)
    url = f"{server.url}/v1/threads/{thread['id']}/messages"
    answers = at_once(50, lambda number: _post(url, world.owner, {"role": "user", "content": "once"}))
    told = Counter(_told(answer) for answer in answers)
    assert told["done"] == 1
    assert set(told) <= {"done", "replayed", "IDEMPOTENCY_IN_PROGRESS"}
    assert Message.objects.count() == 1
    good = {answer.content for answer in answers if answer.is_success}
    assert good == {_post(url, world.owner, {"role": "user", "content": "once"}).content}


def _post(url: str, api: Api, body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {api.secret}", "Idempotency-Key": "key-1"}
    return httpx.post(url, json=body, headers=headers, timeout=60)


def _told(answer: httpx.Response) -> str:
    if not answer.is_success:
        return answer.json()["code"]
    return "replayed" if "Idempotency-Replayed" in answer.headers else "done"


@pytest.mark.django_db(transaction=True)
def test_a_kill_between_the_work_and_its_answer_leaves_neither(start_web: Callable[..., Web], world: World) -> None:
    user = world.owner.new_user()
    doomed = start_web(HOLD_AT="answer")
    path, body = f"/v1/users/{user['id']}/memories", {"content": "Alice likes tea."}
    Running(target=_post_in_vain, args=(doomed.url + path, world.owner, body), daemon=True).start()
    wait_until(_a_key_is_held)
    problem(send(world.owner, path, body), 409, "IDEMPOTENCY_IN_PROGRESS")
    doomed.kill()
    wait_until(lambda: send(world.owner, path, body).status_code == 201)
    assert Memory.objects.count() == 1
    assert Answer.objects.get().status == 201


def _post_in_vain(url: str, api: Api, body: Any) -> None:
    with pytest.raises(httpx.TransportError):
        _post(url, api, body)


def _a_key_is_held() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return bool(cursor.fetchone()[0])
