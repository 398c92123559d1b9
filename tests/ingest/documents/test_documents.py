"""Documents over HTTP: given, listed, read, changed, deleted."""

import json
from typing import Any

import pytest

from graphs.models import Document, Embedding, Entity, Episode, Graph, Memory, Relation, Source
from ingest.documents import services
from ingest.models import IngestJob
from memos.api.problems import Problem
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry
from tests.api.conftest import rows
from tests.conftest import Drain
from tests.endpoints import NUL, SURROGATE
from tests.world import Api, bad_fields, problem

pytestmark = pytest.mark.usefixtures("scripted")
SAID = {"role": "user", "content": "likes tea"}


@pytest.fixture
def group(api: Api) -> dict[str, Any]:
    return api.new_group("acme")


def shown(api: Api, given: dict[str, Any]) -> dict[str, Any]:
    response = api.get(f"/v1/documents/{given['documentId']}")
    assert response.status_code == 200, response.content
    return response.json()


def test_a_document_is_accepted_with_its_job_and_put_on_record(api: Api, user: dict[str, Any]) -> None:
    fields = {"name": "Handbook", "createdAt": "2024-05-01T12:00:00Z", "metadata": {"pageCount": 3}}
    given = api.give(user, "Refunds take five days.", **fields)
    document = shown(api, given)
    assert set(given) == {"jobId", "documentId"}
    job = document.pop("job")
    assert document == {
        "id": given["documentId"],
        "graphId": user["graphId"],
        "type": "text",
        **fields,
        "receivedAt": document["receivedAt"],
        "size": 23,
        "pieces": {"done": 0, "total": None},
        "content": "Refunds take five days.",
    }
    assert job == api.get(f"/v1/jobs/{given['jobId']}").json()
    assert (job["kind"], job["documentId"], job["userId"]) == ("document", given["documentId"], user["id"])
    assert (job["status"], job["messageId"], job["threadId"]) == ("queued", None, None)
    entry = AuditEntry.objects.get(action="document.ingested")
    assert (entry.target_id, entry.detail) == (given["documentId"], {"type": "text", "characters": 23})


