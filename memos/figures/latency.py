"""How long requests took, kept as a histogram: buckets can be added up across processes and hours, quantiles can't."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

FIRST = 0.001
FACTOR = 2**0.5
BOUNDS = tuple(FIRST * FACTOR**step for step in range(31))
"""Upper bounds in seconds, from 1 ms to 33 s. A quantile is off by less than FACTOR, and mostly by less
than a tenth where there are many requests."""
BUCKETS = len(BOUNDS) + 1


def bucket_of(seconds: float) -> int:
    return bisect_left(BOUNDS, seconds)


def quantile(buckets: Sequence[int], part: float) -> float | None:
    """The seconds that the ``part`` (0 to 1) of requests did not exceed, as an estimate; None without requests.

    Within a bucket they are taken to be spread evenly on the logarithmic scale. What took longer than the last bound
    is told as that bound.
    """
    total = sum(buckets)
    if not total:
        return None
    rank = part * total
    sums = list(accumulate(buckets))
    found = bisect_left(sums, rank) if rank else next(at for at, sum_ in enumerate(sums) if sum_)
    if found >= len(BOUNDS):
        return BOUNDS[-1]
    inside = 1 - (sums[found] - rank) / buckets[found]
    return BOUNDS[found] * FACTOR ** (inside - 1)
