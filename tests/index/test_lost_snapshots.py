"""A snapshot that a cluster has lost is replaced by the latest one, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from searchkit import CursorExpiredError, Document, Index

MakeIndex = Callable[..., Index]


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


class Lost:
    """A commit that a cluster has lost."""

    def __getattr__(self, name: str) -> Any:
        raise CursorExpiredError("it is gone")

    def __len__(self) -> int:
        raise CursorExpiredError("it is gone")


READINGS: dict[str, Callable[[Index], Any]] = {
    "search": lambda index: ids(index.search("茶")),
    "count": lambda index: index.count("茶"),
    "hit": lambda index: index.hit("茶", "0").id,
    "get": lambda index: index.get("0").id,
    "suggest": lambda index: [one.text for one in index.suggest("龙")],
    "similar": lambda index: ids(index.similar("0")),
    "explain": lambda index: index.explain("茶", "0").score,
    "len": len,
    "in": lambda index: "0" in index,
}


@pytest.mark.parametrize("reading", READINGS)
def test_a_lost_snapshot_is_replaced_by_the_next(
    make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    tea = [Document(id=id, title="龙井茶", body="龙井是杭州的绿茶。") for id in ("0", "1")]
    index = make_index(*tea)
    expected = READINGS[reading](index)
    assert expected
    latest = index._engine.snapshot()
    given = [latest, Lost(), latest] if reading in ("similar", "explain") else [Lost(), latest]
    monkeypatch.setattr(index._engine, "snapshot", lambda: given.pop(0))
    assert READINGS[reading](index) == expected
    assert given == []


def test_a_snapshot_that_stays_lost_is_an_error(
    make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make_index("茶")
    monkeypatch.setattr(index._engine, "snapshot", Lost)
    with pytest.raises(CursorExpiredError, match="it is gone"):
        index.search("茶")
