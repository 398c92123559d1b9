"""Home: what needs somebody, and figures of the projects that one may see, with few queries."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest.models import IngestJob
from ingest.tasks import count_rows
from memos import ids, pulse
from memos.figures import storage
from memos.figures.latency import BUCKETS, bucket_of
from memos.figures.models import RequestTally
from memos.projects.console.home import attention, versions
from memos.projects.models import ApiKey, AuditCheck, Membership, Project
from memos.valkey import client
from tests import factories as make
from tests.console.conftest import make_job

CONTEXT = "/v1/users/<str:user_id>/context"
HOME_QUERIES = 25

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


@pytest.fixture(autouse=True)
def alive() -> Iterator[None]:
    """A worker and a clock."""
    pulse.tell_worker(pulse.WorkerPulse("w@here", "here", 7, datetime.now(UTC).isoformat(), "0.1.0", 2))
    client().set("memos:alive:clock", datetime.now(UTC).isoformat(), ex=30)
    yield
    client().flushdb()


@pytest.fixture
def key() -> ApiKey:
    return make.ApiKeyFactory()


def asked(
    key: ApiKey, *, count: int = 1, status: int = 200, seconds: float = 0.1, ago: timedelta = timedelta()
) -> None:
    buckets = [count if place == bucket_of(seconds) else 0 for place in range(BUCKETS)]
    at = (timezone.now() - ago).replace(minute=0, second=0, microsecond=0)
    RequestTally.objects.add([(at, key.project_id, key.pk, "GET", CONTEXT, status, count, buckets)])


def notices(console: Client, **query: str) -> list[str]:
    return [notice.text for notice in console.get("/admin/", query).context["notices"]]


def card(response: Any, title: str) -> str:
    return next(card["count"] for card in response.context["cards"] if card["title"] == title)


def member(project: Project, **fields: Any) -> Client:
    onlooker = Client()
    operator = make.OperatorFactory(is_superuser=False)
    make.MembershipFactory(project=project, operator=operator, **fields)
    onlooker.force_login(operator)
    return onlooker


def test_an_audit_log_that_does_not_hold_needs_somebody(console: Client) -> None:
    check = AuditCheck.objects.create(project=make.ProjectFactory(), checked_at=timezone.now())
    assert not [text for text in notices(console) if "audit log" in text]
    AuditCheck.objects.filter(pk=check.pk).update(broken="Seal 1 is missing.")
    assert notices(console)[0] == "1 chain of the audit log did not hold: see manage.py verify_audit."


def test_where_all_is_well_nothing_needs_anybody(console: Client) -> None:
    assert "Nothing needs you." in console.get("/admin/").content.decode()


def failed(key: ApiKey) -> None:
    make.IngestJobFactory(status="failed", finished_at=timezone.now(), message__thread__user__project=key.project)


def cancelled(key: ApiKey) -> None:
    make.IngestJobFactory(
        status="failed", error_code="CANCELLED", finished_at=timezone.now(), message__thread__user__project=key.project
    )


def old(key: ApiKey) -> None:
    made = ids.first_at(timezone.now() - timedelta(minutes=7))
    make.IngestJobFactory(id=made, message__thread__user__project=key.project)


def old_and_again(key: ApiKey) -> None:
    """One was made long ago, and read; now it waits to be read once more. Another has waited since it was made."""
    old(key)
    made = ids.first_at(timezone.now() - timedelta(days=30))
    read = [{"number": 1, "began": "2026-01-01T00:00:00+00:00", "outcome": "done"}]
    make.IngestJobFactory(id=made, history=read, message__thread__user__project=key.project)


def again(key: ApiKey) -> None:
    made = ids.first_at(timezone.now() - timedelta(days=30))
    read = [{"number": 1, "began": "2026-01-01T00:00:00+00:00", "outcome": "done"}]
    asked = timezone.now() - timedelta(minutes=9)
    make.IngestJobFactory(id=made, history=read, run_after=asked, message__thread__user__project=key.project)


def hook(key: ApiKey) -> None:
    make.DeliveryFactory(status="failed", finished_at=timezone.now(), webhook__project=key.project)


def expiring(key: ApiKey) -> None:
    made = timezone.now() - timedelta(days=90)
    make.ApiKeyFactory(project=key.project, created_at=made, expires_at=timezone.now() + timedelta(days=3))
    make.ApiKeyFactory(project=key.project, expires_at=timezone.now() + timedelta(days=30))
    make.ApiKeyFactory(project=key.project, expires_at=timezone.now() - timedelta(days=3))


def nobody(key: ApiKey) -> None:
    client().delete("memos:alive:w@here")


def silence(key: ApiKey) -> None:
    client().delete("memos:alive:clock")


def degraded(key: ApiKey) -> None:
    client().set("memos:embedder", "it does not answer")


@pytest.mark.parametrize(
    ("happen", "said"),
    [
        (failed, "1 job has failed and can be retried."),
        (old, "The oldest job has waited for 7 minutes."),
        (old_and_again, "The oldest job has waited for 7 minutes."),
        (again, "The oldest job has waited for 9 minutes."),
        (hook, "Deliveries to 1 webhook failed in the last 24 hours."),
        (expiring, "1 API key expires within 7 days."),
        (nobody, "No worker is alive: messages are kept, and not read."),
        (silence, "Beat is silent: nothing rings for work that waits."),
        (degraded, "Search goes by words only: it does not answer"),
    ],
)
def test_what_needs_somebody_is_said(console: Client, key: ApiKey, happen: Callable[[ApiKey], None], said: str) -> None:
    happen(key)
    assert notices(console) == [said]
    page = console.get("/admin/").content.decode()
    [link] = re.findall(rf'<a href="([^"]*)">{re.escape(said)}', page)
    assert console.get(link.replace("&amp;", "&")).status_code == 200


def test_a_job_that_was_cancelled_on_purpose_needs_nobody(console: Client, key: ApiKey) -> None:
    cancelled(key)
    make.IngestJobFactory(status="done", finished_at=timezone.now(), message__thread__user__project=key.project)
    count_rows()
    response = console.get("/admin/")
    assert response.context["notices"] == []
    assert (card(response, "Failed jobs"), card(response, "Failure rate")) == ("0", "0.0%")


def test_the_failed_are_listed_without_the_cancelled(console: Client, key: ApiKey) -> None:
    cancelled(key)
    failed(key)
    [path] = [notice.path for notice in console.get("/admin/").context["notices"]]
    assert [job.error_code for job in console.get(path).context["cl"].result_list] == [""]
    path = path.replace("=failed", "=cancelled")
    assert [job.error_code for job in console.get(path).context["cl"].result_list] == ["CANCELLED"]


def test_a_key_that_was_made_to_live_shortly_needs_nobody(console: Client, key: ApiKey) -> None:
    make.ApiKeyFactory(project=key.project, expires_at=timezone.now() + timedelta(hours=1))
    assert notices(console) == []


@pytest.mark.parametrize("happen", [failed, old, hook, expiring])
def test_of_other_projects_nothing_is_said(key: ApiKey, happen: Callable[[ApiKey], None]) -> None:
    happen(key)
    assert notices(member(make.ProjectFactory())) == []
    assert len(notices(member(key.project))) == 1


def test_a_full_disk_and_migrations_are_said(console: Client) -> None:
    disk = SimpleNamespace(free=2**29, total=2**40)
    with patch.object(attention.shutil, "disk_usage", return_value=disk):
        assert notices(console) == ["The disk with the data folder has 0.5 GiB of 1024 GiB left."]
    with patch.object(versions, "_of_the_code", return_value=[("graphs", "9999_later")]):
        assert notices(console) == ["1 migration is not applied: run manage.py migrate."]


def test_the_grave_comes_first(console: Client, key: ApiKey) -> None:
    for happen in (failed, nobody, expiring):
        happen(key)
    assert [text.split()[0] for text in notices(console)] == ["No", "1", "1"]


def test_without_valkey_home_says_so_and_answers(console: Client) -> None:
    with patch.object(pulse, "client", side_effect=OSError):
        response = console.get("/admin/")
    assert [notice.text.split(":")[0] for notice in response.context["notices"]] == ["Valkey does not answer"]


def test_requests_are_shown_by_key_and_status(console: Client, key: ApiKey) -> None:
    asked(key, count=1200)
    asked(key, count=3, status=404)
    asked(key, count=7, ago=timedelta(days=3))
    response = console.get("/admin/")
    [row] = response.context["requests"]["rows"]
    assert row[2:] == ["1,200", "0", "3", "0", "1,203"]
    assert key.ref in row[0]


def test_latencies_are_those_of_answers(console: Client, key: ApiKey) -> None:
    asked(key, count=90, seconds=0.02)
    asked(key, count=10, seconds=0.9)
    asked(key, count=500, seconds=20, status=500)
    context, search = console.get("/admin/").context["latencies"]
    assert (context.count, search.half) == ("100", "–")
    assert float(context.half.removesuffix(" ms")) == pytest.approx(20, rel=0.42)
    assert float(context.most.removesuffix(" ms")) == pytest.approx(900, rel=0.42)


def test_the_charts_show_what_came_by_the_hour_or_by_the_day(console: Client, job: IngestJob, key: ApiKey) -> None:
    IngestJob.objects.filter(pk=job.pk).update(status="done", finished_at=timezone.now())
    make.IngestJobFactory(status="failed", finished_at=timezone.now())
    count_rows()
    asked(key, count=40)
    asked(key, count=60, ago=timedelta(days=5))
    hours, days = console.get("/admin/"), console.get("/admin/", {"span": "30d"})
    assert [re.findall(r'aria-label="(\w+): ([\d,]+) in', chart) for chart in hours.context["charts"]] == [
        [("Messages", "2")], [("Memories", "1")], [("Jobs", "2")], [("Requests", "40")]
    ]  # fmt: skip
    assert "Requests: 100 in 30 days, at most 60 in one." in days.context["charts"][3]
    assert card(hours, "Failure rate") == "50.0%"


def test_one_sees_the_figures_of_ones_projects(console: Client, key: ApiKey) -> None:
    other = make.ApiKeyFactory()
    asked(key, count=5)
    asked(other, count=7)
    make_job(project=key.project)
    storage.measure()
    onlooker = member(key.project)
    response = onlooker.get("/admin/")
    assert "Requests: 5 in" in response.context["charts"][3]
    assert [card(response, title) for title in ("Projects", "Users", "Messages", "Memories")] == ["1", "1", "1", "≈ 1"]
    assert {key.project, key.project.test_twin} == set(response.context["sight"].projects)
    assert str(other.project) not in response.content.decode()
    assert "Requests: 12 in" in console.get("/admin/").context["charts"][3]


def test_one_project_is_chosen_of_those_that_one_sees(console: Client, key: ApiKey) -> None:
    other = make.ApiKeyFactory()
    asked(key, count=5)
    asked(other, count=7)
    assert "Requests: 7 in" in console.get("/admin/", {"project": other.project.ref}).context["charts"][3]
    foreign = member(key.project).get("/admin/", {"project": other.project.ref})
    assert "Requests: 5 in" in foreign.context["charts"][3]
    assert console.get("/admin/", {"project": "nonsense", "span": "x"}).status_code == 200


def test_who_is_in_no_project_sees_a_page_all_the_same(key: ApiKey) -> None:
    onlooker = member(key.project)
    asked(key, count=5)
    Membership.objects.all().delete()
    response = onlooker.get("/admin/")
    assert response.status_code == 200
    assert "Requests: 0 in" in response.context["charts"][3]


def test_the_last_changes_are_no_reads(console: Client, key: ApiKey) -> None:
    for action in ("user.created", "user.read", "search.performed", "job.retried"):
        make.AuditEntryFactory(project=key.project, action=action)
    assert [change["action"] for change in console.get("/admin/").context["changes"]] == ["job.retried", "user.created"]


@pytest.mark.parametrize("span", ["24h", "30d"])
def test_home_costs_the_same_however_much_there_is(console: Client, key: ApiKey, span: str) -> None:
    console.get("/admin/")
    costs = []
    for _ in range(2):
        for _ in range(4):
            job = make_job()
            asked(make.ApiKeyFactory(project=job.project))
        count_rows()
        storage.measure()
        with CaptureQueriesContext(connection) as queries:
            console.get("/admin/", {"span": span})
        costs.append(len(queries))
    assert costs[0] == costs[1] <= HOME_QUERIES
    onlooker = member(key.project)
    onlooker.get("/admin/")
    with CaptureQueriesContext(connection) as queries:
        onlooker.get("/admin/", {"span": span})
    assert len(queries) <= HOME_QUERIES


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(minutes=7, seconds=50), "7 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_spans_are_told_in_words(span: timedelta, said: str) -> None:
    assert attention.duration(span) == said


def test_the_page_of_the_system_tells_no_secret(console: Client, settings: Any, job: IngestJob) -> None:
    settings.METRICS_TOKEN = "undisclosed-token"
    settings.DATABASE_URL = "postgres://someone:undisclosed-word@db.example.com:5432/memos"
    page = console.get("/admin/system/").content.decode()
    assert "db.example.com:5432/memos" in page
    assert "w@here" in page
    for secret in ("undisclosed", "someone", settings.SECRET_KEY, *settings.KEY_PEPPERS.values()):
        assert secret not in page


def test_the_page_of_the_system_is_for_superusers(key: ApiKey) -> None:
    onlooker = member(key.project, role=Membership.Role.ADMIN)
    assert onlooker.get("/admin/system/").status_code == 403
    assert "/admin/system/" not in onlooker.get("/admin/").content.decode()
    assert Client().get("/admin/system/").status_code == 302


def test_a_key_and_its_project_show_their_requests_by_the_day(console: Client, key: ApiKey) -> None:
    asked(key, count=5)
    asked(key, count=2, status=429, ago=timedelta(days=2))
    asked(make.ApiKeyFactory(project=key.project), count=9)
    page = console.get(f"/admin/projects/apikey/{key.ref}/change/").content.decode()
    assert "Requests per day: 7 in 30 days, at most 5 in one." in page
    page = console.get(f"/admin/projects/project/{key.project.ref}/change/").content.decode()
    assert "Requests per day: 16 in 30 days, at most 14 in one." in page
    page = console.get("/admin/projects/apikey/").content.decode()
    assert "7 requests in 30 days" in page
    assert "9 requests in 30 days" in page
