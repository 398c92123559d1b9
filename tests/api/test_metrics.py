"""/metrics"""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from ingest.jobs import retry_job
from ingest.models import IngestJob
from memos.projects.audit import Caller
from tests.world import Api, problem

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(**environ: Any) -> Samples:
    response = Client().get("/metrics", **environ)
    assert response.status_code == 200, response.content
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def count(samples: Samples, **labels: str) -> float:
    return samples.get(("memos_http_request_seconds_count", tuple(sorted(labels.items()))), 0)


def test_requests_are_counted_by_route_and_status(api: Api, user: dict[str, Any]) -> None:
    labels = {"method": "GET", "route": "/v1/users/<str:user_id>"}
    before = scrape()
    api.get(f"/v1/users/{user['id']}")
    api.get("/v1/users/usr_unknown")
    api.get(f"/v1/users/{user['id']}")
    after = scrape()
    assert count(after, **labels, status="200") - count(before, **labels, status="200") == 2
    assert count(after, **labels, status="404") - count(before, **labels, status="404") == 1


@pytest.mark.django_db
def test_an_unknown_path_or_method_makes_no_series_of_its_own() -> None:
    Client().get("/wp-login.php?x=1")
    Client().generic("BREW", "/coffee")
    assert not [labels for name, labels in scrape() if "wp-login" in str(labels) or "BREW" in str(labels)]
    assert count(scrape(), method="other", route="unknown", status="404") >= 1


def test_what_waits_and_what_failed_is_told(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, "one", "two", "three")
    job = IngestJob.objects.first()
    assert job
    job.status = IngestJob.Status.FAILED
    job.save()
    found = scrape()
    assert found["memos_jobs", (("status", "queued"),)] == 2
    assert found["memos_jobs", (("status", "failed"),)] == 1
    assert found["memos_jobs", (("status", "running"),)] == 0
    assert found["memos_episodes_not_indexed", ()] == 3
    assert found["memos_oldest_job_age_seconds", ()] > 0


def test_a_job_that_is_read_again_waits_since_it_was_asked_for(api: Api, thread: dict[str, Any]) -> None:
    api.say(thread, "one")
    long_ago = timezone.now() - timedelta(days=30)
    IngestJob.objects.update(status=IngestJob.Status.FAILED, created_at=long_ago, history=[{"number": 1}])
    job = IngestJob.objects.get()
    retry_job(caller=Caller.from_command(job.project, "tests"), job=job)
    assert 0 < scrape()["memos_oldest_job_age_seconds", ()] < 600


@pytest.mark.django_db
def test_without_work_nothing_is_old() -> None:
    assert scrape()["memos_oldest_job_age_seconds", ()] == 0


@pytest.mark.parametrize(
    "environ",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"REMOTE_ADDR": "::1", "HTTP_FORWARDED": "for=192.0.2.7"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer wrong"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_AUTHORIZATION": "Bearer "},
    ],
)
def test_elsewhere_nobody_is_told_without_the_token(environ: dict[str, str], settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "correct"
    problem(Client().get("/metrics", **environ), 403, "FORBIDDEN")
    settings.METRICS_TOKEN = ""
    problem(Client().get("/metrics", **environ), 403, "FORBIDDEN")


@pytest.mark.django_db
def test_the_token_opens_it_from_anywhere(settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "correct"
    assert scrape(REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer correct")


def test_only_reading_is_allowed() -> None:
    problem(Client().post("/metrics"), 405, "METHOD_NOT_ALLOWED")
