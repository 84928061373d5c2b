"""Significance: is one engine better than another, or is the difference chance?

Both answered the same queries, so the tests are paired: they use the difference on each query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["Comparison", "compared", "holm"]

RESAMPLES = 9999
SEED = 20260101


class Comparison(NamedTuple):
    """The mean difference, its bootstrap 95 % interval, and its probability by chance alone."""

    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    """After Holm's correction for all comparisons that were made together."""


def compared(baseline: Sequence[float], others: Mapping[str, Sequence[float]]) -> dict[str, Comparison]:
    """Each of the others minus the baseline, query by query: paired t-test, percentile bootstrap.

    All sequences hold the same queries in the same order. Raises ValueError for fewer than two queries.
    """
    if len(baseline) < 2:
        raise ValueError("of a single query there is no significance")
    differences = {name: np.subtract(values, baseline, dtype=np.float64) for name, values in others.items()}
    probabilities = {name: _p(values) for name, values in differences.items()}
    corrected = holm(probabilities)
    return {
        name: Comparison(float(values.mean()), *_interval(values), probabilities[name], corrected[name])
        for name, values in differences.items()
    }


def holm(probabilities: Mapping[str, float]) -> dict[str, float]:
    """The p-values, corrected for multiple comparisons by Holm's step-down method.

    S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6
    (1979).
    """
    corrected: dict[str, float] = {}
    least = 0.0
    for done, name in enumerate(sorted(probabilities, key=lambda name: probabilities[name])):
        least = max(least, min(1.0, (len(probabilities) - done) * probabilities[name]))
        corrected[name] = least
    return corrected


def _p(differences: NDArray[np.float64]) -> float:
    """The p-value of the paired t-test. With equal differences t is undefined: 1 if all are 0, else 0."""
    if np.ptp(differences) == 0:
        return 0.0 if differences.any() else 1.0
    return float(stats.ttest_1samp(differences, 0).pvalue)


def _interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """The percentile bootstrap interval of the mean, with a fixed seed."""
    interval = stats.bootstrap(
        (differences,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=100,  # all at once would be gigabytes
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(interval.low), float(interval.high)
