"""POST /v1/threads/:id/messages"""

from datetime import UTC, datetime
from typing import Any

import pytest

from graphs.models import Episode
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from tests.processes import at_once
from tests.world import Api, bad_fields
from threads.models import Message, Thread


def test_a_single_message_answers_as_the_contract_says(api: Api, thread: dict[str, Any]) -> None:
    response = api.post(f"/v1/threads/{thread['id']}/messages", {"role": "user", "content": "I prefer dark mode."})
    message, job = Message.objects.get(), IngestJob.objects.get()
    moment = message.created_at.isoformat().replace("+00:00", "Z")
    assert response.status_code == 201
    assert response.json() == {
        "threadId": thread["id"],
        "messages": [
            {
                "id": message.ref,
                "role": "user",
                "content": "I prefer dark mode.",
                "name": None,
                "externalId": None,
                "metadata": {},
                "createdAt": moment,
                "receivedAt": moment,
            }
        ],
        "ingested": [{"messageId": message.ref, "jobId": job.ref}],
    }
    assert message.ref.startswith("msg_")
    assert job.ref.startswith("ij_")


def test_of_a_batch_only_the_users_messages_are_ingested(api: Api, thread: dict[str, Any]) -> None:
    given = [
        {"role": "user", "content": "Tell me about my invoices."},
        {"role": "assistant", "content": "You have 3 unpaid invoices..."},
        {"role": "system", "content": "Be brief."},
        {"role": "tool", "content": "[]"},
        {"role": "user", "content": "Thanks."},
    ]
    body = api.say(thread, *given)
    assert [{"role": one["role"], "content": one["content"]} for one in body["messages"]] == given
    made = [one["id"] for one in body["messages"]]
    assert [one["messageId"] for one in body["ingested"]] == [made[0], made[4]]
    assert IngestJob.objects.count() == 2
    assert Episode.objects.count() == 5


def test_without_a_message_of_the_user_nothing_is_ingested(api: Api, thread: dict[str, Any]) -> None:
    assert api.say(thread, {"role": "assistant", "content": "Hello!"})["ingested"] == []


def test_the_text_is_kept_to_the_letter(api: Api, thread: dict[str, Any]) -> None:
    content = "  two  spaces\r\n\ttab\u2028 \u200fbidi \ufeff 👩‍👩‍👧 é é\n"
    assert api.say(thread, content)["messages"][0]["content"] == content
    assert api.get(f"/v1/threads/{thread['id']}/messages").json()["messages"][0]["content"] == content


def test_a_message_may_say_who_spoke_and_when(api: Api, thread: dict[str, Any]) -> None:
    given = {
        "role": "user",
        "content": "hi",
        "name": "Bob",
        "createdAt": "2023-05-08T13:56:00+02:00",
        "metadata": {"a_b": 1},
    }
    answer = api.say(thread, given)["messages"][0]
    assert (answer["name"], answer["createdAt"], answer["metadata"]) == ("Bob", "2023-05-08T11:56:00Z", {"a_b": 1})
    assert answer["receivedAt"] > "2026"
    assert Message.objects.get().created_at == datetime(2023, 5, 8, 11, 56, tzinfo=UTC)
    assert IngestJob.objects.get().said_at == datetime(2023, 5, 8, 11, 56, tzinfo=UTC)


def test_a_batch_is_kept_all_or_none(api: Api, thread: dict[str, Any]) -> None:
    messages = [{"role": "user", "content": "fine"}, {"role": "robot", "content": ""}, {"content": "x"}]
    response = api.post(f"/v1/threads/{thread['id']}/messages", {"messages": messages})
    assert bad_fields(response) == {"messages[1].role", "messages[1].content", "messages[2].role"}
    assert (Message.objects.count(), Episode.objects.count(), IngestJob.objects.count()) == (0, 0, 0)
    assert Thread.objects.get().message_count == 0


def test_a_thousand_messages_are_taken_and_one_more_is_not(api: Api, thread: dict[str, Any]) -> None:
    messages = [{"role": "assistant", "content": "x"}] * 1001
    assert bad_fields(api.post(f"/v1/threads/{thread['id']}/messages", {"messages": messages})) == {"messages"}
    assert len(api.say(thread, *messages[:1000])["messages"]) == 1000


def test_it_is_audit_logged_with_counts_alone(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, "I have a secret.", {"role": "tool", "content": "x"})
    entry = AuditEntry.objects.get(action="messages.appended")
    assert (entry.target_id, entry.detail) == (thread["id"], {"messages": 2, "jobs": 1})


def test_the_job_carries_the_request_id(api: Api, thread: dict[str, Any]) -> None:
    path = f"/v1/threads/{thread['id']}/messages"
    body = {"role": "user", "content": "hi"}
    response = api.send("POST", path, body, headers={"X-Request-Id": "my-request-7"})
    assert response["X-Request-Id"] == "my-request-7"
    assert IngestJob.objects.get().request_id == "my-request-7"


@pytest.mark.django_db(transaction=True)
def test_concurrent_appends_keep_batches_whole_and_places_dense(api: Api, thread: dict[str, Any]) -> None:
    def append(number: int) -> list[str]:
        return [one["id"] for one in Api(api.secret).say(thread, *[f"{number}.{i}" for i in range(3)])["messages"]]

    answers = at_once(8, append)
    rows = list(Message.objects.order_by("position"))
    assert [row.position for row in rows] == list(range(24))
    batches = [[row.ref for row in rows[i : i + 3]] for i in range(0, 24, 3)]
    assert sorted(batches) == sorted(answers)
    assert Thread.objects.get().message_count == 24
    assert list(Episode.objects.order_by("position").values_list("position", flat=True)) == list(range(24))
    replayed = api.get(f"/v1/threads/{thread['id']}/messages").json()["messages"]
    assert [one["id"] for one in replayed] == [row.ref for row in rows]
