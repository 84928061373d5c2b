"""What every engine must do, whatever it is made of: documents go in, match and are ranked.

What it does with values is in test_engine_values.py.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite import (
    ON_DISK,
    PRICE,
    Commit,
    History,
    MakeEngine,
    examples,
    fill,
    forget,
    found_ids,
    histories,
    ids_of,
    index_document,
    index_documents,
    matches,
    nodes,
    play,
    scores,
    scores_by_id,
    search,
    writing,
)

from searchkit.engine import create_engine, open_engine
from searchkit.engine.base import LEAST_MEMORY, Engine, IndexDocument, Snapshot
from searchkit.engine.plan import (
    Boolean,
    Clause,
    Fuzzy,
    MatchAll,
    MatchNone,
    Phrase,
    Plan,
    Prefix,
    Range,
    ScoreClause,
    Sort,
    Term,
    TermSet,
    Value,
    Wildcard,
)
from searchkit.errors import IndexLockedError, IndexNotFoundError, SearchkitError

CHAIN = Phrase("body_bigrams", ((0, "甲乙"), (2, "丙丁")))


class TestWriting:
    def test_a_new_engine_is_empty(self, engine: Engine) -> None:
        snapshot = engine.snapshot()
        assert len(snapshot) == 0
        assert list(snapshot) == []
        assert snapshot.stored(["1"]) == {}
        assert snapshot.count(MatchAll()) == 0
        assert search(engine, MatchAll()) == []
        assert engine.stats().documents == 0

    def test_upserted_documents_are_there_after_the_commit(self, engine: Engine) -> None:
        stored = '{"id":"1","text":"中文 𠮷 \\u0000 <b>"}\nmore'.encode()
        fill(engine, [replace(index_document("1"), stored=stored), index_document("2")])
        assert engine.snapshot().stored(["1"]) == {"1": stored}
        assert sorted(engine.snapshot()) == sorted([stored, b'{"id": "2"}'])
        assert len(engine.snapshot()) == engine.stats().documents == 2

    def test_upsert_replaces_the_document_with_its_id(self, engine: Engine) -> None:
        fill(engine, [index_document("1", body_unigrams="旧"), index_document("2", body_unigrams="别")])
        fill(engine, [index_document("1", body_unigrams="新")])
        assert ids_of(engine.snapshot()) == {"1", "2"}
        assert search(engine, Term("body_unigrams", "旧")) == []
        assert found_ids(search(engine, Term("body_unigrams", "新"))) == ["1"]

    def test_the_later_of_two_upserts_with_one_id_counts(self, engine: Engine) -> None:
        fill(engine, [index_document("1", body_unigrams="旧"), index_document("1", body_unigrams="新")])
        assert len(engine.snapshot()) == 1
        assert found_ids(search(engine, Term("body_unigrams", "新"))) == ["1"]
        assert search(engine, Term("body_unigrams", "旧")) == []

    def test_delete_removes_the_document_if_there_is_one(self, engine: Engine) -> None:
        fill(engine, [index_document("1"), index_document("2"), index_document("3")])
        with writing(engine) as writer:
            writer.delete("1")
            writer.delete("nothing")
            writer.upsert(index_document("4"))
            writer.delete("4")
            writer.commit()
        assert ids_of(engine.snapshot()) == {"2", "3"}
        assert engine.snapshot().stored(["1", "2"]).keys() == {"2"}

    def test_an_upsert_after_a_delete_in_the_same_commit_counts(self, engine: Engine) -> None:
        fill(engine, [index_document("1")])
        with writing(engine) as writer:
            writer.delete("1")
            writer.upsert(index_document("1", body_unigrams="新"))
            writer.commit()
        assert found_ids(search(engine, Term("body_unigrams", "新"))) == ["1"]

    def test_delete_all_removes_committed_and_uncommitted_documents(self, engine: Engine) -> None:
        fill(engine, [index_document("1"), index_document("2")])
        with writing(engine) as writer:
            writer.upsert(index_document("3"))
            writer.delete_all()
            writer.upsert(index_document("4"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"4"}

    def test_delete_all_without_a_commit_changes_nothing(self, engine: Engine) -> None:
        fill(engine, [index_document("1"), index_document("2")])
        with writing(engine) as writer:
            writer.delete_all()
        assert ids_of(engine.snapshot()) == {"1", "2"}
        fill(engine, [index_document("3")])
        assert ids_of(engine.snapshot()) == {"1", "2", "3"}

    def test_nothing_is_seen_before_the_commit(self, engine: Engine) -> None:
        fill(engine, [index_document("1")])
        with writing(engine) as writer:
            writer.upsert(index_document("2"))
            writer.delete("1")
            assert ids_of(engine.snapshot()) == {"1"}
            writer.commit()
            assert ids_of(engine.snapshot()) == {"2"}

    def test_closing_without_a_commit_discards_the_changes(self, engine: Engine) -> None:
        fill(engine, [index_document("1")])
        with writing(engine) as writer:
            writer.upsert(index_document("2"))
            writer.commit()
            writer.upsert(index_document("3"))
            writer.delete("1")
        assert ids_of(engine.snapshot()) == {"1", "2"}
        fill(engine, [index_document("4")])
        assert ids_of(engine.snapshot()) == {"1", "2", "4"}, "the next commit must not bring it back"

    def test_an_empty_commit_is_allowed(self, engine: Engine) -> None:
        fill(engine, [])
        assert len(engine.snapshot()) == 0

    @pytest.mark.parametrize("force_merge", [False, True])
    def test_a_closed_writer_refuses_and_lets_the_next_one_in(
        self, force_merge: bool, engine: Engine
    ) -> None:
        writer = engine.writer(timeout=0, force_merge=force_merge)
        writer.close()
        writer.close()
        for call in (
            lambda: writer.upsert(index_document("1")),
            lambda: writer.delete("1"),
            writer.delete_all,
            writer.commit,
        ):
            with pytest.raises(SearchkitError, match="closed"):
                call()
        fill(engine, [index_document("2")])
        assert ids_of(engine.snapshot()) == {"2"}

    @pytest.mark.parametrize("force_merge", [False, True])
    def test_a_second_writer_is_refused(self, force_merge: bool, engine: Engine) -> None:
        with writing(engine, force_merge=force_merge) as writer:
            for other in (False, True):
                with pytest.raises(IndexLockedError):
                    engine.writer(timeout=0, force_merge=other)
            writer.upsert(index_document("1"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"1"}

    def test_many_documents_in_many_commits_are_all_there(self, engine: Engine) -> None:
        fill(engine, [index_document(str(number)) for number in range(3000)], commits=3)
        snapshot = engine.snapshot()
        assert len(snapshot) == len(list(snapshot)) == 3000
        asked_for = [str(number) for number in range(5000)]
        assert snapshot.stored(asked_for).keys() == set(map(str, range(3000)))
        assert snapshot.existing(asked_for) == set(map(str, range(3000)))
        assert snapshot.stored(iter(["7", "7"])).keys() == {"7"}

    @pytest.mark.parametrize("force_merge", [False, True])
    def test_little_memory_is_enough_for_any_number_of_documents(
        self, force_merge: bool, engine: Engine
    ) -> None:
        choose = Random(1)
        words = [chr(code) for code in range(0x4E00, 0x5E00)]
        many = 700 if engine.location.startswith("whoosh:") else 1500  # that takes 30 MB, and it is slow
        index_documents = [
            index_document(str(number), body_bigrams=" ".join(choose.choices(words, k=300)))
            for number in range(many)
        ]
        with writing(engine, force_merge=force_merge, memory=LEAST_MEMORY) as writer:
            for one in index_documents:
                writer.upsert(one)
            writer.commit()
        snapshot = engine.snapshot()
        assert len(snapshot) == len(index_documents)
        for word in words[::500]:
            having = {one.id for one in index_documents if word in one.terms["body_bigrams"].split(" ")}
            assert {*found_ids(search(engine, Term("body_bigrams", word)))} == having


def test_a_phrase_with_slop_is_counted_as_it_is_searched(engine: Engine) -> None:
    choose = Random(1)
    fill(
        engine,
        [
            index_document(str(number), body_bigrams=" ".join(choose.choices("甲乙丙丁戊", k=20)))
            for number in range(300)
        ],
    )
    for links in ("甲乙", "甲乙丙", "甲乙丙丁"):
        for slop in (1, 3):
            chain = Phrase("body_bigrams", tuple((2 * at, link) for at, link in enumerate(links)), slop)
            for sort in (None, Sort("published")):
                totals = {
                    engine.snapshot().search(Plan(chain), limit=limit, offset=0, sort=sort)[0]
                    for limit in (0, 1)
                }
                assert totals == {engine.snapshot().count(chain)}


class TestSnapshots:
    def test_a_snapshot_does_not_change(self, engine: Engine) -> None:
        fill(engine, [index_document("1", body_unigrams="甲")])
        before = engine.snapshot()
        fill(engine, [index_document("2", body_unigrams="甲"), index_document("1", body_unigrams="乙")])
        with writing(engine) as writer:
            writer.delete_all()
            writer.upsert(index_document("3", body_unigrams="甲"))
            writer.commit()
        after = engine.snapshot()
        term = Term("body_unigrams", "甲")
        for snapshot, ids in ((before, {"1"}), (after, {"3"})):
            assert ids_of(snapshot) == ids
            assert len(snapshot) == snapshot.count(term) == 1
            assert snapshot.stored(["1", "2", "3"]).keys() == ids
            total, found = snapshot.search(Plan(term), limit=10, offset=0)
            assert (total, set(found_ids(found))) == (1, ids)

    def test_several_plans_find_what_each_of_them_finds_alone(self, engine: Engine) -> None:
        fill(engine, [index_document(str(n), {"published": -n}, words=" ".join("甲" * n)) for n in range(5)])
        plans = [
            Plan(Term("words", "甲"), (ScoreClause(Term("words", "甲"), 2.0),)),
            Plan(MatchNone()),
            Plan(MatchAll()),
            Plan(TermSet("id", ("3",)), (ScoreClause(Term("words", "甲"), 1.0),)),
        ]
        snapshot = engine.snapshot()
        assert snapshot.multi_search([], limit=1) == []
        for limit in (0, 1, 3, 2000):
            for sort in (None, Sort("published")):
                alone = [snapshot.search(plan, limit=limit, offset=0, sort=sort) for plan in plans]
                assert snapshot.multi_search(plans, limit=limit, sort=sort) == alone

    @pytest.mark.parametrize("of_engine", [True, False], ids=["of the engine", "by default"])
    def test_all_that_matches_is_listed_once(self, of_engine: bool, engine: Engine) -> None:
        """Also beyond what is read at once, with deleted documents, and while others commit."""
        fill(engine, [index_document(str(n), body_unigrams="甲" if n % 3 else "乙") for n in range(1500)])
        with writing(engine) as writer:
            for n in range(100):
                writer.delete(str(n))
            writer.commit()
        snapshot = engine.snapshot()
        listed = snapshot.matching if of_engine else partial(Snapshot.matching, snapshot)
        for clause, ids in (
            (Term("body_unigrams", "甲"), {str(n) for n in range(100, 1500) if n % 3}),
            (MatchAll(), {str(n) for n in range(100, 1500)}),
            (
                Boolean(must_not=(Term("body_unigrams", "甲"),)),
                {str(n) for n in range(100, 1500) if not n % 3},
            ),
            (MatchNone(), set()),
        ):
            found = listed(clause)
            first = list(islice(found, 3))
            fill(engine, [index_document(f"later {len(ids)}", body_unigrams="甲")])
            got = [json.loads(stored)["id"] for stored in [*first, *found]]
            assert (len(got), set(got)) == (len(ids), ids)

    def test_thousands_of_deletes_stand_in_order_with_upserts(self, engine: Engine) -> None:
        fill(engine, [index_document(str(n)) for n in range(2500)])
        with writing(engine) as writer:
            for n in range(1200):
                writer.delete(str(n))
            writer.upsert(index_document("5"))
            for n in range(1200, 2400):
                writer.delete(str(n))
            writer.delete("5")
            writer.upsert(index_document("6"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"6", *map(str, range(2400, 2500))}
        with writing(engine) as writer:
            writer.delete("6")  # and no commit
        assert "6" in ids_of(engine.snapshot())

    def test_ids_of_deleted_documents_do_not_exist(self, engine: Engine) -> None:
        fill(engine, [index_document(str(number)) for number in range(6)])
        with writing(engine) as writer:
            writer.delete("1")
            writer.upsert(index_document("2"))
            writer.commit()
        for asked_for in (["0", "1", "2", "x"], ["0", "2"], ["1"], ["x"], []):
            assert engine.snapshot().existing(asked_for) == {*asked_for} & {"0", "2"}


class TestMetadata:
    def test_metadata_holds_what_was_last_written(self, engine: Engine) -> None:
        assert engine.read_metadata() == {"made": "here"}
        engine.write_metadata({"n": 1, "中": ["文", None, {"a": True}]})
        assert engine.read_metadata() == {"n": 1, "中": ["文", None, {"a": True}]}

    def test_metadata_is_not_shared_with_who_wrote_or_read_it(self, engine: Engine) -> None:
        mine = {"a": 1}
        engine.write_metadata(mine)
        mine["a"] = 2
        engine.read_metadata()["a"] = 3
        assert engine.read_metadata() == {"a": 1}

    def test_writing_documents_does_not_change_the_metadata(self, engine: Engine) -> None:
        fill(engine, [index_document("1")])
        assert engine.read_metadata() == {"made": "here"}

    def test_a_note_holds_what_was_last_written_under_its_name(self, engine: Engine) -> None:
        assert engine.read_note("a") is None
        engine.write_note("a", "中文 𠮷\r\n\0\u2028")
        engine.write_note("a-2", "")
        assert (engine.read_note("a"), engine.read_note("a-2")) == ("中文 𠮷\r\n\0\u2028", "")
        engine.write_note("a", "新")
        assert (engine.read_note("a"), engine.read_note("a-2")) == ("新", "")

    def test_notes_do_not_change_documents_and_metadata(self, engine: Engine) -> None:
        fill(engine, [index_document("1")])
        version = engine.snapshot().version
        engine.write_note("a", "x")
        assert (engine.read_metadata(), ids_of(engine.snapshot())) == ({"made": "here"}, {"1"})
        assert engine.snapshot().version == version
        with writing(engine) as writer:
            writer.delete_all()
            writer.commit()
        assert engine.read_note("a") == "x"

    def test_a_note_is_seen_by_whoever_opens_the_index(
        self, engine: Engine, request: pytest.FixtureRequest
    ) -> None:
        if request.node.callspec.params["make_engine"] not in ON_DISK:
            other = create_engine(":memory:", {}, ())
            engine.write_note("a", "x")
            assert other.read_note("a") is None, "each index in memory has notes of its own"
            return
        again = open_engine(engine.location)
        engine.write_note("a", "x")
        assert again.read_note("a") == "x"
        again.write_note("a", "y")
        assert engine.read_note("a") == "y"
        again.close()

    def test_a_new_index_where_one_was_has_no_notes(self, engine: Engine) -> None:
        engine.write_note("a", "x")
        forget(engine)
        again = create_engine(engine.location, {}, ())
        assert again.read_note("a") is None
        again.close()

    def test_the_location_opens_the_same_index(self, engine: Engine, request: pytest.FixtureRequest) -> None:
        fill(engine, [index_document("1", body_unigrams="甲")])
        if request.node.callspec.params["make_engine"] not in ON_DISK:
            with pytest.raises((ValueError, IndexNotFoundError)):
                open_engine(engine.location)
            return
        again = open_engine(engine.location)
        assert again.location == engine.location
        assert again.read_metadata() == {"made": "here"}
        assert ids_of(again.snapshot()) == {"1"}
        fill(again, [index_document("3", {"tags": ("甲",), PRICE: 0.5, "completions": ("甲",)})])
        counted = engine.snapshot().facets(MatchAll(), ["tags"])
        assert counted == {"tags": {"甲": 1}}, "it knows its fields itself"
        assert found_ids(search(engine, Term("completions", "甲"))) == ["3"]
        fill(engine, [index_document("2")])
        assert ids_of(again.snapshot()) == {"1", "2", "3"}, (
            "a commit is seen by others that have the index open"
        )
        assert again.stats().documents == 3
        again.close()

    def test_stats_tell_the_size(self, engine: Engine, request: pytest.FixtureRequest) -> None:
        fill(engine, [index_document(str(number)) for number in range(5)])
        stats = engine.stats()
        assert stats.documents == 5
        assert (stats.bytes > 0) == (request.node.callspec.params["make_engine"] in ON_DISK)
        assert all(isinstance(value, int) for value in stats.details.values())


class TestMatching:
    def test_plans_match_the_expected_documents(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(history=histories(), asked_for=st.lists(nodes, min_size=10, max_size=20))
        def check(history: History, asked_for: list[Clause]) -> None:
            engine = make_engine()
            there = play(engine, history)
            for node in asked_for:
                expected = {one.id for one in there if matches(node, one)}
                assert set(found_ids(search(engine, node))) == expected, node
                assert engine.snapshot().count(node) == len(expected)

        check()

    @pytest.mark.parametrize(
        ("node", "expected"),
        [
            (Term("body_bigrams", "甲乙"), "01234"),
            (Term("title_bigrams", "甲乙"), ""),
            (CHAIN, "03"),
            (Phrase("body_bigrams", ((0, "甲乙"), (1, "丙丁"))), "1"),
            (Phrase("body_bigrams", ((3, "甲乙"), (5, "丙丁"))), "03"),
            (Phrase("body_bigrams", ((0, "甲乙"), (2, "丙丁"), (3, "戊"))), "3"),
            (Phrase("body_bigrams", ((0, "甲乙"), (1, "甲乙"))), "4"),
            (Phrase("body_bigrams", ((0, "甲乙"), (2, "丙")), beginnings=frozenset({1})), "03"),
            (Phrase("body_bigrams", ((0, "甲"), (1, "甲乙")), beginnings=frozenset({0})), "4"),
            (Phrase("body_bigrams", ((0, "甲乙"), (1, "丙丁")), slop=0), "1"),
            (Phrase("body_bigrams", ((0, "甲乙"), (1, "丙丁")), slop=1), "013"),
            (Phrase("body_bigrams", ((0, "甲乙"), (1, "戊")), slop=1), ""),
            (Phrase("body_bigrams", ((0, "甲乙"), (1, "戊")), slop=2), "3"),
            (Prefix("body_bigrams", "甲"), "01234"),
            (Prefix("body_bigrams", "戊"), "3"),
            (Prefix("body_bigrams", "."), ""),
            (Wildcard("body_bigrams", "?丁"), "0123"),
            (Wildcard("body_bigrams", "戊*"), "3"),
            *((Wildcard("body_bigrams", "a" + signs * 24 + "z"), "") for signs in ("??", "*é")),
            (Fuzzy("body_bigrams", "戊戊", 1), "3"),
            (Range("published", None, None), "0123"),
            (Range("published", 10, None), "123"),
            (Range("published", None, 10), "0"),
            (Range("published", 10, 11), "1"),
            (Range("published", 10, 10), ""),
            (Range("published", 11, 10), ""),
            (Range(PRICE, None, None), "023"),
            (Range(PRICE, 0.5, None), "02"),
            (Range(PRICE, None, 0.5), "3"),
            (Range(PRICE, -1e308, 0.5 + 2**-53), "03"),
            (Range(PRICE, 1e308, None), "2"),
            (Range(PRICE, 0.5, 0.5), ""),
            (TermSet("source", ("甲报", "乙报")), "03"),
            (TermSet("source", ("甲",)), ""),
            (TermSet("tags", ("x y",)), "12"),
            (TermSet("tags", ("y", "x y")), "123"),
            (TermSet("id", ("1", "9")), "1"),
            (TermSet("tags", ()), ""),
            (TermSet("completions", ("k l", "none")), "01"),
            (TermSet("completions", ("k",)), "1"),
            (Term("source", "甲报"), "0"),
            (Term("source", "甲"), ""),
            (Term("tags", "x"), "23"),
            (Term("completions", "k l"), "01"),
            (Term("completions", "K"), ""),
            (Boolean(), "01234"),
            (Boolean(must_not=(MatchAll(),)), ""),
            (Boolean(must_not=(TermSet("tags", ("x y",)),)), "034"),
            (Boolean(must=(CHAIN, TermSet("source", ("甲报",)))), "0"),
            (Boolean(should=(CHAIN, TermSet("tags", ("x y",)), Range("published", 30, None))), "0123"),
            (
                Boolean(
                    should=(CHAIN, TermSet("source", ("乙报",)), Range("published", 30, None)),
                    minimum_should_match=2,
                ),
                "3",
            ),
            (Boolean(should=(CHAIN,), minimum_should_match=2), ""),
            (MatchAll(), "01234"),
            (MatchNone(), ""),
        ],
    )
    def test_each_kind_of_clause_matches(self, node: Clause, expected: str, engine: Engine) -> None:
        texts = ["甲乙 x 丙丁", "甲乙 丙丁", "丙丁 x 甲乙", "z 甲乙 x 丙丁 戊", "甲乙 甲乙"]
        details: list[dict[str, Value]] = [
            {"published": 0, PRICE: 0.5, "source": ("甲报",), "completions": ("k l",)},
            {"published": 10, "tags": ("x y",), "completions": ("k", "k l")},
            {"published": 20, PRICE: 1e308, "tags": ("x", "x y")},
            {"published": 30, PRICE: -1e308, "source": ("乙报",), "tags": ("x", "y")},
            {"tags": ()},
        ]
        fill(
            engine,
            [
                index_document(str(number), values, body_bigrams=text)
                for number, (text, values) in enumerate(zip(texts, details))
            ],
        )
        assert sorted(found_ids(search(engine, node))) == list(expected)
        assert engine.snapshot().count(node) == len(expected)

    def test_what_must_not_match_is_left_out_beside_deleted_documents(self, engine: Engine) -> None:
        fill(engine, [index_document(str(number), body_unigrams="甲") for number in range(6)])
        play(engine, [Commit(("1", "2"))])
        assert search(engine, Boolean(must_not=(Term("body_unigrams", "甲"),))) == []
        assert len(search(engine, Boolean(must_not=(Term("body_unigrams", "乙"),)))) == 4


class TestScores:
    SCORES = (
        ScoreClause(Term("words", "甲"), 1.0),
        ScoreClause(Term("body_unigrams", "乙"), 0.5),
        ScoreClause(Term("title_bigrams", "a_b_"), 2.0),
    )

    @pytest.fixture
    def filled(self, engine: Engine) -> Engine:
        texts = ["甲", "甲 甲 甲 x", "乙 甲", "x y z", "甲 " + "x " * 50]
        index_documents = [
            index_document(
                str(n),
                words=text.strip(),
                body_unigrams=text.strip(),
                title_bigrams="a_b_ a_" if n % 2 else "",
            )
            for n, text in enumerate(texts)
        ]
        fill(engine, index_documents)
        return engine

    def test_scores_are_sums_of_weighted_terms_and_nothing_else(
        self, make_engine: MakeEngine, request: pytest.FixtureRequest
    ) -> None:
        @examples(request)
        @given(
            index_documents=index_documents(),
            scores=scores,
            node=nodes,
            factor=st.sampled_from([0.5, 2.0, 4.0]),
        )
        def check(
            index_documents: list[IndexDocument], scores: list[ScoreClause], node: Clause, factor: float
        ) -> None:
            engine = make_engine()
            fill(engine, index_documents)
            everything = scores_by_id(search(engine, MatchAll(), scores))
            assert everything.keys() == {one.id for one in index_documents}
            # What is matched has no influence.
            for id, score in scores_by_id(search(engine, node, scores)).items():
                assert score == pytest.approx(everything[id], rel=1e-4)
            # A weight is a factor.
            heavier = [ScoreClause(score.node, score.weight * factor) for score in scores]
            for id, score in scores_by_id(search(engine, MatchAll(), heavier)).items():
                assert score == pytest.approx(everything[id] * factor, rel=1e-4, abs=1e-6)
            # They add up, and what is not there counts nothing.
            summed: Counter[str] = Counter()
            for one in scores:
                alone = scores_by_id(search(engine, MatchAll(), [one]))
                for document in index_documents:
                    assert (alone[document.id] > 0) == matches(one.node, document)
                summed.update(alone)
            for id, score in everything.items():
                assert score == pytest.approx(summed[id], rel=1e-4, abs=1e-6)

        check()

    def test_clauses_other_than_terms_score_their_weight(self, filled: Engine) -> None:
        found = scores_by_id(search(filled, MatchAll(), [ScoreClause(Prefix("title_bigrams", "a_b"), 0.75)]))
        assert found == {"0": 0, "1": 0.75, "2": 0, "3": 0.75, "4": 0}

    def test_without_scores_all_are_equal(self, filled: Engine) -> None:
        found = search(filled, MatchAll())
        assert {one.score for one in found} == {0}
        assert found_ids(found) == found_ids(search(filled, MatchAll()))

    def test_the_best_come_first(self, filled: Engine) -> None:
        found = [one.score for one in search(filled, MatchAll(), self.SCORES)]
        assert found == sorted(found, reverse=True)
        assert len(set(found)) > 3

    def test_more_of_a_term_scores_more_and_more_of_other_terms_less(self, filled: Engine) -> None:
        score = scores_by_id(search(filled, MatchAll(), [ScoreClause(Term("words", "甲"), 1.0)]))
        assert score["1"] > score["4"]
        assert score["0"] > score["4"] > 0
        assert score["3"] == 0

    def test_a_rare_term_scores_more_than_a_frequent_one(self, filled: Engine) -> None:
        frequent, rare = (
            scores_by_id(search(filled, MatchAll(), [ScoreClause(Term("words", text), 1.0)]))
            for text in "甲乙"
        )
        assert rare["2"] > frequent["2"] > 0

    def test_a_document_without_any_of_the_terms_is_still_a_hit(self, filled: Engine) -> None:
        found = search(filled, MatchAll(), [ScoreClause(Term("words", "乙"), 1.0)])
        assert len(found) == 5
        assert found_ids(found)[0] == "2"
        assert search(filled, MatchAll(), [ScoreClause(Term("words", "nowhere"), 1.0)])[0].score == 0

    def test_a_page_has_the_scores_of_the_whole(self, filled: Engine) -> None:
        whole = search(filled, MatchAll(), self.SCORES)
        assert [search(filled, MatchAll(), self.SCORES, limit=1, offset=n)[0] for n in range(5)] == whole
