import numpy as np
import pytest

from bench.recall.intervals import bootstrap, wilson


def test_what_never_varies_has_no_width() -> None:
    found = bootstrap([0.25] * 20, list("ab" * 10))
    assert (found.mean, found.low, found.high) == (0.25, 0.25, 0.25)


def test_the_mean_is_that_of_the_questions_whatever_conversation_they_are_of() -> None:
    assert bootstrap([1.0, 0.0, 0.0, 0.0], ["a", "b", "b", "b"]).mean == 0.25


def test_a_single_conversation_is_resampled_by_its_questions() -> None:
    values = [0.0, 1.0] * 50
    found = bootstrap(values, ["one"] * 100)
    error = 1.96 * np.std(values) / 10
    assert found.low == pytest.approx(0.5 - error, abs=0.01)
    assert found.high == pytest.approx(0.5 + error, abs=0.01)


def test_one_question_in_each_conversation_is_the_same_as_one_conversation_of_them_all() -> None:
    values = list(np.random.default_rng(5).random(200))
    together, each = bootstrap(values, ["one"] * 200), bootstrap(values, list(range(200)))
    assert (each.low, each.high) == pytest.approx((together.low, together.high), abs=0.005)


def test_conversations_that_differ_make_it_wider_than_their_questions_would() -> None:
    values = [1.0] * 50 + [0.0] * 50
    apart = bootstrap(values, ["easy"] * 50 + ["hard"] * 50)
    mixed = bootstrap(values, ["one"] * 100)
    assert (apart.low, apart.high) == (0.0, 1.0)
    assert mixed.high - mixed.low < 0.25


def test_it_covers_the_truth_where_conversations_differ_and_the_plain_bootstrap_does_not() -> None:
    random = np.random.default_rng(1)
    conversations = np.repeat(np.arange(30), 10).tolist()
    covered = {"of two steps": 0, "plain": 0}
    for _ in range(200):
        values = [value for level in random.normal(0, 1, 30) for value in random.normal(level, 1, 10)]
        for name, clusters in (("of two steps", conversations), ("plain", ["one"] * 300)):
            found = bootstrap(values, clusters)
            covered[name] += found.low <= 0 <= found.high
    assert covered["of two steps"] >= 184  # 190 are meant; 184 is two standard errors below
    assert covered["plain"] < 140


def test_the_same_seed_gives_the_same_interval() -> None:
    values, clusters = list(np.random.default_rng(2).random(60)), ["a", "b", "c"] * 20
    assert bootstrap(values, clusters, seed=3) == bootstrap(values, clusters, seed=3)
    assert bootstrap(values, clusters, seed=3) != bootstrap(values, clusters, seed=4)


def test_wilson_agrees_with_the_textbook_and_keeps_a_width_at_both_ends() -> None:
    found = wilson(81, 263)  # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: .2553 to .3662
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 20).low == 0.0 < wilson(0, 20).high
    assert wilson(20, 20).low < 1.0 == wilson(20, 20).high
