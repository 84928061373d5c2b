"""The index: writing and finding again, all or nothing, with an error that helps for all that is wrong."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import anything, documents, moments, queries

import searchkit
from searchkit import CursorExpiredError, Document, DocumentError, Index, Report, SearchkitError
from searchkit.settings import FORMAT

MakeIndex = Callable[..., Index]
BEIJING = timezone(timedelta(hours=8))


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.replaced, len(report.failures)


class TestWriting:
    def test_a_new_index_is_empty(self, make_index: MakeIndex) -> None:
        index = make_index()
        assert len(index) == 0
        assert list(index) == []
        assert index.search("甲").total == 0
        assert index.get("1") is None
        assert "1" not in index

    def test_what_was_added_is_there(self, make_index: MakeIndex) -> None:
        document = Document(title="甲", body="乙", id="1", tags=("丙",), extra={"n": [1, None]})
        index = make_index(document)
        assert len(index) == 1
        assert "1" in index
        assert index.get("1") == document
        assert list(index) == [document]

    def test_dicts_are_documents_too(self, make_index: MakeIndex) -> None:
        index = make_index()
        report = index.add([{"id": "1", "body": "甲", "published": "2024-01-01T00:00:00Z"}])
        assert counts(report) == (1, 0, 0, 0)
        assert index.get("1") == Document(
            id="1", body="甲", published=datetime(2024, 1, 1, tzinfo=timezone.utc)
        )

    def test_a_document_takes_the_place_of_the_one_with_its_id(self, make_index: MakeIndex) -> None:
        index = make_index(Document(id="1", body="旧的苹果"), Document(id="2", body="别的"))
        report = index.add([Document(id="1", body="新的香蕉")])
        assert counts(report) == (0, 1, 0, 0)
        assert len(index) == 2
        assert index.search("苹果").total == 0
        assert ids(index.search("香蕉")) == ["1"]

    def test_of_documents_with_one_id_in_one_call_the_last_counts(self, make_index: MakeIndex) -> None:
        index = make_index()
        report = index.add([Document(id="1", body=body) for body in ("苹果", "香蕉", "葡萄")])
        assert counts(report) == (1, 0, 2, 0)
        assert [document.body for document in index] == ["葡萄"]
        assert index.search("苹果 OR 香蕉").total == 0

    def test_delete_says_how_many_there_were(self, make_index: MakeIndex) -> None:
        index = make_index("甲", "乙", "丙")
        assert index.delete("0") == 1
        assert index.delete(["1", "1", "nothing"]) == 1
        assert index.delete([]) == 0
        assert [document.id for document in index] == ["2"]
        assert index.search("甲 OR 乙").total == 0

    def test_what_cannot_be_indexed_is_reported_and_the_rest_is_indexed(self, make_index: MakeIndex) -> None:
        index = make_index()
        report = index.add(
            [Document(id="1", body="甲"), {"id": "2"}, {"id": "3", "body": "乙", "author": "丙"}, 5]
        )  # type: ignore[list-item]
        assert counts(report) == (1, 0, 0, 3)
        assert [failure.what for failure in report.failures] == ["2", "3", ""]
        assert "no text" in report.failures[0].reason
        assert "unknown field 'author'" in report.failures[1].reason
        assert "int" in report.failures[2].reason
        assert len(index) == 1

    @pytest.mark.parametrize(
        "broken",
        [{"id": "x", "body": ""}, {"id": "x", "body": "甲", "published": datetime(2024, 1, 1)}],  # noqa: DTZ001
    )
    def test_a_broken_document_leaves_the_one_with_its_id_alone(
        self, broken: Any, make_index: MakeIndex
    ) -> None:
        index = make_index(Document(id="x", body="旧"))
        assert counts(index.add([broken])) == (0, 0, 0, 1)
        assert index.get("x") == Document(id="x", body="旧")

    def test_the_files_that_cannot_be_read_are_in_the_report(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        (tmp_path / "a.txt").write_text("苹果", encoding="utf-8")
        (tmp_path / "b.txt").write_bytes(b"")
        report = make_index().add(searchkit.read_articles(tmp_path))
        assert counts(report) == (1, 0, 0, 1)
        assert report.failures[0].what.endswith("b.txt")
        assert "empty" in report.failures[0].reason

    def test_nothing_is_added_when_the_iteration_raises(self, make_index: MakeIndex) -> None:
        index = make_index("旧")

        def broken() -> Iterator[Document]:
            yield Document(id="1", body="甲")
            raise RuntimeError("the disk is gone")

        with pytest.raises(RuntimeError, match="the disk is gone"):
            index.add(broken())
        assert [document.body for document in index] == ["旧"]
        index.add([Document(id="2", body="甲")])
        assert {document.id for document in index} == {"0", "2"}, "the lock is free, and nothing is left over"

    def test_an_id_may_be_any_text(self, make_index: MakeIndex) -> None:
        some = ["a b", "甲", "A", "a", " ", "𠮷", "x" * 1000, '"', "-1", "1\n2"]
        index = make_index(*[Document(id=id, body="甲") for id in some])
        assert len(index) == len(some)
        for id in some:
            assert id in index
            assert index.delete(id) == 1
        assert len(index) == 0

    def test_a_very_long_id_is_an_id_like_any_other(self, make_index: MakeIndex) -> None:
        long = "https://example.com/" + "x" * 70_000
        index = make_index(Document(id=long, body="旧"))
        assert long in index
        assert counts(index.add([Document(id=long, body="新")])) == (0, 1, 0, 0)
        assert len(index) == 1

    @settings(max_examples=30)
    @given(st.data())
    def test_the_report_adds_up_whatever_is_given(self, data: st.DataObject) -> None:
        given_ids = ["a", "b", "c", "d"]
        broken: st.SearchStrategy[Any] = st.sampled_from(
            [{"id": "a"}, {"body": 5}, "text", {"id": "b", "x": 1}]
        )
        batches = data.draw(
            st.lists(st.lists(documents(given_ids) | broken, max_size=8), min_size=1, max_size=3)
        )
        expected: dict[str, Document] = {}
        with searchkit.create(":memory:") as index:
            for batch in batches:
                before = set(expected)
                report = index.add(batch)
                good = [document for document in batch if isinstance(document, Document)]
                expected |= {document.id: document for document in good}
                new = {document.id for document in good} - before
                assert report.added == len(new)
                assert report.updated == len({document.id for document in good} & before)
                assert len(report.failures) == len(batch) - len(good)
                assert sum(counts(report)) == len(batch)
                assert {document.id: document for document in index} == expected
                assert len(index) == len(expected)


class TestWriter:
    def test_a_batch_is_seen_when_it_is_complete(self, make_index: MakeIndex) -> None:
        index = make_index("旧苹果")
        with index.writer() as writer:
            writer.add(Document(id="1", body="新苹果"))
            assert writer.delete("0")
            assert ids(index.search("苹果")) == ["0"], "nothing is seen before the end"
            assert writer.report.added == 1
        assert ids(index.search("苹果")) == ["1"]

    def test_a_batch_that_fails_changes_nothing(self, make_index: MakeIndex) -> None:
        index = make_index("旧苹果")
        with pytest.raises(KeyError), index.writer() as writer:
            writer.add(Document(id="1", body="新苹果"))
            writer.delete("0")
            raise KeyError
        assert ids(index.search("苹果")) == ["0"]
        index.add([Document(id="2", body="苹果")])
        assert {document.id for document in index} == {"0", "2"}

    def test_delete_says_whether_there_was_one(self, make_index: MakeIndex) -> None:
        with make_index("甲").writer() as writer:
            assert writer.delete("0")
            assert not writer.delete("0")
            assert not writer.delete("1")
            writer.add(Document(id="1", body="乙"))
            assert writer.delete("1")

    def test_many_are_deleted_in_any_order(self, make_index: MakeIndex) -> None:
        index = make_index(*["茶"] * 1100)
        with index.writer() as writer:
            writer.add(Document(id="new", body="茶"))
            assert not writer.delete("nothing")
            ids = [str(number) for number in range(1, 1100)]
            assert writer.delete_ids([*ids, "new", "1", "nothing", *ids]) == 1100
            assert writer.delete_ids(iter(["0", "0"])) == 1
            writer.add(Document(id="0", body="水"))
        assert [(one.id, one.body) for one in index] == [("0", "水")]

    def test_what_is_added_and_deleted_again_is_not_there(self, make_index: MakeIndex) -> None:
        index = make_index()
        with index.writer() as writer:
            writer.add(Document(id="1", body="甲"))
            writer.delete("1")
            writer.add(Document(id="2", body="甲"))
            writer.delete("2")
            writer.add(Document(id="2", body="乙"))
        assert [document.body for document in index] == ["乙"]

    def test_a_writer_that_is_done_is_closed(self, make_index: MakeIndex) -> None:
        index = make_index()
        with index.writer() as writer:
            pass
        with pytest.raises(SearchkitError, match="closed"):
            writer.add(Document(body="甲"))
        with pytest.raises(SearchkitError, match="closed"):
            writer.delete("1")

    def test_too_little_memory_is_refused(self, make_index: MakeIndex) -> None:
        index = make_index()
        for memory in (0, -1, 15_999_999):
            with pytest.raises(ValueError, match="at least 16,000,000 bytes"):
                index.add([{"body": "一"}], memory=memory)
        assert index.add([{"body": "一"}], memory=16_000_000).added == 1

    @pytest.mark.parametrize("location", ["index", ":memory:"])
    def test_there_is_one_writer_at_a_time(
        self, location: str, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index("旧", location=location if location == ":memory:" else tmp_path / location)
        with index.writer() as writer:
            with pytest.raises(
                searchkit.IndexLockedError, match=str(os.getpid()) if location == "index" else None
            ):
                index.add([Document(body="乙")], timeout=0)
            writer.add(Document(id="1", body="甲"))
        index.add([Document(id="2", body="乙")], timeout=0)
        assert {document.id for document in index} == {"0", "1", "2"}

    def test_another_writer_is_waited_for(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(location=tmp_path / "index")
        entered = threading.Event()

        def write() -> None:
            with index.writer() as writer:
                entered.set()
                writer.add(Document(id="1", body="甲"))

        thread = threading.Thread(target=write)
        thread.start()
        assert entered.wait(10)
        index.add([Document(id="2", body="甲")], timeout=30)
        thread.join()
        assert {document.id for document in index} == {"1", "2"}


class TestReading:
    def test_count_is_the_total_of_the_search(self, make_index: MakeIndex) -> None:
        index = make_index("苹果", "苹果香蕉", Document(id="x", body="香蕉", tags=("t",)))
        assert index.count("苹果") == 2
        assert index.count("香蕉", tags="t") == 1
        assert index.count("苹果 OR 香蕉", match="any") == 3
        assert index.count("") == 0
        assert index.count('"苹果', lenient=True) == 2

    def test_get_and_in_take_any_text(self, make_index: MakeIndex) -> None:
        index = make_index("甲")
        for id in ("", "x", "\ud800", "x" * 100_000, '"'):
            assert index.get(id) is None
            assert id not in index
        assert 5 not in index
        assert None not in index

    def test_stats_say_what_the_index_is(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index(
            "甲", "乙", location=tmp_path / "index", user_words=["上川陽子"], stop_words=["的", "了"]
        )
        stats = index.stats()
        assert stats.location == str(tmp_path / "index")
        assert stats.documents == 2
        assert stats.bytes == sum(
            path.stat().st_size for path in (tmp_path / "index").rglob("*") if path.is_file()
        )
        assert (stats.user_words, stats.stop_words) == (1, 2)
        assert not stats.needs_rebuild
        assert stats.version == searchkit.__version__
        assert stats.format == FORMAT
        assert stats.analyzer
        assert (stats.synonyms, stats.fields, stats.pinyin) == (0, {}, False)

    def test_an_index_in_memory_has_no_bytes(self, make_index: MakeIndex) -> None:
        stats = make_index("甲").stats()
        assert (stats.location, stats.documents, stats.bytes) == (":memory:", 1, 0)

    def test_an_id_that_is_no_unicode_is_found_as_it_was_given(self, make_index: MakeIndex) -> None:
        index = make_index(Document(id="\ud800", body="茶"))
        assert "\ud800" in index
        assert index.get("\ud800") == next(iter(index))

    def test_stats_see_what_others_committed(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("甲", location=tmp_path / "index")
        with searchkit.open(tmp_path / "index") as other:
            index.add([Document(id="x", body="乙")])
            assert other.stats().documents == 2

    def test_repr_says_where_it_is_and_whether_it_is_closed(self, make_index: MakeIndex) -> None:
        index = make_index()
        assert repr(index) == "<Index ':memory:'>"
        index.close()
        assert "closed" in repr(index)

    def test_an_index_may_be_searched_and_written_by_several_threads(self, make_index: MakeIndex) -> None:
        index, errors = make_index("苹果"), []

        def search() -> None:
            try:
                for _ in range(50):
                    total = index.search("苹果").total
                    assert total % 2 == 1, "half a batch was seen"
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=search) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(5):
            index.add([Document(id=f"{number}{part}", body="苹果") for part in "ab"])
        for thread in threads:
            thread.join()
        assert errors == []
        assert index.search("苹果").total == 11


class TestSearchArguments:
    @pytest.mark.parametrize(
        "query", ["", " ", "，。！？", "-", "“”", "()", "C" * 0, "\n", "……——", "🎉", "***", "^~", "|&"]
    )
    def test_a_query_with_nothing_to_search_for_finds_nothing(
        self, query: str, make_index: MakeIndex
    ) -> None:
        index = make_index("苹果，！？“”……🎉 *** ^~")
        for lenient in (False, True):
            results = index.search(query, lenient=lenient)
            assert (results.total, list(results)) == (0, [])

    @given(query=anything | queries)
    @example(query="甲\ud800")
    def test_the_lenient_search_takes_any_text(self, sample_index: Index, query: str) -> None:
        results = sample_index.search(query, lenient=True, limit=3)
        assert len(results) == min(results.total, 3)
        results.to_dict()

    @given(query=anything | queries)
    @example(query="甲\ud800")
    def test_the_strict_search_raises_nothing_but_syntax_errors(
        self, sample_index: Index, query: str
    ) -> None:
        try:
            sample_index.search(query, limit=3).to_dict()
        except searchkit.QuerySyntaxError as error:
            assert error.query == query

    @pytest.mark.parametrize("query", ["中\ud800日", "\ud800中国", "“中\udfff国”"])
    def test_a_lone_surrogate_in_a_query_is_a_character_like_any_other(
        self, query: str, make_index: MakeIndex
    ) -> None:
        assert make_index("中日").search(query).total <= 1

    @pytest.mark.parametrize(
        ("options", "error", "said"),
        [
            ({"limit": -1}, ValueError, "limit must be at least 0, not -1"),
            ({"offset": -1}, ValueError, "offset must be at least 0, not -1"),
            ({"snippet_length": 0}, ValueError, "snippet_length must be at least 1, not 0"),
            ({"limit": 1.5}, TypeError, "limit must be a whole number, not 1.5"),
            ({"limit": "5"}, TypeError, "limit must be a whole number, not '5'"),
            ({"limit": None}, TypeError, "limit"),
            ({"limit": True}, TypeError, "limit"),
            ({"offset": None}, TypeError, "offset"),
            (
                {"sort": "best"},
                ValueError,
                "sort: there is no field 'best'; there are relevance, newest, oldest",
            ),
            ({"sort": None}, TypeError, "sort"),
            ({"match": "some"}, ValueError, "match must be one of most, all, any, not 'some'"),
            ({"since": datetime(2024, 1, 1)}, ValueError, "since=2024-01-01T00:00:00 is naive"),  # noqa: DTZ001
            ({"until": datetime(2024, 1, 1)}, ValueError, "until=2024-01-01T00:00:00 is naive"),  # noqa: DTZ001
            ({"since": "2024-01-01T08:00:00"}, ValueError, "since=.*naive"),
            ({"since": "yesterday"}, ValueError, "since='yesterday' is neither"),
            ({"until": "2024-13-01"}, ValueError, "until='2024-13-01' is neither"),
            ({"until": "2024-01-01T25:00:00Z"}, ValueError, "until=.*neither"),
            ({"since": ""}, ValueError, "since='' is neither"),
            ({"since": 1704067200}, TypeError, "since must be a date.*not int"),
            ({"source": 5}, TypeError, "int"),
            ({"source": ["a", 5]}, TypeError, "source: 5 is int, not text"),
            ({"tags": [None]}, TypeError, "tags: None is NoneType, not text"),
        ],
    )
    def test_a_wrong_argument_is_refused_by_name(
        self, options: dict[str, Any], error: type[Exception], said: str, sample_index: Index
    ) -> None:
        with pytest.raises(error, match=said):
            sample_index.search("茶", **options)
        with pytest.raises(error, match=said):
            sample_index.search("", **options)

    @pytest.mark.parametrize("query", [None, 5, b"x", ["甲"]])
    def test_a_query_is_a_text(self, query: Any, sample_index: Index) -> None:
        with pytest.raises(TypeError):
            sample_index.search(query)

    def test_a_query_that_is_not_well_formed_says_where(self, sample_index: Index) -> None:
        with pytest.raises(searchkit.QuerySyntaxError, match="not closed") as caught:
            sample_index.search("茶 “乾隆")
        assert caught.value.position == 2
        assert sample_index.search("茶 “乾隆", lenient=True).total > 0

    def test_match_says_how_many_words_are_needed(self, make_index: MakeIndex) -> None:
        index = make_index("苹果", "苹果香蕉", "苹果香蕉葡萄", "苹果香蕉葡萄西瓜桃子")
        query = "苹果香蕉葡萄西瓜桃子"
        assert [index.count(query, match=match) for match in ("any", "most", "all")] == [4, 3, 1]

    def test_huge_pages_and_offsets_are_only_empty(self, make_index: MakeIndex) -> None:
        index = make_index("苹果", "苹果")
        assert len(index.search("苹果", limit=10**30)) == 2
        assert len(index.search("苹果", offset=10**30)) == 0
        assert index.search("苹果", offset=10**30).total == 2
        assert len(index.search("苹果", limit=0)) == 0
        assert index.search("苹果", limit=0).total == 2

    def test_a_snippet_is_as_long_as_asked_for(self, sample_index: Index) -> None:
        for length in (1, 10, 50, 10_000):
            for hit in sample_index.search("茶 OR 水", limit=50, snippet_length=length):
                assert len(hit.snippet.text) <= length
                assert hit.snippet.text in hit.document.body


NOW = datetime(2024, 1, 1, tzinfo=timezone.utc)
SOURCES = ["甲报", "乙報", "example.com", "A"]
TAGS = ["科技", "体育", "AI", "ai"]


@pytest.fixture(scope="module")
def dated_index() -> Iterator[Index]:
    """80 documents that match 档案; dates, sources and tags in all combinations, some missing, many equal."""
    times = [None, *[NOW + timedelta(hours=6 * step, milliseconds=step % 2) for step in range(-12, 13)]]
    documents = [
        Document(
            id=str(number),
            body="档案" + "，别的" * (number % 7),
            published=times[number * 7 % len(times)],
            source=[*SOURCES, ""][number % 5],
            tags=tuple(tag for place, tag in enumerate(TAGS) if number >> place & 1),
        )
        for number in range(80)
    ]
    with searchkit.create(":memory:") as index:
        # In several commits, so that there are several segments.
        for start in range(0, 80, 20):
            index.add(documents[start : start + 20])
        yield index


@st.composite
def bounds(draw: st.DrawFn) -> tuple[Any, datetime, datetime]:
    """A bound in one of its forms, the first moment that it names, and the first behind it."""
    moment = draw(
        st.integers(-80, 80).map(lambda hours: NOW + timedelta(hours=hours))
        | st.integers(-15, 15).map(lambda step: NOW + timedelta(hours=6 * step, milliseconds=step % 2))
        | moments
    )
    behind = moment + timedelta(milliseconds=1)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    day = (midnight, midnight + timedelta(days=1))
    return draw(
        st.sampled_from(
            [
                (moment, moment, behind),
                (moment.astimezone(BEIJING), moment, behind),
                (moment.isoformat(), moment, behind),
                (moment.isoformat().replace("+00:00", "Z"), moment, behind),
                (moment.astimezone(BEIJING).isoformat(), moment, behind),
                (moment.date(), *day),
                (moment.date().isoformat(), *day),
                (f" {moment.date().isoformat()} ", *day),
            ]
        )
    )


class TestFiltersAndOrder:
    @given(
        since=st.none() | bounds(),
        until=st.none() | bounds(),
        source=st.sampled_from(SOURCES) | st.lists(st.sampled_from([*SOURCES, "nowhere"]), max_size=3),
        tags=st.sampled_from(TAGS) | st.lists(st.sampled_from([*TAGS, "nothing"]), max_size=3),
    )
    def test_filters_keep_what_they_say(
        self, dated_index: Index, since: Any, until: Any, source: Any, tags: Any
    ) -> None:
        def passes(document: Document) -> bool:
            sources, labels = ([value] if isinstance(value, str) else value for value in (source, tags))
            at = document.published
            return (
                (since is None or (at is not None and at >= since[1]))
                and (until is None or (at is not None and at < until[2]))
                and (not sources or document.source in sources)
                and (not labels or bool(set(labels) & set(document.tags)))
            )

        options = {"since": since and since[0], "until": until and until[0], "source": source, "tags": tags}
        results = dated_index.search("档案", limit=100, **options)
        assert set(ids(results)) == {document.id for document in dated_index if passes(document)}
        assert results.total == len(results) == dated_index.count("档案", **options)

    def test_both_days_are_included(self, make_index: MakeIndex) -> None:
        index = make_index(
            *[
                Document(id=text, body="甲", published=datetime.fromisoformat(f"2024-{text}+00:00"))
                for text in ("01-01T23:59:59.999", "01-02T00:00:00", "01-03T23:59:59.999", "01-04T00:00:00")
            ]
        )
        for since, until in (("2024-01-02", "2024-01-03"), (date(2024, 1, 2), date(2024, 1, 3))):
            assert len(index.search("甲", since=since, until=until)) == 2
        assert len(index.search("甲", since="2024-01-02T08:00:00+08:00", until="2024-01-04T00:00:00Z")) == 3
        assert len(index.search("甲", since="2024-01-03", until="2024-01-02")) == 0
        assert len(index.search("甲", since=date.min, until=date.max)) == 4

    def test_filters_do_not_change_the_scores(self, dated_index: Index) -> None:
        scores = {hit.id: hit.score for hit in dated_index.search("档案", limit=100)}
        for hit in dated_index.search("档案", limit=100, source="甲报", since="2023-01-01"):
            assert hit.score == scores[hit.id]

    @pytest.mark.parametrize("sort", ["newest", "oldest"])
    def test_documents_without_a_date_come_last_in_either_order(self, sort: Any, dated_index: Index) -> None:
        found = [hit.published for hit in dated_index.search("档案", sort=sort, limit=100)]
        dated = [moment for moment in found if moment is not None]
        assert dated == sorted(dated, reverse=sort == "newest")
        assert found[len(dated) :] == [None] * sum(document.published is None for document in dated_index)
        assert None in found

    def test_sorted_by_date_there_are_no_scores(self, dated_index: Index) -> None:
        assert {hit.score for hit in dated_index.search("档案", sort="newest")} == {0}

    @settings(max_examples=40)
    @given(sort=st.sampled_from(["relevance", "newest", "oldest"]), size=st.integers(1, 30))
    def test_the_pages_in_a_row_are_the_whole(self, dated_index: Index, sort: Any, size: int) -> None:
        whole = ids(dated_index.search("档案", sort=sort, limit=100))
        assert len(whole) == 80
        pages = []
        for offset in range(0, 80 + size, size):
            page = dated_index.search("档案", sort=sort, limit=size, offset=offset)
            assert page.total == 80
            pages += ids(page)
        assert pages == whole

    def test_the_order_of_equals_is_the_same_each_time(self, dated_index: Index) -> None:
        for sort in ("relevance", "newest", "oldest"):
            first, second = (ids(dated_index.search("档案", sort=sort, limit=100)) for _ in range(2))  # type: ignore[arg-type]
            assert first == second

    def test_with_nothing_to_rank_by_the_newest_is_the_best(self, dated_index: Index) -> None:
        assert ids(dated_index.search("-苹果", limit=100)) == ids(
            dated_index.search("-苹果", limit=100, sort="newest")
        )

    def test_scores_fall(self, sample_index: Index) -> None:
        scores = [hit.score for hit in sample_index.search("茶 OR 水", limit=50)]
        assert len(scores) > 5
        assert scores == sorted(scores, reverse=True)
        assert min(scores) > 0


class TestOnDisk:
    def test_an_index_is_there_again_when_it_is_opened(self, make_index: MakeIndex, tmp_path: Path) -> None:
        document = Document(id="1", title="甲", body="上川陽子", tags=("t",))
        make_index(document, location=tmp_path / "index", user_words=["上川陽子"], stop_words=["的"]).close()
        with searchkit.open(tmp_path / "index") as index:
            assert list(index) == [document]
            assert ids(index.search("上川阳子")) == ["1"]
            assert (index.stats().user_words, index.stats().stop_words) == (1, 1)

    @pytest.mark.parametrize("kind", [str, Path])
    def test_a_location_is_a_text_or_a_path(self, kind: Any, tmp_path: Path) -> None:
        location = kind(tmp_path / "深" / "路径 index")
        with searchkit.create(location) as index:
            index.add([Document(body="甲")])
        with searchkit.open(location) as index:
            assert len(index) == 1

    def test_an_index_is_persisted_across_processes(self, other_process: Any, tmp_path: Path) -> None:
        writing = """
