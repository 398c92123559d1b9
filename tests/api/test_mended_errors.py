"""Refusals and answers of the API that once were wrong."""

from typing import Any
from urllib.parse import urlencode

import pytest

from graphs.models import Memory, MemoryRevision
from ingest import services, tasks
from memos.api.problems import Problem
from memos.projects.audit import Caller
from tests.api.conftest import rows
from tests.conftest import Drain
from tests.world import Api, bad_fields, problem
from threads.models import Thread
from users.models import User

BLANK = [" ", "\t\n", "\u2003\u00a0"]


@pytest.mark.parametrize("blank", BLANK, ids=ascii)
@pytest.mark.parametrize(
    ("path", "name", "body"),
    [
        ("/v1/users", "externalId", {}),
        ("/v1/users", "firstName", {}),
        ("/v1/users", "lastName", {}),
        ("/v1/users/{user}/threads", "name", {}),
        ("/v1/groups", "name", {}),
        ("/v1/groups/{group}/memories", "content", {}),
        ("/v1/threads/{thread}/messages", "content", {"role": "user"}),
        ("/v1/threads/{thread}/messages", "name", {"role": "user", "content": "Hello."}),
        ("/v1/users/{user}/search", "query", {}),
    ],
)
def test_a_text_of_blanks_is_refused_by_name(
    api: Api, things: dict[str, str], path: str, name: str, body: dict[str, str], blank: str
) -> None:
    before = rows()
    assert bad_fields(api.post(path.format(**things), {**body, name: blank})) == {name}
    assert rows() == before


def test_of_very_many_names_the_one_that_stands_twice_is_found(api: Api) -> None:
    names = ", ".join(f'"name{number}": 1' for number in range(20_000))
    document = problem(api.send("POST", "/v1/users", f'{{{names}, "name7": 2}}'.encode()), 400, "MALFORMED_JSON")
    assert "'name7' stands twice" in document["detail"]


@pytest.mark.parametrize("path", ["/v1/users", "/v1/users/{user}/memories", "/v1/users/{user}/context"])
def test_more_query_parameters_than_can_be_meant_are_a_bad_request(api: Api, things: dict[str, str], path: str) -> None:
    given = urlencode([(f"p{number}", "1") for number in range(1001)])
    problem(api.send("GET", f"{path.format(**things)}?{given}"), 400, "VALIDATION_ERROR")


@pytest.mark.parametrize("path", ["/v1/users", "/v1/groups", "/v1/threads/{thread}/messages"])
def test_fields_that_are_called_as_those_of_an_error_are_named(api: Api, things: dict[str, str], path: str) -> None:
    assert {"message", "code"} <= bad_fields(api.post(path.format(**things), {"message": 1, "code": 2}))


def test_such_fields_are_named_in_a_batch_too(api: Api, things: dict[str, str]) -> None:
    body = {"messages": [{"role": "user", "content": "x", "message": 1, "code": 2}]}
    named = bad_fields(api.post(f"/v1/threads/{things['thread']}/messages", body))
    assert named == {"messages[0].message", "messages[0].code"}


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> dict[str, Any]:
    api.new_group("acme")
    api.state("acme", "The tea is in the kitchen.")
    api.say(thread, "likes tea", "Is there tea in the kitchen?")
    drain()
    return user


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ({"kinds": ["episode"]}, {"kinds": ["episode"] * 4}),
        ({"kinds": ["memory", "episode"]}, {"kinds": ["memory", "episode", "memory"]}),
        ({"groups": ["acme"]}, {"groups": ["acme"] * 3}),
    ],
)
def test_what_is_named_twice_in_a_search_is_found_once(
    api: Api, told: dict[str, Any], once: dict[str, Any], twice: dict[str, Any]
) -> None:
    path = f"/v1/users/{told['id']}/search"
    items = api.post(path, {"query": "tea", **twice}).json()["items"]
    assert items == api.post(path, {"query": "tea", **once}).json()["items"] != []
    assert len({item["id"] for item in items}) == len(items)


OFFICE = "The office closes at six."


def test_a_belief_that_is_stated_again_takes_over_what_was_given_and_keeps_what_was(api: Api) -> None:
    api.new_group("acme")
    first = api.state("acme", OFFICE, kind="fact", metadata={"by": "ops"}, validFrom="2020-01-01T00:00:00Z")
    again = api.state("acme", OFFICE, metadata={"by": "legal"}, validTo="2030-01-01T00:00:00Z")
    changed = {"metadata": {"by": "legal"}, "validTo": "2030-01-01T00:00:00Z"}
    assert {**again, "sources": []} == {**first, **changed, "sources": []}
    memory, revision = Memory.objects.get(), MemoryRevision.objects.get()
    assert (revision.memory, revision.valid_from, revision.valid_to) == (memory, memory.valid_from, None)
    assert (revision.changed_by, revision.recorded_to) == ("api", memory.recorded_at)


