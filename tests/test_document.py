"""Documents: everything a program can hand over becomes valid and normal, or an error with a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything, documents, moments

import searchkit
from searchkit import Document, DocumentError, Index, Markup

BEIJING = timezone(timedelta(hours=8))


@given(documents())
def test_a_document_survives_json(document: Document) -> None:
    again = Document.from_dict(json.loads(json.dumps(document.to_dict())))
    assert again == document
    assert again.to_dict() == document.to_dict()


@given(documents())
def test_to_dict_leaves_out_empty_values(document: Document) -> None:
    assert all(document.to_dict().values())


@given(anything, anything, anything, anything)
def test_a_document_of_any_text_can_be_encoded_as_utf_8(title: str, body: str, url: str, source: str) -> None:
    document = Document(title=title, body=f"{body}甲", url=url, source=source)
    json.dumps(document.to_dict(), ensure_ascii=False).encode("utf-8")


@given(
    st.lists(anything, max_size=3),
    st.dictionaries(anything, anything | st.lists(anything, max_size=2), max_size=2),
)
def test_a_document_with_any_tags_and_extra_can_be_encoded_as_utf_8(
    tags: list[str], extra: dict[str, Any]
) -> None:
    document = Document(body="甲", tags=tuple(tags), extra=extra)
    json.dumps(document.to_dict(), ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize("where", ["title", "body", "id", "url", "source", "tags", "extra"])
def test_a_lone_surrogate_in_any_field_can_be_indexed(where: str, make_index: Callable[..., Index]) -> None:
    broken: Any = {"tags": ["\ud800"], "extra": {"甲": "\ud800"}}.get(where, "\ud800甲")
    index = make_index(Document.from_dict({"body": "乙", where: broken}))
    assert len(index) == 1
    assert len(list(index)) == 1


@pytest.mark.parametrize(
    ("values", "id"),
    [
        ({"id": "x", "url": "https://a.example/b"}, "x"),
        ({"url": "https://a.example/b"}, "https://a.example/b"),
    ],
)
def test_the_id_defaults_to_the_url(values: dict[str, str], id: str) -> None:
    assert Document(body="甲", **values).id == id


def test_without_id_and_url_the_same_text_is_the_same_document() -> None:
    one, same = Document(title="甲", body="乙"), Document(title="甲", body="乙", tags=("丙",))
    assert one.id == same.id
    others = [Document(title="甲", body="丁"), Document(title="乙", body="甲"), Document(body="甲\n乙")]
    assert len({document.id for document in [one, *others]}) == 4


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://www.example.com/a/b", "example.com"),
        ("http://example.org:8080/?q=www.", "example.org"),
        ("https://News.Example.NET/", "news.example.net"),
        ("https://user:secret@example.com/", "example.com"),
        ("http://[broken", ""),
        ("no url at all", ""),
        ("", ""),
    ],
)
def test_the_source_defaults_to_the_host_of_the_url(url: str, source: str) -> None:
    assert Document(body="甲", url=url).source == source
    assert Document(body="甲", url=url, source="晚报").source == "晚报"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)//https://example.com",
        "https:javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/",
        "//host",
        "/path",
        "http://",
        "https://[",
        " x",
        "",
    ],
)
def test_a_url_that_is_not_http_is_no_link(url: str) -> None:
    assert Document(body="甲", url=url).link == ""


@pytest.mark.parametrize("url", ["https://example.com/a?b=<c>#d", "HTTP://[::1]:8000", "http://例子.中国/茶"])
def test_an_http_url_is_the_link(url: str, make_index: Callable[..., Index]) -> None:
    (hit,) = make_index(Document(body="甲", url=url)).search("甲")
    assert hit.link == hit.document.link == url


@pytest.mark.parametrize(
    ("given_as", "kept"),
    [
        (datetime(2024, 1, 1, 8, tzinfo=BEIJING), "2024-01-01T08:00:00+08:00"),
        (datetime(2024, 1, 1, 0, 0, 0, 123999, tzinfo=timezone.utc), "2024-01-01T00:00:00.123000Z"),
        ("2024-01-01T08:00:00+08:00", "2024-01-01T08:00:00+08:00"),
        (datetime(2024, 1, 1, 8, 0, 0, 123999), "2024-01-01T08:00:00.123000"),  # noqa: DTZ001
        (date(2024, 1, 1), "2024-01-01T00:00:00"),
        ("2024-01-01", "2024-01-01T00:00:00"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        (datetime(1, 1, 1, tzinfo=timezone.utc), "0001-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=timezone.utc), "9999-12-31T23:59:00Z"),
    ],
)
def test_the_time_is_kept_as_it_is_given_to_the_millisecond(given_as: Any, kept: str) -> None:
    document = Document.from_dict({"body": "甲", "published": given_as})
    assert document.to_dict()["published"] == kept
    assert Document.from_dict(document.to_dict()) == document == Document(body="甲", published=given_as)


class NotATime(datetime):
    """As the NaT of pandas, where a time is missing: it is equal to nothing."""

    def __ne__(self, other: object) -> bool:
        return True


def test_a_time_that_is_none_is_missing() -> None:
    assert Document(body="甲", published=NotATime(2024, 1, 1)).published is None
    assert Document(body="甲", extra={"a": NotATime(2024, 1, 1)}).extra == {"a": None}


@given(moments)
def test_a_time_in_another_zone_is_the_same_time(moment: datetime) -> None:
    assert Document(body="甲", published=moment.astimezone(BEIJING)).published == moment


def test_tags_are_trimmed_and_unique() -> None:
    document = Document(body="甲", tags=[" 科技 ", "", "体育", "科技", "  "])  # type: ignore[arg-type]
    assert document.tags == ("科技", "体育")


def test_tags_may_be_any_iterable() -> None:
    for tags in (["乙", "丙"], ("乙", "丙"), (tag for tag in "乙丙"), {"乙": 1, "丙": 2}):
        assert Document(body="甲", tags=tags).tags == ("乙", "丙")  # type: ignore[arg-type]


def test_extra_is_a_copy_of_the_json_given() -> None:
    extra = {"作者": ["甲", None], "n": 1.5, "deep": {"a": True}}
    document = Document(body="甲", extra=extra)
    assert document.extra == extra
    extra["n"] = 2
    assert document.extra["n"] == 1.5, (
        "a later change of the program's own object must not reach the document"
    )


def test_documents_are_frozen_values() -> None:
    one, same = Document(body="甲", extra={"a": 1}), Document(body="甲", extra={"a": 1})
    assert one == same
    assert hash(one) == hash(same)
    with pytest.raises(AttributeError):
        one.body = "乙"  # type: ignore[misc]


NO_TEXT = "no text"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, NO_TEXT),
    ({"title": "", "body": ""}, NO_TEXT),
    ({"title": " ", "body": "，。\n—＋"}, NO_TEXT),
    ({"url": "https://example.com/a"}, NO_TEXT),
    ({"body": 5}, "body must be text, not int"),
    ({"body": b"x"}, "body must be text, not bytes"),
    ({"body": "甲", "title": ["甲"]}, "title must be text, not list"),
    ({"body": "甲", "id": 7.5}, "id must be text, an integer or a UUID, not float"),
    ({"body": "甲", "id": True}, "id must be text, an integer or a UUID, not bool"),
    ({"body": "甲", "url": 7}, "url must be text, not int"),
    ({"body": "甲", "source": 7}, "source must be text, not int"),
    ({"body": "甲", "published": 1722412800}, "must be a datetime, a date or ISO 8601 text, not int"),
    ({"body": "甲", "published": "yesterday"}, "'yesterday' is not an ISO 8601 time"),
    ({"body": "甲", "published": "9999-12-31T23:59:59-05:00"}, "outside the years"),
    ({"body": "甲", "tags": "科技"}, "tags must be"),
    ({"body": "甲", "tags": 5}, "tags must be"),
    ({"body": "甲", "tags": ["科技", 5]}, "tags must be"),
    ({"body": "甲", "extra": [1]}, "extra must be a mapping, not list"),
    ({"body": "甲", "extra": {"a": {1, 2}}}, "extra is not JSON"),
    ({"body": "甲", "extra": {"a": float("nan")}}, "extra is not JSON"),
    ({"body": "甲", "author": "乙"}, "unknown field 'author'.*extra"),
    ({"body": "甲", 5: "乙"}, "unknown field 5"),
]


@pytest.mark.parametrize(("values", "reason"), WRONG)
def test_from_dict_refuses_invalid_values_with_the_reason(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        Document.from_dict(values)
    assert caught.value.reason


@pytest.mark.parametrize(
    "values",
    [values for values, _ in WRONG if not {"author", 5} & set(values)],
)
def test_the_constructor_refuses_the_same_values(values: dict[str, Any]) -> None:
    with pytest.raises(DocumentError):
        Document(**values)


@pytest.mark.parametrize("name", ["title", "id", "url", "published", "source", "tags", "extra", "markup"])
def test_none_is_a_missing_value(name: str) -> None:
    for document in (Document(body="甲", **{name: None}), Document.from_dict({"body": "甲", name: None})):
        assert document == Document(body="甲")


@pytest.mark.parametrize("value", ["text", 5, None, ["body"], object()])
def test_from_dict_refuses_what_is_no_mapping(value: Any) -> None:
    with pytest.raises(DocumentError, match=type(value).__name__):
        Document.from_dict(value)


@pytest.mark.parametrize(
    ("values", "id"),
    [
        ({"id": "x", "url": "u", "body": 5}, "x"),
        ({"url": "u", "body": 5}, "u"),
        ({"title": "题", "body": 5}, "题"),
        ({"body": 5}, None),
        ({"id": "x", "author": "乙"}, "x"),
        ({"id": "x", "body": "甲", "published": "yesterday"}, "x"),
    ],
)
def test_a_document_error_names_the_document(values: dict[str, Any], id: str | None) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.from_dict(values)
    assert caught.value.id == id
    if id:
        assert repr(id) in str(caught.value)


@pytest.mark.parametrize("text", ["😀", "☆☆☆", "€", "⻓", "㎏"])
def test_a_symbol_is_text(text: str) -> None:
    document = Document(body=f"，{text}。")
    with searchkit.create(":memory:") as index:
        assert not index.add([document]).failures
        assert index.search(text).total == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("heading", "must be a sequence of Markup, not 'heading'"),
        ([("heading", 0, 1)], "of (kind, start, end, value), not ('heading', 0, 1)"),
        ([("title", 0, 1, "")], "is one of heading, link, image, place, not 'title'"),
        ([("link", 1, 3, "")], "must lie in the body, from 0 to 2, and this is from 1 to 3"),
        ([("link", 2, 1, "")], "must lie in the body"),
        ([("link", -1, 1, "")], "must lie in the body"),
        ([("link", True, 1, "")], "must lie in the body"),
        ([("place", 0, 1, 12)], "the value of a place must be text"),
        ([("place", 0, 1, "x" * 100_001)], "of at most 100,000 characters"),
        ([("place", 0, 1, "")] * 100_001, "more than 100,000 headings, links, pictures and places"),
    ],
)
def test_markup_that_is_none_says_why(given: Any, reason: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(reason)):
        Document(body="茶水", markup=given)


def test_markup_counts_to_the_size_of_a_document() -> None:
    with pytest.raises(DocumentError, match="too large"):
        Document(body="茶", markup=[("link", 0, 1, "x" * 100_000)] * 41)


def test_markup_is_sorted_what_is_around_first() -> None:
    inner, outer, first = Markup("link", 1, 2, "b"), Markup("place", 0, 2, "a"), Markup("heading", 0, 1, "1")
    assert Document(body="茶水", markup=(inner, first, outer)).markup == (outer, first, inner)


def test_a_hit_names_the_innermost_place_of_its_first_match() -> None:
    places = [("place", 0, 4, "第1页"), ("place", 4, 7, "第2页"), ("place", 5, 7, "注")]
    with searchkit.create(":memory:") as index:
        index.add([Document("书", "甲乙丙\n丁戊己", "a", markup=places), Document("", "丙丁", "b")])
        found = {query: {hit.id: hit.place for hit in index.search(query)} for query in "乙丁己书"}
        assert found["丁"] == {"a": "第2页", "b": ""}
        assert found == {**found, "乙": {"a": "第1页"}, "己": {"a": "注"}, "书": {"a": ""}}
        assert index.search("己")[0].to_dict()["place"] == "注"
