"""SQLite databases: what a query selects, while others write, and what is wrong with a file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit.articles import FileDocument, read_file, sqlite
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document

QUERY = "SELECT id, headline AS title, content, created FROM posts ORDER BY id"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """The database of a blog."""
    path = tmp_path / "blog" / "站点 1?.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, photo BLOB)")
        database.execute(
            "CREATE TABLE posts "
            '(id INTEGER PRIMARY KEY, headline TEXT, content TEXT, created TEXT, "阅读 数" INT)'
        )
        database.execute("INSERT INTO users VALUES (1, '甲', x'ff00')")
        database.executemany(
            "INSERT INTO posts VALUES (?, ?, ?, ?, ?)",
            [(1, "茶", "第一篇", "2024-07-31 08:05:00", 3), (2, None, "第二篇", None, None)],
        )
    return path


def entries(path: Path, query: str = QUERY, **options: Any) -> list[Any]:
    """Documents, and places with what is wrong."""
    return [
        found.document if isinstance(found, FileDocument) else (found.path[len(str(path)) :], found.reason)
        for found in read_file(path, ReadOptions(query=query, **options))
    ]


def test_rows_become_documents(blog: Path) -> None:
    first, second = entries(blog, "SELECT *, created AS published FROM posts")
    assert first.to_dict() == {
        "id": "1", "title": "茶", "body": "第一篇", "published": "2024-07-31T08:05:00",
        "extra": {"created": "2024-07-31 08:05:00", "阅读 数": 3},
    }  # fmt: skip
    assert second == Document(id="2", body="第二篇")
    places = [found.place for found in read_file(blog, ReadOptions(query=QUERY))]
    assert places == [f"{blog}:1", f"{blog}:2"]


def test_columns_may_be_named(blog: Path) -> None:
    (first, _) = entries(blog, "SELECT * FROM posts", fields={"content": "title", "headline": "source"})
    assert (first.title, first.source, first.body) == ("第一篇", "茶", "")


def test_without_a_query_the_tables_and_an_example_are_shown(blog: Path) -> None:
    ((place, reason),) = entries(blog, " ")
    assert place == ""
    example = "SELECT id, headline, content FROM posts"
    assert reason == (
        f"a database needs a query for its articles, such as --query '{example}'; its tables: users, posts"
    )
    assert len(entries(blog, example)) == 2, "the example works"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT nix FROM posts", "SQLite: no such column: nix"),
        ("SELECT title FROM articles", "SQLite: no such table: articles"),
        ("SELEC title", 'SQLite: near "SELEC": syntax error'),
        ("SELECT id FROM posts", "no column is called title or body (标题, 正文); there are id; say"),
        ("SELECT headline, headline FROM posts", "two columns are called 'headline'"),
        ("SELECT content FROM posts WHERE 0", "the query selects no row"),
        ("SELECT 'a' AS title; SELECT 2", "SQLite: You can only execute one statement at a time"),
        ("DELETE FROM posts", "SQLite: attempt to write a readonly database"),
        ("", "a database needs a query"),
        ("BEGIN", "the query is no SELECT: it gives no rows"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(blog: Path, query: str, reason: str) -> None:
    before = blog.read_bytes()
    ((place, found),) = entries(blog, query)
    assert place == ""
    assert found.startswith(reason) or reason in found
    assert blog.read_bytes() == before


@pytest.mark.parametrize("query", ["ATTACH 'new.db' AS other", "VACUUM INTO 'new.db'"])
def test_no_query_makes_a_file(
    blog: Path, query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert entries(blog, query) == [("", "the query may only read this database")]
    assert [path.name for path in tmp_path.iterdir()] == ["blog"]


def test_rows_that_are_not_right_are_failures_and_the_rest_is_read(blog: Path) -> None:
    query = (
        "VALUES (1, '甲', 2), (x'ff', '乙', 2), (3, '，', 2), (4, '丁', x'00'), "
        "(5, CAST(x'ff' AS TEXT) || '戊', 2)"
    )
    found = entries(blog, f"SELECT column1 AS id, column2 AS body, column3 AS more FROM ({query})")
    assert [each.body if isinstance(each, Document) else each[0] for each in found] == [
        "甲", ":2", ":3", ":4", "\ufffd戊",
    ]  # fmt: skip
    assert found[1][1] == "id is 1 bytes that are no text"
    assert "bytes" in found[3][1]


def test_text_in_another_encoding_is_read_when_it_is_named(blog: Path) -> None:
    query = f"SELECT CAST(x'{'图书馆'.encode('gbk').hex()}' AS TEXT) AS body"
    assert entries(blog, query, encoding="gbk") == [Document(body="图书馆")]


def test_an_error_in_the_middle_is_named_with_its_row(blog: Path) -> None:
    least = "-9223372036854775807 - 1"
    rows = f"VALUES (1), (2), (3), ({least}), (5)"
    *found, last = entries(blog, f"SELECT abs(column1) AS id, '甲' AS body FROM ({rows})")
    assert [document.id for document in found] == ["1", "2", "3"][: len(found)]
    assert len(found) >= 2, "some versions of Python look one row ahead"
    assert last == (f":{len(found) + 1}", "SQLite: integer overflow")


class TestWriteAheadLog:
    @pytest.fixture
    def writer(self, blog: Path) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(blog)) as database:
            assert database.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
            yield database

    def test_what_is_in_the_log_is_read_and_synced(self, blog: Path, writer: sqlite3.Connection) -> None:
        index = searchkit.create(":memory:")
        assert index.sync(blog.parent, query=QUERY).added == 2
        size = blog.stat().st_size, blog.stat().st_mtime_ns
        with writer:
            writer.execute("INSERT INTO posts (headline) VALUES ('在日志里')")
        assert (blog.stat().st_size, blog.stat().st_mtime_ns) == size, "the file is as it was"
        assert index.sync(blog.parent, query=QUERY).added == 1
        assert index.sync(blog.parent, query=QUERY).unchanged == 3
        with writer:
            writer.execute("DELETE FROM posts WHERE id = 1")
        assert index.sync(blog.parent, query=QUERY).deleted == 1

    def test_reading_leaves_nothing_behind(self, blog: Path, writer: sqlite3.Connection) -> None:
        writer.close()
        assert len(entries(blog)) == 2
        assert [*blog.parent.iterdir()] == [blog]

    def test_what_others_have_not_committed_is_not_read(self, blog: Path, writer: sqlite3.Connection) -> None:
        writer.execute("INSERT INTO posts (headline) VALUES ('未提交')")
        assert len(entries(blog)) == 2
        writer.rollback()


def test_a_locked_database_is_a_failure_that_says_so(blog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_WAIT", 0.01)
    with closing(sqlite3.connect(blog)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert entries(blog) == [
            ("", "the database is locked: another program has been writing it for more than 0.01 seconds")
        ]
    assert len(entries(blog)) == 2


def test_an_interrupted_transaction_is_a_failure_that_says_so(blog: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(blog)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute("WITH n(i) AS (VALUES (3) UNION ALL SELECT i + 1 FROM n LIMIT 3000) "
                       "INSERT INTO posts SELECT i, 'x', hex(randomblob(200)), '', 0 FROM n")  # fmt: skip
        for end in ("", "-journal"):  # as they are when the computer stops now
            (tmp_path / f"a.db{end}").write_bytes(Path(f"{blog}{end}").read_bytes())
    ((_, reason),) = entries(tmp_path / "a.db")
    assert "if a program was interrupted that wrote it, open it with that program once" in reason
    sqlite3.connect(tmp_path / "a.db").execute(QUERY).connection.close()
    assert len(entries(tmp_path / "a.db")) == 2


def test_damaged_and_encrypted_files_are_failures(blog: Path) -> None:
    content = blog.read_bytes()
    blog.write_bytes(os.urandom(4096))
    assert entries(blog) == [("", "no SQLite database, or an encrypted one")]
    blog.write_bytes(content[:100] + os.urandom(4000))
    ((_, reason),) = entries(blog)
    assert reason.startswith("SQLite: ")
    blog.write_bytes(content[: len(content) // 2])
    assert any(isinstance(each, tuple) for each in entries(blog))
    blog.write_bytes(content[:100])
    ((_, reason),) = entries(blog)
    assert reason.startswith("SQLite: ")


def test_a_database_without_tables(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite3")) as database:
        database.execute("PRAGMA user_version = 3")
    assert entries(tmp_path / "a.sqlite3", "") == [("", "a database without tables")]


def test_another_query_reads_the_database_again(blog: Path) -> None:
    index = searchkit.create(":memory:")
    assert len(index.sync(blog.parent).failures) == 1
    assert index.sync(blog.parent, query=QUERY).added == 2
    report = index.sync(blog.parent, query="SELECT id, content FROM posts WHERE id = 1")
    assert (report.updated, report.deleted, len(index)) == (1, 1, 1)
    assert index.sync(blog.parent, query="SELECT id, content FROM posts WHERE id = 1").unchanged == 1


def test_a_new_table_takes_any_name(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('CREATE TABLE "my ""posts""" ("标题" TEXT, "正 文" TEXT)')
        database.execute('INSERT INTO "my ""posts""" VALUES (\'甲\', \'乙\')')
    ((_, reason),) = entries(path, "")
    query = 'SELECT 标题 FROM "my ""posts"""'
    assert reason.endswith(f"such as --query '{query}'; its tables: my \"posts\"")
    assert entries(path, query) == [Document(title="甲")]
