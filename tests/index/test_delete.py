"""Deleting documents: by id, by a query and filters, and all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import FIELDS, collections

import searchkit
from searchkit import Document, Index, QuerySyntaxError

MakeIndex = Callable[..., Index]


def test_delete_returns_how_many_documents_it_deleted(make_index: MakeIndex) -> None:
    index = make_index("甲", "乙", "丙")
    assert index.delete("0") == 1
    assert index.delete(["1", "1", "nothing"]) == 1
    assert index.delete([]) == 0
    assert [document.id for document in index] == ["2"]
    assert index.search("甲 OR 乙").total == 0


def test_a_writer_deletes_many_ids_in_any_order(make_index: MakeIndex) -> None:
    index = make_index(*["茶"] * 1100)
    with index.writer() as writer:
        writer.add(Document(id="new", body="茶"))
        assert not writer.delete("nothing")
        ids = [str(number) for number in range(1, 1100)]
        assert writer.delete([*ids, "new", "1", "nothing", *ids]) == 1100
        assert writer.delete(iter(["0", "0"])) == 1
        writer.add(Document(id="0", body="水"))
    assert [(one.id, one.body) for one in index] == [("0", "水")]


def test_a_writer_says_whether_the_document_existed(make_index: MakeIndex) -> None:
    with make_index("甲").writer() as writer:
        assert writer.delete("0")
        assert not writer.delete("0")
        assert not writer.delete("1")
        writer.add(Document(id="1", body="乙"))
        assert writer.delete("1")


def test_ids_of_databases_are_deleted(make_index: MakeIndex) -> None:
    one = UUID("12345678-1234-5678-1234-567812345678")
    index = make_index("甲", "乙", "丙", Document(id=str(one), body="丁"))
    assert (index.delete(0), index.delete([1, "2"]), index.delete(one)) == (1, 2, 1)
    assert len(index) == 0
    with pytest.raises(TypeError, match=r"an id is a text, an integer or a UUID, not float: 1\.5"):
        index.delete([1.5])  # type: ignore[list-item]
    for wrong in (True, 1.5, object(), b"1", bytearray(b"1")):  # bytes are integers to Python
        with pytest.raises(TypeError, match="no id and no list of ids"):
            index.delete(wrong)  # type: ignore[arg-type]


WHICH: list[dict[str, Any]] = [
    {"query": "茶"},
    {"query": '"茶水" OR tag:科技'},
    {"where": {"price": "3..10.5"}},
    {"where": {"author": ["甲", "a"], "paid": True}},
    {"since": "2024-01-01", "until": "2024-02-29"},
    {"source": ["甲报", "A"]},
    {"tags": "体育", "query": "*"},
]


@pytest.mark.parametrize("location", [":memory:", "whoosh:{}/index"])
@pytest.mark.parametrize("which", WHICH, ids=str)
@given(data=st.data())
def test_what_matches_is_deleted_and_nothing_else(
    data: st.DataObject, which: dict[str, Any], location: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    batches = data.draw(collections(smallest=1, largest=8))
    place = location.format(tmp_path_factory.mktemp("delete"))
    with searchkit.create(place, fields=FIELDS) as index:
        for batch in batches:
            index.add(batch, workers=1)
        search = {"query": "*", **which, "limit": 1000, "match": "all"}
        matching = {hit.id for hit in index.search(**search)}
        others = {document.id for document in index} - matching
        assert index.delete(**which) == len(matching)
        assert {document.id for document in index} == others
        assert index.delete(**which) == 0


@pytest.mark.parametrize(
    "nothing",
    [
        {},
        {"where": {}},
        {"query": ""},
        {"query": " ", "source": []},
        {"tags": (), "since": None, "until": None, "where": None},
    ],
    ids=str,
)
def test_a_call_that_says_nothing_deletes_nothing(nothing: dict[str, Any], make_index: MakeIndex) -> None:
    index = make_index("茶", "水")
    with pytest.raises(
        ValueError, match=r"delete needs ids, a query or a filter.*clear\(\) removes everything"
    ):
        index.delete(**nothing)
    assert len(index) == 2


def test_wrong_arguments_delete_nothing(make_index: MakeIndex) -> None:
    index = make_index("茶", "水")
    with pytest.raises(ValueError, match="not both"):
        index.delete(["0"], query="茶")
    with pytest.raises(ValueError, match="there is no field 'author'"):
        index.delete(where={"author": "甲"})
    with pytest.raises(QuerySyntaxError):
        index.delete(query='"茶')
    with pytest.raises(TypeError):
        index.delete(limit=1)  # type: ignore[call-arg]
    assert len(index) == 2


def test_a_document_that_lacks_some_of_the_query_stays(make_index: MakeIndex) -> None:
    """A search lists some that lack words, where few have all of them."""
    index = make_index("春天的雪水泡出好茶", "春天的井水泡出好茶", "完全不同的文字")
    assert index.search("春天 雪水 泡出 好茶").total == 2
    assert index.delete(query="春天 雪水 泡出 好茶") == 1
    assert {document.id for document in index} == {"1", "2"}


def test_latin_is_not_read_as_pinyin_for_a_delete(make_index: MakeIndex) -> None:
    pytest.importorskip("pypinyin")
    index = make_index(Document(title="习近平", body="习近平"), "别的", pinyin=True)
    assert index.search("xijinping").total == 1
    assert index.delete(query="xijinping") == 0


def test_a_batch_deletes_what_was_there_before_it(make_index: MakeIndex) -> None:
    index = make_index("茶一", "茶二", "茶三", "水")
    with index.writer() as writer:
        writer.add(Document(id="0", body="茶，新的"))
        writer.add(Document(id="new", body="茶"))
        assert writer.delete("1") == 1
        assert writer.delete(query="茶") == 1
        assert writer.delete(query="茶") == 0
        assert writer.delete("2") == 0
        writer.add(Document(id="2", body="茶，又来"))
    assert (writer.report.added, writer.report.updated) == (1, 2)
    assert {document.id for document in index} == {"0", "new", "2", "3"}


@pytest.mark.parametrize("location", [":memory:", "{}/index", "whoosh:{}/index"])
def test_clear_removes_everything_and_keeps_the_settings(
    location: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    index = make_index(
        "茶", "水", location=location.format(tmp_path), fields={"price": "number"}, user_words=["上川陽子"]
    )
    assert index.clear() == 2
    assert (len(index), list(index), index.search("茶 OR 水").total) == (0, [], 0)
    assert index.clear() == 0
    assert index.add([{"id": 1, "body": "茶", "extra": {"price": 3}}]).added == 1
    assert index.search("茶", where={"price": 3}).total == 1
    assert index.stats().user_words == 1


def test_a_batch_that_clears_takes_its_own_documents_along(make_index: MakeIndex) -> None:
    index = make_index("茶", "水", "酒")
    with index.writer() as writer:
        writer.delete("2")
        writer.add(Document(id="0", body="茶，新的"))
        writer.add(Document(id="new", body="茶"))
        assert writer.clear() == 3
        assert writer.delete(["0", "new"]) == 0
        assert writer.delete(query="*") == 0
        with pytest.raises(KeyError):
            writer.update("0", title="茶")
        writer.add(Document(id="1", body="留下的"))
    assert [document.body for document in index] == ["留下的"]
    assert (writer.report.added, writer.report.updated) == (2, 1)


def test_a_batch_that_raises_clears_nothing(make_index: MakeIndex) -> None:
    index = make_index("茶", "水")
    with pytest.raises(RuntimeError), index.writer() as writer:
        writer.clear()
        raise RuntimeError
    assert len(index) == 2
