"""GET /v1/threads/:id/messages"""

from typing import Any

from tests.world import Api, bad_fields


def test_it_replays_a_thread_in_the_order_of_arrival(api: Api, thread: dict[str, Any]) -> None:
    late = {"role": "user", "content": "second", "createdAt": "2020-01-01T00:00:00Z"}
    appended = api.say(thread, "first", late)["messages"] + api.say(thread, "third")["messages"]
    assert api.get(f"/v1/threads/{thread['id']}/messages").json() == {
        "thread": {"id": thread["id"], "name": "Onboarding chat", "userId": thread["userId"]},
        "messages": appended,
        "nextCursor": None,
    }


def test_an_empty_thread_has_no_messages(api: Api, thread: dict[str, Any]) -> None:
    body = api.get(f"/v1/threads/{thread['id']}/messages").json()
    assert (body["messages"], body["nextCursor"]) == ([], None)


def test_pages_go_on_where_the_last_one_ended_while_messages_arrive(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, *map(str, range(5)))
    first = _page(api, thread, limit=2)
    api.say(thread, "5")
    second = _page(api, thread, limit=3, cursor=first["nextCursor"])
    third = _page(api, thread, limit=3, cursor=second["nextCursor"])
    assert [_texts(page) for page in (first, second, third)] == [["0", "1"], ["2", "3", "4"], ["5"]]
    assert third["nextCursor"] is None


def test_it_can_be_read_backwards(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, *map(str, range(3)))
    first = _page(api, thread, limit=2, order="desc")
    assert _texts(first) == ["2", "1"]
    assert _texts(_page(api, thread, limit=2, order="desc", cursor=first["nextCursor"])) == ["0"]


def test_the_limit_is_a_thousand(api: Api, thread: dict[str, Any]) -> None:
    assert bad_fields(api.get(f"/v1/threads/{thread['id']}/messages", limit=1001)) == {"limit"}
    assert api.get(f"/v1/threads/{thread['id']}/messages", limit=1000).status_code == 200


def test_a_cursor_of_another_list_is_refused(api: Api, thread: dict[str, Any]) -> None:
    api.new_user()
    cursor = api.get("/v1/users", limit=1).json()["nextCursor"]
    assert bad_fields(api.get(f"/v1/threads/{thread['id']}/messages", cursor=cursor)) == {"cursor"}


def _page(api: Api, thread: dict[str, Any], **query: Any) -> dict[str, Any]:
    return api.get(f"/v1/threads/{thread['id']}/messages", **query).json()


def _texts(page: dict[str, Any]) -> list[str]:
    return [message["content"] for message in page["messages"]]
