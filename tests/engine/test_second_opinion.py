"""Two engines, one answer: tantivy and Whoosh match the same documents, and rank, sort and count them alike.

Of what was deleted the statistics differ until both have merged it away, so scores are compared where nothing
was.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import AUTHORS, PRICES, SOURCES, TAGS, collections, queries
from strategies import FIELDS as DECLARED
from suite import (
    COUNTED,
    FIELDS,
    SORTS,
    History,
    fill,
    found_ids,
    histories,
    ids_of,
    index_document,
    nodes,
    play,
    scores,
    values,
)

import searchkit
from searchkit import Document, Index, Results
from searchkit.engine import create_engine
from searchkit.engine.base import Engine, IndexDocument, ScoredDoc
from searchkit.engine.plan import TEXT_FIELDS, Clause, MatchAll, Phrase, Plan, ScoreClause, Term

pytest.importorskip("tantivy", reason="compares with tantivy")

MakeBoth = Callable[[], tuple[Engine, Engine]]
Asked = tuple[str, dict[str, object]]
QUERIES = (
    "茶 水 茶水 别的 茶很 -水 很多别的话 水~ 茶* *水 title:茶 茶^3 水 “茶，别的” “别的”OR水 (茶 OR 水)别的 "
    "“茶 别的”~2 date:2024 source:甲报 tag:科技 -茶 不在"
).split()


@pytest.fixture
def make_both(new_folder: Callable[[], Path]) -> Iterator[MakeBoth]:
    with ExitStack() as stack:

        def make() -> tuple[Engine, Engine]:
            place = f"whoosh:{new_folder() / 'index'}"
            both = create_engine(":memory:", {}, FIELDS), create_engine(place, {}, FIELDS)
            for engine in both:
                stack.callback(engine.close)
            return both

        yield make


class TestEngines:
    def test_engines_match_the_same(self, make_both: MakeBoth) -> None:
        @settings(max_examples=15)
        @given(history=histories(), asked_for=st.lists(nodes, min_size=10, max_size=20))
        def check(history: History, asked_for: list[Clause]) -> None:
            one, other = make_both()
            for engine in (one, other):
                play(engine, history)
            mine, its = one.snapshot(), other.snapshot()
            assert ids_of(mine) == ids_of(its)
            for node in asked_for:
                assert mine.count(node) == its.count(node)
                assert _ids(one, node) == _ids(other, node), node
                assert mine.facets(node, COUNTED) == its.facets(node, COUNTED)

        check()

    def test_engines_rank_alike(self, make_both: MakeBoth) -> None:
        @settings(max_examples=15)
        @given(seed=st.integers(0, 10**6), scores=scores, commits=st.integers(1, 3))
        def check(seed: int, scores: list[ScoreClause], commits: int) -> None:
            one, other = make_both()
            documents = _long_and_short(random.Random(seed))
            for engine in (one, other):
                fill(engine, documents, commits)
            plan = Plan(
                MatchAll(),
                (
                    *scores,
                    ScoreClause(Term("words", "甲"), 1.0),
                    ScoreClause(Term("body_unigrams", "乙"), 0.5),
                ),
            )
            found, its = (engine.snapshot().search(plan, limit=50, offset=0) for engine in (one, other))
            assert found[0] == its[0] == len(documents)
            _assert_same_order(found[1], its[1])

        check()

    def test_engines_sort_alike(self, make_both: MakeBoth) -> None:
        @settings(max_examples=10)
        @given(history=histories(), node=nodes)
        def check(history: History, node: Clause) -> None:
            one, other = make_both()
            there = [{each.id: each for each in play(engine, history)} for engine in (one, other)]
            for match, sort in product((node, MatchAll()), SORTS):
                orders = []
                for engine, index_documents in zip((one, other), there):
                    _, found = engine.snapshot().search(Plan(match), limit=100, offset=0, sort=sort)
                    values_of_all = [values(index_documents[id], sort.field) for id in found_ids(found)]
                    orders.append([of_one[:1] for of_one in values_of_all])  # the first decides
                assert orders[0] == orders[1], sort

        check()

    def test_engines_agree_on_doc_freqs_and_terms_with_prefix(self, make_both: MakeBoth) -> None:
        documents = _long_and_short(random.Random(7))
        one, other = make_both()
        for engine in (one, other):
            fill(engine, documents, 3)
        mine, its = one.snapshot(), other.snapshot()
        for name in TEXT_FIELDS:
            assert mine.doc_freqs(name, ["甲", "乙", "丙"]) == its.doc_freqs(name, ["甲", "乙", "丙"])
        assert sorted(mine.terms_with_prefix("completions", "甲", limit=99)) == sorted(
            its.terms_with_prefix("completions", "甲", limit=99)
        )

    def test_phrases_with_slop_match_in_every_engine(self, make_both: MakeBoth) -> None:
        """Of three and more tantivy does not count all moves: see docs/engines.md."""

        @settings(max_examples=20)
        @given(
            texts=st.lists(
                st.lists(st.sampled_from(["a_", "b_", "甲乙", "x"]), min_size=2, max_size=9), max_size=8
            ),
            offset=st.integers(1, 3),
            slop=st.integers(1, 4),
            opened=st.sampled_from([(), (1,), (0, 1)]),
        )
        def check(texts: list[list[str]], offset: int, slop: int, opened: tuple[int, ...]) -> None:
            one, other = make_both()
            documents = [index_document(str(n), body_bigrams=" ".join(text)) for n, text in enumerate(texts)]
            for engine in (one, other):
                fill(engine, documents)
            links = ((0, "a_"), (offset, "b_" if 1 not in opened else "甲"))
            node = Phrase("body_bigrams", links, slop, frozenset(opened))
            assert _ids(one, node) == _ids(other, node)

        check()


class TestIndexes:
    @pytest.fixture
    def make_indexes(self, new_folder: Callable[[], Path]) -> Iterator[Callable[..., list[Index]]]:
        with ExitStack() as stack:

            def make(commits: Sequence[Sequence[Document]]) -> list[Index]:
                places = (":memory:", f"whoosh:{new_folder() / 'index'}")
                both = [stack.enter_context(searchkit.create(place, fields=DECLARED)) for place in places]
                for index in both:
                    for documents in commits:
                        assert not index.add(documents).failures
                return both

            yield make

    def test_every_search_has_the_same_answer_in_every_engine(
        self, make_indexes: Callable[..., list[Index]]
    ) -> None:
        @settings(max_examples=12)
        @given(commits=collections(smallest=1), asked_for=st.lists(_asked(), min_size=5, max_size=10))
        def check(commits: list[list[Document]], asked_for: list[Asked]) -> None:
            both = make_indexes(commits)
            for query, options in asked_for:
                _assert_same_results(*(index.search(query, limit=50, **options) for index in both))  # type: ignore[arg-type]

        check()

    def test_articles_are_found_in_the_same_order(
        self, make_indexes: Callable[..., list[Index]], sample_documents: list[Document]
    ) -> None:
        both = make_indexes([sample_documents])
        for query in (
            "图书馆 开放",
            "乾隆",
            "茶",
            "“雪水”",
            "电影 节目",
            "lib*",
            "2024",
            "土豆",
            "计程车",
            "不在此",
        ):
            _assert_same_results(*(index.search(query, limit=50) for index in both))
            _assert_same_results(*(index.search(query, limit=50, recency="30d") for index in both))
        of_each = [[hit.id for hit in index.similar(sample_documents[0].id, limit=5)] for index in both]
        assert of_each[0] == of_each[1]
        assert both[0].suggest("茶") == both[1].suggest("茶")
        reports = [index.check() for index in both]
        assert all(report.ok for report in reports), reports


@st.composite
def _asked(draw: st.DrawFn) -> Asked:
    options: dict[str, object] = {
        "lenient": True,
        "facets": ["source", "tags", "month", "author", "price", "paid"],
    }
    some = {
        "sort": st.sampled_from(
            ["newest", "oldest", "price", "-price", "author", "-event", "paid,-price", "-author,relevance"]
        ),
        "since": st.sampled_from(["2023-12-31", "2024-02-29"]),
        "until": st.sampled_from(["2024-01-01", "2024-03-01"]),
        "source": st.sampled_from(SOURCES),
        "tags": st.sampled_from(TAGS),
        "where": st.sampled_from(
            [
                {"author": AUTHORS[0]},
                {"price": "0..10"},
                {"price": PRICES[3]},
                {"paid": True},
                {"event": "2024-02"},
            ]
        ),
    }
    for name, choices in some.items():
        if draw(st.integers(0, 3)) == 0:
            options[name] = draw(choices)
    return draw(st.sampled_from(QUERIES) | queries), options


def _assert_same_results(one: Results, other: Results) -> None:
    assert one.total == other.total
    assert one.facets == other.facets
    assert {hit.id for hit in one} == {hit.id for hit in other}
    _assert_same_order(
        [ScoredDoc(hit.score, hit.id) for hit in one], [ScoredDoc(hit.score, hit.id) for hit in other]
    )


def _assert_same_order(found: Sequence[ScoredDoc], others: Sequence[ScoredDoc]) -> None:
    """The same ones with the same scores, those with different scores in the same order."""
    scores = {one.stored: one.score for one in found}
    assert scores.keys() == {one.stored for one in others}
    for one, other in zip(found, others):
        assert other.score == pytest.approx(scores[other.stored], rel=1e-4)
        assert one.score == pytest.approx(other.score, rel=1e-4)


def _ids(engine: Engine, node: Clause) -> set[str]:
    total, found = engine.snapshot().search(Plan(node), limit=1000, offset=0)
    assert total == len(found)
    return set(found_ids(found))


def _long_and_short(choice: random.Random) -> list[IndexDocument]:
    """Entries of very different lengths, of which some are no longer kept exactly."""
    found = []
    for number in range(choice.randint(2, 12)):
        fields = {
            name: choice.choices("甲乙丙丁", [8, 4, 2, 1], k=choice.choice([0, 3, 41, 50, 700]))
            for name in TEXT_FIELDS
        }
        texts = {name: " ".join(terms) for name, terms in fields.items()}
        keys = tuple(choice.sample(["甲", "甲乙", "乙", "甲丙"], 2))
        found.append(index_document(str(number), {"completions": keys}, **texts))
    return found