import searchkit
index = searchkit.create(arguments[0])
index.add([searchkit.Document(id="1", body="国际论坛")])
print("ready", flush=True)
"""
        assert other_process(writing, tmp_path / "index").wait(30) == 0
        with searchkit.open(tmp_path / "index") as index:
            assert ids(index.search("國際論壇")) == ["1"]

    def test_a_reader_sees_the_commits_of_another_process(
        self, other_process: Any, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index("苹果", location=tmp_path / "index")
        assert index.search("苹果").total == 1
        writing = """
import searchkit
with searchkit.open(arguments[0]) as index:
    index.add([searchkit.Document(id="x", body="苹果")])
    index.delete("0")
print("ready", flush=True)
"""
        other_process(writing, tmp_path / "index")
        assert ids(index.search("苹果")) == ["x"]
        assert len(index) == 1
        assert "0" not in index

    def test_a_locked_index_names_its_holder_and_loses_nothing(
        self, other_process: Any, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index("旧", location=tmp_path / "index")
        holding = """
import searchkit
with searchkit.open(arguments[0]) as index, index.writer() as writer:
    writer.add(searchkit.Document(id="theirs", body="苹果"))
    print("ready", flush=True)
    input()
"""
        holder = other_process(holding, tmp_path / "index")
        for write in (
            lambda: index.add([Document(id="ours", body="苹果")], timeout=0),
            lambda: index.delete("0", timeout=0.05),
            lambda: index.rebuild(timeout=0),
        ):
            with pytest.raises(searchkit.IndexLockedError, match=rf"process {holder.pid}\b"):
                write()
        assert [document.id for document in index] == ["0"], "reading goes on"
        holder.communicate("\n", timeout=30)
        index.add([Document(id="ours", body="苹果")], timeout=30)
        assert {document.id for document in index} == {"0", "theirs", "ours"}

    def test_a_killed_writer_leaves_the_index_as_it_was_and_unlocked(
        self, other_process: Any, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        index = make_index("旧", location=tmp_path / "index")
        holding = """