def test_a_belief_that_is_stated_again_as_it_was_keeps_no_revision(api: Api) -> None:
    api.new_group("acme")
    first = api.state("acme", OFFICE, kind="work", metadata={"by": "ops"}, validTo="2030-01-01T00:00:00Z")
    again = api.state("acme", OFFICE)
    assert {**again, "sources": []} == {**first, "sources": []}
    assert MemoryRevision.objects.count() == 0


def test_a_belief_whose_span_would_run_into_another_is_refused(api: Api) -> None:
    api.new_group("acme")
    api.state("acme", OFFICE, validFrom="2020-01-01T00:00:00Z", validTo="2021-01-01T00:00:00Z")
    api.state("acme", OFFICE, validFrom="2022-01-01T00:00:00Z", validTo="2023-01-01T00:00:00Z")
    before = rows()
    body = {"content": OFFICE, "validFrom": "2020-06-01T00:00:00Z", "validTo": "2022-06-01T00:00:00Z"}
    assert bad_fields(api.post("/v1/groups/acme/memories", body)) == {"validTo"}
    assert rows() == before


@pytest.mark.parametrize("end", ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2019-12-31T23:59:59Z"])
def test_a_fact_that_ends_when_it_begins_is_refused(api: Api, end: str) -> None:
    api.new_group("acme")
    body = {"content": OFFICE, "validFrom": "2020-01-01T00:00:00Z", "validTo": end}
    assert bad_fields(api.post("/v1/groups/acme/memories", body)) == {"validTo"}


def test_the_summary_of_a_user_who_is_deleted_while_it_is_waited_for_is_not_found(
    api: Api, user: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SUMMARY_WAIT_SECONDS", 0.5)
    monkeypatch.setattr(tasks, "ring_summary", lambda user_id: api.delete(f"/v1/users/{user['id']}"))
    problem(api.post(f"/v1/users/{user['id']}/summary"), 404, "NOT_FOUND")


def test_the_summary_of_a_user_who_is_deleted_before_it_is_asked_for_is_not_found(
    api: Api, user: dict[str, Any]
) -> None:
    read = User.objects.select_related("graph").get()
    api.delete(f"/v1/users/{user['id']}")
    with pytest.raises(Problem) as refused:
        services.regenerate_summary(caller=Caller.from_command(api.project, "tests"), user=read, force=True)
    assert refused.value.status_code == 404


def test_an_append_to_a_user_who_was_deleted_meanwhile_is_not_found(
    api: Api, user: dict[str, Any], thread: dict[str, Any]
) -> None:
    read = Thread.objects.select_related("user").get()
    api.delete(f"/v1/users/{user['id']}")
    caller = Caller.from_command(api.project, "tests")
    with pytest.raises(Problem) as refused:
        services.append_messages(caller=caller, thread=read, messages=[services.NewMessage("user", "Hello.")])
    assert refused.value.status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/threads/{thread}/messages", {"role": "human", "content": "Hi"}, "user, assistant, system, tool"),
        ("/v1/webhooks", {"url": "https://example.com", "events": ["job"]}, "job."),
        ("/v1/users/{user}/search", {"query": "x", "kinds": ["fact"]}, "memory, "),
    ],
)
def test_where_there_are_choices_a_wrong_one_is_told_which(
    api: Api, things: dict[str, str], path: str, body: dict[str, Any], told: str
) -> None:
    errors = problem(api.post(path.format(**things), body), 400, "VALIDATION_ERROR")["errors"]
    [error] = [error for error in errors if error["code"] == "invalid_choice"]
    assert error["message"].startswith("Give one of: ")
    assert told in error["message"]


def test_a_path_with_an_external_id_as_it_is_is_told_how_it_is_written(api: Api) -> None:
    api.new_user(externalId="alice")
    for path in ("/v1/users/alice", "/v1/users/alice/threads", "/v1/users/alice/context"):
        assert "behind 'ext:'" in problem(api.get(path), 404, "NOT_FOUND")["detail"]
    for path in ("/v1/users/ext:bob", "/v1/users/usr_01KRSJZCB6Z8FRSJRCD9CS2V2S"):
        assert "ext:'." not in problem(api.get(path), 404, "NOT_FOUND")["detail"]


def test_a_path_that_would_be_one_without_its_slash_is_told_so(api: Api) -> None:
    assert problem(api.post("/v1/users/"), 404, "NOT_FOUND")["detail"].endswith("It ends without a slash.")
    for path in ("/v1/nothing/", "/v1/nothing"):
        assert "slash" not in problem(api.get(path), 404, "NOT_FOUND")["detail"]