VALUES = [
    {"b": [1, 2.5, None, True], "a": {"é": "x\n"}}, "text", 12345678901234567890, 1e300, 0, False, [None], {"": ""}
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_json_comes_back_as_it_was_sent(api: Api, user: dict[str, Any], drain: Drain, value: Any) -> None:
    given = api.give(user, value, "json")
    drain()
    document = shown(api, given)
    assert json.dumps(document["content"]) == json.dumps(value)
    assert (document["job"]["status"], document["pieces"]) == ("done", {"done": 1, "total": 1})


def test_a_json_document_of_blanks_has_no_piece_and_is_done(api: Api, user: dict[str, Any], drain: Drain) -> None:
    given = api.give(user, [" "], "json")
    drain()
    assert (shown(api, given)["job"]["status"], shown(api, given)["pieces"]) == ("done", {"done": 0, "total": 0})


def test_a_message_is_read_as_one_of_a_thread(api: Api, user: dict[str, Any], drain: Drain) -> None:
    said = {**SAID, "createdAt": "2024-05-01T12:00:00Z"}
    given = api.give(user, said, "message", createdAt="2020-01-01T00:00:00Z")
    drain()
    document = shown(api, given)
    assert (document["content"], document["createdAt"]) == (said, "2024-05-01T12:00:00Z")
    [memory] = api.memories(user)
    assert memory["content"] == "Alice likes tea."
    assert memory["sources"] == [{"kind": "document", "id": given["documentId"]}]
    assert memory["messageIds"] == []
    [episode] = Episode.objects.all()
    assert (episode.content, episode.role, episode.speaker) == ("likes tea", "user", "")


def test_a_message_of_somebody_else_is_theirs(
    api: Api, user: dict[str, Any], group: dict[str, Any], drain: Drain
) -> None:
    for owner in (user, group):
        api.give(owner, {**SAID, "name": "Tom"}, "message")
    drain()
    assert [memory.about.name for memory in Memory.objects.all()] == ["Tom", "Tom"]
    [memory] = api.memories(user)
    assert memory["content"] == "Tom likes tea."


@pytest.mark.parametrize("role", ["assistant", "system", "tool"])
def test_what_another_than_the_user_said_states_nothing_and_is_kept(
    api: Api, user: dict[str, Any], drain: Drain, role: str
) -> None:
    given = api.give(user, {**SAID, "role": role}, "message")
    drain()
    assert shown(api, given)["job"]["status"] == "done"
    assert (Memory.objects.count(), Episode.objects.get().role) == (0, role)


def test_a_text_states_of_others_by_name_and_never_of_the_user(
    api: Api, user: dict[str, Any], group: dict[str, Any], drain: Drain
) -> None:
    paragraphs = ["likes milk", "of Tom: works_at Acme", "of Dad: likes tea", "of Tom: wants jokes", "named Bo"]
    for owner in (user, group):
        api.give(owner, "\n\n".join(f"# {number}\n\n{text}" for number, text in enumerate(paragraphs)))
    drain()
    assert [memory.content for memory in Memory.objects.all()] == ["Tom works at Acme."] * 2
    assert set(Memory.objects.values_list("about", flat=True)) == {None}
    assert Relation.objects.filter(subject__name="Tom", object__name="Acme").count() == 2
    assert Entity.objects.get(is_subject=True).name == "Alice"


def test_from_json_nothing_is_stated(api: Api, user: dict[str, Any], drain: Drain) -> None:
    api.give(user, ["likes tea", "of Tom: likes tea"], "json")
    drain()
    assert (Memory.objects.count(), Episode.objects.count()) == (0, 1)


def test_in_a_group_nobody_is_taken_for_the_user(
    api: Api, user: dict[str, Any], group: dict[str, Any], drain: Drain
) -> None:
    api.give(group, SAID, "message")
    api.give(group, "# Tea\n\nlikes tea\n\n# Tom\n\nof Tom: likes tea")
    drain()
    assert [memory.content for memory in Memory.objects.all()] == ["Tom likes tea."]
    block = api.get(f"/v1/users/{user['id']}/context", groups="acme", query="tea").json()["context"]
    assert "Someone: likes tea" in block
    assert "The user" not in block
    assert "User:" not in block


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ("x", {"data"}),
        ({}, {"data.role", "data.content"}),
        ({"role": "nobody", "content": ""}, {"data.role", "data.content"}),
        ({**SAID, "content": NUL}, {"data.content"}),
        ({**SAID, "content": SURROGATE}, {"data.content"}),
        ({**SAID, "name": "x" * 201, "createdAt": "yesterday"}, {"data.name", "data.createdAt"}),
        ({**SAID, "metadata": {}}, {"data.metadata"}),
    ],
)
def test_a_bad_message_is_refused_by_the_names_of_its_fields(
    api: Api, user: dict[str, Any], data: Any, fields: set[str]
) -> None:
    before = rows()
    response = api.post(f"/v1/graphs/{user['graphId']}/ingest", {"type": "message", "data": data})
    assert bad_fields(response) == fields
    assert rows() == before


@pytest.mark.parametrize("data", [None, "", " \n", [], {}, NUL, {"a": [NUL]}, {NUL: 1}, [SURROGATE], {SURROGATE: 1}])
def test_json_that_can_not_be_kept_is_refused(api: Api, user: dict[str, Any], data: Any) -> None:
    before = rows()
    response = api.post(f"/v1/graphs/{user['graphId']}/ingest", {"type": "json", "data": data, "name": 5})
    assert bad_fields(response) == {"data", "name"}
    assert rows() == before


@pytest.mark.parametrize("whose", ["user", "group"])
def test_the_graph_of_somebody_who_was_deleted_meanwhile_is_not_found(
    api: Api, user: dict[str, Any], group: dict[str, Any], whose: str
) -> None:
    graph = Graph.objects.get(kind=whose)
    row = getattr(graph, whose)
    type(row).objects.filter(pk=row.pk).delete()
    caller = Caller.from_command(api.project, "tests")
    with pytest.raises(Problem) as refused:
        services.keep_document(caller=caller, graph=graph, document=services.NewDocument("text", "x"))
    assert (refused.value.status_code, Document.objects.count()) == (404, 0)


