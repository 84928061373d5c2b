"""One document never blocks the others: what `add` accepts, every other call can carry."""

from __future__ import annotations

import functools
import itertools
import json
import re
import tempfile
from datetime import datetime, timezone, tzinfo
from enum import IntEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from strategies import hostile_documents, nested

import searchkit
from searchkit import Document, Index, web
from searchkit.cli import main
from searchkit.document import LARGEST_DOCUMENT, LONGEST_ID, LONGEST_LABEL, MOST_LABELS
from searchkit.json_values import DEEPEST_EXTRA
from searchkit.schema import FieldKind

FIELDS: dict[str, FieldKind] = {
    "author": "text",
    "price": "number",
    "event": "date",
    "paid": "boolean",
    "summary": "fulltext",
}


class NoOffset(tzinfo):
    """A time zone that says nothing, so that times in it are naive."""

    def utcoffset(self, _: datetime | None) -> None:
        return None


GOOD = Document(id="good", title="茶", body="茶水", tags=("好",), extra={"price": 1})
LONGEST_ADDRESS = 10_000


def check_every_call(index: Index, folder: Path) -> None:
    """Ask an index everything that there is to ask of each of its documents."""
    documents = {document.id: document for document in index}
    assert len(documents) == len(index)
    assert index.get_many(documents) == documents
    search_all(index, documents)
    assert index.export(folder / "all.jsonl") == index.export(folder / "all.jsonl.gz") == len(documents)
    for name in ("all.jsonl", "all.jsonl.gz"):
        articles = searchkit.read_articles(folder / name)
        assert {document.id: document for document in articles} == documents
        assert articles.failures == []
    assert index.rebuild() == index.optimize() == len(documents)
    assert {document.id: document for document in index} == documents
    assert index.check().ok
    for engine in ("", "whoosh:"):
        location = f"{engine}{folder}/{engine.strip(':') or 'copy'}"
        assert index.copy_to(location).copied == len(documents)
        with searchkit.open(location) as copied:
            assert {document.id: document for document in copied} == documents
            search_all(copied, documents)
            assert copied.check().ok


def search_all(index: Index, documents: dict[str, Document]) -> None:
    facets = ["source", "tags", "year", "month", "author", "price", "event", "paid"]
    for sort in ("relevance", "newest", "oldest", "price", "-price", "author", "-event", "paid"):
        results = index.search("*", limit=1000, sort=sort, facets=facets)
        assert {hit.id for hit in results} == set(documents)
        json.dumps(results.to_dict(), allow_nan=False).encode()
    found = index.search("茶", limit=1000, match="any", recency="30d")
    for hit in [*results, *found]:
        assert hit.document == documents[hit.id]
        for text in (hit.title, hit.snippet, hit.body, hit.highlighted("summary")):
            text.html().encode()
            text.ansi().encode()
    for id, document in documents.items():
        assert id in index
        for query in ("茶", document.title[:50], document.body[:50]):
            index.hit(query, id, lenient=True)
            str(index.explain(query, id, lenient=True)).encode()
        index.similar(id).to_dict()
        index.suggest(document.title[:3])
    location = index.location
    if location != ":memory:":
        printed = CliRunner().invoke(main, ["search", "*", "--json", "--limit", "1000", "--in", location])
        assert printed.exit_code == 0, printed.output
        assert len([line for line in printed.output.splitlines() if line]) >= 1
    client = TestClient(web.app(index, limits=web.Limits(rate=0)))
    answer = client.get("/api/search", params={"q": "*", "limit": 100})
    assert answer.status_code == 200, answer.text
    for id, document in documents.items():
        # Clients take . and .. out of an address before they send it, as the standard for addresses says.
        if len(quote(id)) < LONGEST_ADDRESS and id not in (".", ".."):
            answer = client.get(f"/api/documents/{quote(id, safe='')}")
            assert answer.status_code == 200, (id, answer.text)
            assert Document.from_dict(answer.json()) == document


