"""What each figure of `bench.extraction` counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.conversations import FIRST_SAID_AT
from bench.found import Found, Outcome, Thing
from bench.scoring import Score, Tally, score
from bench.shapes import Conversation, Expected, Message, Named, Never

EARLIER = FIRST_SAID_AT - timedelta(days=30)
PORTO = Found("The user lives in Porto.", "home", None, None, frozenset(), frozenset(), "en")
TEA = replace(PORTO, content="The user likes tea.", kind="preference")
CLOSED = replace(PORTO, closed=True, ended_at=EARLIER)


def fact(*words: str, kind: str = "home", **fields: Any) -> Expected:
    return Expected(words, frozenset({kind}), **fields)


def case(**fields: Any) -> Conversation:
    return Conversation("a case", "cases.yaml", (Message("…", FIRST_SAID_AT),), **fields)


def scored(*found: Found, things: list[Thing] | None = None, summary: str | None = None, **fields: Any) -> Score:
    return score(case(**fields), Outcome(list(found), things, summary))


def share(tally: Tally, figure: str) -> tuple[int, int]:
    return tally.right[figure], tally.asked[figure]


def test_a_surplus_memory_costs_precision_and_a_missed_fact_recall() -> None:
    tally = scored(PORTO, TEA, facts=(fact("lives", "porto"), fact("works"))).tally
    assert share(tally, "precision") == (1, 2)
    assert share(tally, "recall") == (1, 2)


def test_what_may_be_there_counts_on_neither_side() -> None:
    tally = scored(PORTO, TEA, facts=(fact("porto"),), may=(("tea",),)).tally
    assert share(tally, "precision") == (1, 1)


def test_a_word_stands_at_the_start_of_a_word_and_a_negated_one_nowhere() -> None:
    assert scored(PORTO, facts=(fact("ort"),)).wrong[0] == "recall: ('ort',)"
    assert scored(PORTO, facts=(fact("por", "!not"),)).wrong == []
    assert scored(replace(PORTO, content="I do not live in Porto."), facts=(fact("por", "!not"),)).wrong


def test_of_two_that_have_the_words_each_fact_meets_the_one_that_is_right() -> None:
    ended = fact("porto", ended="2026-02-08")
    tally = scored(PORTO, CLOSED, facts=(ended, fact("porto"))).tally
    assert share(tally, "closings right") == (1, 1)
    assert share(tally, "left live") == (1, 1)


@pytest.mark.parametrize(
    ("start", "until", "expected", "right"),
    [
        ("2026-02", None, {"valid_from": "2026-02"}, (1, 1)),
        ("2026-02-01", None, {"valid_from": "2026-02"}, (0, 1)),
        ("2026-02", None, {}, (0, 1)),
        ("2026-02", None, {"valid_from": "any"}, (0, 0)),
        (None, "2026-04-01", {"until": "2026-04-01"}, (1, 1)),
        (None, None, {}, (0, 0)),
    ],
)
def test_dates_are_right_with_their_precision(
    start: str | None, until: str | None, expected: dict[str, str], right: tuple[int, int]
) -> None:
    found = replace(PORTO, start=start, until=until)
    assert share(scored(found, facts=(fact("porto", **expected),)).tally, "dates right") == right


@pytest.mark.parametrize(
    ("found", "ended", "right"),
    [
        (CLOSED, "2026-02", 1),
        (CLOSED, "any", 1),
        (CLOSED, "2026-01", 0),
        (PORTO, "any", 0),
        (replace(CLOSED, ended_at=datetime(2027, 1, 1, tzinfo=UTC)), "any", 0),
    ],
)
def test_a_closing_is_right_at_its_time_and_not_in_the_future(found: Found, ended: str, right: int) -> None:
    assert share(scored(found, facts=(fact("porto", ended=ended),)).tally, "closings right") == (right, 1)


def test_a_live_fact_that_was_ended_is_counted_wherever_it_stands() -> None:
    assert share(scored(CLOSED, TEA, facts=(fact("porto"),)).tally, "left live") == (1, 2)
    assert share(scored(CLOSED, facts=(fact("porto"),), may=(("porto",),)).tally, "left live") == (0, 0)


def test_what_a_correction_has_ended_is_kept_out() -> None:
    never = (Never(("porto",)),)
    assert scored(CLOSED, never=never).wrong == []
    tally = scored(PORTO, never=never).tally
    assert (share(tally, "precision"), share(tally, "kept out")) == ((0, 1), (0, 1))


def test_a_never_with_a_date_means_that_date_alone() -> None:
    never = (Never(("porto",), "2026-04"),)
    assert share(scored(replace(PORTO, start="2026-05"), never=never).tally, "kept out") == (1, 1)
    assert share(scored(replace(PORTO, start="2026-04"), never=never).tally, "kept out") == (0, 1)


def test_another_language_without_facts_is_free_but_for_its_language_and_what_is_never_kept() -> None:
    tally = scored(PORTO, language="de", never=(Never(("porto",)),)).tally
    assert tally.asked.keys() == {"language right", "kept out"}
    assert not +tally.right


def test_kinds_links_and_endings_are_asked_of_met_facts() -> None:
    found = replace(PORTO, links=frozenset({("me", "lives_in", "porto")}), ends=frozenset({("lives_in", None)}))
    good = fact("porto", links=(("me", "lives_in", "Porto"),), ends=(("lives_in", None),))
    assert scored(found, facts=(good,)).wrong == []
    bad = fact("porto", kind="work", links=(("me", "works_at", "Porto"),), ends=())
    tally = scored(found, facts=(bad,)).tally
    assert [share(tally, f"{what} right") for what in ("kinds", "links", "endings")] == [(0, 1)] * 3


TOM, TOMMY = Thing(frozenset({"tom"}), "person"), Thing(frozenset({"tommy"}), "person")


@pytest.mark.parametrize(
    ("things", "right"),
    [
        ([Thing(frozenset({"tom", "tommy"}), "person")], (1, 1)),
        ([TOM, TOMMY], (0, 1)),
        ([Thing(frozenset({"tom"}), "animal")], (0, 1)),
        ([], (0, 0)),
    ],
)
def test_an_entity_is_one_under_all_of_its_names(things: list[Thing], right: tuple[int, int]) -> None:
    tally = scored(things=things, entities=(Named(("Tom", "Tommy"), "person"),)).tally
    assert share(tally, "entities right") == right


@pytest.mark.parametrize(
    ("things", "pair", "right"),
    [
        ([TOM, TOMMY], ("Tom", "Tommy"), (1, 1)),
        ([Thing(frozenset({"tom", "tommy"}), "person")], ("Tom", "Tommy"), (0, 1)),
        ([TOM], ("Tom", "Tommy"), (0, 0)),
        ([TOM, Thing(frozenset({"tom"}), "animal")], ("Tom", "Tom"), (1, 1)),
        ([TOM], ("Tom", "Tom"), (0, 1)),
    ],
)
def test_two_stay_two(things: list[Thing], pair: tuple[str, str], right: tuple[int, int]) -> None:
    assert share(scored(things=things, apart=(pair,)).tally, "apart right") == right


def test_a_summary_has_and_lacks_its_words() -> None:
    tally = scored(
        summary="Ana lives in Lisbon.", summary_has=("lisbon", "nurse"), summary_lacks=("porto", "ana")
    ).tally
    assert share(tally, "summaries right") == (2, 4)
