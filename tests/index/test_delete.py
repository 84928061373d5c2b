"""Deleting documents by id."""

from __future__ import annotations

from collections.abc import Callable

from searchkit import Document, Index

MakeIndex = Callable[..., Index]


def test_delete_returns_how_many_documents_it_deleted(make_index: MakeIndex) -> None:
    index = make_index("甲", "乙", "丙")
    assert index.delete("0") == 1
    assert index.delete(["1", "1", "nothing"]) == 1
    assert index.delete([]) == 0
    assert [document.id for document in index] == ["2"]
    assert index.search("甲 OR 乙").total == 0


def test_delete_ids_takes_many_ids_in_any_order(make_index: MakeIndex) -> None:
    index = make_index(*["茶"] * 1100)
    with index.writer() as writer:
        writer.add(Document(id="new", body="茶"))
        assert not writer.delete("nothing")
        ids = [str(number) for number in range(1, 1100)]
        assert writer.delete_ids([*ids, "new", "1", "nothing", *ids]) == 1100
        assert writer.delete_ids(iter(["0", "0"])) == 1
        writer.add(Document(id="0", body="水"))
    assert [(one.id, one.body) for one in index] == [("0", "水")]


def test_writer_delete_returns_whether_the_document_existed(make_index: MakeIndex) -> None:
    with make_index("甲").writer() as writer:
        assert writer.delete("0")
        assert not writer.delete("0")
        assert not writer.delete("1")
        writer.add(Document(id="1", body="乙"))
        assert writer.delete("1")
