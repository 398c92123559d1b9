"""GET /v1/users/:id and GET /v1/users/:id/graph"""

from typing import Any

from ingest import summaries
from tests.conftest import Drain
from tests.world import Api, problem
from users.models import User


def test_it_answers_with_full_stats_and_no_summary_at_first(api: Api, user: dict[str, Any]) -> None:
    assert api.get(f"/v1/users/{user['id']}").json() == {
        **user,
        "summary": None,
        "stats": {"threads": 0, "memories": 0, "entities": 0},
    }


def test_it_counts_threads_memories_that_hold_and_entities(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon", "lives_in Porto", "likes tea")
    drain()
    assert api.get(f"/v1/users/{user['id']}").json()["stats"] == {"threads": 1, "memories": 2, "entities": 3}


def test_it_shows_the_biographical_summary(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "lives_in Lisbon")
    drain()
    summaries.summarise(User.objects.get().pk)
    assert api.get(f"/v1/users/{user['id']}").json()["summary"] == "Lives in Lisbon."


def test_the_graph_diagnostic_answers_as_the_contract_says(
    api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain
) -> None:
    api.say(thread, "likes tea")
    drain()
    graph = User.objects.get().graph
    assert api.get(f"/v1/users/{user['id']}/graph").json() == {
        "userId": user["id"],
        "graphId": user["graphId"],
        "createdAt": graph.created_at.isoformat().replace("+00:00", "Z"),
        "stats": {"memories": 1},
    }


def test_an_unknown_id_is_not_found(api: Api) -> None:
    document = problem(api.get("/v1/users/usr_01HXY000000000000000000000"), 404, "NOT_FOUND")
    assert document["detail"] == "There is no user 'usr_01HXY000000000000000000000' in this project."
