"""CSV and TSV, as spreadsheets and programs write them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

import searchkit
from searchkit.articles import FileDocument, decoding, read_file, table
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document

Entries = Callable[..., list[Any]]
ROWS = [
    ["编号", "标题", "正文", "链接", "日期", "来源", "标签", "浏览"],
    [
        "7",
        "清宮的茶",
        '第一行\r\n第二行，"引用"',
        "https://a.example/7",
        "2024/7/31",
        "某报",
        "茶、历史",
        "12",
    ],
    ["8", "無題", "圖書館；只有文", "", "", "", "", ""],
]
EXPECTED = [
    Document(
        id="7",
        title="清宮的茶",
        body='第一行\n第二行，"引用"',
        url="https://a.example/7",
        published=datetime(2024, 7, 31),  # noqa: DTZ001  (the index has a zone)
        source="某报",
        tags=("茶", "历史"),
        extra={"浏览": "12"},
    ),
    Document(id="8", title="無題", body="圖書館；只有文"),
]


def entries_of(path: Path, **options: Any) -> list[Any]:
    return [
        found.document if isinstance(found, FileDocument) else (found.path[len(str(path)) :], found.reason)
        for found in read_file(path, ReadOptions(**options))
    ]


@pytest.fixture
def entries(tmp_path: Path) -> Entries:
    """Write a file and read it: documents, and places with what is wrong."""

    def read(content: str | bytes, name: str = "甲.csv", **options: Any) -> list[Any]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return entries_of(path, **options)

    return read


def written(rows: list[list[str]], **dialect: Any) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, **dialect).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5hkscs"])
@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("a.csv", {}),
        ("a.CSV", {"delimiter": ";"}),
        ("a.csv", {"delimiter": "\t", "lineterminator": "\r"}),
        ("a.csv", {"delimiter": "|", "lineterminator": "\n", "quoting": csv.QUOTE_ALL}),
        ("a.tsv", {"delimiter": "\t"}),
        ("a.tsv", {"dialect": "excel-tab"}),
    ],
)
def test_tables_are_read_as_programs_write_them(entries, encoding, name, dialect):
    rows = (
        ROWS
        if not encoding.startswith("big5")
        else [["title", *ROWS[0][2:]], *([r[1], *r[2:]] for r in ROWS[1:])]
    )
    if encoding.startswith("big5"):
        rows = [["title", "body", "link", "date"], *[[row[1], "圖書館的書目", *row[3:5]] for row in ROWS[1:]]]
        found = entries(written(rows, **dialect).encode(encoding), name)
        assert [document.title for document in found] == ["清宮的茶", "無題"]
        assert [document.body for document in found] == ["圖書館的書目"] * 2
    else:
        assert entries(written(ROWS, **dialect).encode(encoding), name) == EXPECTED


def test_excel_says_its_delimiter(entries):
    assert entries("sep=;\r\nTitle;Body\r\na,b;c\r\n") == [Document(title="a,b", body="c")]
    assert entries("\ufeffsep=,\ntitle,body\na,\n") == [Document(title="a")]


def test_places_are_rows_as_spreadsheets_count(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('title,body\n"a\nb",c\n\n,\nx,"d\n\ne"\n')
    assert [found.place for found in read_file(path)] == [f"{path}:2", f"{path}:5"]


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ("title,content,text", {"body": "2", "extra": {"text": "3"}}),
        ("title,html,text", {"body": "3", "extra": {"html": "2"}}),
        ("title,content_html,x", {"body": "2", "extra": {"x": "3"}}),
        ("title,text,body", {"body": "3", "extra": {"text": "2"}}),
        ("title,date,published", {"published": "3"}),
        (" TITLE ,Body,x y", {"body": "2", "extra": {"x y": "3"}}),
        ("title,body,", {"body": "2"}),
        ("title,body,markup", {"body": "2", "extra": {"markup": "3"}}),
    ],
)
def test_columns_are_known_by_their_names(entries, names, field):
    (found,) = entries(
        f"{names}\nA,2,3\n".replace("A,2,3", "A,1596153600000,1596153600001" if "date" in names else "A,2,3")
    )
    if "published" in field:
        assert found.published == datetime(2020, 7, 31, 0, 0, 0, 1000, tzinfo=timezone.utc)
        assert found.extra == {"date": "1596153600000"}
    else:
        assert found == Document(title="A", **field)


def test_columns_may_be_named(entries):
    content = "headline,content,x\nA,B,C\n"
    assert entries(content, fields={"x": "title", "Content": "body"}) == [
        Document(title="C", body="B", extra={"headline": "A"})
    ]
    with pytest.raises(ValueError, match="fields: 'x' cannot be 'titel'; the fields are title, body, "):
        searchkit.read_articles(".", fields={"x": "titel"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name,price\na,1\n", " no column is called title or body (标题, 正文); there are name, price; say"),
        ("a;b\n1;2\n", " no column is called title or body (标题, 正文); there are a, b; say"),
        ("title,body,TITLE\na,b,c\n", " two columns are called 'title'"),
        ("title,body\n", " there is no row below the names of its columns"),
        ("\n \n", " there is no text in it"),
        ("title,body\na\n", ":2 1 cells, where there are 2 columns"),
        ("title,body\na,b,c\n", ":2 3 cells, where there are 2 columns"),
        ('title,body\n"a"b,c\n', ":2 not CSV: ',' expected after '\"'"),
        ('title,body\na,"b\n', ":2 a quote of this row is never closed: nothing below it is read"),
        ('title,"body\n', " the names of its columns: unexpected end of data"),
        ("title,body,date\na,b,7/31/2024\n", ":2 published '7/31/2024' is no date like 2024-07-31 or"),
        ("title,body,date\na,b,1596153600\n", ":2 published 1596153600 is no date: a number is milliseconds"),
        ("title,body,date\na,b,99999999999999999\n", ":2 published 99999999999999999 is outside the years"),
        ("title,body\n，,。\n", ":2 it has no text"),
        ("title,tags\na,[1]\n", None),
        ('title,tags\na,"[1]"\n', ":2 tags must be texts, not 1"),
        ('title,extra\na,"[1]"\n', ":2 extra must be a JSON object, not list"),
        ("title,extra\na,{x\n", ":2 not JSON: "),
        (b"title,body\n\0\1\2", " a binary file: it has zero bytes in it"),
    ],
)  # fmt: skip
def test_damage_is_named_with_its_place(entries, content, expected):
    (found,) = entries(content)
    if expected is not None:
        assert " ".join(found).startswith(expected)


def test_rows_beside_damaged_ones_are_read(entries):
    found = entries('title,body\na,1\nb\n"c"c,3\nd,4,,\ne,"5\n6')
    assert [each.title if isinstance(each, Document) else each[0] for each in found] == [
        "a",
        ":3",
        ":4",
        "d",
        ":6",
    ]


def test_a_row_without_end_is_an_error_in_bounded_memory(entries, monkeypatch):
    monkeypatch.setattr(table, "LARGEST_RECORD", 10_000)
    for rest in ("x" * 50_000, '","'.join("\n" * 20_000)):
        first, second = entries(f'title,body\na,1\nb,"{rest}"\nc,3\n')
        assert first == Document(title="a", body="1")
        assert second == (":3", "the file is damaged from here on: the row is longer than 10,000 characters")


def test_the_encoding_is_told_by_what_comes_late(entries, monkeypatch):
    monkeypatch.setattr(decoding, "_BLOCK", 1000)
    ascii_rows = "".join(f"t{n},b\n" for n in range(500))
    for encoding in ("utf-8", "gb18030"):
        *_, last = entries(f"title,body\n{ascii_rows}清宫的茶,图书馆里的书\n".encode(encoding))
        assert (last.title, last.body) == ("清宫的茶", "图书馆里的书")


def test_declared_numbers_may_be_texts(tmp_path):
    (tmp_path / "shop.csv").write_text("title,price,brand,sold\n茶,12.5,2024,true\n酒,dear,甲,no\n", "utf-8")
    index = searchkit.create(":memory:", fields={"price": "number", "brand": "text", "sold": "boolean"})
    report = index.sync(tmp_path)
    assert index.search("", where={"price": "10..20", "brand": "2024", "sold": True}).total == 1
    assert [failure.reason for failure in report.failures] == ["extra['price'] must be a number, not 'dear'"]


def test_sync_follows_a_table(tmp_path):
    path = tmp_path / "posts.csv"
    index = searchkit.create(":memory:")
    path.write_text("id,title\n1,甲\n2,乙\n", encoding="utf-8")
    assert index.sync(tmp_path).added == 2
    path.write_text("id,title\n1,甲\n3,丙\n", encoding="utf-8")
    report = index.sync(tmp_path)
    assert (report.added, report.deleted, report.unchanged) == (1, 1, 1)
    path.write_text("id,title\n1\n4,丁\n", encoding="utf-8")
    report = index.sync(tmp_path)
    assert (report.added, report.deleted, len(report.failures), len(index)) == (1, 0, 1, 3)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12).map(str.strip)


@given(
    given_documents=st.lists(documents(), min_size=1, max_size=4),
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\r\n", "\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    more=CELLS,
)
def test_a_table_of_documents_is_read_back(
    tmp_path_factory, given_documents, delimiter, ending, encoding, more
):
    names = ["id", "title", "body", "url", "published", "source", "tags", "extra", "more"]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, names, delimiter=delimiter, lineterminator=ending, extrasaction="ignore")
    writer.writeheader()
    expected = []
    for document in given_documents:
        values = document.to_dict() | {"more": more}
        values["tags"] = json.dumps(document.tags)
        values["extra"] = json.dumps(dict(document.extra))
        writer.writerow(
            {
                name: cell.replace("\r\n", "\n") if isinstance(cell, str) else cell
                for name, cell in values.items()
            }
        )
        plain = Document.from_dict(
            {name: value for name, value in document.to_dict().items() if name != "markup"}
        )
        expected.append(plain.to_dict())
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(file.getvalue().encode(encoding))
    found = entries_of(path)
    for document, wanted in zip(found, expected, strict=True):
        assert isinstance(document, Document), document
        values = document.to_dict()
        if more:
            assert values["extra"].pop("more") == more
        assert {name: value for name, value in values.items() if value} == {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in wanted.items()
        }
