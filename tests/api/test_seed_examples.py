"""The examples that the API was specified by, request by request and to the letter, with the real extraction.

In an example a number stands for any, `"usr_..."` for whatever begins so, a time for any time in UTC. Every name in it
must be there; more may stand beside it.
"""

import json
import re
from typing import Any

import pytest
from django.test import Client

from graphs.models import Entity, Episode, Graph, Memory, Relation
from ingest import summaries, tasks
from ingest.models import IngestJob
from memos.projects.models import AuditEntry
from tests.conftest import drain_all
from tests.world import Api, World, problem
from threads.models import Message, Thread
from users.models import User

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

CREATE = '{ "externalId": "user_clerk_abc", "email": "alice@acme.com" }'
CREATED = """{
"id": "usr_01...",
"externalId": "user_clerk_abc",
"email": "alice@acme.com",
"firstName": "Alice", "lastName": null,
"graphId": "grph_01...",
"createdAt": "2026-05-17T12:00:00Z"
}"""
LISTED = """{
"users": [
{
"id": "usr_...",
"externalId": "user_clerk_abc",
"email": "alice@acme.com",
"graphId": "grph_...",
"stats": { "threads": 3, "memories": 47 },
"createdAt": "2026-05-17T12:00:00Z"
}
]
}"""
SHOWN = """{
"id": "usr_...",
"externalId": "user_clerk_abc",
"email": "alice@acme.com",
"summary": "...",
"graphId": "grph_...",
"stats": { "threads": 3, "memories": 47, "entities": 23 },
"createdAt": "2026-05-17T12:00:00Z"
}"""
DELETED = '{ "deleted": true, "id": "usr_..." }'
GRAPH = """{
"userId": "usr_...",
"graphId": "grph_...",
"createdAt": "2026-05-17T12:00:00Z",
"stats": { "memories": 47 }
}"""
SUMMARY = """{
"generated": true,
"summary": "...",
"memoryCount": 47
}"""
OPEN = '{ "name": "Onboarding chat" }'
OPENED = """{
"id": "thr_...",
"name": "Onboarding chat",
"userId": "usr_...",
"createdAt": "2026-05-17T12:00:00Z"
}"""
SINGLE = '{ "role": "user", "content": "I prefer dark mode." }'
BATCH = """{
"messages": [
{ "role": "user", "content": "Tell me about my invoices." },
{ "role": "assistant", "content": "You have 3 unpaid invoices..." }
]
}"""
APPENDED = """{
"threadId": "thr_...",
"messages": [
{ "id": "msg_...", "role": "user", "content": "...", "createdAt": "2026-05-17T12:00:00Z" }
],
"ingested": [
{ "messageId": "msg_...", "jobId": "ij_..." }
]
}"""
REPLAYED = """{
"thread": { "id": "thr_...", "name": "Onboarding chat", "userId": "usr_..." },
"messages": [
{ "id": "msg_...", "role": "user", "content": "...", "createdAt": "2026-05-17T12:00:00Z" }
]
}"""

WORK = "I'm a senior platform engineer at Acme. I live in Lisbon with my wife Ana."


def fits(given: Any, example: Any) -> bool:
    """Whether an answer is of the shape of an example."""
    match example:
        case dict():
            return isinstance(given, dict) and all(n in given and fits(given[n], one) for n, one in example.items())
        case list():
            return isinstance(given, list) and bool(given) and all(fits(one, example[0]) for one in given)
        case bool() | None:
            return given is example
        case int():
            return isinstance(given, int) and not isinstance(given, bool)
        case str() if TIME.fullmatch(example):
            return isinstance(given, str) and bool(TIME.fullmatch(given))
        case str() if example.endswith("..."):
            return isinstance(given, str) and given.startswith(example[:-3])
        case _:
            return given == example


class Curl:
    """Sends what a curl sends: a bearer key, a content type, and the body as it stands there."""

    def __init__(self, key: str | None):
        self.headers = {"Authorization": f"Bearer {key}"}
        self.client = Client(raise_request_exception=False)

    def send(self, method: str, path: str, body: str = "", *, status: int = 200) -> Any:
        response = self.client.generic(method, path, body, "application/json", headers=self.headers)
        assert response.status_code == status, response.content
        return response.json()

    def __call__(self, method: str, path: str, body: str = "", *, status: int = 200, fitting: str) -> Any:
        answer = self.send(method, path, body, status=status)
        assert fits(answer, json.loads(fitting)), answer
        return answer


@pytest.fixture
def curl(api: Api) -> Curl:
    assert re.fullmatch(r"mos_live_[A-Za-z0-9]{20,}", api.secret or "")
    return Curl(api.secret)


@pytest.fixture
def alice(curl: Curl) -> str:
    return curl.send("POST", "/v1/users", CREATE, status=201)["id"]


