"""GET /v1/audit and its export: the project's own entries, by time, action, target and actor."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from memos.projects import audit, exporting
from memos.projects.audit import Caretaker
from memos.projects.models import AuditEntry, Project
from tests.console.conftest import admin_operator, console, onlooker
from tests.factories import AuditEntryFactory
from tests.world import Api, World, api_for, bad_fields, problem

__all__ = ["admin_operator", "console", "onlooker"]

Log = Callable[..., list[str]]


@pytest.fixture
def log(api: Api) -> Log:
    """Write an entry for each hour of 1 November 2026 that is named, and return their ids."""

    def write(*hours: int, **fields: Any) -> list[str]:
        refs = []
        for hour in hours:
            with time_machine.travel(f"2026-11-01T{hour:02}:00:00Z", tick=False):
                refs.append(AuditEntryFactory(**{"project": api.project, **fields}).ref)
        return refs

    return write


def found(api: Api, **query: Any) -> list[str]:
    return [entry["id"] for entry in api.get("/v1/audit", **query).json()["entries"]]


def exported(api: Api, **query: Any) -> list[dict[str, Any]]:
    response = api.get("/v1/audit/export", **query)
    assert (response.status_code, response["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in response.getvalue().splitlines()]


def test_an_entry_says_who_did_what_to_which_in_which_request(api: Api) -> None:
    answer = api.post("/v1/users")
    [entry] = api.get("/v1/audit", action="user.created").json()["entries"]
    assert entry.pop("id").startswith("aud_")
    assert entry.pop("at").endswith("Z")
    assert entry == {
        "actor": {"kind": "key", "id": api.key.ref, "label": str(api.key)},
        "action": "user.created",
        "targetId": answer.json()["id"],
        "detail": {},
        "requestId": answer["X-Request-Id"],
    }


def test_the_names_in_a_detail_are_camel_case(api: Api) -> None:
    [made] = api.get("/v1/audit", action="project.created").json()["entries"]
    assert set(made["detail"]) == {"testTwin"}


def test_the_newest_come_first_a_page_at_a_time(api: Api, log: Log) -> None:
    refs = log(1, 2, 3, 4, 5)
    span = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}
    first = api.get("/v1/audit", limit=2, **span).json()
    rest = api.get("/v1/audit", limit=3, cursor=first["nextCursor"], **span).json()
    assert [entry["id"] for entry in first["entries"] + rest["entries"]] == refs[::-1]
    assert rest["nextCursor"] is None
    assert found(api, order="asc", **span) == refs


def test_a_span_begins_with_its_start_and_ends_before_its_end(api: Api, log: Log) -> None:
    refs = log(1, 2, 3, 4)
    assert found(api, **{"from": "2026-11-01T02:00:00Z", "to": "2026-11-01T04:00:00Z"}) == [refs[2], refs[1]]
    assert found(api, to="2026-11-01T02:00:00+01:00") == []
    assert refs[0] not in found(api, **{"from": "2026-11-01T01:00:00.000001Z"})


def test_it_is_narrowed_by_action_target_and_actor(api: Api, log: Log) -> None:
    [one] = log(1, action="user.deleted", target_id="usr_1", actor_id="key_1")
    [two] = log(2, action="user.deleted", target_id="usr_2", actor_id="key_1")
    [three] = log(3, action="thread.deleted", target_id="usr_1", actor_id="key_2")
    assert found(api, action="user.deleted") == [two, one]
    assert found(api, targetId="usr_1") == [three, one]
    assert found(api, actorId="key_1") == [two, one]
    assert found(api, actorId="key_1", targetId="usr_1", action="user.deleted") == [one]
    assert found(api, action="nothing") == []


def test_nobody_sees_the_entries_of_another_project_or_of_the_installation(world: World, log: Log) -> None:
    audit.record(Caretaker.from_command("restore"), "installation.restored", "installation")
    refs = log(1)
    for who in (world.twin, world.outsider):
        assert not set(refs) & set(found(who))
        assert not set(refs) & {entry["id"] for entry in exported(who)}
    for who in (world.owner, world.twin, world.outsider):
        assert "installation.restored" not in {entry["action"] for entry in exported(who)}


def test_only_a_key_with_the_scope_admin_may_look(api: Api) -> None:
    poor = api_for(api.project, "read", "write")
    for path in ("/v1/audit", "/v1/audit/export"):
        assert "'admin'" in problem(poor.get(path), 403, "FORBIDDEN")["detail"]


@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/export"])
def test_a_span_that_ends_before_it_begins_is_refused(api: Api, path: str) -> None:
    assert bad_fields(api.get(path, **{"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"})) == {"to"}


def test_the_export_is_the_span_oldest_first_over_several_pages(
    api: Api, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)
    refs = log(1, 2, 3, 4, 5)
    span = {"from": "2026-11-01T02:00:00Z", "to": "2026-11-02T00:00:00Z"}
    with CaptureQueriesContext(connection) as captured:
        entries = exported(api, **span)
    sql = [one["sql"] for one in captured.captured_queries]
    pages = [one for one in sql if 'ORDER BY "projects_auditentry"."id" ASC' in one]
    assert [entry["id"] for entry in entries] == refs[1:]
    assert entries[-1] == api.get("/v1/audit", **span).json()["entries"][0]
    assert len(pages) == 3
    assert all("LIMIT 2" in page for page in pages)


def test_the_export_is_in_the_log_with_its_span(api: Api) -> None:
    exported(api, **{"from": "2026-11-01T00:00:00Z"})
    entry = AuditEntry.objects.get(action="audit.exported")
    assert (entry.project, entry.target_id) == (api.project, api.project.ref)
    assert entry.detail == {"from": "2026-11-01T00:00:00+00:00"}


def test_what_is_written_while_it_is_exported_is_not_in_it(api: Api, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    response = api.get("/v1/audit/export")
    lines = iter(response.streaming_content)
    next(lines)
    later = AuditEntryFactory(project=api.project)
    assert later.ref not in b"".join(lines).decode()


def test_whoever_accepts_json_lines_gets_them(api: Api) -> None:
    for accepted in ("application/x-ndjson", "*/*", "application/json"):
        response = api.send("GET", "/v1/audit/export", headers={"Accept": accepted})
        assert response["Content-Type"] == "application/x-ndjson"
    problem(
        api.send("GET", "/v1/audit/export?x=1", headers={"Accept": "application/x-ndjson"}), 400, "VALIDATION_ERROR"
    )


LIST = "/admin/projects/auditentry/"


def shown(console: Client, **query: str) -> list[str]:
    return [entry.ref for entry in console.get(LIST, query).context["cl"].result_list]


def test_the_console_shows_the_days_from_one_to_another(console: Client, log: Log) -> None:
    with time_machine.travel("2026-10-31T23:59:59Z", tick=False):
        before = AuditEntryFactory().ref
    on_it = log(0, 23)
    assert shown(console, at_from="2026-11-01", at_to="2026-11-01") == on_it[::-1]
    assert shown(console, at_to="2026-10-31") == [before]
    for nonsense in ("yesterday", "2026-13-01", "0001-01-01", "9999-12-31", "'"):
        assert console.get(LIST, {"at_from": nonsense, "at_to": nonsense}).status_code == 200


def test_the_console_exports_what_the_list_shows(console: Client, api: Api, log: Log) -> None:
    refs = log(1, 2)
    log(3, project=Project.objects.exclude(pk=api.project.pk).first())
    query = {"at_from": "2026-11-01", "at_to": "2026-11-01", "project__id__exact": str(api.project.pk), "q": "user."}
    page = console.get(LIST, query).content.decode()
    assert f"{LIST}export/?at_from=2026-11-01&amp;at_to=2026-11-01" in page
    lines = console.get(f"{LIST}export/", query).getvalue().splitlines()
    assert [json.loads(line)["id"] for line in lines] == refs
    entry = AuditEntry.objects.get(action="audit.exported")
    assert (entry.project, entry.actor_label) == (api.project, "ann")
    assert "at_from=2026-11-01" in entry.detail["filters"]
    assert "q" in entry.detail["filters"]


def test_a_span_reads_no_more_of_the_log_than_it_shows(api: Api) -> None:
    """The times in the ids are bounds of the index."""
    now = AuditEntryFactory(project=api.project)
    narrow = AuditEntry.objects.told(starts=now.at - timedelta(minutes=1), ends=now.at + timedelta(minutes=1))
    assert now in narrow
    assert '"id" >=' in str(narrow.query)
    assert '"id" <' in str(narrow.query)
