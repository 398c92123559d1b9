"""Requests that schemathesis makes from the schema, right ones and wrong ones: every answer must be one that the schema
tells, wrong data must be refused, and right data taken. `make fuzz` does the same with many more of them."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

from graphs.models import Graph
from ingest import summaries, tasks
from memos.wsgi import application
from tests import fuzzing
from tests.api.conftest import things_of
from tests.endpoints import HOOK
from tests.factories import EntityFactory
from tests.world import Api

SCHEMA = schemathesis.openapi.from_path(django_settings.BASE_DIR / "docs/openapi.yaml")
SCHEMA.app = application


@pytest.fixture
def real(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thing of each kind, and a worker that answers each ring for a summary at once."""
    monkeypatch.setattr(tasks, "ring_summary", summaries.summarise)
    things = things_of(api)
    graph = Graph.objects.by_ref(things["graph"]).get()
    made = {ref.partition("_")[0]: [ref] for kind, ref in things.items() if kind != "group"}
    made["ent"] += [EntityFactory(graph=graph).ref for _ in range(3)]
    monkeypatch.setattr(fuzzing, "REAL", made | {"group": [things["group"]], "url": [HOOK]})


@pytest.fixture
def one_connection(real: None) -> Iterator[None]:
    """The application would close the connection after a request, and so end the test's transaction. Django's own
    client sees to that itself, and undoes this."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.usefixtures("one_connection")
def test_it_keeps_to_the_schema(case: schemathesis.Case, api: Api) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {api.secret}"})
