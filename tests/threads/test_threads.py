"""POST and GET /v1/users/:id/threads"""

from typing import Any

from memos.projects.models import AuditEntry
from tests.world import Api
from threads.models import Thread


def test_a_thread_is_created_as_the_contract_says(api: Api, user: dict[str, Any]) -> None:
    response = api.post(f"/v1/users/{user['id']}/threads", {"name": "Onboarding chat"})
    thread = Thread.objects.get()
    assert response.status_code == 201
    assert response.json() == {
        "id": thread.ref,
        "name": "Onboarding chat",
        "userId": user["id"],
        "metadata": {},
        "createdAt": thread.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert thread.ref.startswith("thr_")
    assert AuditEntry.objects.get(action="thread.created").target_id == thread.ref


def test_name_and_metadata_are_optional(api: Api, user: dict[str, Any]) -> None:
    plain = api.new_thread(user)
    assert (plain["name"], plain["metadata"]) == (None, {})
    assert api.new_thread(user, name=None, metadata={"a_b": 1})["metadata"] == {"a_b": 1}


def test_they_are_listed_with_message_counts_newest_first(api: Api, user: dict[str, Any]) -> None:
    first, second = api.new_thread(user, name="one"), api.new_thread(user)
    api.say(first, "hello", {"role": "assistant", "content": "Hello."})
    api.say(first, "bye")
    assert api.get(f"/v1/users/{user['id']}/threads").json() == {
        "threads": [{**second, "messageCount": 0}, {**first, "messageCount": 3}],
        "nextCursor": None,
    }


def test_only_the_users_own_are_listed(api: Api, user: dict[str, Any]) -> None:
    api.new_thread(api.new_user())
    assert api.get(f"/v1/users/{user['id']}/threads").json() == {"threads": [], "nextCursor": None}


def test_pages_are_stable_while_threads_are_added(api: Api, user: dict[str, Any]) -> None:
    made = [api.new_thread(user)["id"] for _ in range(3)]
    first = api.get(f"/v1/users/{user['id']}/threads", limit=2).json()
    api.new_thread(user)
    second = api.get(f"/v1/users/{user['id']}/threads", limit=2, cursor=first["nextCursor"]).json()
    assert [one["id"] for page in (first, second) for one in page["threads"]] == made[::-1]
    assert second["nextCursor"] is None
