"""Taking back is symmetrical to adding: what was said and deleted again was never said."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphs.models import Graph
from tests.conftest import drain_graph
from tests.ingest.erase.state import State, difference, state_of
from tests.world import Api
from users.models import User

pytestmark = pytest.mark.usefixtures("scripted")

Said = tuple[str, int]
"""What was said, and in which year."""

STORIES: dict[str, list[Said]] = {
    "a change": [("lives_in Lisbon", 2020), ("lives_in Porto", 2022), ("lives_in Faro", 2024)],
    "the same again": [("likes tea", 2020), ("likes tea", 2022), ("likes tea", 2024)],
    "two that end it": [("likes tea", 2020), ("stopped_likes tea", 2022), ("stopped_likes tea", 2024)],
    "an end and a new beginning": [("likes tea", 2020), ("stopped_likes tea", 2021), ("likes tea", 2022)],
    "back and forth": [("lives_in Lisbon", 2020), ("lives_in Porto", 2022), ("lives_in Lisbon", 2024)],
    "names": [("named Ann", 2020), ("named Bo", 2021), ("likes Ann", 2022)],
    "several at once": [("lives_in Lisbon\nlikes tea", 2020), ("lives_in Porto\nlikes tea", 2022), ("likes tea", 2023)],
    "a day": [("at 2020-05-01 visited Rome", 2020), ("at 2020-05-01 visited Rome", 2021), ("likes Rome", 2022)],
    "nothing": [("hello there", 2020), ("likes tea", 2021), ("how are you?", 2022)],
}


def tell(api: Api, user: dict[str, Any], story: list[Said]) -> list[str]:
    """Say it all in a thread, each after the one before was read; the ids of the messages."""
    thread = api.new_thread(user)
    told = []
    for content, year in story:
        message = {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"}
        told.append(api.say(thread, message)["messages"][0]["id"])
        drain_graph(graph_of(user).pk)
    return told


def graph_of(user: dict[str, Any]) -> Graph:
    return User.objects.by_ref(user["id"]).get().graph


def told_only(api: Api, story: list[Said]) -> State:
    user = api.new_user()
    tell(api, user, story)
    return state_of(graph_of(user))


def told_and_deleted(api: Api, story: list[Said], *places: int) -> State:
    user = api.new_user()
    ids = tell(api, user, story)
    for place in places:
        assert api.delete(f"/v1/messages/{ids[place]}").status_code == 200
    drain_graph(graph_of(user).pk)
    return state_of(graph_of(user))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", STORIES)
def test_a_message_that_is_deleted_was_never_said(api: Api, name: str, place: int) -> None:
    story = STORIES[name]
    rest = [said for index, said in enumerate(story) if index != place]
    assert difference(told_and_deleted(api, story, place), told_only(api, rest)) == {}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", ["a change", "the same again", "two that end it"])
def test_the_order_in_which_it_was_heard_does_not_matter(api: Api, name: str, place: int, order: tuple[int]) -> None:
    story = [STORIES[name][index] for index in order]
    rest = [said for index, said in enumerate(story) if index != place]
    assert difference(told_and_deleted(api, story, place), told_only(api, rest)) == {}


@pytest.mark.parametrize("name", STORIES)
def test_a_story_that_is_deleted_whole_leaves_nothing(api: Api, name: str) -> None:
    story = STORIES[name]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        left = told_and_deleted(api, story, *order)
        assert {table: len(rows) for table, rows in left.items() if rows} == {"entities": 1}
        assert difference(left, told_only(api, [])) == {}


GIVEN: dict[str, list[str]] = {
    "a user's message": ["lives_in Lisbon\nlikes tea", "lives_in Porto\nlikes tea", "lives_in Faro"],
    "a text": ["# A\n\nof Tom: likes tea\n\n# B\n\nof Tom: works_at Acme", "of Tom: likes tea", "of Tom: likes milk"],
}


def given_and_deleted(api: Api, kind: str, story: list[str], *places: int) -> State:
    """Each a document, beside a thread in which something was said before."""
    user = api.new_user()
    tell(api, user, [("likes tea\nlives_in Rome", 2019)])
    documents = []
    for year, content in enumerate(story, 2020):
        fields = {"createdAt": f"{year}-01-01T00:00:00Z"}
        message = {"role": "user", "content": content}
        made = api.give(user, content, **fields) if kind == "a text" else api.give(user, message, "message", **fields)
        documents.append(made["documentId"])
        drain_graph(graph_of(user).pk)
    for place in places:
        assert api.delete(f"/v1/documents/{documents[place]}").status_code == 200
    drain_graph(graph_of(user).pk)
    return state_of(graph_of(user))


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("kind", GIVEN)
def test_a_document_that_is_deleted_was_never_given(api: Api, kind: str, place: int) -> None:
    story = GIVEN[kind]
    years = [content if index != place else "hello" for index, content in enumerate(story)]
    left, never = given_and_deleted(api, kind, story, place), given_and_deleted(api, kind, years, place)
    assert difference(left, never) == {}


@pytest.mark.parametrize("kind", GIVEN)
def test_documents_that_are_all_deleted_leave_nothing(api: Api, kind: str) -> None:
    left = given_and_deleted(api, kind, GIVEN[kind], 1, 0, 2)
    assert difference(left, told_only(api, [("likes tea\nlives_in Rome", 2019)])) == {}


SAYINGS = st.sampled_from([
    "lives_in Lisbon", "lives_in Porto", "works_at Acme", "likes tea", "likes milk", "stopped_likes tea",
    "stopped_likes milk", "named Ann", "named Bo", "at 2020-05-01 visited Lisbon", "likes tea\nlives_in Porto",
    "hello there",
])  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sayings=st.lists(SAYINGS, min_size=2, max_size=6), data=st.data())
def test_any_story_without_some_of_it_is_as_if_that_was_never_said(
    api: Api, sayings: list[str], data: st.DataObject
) -> None:
    story = [(saying, 2010 + place) for place, saying in enumerate(sayings)]
    places = data.draw(st.lists(st.integers(0, len(story) - 1), min_size=1, max_size=3, unique=True))
    rest = [said for place, said in enumerate(story) if place not in places]
    assert difference(told_and_deleted(api, story, *places), told_only(api, rest)) == {}
