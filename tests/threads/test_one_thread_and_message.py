"""GET and PATCH of /v1/threads/:id and /v1/messages/:id"""

from typing import Any

from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.world import Api, bad_fields
from threads.models import Message


def test_a_thread_is_shown_with_its_message_count(api: Api, user: dict[str, Any]) -> None:
    thread = api.new_thread(user, name="one", metadata={"a_b": 1})
    api.say(thread, "hello", {"role": "assistant", "content": "Hello."})
    assert api.get(f"/v1/threads/{thread['id']}").json() == {**thread, "messageCount": 2}


def test_a_thread_changes_what_was_given_and_nothing_else(api: Api, user: dict[str, Any]) -> None:
    thread = api.new_thread(user, name="one", metadata={"a": 1})
    path = f"/v1/threads/{thread['id']}"
    assert api.patch(path, {"name": "two"}).json() == {**thread, "name": "two", "messageCount": 0}
    assert api.patch(path, {"metadata": {"b": 2}, "name": None}).json()["metadata"] == {"b": 2}
    assert api.get(path).json() == {**thread, "name": None, "metadata": {"b": 2}, "messageCount": 0}
    assert bad_fields(api.patch(path, {"userId": user["id"]})) == {"userId"}
    details = AuditEntry.objects.filter(action="thread.updated", target_id=thread["id"]).order_by("pk")
    assert [entry.detail for entry in details] == [{"fields": ["name"]}, {"fields": ["metadata", "name"]}]


def test_an_empty_change_changes_nothing(api: Api, thread: dict[str, Any]) -> None:
    assert api.patch(f"/v1/threads/{thread['id']}", {}).status_code == 200
    assert not AuditEntry.objects.filter(action="thread.updated").exists()


def test_a_message_is_shown_with_its_job_and_what_rests_on_it(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    appended = api.say(thread, "lives_in Lisbon\nlikes tea", "lives_in Porto")
    drain()
    [first, second] = appended["messages"]
    shown = api.get(f"/v1/messages/{first['id']}").json()
    assert {name: shown[name] for name in first} == first
    assert (shown["threadId"], shown["job"]["id"]) == (thread["id"], appended["ingested"][0]["jobId"])
    assert (shown["job"]["status"], shown["job"]["written"]["memories"]) == ("done", 2)
    assert [one["content"] for one in shown["memories"]] == ["Alice lives in Lisbon.", "Alice likes tea."]
    other = api.get(f"/v1/messages/{second['id']}").json()
    assert [one["content"] for one in other["memories"]] == ["Alice lives in Porto."]


def test_a_message_that_nothing_reads_has_no_job(api: Api, thread: dict[str, Any]) -> None:
    [message] = api.say(thread, {"role": "assistant", "content": "Hello."})["messages"]
    shown = api.get(f"/v1/messages/{message['id']}").json()
    assert (shown["job"], shown["memories"]) == (None, [])


def test_only_the_metadata_of_a_message_can_be_changed(api: Api, thread: dict[str, Any]) -> None:
    [message] = api.say(thread, "hello")["messages"]
    path = f"/v1/messages/{message['id']}"
    assert api.patch(path, {"metadata": {"a": 1}}).json()["metadata"] == {"a": 1}
    assert Message.objects.get().metadata == {"a": 1}
    assert bad_fields(api.patch(path, {"content": "bye", "role": "tool"})) == {"content", "role"}
    assert AuditEntry.objects.get(action="message.updated").detail == {"fields": ["metadata"]}
