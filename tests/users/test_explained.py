"""Why a block is as it is: told by the call that made it, so that it can't tell another story."""

from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from graphs import embedders
from graphs.embedders import NoEmbedder
from graphs.models import Episode
from graphs.search import Why
from graphs.search.in_graph import squash
from ingest import summaries
from tests import factories as make
from tests.conftest import Drain
from tests.world import Api
from users.context import assemble, explained
from users.context import notes as noted
from users.context.explained import Explanation, by_row, explain
from users.models import Group, User

ASKED: list[dict[str, Any]] = [
    {"query": query, "template": template, "max_tokens": budget}
    for query in (None, "Where does Alice live?", "When is the trip to Rome?", "Which order is broken?", "zzz")
    for template, budget in (
        ("chat", 1500),
        ("agent", 120),
        ("support", 60),
        ("chat", 8000),
        ("chat", 30),
        ("agent", 1),
    )
]


@pytest.fixture
def told(api: Api, user: dict[str, Any], thread: dict[str, Any], drain: Drain) -> User:
    api.new_group("acme")
    api.state("acme", "The Acme office in Rome closes at six.")
    said = [*(f"likes tea number {number}" for number in range(12)), "lives_in Lisbon", "wants short answers",
            "plans a trip to Rome", "My order 1234 is broken and I want a refund.", "Hello!"]  # fmt: skip
    answered = {"role": "assistant", "content": "I am sorry that the order arrived broken. Shall I replace it?"}
    api.say(thread, *said, answered)
    drain()
    summaries.summarise(User.objects.get().pk)
    return User.objects.select_related("graph").get()


def asked(user: User, **given: Any) -> Explanation:
    groups = list(Group.objects.select_related("graph"))
    return explain(**{"user": user, "template": "chat", "max_tokens": 1500, "groups": groups, **given})


def scored(why: Why) -> float:
    score = float(squash(np.array([why.total]))[0])
    return 1 - (1 - score) / 2 if why.named else score


@pytest.mark.parametrize("given", ASKED, ids=str)
def test_the_block_is_the_one_that_is_served(told: User, given: dict[str, Any]) -> None:
    groups = list(Group.objects.select_related("graph"))
    for as_of in (None, timezone.now()):
        plain = assemble(user=told, groups=groups, as_of=as_of, **given)
        block = asked(told, as_of=as_of, **given).block
        assert (block.text, block.tokens, block.hits) == (plain.text, plain.tokens, plain.hits)


def test_each_line_stands_in_the_block_in_order_and_rests_on_something(told: User) -> None:
    for given in ASKED:
        found = asked(told, **given)
        rows = iter(found.block.text.split("\n"))
        assert all(one.line.text in rows for one in found.lines)  # one after the other: an iterator is used up
        assert len(found.lines) == len(found.block.lines)
        for one in found.lines:
            assert one.line.hit.sources
            assert one.rank
            assert one.cost >= one.line.cost
            assert "\n".join(row for row, _ in by_row(found.block)) == found.block.text


@pytest.mark.parametrize("query", ["Where does Alice live?", "What about the trip to Rome in 2026?", "broken order"])
def test_the_levers_add_up_to_the_score(told: User, query: str) -> None:
    found = asked(told, query=query)
    whys = [(one.line.hit, one.why) for one in found.lines] + [(one.hit, one.why) for one in found.missed]
    assert {hit.kind for hit, _ in whys} == {"memory", "episode", "entity"}
    for hit, why in whys:
        assert why.score == hit.score == pytest.approx(scored(why), abs=2e-6)
        assert all(lever.part == pytest.approx(lever.weight * lever.measured) for lever in why.levers)
        assert why.behind in {episode.pk for episode in hit.sources}


def test_what_stands_without_a_question_says_by_what(told: User) -> None:
    found = asked(told)
    levers = {one.line.hit.kind: [lever.name for lever in one.why.levers] for one in found.lines}
    assert levers == {"memory": ["importance", "recency"], "entity": ["facts"], "episode": ["latest"]}
    for one in found.lines:
        assert one.why.total == pytest.approx(one.why.score, abs=1e-5)
    assert found.reading is None


def test_the_words_of_the_question_are_found_in_the_line_or_beside_it(told: User) -> None:
    found = asked(told, query="Which order is broken?")
    line = next(one for one in found.lines if "1234" in one.line.text)
    assert line.why.words == ("order", "broken")
    assert found.reading
    assert found.reading.words == ("order", "broken")


@pytest.mark.parametrize("max_tokens", [60, 120, 300, 1500])
@pytest.mark.parametrize("query", [None, "Does Alice like tea?"], ids=["standing", "answering"])
def test_what_missed_is_not_in_the_block_and_says_why(told: User, query: str | None, max_tokens: int) -> None:
    found = asked(told, query=query, max_tokens=max_tokens)
    inside = {hit.record.pk for hit in found.block.hits}
    assert not inside & {one.hit.record.pk for one in found.missed}
    assert len(found.missed) <= 2 * explained.MISSED
    ranks = [one.rank for one in found.missed]
    assert ranks == sorted(ranks)
    assert len({*ranks, *(one.rank for one in found.lines if one.line.hit.kind != "entity")}) == len(ranks) + sum(
        one.line.hit.kind != "entity" for one in found.lines
    )
    for one in found.missed:
        assert (one.told_by is not None) <= (one.reason == noted.TOLD)
        assert one.told_by is None or one.told_by in found.block.lines


def test_the_reasons_are_the_right_ones(told: User) -> None:
    small = {one.reason for one in asked(told, query="Does Alice like tea?", max_tokens=60).missed}
    large = {one.hit.record: one.reason for one in asked(told, query="Hello tea", max_tokens=8000).missed}
    assert small & {noted.ROOM, explained.FULL, explained.GAVE_UP}
    assert large[Episode.objects.get(content="Hello!")] == noted.EMPTY
    assert set(large.values()) == {noted.EMPTY, noted.TOLD}


def test_the_parts_of_the_budget_hold_what_they_took(told: User) -> None:
    found = asked(told, query="Which order is broken?", template="support", max_tokens=400)
    assert [part.name for part in found.parts][:4] == [noted.SUMMARY, noted.ENTITIES, noted.FIRST, noted.FACTS]
    assert all(part.used <= part.share for part in found.parts)
    assert sum(part.lines for part in found.parts if part.name != noted.SUMMARY) == len(found.lines)
    assert found.lines[0].part == noted.FIRST


def test_a_summary_says_what_became_of_it(told: User) -> None:
    assert asked(told, max_tokens=1500).summary == noted.SHOWN
    assert asked(told, max_tokens=30).summary == noted.DEAR
    assert asked(told, as_of=timezone.now()).summary == noted.THEN
    assert asked(make.UserFactory(), groups=()).summary == noted.NONE
    told.graph.memories.update(valid_to=timezone.now())
    assert asked(told).summary == noted.STALE


def test_without_vectors_the_levers_still_add_up(told: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedders, "current", NoEmbedder)
    told.graph.embedding_model = ""
    told.graph.save()
    found = asked(told, query="Where does Alice live?", groups=())
    assert found.reading
    assert found.reading.steps == {"words only"}
    for one in found.lines:
        assert one.why.score == pytest.approx(scored(one.why), abs=2e-6)
        assert {lever.name: lever.part for lever in one.why.levers}["meaning"] == 0
