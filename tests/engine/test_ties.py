"""Hits that are equal come in one order, whatever built the index, and pages part it anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite import MakeEngine, fill, found_ids, index_document, search

from searchkit.engine.plan import MatchAll, ScoreClause, Sort, Term
from searchkit.engine.ties import Run, page_of, tie_key

_ROUNDED = [1.0, 1.0000001, 0.9999999]


@given(
    values=st.lists(st.sampled_from([3.0, 2.0, 1.0, 0.0]), max_size=120),
    size=st.integers(1, 30),
    ordered_by_engine=st.booleans(),
)
def test_pages_in_a_row_are_all_hits_with_equal_ones_by_their_keys(
    values: list[float], size: int, ordered_by_engine: bool
) -> None:
    values.sort(reverse=True)
    hits = [(value, str(place)) for place, value in enumerate(values)]
    expected = sorted(hits, key=lambda hit: (-hit[0], tie_key(hit[1])))

    def run_of(value: float) -> Run[str] | None:
        run = [place for one, place in expected if one == value]
        return Run(values.index(value), lambda at, count: run[at : at + count]) if ordered_by_engine else None

    found = [
        hit
        for offset in range(0, len(hits) + 1, size)
        for hit in page_of(
            lambda start, count: hits[start : start + count],
            lambda places: list(map(tie_key, places)),
            offset=offset,
            limit=size,
            by_score=True,
            run_of=run_of,
        )
    ]
    assert found == expected


def page(values: Sequence[float], by_score: bool) -> list[tuple[float, str]]:
    hits = [(value, str(place)) for place, value in enumerate(values)]
    return page_of(
        lambda start, count: hits[start : start + count],
        lambda places: list(map(tie_key, places)),
        offset=0,
        limit=10,
        by_score=by_score,
    )


def test_scores_that_differ_by_rounding_are_equal_and_numbers_of_documents_are_not() -> None:
    values = sorted(_ROUNDED, reverse=True)
    by_score = page(values, by_score=True)
    assert [place for _, place in by_score] == sorted("012", key=tie_key)
    assert len({value for value, _ in by_score}) == 1
    assert [place for _, place in page(values, by_score=False)] == list("012")


@pytest.mark.parametrize("seed", range(3))
def test_the_order_does_not_depend_on_how_the_index_was_built(make_engine: MakeEngine, seed: int) -> None:
    documents = [
        index_document(f"https://example.org/{n}", {"published": n % 3}, words="甲 乙" if n % 2 else "甲")
        for n in range(60)
    ]
    scores = [ScoreClause(Term("words", "甲"), 1.0), ScoreClause(Term("words", "乙"), 1.0)]
    orders = []
    for commits in (1, 4):
        Random(seed).shuffle(documents)
        engine = make_engine()
        fill(engine, documents, commits)
        orders.append(
            [found_ids(search(engine, MatchAll(), scores, sort=sort)) for sort in (None, Sort("published"))]
        )
    assert orders[0] == orders[1]