@pytest.fixture
def chat(curl: Curl, alice: str) -> str:
    return curl.send("POST", f"/v1/users/{alice}/threads", OPEN, status=201)["id"]


@pytest.fixture
def remembered(curl: Curl, alice: str, chat: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Alice, of whom the worker has read the conversation; it answers a ring for a summary at once."""
    for body in (SINGLE, BATCH, json.dumps({"role": "user", "content": WORK})):
        curl.send("POST", f"/v1/threads/{chat}/messages", body, status=201)
    drain_all()
    monkeypatch.setattr(tasks, "ring_summary", summaries.summarise)
    return alice


def test_a_user_is_created_with_their_graph(curl: Curl) -> None:
    body = '{ "externalId": "user_clerk_abc", "email": "alice@acme.com", "firstName": "Alice" }'
    made = curl("POST", "/v1/users", body, status=201, fitting=CREATED)
    graph = Graph.objects.get()
    assert (made["graphId"], made["id"]) == (graph.ref, User.objects.get(graph=graph).ref)


def test_the_curl_makes_a_user_without_a_name(curl: Curl) -> None:
    made = curl.send("POST", "/v1/users", CREATE, status=201)
    assert (made["firstName"], made["lastName"]) == (None, None)


def test_whatever_the_request_interface_has_is_taken_and_all_of_it_is_optional(curl: Curl) -> None:
    given = {"externalId": "x", "email": "x@acme.com", "firstName": "A", "lastName": "B", "metadata": {"any": [1]}}
    assert fits(curl.send("POST", "/v1/users", json.dumps(given), status=201), given)
    empty = curl.send("POST", "/v1/users", "{}", status=201)
    assert fits(empty, dict.fromkeys(given.keys() - {"metadata"}))


def test_a_duplicate_external_id_tells_the_existing_id(curl: Curl, alice: str) -> None:
    answer = curl.send("POST", "/v1/users", CREATE, status=409)
    assert (answer["code"], answer["id"]) == ("USER_EXISTS", alice)


def test_users_are_listed_with_thread_and_memory_counts(curl: Curl, remembered: str) -> None:
    [user] = curl("GET", "/v1/users", fitting=LISTED)["users"]
    assert user["stats"] == {"threads": 1, "memories": Memory.objects.holding().count()}
    assert user["stats"]["memories"] >= 3


def test_a_user_is_shown_with_full_stats_and_the_summary(curl: Curl, remembered: str) -> None:
    assert curl.send("GET", f"/v1/users/{remembered}")["summary"] is None
    curl.send("POST", f"/v1/users/{remembered}/summary")
    user = curl("GET", f"/v1/users/{remembered}", fitting=SHOWN)
    assert "senior platform engineer at Acme" in user["summary"].replace("Senior", "senior")
    assert user["stats"]["entities"] == Entity.objects.filter(is_subject=False).count() > 0


def test_deleting_a_user_takes_everything_and_is_audit_logged(curl: Curl, remembered: str, chat: str) -> None:
    graph, job = Graph.objects.get().ref, IngestJob.objects.first().ref
    curl("DELETE", f"/v1/users/{remembered}", fitting=DELETED)
    for path in (
        f"users/{remembered}",
        f"graphs/{graph}",
        f"threads/{chat}",
        f"threads/{chat}/messages",
        f"jobs/{job}",
    ):
        assert curl.send("GET", f"/v1/{path}", status=404)["code"] == "NOT_FOUND"
    for model in (User, Graph, Thread, Message, IngestJob, Memory, Entity, Relation, Episode):
        assert not model._default_manager.exists(), model
    assert AuditEntry.objects.get(action="user.deleted").target_id == remembered


def test_the_graph_of_a_user_is_told(curl: Curl, remembered: str) -> None:
    graph = curl("GET", f"/v1/users/{remembered}/graph", fitting=GRAPH)
    assert (graph["userId"], graph["graphId"]) == (remembered, Graph.objects.get().ref)


@pytest.mark.parametrize("template", ["chat", "agent", "support"])
def test_the_context_is_a_block_to_paste(curl: Curl, remembered: str, template: str) -> None:
    answer = curl.send("GET", f"/v1/users/{remembered}/context?template={template}")
    assert (answer["template"], answer["maxTokens"], answer["groups"]) == (template, 1500, [])
    assert "dark mode" in answer["context"]
    assert "Acme" in answer["context"]


def test_the_context_has_1500_tokens_by_default_and_8000_at_most(curl: Curl, remembered: str) -> None:
    path = f"/v1/users/{remembered}/context"
    assert curl.send("GET", path)["template"] == "chat"
    assert curl.send("GET", f"{path}?maxTokens=8000")["maxTokens"] == 8000
    assert curl.send("GET", f"{path}?maxTokens=8001", status=400)["code"] == "VALIDATION_ERROR"


def test_groups_are_names_with_commas_between_them(curl: Curl, remembered: str) -> None:
    for name, fact in (("acme", "The office closes at six."), ("manual", "Invoices are due in 30 days.")):
        curl.send("POST", "/v1/groups", json.dumps({"name": name}), status=201)
        curl.send("POST", f"/v1/groups/{name}/memories", json.dumps({"content": fact}), status=201)
    block = curl.send("GET", f"/v1/users/{remembered}/context?groups=acme,manual")
    assert block["groups"] == ["acme", "manual"]
    assert "The office closes at six." in block["context"]
    assert "Invoices are due in 30 days." in block["context"]


def test_a_summary_is_made_anew_only_where_something_changed_or_by_force(curl: Curl, remembered: str) -> None:
    first = curl("POST", f"/v1/users/{remembered}/summary", fitting=SUMMARY)
    assert first["memoryCount"] == Memory.objects.holding().count()
    again = curl.send("POST", f"/v1/users/{remembered}/summary")
    assert again == {**first, "generated": False}
    curl("POST", f"/v1/users/{remembered}/summary?force=true", fitting=SUMMARY)


def test_a_thread_is_opened_and_listed_with_its_message_count(curl: Curl, alice: str) -> None:
    thread = curl("POST", f"/v1/users/{alice}/threads", OPEN, status=201, fitting=OPENED)
    curl.send("POST", f"/v1/threads/{thread['id']}/messages", BATCH, status=201)
    [listed] = curl.send("GET", f"/v1/users/{alice}/threads")["threads"]
    assert fits(listed, thread)
    assert listed["messageCount"] == 2


def test_a_single_message_is_appended_and_ingested(curl: Curl, chat: str) -> None:
    answer = curl("POST", f"/v1/threads/{chat}/messages", SINGLE, status=201, fitting=APPENDED)
    assert (answer["threadId"], len(answer["messages"])) == (chat, 1)
    assert answer["messages"][0]["content"] == "I prefer dark mode."
    assert [pair["messageId"] for pair in answer["ingested"]] == [answer["messages"][0]["id"]]


def test_of_a_batch_what_the_user_says_is_ingested(curl: Curl, chat: str) -> None:
    answer = curl.send("POST", f"/v1/threads/{chat}/messages", BATCH, status=201)
    assert [(one["role"], one["content"]) for one in answer["messages"]] == [
        ("user", "Tell me about my invoices."),
        ("assistant", "You have 3 unpaid invoices..."),
    ]
    assert [pair["messageId"] for pair in answer["ingested"]] == [answer["messages"][0]["id"]]


def test_a_message_of_the_user_becomes_a_fact_of_their_graph(curl: Curl, alice: str, chat: str) -> None:
    answer = curl.send("POST", f"/v1/threads/{chat}/messages", SINGLE, status=201)
    drain_all()
    [job] = answer["ingested"]
    assert curl.send("GET", f"/v1/jobs/{job['jobId']}")["status"] == "done"
    [memory] = curl.send("GET", f"/v1/users/{alice}/memories")["memories"]
    assert "dark mode" in memory["content"]
    assert memory["messageIds"] == [job["messageId"]]


@pytest.mark.parametrize("role", ["assistant", "system", "tool"])
def test_what_others_say_is_stored_but_no_fact(curl: Curl, alice: str, chat: str, role: str) -> None:
    body = json.dumps({"role": role, "content": WORK})
    assert curl.send("POST", f"/v1/threads/{chat}/messages", body, status=201)["ingested"] == []
    drain_all()
    assert curl.send("GET", f"/v1/users/{alice}/memories")["memories"] == []
    assert [one["content"] for one in curl.send("GET", f"/v1/threads/{chat}/messages")["messages"]] == [WORK]


def test_a_thread_is_replayed(curl: Curl, alice: str, chat: str) -> None:
    said = [curl.send("POST", f"/v1/threads/{chat}/messages", SINGLE, status=201)["messages"][0] for _ in range(2)]
    replay = curl("GET", f"/v1/threads/{chat}/messages", fitting=REPLAYED)
    assert replay["thread"] == {"id": chat, "name": "Onboarding chat", "userId": alice}
    assert replay["messages"] == said


def test_every_endpoint_is_scoped_to_the_keys_project(world: World, curl: Curl, alice: str, chat: str) -> None:
    for who in (world.twin, world.outsider):
        for path in (f"users/{alice}", f"users/{alice}/graph", f"users/{alice}/context", f"threads/{chat}/messages"):
            problem(who.get(f"/v1/{path}"), 404, "NOT_FOUND")
    problem(Api(None).get(f"/v1/users/{alice}"), 401, "UNAUTHENTICATED")
