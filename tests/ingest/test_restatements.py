"""What is said again: it begins again, ends again, and counts from when it was last said."""

from typing import Any

import pytest

from graphs.models import Memory, Source
from tests.conftest import Drain
from tests.world import Api

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def tell(api: Api, thread: dict[str, Any], drain: Drain) -> Any:
    """Say something in a year, and wait until it is read."""

    def say(content: str, year: int) -> None:
        api.say(thread, {"role": "user", "content": content, "createdAt": f"{year}-01-01T00:00:00Z"})
        drain()

    return say


def spans(api: Api, user: dict[str, Any], content: str) -> list[tuple[str | None, str | None]]:
    """The years in which it holds, oldest first."""
    every = api.memories(user, includeInvalidated="true", order="asc")
    return [(_year(one["validFrom"]), _year(one["validTo"])) for one in every if one["content"] == content]


def test_an_ending_that_is_said_again_ends_again(api: Api, user: dict[str, Any], tell: Any) -> None:
    for year, content in enumerate(["likes tea", "stopped_likes tea"] * 2, 2020):
        tell(content, year)
    assert spans(api, user, "Alice likes tea.") == [(None, "2021"), ("2022", "2023")]
    assert spans(api, user, "Alice no longer likes tea.") == [(None, None)]
    closings = Source.objects.filter(role=Source.Role.CLOSES).order_by("episode__said_at")
    assert [closing.episode.said_at.year for closing in closings] == [2021, 2023]


def test_what_ended_twice_may_begin_and_end_a_third_time(api: Api, user: dict[str, Any], tell: Any) -> None:
    for year, content in enumerate(["likes tea", "stopped_likes tea"] * 3, 2020):
        tell(content, year)
    assert spans(api, user, "Alice likes tea.") == [(None, "2021"), ("2022", "2023"), ("2024", "2025")]


def test_a_restatement_is_not_closed_by_a_back_filled_older_change(api: Api, user: dict[str, Any], tell: Any) -> None:
    tell("lives_in Lisbon", 2020)
    tell("lives_in Lisbon", 2024)
    tell("lives_in Porto", 2022)
    assert spans(api, user, "Alice lives in Lisbon.") == [(None, None)]
    assert spans(api, user, "Alice lives in Porto.") == [(None, "2024")]
    lisbon = Memory.objects.get(content__contains="Lisbon")
    assert (lisbon.said_at.year, lisbon.sources.count()) == (2024, 2)
    assert Memory.objects.get(content__contains="Porto").invalidated_by == lisbon


def test_an_older_statement_that_arrives_late_makes_a_memory_no_older(
    api: Api, user: dict[str, Any], tell: Any
) -> None:
    tell("lives_in Lisbon", 2024)
    tell("lives_in Lisbon", 2020)
    assert Memory.objects.get().said_at.year == 2024


def test_an_older_fact_that_arrives_late_is_closed_by_the_ending_said_since(
    api: Api, user: dict[str, Any], tell: Any
) -> None:
    tell("stopped_likes tea", 2023)
    tell("likes tea", 2020)
    assert spans(api, user, "Alice likes tea.") == [(None, "2023")]
    ending = Memory.objects.get(content__contains="no longer")
    assert Memory.objects.get(content__endswith="\N{OBJECT REPLACEMENT CHARACTER} likes tea.").invalidated_by == ending


def test_an_older_fact_that_arrives_late_between_two_endings_is_closed_by_the_second(
    api: Api, user: dict[str, Any], tell: Any
) -> None:
    for content, year in (("likes tea", 2020), ("stopped_likes tea", 2021), ("stopped_likes tea", 2023)):
        tell(content, year)
    tell("likes tea", 2022)
    assert spans(api, user, "Alice likes tea.") == [(None, "2021"), ("2022", "2023")]


def test_an_ending_of_one_thing_leaves_a_late_fact_about_another_open(
    api: Api, user: dict[str, Any], tell: Any
) -> None:
    tell("stopped_likes tea", 2023)
    tell("likes milk", 2020)
    assert spans(api, user, "Alice likes milk.") == [(None, None)]


def _year(moment: str | None) -> str | None:
    return moment[:4] if moment else None
