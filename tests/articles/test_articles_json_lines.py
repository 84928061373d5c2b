"""JSON Lines: every line is a document or a failure with its number."""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from searchkit.articles import FileDocument, json_lines, read_articles, read_file
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document
from searchkit.errors import ArticleError


@pytest.fixture
def entries(tmp_path: Path):
    def read(*lines: str | bytes | dict, name: str = "甲.jsonl", encoding: str | None = None) -> list:
        data = b"\n".join(
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line)).encode()
            for line in lines
        )
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
        return [
            found.document if isinstance(found, FileDocument) else found
            for found in read_file(path, ReadOptions(encoding))
        ]

    return read


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.b.NDJSON.GZ"])
def test_json_lines_with_all_fields(entries, name):
    line = {
        "id": "7",
        "title": "题",
        "body": "文\n\n第二行\u200b",
        "url": "https://a.example/7",
        "published": "2021-03-04T13:06:07.089+08:00",
        "source": "某报",
        "tags": ["一", "二"],
        "extra": {"a": [1]},
        "grade": 3,
        "note": {"b": None},
    }
    (document,) = entries(line, name=name)
    assert document == Document(
        id="7",
        title="题",
        body="文\n\n第二行\u200b",  # a program wrote it so
        url="https://a.example/7",
        published=datetime(2021, 3, 4, 5, 6, 7, 89000, tzinfo=timezone.utc),
        source="某报",
        tags=("一", "二"),
        extra={"a": [1], "grade": 3, "note": {"b": None}},
    )


def test_what_to_dict_writes_is_read_back(entries):
    document = Document(
        title="题", body="文", published=datetime(2020, 1, 1, tzinfo=timezone.utc), extra={"a": "b"}
    )
    assert entries(document.to_dict()) == [document]


def test_json_lines_with_the_field_names_of_beir(entries):
    (document,) = entries({"_id": "d1", "title": "题", "text": "文", "metadata": {}})
    assert (document.id, document.title, document.body, document.extra) == (
        "d1",
        "题",
        "文",
        {"metadata": {}},
    )
    (document,) = entries({"_id": "d1", "id": "d2", "body": "文", "text": "别的"})
    assert (document.id, document.body, document.extra) == ("d2", "文", {"_id": "d1", "text": "别的"})
    assert entries({"_id": 12, "text": "文"})[0].id == "12"


def test_epoch_milliseconds_are_a_date(entries):
    (document,) = entries({"body": "文", "published": 1_600_000_000_123})
    assert document.published == datetime(2020, 9, 13, 12, 26, 40, 123000, tzinfo=timezone.utc)
    assert entries({"body": "文", "published": None})[0].published is None


def test_equal_texts_without_an_id_are_one_document(entries):
    first, second, third = entries({"body": "一"}, {"body": "二"}, {"body": "一"})
    assert first.id == third.id != second.id
    assert first.url == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "it must be a JSON object, not list"),
        ("null", "not NoneType"),
        ("{", "not JSON"),
        ('{"body": "文"} x', "not JSON"),
        ('{"body": NaN, "title": "x"}', "body must be text, not float"),
        ('{"title": "x", "a": Infinity}', "extra is not JSON"),
        ('{"title": "x", "a": ' + "9" * 5000 + "}", "not JSON"),
        ('{"title": "x", "a": ' + "[" * 100_000 + "}", "nested too deep"),
        ("{}", "it has no title or body; it has nothing"),
        ('{"title": "。", "body": ""}', "it has no text"),
        ('{"body": 5}', "body must be text, not int"),
        ('{"body": "x", "id": 1.5}', "id must be text, an integer or a UUID, not float"),
        ('{"body": "x", "tags": "一"}', "tags must be"),
        ('{"body": "x", "tags": 5}', "tags must be"),
        ('{"body": "x", "tags": [5]}', "tags must be"),
        ('{"body": "x", "extra": [5]}', "extra must be a mapping"),
        ('{"body": "x", "extra": [5], "more": 1}', "extra must be a mapping"),
        ('{"body": "x", "published": "昨天"}', "is not an ISO 8601 time"),
        (
            '{"body": "x", "published": true}',
            "published must be a datetime, a date or ISO 8601 text, not bool",
        ),
        (
            '{"body": "x", "published": 1.5}',
            "published must be a datetime, a date or ISO 8601 text, not float",
        ),
        (
            '{"body": "x", "published": 1e999}',
            "published must be a datetime, a date or ISO 8601 text, not float",
        ),
        ('{"body": "x", "published": 99999999999999999}', "outside the years 1 to 9999"),
        (b'{"body": "x\xff"}', "not UTF-8: invalid start byte at byte 12 of the line"),
    ],
)
def test_a_bad_line_is_a_failure_and_the_rest_is_read(entries, tmp_path, line, reason):
    before, failure, after = entries({"body": "前"}, "", line, "  \t", {"body": "后"})
    assert (before.body, after.body) == ("前", "后")
    assert isinstance(failure, ArticleError)
    assert failure.path == f"{tmp_path / '甲.jsonl'}:3"
    assert reason in failure.reason


