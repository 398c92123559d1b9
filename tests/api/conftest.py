from typing import Any

import pytest
from django.apps import apps

from graphs.models import Graph
from memos import ids
from tests.endpoints import HOOK
from tests.world import Api, World


def things_of(api: Api) -> dict[str, str]:
    """Something of each kind that a path can name, by the kind."""
    user = api.new_user()
    thread = api.new_thread(user)
    said = api.say(thread, "hello")["ingested"][0]
    group = api.new_group("acme")
    memory = api.state("acme", "The office is blue.")
    webhook = api.post("/v1/webhooks", {"url": HOOK, "events": ["user.deleted"]}).json()
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
        "episode": graph.episodes.get().ref,
        "webhook": webhook["id"],
        "delivery": api.post(f"/v1/webhooks/{webhook['id']}/test").json()["id"],
    }


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
    labels = ("projects", "graphs", "users", "threads", "ingest", "webhooks")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model.__name__: model._default_manager.count() for model in models}
