"""DELETE /v1/users/:id"""

from typing import Any

import pytest
from django.apps import apps

from graphs.models import Entity, Memory
from ingest import messages, pipeline, reading, summaries
from ingest.models import Operation
from memos.projects.models import AuditEntry
from tests.conftest import Drain
from tests.meanwhile import meanwhile
from tests.scripted import Scripted
from tests.world import Api, problem
from users.models import Group, User


def test_it_leaves_no_row_of_the_user_in_any_table(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon", "lives_in Porto", {"role": "assistant", "content": "Noted."})
    api.give(user, "of Tom: likes tea")
    drain()
    api.say(thread, "likes tea")
    api.give(user, "of Tom: likes milk")
    summaries.summarise(User.objects.get().pk)
    api.patch(f"/v1/entities/{Entity.objects.filter(is_subject=False).latest('pk').ref}", {"name": "Faro"})
    assert {name for name, count in _rows().items() if count == 0} == set()

    response = api.delete(f"/v1/users/{user['id']}")

    assert (response.status_code, response.json()) == (200, {"deleted": True, "id": user["id"]})
    assert {name for name, count in _rows().items() if count} == set()


def test_it_leaves_every_other_user_alone(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> None:
    api.say(thread, "lives_in Lisbon", "lives_in Porto")
    drain()
    before = _rows()
    other = api.new_user()
    api.say(api.new_thread(other), "lives_in Lisbon", "lives_in Porto")
    drain()
    api.delete(f"/v1/users/{other['id']}")
    assert _rows() == before


def test_one_audit_entry_without_personal_data_outlives_the_user(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon")
    drain()
    response = api.delete(f"/v1/users/{user['id']}")
    entry = AuditEntry.objects.get(action="user.deleted")
    assert (entry.project, entry.target_id, entry.actor_id) == (api.project, user["id"], api.key.ref)
    assert entry.request_id == response["X-Request-Id"]
    assert (entry.detail["rows"]["message"], entry.detail["rows"]["memory"]) == (1, 1)
    for audited in AuditEntry.objects.values_list("detail", "target_id", "actor_label"):
        assert not any(word in str(audited) for word in ("alice", "Alice", "Lisbon", "Onboarding"))


def test_deleting_twice_is_not_found(api: Api, user: dict[str, Any]) -> None:
    api.delete(f"/v1/users/{user['id']}")
    problem(api.delete(f"/v1/users/{user['id']}"), 404, "NOT_FOUND")
    assert AuditEntry.objects.filter(action="user.deleted").count() == 1


def test_the_external_id_may_be_used_again(api: Api, user: dict[str, Any]) -> None:
    api.delete(f"/v1/users/{user['id']}")
    assert api.new_user(externalId="alice")["id"] != user["id"]


MOMENTS = {"extract": reading, "write": messages}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_running_writes_nothing_afterwards(
    api: Api,
    user: dict[str, Any],
    thread: dict[str, Any],
    scripted: Scripted,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """At ``write`` the deletion waits for the transaction of the job; at ``extract`` it goes through at once."""
    api.say(thread, "lives_in Lisbon", "likes tea")
    path, at = f"/v1/users/{user['id']}", (MOMENTS[moment], moment)
    with meanwhile(lambda: api.delete(path).status_code, monkeypatch, at=at, waits=moment == "write") as answers:
        assert pipeline.run(User.objects.get().graph_id) is False
    assert answers == [200]
    assert Memory.objects.count() == 0
    assert {name for name, count in _rows().items() if count} == set()


def _rows() -> dict[str, int]:
    """How many rows each table of the product holds; groups and operations do not hang on a user."""
    labels = ("graphs", "users", "threads", "ingest")
    product = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model.__name__: model._default_manager.count() for model in product if model not in (Group, Operation)}