def test_a_truncated_archive_gives_the_documents_before_the_end(tmp_path):
    lines = [
        json.dumps({"id": str(number), "body": f"第{number}号 {number * 7919 % 10007}"})
        for number in range(20_000)
    ]
    data = gzip.compress("\n".join(lines).encode())
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data[: len(data) // 2])
    *found, failure = read_file(path)
    documents = [each.document for each in found]
    assert 5000 < len(documents) < 15_000
    assert [document.id for document in documents] == [str(number) for number in range(len(documents))]
    assert failure.path == f"{path}:{len(documents) + 1}"
    assert "damaged" in failure.reason


@pytest.mark.parametrize(
    "data", [b"no gzip", b"\x1f\x8b", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff\xff"]
)
def test_a_damaged_archive_is_a_failure(tmp_path, data):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    (failure,) = read_file(path)
    assert failure.path == f"{path}:1"
    assert "damaged" in failure.reason


@pytest.mark.parametrize("lines", [[" "], ["", "\n", "\t"]])
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_without_a_line_of_text_the_file_is_a_failure(entries, tmp_path, lines, name):
    (failure,) = entries(*lines, name=name)
    assert (failure.path, failure.reason) == (str(tmp_path / name), "there is no line with text in it")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_lines_with_a_byte_order_mark(entries, encoding):
    text = '{"body": "一"}\r\n\n{"body": "二\\u4e09"}\n'
    assert [document.body for document in entries(text.encode(encoding))] == ["一", "二三"]


@pytest.mark.parametrize("encoding", ["gb2312", "big5", "utf-16-le", "utf-8"])
def test_json_lines_in_a_forced_encoding(entries, encoding):
    text = '{"body": "江水"}\n{"body": "山"}'
    assert [document.body for document in entries(text.encode(encoding), encoding=encoding)] == ["江水", "山"]
    (bad,) = entries('{"body": "江水'.encode() + b'\xff\xff"}', encoding="utf-8")
    assert bad.body == "江水\ufffd\ufffd"


def test_a_line_too_long_is_a_failure_and_the_rest_is_read(entries, monkeypatch):
    monkeypatch.setattr(json_lines, "LARGEST_RECORD", 50)
    first, second, third = entries({"body": "一"}, {"body": "长" * 100}, {"body": "二"})
    assert (first.body, third.body) == ("一", "二")
    assert (second.path[-2:], second.reason) == (":2", "the line is longer than 50 bytes")


def test_json_lines_are_read_as_a_stream(tmp_path):
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        for number in range(100_000):
            file.write(f'{{"id": "{number}", "body": "x"}}\n')
        file.write("bad")
    documents = iter(read_articles(path))
    assert next(documents).id == "0"
    with path.open("r+b") as file:
        file.truncate(file.seek(0, 2) // 2)  # what is behind has not been read yet
    assert 40_000 < sum(1 for _ in documents) < 60_000


def test_html_makes_the_body_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(
        '{"id": "a", "html": "<h2>茶</h2><p>水"}\n{"id": "b", "html": "<p>水", "text": "茶"}\n',
        encoding="utf-8",
    )
    first, second = read_articles(path)
    assert (first.body, first.markup[0].kind, first.extra) == ("茶\n水", "heading", {})
    assert (second.body, second.markup, second.extra) == ("茶", (), {"html": "<p>水"})
