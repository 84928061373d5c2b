"""JSON files: lists of objects of any length, objects with a list in them, objects that are articles."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import searchkit
from searchkit.articles import FileDocument, json_array, read_articles, read_file
from searchkit.articles.json_array import _Source
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document
from searchkit.errors import DocumentError

Read = Callable[..., list[Any]]
DAMAGED = "the file is damaged from here on: "


@pytest.fixture
def entries(tmp_path: Path) -> Read:
    """Write a file and read it: documents, and places with what is wrong."""

    def read(content: str | bytes | Any, **options: Any) -> list[Any]:
        path = tmp_path / "甲.json"
        if not isinstance(content, str | bytes):
            content = json.dumps(content, ensure_ascii=False, indent=2)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [
            found.document
            if isinstance(found, FileDocument)
            else (found.path[len(str(path)) :], found.reason)
            for found in read_file(path, ReadOptions(**options))
        ]

    return read


def test_a_list_is_read_object_by_object(entries, tmp_path):
    assert entries([{"id": 7, "title": "题", "views": 3}, {"_id": "b", "text": "文"}]) == [
        Document(id="7", title="题", extra={"views": 3}),
        Document(id="b", body="文"),
    ]
    places = [found.place for found in read_file(tmp_path / "甲.json")]
    assert places == [f"{tmp_path / '甲.json'}:1", f"{tmp_path / '甲.json'}:2"]


def test_an_object_may_have_one_list_of_objects(entries):
    assert entries({"total": 1, "ids": [1], "articles": [{"body": "文"}]}) == [Document(body="文")]
    (found,) = entries({"users": [{"name": "a"}], "posts": [{"body": "b"}]})
    assert found == (
        "",
        "it has several lists of objects: 'users', 'posts'; write one to a file of its own",
    )
    (found,) = entries({"name": "package", "files": ["a"]})
    assert found[1].startswith("it has no title or body; it has name, files")


def test_an_object_with_a_title_or_body_is_an_article(entries):
    feed = {"title": "一个博客", "items": [{"title": "题"}]}
    assert entries(feed) == [Document(title="题")]
    assert entries({"title": "题", "files": ["a"]}) == [Document(title="题", extra={"files": ["a"]})]
    article = {"title": "题", "body": "文", "comments": [{"body": "回复"}]}
    assert entries(article) == [Document(title="题", body="文", extra={"comments": [{"body": "回复"}]})]
    assert entries({"headline": "题"}, fields={"headline": "title"}) == [Document(title="题")]


def test_many_parts_are_counted_only_while_more_is_read(entries, monkeypatch):
    counted: list[int] = []
    monkeypatch.setattr(json_array, "check_parts", lambda text: counted.append(len(text)))
    items = [{"body": "x" * 300_000}, *({"id": str(n), "body": "文"} for n in range(1000))]
    assert len(entries(items)) == 1001
    assert len(counted) < 10


def test_keys_may_be_named(entries):
    named = entries([{"headline": "题", "body": "文", "title": "别的"}], fields={"headline": "title"})
    assert named == [Document(title="别的", body="文")], "the later of two"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[{"body": "甲"}, 3, {"body": ""}, {"a": 1, "a": 2}, {"body": "乙"}]',
         ["甲", ":2 it must be a JSON object, not int", ":3 it has no text",
          ":4 not JSON: an object has the name 'a' twice", "乙"]),
        ('[{"body": "甲"}, {"body": ', ["甲", f":2 {DAMAGED}not JSON: Expecting value"]),
        ('[{"body": "甲"} {"body": "乙"}]', ["甲", f":2 {DAMAGED}'{{' is no comma"]),
        ('[{"body": "甲"}', ["甲", f":2 {DAMAGED}its list has no end"]),
        ('[{"body": "甲"},]', ["甲", f":2 {DAMAGED}not JSON: "]),
        ('[{"body": "甲"}] x', ["甲", f":2 {DAMAGED}behind the list stands 'x'"]),
        ('{"body": "甲"}\n{"body": "乙"}', [" more follows behind its object; a file with an object a"]),
        ("[]", [" there is nothing in its list"]),
        ("[ ]\n", [" there is nothing in its list"]),
        ('[{"x": 1}, {"x": 2}]', [" there is no article in it: it has no title or body; it has x"]),
        ("  \n", [" not JSON: Expecting value"]),
        ("3", [" it must hold a list of objects, or an object, not int"]),
        ('"body"', [" it must hold a list of objects, or an object, not str"]),
        ("{'body': 1}", [" not JSON: Expecting property name"]),
        ("[" * 100_000, [f":1 {DAMAGED}the JSON is nested too deep"]),
        ('{"a":' * 100_000, [" the JSON is nested too deep"]),
        ('[{"body": "甲"}, {"extra": ' + "9" * 5000 + "}]", ["甲", f":2 {DAMAGED}not JSON: Exceeds"]),
        (b'[{"body": "\xe7\x94\xb2"}, {"body": "\xff"}]', [" not UTF-8: 'utf-8' codec can't decode"]),
        (b"\0\1\2", [" not JSON: Expecting value"]),
    ],
)  # fmt: skip
def test_damage_is_named_with_its_place(entries, content, expected):
    found = entries(content)
    assert len(found) == len(expected)
    for one, wanted in zip(found, expected):
        if isinstance(one, Document):
            assert one.body == wanted
        else:
            assert " ".join(one).startswith(wanted)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_understood(entries, encoding):
    assert entries('[{"body": "甲"}]'.encode(encoding)) == [Document(body="甲")]


def test_an_encoding_may_be_given(entries):
    assert entries('[{"body": "甲"}]'.encode("gbk"), encoding="gb2312") == [Document(body="甲")]


def test_a_large_list_is_never_in_memory_as_a_whole(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write("[" + ",\n".join(json.dumps({"id": str(n), "body": "x" * 900}) for n in range(3000)) + "]")
    held: list[int] = []
    read_on = _Source._read_on

    def measured(self: _Source) -> bool:
        more = read_on(self)
        held.append(len(self._text))
        return more

    monkeypatch.setattr(_Source, "_read_on", measured)
    assert len(list(read_articles(path))) == 3000
    assert len(held) > 20
    assert max(held) < 3 * json_array._CHUNK


def test_an_object_that_is_too_large_is_an_error(tmp_path, monkeypatch, entries):
    monkeypatch.setattr(json_array, "LARGEST_RECORD", 100_000)
    first, second = entries('[{"body": "甲"}, {"body": "' + "x" * 500_000)
    assert first == Document(body="甲")
    assert second == (
        ":2",
        "the file is damaged from here on: an object of more than 100,000 characters, or no JSON",
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    values=st.lists(json_values, max_size=6),
    indent=st.sampled_from([None, 0, 3]),
    ascii=st.booleans(),
    chunk=st.integers(1, 9),
)
@settings(max_examples=200)
def test_a_list_is_read_as_json_reads_it(values, indent, ascii, chunk):
    text = json.dumps(values, indent=indent, ensure_ascii=ascii)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    json_array._CHUNK, kept = chunk, json_array._CHUNK
    try:
        source = _Source(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        assert source.next() == "["
        assert list(source.items()) == json.loads(text)
        source = _Source(io.TextIOWrapper(io.BytesIO(data[:-1]), encoding="utf-8"))
        source.next()
        with pytest.raises(DocumentError):
            list(source.items())
    finally:
        json_array._CHUNK = kept


def test_sync_follows_a_list(tmp_path):
    path = tmp_path / "posts.json"
    path.write_text('[{"id": "1", "body": "甲"}, {"id": "2", "body": "乙"}]')
    index = searchkit.create(":memory:")
    assert index.sync(tmp_path).added == 2
    path.write_text('[{"id": "1", "body": "甲"}, {"id": "3", "body": "丙"}]')
    report = index.sync(tmp_path)
    assert (report.added, report.deleted, report.unchanged) == (1, 1, 1)
