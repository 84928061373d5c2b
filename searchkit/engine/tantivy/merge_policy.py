"""When tantivy merges segments: its LogMergePolicy, which can be neither asked nor set from Python.

It merges eight segments of about one size into one. The figures are those of LogMergePolicy in
https://docs.rs/tantivy.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, log2

from searchkit.engine.tantivy.files import Segment

MERGED_AT = 8
"""So many segments of about one size are merged."""
_SMALLEST = 10_000  # all below have one size
_LARGEST = 10_000_000  # no larger one is merged
_SAME_SIZE = 0.75  # as a difference of binary logarithms


def levels(segments: Iterable[Segment]) -> list[list[Segment]]:
    """The segments of about one size each, the largest first.

    Their order is by all of their documents, their size is that of those that are not deleted: behind a
    segment that has lost most of its documents, larger ones are of its level.
    """
    found: list[list[Segment]] = []
    least = inf
    for segment in sorted(segments, key=lambda one: one.documents, reverse=True):
        if segment.left > _LARGEST:
            continue
        size = log2(max(segment.left, _SMALLEST))
        if size < least - _SAME_SIZE:
            found.append([])
            least = size
        found[-1].append(segment)
    return found


def merge_is_due(segments: Iterable[Segment]) -> bool:
    """Whether a writer that has committed these segments merges some of them."""
    return any(len(level) >= MERGED_AT for level in levels(segments))
