"""A message that is sent again under its externalId is answered with the first one, and appended once."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from graphs.models import Episode
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.processes import at_once
from tests.world import Api, problem
from threads.models import Message, Thread

NOON = "2026-05-17T12:00:00Z"
FIRST = {"role": "user", "content": "I prefer dark mode.", "externalId": "m-1"}


def append(api: Api, thread: dict[str, Any], *messages: dict[str, Any]) -> Any:
    return api.post(f"/v1/threads/{thread['id']}/messages", {"messages": messages})


def kept() -> tuple[int, ...]:
    return (
        Message.objects.count(),
        Episode.objects.count(),
        IngestJob.objects.count(),
        Thread.objects.get().next_episode,
    )


def assert_dense() -> None:
    for rows in (Message.objects.all(), Episode.objects.all()):
        places = list(rows.order_by("position").values_list("position", flat=True))
        assert places == list(range(len(places)))
    assert Thread.objects.get().message_count == Message.objects.count()


@pytest.mark.parametrize("sent", [FIRST, {"messages": [FIRST]}])
def test_it_is_answered_like_the_first_time(api: Api, thread: dict[str, Any], sent: dict[str, Any]) -> None:
    first = api.post(f"/v1/threads/{thread['id']}/messages", FIRST)
    again = api.post(f"/v1/threads/{thread['id']}/messages", sent)
    assert (again.status_code, again.json()) == (201, first.json())
    assert first.json()["messages"][0]["externalId"] == "m-1"
    assert first.json()["ingested"][0]["jobId"] == IngestJob.objects.get().ref
    assert kept() == (1, 1, 1, 1)
    assert AuditEntry.objects.filter(action="messages.appended").count() == 1


def test_it_writes_nothing(api: Api, thread: dict[str, Any]) -> None:
    append(api, thread, FIRST)
    with CaptureQueriesContext(connection) as queries:
        append(api, thread, FIRST)
    assert not any(one["sql"].startswith(("INSERT", "UPDATE")) for one in queries.captured_queries)


def test_its_job_is_named_when_it_is_done_as_well(api: Api, thread: dict[str, Any], drain: Drain) -> None:
    first = append(api, thread, FIRST).json()
    drain()
    assert append(api, thread, FIRST).json() == first


def test_one_that_has_no_job_is_in_no_list_of_jobs(api: Api, thread: dict[str, Any]) -> None:
    said = {**FIRST, "role": "assistant"}
    assert [append(api, thread, said).json()["ingested"] for _ in range(2)] == [[], []]


def test_a_batch_appends_what_is_new_and_answers_each_in_its_place(api: Api, thread: dict[str, Any]) -> None:
    one, two, three = ({"role": "user", "content": f"{n}", "externalId": f"m-{n}"} for n in (1, 2, 3))
    plain = {"role": "user", "content": "2"}
    first = append(api, thread, two).json()
    answer = append(api, thread, one, two, plain, three, one).json()
    shown = [message["content"] for message in answer["messages"]]
    assert shown == ["1", "2", "2", "3", "1"]
    assert answer["messages"][1] == first["messages"][0]
    assert answer["messages"][0] == answer["messages"][4]
    ids = [message["id"] for message in answer["messages"]]
    assert [pair["messageId"] for pair in answer["ingested"]] == ids[:4]
    assert first["ingested"][0] in answer["ingested"]
    replayed = api.get(f"/v1/threads/{thread['id']}/messages").json()["messages"]
    assert [message["content"] for message in replayed] == ["2", "1", "2", "3"]
    assert kept() == (4, 4, 4, 4)
    assert_dense()
    last = AuditEntry.objects.filter(action="messages.appended").latest("id")
    assert last.detail == {"messages": 3, "jobs": 3}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"content": "I prefer light mode."}, "content"),
        ({"content": "I prefer dark mode. "}, "content"),
        ({"role": "assistant"}, "role"),
        ({"name": "Bob"}, "name"),
        ({"createdAt": "2026-05-17T12:00:01Z"}, "createdAt"),
        ({"role": "tool", "content": "x", "name": "Bob"}, "role and content and name"),
    ],
)
def test_other_content_is_a_conflict_that_names_the_first_one_and_the_field(
    api: Api, thread: dict[str, Any], change: dict[str, Any], named: str
) -> None:
    first = append(api, thread, {**FIRST, "createdAt": NOON}).json()["messages"][0]
    response = api.post(f"/v1/threads/{thread['id']}/messages", {**FIRST, **change})
    document = problem(response, 409, "MESSAGE_EXISTS")
    assert document["id"] == first["id"]
    assert document["detail"] == f"A message with externalId 'm-1' exists with another {named}."
    assert kept() == (1, 1, 1, 1)


def test_a_conflict_in_a_batch_names_the_place_and_keeps_nothing_of_it(api: Api, thread: dict[str, Any]) -> None:
    first = append(api, thread, FIRST).json()["messages"][0]
    new = {"role": "user", "content": "new", "externalId": "m-2"}
    document = problem(append(api, thread, new, new, {**FIRST, "content": "x"}), 409, "MESSAGE_EXISTS")
    assert (document["id"], document["detail"].split(":")[0]) == (first["id"], "messages[2]")
    assert kept() == (1, 1, 1, 1)
    append(api, thread, new)
    assert_dense()


def test_twice_the_same_id_with_other_content_in_one_batch_is_a_conflict_with_nobody(
    api: Api, thread: dict[str, Any]
) -> None:
    document = problem(append(api, thread, FIRST, {**FIRST, "content": "x"}), 409, "MESSAGE_EXISTS")
    assert "id" not in document
    assert document["detail"].startswith("messages[1]: ")
    assert kept() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "change", [{"metadata": {"try": 2}}, {"createdAt": None}, {"createdAt": "2026-05-17T14:00:00+02:00"}]
)
def test_what_is_no_content_makes_no_other_message(api: Api, thread: dict[str, Any], change: dict[str, Any]) -> None:
    first = append(api, thread, {**FIRST, "createdAt": NOON}).json()
    assert append(api, thread, {**FIRST, "createdAt": NOON, **change}).json() == first
    assert kept() == (1, 1, 1, 1)


def test_every_thread_has_its_own_ids(api: Api, user: dict[str, Any], thread: dict[str, Any]) -> None:
    other = api.new_thread(user)
    made = {append(api, one, FIRST).json()["messages"][0]["id"] for one in (thread, other)}
    assert len(made) == 2


def test_messages_without_one_may_be_equal(api: Api, thread: dict[str, Any]) -> None:
    plain = {"role": "user", "content": "ok", "externalId": None}
    assert len({one["id"] for one in append(api, thread, plain, plain).json()["messages"]}) == 2


def test_one_that_was_deleted_is_a_new_one(api: Api, thread: dict[str, Any]) -> None:
    first = append(api, thread, FIRST).json()["messages"][0]
    api.delete(f"/v1/messages/{first['id']}")
    assert append(api, thread, FIRST).json()["messages"][0]["id"] != first["id"]


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_one_appends_it_and_all_hear_the_same(api: Api, thread: dict[str, Any]) -> None:
    new = [{"role": "user", "content": f"{n}"} for n in range(50)]
    answers = at_once(50, lambda number: append(Api(api.secret), thread, FIRST, new[number]))
    assert {answer.status_code for answer in answers} == {201}
    assert len({str((answer.json()["messages"][0], answer.json()["ingested"][0])) for answer in answers}) == 1
    assert kept() == (51, 51, 51, 51)
    assert_dense()


@pytest.mark.django_db(transaction=True)
def test_of_two_kinds_at_once_one_is_kept_and_the_other_refused(api: Api, thread: dict[str, Any]) -> None:
    answers = at_once(10, lambda number: append(Api(api.secret), thread, {**FIRST, "content": str(number % 2)}))
    content = Message.objects.get().content
    assert [answer.status_code for answer in answers] == [
        201 if str(number % 2) == content else 409 for number in range(10)
    ]
    assert_dense()
