"""Documents by id, the number of matches, and the representation of an index."""

from __future__ import annotations

from collections.abc import Callable

from searchkit import Document, Index

MakeIndex = Callable[..., Index]


def test_count_equals_the_total_of_a_search(make_index: MakeIndex) -> None:
    index = make_index("苹果", "苹果香蕉", Document(id="x", body="香蕉", tags=("t",)))
    assert index.count("苹果") == 2
    assert index.count("香蕉", tags="t") == 1
    assert index.count("苹果 OR 香蕉", match="any") == 3
    assert index.count("") == 0
    assert index.count('"苹果', lenient=True) == 2


def test_get_and_in_accept_any_value(make_index: MakeIndex) -> None:
    index = make_index("甲")
    for id in ("", "x", "\ud800", "x" * 100_000, '"'):
        assert index.get(id) is None
        assert id not in index
    assert 5 not in index
    assert None not in index


def test_repr_shows_the_location_and_whether_the_index_is_closed(make_index: MakeIndex) -> None:
    index = make_index()
    assert repr(index) == "<Index ':memory:'>"
    index.close()
    assert "closed" in repr(index)
