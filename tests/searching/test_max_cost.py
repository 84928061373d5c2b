"""What a query may cost: what is refused, what is said about it, and that nothing was run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from strategies import queries

import searchkit
from searchkit import Index, QueryTooExpensiveError
from searchkit.engine.base import Snapshot
from searchkit.query import parse
from searchkit.query.cost import PER_DOCUMENT, PER_INDEX
from searchkit.searching import budget, planning

PAIRS = "。".join("的" + chr(0x4E00 + number) for number in range(4000))
LITTLE = 20_000
"""What words cost less than in a tiny index, and what has an open end more."""


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A document with 4,000 pairs that begin with 的, beside some of one line."""
    place = (
        ":memory:" if request.param == "tantivy" else f"whoosh:{tmp_path_factory.mktemp('cost') / 'index'}"
    )
    with searchkit.create(place) as index:
        index.add([{"id": "pairs", "body": PAIRS}, {"id": "tea", "title": "茶", "body": "乾隆的茶 hello"}])
        yield index


def test_a_query_with_too_many_expansions_is_no_damage() -> None:
    with searchkit.create(":memory:") as index:
        index.add([{"id": "pairs", "body": PAIRS}])
        for lenient in (False, True):
            with pytest.raises(QueryTooExpensiveError, match="limit of tantivy"):
                index.search('"的 的 的 的 的"~3', max_cost=10**12, lenient=lenient)


TOO_DEAR = [
    ('茶 "的 国"~9', '"的 国"~9', 2, "words stand loosely"),
    ("茶 OR hel*", "hel*", 5, "more letters before"),
    ("茶 OR w?rld", "w?rld", 5, "more letters before"),
    ("茶 OR helo~2", "helo~2", 5, "fewer letters be wrong"),
]


def test_a_very_long_query_is_refused_as_a_whole(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """To name a part of it, it would be planned once more."""
    plans = []
    plan = planning.Planning.plan
    monkeypatch.setattr(
        planning.Planning, "plan", lambda self, *given: plans.append(given) or plan(self, *given)
    )
    for query, blamed, count in (("茶 OR hel*", "hel*", 2), (f"{'茶 ' * 500}OR hel*", "茶 茶 茶", 1)):
        plans.clear()
        with pytest.raises(QueryTooExpensiveError) as caught:
            index.search(query, max_cost=LITTLE)
        assert caught.value.reason.startswith(blamed)
        assert len(plans) == count


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(("query", "part", "position", "way_out"), TOO_DEAR)
def test_the_part_that_costs_most_is_named_with_the_way_out(
    index: Index, query: str, part: str, position: int, way_out: str, lenient: bool
) -> None:
    with pytest.raises(QueryTooExpensiveError) as caught:
        index.search(query, max_cost=LITTLE, lenient=lenient)
    error = caught.value
    assert error.reason.startswith(f"{part} takes too long to look for: ")
    assert way_out in error.reason
    assert (error.query, error.position, error.limit) == (query, position, LITTLE)
    assert error.cost > error.limit


def cheapest(ask: Callable[[int], Any]) -> Any:
    """The answer for about the least cost for which there is one."""
    for cost in range(LITTLE, 10**7, LITTLE):
        with suppress(QueryTooExpensiveError):
            return ask(cost)
    raise AssertionError("there is none")


def test_what_would_cost_too_much_to_relax_is_answered_as_it_is_with_its_facets() -> None:
    with searchkit.create(":memory:") as index:
        index.add(
            [{"id": "both", "body": "国际论坛。开放的图书馆 hello"}, {"id": "one", "body": "图书馆 hello"}]
        )

        def ask(max_cost: int) -> searchkit.Results:
            return index.search("论坛 图书馆 hel*", max_cost=max_cost, facets=["source"])

        assert (ask(10**9).total, ask(10**9).relaxed) == (2, ("论坛", "图书馆"))
        results = cheapest(ask)
        assert ([hit.id for hit in results], results.total, results.relaxed) == (["both"], 1, ())


def test_nothing_is_said_to_be_found_where_it_would_cost_too_much_to_look() -> None:
    with searchkit.create(":memory:") as index:
        index.add([{"id": "one", "body": "图书馆 hello"}, {"id": "other", "body": "国际论坛 hello"}])
        results = cheapest(lambda cost: index.search("论坛 图书馆 hel*", max_cost=cost))
        assert results.total == 2


ASKED: list[Callable[..., Any]] = [
    Index.search,
    Index.count,
    lambda index, query, **options: index.hit(query, "tea", **options),
    lambda index, query, **options: index.explain(query, "tea", **options),
]


@pytest.mark.parametrize("ask", ASKED)
def test_everything_that_takes_a_query_is_bounded(index: Index, ask: Callable[..., Any]) -> None:
    ask(index, "茶")
    with pytest.raises(QueryTooExpensiveError):
        ask(index, "茶 hel*", max_cost=LITTLE)


def test_similar_documents_are_bounded(index: Index) -> None:
    index.similar("pairs")
    with pytest.raises(QueryTooExpensiveError):
        index.similar("tea", max_cost=1)


def test_what_is_refused_does_not_run(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("it ran")

    kind: type[Snapshot] = type(index._engine.snapshot())
    for name in ("search", "multi_search", "count", "facets"):
        monkeypatch.setattr(kind, name, never)
    with pytest.raises(QueryTooExpensiveError):
        index.search("hel*", max_cost=LITTLE, facets=["source"])


def test_suggestions_and_hints_that_are_too_dear_are_left_out(index: Index) -> None:
    query = "乾龙的茶"
    needed = next(most for most in range(1000, 10**6, 500) if _is_answered(index, query, most))
    results = index.search(query, max_cost=needed)
    assert results.suggestion is None
    assert results.hints == ()


def _is_answered(index: Index, query: str, max_cost: int) -> bool:
    try:
        index.search(query, max_cost=max_cost)
    except QueryTooExpensiveError:
        return False
    return True


def test_the_limit_does_not_change_the_list_or_its_cursors(index: Index) -> None:
    first = index.search("的", limit=1, max_cost=10**8)
    second = index.search("的", limit=1, cursor=first.cursor)
    assert {hit.id for hit in (*first, *second)} == {"pairs", "tea"}


@pytest.mark.parametrize("value", [0, -1, 1.5, "9", True])
def test_a_limit_that_is_none_is_an_error(index: Index, value: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="max_cost"):
        index.search("茶", max_cost=value)


@given(queries)
def test_strict_and_lenient_readings_are_refused_alike(sample_index: Index, query: str) -> None:
    try:
        strict = parse(query)
    except searchkit.QuerySyntaxError:
        return
    if strict == parse(query, lenient=True):
        assert _outcome(sample_index, query, False) == _outcome(sample_index, query, True)


def _outcome(index: Index, query: str, lenient: bool) -> object:
    try:
        return index.count(query, lenient=lenient, max_cost=60_000)
    except QueryTooExpensiveError as error:
        return error.cost, error.reason
    except searchkit.QuerySyntaxError:
        return None


def test_ordinary_queries_of_a_small_index_look_nothing_up_for_their_cost(
    sample_index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "_Lookups", None)
    for query in (
        "中国",
        "中日 关系",
        '"中日 关系"~5',
        "micro*",
        "helo~",
        "为什么中国的经济会这样？",
        "-体育",
    ):
        sample_index.search(query, facets=["source"])


def test_the_default_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "queries.md").read_text(encoding="utf-8")
    assert f"{PER_INDEX // 10**6} million and {PER_DOCUMENT} for each document" in page
