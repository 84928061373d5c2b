"""Results, hits and highlights are data: they can be pickled and copied, and need no index then."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searchkit import Document, Hit, Index, Results

MakeIndex = Callable[..., Index]
WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
TEA = [
    Document(
        id=str(number),
        title=f"龍井茶 {number}",
        body=f"龍井是杭州的綠茶。\n\n第{number}種，Wi-Fi <b>&",
        url=f"https://example.com/{number}",
        source="報",
        tags=("茶",),
        extra={"summary": "茶的摘要", "n": number},
    )
    for number in range(60)
]


@pytest.fixture(params=[":memory:", "whoosh:{}/index"])
def index(request: pytest.FixtureRequest, make_index: MakeIndex, tmp_path: Path) -> Index:
    return make_index(*TEA, location=request.param.format(tmp_path), fields={"summary": "fulltext"})


def everything(results: Results) -> dict[str, Any]:
    return {
        **results.to_dict(),
        "more": (results.has_more, results.relaxed, results.interpretation, results.facets, len(results)),
        "repr": (repr(results), results._repr_html_()),
        "all": [all_of(hit) for hit in results],
    }


def all_of(hit: Hit) -> list[Any]:
    return [
        *(hit.document, hit.id, hit.link, hit.published, hit.title, hit.snippet, hit.body),
        *(hit.highlighted("summary"), hit.score, repr(hit), hit._repr_html_()),
        *(all_of(one) for one in hit.duplicates),
    ]


QUERIES: dict[str, Callable[[Index], Results]] = {
    "a page": lambda index: index.search("龙井", limit=55, facets=("source",)),
    "a prefix": lambda index: index.search("龍* OR wif*", limit=3),
    "nothing": lambda index: index.search("龍井荼水", lenient=True),
    "collapsed": lambda index: index.search("茶", collapse="near-duplicates"),
    "similar": lambda index: index.similar("3"),
    "relaxed": lambda index: index.search("龍井 杭州 沒有的東西"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", QUERIES)
def test_results_stay_what_they_are_without_the_index(way: str, query: str, index: Index) -> None:
    fresh, expected = QUERIES[query](index), everything(QUERIES[query](index))
    again = WAYS[way](fresh)
    index.close()
    found = everything(again)
    for changing in ("took", "cursor", "repr"):  # how long it took is in the second and the third
        found.pop(changing, None)
        expected.pop(changing, None)
    assert found == expected


def test_a_cursor_goes_on_after_a_pickle(index: Index) -> None:
    results = index.search("茶", limit=7)
    again = pickle.loads(pickle.dumps(results))
    assert again.cursor == results.cursor
    assert again.has_more
    first, second = (index.search("茶", limit=7, cursor=one.cursor) for one in (results, again))
    assert [hit.id for hit in first] == [hit.id for hit in second] != []


@pytest.mark.parametrize("way", WAYS)
def test_one_hit_does_not_carry_the_others_of_its_page(way: str, index: Index) -> None:
    hit = index.search("龙井", limit=50)[20]
    again = WAYS[way](hit)
    assert all_of(again) == all_of(hit)
    assert len(pickle.dumps(again)) < 4000


@pytest.mark.parametrize("way", WAYS)
def test_highlights_stay_what_they_are(way: str, index: Index) -> None:
    title = index.search("龙井")[0].title
    again = WAYS[way](title)
    assert (again, again.html(), again.ansi()) == (title, title.html(), title.ansi())
    assert hash(again) == hash(title)
