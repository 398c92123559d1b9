"""95 % intervals."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

ROUNDS = 2000
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    mean: float
    low: float
    high: float


def bootstrap(values: Sequence[float], clusters: Sequence[Hashable], *, seed: int = 0) -> Interval:
    """The mean, and a percentile interval of two steps: conversations are drawn, then questions within each.

    With one conversation, or with one question in each, it is the plain bootstrap over questions. Drawing in both
    steps errs to the wide side (Davison and Hinkley, Bootstrap Methods and their Application, 1997, 3.8).
    """
    ordered, starts, sizes = _by_cluster(np.asarray(values, dtype=float), clusters)
    means = _resampled(ordered, starts, sizes, np.random.default_rng(seed))
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(ordered.mean()), float(low), float(high))


Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


def _by_cluster(values: Floats, clusters: Sequence[Hashable]) -> tuple[Floats, Places, Places]:
    """The values with those of a cluster side by side, and where each cluster starts and how many it has."""
    numbers = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    of = np.array([numbers[cluster] for cluster in clusters], dtype=np.intp)
    sizes = np.bincount(of)
    return values[np.argsort(of, kind="stable")], np.cumsum(sizes) - sizes, sizes


def _resampled(values: Floats, starts: Places, sizes: Places, random: np.random.Generator) -> Floats:
    """The mean of each round."""
    drawn = random.integers(len(sizes), size=(ROUNDS, len(sizes))) if len(sizes) > 1 else np.zeros((ROUNDS, 1), int)
    drawn_sizes = sizes[drawn]
    if (sizes == 1).all():
        return np.asarray(values[starts[drawn]].mean(axis=1))
    spread = np.repeat(drawn.ravel(), drawn_sizes.ravel())
    places = starts[spread] + (random.random(len(spread)) * sizes[spread]).astype(np.intp)
    asked = drawn_sizes.sum(axis=1)
    return np.asarray(np.add.reduceat(values[places], np.cumsum(asked) - asked) / asked)


def wilson(right: int, asked: int) -> Interval:
    """Of a share of yes and no (Wilson, 1927): stays within 0 and 1, and has a width at both."""
    share = right / asked
    middle = (share + Z**2 / (2 * asked)) / (1 + Z**2 / asked)
    half = Z / (1 + Z**2 / asked) * sqrt(share * (1 - share) / asked + Z**2 / (4 * asked**2))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))
