"""A blog in SQLite, and its index: what fastapi_site.py and flask_site.py share.

    python examples/blog.py        # indexes all posts anew

BLOG and SEARCHKIT_INDEX name another database and another index than indexes/blog.sqlite3 and indexes/blog.
A blog without posts begins with the sample articles of searchkit.
"""

import logging
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sample_posts import sample_posts

import searchkit

log = logging.getLogger("blog")
TIME_ZONE = "Asia/Shanghai"
DATABASE = os.environ.get("BLOG", "indexes/blog.sqlite3")

# Once for the process: any number of threads may use it, and each search sees the latest commit.
index = searchkit.create(os.environ.get("SEARCHKIT_INDEX", "indexes/blog"), exist_ok=True, timezone=TIME_ZONE)


def connect() -> sqlite3.Connection:
    database = sqlite3.connect(DATABASE)
    database.row_factory = sqlite3.Row
    return database


def document(post: sqlite3.Row) -> dict[str, Any]:
    """A post as it is indexed: its id is the number of the row, its time is one of the index's zone."""
    return {name: post[name] for name in ("id", "title", "html", "published")}


def follow(id: int) -> None:
    """Bring the index in step with the database, for one post, in one commit."""
    with closing(connect()) as database, index.writer() as writer:
        writer.delete(id)
        writer.add_all(map(document, database.execute("SELECT * FROM post WHERE id = ?", (id,))))
    for failure in writer.report.failures:
        log.warning("post %s is not indexed: %s", failure.what, failure.reason)


def save(title: str, html: str, id: int | None = None) -> int:
    """Write a new post, or another version of one, and then index it."""
    now = datetime.now(ZoneInfo(TIME_ZONE)).replace(tzinfo=None)  # a server's clock may be in UTC
    with closing(connect()) as database, database:
        (id,) = database.execute(
            "INSERT INTO post (id, title, html, published) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET title = excluded.title, html = excluded.html RETURNING id",
            (id, title, html, now.isoformat(" ", "seconds")),
        ).fetchone()
    assert id is not None
    follow(id)
    return id


def remove(id: int) -> None:
    """Delete a post, and then take it out of the index."""
    with closing(connect()) as database, database:
        database.execute("DELETE FROM post WHERE id = ?", (id,))
    follow(id)


def reindex() -> searchkit.Report:
    """Index all posts anew, in one commit: until then searches see the index as it was."""
    with closing(connect()) as database, index.writer() as writer:
        writer.clear()
        writer.add_all(map(document, database.execute("SELECT * FROM post")))
    return writer.report


def start() -> None:
    """Make the table and its first posts where there are none, and index them where that was not done yet."""
    with closing(connect()) as database, database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS post (id INTEGER PRIMARY KEY, title TEXT, html TEXT, published TEXT)"
        )
        if not database.execute("SELECT 1 FROM post").fetchone():
            rows = [(post.title, post.html, post.published.isoformat(" ")) for post in sample_posts()]
            database.executemany("INSERT INTO post (title, html, published) VALUES (?, ?, ?)", rows)
    if not len(index):
        reindex()


start()

if __name__ == "__main__":
    print(reindex())
