"""SQLite databases -> Documents: a row each that a query selects, by the names of its columns.

The database is only read, also while others write it. A row that is not right is an error with its number in
the answer.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shlex import quote

from searchkit.articles.decoding import superset
from searchkit.articles.readers import NoArticleError, Reader, ReadOptions
from searchkit.articles.records import Columns, fields_of
from searchkit.document import Document
from searchkit.errors import DocumentError

_WAIT = 5.0  # seconds for a lock
_MAGIC = b"SQLite format 3\0"
_MOST_SHOWN = 20  # tables, in a message
_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
)


def _read(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    with open(path, "rb") as file:  # noqa: PTH123
        head = file.read(100)
    if not head.startswith(_MAGIC):
        raise NoArticleError("no SQLite database, or an encrypted one")
    number = 0
    try:
        with closing(_opened(path, head)) as database:
            encoding = superset(options.encoding or "utf-8")
            database.text_factory = lambda text: text.decode(encoding, "replace")
            if not options.query.strip():
                raise _what_to_ask(database)
            rows = database.execute(options.query)
            if rows.description is None:
                raise DocumentError("the query is no SELECT: it gives no rows")
            columns = Columns([column[0] for column in rows.description], options.fields)
            for number, row in enumerate(rows, 1):
                yield str(number), columns.document(row)
            if not number:
                yield "", "the query selects no row"
    except (sqlite3.Error, sqlite3.Warning) as error:
        yield str(number + 1) if number else "", _reason(error, path)


def _opened(path: str, head: bytes) -> sqlite3.Connection:
    # Nobody has the database open, though it is one with a write-ahead log: reading it as usual would leave
    # files beside it, or fail in a folder that cannot be written.
    is_at_rest = head[18:20] == b"\2\2" and not os.path.exists(f"{path}-wal")  # noqa: PTH110
    address = Path(path).absolute().as_uri() + "?mode=ro" + ("&immutable=1" if is_at_rest else "")
    database = sqlite3.connect(address, uri=True, timeout=_WAIT, check_same_thread=False)
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA trusted_schema = OFF")  # what the file itself says is not run with side effects
    database.set_authorizer(_allowed)
    return database


def _allowed(action: int, *_: str | None) -> int:
    # Neither `query_only` nor a read-only file keeps these from making another one.
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _what_to_ask(database: sqlite3.Connection) -> DocumentError:
    """What is in the database, and a query to begin with: that of the table with the most known columns.

    A database without titles and bodies is that of a program.
    """
    tables = [name for (name,) in database.execute(_TABLES)]
    if not tables:
        return NoArticleError("a database without tables")
    found = {table: _columns_of(database, table) for table in tables[:_MOST_SHOWN]}
    table = max(found, key=lambda name: len(found[name]))
    has_text = not {"title", "body", "html"}.isdisjoint(found[table].values())
    wanted = ", ".join(map(_quoted, found[table])) if has_text else "… AS title, … AS body"
    example = f"SELECT {wanted} FROM {_quoted(table)}"
    shown = ", ".join(found) + (", …" if len(tables) > len(found) else "")
    has_articles = any({"title", "body"} <= {*fields.values()} for fields in found.values())
    return (DocumentError if has_articles else NoArticleError)(
        f"a database needs a query for its articles, such as --query {quote(example)}; its tables: {shown}"
    )


def _columns_of(database: sqlite3.Connection, table: str) -> dict[str, str]:
    """The columns that are fields of a Document, and which ones."""
    names = [column for _, column, *_ in database.execute(f"PRAGMA table_info({_quoted(table)})")]
    return {names[index]: field for index, field in fields_of(names, {}).items()}


def _quoted(name: str) -> str:
    return name if name.isidentifier() else '"' + name.replace('"', '""') + '"'


def _reason(error: Exception, path: str) -> str:
    text = str(error)
    if "locked" in text:
        return f"the database is locked: another program has been writing it for more than {_WAIT:g} seconds"
    if "authoriz" in text:
        return "the query may only read this database"
    if any(os.path.exists(f"{path}{end}") for end in ("-journal", "-wal")):  # noqa: PTH110
        return f"SQLite: {text} (if a program was interrupted that wrote it, open it with that program once)"
    return f"SQLite: {text}"


SQLITE = Reader((".db", ".sqlite", ".sqlite3"), _read, whole=False, beside=("-wal",))
