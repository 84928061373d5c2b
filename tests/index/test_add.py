"""Adding documents: what the report says, what is refused, and that it is all or nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents

import searchkit
from searchkit import Document, Failure, Index, Report, SyncReport

MakeIndex = Callable[..., Index]


def ids(results: Any) -> list[str]:
    return [hit.id for hit in results]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.replaced, len(report.failures)


def test_a_new_index_is_empty(make_index: MakeIndex) -> None:
    index = make_index()
    assert len(index) == 0
    assert list(index) == []
    assert index.search("甲").total == 0
    assert index.get("1") is None
    assert "1" not in index


def test_an_added_document_is_in_the_index(make_index: MakeIndex) -> None:
    document = Document(title="甲", body="乙", id="1", tags=("丙",), extra={"n": [1, None]})
    index = make_index(document)
    assert len(index) == 1
    assert "1" in index
    assert index.get("1") == document
    assert list(index) == [document]


def test_a_dict_is_added_as_a_document(make_index: MakeIndex) -> None:
    index = make_index()
    report = index.add([{"id": "1", "body": "甲", "published": "2024-01-01T00:00:00Z"}])
    assert counts(report) == (1, 0, 0, 0)
    assert index.get("1") == Document(id="1", body="甲", published=datetime(2024, 1, 1, tzinfo=timezone.utc))


def test_a_document_replaces_the_one_with_its_id(make_index: MakeIndex) -> None:
    index = make_index(Document(id="1", body="旧的苹果"), Document(id="2", body="别的"))
    report = index.add([Document(id="1", body="新的香蕉")])
    assert counts(report) == (0, 1, 0, 0)
    assert len(index) == 2
    assert index.search("苹果").total == 0
    assert ids(index.search("香蕉")) == ["1"]


def test_the_last_document_with_an_id_in_one_call_wins(make_index: MakeIndex) -> None:
    index = make_index()
    report = index.add([Document(id="1", body=body) for body in ("苹果", "香蕉", "葡萄")])
    assert counts(report) == (1, 0, 2, 0)
    assert [document.body for document in index] == ["葡萄"]
    assert index.search("苹果 OR 香蕉").total == 0


def test_invalid_documents_are_failures_and_the_rest_is_indexed(make_index: MakeIndex) -> None:
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
    [{"id": "x", "body": ""}, {"id": "x", "body": "甲", "published": "soon"}],
)
def test_an_invalid_document_does_not_replace_the_one_with_its_id(broken: Any, make_index: MakeIndex) -> None:
    index = make_index(Document(id="x", body="旧"))
    assert counts(index.add([broken, Document(id="y", body="新")])) == (1, 0, 0, 1)
    assert index.get("x") == Document(id="x", body="旧")


def test_files_that_cannot_be_read_are_failures_of_the_report(make_index: MakeIndex, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("苹果", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    report = make_index().add(searchkit.read_articles(tmp_path))
    assert counts(report) == (1, 0, 0, 1)
    assert report.failures[0].what.endswith("b.txt")
    assert "empty" in report.failures[0].reason


def test_nothing_is_added_when_the_iteration_raises(make_index: MakeIndex) -> None:
    index = make_index("旧")

    def broken() -> Iterator[Document]:
        yield Document(id="1", body="甲")
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        index.add(broken())
    assert [document.body for document in index] == ["旧"]
    index.add([Document(id="2", body="甲")])
    assert {document.id for document in index} == {"0", "2"}, "the lock is free, and nothing is left over"


def test_an_id_may_be_any_text(make_index: MakeIndex) -> None:
    some = ["a b", "甲", "A", "a", " ", "𠮷", "x" * 1000, '"', "-1", "1\n2"]
    index = make_index(*[Document(id=id, body="甲") for id in some])
    assert len(index) == len(some)
    for id in some:
        assert id in index
        assert index.delete(id) == 1
    assert len(index) == 0


def test_a_document_with_a_very_long_id_can_be_replaced(make_index: MakeIndex) -> None:
    long = "https://example.com/" + "x" * 70_000
    index = make_index(Document(id=long, body="旧"))
    assert long in index
    assert counts(index.add([Document(id=long, body="新")])) == (0, 1, 0, 0)
    assert len(index) == 1


def test_an_id_with_a_lone_surrogate_is_found_as_it_was_given(make_index: MakeIndex) -> None:
    index = make_index(Document(id="\ud800", body="茶"))
    assert "\ud800" in index
    assert index.get("\ud800") == next(iter(index))


def test_less_memory_than_the_minimum_is_refused(make_index: MakeIndex) -> None:
    index = make_index()
    for memory in (0, -1, 15_999_999):
        with pytest.raises(ValueError, match="at least 16,000,000 bytes"):
            index.add([{"body": "一"}], memory=memory)
    assert index.add([{"body": "一"}], memory=16_000_000).added == 1


@settings(max_examples=30)
@given(st.data())
def test_the_counts_of_the_report_add_up_for_any_input(data: st.DataObject) -> None:
    given_ids = ["a", "b", "c", "d"]
    broken: st.SearchStrategy[Any] = st.sampled_from([{"id": "a"}, {"body": 5}, "text", {"id": "b", "x": 1}])
    batches = data.draw(st.lists(st.lists(documents(given_ids) | broken, max_size=8), min_size=1, max_size=3))
    expected: dict[str, Document] = {}
    with searchkit.create(":memory:") as index:
        for batch in batches:
            before = set(expected)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", searchkit.SearchkitWarning)  # of batches where all fail
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


BAD = [{"id": "a", "body": "茶"}, {"id": "b"}, {"id": "c", "body": "水"}, {"id": "d"}]


@pytest.mark.parametrize("location", [":memory:", "{}/index", "whoosh:{}/index"])
@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_failure_may_end_the_call(
    location: str, workers: int, make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index("旧", location=location.format(tmp_path))
    taken: list[str] = []
    with pytest.raises(searchkit.DocumentError, match="document 'b': it has no text") as raised:
        index.add((taken.append(one["id"]) or one for one in BAD), on_error="raise", workers=workers)  # type: ignore[func-returns-value,misc]
    assert (raised.value.id, len(index)) == ("b", 1)
    if workers == 1:
        assert taken == ["a", "b"], "nothing more is asked for"
    assert index.add(BAD[:1], on_error="raise").added == 1
    with pytest.raises(ValueError, match="on_error must be one of report, raise, not 'ignore'"):
        index.add([], on_error="ignore")  # type: ignore[arg-type]


def test_the_first_file_that_fails_may_end_the_call(make_index: MakeIndex, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("茶", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"body": "茶"}\n{"body": 5}\n', encoding="utf-8")
    index = make_index()
    with pytest.raises(searchkit.ArticleError, match=r"b\.jsonl:2: body must be text"):
        index.add(searchkit.read_articles(tmp_path), on_error="raise")
    assert len(index) == 0


def test_a_call_where_everything_fails_warns(make_index: MakeIndex) -> None:
    index = make_index()
    with pytest.warns(
        searchkit.SearchkitWarning, match="nothing was indexed: all 2 failed: b: it has no text"
    ):
        report = index.add([{"id": "b"}, {"id": "d"}])
    assert (report.all_failed, report.ok, bool(report)) == (True, False, True)
    assert not index.add(BAD).all_failed
    assert not index.add([]).all_failed
    with index.writer() as writer:  # whoever has the writer has the report
        writer.add({"id": "b"})
    assert writer.report.all_failed


def test_a_batch_that_leaves_an_empty_index_as_everything_failed_warns(make_index: MakeIndex) -> None:
    index = make_index("茶", "水")

    def fill() -> None:
        with index.writer() as writer:
            writer.clear()
            writer.add_all([{"id": "b"}, {"id": "d"}])

    with pytest.warns(searchkit.SearchkitWarning) as warned:
        fill()
    assert len(index) == 0
    assert str(warned[0].message).startswith("the index is empty now: all 2 failed: b: it has no text")
    assert warned[0].filename == __file__
    index.clear()


def test_a_report_says_at_first_look_what_failed() -> None:
    def failures(count: int) -> list[Failure]:
        return [Failure(f"id{number}", "it has no text") for number in range(count)]

    shown = {
        repr(Report(added=2000)): "<Report: 2,000 added, 0 updated>",
        repr(Report(2, 1, 3)): "<Report: 2 added, 1 updated, 3 replaced>",
        repr(Report(2, failures=failures(1))): "<Report: 2 added, 0 updated, 1 failed: id0: it has no text>",
        str(Report(failures=failures(1))): "the only one failed: id0: it has no text",
        str(Report(failures=failures(5))): "all 5 failed: id0: it has no text; id1: it has no text; "
        "id2: it has no text; and 2 more in .failures",
        str(SyncReport(unchanged=3, failures=failures(1))): "0 added, 0 updated, 0 deleted, 3 unchanged, "
        "1 failed: id0: it has no text",
    }
    assert list(shown) == list(shown.values())
    page = Report(failures=[Failure("<b>", "x"), *failures(30)])._repr_html_()
    assert "<strong>31 failed</strong>" in page
    assert "&lt;b&gt;: x" in page
    assert "… and 11 more" in page
    assert "<strong>" not in Report(3)._repr_html_()
