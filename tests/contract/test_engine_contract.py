"""What every engine must do, whatever it is made of: checked against the plainest engine one can think of.

An engine is added by its factory in ENGINES; nothing else here knows which engine runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.engines import create_engine, open_engine
from searchkit.engines.base import Engine, EngineWriter, Entry, Found, Snapshot
from searchkit.errors import IndexLockedError, IndexNotFoundError, SearchkitError
from searchkit.query.plan import (
    TEXT_FIELDS,
    All,
    AnyOf,
    Beginning,
    Between,
    Chain,
    Everything,
    Near,
    Node,
    NothingAtAll,
    OneOf,
    Pattern,
    Plan,
    Score,
    Term,
)

MakeEngine = Callable[[], Engine]

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "tantivy on disk": lambda folder: create_engine(str(folder / "index"), {"made": "here"}),
    "tantivy in memory": lambda _: create_engine(":memory:", {"made": "here"}),
}
ON_DISK = {"tantivy on disk"}

UNITS = ["title_units", "body_units"]
BIGRAMS = ["title_bigrams", "body_bigrams"]
VALUES = ["甲", "乙", "a b", ""]
CHAIN = Chain("body_bigrams", ((0, "甲乙"), (2, "丙丁")))


@pytest.fixture(params=ENGINES)
def make_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeEngine]:
    made = []

    def make() -> Engine:
        made.append(ENGINES[request.param](tmp_path_factory.mktemp("engine")))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()


@contextmanager
def writing(engine: Engine) -> Iterator[EngineWriter]:
    writer = engine.writer(timeout=0)
    try:
        yield writer
    finally:
        writer.close()


def fill(engine: Engine, entries: Sequence[Entry], commits: int = 1) -> None:
    with writing(engine) as writer:
        for number in range(commits):
            for one in entries[number::commits]:
                writer.put(one)
            writer.commit()


def entry(id: str, **fields: str) -> Entry:
    return Entry(
        id=id, stored=json.dumps({"id": id}), terms={name: fields.get(name, "") for name in TEXT_FIELDS}
    )


def id_of(stored: str) -> str:
    return str(json.loads(stored)["id"])


def ids_of(snapshot: Snapshot) -> set[str]:
    return set(map(id_of, snapshot))


def search(
    engine: Engine,
    match: Node,
    scores: Sequence[Score] = (),
    *,
    limit: int = 1000,
    offset: int = 0,
    order: str = "relevance",
) -> list[Found]:
    total, found = engine.snapshot().search(
        Plan(match, tuple(scores)),
        limit=limit,
        offset=offset,
        order=order,  # type: ignore[arg-type]
    )
    assert total == engine.snapshot().count(match)
    return found


def found_ids(found: Sequence[Found]) -> list[str]:
    return [id_of(one.stored) for one in found]


def scores_by_id(found: Sequence[Found]) -> dict[str, float]:
    return {id_of(one.stored): one.score for one in found}


def examples(request: pytest.FixtureRequest) -> settings:
    """How many random cases: a commit on disk takes long."""
    return settings(max_examples=10 if request.node.callspec.params["make_engine"] in ON_DISK else 30)


class TestWriting:
    def test_a_new_engine_is_empty(self, engine: Engine) -> None:
        snapshot = engine.snapshot()
        assert len(snapshot) == 0
        assert list(snapshot) == []
        assert snapshot.get(["1"]) == {}
        assert snapshot.count(Everything()) == 0
        assert search(engine, Everything()) == []
        assert engine.stats().documents == 0

    def test_what_is_put_and_committed_is_there(self, engine: Engine) -> None:
        stored = '{"id":"1","text":"中文 𠮷 \\u0000 <b>"}'
        fill(engine, [replace(entry("1"), stored=stored), entry("2")])
        assert engine.snapshot().get(["1"]) == {"1": stored}
        assert sorted(engine.snapshot()) == sorted([stored, '{"id": "2"}'])
        assert len(engine.snapshot()) == engine.stats().documents == 2

    def test_a_put_replaces_the_entry_with_its_id(self, engine: Engine) -> None:
        fill(engine, [entry("1", body_units="旧"), entry("2", body_units="别")])
        fill(engine, [entry("1", body_units="新")])
        assert ids_of(engine.snapshot()) == {"1", "2"}
        assert search(engine, Term("body_units", "旧")) == []
        assert found_ids(search(engine, Term("body_units", "新"))) == ["1"]

    def test_of_two_puts_with_one_id_in_one_commit_the_later_counts(self, engine: Engine) -> None:
        fill(engine, [entry("1", body_units="旧"), entry("1", body_units="新")])
        assert len(engine.snapshot()) == 1
        assert found_ids(search(engine, Term("body_units", "新"))) == ["1"]
        assert search(engine, Term("body_units", "旧")) == []

    def test_delete_removes_one_entry_and_nothing_when_there_is_none(self, engine: Engine) -> None:
        fill(engine, [entry("1"), entry("2"), entry("3")])
        with writing(engine) as writer:
            writer.delete("1")
            writer.delete("nothing")
            writer.put(entry("4"))
            writer.delete("4")
            writer.commit()
        assert ids_of(engine.snapshot()) == {"2", "3"}
        assert engine.snapshot().get(["1", "2"]).keys() == {"2"}

    def test_what_is_put_after_a_delete_in_the_same_commit_is_there(self, engine: Engine) -> None:
        fill(engine, [entry("1")])
        with writing(engine) as writer:
            writer.delete("1")
            writer.put(entry("1", body_units="新"))
            writer.commit()
        assert found_ids(search(engine, Term("body_units", "新"))) == ["1"]

    def test_delete_all_removes_what_was_there_and_what_was_put(self, engine: Engine) -> None:
        fill(engine, [entry("1"), entry("2")])
        with writing(engine) as writer:
            writer.put(entry("3"))
            writer.delete_all()
            writer.put(entry("4"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"4"}

    def test_delete_all_can_be_given_up(self, engine: Engine) -> None:
        fill(engine, [entry("1"), entry("2")])
        with writing(engine) as writer:
            writer.delete_all()
        assert ids_of(engine.snapshot()) == {"1", "2"}
        fill(engine, [entry("3")])
        assert ids_of(engine.snapshot()) == {"1", "2", "3"}

    def test_nothing_is_seen_before_the_commit(self, engine: Engine) -> None:
        fill(engine, [entry("1")])
        with writing(engine) as writer:
            writer.put(entry("2"))
            writer.delete("1")
            assert ids_of(engine.snapshot()) == {"1"}
            writer.commit()
            assert ids_of(engine.snapshot()) == {"2"}

    def test_closing_without_a_commit_forgets(self, engine: Engine) -> None:
        fill(engine, [entry("1")])
        with writing(engine) as writer:
            writer.put(entry("2"))
            writer.commit()
            writer.put(entry("3"))
            writer.delete("1")
        assert ids_of(engine.snapshot()) == {"1", "2"}
        fill(engine, [entry("4")])
        assert ids_of(engine.snapshot()) == {"1", "2", "4"}, "the next commit must not bring it back"

    def test_an_empty_commit_is_one(self, engine: Engine) -> None:
        fill(engine, [])
        assert len(engine.snapshot()) == 0

    def test_a_closed_writer_refuses_and_lets_the_next_one_in(self, engine: Engine) -> None:
        writer = engine.writer(timeout=0)
        writer.close()
        writer.close()
        for call in (
            lambda: writer.put(entry("1")),
            lambda: writer.delete("1"),
            writer.delete_all,
            writer.commit,
        ):
            with pytest.raises(SearchkitError, match="closed"):
                call()
        fill(engine, [entry("2")])
        assert ids_of(engine.snapshot()) == {"2"}

    def test_a_second_writer_is_refused(self, engine: Engine) -> None:
        with writing(engine) as writer:
            with pytest.raises(IndexLockedError):
                engine.writer(timeout=0)
            writer.put(entry("1"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"1"}

    def test_many_entries_in_many_commits_are_all_there(self, engine: Engine) -> None:
        fill(engine, [entry(str(number)) for number in range(3000)], commits=3)
        snapshot = engine.snapshot()
        assert len(snapshot) == len(list(snapshot)) == 3000
        asked_for = [str(number) for number in range(5000)]
        assert snapshot.get(asked_for).keys() == set(map(str, range(3000)))
        assert snapshot.get(iter(["7", "7"])).keys() == {"7"}


class TestSnapshots:
    def test_a_snapshot_does_not_change(self, engine: Engine) -> None:
        fill(engine, [entry("1", body_units="甲")])
        before = engine.snapshot()
        fill(engine, [entry("2", body_units="甲"), entry("1", body_units="乙")])
        with writing(engine) as writer:
            writer.delete_all()
            writer.put(entry("3", body_units="甲"))
            writer.commit()
        after = engine.snapshot()
        term = Term("body_units", "甲")
        for snapshot, ids in ((before, {"1"}), (after, {"3"})):
            assert ids_of(snapshot) == ids
            assert len(snapshot) == snapshot.count(term) == 1
            assert snapshot.get(["1", "2", "3"]).keys() == ids
            total, found = snapshot.search(Plan(term), limit=10, offset=0, order="relevance")
            assert (total, set(found_ids(found))) == (1, ids)


class TestMetadata:
    def test_metadata_is_what_was_last_written(self, engine: Engine) -> None:
        assert engine.read_metadata() == {"made": "here"}
        engine.write_metadata({"n": 1, "中": ["文", None, {"a": True}]})
        assert engine.read_metadata() == {"n": 1, "中": ["文", None, {"a": True}]}

    def test_metadata_is_not_shared_with_who_wrote_or_read_it(self, engine: Engine) -> None:
        mine = {"a": 1}
        engine.write_metadata(mine)
        mine["a"] = 2
        engine.read_metadata()["a"] = 3
        assert engine.read_metadata() == {"a": 1}

    def test_writing_entries_leaves_the_metadata_alone(self, engine: Engine) -> None:
        fill(engine, [entry("1")])
        assert engine.read_metadata() == {"made": "here"}

    def test_the_location_opens_the_same_index(self, engine: Engine, request: pytest.FixtureRequest) -> None:
        fill(engine, [entry("1", body_units="甲")])
        if request.node.callspec.params["make_engine"] not in ON_DISK:
            with pytest.raises((ValueError, IndexNotFoundError)):
                open_engine(engine.location)
            return
        again = open_engine(engine.location)
        assert again.location == engine.location
        assert again.read_metadata() == {"made": "here"}
        assert ids_of(again.snapshot()) == {"1"}
        fill(engine, [entry("2")])
        assert ids_of(again.snapshot()) == {"1", "2"}, "a commit is seen by others that have the index open"
        assert again.stats().documents == 2
        again.close()

    def test_stats_tell_the_size(self, engine: Engine, request: pytest.FixtureRequest) -> None:
        fill(engine, [entry(str(number)) for number in range(5)])
        stats = engine.stats()
        assert stats.documents == 5
        assert (stats.bytes > 0) == (request.node.callspec.params["make_engine"] in ON_DISK)
        assert all(isinstance(value, int) for value in stats.details.values())


# -- every node of a plan, against the plainest engine


def matches(node: Node, one: Entry) -> bool:
    """Does the entry match? The contract, in its plainest form."""
    match node:
        case Term(field, text):
            return text in one.terms[field].split()
        case Chain(field, terms, 0, beginnings):
            there = one.terms[field].split()
            first = terms[0][0]
            return any(
                all(
                    start + offset - first < len(there)
                    and _is(text, there[start + offset - first], beginning=number in beginnings)
                    for number, (offset, text) in enumerate(terms)
                )
                for start in range(len(there))
            )
        case Beginning(field, text):
            return any(term.startswith(text) for term in one.terms[field].split())
        case Pattern(field, pattern):
            return any(fnmatchcase(term, pattern) for term in one.terms[field].split())
        case Near(field, text, distance):
            return any(letters_apart(text, term) <= distance for term in one.terms[field].split())
        case OneOf(field, values):
            own = {"id": (one.id,), "source": (one.source,), "tags": one.tags}[field]
            return bool(set(filter(None, own)) & set(values))
        case Between(_, low, high):
            at = one.published
            return at is not None and (low is None or at >= low) and (high is None or at < high)
        case All(nodes, but_not):
            return all(matches(child, one) for child in nodes) and not any(
                matches(child, one) for child in but_not
            )
        case AnyOf(nodes, at_least):
            return sum(matches(child, one) for child in nodes) >= at_least
        case Everything():
            return True
        case NothingAtAll():
            return False

    raise AssertionError(node)


def _is(text: str, term: str, *, beginning: bool) -> bool:
    return term.startswith(text) if beginning else term == text


@cache
def letters_apart(one: str, other: str) -> int:
    """Letters wrong, missing or too many, or swapped with their neighbour; no letter is changed twice."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        letters_apart(one[1:], other) + 1,
        letters_apart(one, other[1:]) + 1,
        letters_apart(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[:2] == other[1::-1]:
        least = min(least, letters_apart(one[2:], other[2:]) + 1)
    return least


terms = st.sampled_from(
    ["甲", "乙", "甲乙", "a_", "a_b_", "c++_", "¶a_", "word", "wrod", "words", "wo.d", "ab"]
)
beginnings = st.sampled_from(["甲", "a", "a_", "c+", "w", "word", "wo.", "¶", "x"])
numbers = st.integers(-3, 3) | st.sampled_from([-(10**12), 10**12, 253_402_300_799_999])


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Entries whose terms are few, so that they match; ids 0, 1, 2…"""
    count = draw(st.integers(0, 8))
    return [
        Entry(
            id=str(number),
            stored=json.dumps({"id": str(number)}),
            terms={field: " ".join(draw(st.lists(terms, max_size=6))) for field in TEXT_FIELDS},
            published=draw(st.none() | numbers),
            source=draw(st.sampled_from(VALUES)),
            tags=tuple(draw(st.lists(st.sampled_from(VALUES[:3]), max_size=2, unique=True))),
        )
        for number in range(count)
    ]


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    offsets = draw(st.lists(st.integers(0, 5), min_size=2, max_size=4, unique=True).map(sorted))
    opened = draw(st.just([]) | st.lists(st.integers(0, len(offsets) - 1), max_size=2))
    links = [
        (offset, draw(beginnings if number in opened else terms)) for number, offset in enumerate(offsets)
    ]
    return Chain(draw(st.sampled_from(BIGRAMS)), tuple(links), beginnings=frozenset(opened))


patterns = st.sampled_from(["w*", "w?rd", "w*d*", "wo.?", "a?", "*", "?b", "x*", "甲*"])
leaves = (
    st.builds(Term, st.sampled_from(TEXT_FIELDS), terms)
    | chains()
    | st.builds(Beginning, st.sampled_from(TEXT_FIELDS), beginnings)
    | st.builds(Pattern, st.sampled_from(UNITS), patterns)
    | st.builds(
        Near,
        st.sampled_from(UNITS),
        st.sampled_from(["word", "wrod", "ward", "ab", "wordss", "xyz"]),
        st.integers(1, 2),
    )
    | st.builds(
        OneOf,
        st.sampled_from(["source", "tags", "id"]),
        st.lists(st.sampled_from(["甲", "乙", "a b", "0", "3", "x"]), max_size=3).map(tuple),
    )
    | st.builds(Between, st.just("published"), st.none() | numbers, st.none() | numbers)
    | st.just(Everything())
    | st.just(NothingAtAll())
)


def _with_children(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(children, max_size=3).map(tuple)
    return st.builds(All, some, some) | st.builds(
        lambda nodes, extra: AnyOf(nodes, max(1, min(extra, len(nodes) + 1))),
        st.lists(children, min_size=1, max_size=4).map(tuple),
        st.integers(1, 4),
    )


nodes = st.recursive(leaves, _with_children, max_leaves=8)
scores = st.lists(
    st.builds(
        Score,
        st.builds(Term, st.sampled_from(TEXT_FIELDS), terms)
        | st.builds(Beginning, st.sampled_from(UNITS), beginnings),
        st.floats(0.125, 4, width=16),
    ),
    max_size=5,
    unique_by=lambda score: score.node,
)


class TestMatching:
    def test_a_plan_matches_what_it_says(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(
            entries=entries(), asked_for=st.lists(nodes, min_size=10, max_size=20), commits=st.integers(1, 3)
        )
        def check(entries: list[Entry], asked_for: list[Node], commits: int) -> None:
            engine = make_engine()
            fill(engine, entries, commits)
            for node in asked_for:
                expected = {one.id for one in entries if matches(node, one)}
                assert set(found_ids(search(engine, node))) == expected, node
                assert engine.snapshot().count(node) == len(expected)

        check()

    @pytest.mark.parametrize(
        ("node", "expected"),
        [
            (Term("body_bigrams", "甲乙"), "01234"),
            (Term("title_bigrams", "甲乙"), ""),
            (CHAIN, "03"),
            (Chain("body_bigrams", ((0, "甲乙"), (1, "丙丁"))), "1"),
            (Chain("body_bigrams", ((3, "甲乙"), (5, "丙丁"))), "03"),
            (Chain("body_bigrams", ((0, "甲乙"), (2, "丙丁"), (3, "戊"))), "3"),
            (Chain("body_bigrams", ((0, "甲乙"), (1, "甲乙"))), "4"),
            (Chain("body_bigrams", ((0, "甲乙"), (2, "丙")), beginnings=frozenset({1})), "03"),
            (Chain("body_bigrams", ((0, "甲"), (1, "甲乙")), beginnings=frozenset({0})), "4"),
            (Chain("body_bigrams", ((0, "甲乙"), (1, "丙丁")), slop=0), "1"),
            (Chain("body_bigrams", ((0, "甲乙"), (1, "丙丁")), slop=1), "013"),
            (Chain("body_bigrams", ((0, "甲乙"), (1, "戊")), slop=1), ""),
            (Chain("body_bigrams", ((0, "甲乙"), (1, "戊")), slop=2), "3"),
            (Beginning("body_bigrams", "甲"), "01234"),
            (Beginning("body_bigrams", "戊"), "3"),
            (Beginning("body_bigrams", "."), ""),
            (Pattern("body_bigrams", "?丁"), "0123"),
            (Pattern("body_bigrams", "戊*"), "3"),
            (Near("body_bigrams", "戊戊", 1), "3"),
            (Between("published", None, None), "0123"),
            (Between("published", 10, None), "123"),
            (Between("published", None, 10), "0"),
            (Between("published", 10, 11), "1"),
            (Between("published", 10, 10), ""),
            (Between("published", 11, 10), ""),
            (OneOf("source", ("甲报", "乙报")), "03"),
            (OneOf("source", ("甲",)), ""),
            (OneOf("tags", ("x y",)), "12"),
            (OneOf("id", ("1", "9")), "1"),
            (OneOf("tags", ()), ""),
            (All(()), "01234"),
            (All((), (Everything(),)), ""),
            (All((), (OneOf("tags", ("x y",)),)), "034"),
            (All((CHAIN, OneOf("source", ("甲报",)))), "0"),
            (AnyOf((CHAIN, OneOf("tags", ("x y",)), Between("published", 30, None))), "0123"),
            (AnyOf((CHAIN, OneOf("source", ("乙报",)), Between("published", 30, None)), 2), "3"),
            (AnyOf((CHAIN,), 2), ""),
            (Everything(), "01234"),
            (NothingAtAll(), ""),
        ],
    )
    def test_a_node_matches(self, node: Node, expected: str, engine: Engine) -> None:
        texts = ["甲乙 x 丙丁", "甲乙 丙丁", "丙丁 x 甲乙", "z 甲乙 x 丙丁 戊", "甲乙 甲乙"]
        details = [
            (0, "甲报", ()),
            (10, "", ("x y",)),
            (20, "", ("x", "x y")),
            (30, "乙报", ("x", "y")),
            (None, "", ()),
        ]
        fill(
            engine,
            [
                replace(entry(str(number), body_bigrams=text), published=published, source=source, tags=tags)
                for number, (text, (published, source, tags)) in enumerate(zip(texts, details))
            ],
        )
        assert sorted(found_ids(search(engine, node))) == list(expected)
        assert engine.snapshot().count(node) == len(expected)


class TestScores:
    SCORES = (
        Score(Term("words", "甲"), 1.0),
        Score(Term("body_units", "乙"), 0.5),
        Score(Term("title_bigrams", "a_b_"), 2.0),
    )

    @pytest.fixture
    def filled(self, engine: Engine) -> Engine:
        texts = ["甲", "甲 甲 甲 x", "乙 甲", "x y z", "甲 " + "x " * 50]
        entries = [
            entry(
                str(n), words=text.strip(), body_units=text.strip(), title_bigrams="a_b_ a_" if n % 2 else ""
            )
            for n, text in enumerate(texts)
        ]
        fill(engine, entries)
        return engine

    def test_scores_are_sums_of_weighted_terms_and_nothing_else(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(entries=entries(), scores=scores, node=nodes, factor=st.sampled_from([0.5, 2.0, 4.0]))
        def check(entries: list[Entry], scores: list[Score], node: Node, factor: float) -> None:
            engine = make_engine()
            fill(engine, entries)
            everything = scores_by_id(search(engine, Everything(), scores))
            assert everything.keys() == {one.id for one in entries}
            # What is matched has no influence.
            for id, score in scores_by_id(search(engine, node, scores)).items():
                assert score == pytest.approx(everything[id], rel=1e-4)
            # A weight is a factor.
            heavier = [replace(score, weight=score.weight * factor) for score in scores]
            for id, score in scores_by_id(search(engine, Everything(), heavier)).items():
                assert score == pytest.approx(everything[id] * factor, rel=1e-4, abs=1e-6)
            # They add up, and what is not there counts nothing.
            summed: Counter[str] = Counter()
            for one in scores:
                alone = scores_by_id(search(engine, Everything(), [one]))
                for document in entries:
                    assert (alone[document.id] > 0) == matches(one.node, document)
                summed.update(alone)
            for id, score in everything.items():
                assert score == pytest.approx(summed[id], rel=1e-4, abs=1e-6)

        check()

    def test_what_is_no_term_counts_its_weight_where_it_matches(self, filled: Engine) -> None:
        found = scores_by_id(search(filled, Everything(), [Score(Beginning("title_bigrams", "a_b"), 0.75)]))
        assert found == {"0": 0, "1": 0.75, "2": 0, "3": 0.75, "4": 0}

    def test_without_scores_all_are_equal(self, filled: Engine) -> None:
        found = search(filled, Everything())
        assert {one.score for one in found} == {0}
        assert found_ids(found) == found_ids(search(filled, Everything()))

    def test_the_best_come_first(self, filled: Engine) -> None:
        found = [one.score for one in search(filled, Everything(), self.SCORES)]
        assert found == sorted(found, reverse=True)
        assert len(set(found)) > 3

    def test_more_of_a_term_scores_more_and_more_of_other_terms_less(self, filled: Engine) -> None:
        score = scores_by_id(search(filled, Everything(), [Score(Term("words", "甲"), 1.0)]))
        assert score["1"] > score["4"]
        assert score["0"] > score["4"] > 0
        assert score["3"] == 0

    def test_a_rare_term_scores_more_than_a_frequent_one(self, filled: Engine) -> None:
        frequent, rare = (
            scores_by_id(search(filled, Everything(), [Score(Term("words", text), 1.0)])) for text in "甲乙"
        )
        assert rare["2"] > frequent["2"] > 0

    def test_a_document_without_any_of_the_terms_is_still_a_hit(self, filled: Engine) -> None:
        found = search(filled, Everything(), [Score(Term("words", "乙"), 1.0)])
        assert len(found) == 5
        assert found_ids(found)[0] == "2"
        assert search(filled, Everything(), [Score(Term("words", "nowhere"), 1.0)])[0].score == 0

    def test_a_page_has_the_scores_of_the_whole(self, filled: Engine) -> None:
        whole = search(filled, Everything(), self.SCORES)
        assert [search(filled, Everything(), self.SCORES, limit=1, offset=n)[0] for n in range(5)] == whole


class TestOrderAndPages:
    @pytest.fixture
    def filled(self, engine: Engine) -> Engine:
        published = [5, None, 3, 5, -7, None, 10**12, 3, 0, 5]
        fill(
            engine,
            [replace(entry(str(n), body_units="甲"), published=at) for n, at in enumerate(published)],
            commits=3,
        )
        return engine

    @pytest.mark.parametrize(
        ("order", "expected"),
        [("newest", ["6", "035", "27", "8", "4", "15"]), ("oldest", ["4", "8", "27", "039", "6", "15"])],
    )
    def test_sorted_by_date_those_without_come_last(
        self, order: str, expected: list[str], filled: Engine
    ) -> None:
        expected = [group.replace("5", "9") if group == "035" else group for group in expected]
        found = found_ids(search(filled, Everything(), order=order))
        for group in expected:
            assert sorted(found[: len(group)]) == list(group)
            del found[: len(group)]
        assert found == []

    @pytest.mark.parametrize("order", ["relevance", "newest", "oldest"])
    @pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 50])
    def test_the_pages_in_a_row_are_the_whole(self, order: str, size: int, filled: Engine) -> None:
        score = [Score(Term("body_units", "甲"), 1.0)]
        whole = search(filled, Everything(), score, order=order)
        assert len(whole) == 10
        pages = [
            search(filled, Everything(), score, order=order, limit=size, offset=at)
            for at in range(0, 10, size)
        ]
        assert [one for page in pages for one in page] == whole

    @pytest.mark.parametrize("order", ["relevance", "newest", "oldest"])
    @pytest.mark.parametrize(("limit", "offset"), [(0, 0), (0, 5), (5, 10), (10, 10**30), (1, 11)])
    def test_a_page_beyond_the_end_is_empty_and_the_total_right(
        self, order: str, limit: int, offset: int, filled: Engine
    ) -> None:
        plan = Plan(Term("body_units", "甲"))
        assert filled.snapshot().search(plan, limit=limit, offset=offset, order=order) == (10, [])  # type: ignore[arg-type]

    def test_a_page_may_be_larger_than_there_are_hits(self, filled: Engine) -> None:
        assert len(search(filled, Everything(), limit=10**30)) == 10
        assert len(search(filled, Everything(), limit=10**30, offset=8)) == 2
