from typing import Any

import pytest
from django.apps import apps

from graphs.models import Entity, Graph
from ingest.models import IngestJob
from memos import ids
from tests.endpoints import HOOK, Endpoint
from tests.world import Api, World


def things_of(api: Api) -> dict[str, str]:
    """Something of each kind that a path can name, by the kind."""
    user = api.new_user()
    thread = api.new_thread(user)
    said = api.say(thread, "hello")["ingested"][0]
    group = api.new_group("acme")
    memory = api.state("acme", "The office is blue.")
    webhook = api.post("/v1/webhooks", {"url": HOOK, "events": ["user.deleted"]}).json()
    document = api.give(user, "Refunds take five days.")
    graph = Graph.objects.get(user__id=ids.decode("usr", user["id"]))
    return {
        "user": user["id"],
        "thread": thread["id"],
        "job": said["jobId"],
        "message": said["messageId"],
        "memory": memory["id"],
        "group": group["name"],
        "graph": graph.ref,
        "entity": graph.entities.get().ref,
        "document": document["documentId"],
        "episode": graph.episodes.get().ref,
        "webhook": webhook["id"],
        "delivery": api.post(f"/v1/webhooks/{webhook['id']}/test").json()["id"],
    }


def request_of(api: Api, endpoint: Endpoint, things: dict[str, str]) -> tuple[str, Any]:
    """A path and a body that the endpoint takes, with what has to be there before: an entity to merge, a failed job."""
    body: Any = endpoint.valid
    if endpoint.path.endswith("/import"):
        body = api.get(f"/v1/users/{things['user']}/export").getvalue()
    if endpoint.path.endswith("/merge"):
        others = Entity.objects.filter(graph__user__isnull=False, is_subject=False)[:1]
        body = {"entityIds": [one.ref for one in others]}
    if endpoint.path.endswith("/retry"):
        IngestJob.objects.update(status=IngestJob.Status.FAILED)
    return endpoint.at(things[endpoint.names] if endpoint.names else "", things), body


@pytest.fixture
def things(api: Api) -> dict[str, str]:
    return things_of(api)


@pytest.fixture
def foreign(world: World) -> list[dict[str, str]]:
    """The same of the test twin and of the outsider; group names that the owner does not use."""
    found = []
    for who in (world.twin, world.outsider):
        made = things_of(who)
        who.new_group("theirs")
        found.append({**made, "group": "theirs"})
    return found


def rows() -> dict[str, Any]:
    """How many rows each table of the product holds."""
    return {model.__name__: model._default_manager.count() for model in models()}


def models() -> list[Any]:
    """Every model of the product."""
    labels = ("projects", "signin", "api", "webhooks", "graphs", "users", "threads", "ingest")
    return [model for label in labels for model in apps.get_app_config(label).get_models()]
