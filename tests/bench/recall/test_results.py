from typing import Any

import pytest

from bench.recall.results import summary, told
from bench.recall.table import render, share


def row(number: int, category: str, found: float, **more: Any) -> dict[str, Any]:
    measured = {
        "recall@10": found,
        "evidence@500": found,
        "all@500": float(found == 1),
        "tokens@500": 400.0,
        "over@500": 0.0,
    }
    timed = {"search_seconds": number / 1000, "context_seconds@500": number / 500}
    about = {"question": f"q{number}", "conversation": "c", "category": category, "apart": False}
    return about | measured | timed | more


ROWS = [
    row(1, "temporal", 1.0, **{"answer@500": 0.5}),
    row(2, "temporal", 0.5),
    row(3, "multi-hop", 0.0),
    row(4, "adversarial", 1.0, apart=True),
    {"question": "q5", "conversation": "c", "category": "temporal", "apart": False, "block": "only for the judge"},
]
CATEGORIES = ["multi-hop", "temporal", "adversarial"]


def test_the_adversarial_and_what_has_no_evidence_are_not_counted_with_the_others() -> None:
    found = summary(ROWS, budgets=[500], categories=CATEGORIES, seed=0)
    assert {name: group["questions"] for name, group in found["groups"].items()} == {
        "all": 3,
        "multi-hop": 1,
        "temporal": 2,
        "adversarial": 1,
    }
    figures = found["groups"]["all"]["figures"]
    assert figures["evidence@500"]["mean"] == 0.5
    assert figures["all@500"]["mean"] == pytest.approx(1 / 3)
    assert figures["answer@500"]["mean"] == 0.5  # of the one question that has an answer


def test_latency_is_told_in_milliseconds() -> None:
    found = summary(ROWS, budgets=[500], categories=CATEGORIES, seed=0)["latency"]
    assert found == {"search": {"p50": 2.5, "p95": 3.85}, "context@500": {"p50": 5.0, "p95": 7.7}}


def test_conversations_told_at_the_same_time_take_their_time_once() -> None:
    spans = [(0.0, 10.0), (5.0, 12.0), (6.0, 8.0), (100.0, 101.0)]
    records = [{"messages": {"m": "1"}, "began": began, "ended": ended} for began, ended in spans]
    assert told(records) == {"conversations": 4, "messages": 4, "seconds": 13.0}


@pytest.mark.parametrize(("value", "shown"), [(0.8444, ".844"), (1.0, "1.000"), (-0.0124, "-.012"), (0.0, ".000")])
def test_shares_are_shown_short(value: float, shown: str) -> None:
    assert share(value) == shown


def test_what_was_not_measured_is_a_dash() -> None:
    rows = [row(1, "temporal", 1.0, search_seconds=None, **{"context_seconds@500": None})]
    found = summary(rows, budgets=[500], categories=CATEGORIES, seed=0)
    table = render([found | {"system": "bm25", "budgets": [500], "told": None, "judge": None}])
    assert "| all | 1 | bm25 | 1.000 [1.000, 1.000] | 1.000 [1.000, 1.000] | – | 1.000 [1.000, 1.000] |" in table
    assert "| bm25 | 400 | 0.0% | – | – | – |" in table