AT_THE_LIMITS: list[dict[str, Any]] = [
    {"extra": {"a": nested(DEEPEST_EXTRA - 1)}},
    {"extra": {"": 1, "\x00": "\x00", "k" * LONGEST_LABEL: -0.0, "n": 10**999, "f": 1.7976931348623157e308}},
    {"extra": {"author": ["x" * LONGEST_LABEL, *map(str, range(MOST_LABELS - 1))], "price": 10**300}},
    {"extra": {"summary": "概要" * 2_000, "event": "9999-12-31"}},
    {"tags": ["标" * LONGEST_LABEL, *map(str, range(MOST_LABELS - 1))]},
    {"source": "é" * LONGEST_LABEL, "published": "0001-01-01T00:00:00Z"},
    {"id": "i" * LONGEST_ID, "url": "https://example.com/" + "u" * (LONGEST_ID - 20)},
    {"url": "https://" + "h" * 5000 + ".example.com/"},
    {"title": "题" * 5_000, "published": "9999-12-31T23:59:59.999Z"},
    {"body": "\x01" * 5_000 + "茶"},
]
BEYOND: list[tuple[dict[str, Any], str]] = [
    ({"extra": {"a": nested(DEEPEST_EXTRA)}}, r"extra\['a'\].*… is nested too deep; at most 64"),
    ({"extra": {"a": nested(100_000)}}, "nested too deep"),
    ({"extra": {"b": [10**1000]}}, r"extra\['b'\]\[0\] is an integer of more than 1,000 digits"),
    ({"extra": {"b": {"c": float("inf")}}}, r"extra\['b'\]\['c'\] is inf"),
    ({"extra": {"b": b"x"}}, r"extra\['b'\] is a value of the type bytes: b'x'"),
    ({"extra": {"k" * (LONGEST_LABEL + 1): 1}}, "has a key of 1,001 characters"),
    ({"extra": {1: "a", "1": "b"}}, r"extra\[1\] has a key that is no text"),
    ({"extra": dict.fromkeys(["\ud800", "\ufffd"])}, "has a key that stands there twice"),
    ({"extra": {"author": [str(number) for number in range(MOST_LABELS + 1)]}}, r"'author'\] must be"),
    ({"tags": [str(number) for number in range(MOST_LABELS + 1)]}, "more than 1,000 tags"),
    ({"tags": map(str, itertools.count())}, "more than 1,000 tags"),
    ({"tags": "x" * 10_000_000}, "tags must be a sequence"),
    ({"source": "x" * (LONGEST_LABEL + 1)}, "too long for a tag or source: 1,001 characters"),
    ({"id": "i" * (LONGEST_ID + 1)}, "the id has 100,001 characters; at most 100,000"),
    ({"url": "u" * (LONGEST_ID + 1)}, "the url has 100,001 characters"),
    (
        {"body": "茶" * (LARGEST_DOCUMENT + 1)},
        "too large: .* at most 4,000,000 characters together; split it",
    ),
    ({"title": "题" * LARGEST_DOCUMENT}, "too large"),
    ({"extra": {"summary": "概" * LARGEST_DOCUMENT}}, "too large"),
    ({"extra": {"a": functools.reduce(lambda inner, _: [inner] * 10_000, range(2), "x")}}, "too large"),
    ({"published": datetime(2024, 1, 1, tzinfo=NoOffset())}, "naive"),
    ({"published": "9" * 10_000_000}, "is not an ISO 8601 time"),
    ({"x" * 10_000_000: 1}, "unknown field"),
]


@pytest.mark.slow
def test_documents_at_the_limits_can_be_carried(tmp_path: Path) -> None:
    with searchkit.create(tmp_path / "index", fields=FIELDS) as index:
        given = [{"body": "茶", "id": str(number), **one} for number, one in enumerate(AT_THE_LIMITS)]
        report = index.add([*given, GOOD])
        assert (report.added, report.failures) == (len(given) + 1, [])
        check_every_call(index, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("location", ["{}", "whoosh:{}"])
def test_a_document_beyond_a_limit_is_a_failure_of_its_own(location: str, tmp_path: Path) -> None:
    with searchkit.create(location.format(tmp_path / "index"), fields=FIELDS) as index:
        report = index.add([{"body": "茶", **one} for one, _ in BEYOND] + [GOOD])
        assert report.added == 1
        for failure, (_, reason) in zip(report.failures, BEYOND, strict=True):
            assert re.search(reason, failure.reason)
            assert len(failure.reason) < 500
        assert list(index) == [GOOD]
        assert index.rebuild() == 1


def test_a_value_is_kept_as_a_plain_one() -> None:
    """Encoders of JSON refuse subclasses, or write something else of them."""

    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "another"

    class Level(IntEnum):
        LOW = 1

    class Real(float):
        __slots__ = ()

    class Moment(datetime):
        pass

    document = Document(
        title=Text("题"),
        body=Text("茶"),
        id=Text("1"),
        published=Moment(2024, 1, 1, tzinfo=timezone.utc),
        tags=(Text("标"),),
        extra={Text("a"): [Text("b"), Level.LOW, Real(1.5), (True, None)]},
    )
    assert document == Document(
        title="题",
        body="茶",
        id="1",
        published=datetime(2024, 1, 1, tzinfo=timezone.utc),
        tags=("标",),
        extra={"a": ["b", 1, 1.5, [True, None]]},
    )
    values = [
        document.title,
        document.body,
        document.id,
        document.tags[0],
        *document.extra,
        document.published,
    ]
    values += document.extra["a"][:3]
    assert {*map(type, values)} == {str, datetime, int, float}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["document.jsonl", "document.md", "document.html"])
def test_readers_reach_the_same_limits(name: str, tmp_path: Path) -> None:
    body = "茶" * (LARGEST_DOCUMENT + 1)
    path = tmp_path / name
    path.write_text(json.dumps({"body": body}) if name.endswith(".jsonl") else body, encoding="utf-8")
    articles = searchkit.read_articles(path)
    assert list(articles) == []
    [failure] = articles.failures
    assert "at most 4,000,000 characters together" in failure.reason


@pytest.mark.slow
@settings(max_examples=30)
@given(st.lists(hostile_documents, min_size=1, max_size=4))
def test_what_is_accepted_every_call_can_carry(given: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as name, searchkit.create(f"{name}/index", fields=FIELDS) as index:
        report = index.add([*given, GOOD])
        assert report.added + report.replaced + len(report.failures) == len(given) + 1
        assert index.get("good") == GOOD
        check_every_call(index, Path(name))
