"""Quantiles from buckets, against the real ones."""

import random

import pytest

from memos.figures.latency import BOUNDS, BUCKETS, FACTOR, bucket_of, quantile


def histogram(seconds: list[float]) -> list[int]:
    buckets = [0] * BUCKETS
    for one in seconds:
        buckets[bucket_of(one)] += 1
    return buckets


@pytest.mark.parametrize(("median", "spread"), [(0.004, 0.5), (0.03, 1.0), (0.25, 0.3), (1.5, 1.2)])
def test_a_quantile_is_near_the_real_one(median: float, spread: float) -> None:
    made = random.Random(f"{median} {spread}")
    seconds = sorted(median * made.lognormvariate(0, spread) for _ in range(10_000))
    for part in (0.5, 0.95, 0.99):
        assert quantile(histogram(seconds), part) == pytest.approx(seconds[int(part * 10_000)], rel=0.1)


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_a_quantile_of_few_is_at_most_a_bucket_off(count: int) -> None:
    made = random.Random(count)
    seconds = sorted(made.uniform(0.002, 2) for _ in range(count))
    for part in (0.5, 0.95):
        real = seconds[max(-(-count * part // 1), 1).__int__() - 1]
        assert real / FACTOR <= (quantile(histogram(seconds), part) or 0) <= real * FACTOR


def test_without_requests_there_is_none() -> None:
    assert quantile([0] * BUCKETS, 0.5) is None


def test_what_is_out_of_bounds_is_told_as_the_bound() -> None:
    assert quantile(histogram([0.0]), 0.5) <= BOUNDS[0]  # type: ignore[operator]
    assert quantile(histogram([500.0]), 0.95) == BOUNDS[-1]
    assert quantile(histogram([0.01, 500.0]), 0) == pytest.approx(0.01, rel=0.5)


def test_sums_of_histograms_are_the_histogram_of_all() -> None:
    one, other = histogram([0.01, 0.02]), histogram([0.3])
    assert [a + b for a, b in zip(one, other, strict=True)] == histogram([0.01, 0.02, 0.3])