import searchkit
with searchkit.open(arguments[0]).writer() as writer:
    writer.add(searchkit.Document(id="theirs", body="苹果"))
    writer.delete("0")
    print("ready", flush=True)
    input()
"""
        holder = other_process(holding, tmp_path / "index")
        holder.kill()
        holder.wait(30)
        index.add([Document(id="ours", body="苹果")], timeout=10)
        assert {document.id for document in index} == {"0", "ours"}
        with searchkit.open(tmp_path / "index") as again:
            assert {document.id for document in again} == {"0", "ours"}

    def test_create_refuses_a_place_where_an_index_is(self, make_index: MakeIndex, tmp_path: Path) -> None:
        index = make_index("旧", location=tmp_path / "index")
        with pytest.raises(searchkit.IndexExistsError, match="index already"):
            searchkit.create(tmp_path / "index")
        assert len(index) == 1

    def test_create_refuses_a_folder_of_something_else(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("mine")
        with pytest.raises(searchkit.IndexExistsError, match=r"not empty.*thesis\.txt"):
            searchkit.create(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]

    def test_create_takes_an_empty_folder(self, tmp_path: Path) -> None:
        with searchkit.create(tmp_path) as index:
            assert index.add([Document(body="甲")]).added == 1

    def test_create_refuses_a_place_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(SearchkitError, match="file"):
            searchkit.create(tmp_path / "file")
        assert (tmp_path / "file").read_text() == "mine"

    def test_create_begins_anew_where_a_creation_was_broken_off(
        self, make_index: MakeIndex, tmp_path: Path
    ) -> None:
        make_index("旧", location=tmp_path / "index").close()
        (tmp_path / "index" / "index.json").unlink()  # it is written last
        with searchkit.create(tmp_path / "index") as index:
            assert len(index) == 0
            assert index.add([Document(body="甲")]).added == 1
            assert index.search("甲").total == 1

    @pytest.mark.parametrize("what", ["nothing", "empty folder", "file", "folder of something else"])
    def test_open_refuses_what_is_no_index(self, what: str, tmp_path: Path) -> None:
        path = tmp_path / "there"
        if "folder" in what:
            path.mkdir()
        if what == "file":
            path.write_text("mine")
        if what.endswith("else"):
            (path / "thesis.txt").write_text("mine")
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(searchkit.IndexNotFoundError, match=r"there.*create"):
            searchkit.open(path)
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("open_or_create", [searchkit.open, searchkit.create])
    @pytest.mark.parametrize("location", ["elsewhere:/tmp/x", "opensearch+x://host/name"])
    def test_an_engine_that_is_not_there_is_named(self, open_or_create: Any, location: str) -> None:
        with pytest.raises(
            searchkit.EngineUnavailableError, match=location.partition(":")[0].replace("+", r"\+")
        ):
            open_or_create(location)

    def test_what_names_no_place_is_a_value_error(self) -> None:
        for wrong in (
            lambda: searchkit.open(""),
            lambda: searchkit.create(""),
            lambda: searchkit.open(":memory:"),
        ):
            with pytest.raises(ValueError, match="index"):
                wrong()
        for number in (lambda: searchkit.open(5), lambda: searchkit.create(None)):  # type: ignore[arg-type]
            with pytest.raises(TypeError):
                number()


@pytest.fixture
def on_disk(make_index: MakeIndex, tmp_path: Path) -> Path:
    """An index of three documents that is closed."""
    make_index("国际论坛", "歌", "权", location=tmp_path / "index").close()
    return tmp_path / "index"


def edit_metadata(path: Path, **changes: Any) -> None:
    file = path / "index.json"
    metadata = json.loads(file.read_text(encoding="utf-8")) | changes
    file.write_text(
        json.dumps({name: value for name, value in metadata.items() if value is not ...}), encoding="utf-8"
    )


class TestDamage:
    @pytest.mark.parametrize("format", [FORMAT + 1, 99])
    def test_a_newer_format_asks_for_a_newer_searchkit(self, format: int, on_disk: Path) -> None:
        edit_metadata(on_disk, format=format)
        with pytest.raises(searchkit.IndexIncompatibleError, match=rf"format {format}\b.*update searchkit"):
            searchkit.open(on_disk)
        edit_metadata(on_disk, format=FORMAT)
        with searchkit.open(on_disk) as index:
            assert len(index) == 3

    @pytest.mark.parametrize("format", [1, FORMAT - 1])
    def test_an_older_format_says_what_to_do(self, format: int, on_disk: Path) -> None:
        edit_metadata(on_disk, format=format)
        with pytest.raises(
            searchkit.IndexIncompatibleError, match=rf"format {format}\b.*create it anew from its documents"
        ):
            searchkit.open(on_disk)

    def test_a_newer_format_need_not_look_like_todays(self, on_disk: Path) -> None:
        (on_disk / "index.json").write_text('{"format": 7, "other": []}')
        with pytest.raises(searchkit.IndexIncompatibleError):
            searchkit.open(on_disk)

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"x" * 100])
    def test_an_index_json_that_is_no_json_object_is_damage(self, content: bytes, on_disk: Path) -> None:
        (on_disk / "index.json").write_bytes(content)
        with pytest.raises(searchkit.IndexCorruptError, match=r"index\.json"):
            searchkit.open(on_disk)

    @pytest.mark.parametrize(
        "changes",
        [
            {"analyzer": ...},
            {"analyzer": None},
            {"analyzer": {"unheard_of": 1}},
            {"analyzer": {"user_words": "x", "stop_words": []}},
            {"fingerprint": ...},
            {"version": ...},
            {"format": ...},
        ],
    )
    def test_an_index_json_that_lacks_something_is_damage(
        self, changes: dict[str, Any], on_disk: Path
    ) -> None:
        edit_metadata(on_disk, **changes)
        with pytest.raises((searchkit.IndexCorruptError, searchkit.IndexIncompatibleError), match="index"):
            with searchkit.open(on_disk) as index:
                index.stats()

    @pytest.mark.parametrize(
        "pattern", ["meta.json", "*.store", "*.term", "*.idx", "*.pos", "*.fast", "*.fieldnorm"]
    )
    @pytest.mark.parametrize("damage", ["missing", "empty", "cut", "overwritten"])
    def test_a_damaged_file_is_damage(self, pattern: str, damage: str, on_disk: Path) -> None:
        files = list((on_disk / "data").glob(pattern))
        assert files
        for file in files:
            content = file.read_bytes()
            file.unlink()
            if damage != "missing":
                file.write_bytes(
                    {"empty": b"", "cut": content[: len(content) // 2], "overwritten": bytes(len(content))}[
                        damage
                    ]
                )
        with pytest.raises(searchkit.IndexCorruptError, match="index"):
            with searchkit.open(on_disk) as index:
                index.search("国际论坛").to_dict()

    def test_a_missing_data_folder_is_damage(self, on_disk: Path) -> None:
        (on_disk / "data").rename(on_disk / "elsewhere")
        with pytest.raises(searchkit.IndexCorruptError):
            searchkit.open(on_disk)
        assert not (on_disk / "data").exists()

    def test_files_that_vanish_from_an_open_index_are_damage(self, on_disk: Path) -> None:
        index = searchkit.open(on_disk)
        (on_disk / "data").rename(on_disk.parent / "elsewhere")
        with pytest.raises(searchkit.IndexCorruptError):
            index.search("歌")


class TestChangedAnalyzer:
    @pytest.fixture
    def changed(self, on_disk: Path) -> Iterator[Index]:
        """An index that was analysed without a word that its settings now have."""
        edit_metadata(on_disk, analyzer={"user_words": ["际论"], "stop_words": []})
        with pytest.warns(searchkit.AnalyzerChangedWarning, match=r"index.*rebuild\(\)") as warned:
            index = searchkit.open(on_disk)
        assert [Path(warning.filename).name for warning in warned] == [Path(__file__).name]
        with index:
            yield index

    def test_it_says_so(self, changed: Index) -> None:
        assert changed.needs_rebuild
        assert changed.stats().needs_rebuild

    def test_it_can_be_read(self, changed: Index) -> None:
        assert len(changed) == 3
        assert changed.search("国际论坛").total == 1

    def test_it_cannot_be_written_until_it_is_rebuilt(self, changed: Index) -> None:
        for write in (
            lambda: changed.add([Document(body="甲")]),
            lambda: changed.delete("0"),
            lambda: changed.writer().__enter__(),
        ):
            with pytest.raises(searchkit.IndexIncompatibleError, match=r"rebuild\(\)"):
                write()
        assert len(changed) == 3

    def test_rebuild_makes_it_right_again(self, changed: Index, on_disk: Path) -> None:
        before = sorted(changed, key=lambda document: document.id)
        assert changed.rebuild() == 3
        assert not changed.needs_rebuild
        assert sorted(changed, key=lambda document: document.id) == before
        assert changed.add([Document(id="x", body="新")]).added == 1
        with searchkit.open(on_disk) as again:  # a warning would be an error
            assert len(again) == 4
            assert again.stats().user_words == 1
            with searchkit.create(":memory:", user_words=["际论"]) as fresh:
                fresh.add(again)
                for query in ("国际论坛", "际论", "歌", "权", "新"):
                    results, expected = again.search(query), fresh.search(query)
                    assert ids(results) == ids(expected)
                    assert ids(results)

    def test_an_old_fingerprint_alone_asks_for_a_rebuild(self, on_disk: Path) -> None:
        edit_metadata(on_disk, fingerprint="0123456789abcdef")
        with pytest.warns(searchkit.AnalyzerChangedWarning):
            index = searchkit.open(on_disk)
        with index:
            assert index.rebuild() == 3
            assert not index.needs_rebuild

    def test_rebuilding_what_needs_none_changes_nothing(self, make_index: MakeIndex) -> None:
        index = make_index("苹果", "香蕉")
        before = index.search("苹果").to_dict()["hits"]
        assert index.rebuild() == 2
        assert index.search("苹果").to_dict()["hits"] == before


class TestClosed:
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
    def test_a_closed_index_refuses_every_call(self, call: Any, make_index: MakeIndex) -> None:
        index = make_index("甲")
        index.close()
        with pytest.raises(SearchkitError, match="closed"):
            call(index)

    def test_closing_twice_is_closing(self, make_index: MakeIndex) -> None:
        index = make_index()
        index.close()
        index.close()

    def test_a_with_block_closes_at_its_end_and_lets_errors_through(self) -> None:
        with pytest.raises(ZeroDivisionError), searchkit.create(":memory:") as index:
            _ = 1 / 0
        with pytest.raises(SearchkitError, match="closed"):
            len(index)


def test_errors_that_hold_a_reason_are_still_one_exception_of_the_tree() -> None:
    with pytest.raises(SearchkitError):
        Document(body="")
    assert issubclass(DocumentError, SearchkitError)


def test_a_filter_with_a_lone_surrogate_finds_nothing(sample_index):
    assert sample_index.search("茶", source="\udcff", tags="\ud800").total == 0


class Lost:
    """A commit that a cluster has lost."""

    def __getattr__(self, name: str) -> Any:
        raise CursorExpiredError("it is gone")

    def __len__(self) -> int:
        raise CursorExpiredError("it is gone")


READINGS: dict[str, Callable[[Index], Any]] = {
    "search": lambda index: ids(index.search("茶")),
    "count": lambda index: index.count("茶"),
    "hit": lambda index: index.hit("茶", "0").id,
    "get": lambda index: index.get("0").id,
    "suggest": lambda index: [one.text for one in index.suggest("龙")],
    "similar": lambda index: ids(index.similar("0")),
    "explain": lambda index: index.explain("茶", "0").score,
    "len": len,
    "in": lambda index: "0" in index,
}


@pytest.mark.parametrize("reading", READINGS)
def test_a_commit_that_is_lost_is_followed_by_the_next(
    make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch, reading: str
) -> None:
    tea = [Document(id=id, title="龙井茶", body="龙井是杭州的绿茶。") for id in ("0", "1")]
    index = make_index(*tea)
    expected = READINGS[reading](index)
    assert expected
    latest = index._engine.snapshot()
    given = [latest, Lost(), latest] if reading in ("similar", "explain") else [Lost(), latest]
    monkeypatch.setattr(index._engine, "snapshot", lambda: given.pop(0))
    assert READINGS[reading](index) == expected
    assert given == []


def test_one_that_stays_lost_is_an_error(make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index("茶")
    monkeypatch.setattr(index._engine, "snapshot", Lost)
    with pytest.raises(CursorExpiredError, match="it is gone"):
        index.search("茶")
