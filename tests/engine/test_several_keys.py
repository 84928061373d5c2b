"""Sorted by several keys: what is equal by one comes in the order of the next, on any page."""

from __future__ import annotations

from functools import reduce
from math import isclose
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite import (
    COUNTED,
    PRICE,
    History,
    MakeEngine,
    examples,
    fill,
    found_ids,
    histories,
    id_of,
    index_document,
    matches,
    nodes,
    play,
    scores,
    search,
    values,
)

from searchkit.engine.base import Engine
from searchkit.engine.plan import SCORE, Clause, MatchAll, ScoreClause, Sort, Term
from searchkit.engine.ties import places_of, tie_key

ONE = st.builds(Sort, st.sampled_from([*COUNTED, SCORE]), st.booleans())


def in_a_row(keys: list[Sort]) -> Sort:
    """The order by the first key, then by the others."""
    return reduce(lambda then, key: Sort(key.field, key.descending, then), reversed(keys[:-1]), keys[-1])


def places(given: list[Any], descending: bool) -> dict[Any, int]:
    """The place of each value, None last; scores that differ by rounding have one place."""
    found: dict[Any, int] = {}
    last: Any = None
    for value in sorted({one for one in given if one is not None}, reverse=descending):
        is_same = isinstance(value, float) and last is not None and isclose(value, last, rel_tol=4e-7)
        found[value] = found[last] if is_same else len(found)
        last = value
    return {**found, None: len(found)}


def test_any_order_equals_that_of_the_reference_engine(
    make_engine: MakeEngine, request: pytest.FixtureRequest
) -> None:
    @examples(request)
    @given(
        history=histories(),
        node=nodes,
        scores=scores,
        keys=st.lists(ONE, min_size=2, max_size=4),
        size=st.integers(1, 4),
    )
    def check(history: History, node: Clause, scores: list[ScoreClause], keys: list[Sort], size: int) -> None:
        engine = make_engine()
        there = {one.id: one for one in play(engine, history)}
        sort = in_a_row(keys)
        assert [Sort(key.field, key.descending) for key in sort.keys] == keys
        for match in (node, MatchAll()):
            score_of = {id_of(one.stored): one.score for one in search(engine, match, scores)}
            assert score_of.keys() == {id for id, one in there.items() if matches(match, one)}
            columns = []
            for key in keys:
                if key.field == SCORE:
                    # The same numbers are added up in another order.
                    of_score = places([*score_of.values()], descending=True)
                    columns.append({id: of_score[score] for id, score in score_of.items()})
                else:
                    firsts = {id: next(iter(values(there[id], key.field)), None) for id in score_of}
                    of_value = {
                        value: place
                        for place, value in enumerate(
                            sorted(
                                {one for one in firsts.values() if one is not None}, reverse=key.descending
                            )
                        )
                    }
                    columns.append({id: of_value.get(first, len(of_value)) for id, first in firsts.items()})
            expected = sorted(score_of, key=lambda one: (*(column[one] for column in columns), tie_key(one)))
            whole = search(engine, match, scores, sort=sort)
            assert found_ids(whole) == expected
            for one in whole:
                ranked = score_of[id_of(one.stored)] if sort.ranks else 0
                assert one.score == pytest.approx(ranked, rel=1e-5, abs=1e-9)
            pages = [
                search(engine, match, scores, sort=sort, limit=size, offset=at)
                for at in range(0, len(expected) + 1, size)
            ]
            assert found_ids([one for page in pages for one in page]) == expected

    check()


SORTED = [
    (Sort("published", then=Sort(PRICE)), lambda n: (n % 3, n % 7)),
    (Sort("source", then=Sort(PRICE, descending=True)), lambda n: (n % 2, -(n % 7))),
    (Sort("published", then=Sort("source", then=Sort(PRICE))), lambda n: (n % 3, n % 2, n % 7)),
    (Sort("published", descending=True, then=Sort(SCORE)), lambda n: (-(n % 3), n % 5)),
    (Sort(SCORE, then=Sort("source", descending=True)), lambda n: (n % 5, -(n % 2))),
    (Sort("source", then=Sort(SCORE, then=Sort("published"))), lambda n: (n % 2, n % 5, n % 3)),
]


@pytest.mark.parametrize(("sort", "key"), SORTED, ids=[str(sort) for sort, _ in SORTED])
def test_many_equal_ones_are_parted_by_pages_anywhere(engine: Engine, sort: Sort, key: Any) -> None:
    """More than are looked at beside a page, and more than can be asked for by their ids."""
    fill(
        engine,
        [
            index_document(
                str(n),
                {"published": n % 3, PRICE: float(n % 7), "source": ("甲" * (1 + n % 2),)},
                words=" ".join(["甲"] * (5 - n % 5) + ["乙"] * (n % 5)),
            )
            for n in range(3000)
        ],
        commits=3,
    )
    ranks = [ScoreClause(Term("words", "甲"), 1.0)]
    expected = sorted(map(str, range(3000)), key=lambda one: (*key(int(one)), tie_key(one)))
    assert found_ids(search(engine, MatchAll(), ranks, sort=sort, limit=3000)) == expected
    for offset, limit in ((0, 7), (5, 20), (999, 1), (1490, 30), (2993, 10)):
        found = search(engine, MatchAll(), ranks, sort=sort, offset=offset, limit=limit)
        assert found_ids(found) == expected[offset : offset + limit]
        assert all((one.score > 0) == sort.ranks for one in found)


def test_places_are_those_of_the_values_in_order() -> None:
    assert places_of([3, None, 1, 3, 2], descending=False) == [2, 4, 0, 2, 1]
    assert places_of(["a", "b", None, "b"], descending=True) == [2, 0, 3, 0]
    assert places_of([1.0, 1.0000001, 2.0], descending=True, by_score=True) == [1, 1, 0]
    assert places_of([], descending=True, by_score=True) == []
