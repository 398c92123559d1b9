"""GET /v1/jobs and POST /v1/jobs/:id/retry"""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest import pipeline, reading
from ingest.models import IngestJob
from memos import bell
from memos.projects.models import AuditEntry
from tests import factories as make
from tests.conftest import Drain
from tests.meanwhile import meanwhile
from tests.processes import at_once
from tests.scripted import Scripted
from tests.world import Api, World, problem
from threads.models import Message, Thread
from users.models import User

Rung = list[Any]


@pytest.fixture
def failed(api: Api, thread: dict[str, Any], settings: LazySettings, drain: Drain) -> dict[str, Any]:
    """A job that was given up, between two that went well."""
    settings.INGEST_MAX_ATTEMPTS = 2
    jobs = api.say(thread, "lives_in Lisbon", "poison", "likes tea")["ingested"]
    drain()
    return shown(api, jobs[1]["jobId"])


@pytest.fixture
def rung(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> Callable[[Callable[[], Any]], Rung]:
    """Which graphs are rung for while something is done."""

    def during(call: Callable[[], Any]) -> Rung:
        found: Rung = []
        monkeypatch.setattr(bell, "ring", lambda task, key: found.append(key))
        with django_capture_on_commit_callbacks(execute=True):
            call()
        return found

    return during


def shown(api: Api, job_id: str) -> dict[str, Any]:
    return api.get(f"/v1/jobs/{job_id}").json()


def ids(api: Api, **query: Any) -> list[str]:
    response = api.get("/v1/jobs", **query)
    assert response.status_code == 200, response.content
    return [job["id"] for job in response.json()["jobs"]]


def retry(api: Api, job: dict[str, Any]) -> Any:
    return api.post(f"/v1/jobs/{job['id']}/retry")


def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be read can be now."""
    monkeypatch.setattr(reading, "extractor", lambda: _Forgiving())


class _Forgiving(Scripted):
    def extract(self, utterances: Any) -> Any:
        texts = [utterance.text.replace("poison", "likes milk") for utterance in utterances]
        return super().extract([type(u)(text=t, said_at=u.said_at) for u, t in zip(utterances, texts, strict=True)])


def test_they_are_listed_newest_first_each_as_it_is_shown_alone(api: Api, failed: dict[str, Any]) -> None:
    body = api.get("/v1/jobs").json()
    assert [job["status"] for job in body["jobs"]] == ["done", "failed", "done"]
    assert [job["id"] for job in body["jobs"]] == sorted((job["id"] for job in body["jobs"]), reverse=True)
    assert body["jobs"] == [shown(api, job["id"]) for job in body["jobs"]]
    assert body["nextCursor"] is None
    written = {"memories": 1, "closed": 0, "entities": 1, "relations": 1}
    assert [job["written"] for job in body["jobs"]] == [written, dict.fromkeys(written, 0), written]
    assert body["jobs"][1]["error"]["code"] == "INGEST_FAILED"


def test_they_come_in_pages(api: Api, failed: dict[str, Any]) -> None:
    whole = ids(api)
    first = api.get("/v1/jobs", limit=2).json()
    assert [job["id"] for job in first["jobs"]] + ids(api, limit=2, cursor=first["nextCursor"]) == whole
    assert ids(api, order="asc") == whole[::-1]


def test_they_are_found_by_status(api: Api, thread: dict[str, Any], failed: dict[str, Any]) -> None:
    queued = api.say(thread, "likes milk")["ingested"][0]["jobId"]
    assert ids(api, status="failed") == [failed["id"]]
    assert ids(api, status="queued") == [queued]
    assert ids(api, status="running") == []
    assert len(ids(api, status="done")) == 2


def test_they_are_found_by_user_and_by_thread(api: Api, user: dict[str, Any], thread: dict[str, Any]) -> None:
    other = api.new_thread(user)
    first, second = (api.say(one, "likes tea")["ingested"][0]["jobId"] for one in (thread, other))
    stranger = api.new_user()
    elsewhere = api.new_thread(stranger)
    third = api.say(elsewhere, "likes tea")["ingested"][0]["jobId"]
    assert ids(api, userId=user["id"]) == ids(api, userId="ext:alice") == [second, first]
    assert ids(api, threadId=thread["id"]) == [first]
    assert ids(api, userId=user["id"], threadId=other["id"], status="queued") == [second]
    assert ids(api, userId=user["id"], threadId=elsewhere["id"]) == []
    assert ids(api) == [third, second, first]


def many_jobs(user: User, threads: int, each: int) -> None:
    """Of `each` job of a thread one is done, the others have failed."""
    for _ in range(threads):
        thread = make.ThreadFactory(user=user)
        said = [
            Message(project=user.project, thread=thread, position=place, role="user", content="tea",
                    created_at=timezone.now(), received_at=timezone.now())
            for place in range(each)
        ]  # fmt: skip
        Message.objects.bulk_create(said)
        IngestJob.objects.bulk_create(
            IngestJob(project=user.project, graph=user.graph, user=user, thread=thread, message=message,
                      said_at=message.created_at, status="failed" if place else "done")
            for place, message in enumerate(said)
        )  # fmt: skip


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_each_list_is_read_in_its_order_from_an_index_of_its_own(api: Api, user: dict[str, Any], order: str) -> None:
    """Among enough rows that the planner has a reason to choose."""
    alice = User.objects.get(external_id="alice")
    for one in (alice, *(make.UserFactory(project=alice.project) for _ in range(4)), make.UserFactory()):
        many_jobs(one, threads=5, each=60)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ingest_ingestjob")
    queries = {
        "job_by_project": {},
        "job_by_status": {"status": "done"},
        "job_by_user": {"userId": "ext:alice"},
        "job_by_thread": {"threadId": Thread.objects.filter(user=alice).latest("pk").ref},
    }
    for index, query in queries.items():
        with CaptureQueriesContext(connection) as captured:
            ids(api, order=order, **query)
        [sql] = [one["sql"] for one in captured.captured_queries if 'FROM "ingest_ingestjob"' in one["sql"]]
        plan = explained(sql)
        assert f"using {index} " in plan
        assert "Sort" not in plan


def explained(sql: str) -> str:
    with connection.cursor() as cursor:
        for other in ("seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row for (row,) in cursor.fetchall())


@pytest.mark.parametrize("ref", ["usr_01HXY000000000000000000000", "ext:nobody", "ext:", "x", "thr_x"])
def test_those_of_nobody_are_not_found(api: Api, ref: str) -> None:
    problem(api.get("/v1/jobs", userId=ref), 404, "NOT_FOUND")
    problem(api.get("/v1/jobs", threadId=ref), 404, "NOT_FOUND")


def test_another_projects_jobs_are_not_listed(world: World) -> None:
    world.twin.say(world.twin.new_thread(world.twin.new_user()), "likes tea")
    assert ids(world.owner) == []


def test_a_job_of_a_group_has_no_user(api: Api) -> None:
    group = make.GroupFactory(project=api.project)
    document = make.DocumentFactory(graph=group.graph)
    job = IngestJob.objects.create(
        project=api.project, graph=group.graph, document=document, kind="document", said_at=document.created_at
    )
    assert ids(api) == [job.ref]
    assert api.get("/v1/jobs").json()["jobs"][0]["documentId"] == document.ref


def test_one_that_failed_is_queued_as_if_it_had_not_been_tried(
    api: Api, failed: dict[str, Any], rung: Callable[[Callable[[], Any]], Rung]
) -> None:
    answers: list[Any] = []
    assert failed["attempts"] == 2
    assert rung(lambda: answers.append(retry(api, failed))) == [str(IngestJob.objects.first().graph_id)]
    assert answers[0].status_code == 200
    fresh = {"status": "queued", "attempts": 0, "error": None, "startedAt": None, "finishedAt": None}
    assert answers[0].json() == {**failed, **fresh} == shown(api, failed["id"])


def test_it_goes_well_where_the_cause_is_gone(
    api: Api, user: dict[str, Any], failed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, drain: Drain
) -> None:
    readable(monkeypatch)
    retry(api, failed)
    drain()
    job = shown(api, failed["id"])
    assert (job["status"], job["attempts"], job["error"], job["written"]["memories"]) == ("done", 1, None, 1)
    assert {one["content"] for one in api.memories(user)} == {
        "Alice lives in Lisbon.", "Alice likes tea.", "Alice likes milk."
    }  # fmt: skip


def test_it_has_all_its_attempts_again(api: Api, failed: dict[str, Any], drain: Drain) -> None:
    retry(api, failed)
    drain()
    again = shown(api, failed["id"])
    assert (again["status"], again["attempts"]) == ("failed", 2)
    assert retry(api, failed).status_code == 200


@pytest.mark.parametrize("status", ["queued", "running", "done"])
def test_one_that_did_not_fail_is_a_conflict(api: Api, failed: dict[str, Any], status: str) -> None:
    IngestJob.objects.update(status=status)
    before = list(IngestJob.objects.values())
    assert status in problem(retry(api, failed), 409, "JOB_NOT_FAILED")["detail"]
    assert list(IngestJob.objects.values()) == before
    assert not AuditEntry.objects.filter(action="job.retried").exists()


def test_it_is_audit_logged(api: Api, failed: dict[str, Any]) -> None:
    response = retry(api, failed)
    entry = AuditEntry.objects.get(action="job.retried")
    assert (entry.target_id, entry.actor_id, entry.detail) == (failed["id"], api.key.ref, {})
    assert entry.request_id == response["X-Request-Id"]


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_retries_it(api: Api, failed: dict[str, Any]) -> None:
    answers = at_once(10, lambda number: retry(Api(api.secret), failed).status_code)
    assert sorted(answers) == [200] + [409] * 9
    assert AuditEntry.objects.filter(action="job.retried").count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_a_worker_reads_the_graph_it_is_done_once(
    api: Api, user: dict[str, Any], thread: dict[str, Any], failed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that has the lease does not see it; whoever comes next does."""
    readable(monkeypatch)
    api.say(thread, "visited Rome")
    graph = IngestJob.objects.first().graph_id
    with meanwhile(lambda: retry(api, failed).status_code, monkeypatch, at=(reading, "extract")) as answers:
        assert pipeline.run(graph) is True
    assert (answers, shown(api, failed["id"])["status"]) == ([200], "queued")
    assert pipeline.run(graph) is False
    assert (shown(api, failed["id"])["status"], shown(api, failed["id"])["attempts"]) == ("done", 1)
    assert [one["content"] for one in api.memories(user)].count("Alice likes milk.") == 1
