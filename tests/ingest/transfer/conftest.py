from typing import Any

import pytest
from django.db import transaction

from graphs.models import Document, Entity, Episode, Memory
from ingest import reading
from ingest.models import IngestJob
from ingest.summaries import summarise
from tests.conftest import Drain, drain_all
from tests.factories import EpisodeFactory, MemoryFactory, SourceFactory
from tests.ingest.transfer.files import export
from tests.scripted import Scripted
from tests.world import Api, make_world
from users.models import User


@pytest.fixture
def lived(api: Api, drain: Drain) -> dict[str, Any]:
    return live(api, drain)


@pytest.fixture(scope="session")
def exported(django_db_setup: None, django_db_blocker: Any) -> bytes:
    """The export of such a user, in whom Ann was merged into Anna; the user is gone."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(reading, "extractor", Scripted)
        api = make_world().owner
        user = live(api, drain_all)
        merge(api)
        summarise(User.objects.get().pk)
        raw = export(api, user)
        transaction.set_rollback(True)
    return raw


def merge(api: Api) -> None:
    """Ann goes into Anna."""
    ann, anna = (Entity.objects.get(project=api.project, name=name) for name in ("Ann", "Anna"))
    assert api.post(f"/v1/entities/{anna.ref}/merge", {"entityIds": [ann.ref]}).status_code == 200


def live(api: Api, drain: Drain) -> dict[str, Any]:
    """A user of whom everything is kept that can be: ends, edits, what others said, a document, what was deleted."""
    user = api.new_user(externalId="alice", email="alice@acme.com", firstName="Alice", metadata={"plan": {"a_b": [1]}})
    work, home = api.new_thread(user, name="Work", metadata={"x": "ü\u2028"}), api.new_thread(user)
    _say(api, work, drain, "likes tea", 2020)
    _say(api, work, drain, "lives_in Lisbon\nworks_at Acme", 2021)
    api.say(work, {"role": "assistant", "content": "Noted: Lisbon \u2028 it is."}, {"role": "tool", "content": "{}"})
    _say(api, home, drain, "likes tea", 2022)
    _say(api, home, drain, "lives_in Porto\nlikes Ann\nlikes Anna", 2023)
    _say(api, home, drain, "likes milk", 2023)
    _say(api, home, drain, "stopped_likes milk\nplans a trip", 2024)
    _say(api, work, drain, "lives_in Faro", 2019)
    spoken = api.say(
        home, {"role": "user", "name": "Bo", "content": "likes chess", "createdAt": "2024-02-01T00:00:00Z"}
    )
    deleted = api.say(home, "likes sugar\nlives_in Rome")["messages"][0]
    drain()
    assert api.delete(f"/v1/messages/{deleted['id']}").status_code == 200
    assert api.get(f"/v1/messages/{spoken['messages'][0]['id']}").json()["memories"]
    _edit(api, user)
    _give_document(user)
    drain()
    assert api.patch(_path(_entity("Anna")), {"summary": "A friend."}).status_code == 200
    return user


def _say(api: Api, thread: dict[str, Any], drain: Drain, content: str, year: int) -> None:
    api.say(thread, {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"})
    drain()


def _edit(api: Api, user: dict[str, Any]) -> None:
    made = api.post(f"/v1/users/{user['id']}/memories", {"content": "Alice has a cat.", "metadata": {"k_k": "v"}})
    assert made.status_code == 201, made.content
    ended = Memory.objects.get(content__contains="Lisbon")
    assert ended.invalidated_by
    assert api.patch(f"/v1/memories/{ended.ref}", {"metadata": {"checked": True}}).status_code == 200
    plan = Memory.objects.get(kind="plan")
    changes = {"content": "Alice plans a journey.", "validFrom": "2024-05-01T00:00:00Z"}
    assert api.patch(f"/v1/memories/{plan.ref}", changes).status_code == 200


def _give_document(user: dict[str, Any]) -> None:
    """One that was read, and its job."""
    graph = User.objects.by_ref(user["id"]).get().graph
    document = Document.objects.create(
        project=graph.project,
        graph=graph,
        type="text",
        name="Letter",
        content="Acme is large.",
        created_at=graph.created_at,
    )
    place = {"source_kind": Episode.SourceKind.DOCUMENT, "source_id": document.pk, "stream": document.pk}
    episode = EpisodeFactory(graph=graph, content=document.content, indexed_at=None, **place)
    SourceFactory(memory=MemoryFactory(graph=graph, content="Acme is large.", kind="fact"), episode=episode)
    IngestJob.objects.create(
        project=graph.project,
        graph=graph,
        user=graph.user,
        document=document,
        kind=IngestJob.Kind.DOCUMENT,
        status=IngestJob.Status.DONE,
        said_at=graph.created_at,
        position=1,
    )


def _entity(name: str) -> Entity:
    return Entity.objects.get(name=name)


def _path(entity: Entity) -> str:
    return f"/v1/entities/{entity.ref}"
