"""Batches: an iterable -> lists of some of its items, so that many are asked for in one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

__all__ = ["AT_ONCE", "batches"]

AT_ONCE = 500
"""How many documents or ids one request is about. An index may be far away, and a request has its limits."""

_Item = TypeVar("_Item")


def batches(items: Iterable[_Item], size: int = AT_ONCE) -> Iterator[list[_Item]]:
    """The items in lists of ``size``; the last one may be shorter. Takes from ``items`` as it goes."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
