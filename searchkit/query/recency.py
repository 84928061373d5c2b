"""recency: how much newer documents count for more, as part of a plan.

The freshness of a document is 1 when it is new, and halves with each half-life. A new document gets
`STRENGTH` times the score of the best hit on top of its own, an older one its share of that. Freshness has
steps of a sixteenth, since an engine adds up what matches. Age is counted in whole days, or in hours when the
half-life is below a week, so that the order stays the same from page to page.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log2

from searchkit.dates import parse_span, to_milliseconds
from searchkit.engine.plan import Range, ScoreClause

STRENGTH = 0.5
_STEPS = 16


def half_life(recency: str | timedelta) -> timedelta:
    """The time that ``30d``, ``12h``, ``2w`` or ``1y`` mean.

    Raises ValueError for a text of another form and for less than an hour.
    """
    if isinstance(recency, str):
        span = parse_span(recency)
        if span is None:
            raise ValueError(f"recency={recency!r} is no time like 12h, 30d, 2w or 1y")
        recency = span
    if not isinstance(recency, timedelta):
        raise TypeError(f"recency must be a text like 30d or a timedelta, not {recency!r}")
    if not timedelta(hours=1) <= recency <= timedelta(days=36500):
        raise ValueError(f"recency must be between an hour and a hundred years, not {recency}")
    return recency


def recency_scores(life: timedelta, now: datetime, best: float) -> tuple[ScoreClause, ...]:
    """What newer documents get on top, where the best hit scores ``best`` without it."""
    unit = timedelta(hours=1) if life < timedelta(days=7) else timedelta(days=1)
    start = to_milliseconds(now) // (unit // timedelta(milliseconds=1)) * (unit // timedelta(milliseconds=1))
    span = life // timedelta(milliseconds=1)
    weight = STRENGTH * best / _STEPS
    return tuple(
        ScoreClause(Range("published", start - round(span * log2(_STEPS / step)), None), weight)
        for step in range(1, _STEPS + 1)
    )
