"""What stands beside /v1: /healthz, /readyz, /schema/ and /docs/."""

import pytest
import yaml
from django.conf import LazySettings
from django.db import DatabaseError

from graphs import embedders
from graphs.embedders.remote import RemoteEmbedder
from memos.api import health
from tests.world import Api, problem

NOBODY = Api(None)


def test_the_process_lives() -> None:
    response = NOBODY.send("GET", "/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_without_a_worker_it_is_ready_and_degraded() -> None:
    response = NOBODY.send("GET", "/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "degraded",
        "checks": {"database": "ok", "broker": "ok", "workers": "degraded", "models": "ok", "embedder": "ok"},
        "embedder": {"model": embedders.current().model, "step": "late interaction"},
    }


@pytest.mark.django_db
def test_without_a_broker_it_is_ready_and_degraded(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = NOBODY.send("GET", "/readyz")
    assert response.status_code == 200
    expected = {"database": "ok", "broker": "degraded", "workers": "degraded", "models": "ok", "embedder": "ok"}
    assert response.json()["checks"] == expected


@pytest.mark.django_db
def test_without_its_embedder_it_is_ready_and_degraded(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = RemoteEmbedder(base_url="http://127.0.0.1:1/v1", api_key="", name="far-away")
    monkeypatch.setattr(embedders, "current", lambda: nobody)
    response = NOBODY.send("GET", "/readyz")
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["checks"]["embedder"]) == ("degraded", "degraded")
    assert response.json()["embedder"] == {"model": "far-away", "step": "vectors"}


@pytest.mark.django_db
def test_without_its_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def cursor(self) -> None:
            raise DatabaseError("gone")

    monkeypatch.setattr(health, "connection", Gone())
    response = NOBODY.send("GET", "/readyz")
    assert response.status_code == 503
    assert (response.json()["status"], response.json()["checks"]["database"]) == ("unavailable", "unavailable")


@pytest.mark.django_db
def test_another_method_is_not_allowed() -> None:
    for path in ("/healthz", "/readyz", "/schema/", "/docs/"):
        response = NOBODY.send("PUT", path)
        problem(response, 405, "METHOD_NOT_ALLOWED")
        assert "GET" in response["Allow"]


def test_the_schema_is_openapi_three_one() -> None:
    response = NOBODY.send("GET", "/schema/")
    assert response.status_code == 200
    schema = yaml.safe_load(response.content)
    assert schema["openapi"] == "3.1.0"
    assert "/v1/threads/{threadId}/messages" in schema["paths"]