def test_documents_are_listed_newest_first_without_their_content(api: Api, user: dict[str, Any]) -> None:
    given = [api.give(user, f"text {number}", name=f"Part {number}")["documentId"] for number in range(3)]
    path = f"/v1/graphs/{user['graphId']}/documents"
    page = api.get(path, limit="2").json()
    assert [one["id"] for one in page["documents"]] == given[:0:-1]
    assert "content" not in page["documents"][0]
    rest = api.get(path, cursor=page["nextCursor"]).json()
    assert ([one["id"] for one in rest["documents"]], rest["nextCursor"]) == (given[:1], None)


def test_its_name_and_metadata_can_be_changed(api: Api, user: dict[str, Any]) -> None:
    given = api.give(user, "text", name="Draft", metadata={"a": 1})
    path = f"/v1/documents/{given['documentId']}"
    assert api.patch(path, {"name": None}).json()["name"] is None
    changed = api.patch(path, {"name": "Final", "metadata": {"b": 2}}).json()
    assert (changed["name"], changed["metadata"], changed["content"]) == ("Final", {"b": 2}, "text")
    assert api.patch(path, {}).json() == changed
    details = AuditEntry.objects.filter(action="document.updated").order_by("pk").values_list("detail", flat=True)
    assert list(details) == [{"fields": ["name"]}, {"fields": ["metadata", "name"]}]
    assert bad_fields(api.patch(path, {"content": "other", "type": "json"})) == {"content", "type"}


def test_what_rests_on_a_document_alone_goes_with_it(api: Api, user: dict[str, Any], drain: Drain) -> None:
    thread = api.new_thread(user)
    api.say(thread, "lives_in Lisbon", "likes tea")
    drain()
    given = api.give(user, {"role": "user", "content": "lives_in Porto\nlikes tea"}, "message")
    drain()
    assert [one["content"] for one in api.memories(user, kind="home")] == ["Alice lives in Porto."]
    assert api.delete(f"/v1/documents/{given['documentId']}").json() == {"deleted": True, "id": given["documentId"]}

    [home] = api.memories(user, kind="home")
    assert (home["content"], home["validTo"]) == ("Alice lives in Lisbon.", None)
    [tea] = api.memories(user, kind="preference")
    assert [source["kind"] for source in tea["sources"]] == ["message"]
    for model in (Document, IngestJob, Memory, Source, Relation, Entity, Embedding, Episode):
        for row in model.objects.all().values():
            assert "Porto" not in str(row), model
    assert IngestJob.objects.filter(kind="document").count() == 0
    problem(api.get(f"/v1/documents/{given['documentId']}"), 404, "NOT_FOUND")
    problem(api.get(f"/v1/jobs/{given['jobId']}"), 404, "NOT_FOUND")
    assert AuditEntry.objects.get(action="document.deleted").target_id == given["documentId"]


def test_a_document_is_recalled_with_its_name_and_leads_back_to_it(
    api: Api, user: dict[str, Any], drain: Drain
) -> None:
    named = api.give(user, "# Refunds\n\nRefunds take five days.", name='The "big" <b>book</b>')
    plain = api.give(user, [{"item": "refund form", "price": 20}], "json")
    drain()
    found = api.post(f"/v1/users/{user['id']}/search", {"query": "refunds", "kinds": ["episode"]}).json()["items"]
    assert {(one["sources"][0]["kind"], one["sources"][0]["id"]) for one in found} == {
        ("document", named["documentId"]),
        ("document", plain["documentId"]),
    }
    for query in ({"query": "refunds"}, {}):
        context = api.get(f"/v1/users/{user['id']}/context", **query).json()
        assert "Document \"The 'big' ‹b>book‹/b>\": Refunds take five days." in context["context"]
        assert "Document: item: refund form; price: 20" in context["context"]
        assert "User:" not in context["context"]
        assert {source["id"] for item in context["items"] for source in item["sources"]} == {
            named["documentId"],
            plain["documentId"],
        }


def test_without_a_question_a_document_stands_with_its_beginning(api: Api, user: dict[str, Any], drain: Drain) -> None:
    text = "\n\n".join(f"# Chapter {number}\n\nThe hero visits town {number}." for number in range(9))
    api.give(user, text)
    drain()
    assert Episode.objects.count() == 9
    block = api.get(f"/v1/users/{user['id']}/context").json()["context"]
    assert "town 0" in block
    assert "town 8" not in block
    assert "town 8" in api.get(f"/v1/users/{user['id']}/context", query="town 8").json()["context"]
