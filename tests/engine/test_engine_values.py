"""What every engine must do with values: sort by them and count them; and what a snapshot keeps to."""

from __future__ import annotations

import json
import sys
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from subprocess import Popen
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite import (
    COUNTED,
    FIELDS,
    LABELS,
    ON_DISK,
    PRICE,
    SORTS,
    TERMS,
    Commit,
    History,
    MakeEngine,
    answers,
    deleted_count,
    ever_put,
    examples,
    fill,
    found_ids,
    histories,
    id_of,
    ids_of,
    index_document,
    index_documents,
    integers,
    labels,
    matches,
    nodes,
    numbers,
    play,
    scores,
    scores_by_id,
    search,
    values,
    writing,
)

from searchkit.engine import open_engine
from searchkit.engine.base import MOST_VALUES, Engine, IndexDocument
from searchkit.engine.plan import (
    TEXT_FIELDS,
    Buckets,
    Clause,
    MatchAll,
    MatchNone,
    Plan,
    ScoreClause,
    Sort,
    Term,
    Value,
)
from searchkit.engine.ties import tie_key


class TestOrderAndPages:
    SCORES = (ScoreClause(Term("body_unigrams", "甲"), 1.0),)
    OF_ALL: tuple[dict[str, Value], ...] = (
        {"published": 5, PRICE: 2.5, "tags": ("b", "a")},
        {PRICE: -0.5, "source": ("é",)},
        {"published": 3, "source": ("z",), "tags": ()},
        {"published": 5, PRICE: 1e300, "source": ("a",), "tags": ("a", "c")},
        {"published": -7, "source": ("Z",), "tags": ("c",)},
        {},
        {"published": 10**12, PRICE: 2.5, "source": ("𠮷",), "tags": ("b",)},
        {"published": 3, PRICE: -1e300, "source": ("\uffff",)},
        {"published": 0, PRICE: 0.0, "source": ("",)},
    )

    @pytest.fixture
    def filled(self, engine: Engine) -> Engine:
        of_all = [
            index_document(str(number), of_one, body_unigrams="甲")
            for number, of_one in enumerate(self.OF_ALL)
        ]
        fill(engine, of_all, commits=3)
        return engine

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (Sort("published"), ["4", "8", "27", "03", "6", "15"]),
            (Sort("published", descending=True), ["6", "03", "27", "8", "4", "15"]),
            (Sort(PRICE), ["7", "1", "8", "06", "3", "245"]),
            (Sort(PRICE, descending=True), ["3", "06", "8", "1", "7", "245"]),
            (Sort("source"), ["8", "4", "3", "2", "1", "7", "6", "05"]),
            (Sort("source", descending=True), ["6", "7", "1", "2", "3", "4", "8", "05"]),
            (Sort("tags"), ["3", "06", "4", "12578"]),
            (Sort("tags", descending=True), ["4", "06", "3", "12578"]),
        ],
    )
    def test_sorted_by_a_field_those_without_come_last(
        self, sort: Sort, expected: list[str], filled: Engine
    ) -> None:
        found = found_ids(search(filled, MatchAll(), sort=sort))
        for group in expected:
            assert sorted(found[: len(group)]) == list(group)
            del found[: len(group)]
        assert found == []

    def test_any_sort_equals_that_of_the_reference_engine(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories(), node=nodes, scores=scores, size=st.integers(1, 4))
        def check(history: History, node: Clause, scores: list[ScoreClause], size: int) -> None:
            engine = make_engine()
            there = {one.id: one for one in play(engine, history)}
            for match in (node, MatchAll()):
                expected = sorted(id for id, one in there.items() if matches(match, one))
                for sort in SORTS:
                    whole = search(engine, match, scores, sort=sort)
                    ids = found_ids(whole)
                    assert sorted(ids) == expected
                    assert [one.stored for one in whole] == [there[id].stored for id in ids]
                    assert all(one.score == 0 for one in whole), "no score where none decides"
                    firsts = [values(there[id], sort.field)[:1] for id in ids]
                    having = [first for first in firsts if first]
                    assert firsts[: len(having)] == sorted(having, reverse=sort.descending)
                    places = [having.index(first) if first else len(having) for first in firsts]
                    assert ids == [id for _, _, id in sorted(zip(places, map(tie_key, ids), ids))]
                    pages = [
                        search(engine, match, scores, sort=sort, limit=size, offset=at)
                        for at in range(0, len(ids) + 1, size)
                    ]
                    assert [one for page in pages for one in page] == whole

        check()

    @pytest.mark.parametrize("sort", [None, *SORTS], ids=str)
    def test_the_pages_in_a_row_are_the_whole(self, sort: Sort | None, filled: Engine) -> None:
        whole = search(filled, MatchAll(), self.SCORES, sort=sort)
        assert len(whole) == 9
        for size in (1, 2, 4, 9, 50):
            pages = [
                search(filled, MatchAll(), self.SCORES, sort=sort, limit=size, offset=at)
                for at in range(0, 9, size)
            ]
            assert [one for page in pages for one in page] == whole

    def test_equal_hits_keep_their_order_at_any_limit(self, engine: Engine) -> None:
        fill(
            engine,
            [index_document(str(number), {"published": number % 2}) for number in range(300)],
            commits=3,
        )
        by_key = sorted(map(str, range(300)), key=tie_key)
        for sort in (None, Sort("published"), Sort("published", descending=True), Sort("tags")):
            whole = search(engine, MatchAll(), sort=sort)
            assert len(whole) == 300
            if sort and sort.field == "published":
                by_key.sort(key=lambda key: int(key) % 2, reverse=sort.descending)
            assert found_ids(whole) == (by_key if sort != Sort("tags") else sorted(by_key, key=tie_key))
            for size in (7, 100, 299):
                pages = [
                    search(engine, MatchAll(), sort=sort, limit=size, offset=at) for at in range(0, 300, size)
                ]
                assert [one for page in pages for one in page] == whole

    @pytest.mark.parametrize(("limit", "offset"), [(0, 0), (0, 5), (5, 9), (10, 10**30), (1, 10)])
    def test_a_page_beyond_the_end_is_empty_and_the_total_right(
        self, limit: int, offset: int, filled: Engine
    ) -> None:
        for sort in (None, *SORTS):
            plan = Plan(Term("body_unigrams", "甲"))
            assert filled.snapshot().search(plan, limit=limit, offset=offset, sort=sort) == (9, [])

    def test_a_page_may_be_larger_than_there_are_hits(self, filled: Engine) -> None:
        for sort in (None, *SORTS):
            assert len(search(filled, MatchAll(), sort=sort, limit=10**30)) == 9
            assert len(search(filled, MatchAll(), sort=sort, limit=10**30, offset=7)) == 2


