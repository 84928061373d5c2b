"""Changing some fields of a document, and keeping the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents, moments, texts

import searchkit
from searchkit import Document, DocumentError, Index, Markup

MakeIndex = Callable[..., Index]
TEA = Document(
    id="5",
    title="茶",
    body="雪水泡茶",
    url="https://tea.example/5",
    tags=("茶",),
    extra={"views": 1, "author": "甲", "deep": {"a": 1}},
    markup=(Markup("heading", 0, 2, "1"),),
)

changes = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | st.sampled_from(["", "新的题目", "茶"]),
        "body": st.none() | texts,
        "url": st.sampled_from([None, "", "https://www.other.example/a", "https://www.example.com/a"]),
        "published": st.none() | moments,
        "source": st.sampled_from([None, "", "乙报", "www.example.com"]),
        "tags": st.none() | st.lists(st.sampled_from(["科技", "茶"]), max_size=2),
        "extra": st.none() | st.dictionaries(st.sampled_from("ab"), st.none() | st.integers(), max_size=2),
    },
)


@given(document=documents(["x"]), changed=changes)
def test_an_update_is_a_delete_and_an_add_of_the_changed_document(
    document: Document, changed: dict[str, Any]
) -> None:
    whole: dict[str, Any] = {**document.to_dict(), **changed, "id": "x"}
    had_its_own = Document(body="甲", url=document.url).source == document.source
    if "url" in changed and "source" not in changed and had_its_own:
        whole.pop("source", None)
    if "body" in changed:
        whole["markup"] = ()
    if changed.get("extra") is not None:
        kept = {key: value for key, value in document.extra.items() if key not in changed["extra"]}
        whole["extra"] = kept | {key: value for key, value in changed["extra"].items() if value is not None}
    with searchkit.create(":memory:") as updated, searchkit.create(":memory:") as added:
        for index in (updated, added):
            index.add([document, {"id": "other", "body": "别的"}], workers=1)
        try:
            expected = Document.from_dict(whole)
        except DocumentError as error:
            with pytest.raises(DocumentError) as raised:
                updated.update("x", **changed)
            assert raised.value.reason == error.reason
            assert updated.get("x") == document
            return
        added.delete("x")
        added.add([expected])
        assert updated.update("x", **changed) == expected
        assert updated.get("x") == added.get("x") == expected
        assert len(updated) == len(added)
        for query in ("茶", "新的题目", "source:乙报", "tag:科技", "*"):
            assert {hit.id for hit in updated.search(query)} == {hit.id for hit in added.search(query)}


@pytest.mark.parametrize("location", [":memory:", "{}/index", "whoosh:{}/index"])
def test_an_update_keeps_what_is_not_named(location: str, make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(TEA, location=location.format(tmp_path))
    assert index.update(5, extra={"views": 2}).extra == {**TEA.extra, "views": 2}
    document = index.update("5", body="井水泡茶", extra={"author": None})
    assert (document.title, document.tags, document.markup) == ("茶", ("茶",), ())
    assert document.extra == {"views": 2, "deep": {"a": 1}}
    assert index.get(5) == document
    assert [hit.id for hit in index.search('"井水"')] == ["5"]
    assert not index.search('"雪水"').total
    assert len(index) == 1


def test_the_default_source_follows_the_url_and_the_id_stays(make_index: MakeIndex) -> None:
    index = make_index(Document(body="茶", url="https://a.example/1"))
    document = index.update("https://a.example/1", url="https://www.b.example/2")
    assert (document.id, document.source) == ("https://a.example/1", "b.example")
    assert index.update(document.id, source="晚报").source == "晚报"
    assert index.update(document.id, url="https://c.example/").source == "晚报", "it was given"
    assert index.update(document.id, source=None).source == "c.example"


def test_a_missing_document_is_a_key_error_and_nothing_is_added(make_index: MakeIndex) -> None:
    index = make_index(TEA)
    for id in ("6", 6, UUID(int=6)):
        with pytest.raises(KeyError, match="there is no document '"):
            index.update(id, title="水")
    assert list(index) == [TEA]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"views": 7}, r"unknown field 'views'.*\{'extra': \{'views': …\}\}"),
        ({"title": "", "body": None}, "it has no text"),
        ({"published": "soon"}, "not an ISO 8601 time"),
        ({"extra": {"price": "dear"}}, r"extra\['price'\] must be a number"),
        ({"extra": 5}, "extra must be a mapping"),
    ],
)
def test_what_no_document_has_is_refused_and_nothing_changes(
    fields: dict[str, Any], reason: str, make_index: MakeIndex
) -> None:
    index = make_index(TEA, fields={"price": "number"})
    with pytest.raises(DocumentError, match=reason):
        index.update("5", **fields)
    assert index.get("5") == TEA


def test_the_id_cannot_change(make_index: MakeIndex) -> None:
    with pytest.raises(TypeError, match="'id'"):
        make_index(TEA).update("5", **{"id": "6"})


def test_a_batch_updates_what_was_there_before_it(make_index: MakeIndex) -> None:
    index = make_index("甲", "乙", "丙")
    with index.writer() as writer:
        assert writer.update("0", title="新").id == "0"
        writer.add(Document(id="9", body="丁"))
        for id in ("0", "9"):
            with pytest.raises(searchkit.SearchkitError, match=f"'{id}' was added or updated in this batch"):
                writer.update(id, title="旧")
        writer.delete("1")
        with pytest.raises(KeyError):
            writer.update("1", title="旧")
    assert (writer.report.added, writer.report.updated) == (1, 1)
    assert {document.id: document.title for document in index} == {"0": "新", "2": "", "9": ""}
