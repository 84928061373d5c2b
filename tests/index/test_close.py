"""A closed index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index, SearchkitError

MakeIndex = Callable[..., Index]


@pytest.mark.parametrize(
    "call",
    [
        lambda index: index.search("甲"),
        lambda index: index.count("甲"),
        lambda index: index.get("0"),
        lambda index: index.stats(),
        lambda index: index.needs_rebuild,
        lambda index: index.add([Document(body="甲")]),
        lambda index: index.delete("0"),
        lambda index: index.rebuild(),
        lambda index: index.writer().__enter__(),
        lambda index: len(index),
        lambda index: "0" in index,
        lambda index: list(index),
    ],
)
def test_a_closed_index_refuses_every_call(call: Any, make_index: MakeIndex) -> None:
    index = make_index("甲")
    index.close()
    with pytest.raises(SearchkitError, match="closed"):
        call(index)


def test_close_may_be_called_twice(make_index: MakeIndex) -> None:
    index = make_index()
    index.close()
    index.close()


def test_a_with_block_closes_the_index_and_lets_errors_through() -> None:
    with pytest.raises(ZeroDivisionError), searchkit.create(":memory:") as index:
        _ = 1 / 0
    with pytest.raises(SearchkitError, match="closed"):
        len(index)