class TestBuckets:
    def test_any_buckets_equal_those_of_the_reference_engine(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        edges = {"published": integers.filter(lambda one: abs(one) <= 2**53), PRICE: numbers}

        @examples(request)
        @given(history=histories(), node=nodes, data=st.data())
        def check(history: History, node: Clause, data: st.DataObject) -> None:
            engine = make_engine()
            there = play(engine, history)
            for field, some in edges.items():
                wanted = Buckets(field, tuple(sorted(data.draw(st.lists(some, min_size=1, unique=True)))))
                for match in (node, MatchAll()):
                    given = [at for one in there if matches(match, one) for at in values(one, field)]
                    places = Counter(bisect_right(wanted.edges, at) for at in given)
                    assert engine.snapshot().buckets(match, wanted) == places

        check()

    def test_of_one_width_they_begin_with_zero(self, engine: Engine) -> None:
        at = [-86_400_001, -86_400_000, -1, 0, 86_399_999, 86_400_000, 10**13]
        fill(engine, [index_document(str(n), {"published": one}) for n, one in enumerate(at)], commits=2)
        counts = engine.snapshot().buckets(MatchAll(), Buckets("published", width=86_400_000))
        assert counts == {-2: 1, -1: 2, 0: 2, 1: 1, 10**13 // 86_400_000: 1}
        assert engine.snapshot().buckets(MatchNone(), Buckets("published", width=10)) == {}


def test_the_average_length_is_that_of_all_documents(engine: Engine) -> None:
    texts = ["甲 乙 丙", "甲", "乙 乙 乙 乙 乙"]
    fill(engine, [index_document(str(n), words=text) for n, text in enumerate(texts)])
    snapshot = engine.snapshot()
    assert snapshot.average_length("words", "甲") == pytest.approx(3)
    assert snapshot.average_length("words", "乙") == pytest.approx(3)


class TestCounting:
    def test_the_values_of_what_matches_are_counted(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories(), asked_for=st.lists(nodes, min_size=1, max_size=5))
        def check(history: History, asked_for: list[Clause]) -> None:
            engine = make_engine()
            there = play(engine, history)
            snapshot = engine.snapshot()
            for node in [MatchAll(), *asked_for]:
                found = [one for one in there if matches(node, one)]
                expected = {
                    name: Counter(value for one in found for value in set(values(one, name)))
                    for name in COUNTED
                }
                assert snapshot.facets(node, COUNTED) == expected, node
            assert snapshot.facets(MatchAll(), []) == {}

        check()

    def test_what_was_replaced_or_deleted_does_not_count(self, engine: Engine) -> None:
        fill(engine, [index_document(str(number), {"tags": ("甲", "乙"), PRICE: 0.5}) for number in range(4)])
        with writing(engine) as writer:
            writer.upsert(index_document("0", {"tags": ("乙", "丙"), "published": -1}))
            writer.delete("1")
            writer.upsert(index_document("2"))
            writer.commit()
        snapshot = engine.snapshot()
        assert snapshot.facets(MatchAll(), ["tags"])["tags"] == {"甲": 1, "乙": 2, "丙": 1}
        assert snapshot.facets(MatchAll(), [PRICE])[PRICE] == {0.5: 1}
        assert snapshot.facets(MatchAll(), ["published"])["published"] == {-1: 1}
        assert snapshot.facets(Term("tags", "丙"), ["tags"])["tags"] == {"乙": 1, "丙": 1}
        assert snapshot.facets(MatchAll(), ["source"])["source"] == {}

    def test_the_most_frequent_of_too_many_values_are_counted(self, engine: Engine) -> None:
        many = [tuple(f"{part}{number}" for number in range(MOST_VALUES // 2 + 9)) for part in "甲乙"]
        frequent = tuple(f"甲{number}" for number in range(0, MOST_VALUES // 2, 100)) + ("丙", "丁")
        of_all = [*many, frequent, frequent]
        fill(
            engine,
            [index_document(str(number), {"tags": tags}) for number, tags in enumerate(of_all)],
            commits=4,
        )
        counted = engine.snapshot().facets(MatchAll(), ["source", "tags"])["tags"]
        assert len(counted) == MOST_VALUES
        assert {value: counted.get(value) for value in frequent} == {
            value: 3 if value.startswith("甲") else 2 for value in frequent
        }
        assert sum(counted.values()) == MOST_VALUES + 2 * len(frequent) - 2

    def test_an_index_may_have_no_values_at_all(self, make_engine: MakeEngine) -> None:
        engine = make_engine(())
        fill(engine, [index_document("1", body_unigrams="甲")])
        assert found_ids(search(engine, Term("body_unigrams", "甲"))) == ["1"]

    def test_fields_may_be_given_one_by_one(self, make_engine: MakeEngine) -> None:
        engine = make_engine(iter(FIELDS))
        fill(engine, [index_document("1", {"tags": ("甲",), PRICE: 1.5})])
        assert engine.snapshot().facets(MatchAll(), [PRICE])[PRICE] == {1.5: 1}


class TestFrequencies:
    def test_doc_freqs_are_exact_without_deletions(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(
            index_documents=index_documents(),
            commits=st.integers(1, 3),
            terms=st.lists(st.sampled_from([*TERMS, "nowhere", "", "甲 乙"])),
        )
        def check(index_documents: list[IndexDocument], commits: int, terms: list[str]) -> None:
            engine = make_engine()
            fill(engine, index_documents, commits)
            for name in TEXT_FIELDS:
                expected = [sum(term in labels(one, name) for one in index_documents) for term in terms]
                assert engine.snapshot().doc_freqs(name, terms) == expected

        check()

    def test_doc_freqs_work_for_keyword_fields(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(index_documents=index_documents(), commits=st.integers(1, 3))
        def check(index_documents: list[IndexDocument], commits: int) -> None:
            engine = make_engine()
            fill(engine, index_documents, commits)
            expected = [sum(key in labels(one, "completions") for one in index_documents) for key in LABELS]
            assert engine.snapshot().doc_freqs("completions", LABELS) == expected

        check()

    def test_what_was_replaced_or_deleted_may_still_count(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories())
        def check(history: History) -> None:
            engine = make_engine()
            there = play(engine, history)
            for name in TEXT_FIELDS:
                for term, found in zip(TERMS, engine.snapshot().doc_freqs(name, TERMS), strict=True):
                    least, most = (
                        sum(term in labels(one, name) for one in some) for some in (there, ever_put(history))
                    )
                    assert least <= found <= most

        check()


class TestTermsWithPrefix:
    BEGINNINGS = ("", "甲", "甲乙", "a", "a ", "a\x1f", "A", 'a"*', "a.", "长" * 999, "\uffff", "x")

    def test_terms_with_prefix_have_exact_counts_without_deletions(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(index_documents=index_documents(), commits=st.integers(1, 3), limit=st.integers(0, 5))
        def check(index_documents: list[IndexDocument], commits: int, limit: int) -> None:
            engine = make_engine()
            fill(engine, index_documents, commits)
            keys = Counter(key for one in index_documents for key in set(labels(one, "completions")))
            for text in self.BEGINNINGS:
                expected = {key: count for key, count in keys.items() if key.startswith(text)}
                most = sorted(expected.values(), reverse=True)
                for size in (limit, len(LABELS), 10**6):
                    found = engine.snapshot().terms_with_prefix("completions", text, limit=size)
                    assert dict(found).items() <= expected.items()
                    assert [count for _, count in found] == most[:size]
                    assert len(dict(found)) == len(found)

        check()

    def test_what_was_replaced_or_deleted_may_still_count(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories())
        def check(history: History) -> None:
            engine = make_engine()
            there = play(engine, history)
            least, most = (
                Counter(key for one in some for key in set(labels(one, "completions")))
                for some in (there, ever_put(history))
            )
            found = engine.snapshot().terms_with_prefix("completions", "", limit=100)
            counts = [count for _, count in found]
            assert counts == sorted(counts, reverse=True)
            assert least.keys() <= dict(found).keys() <= most.keys()
            for key, count in found:
                assert least[key] <= count <= most[key]

        check()

    @pytest.mark.parametrize("limit", [10, MOST_VALUES + 1, sys.maxsize, 10**30])
    def test_terms_with_prefix_takes_a_limit_larger_than_the_number_of_terms(
        self, limit: int, engine: Engine
    ) -> None:
        fill(
            engine,
            [
                index_document("1", {"completions": ("甲", "甲乙")}),
                index_document("2", {"completions": ("甲",)}),
            ],
        )
        assert engine.snapshot().terms_with_prefix("completions", "甲", limit=limit) == [
            ("甲", 2),
            ("甲乙", 1),
        ]

    def test_terms_with_prefix_finds_the_most_frequent_terms(self, engine: Engine) -> None:
        often = [f"k{number}" for number in (1, 498, 777)]
        fill(
            engine,
            [index_document("all", {"completions": tuple(f"k{number}" for number in range(1000))})]
            + [index_document(key, {"completions": (key, "other")}) for key in often],
            commits=3,
        )
        found = engine.snapshot().terms_with_prefix("completions", "k", limit=4)
        assert {key for key, count in found if count == 2} == set(often)
        assert found[3][1] == 1


class TestVersions:
    def test_every_commit_with_changes_has_its_own_version(self, engine: Engine) -> None:
        seen = [engine.snapshot().version]
        for steps in [
            (index_document("1"),),
            (index_document("2"), index_document("3")),
            (index_document("1", body_unigrams="甲"),),
            ("2",),
            (None,),
        ]:
            play(engine, [Commit(steps)])
            assert engine.snapshot().version not in seen
            seen.append(engine.snapshot().version)

    def test_the_version_stays_until_the_next_commit(self, engine: Engine) -> None:
        fill(engine, [index_document("1")])
        before = engine.snapshot()
        search(engine, MatchAll())
        engine.stats()
        engine.write_metadata({"other": "metadata"})
        assert engine.snapshot().version == before.version
        with writing(engine) as writer:
            writer.upsert(index_document("2"))
            assert engine.snapshot().version == before.version, "nothing is committed yet"
            writer.commit()
            assert engine.snapshot().version != before.version
        assert engine.snapshot().version != before.version

    def test_equal_versions_give_equal_answers(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories())
        def check(history: History) -> None:
            engine = make_engine()
            kept = {}
            for number in range(len(history) + 1):
                play(engine, history[number - 1 : number] if number else [])
                for _ in range(2):
                    found = answers(engine.snapshot())
                    assert kept.setdefault(found["version"], found) == found

        check()

    def test_equal_versions_are_equal_while_somebody_writes(
        self, engine: Engine, request: pytest.FixtureRequest
    ) -> None:
        def write() -> None:
            with writing(engine) as writer:
                for number in range(20):
                    writer.upsert(index_document(str(number)))
                    writer.commit()

        # Another engine learns of a commit from the files alone.
        on_disk = request.node.callspec.params["make_engine"] in ON_DISK
        readers = [engine, open_engine(engine.location)] if on_disk else [engine]
        thread = threading.Thread(target=write)
        thread.start()
        seen: dict[str, set[str]] = {}
        while thread.is_alive():
            for reader in readers:
                snapshot = reader.snapshot()
                found = set(map(id_of, snapshot))
                assert seen.setdefault(snapshot.version, found) == found
                assert found == {str(number) for number in range(len(found))}
        thread.join()
        assert [len(reader.snapshot()) for reader in readers] == [20] * len(readers)
        for reader in readers[1:]:
            reader.close()

    @pytest.mark.parametrize("make_engine", ON_DISK, indirect=True)
    def test_all_that_open_an_index_see_the_same_version(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories())
        def check(history: History) -> None:
            one = make_engine()
            other = open_engine(one.location)
            for number, commit in enumerate(history):
                play((one, other)[number % 2], [commit])
                later = open_engine(one.location)
                found = answers(one.snapshot())
                assert answers(other.snapshot()) == found
                assert answers(later.snapshot()) == found
                later.close()
            other.close()

        check()

    @pytest.mark.parametrize("make_engine", ON_DISK, indirect=True)
    def test_other_processes_see_the_same_version(
        self, engine: Engine, other_process: Callable[..., Popen[str]]
    ) -> None:
        of_all = [
            index_document(str(number), {"published": number % 3}, words="甲 " * (number % 4))
            for number in range(20)
        ]
        fill(engine, of_all, commits=3)
        process = other_process(_ASKED, engine.location)

        def theirs() -> Any:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write("now\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        def ours() -> Any:
            snapshot = engine.snapshot()
            plan = Plan(MatchAll(), (ScoreClause(Term("words", "甲"), 1.0),))
            pages = [
                snapshot.search(plan, limit=30, offset=0, sort=by)[1] for by in (None, Sort("published"))
            ]
            return [snapshot.version, *([one.stored.decode() for one in page] for page in pages)]

        before = ours()
        assert theirs() == before
        fill(engine, [index_document("20")])
        assert theirs() == ours() != before


_ASKED = """
import json
from searchkit.engine import open_engine
from searchkit.engine.plan import MatchAll, Plan, ScoreClause, Sort, Term

engine = open_engine(arguments[0])
plan = Plan(MatchAll(), (ScoreClause(Term("words", "甲"), 1.0),))
print("ready", flush=True)
for _ in sys.stdin:
    snapshot = engine.snapshot()
    pages = [snapshot.search(plan, limit=30, offset=0, sort=by)[1] for by in (None, Sort("published"))]
    stored = ([one.stored.decode() for one in page] for page in pages)
    print(json.dumps([snapshot.version, *stored]), flush=True)
"""


class TestKeptSnapshots:
    def test_a_kept_snapshot_answers_as_before(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(before=histories(), later=histories())
        def check(before: History, later: History) -> None:
            engine = make_engine()
            play(engine, before)
            # One is asked for the first time when the files that it reads are no longer those of the index.
            asked, kept = engine.snapshot(), engine.snapshot()
            expected = answers(asked)
            for commit in [*later, Commit((None, index_document("9")), force_merge=True)]:
                play(engine, [commit])
                assert answers(asked) == expected
            assert answers(kept) == expected
            assert found_ids(search(engine, MatchAll())) == ["9"]

        check()


class TestForceMerge:
    def test_a_force_merge_leaves_as_few_segments_as_possible(self, make_engine: MakeEngine) -> None:
        def pieces(engine: Engine) -> int:
            return engine.stats().details.get("segments", 1)

        def said(engine: Engine) -> dict[str, Any]:
            """What does not depend on how the pieces lie: equal ones may come in another order."""
            snapshot, close = engine.snapshot(), 1e-3 if deleted_count(engine) else 1e-4
            by_rank = scores_by_id(
                search(engine, MatchAll(), [ScoreClause(Term("words", "甲"), 1.0)], limit=5000)
            )
            sorted_by = [search(engine, MatchAll(), sort=sort, limit=5000) for sort in SORTS]
            return {
                "stored": sorted(snapshot),
                "scores": {id: pytest.approx(score, rel=close) for id, score in by_rank.items()},
                "orders": [
                    [of_all[id].values.get(sort.field) for id in found_ids(found)]
                    for sort, found in zip(SORTS, sorted_by)
                ],
                "facets": snapshot.facets(MatchAll(), COUNTED),
                "frequencies": snapshot.doc_freqs("words", ["甲", "乙", "丙"]),
                "completions": sorted(snapshot.terms_with_prefix("completions", "", limit=100)),
            }

        of_all = {
            str(number): index_document(
                str(number),
                {
                    "published": number % 7,
                    PRICE: number / 4,
                    "source": (f"s{number % 5}",),
                    "completions": (f"k{number % 11}",),
                },
                words="甲 " * (number % 3) + "乙",
            )
            for number in range(3000)
        }
        alone, engine = make_engine(), make_engine()
        fill(alone, [index_document("1")])
        fill(engine, list(of_all.values()), commits=6)
        before, pieces_before = said(engine), pieces(engine)
        play(engine, [Commit((None, *of_all.values()), force_merge=True)])
        assert said(engine) == before
        assert pieces(engine) <= pieces_before
        assert pieces(engine) == pieces(alone), "as few as one document needs"

    def test_a_force_merge_discards_uncommitted_changes(self, engine: Engine) -> None:
        fill(engine, [index_document("1"), index_document("2")])
        with writing(engine, force_merge=True) as writer:
            writer.delete_all()
            writer.upsert(index_document("3"))
        assert ids_of(engine.snapshot()) == {"1", "2"}
