"""limits: how much one request may ask for, and how often somebody may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Limits", "TokenBucket"]

_MOST_CLIENTS = 10_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds for requests, so that no client takes the server away from the others."""

    query_length: int = 500
    """Characters of a query."""
    page_size: int = 100
    """Hits of one answer of the API."""
    depth: int = 1000
    """Hits of a search that can be reached by paging."""
    rate: float = 20.0
    """Requests a second of one client, in the long run; 0 is no limit. Files of the page do not count."""
    burst: int = 60
    """Requests that a client may make at once, before `rate` holds."""
    seconds: float = 5.0
    """Seconds that an answer may take."""
    threads: int = 4
    """How many requests are worked on at the same time."""
    body: int = 8_000_000
    """Bytes of a POST."""

    def __post_init__(self) -> None:
        for name in ("query_length", "page_size", "depth", "burst", "seconds", "threads", "body"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than 0, not {getattr(self, name)}")
        if self.rate < 0:
            raise ValueError(f"rate must be 0 or more, not {self.rate}")
        if self.depth > 1000:
            raise ValueError("depth must be 1000 at most: near-duplicates are folded no further down")


class TokenBucket:
    """How many requests each client may make: a bucket that fills by `rate` up to `burst`."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Let the client in and return 0, or return after how many seconds it may ask again."""
        if not self._rate:
            return 0.0
        now = self._clock()
        left, before = self._buckets.pop(client, (float(self._burst), now))
        left = min(self._burst, left + (now - before) * self._rate)
        refused = left < 1
        self._buckets[client] = (left if refused else left - 1, now)
        if len(self._buckets) > _MOST_CLIENTS:  # whoever has asked for nothing for the longest is forgotten
            self._buckets.popitem(last=False)
        return (1 - left) / self._rate if refused else 0.0
