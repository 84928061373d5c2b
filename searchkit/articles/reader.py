"""A file or a folder -> a stream of Documents, with an account of every file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from searchkit.articles.decoding import check_encoding
from searchkit.articles.folder import files_of
from searchkit.articles.one_file import printable, read_entries
from searchkit.document import Document
from searchkit.errors import ArticleError

__all__ = ["Articles", "Replaced", "read_articles"]


@dataclass(frozen=True)
class Replaced:
    """A file (``file:LINE`` in JSON Lines) whose document another one replaces, as the later one."""

    path: str
    by: str


class Articles:
    """The documents of a file or a folder; each iteration reads it anew.

    An id that comes again with a later date is yielded again, for the index to
    replace the document; with an earlier one it is not. Without a date on both
    sides the later in reading order counts. What was not yielded, or was and then
    replaced, is in ``replaced``; what could not be read in ``failures``. Both are
    of the latest iteration, and complete when it is.
    """

    def __init__(self, path: str | os.PathLike[str], *, encoding: str | None = None) -> None:
        self.path = Path(path)
        self.encoding = encoding
        self.failures: list[ArticleError] = []
        self.replaced: list[Replaced] = []
        self.files_read = 0
        check_encoding(encoding)
        if not os.path.lexists(self.path):
            raise ArticleError(printable(self.path), "no such file or folder")

    def __iter__(self) -> Iterator[Document]:
        self.failures = failures = []
        self.replaced = replaced = []
        self.files_read = 0
        latest: dict[str, tuple[datetime | None, str]] = {}  # of each id, its date and its place
        for place, entry in self._entries():
            if isinstance(entry, ArticleError):
                failures.append(entry)
                continue
            published, earlier = latest.get(entry.id, (None, ""))
            if published and entry.published and entry.published < published:
                replaced.append(Replaced(place, by=earlier))
                continue
            if earlier:
                replaced.append(Replaced(earlier, by=place))
            latest[entry.id] = entry.published, place
            yield entry

    def __repr__(self) -> str:
        return f"Articles({printable(self.path)!r})"

    def count_files(self) -> int:
        """How many files an iteration will read, for whoever shows its progress: ``files_read`` of them."""
        return sum(1 for _ in files_of(self.path))

    def _entries(self) -> Iterator[tuple[str, Document | ArticleError]]:
        for path in files_of(self.path):
            self.files_read += 1
            if isinstance(path, ArticleError):
                yield path.path, path
            else:
                yield from read_entries(path, self.encoding)


def read_articles(path: str | os.PathLike[str], encoding: str | None = None) -> Articles:
    """The articles of a file or of a folder with all folders in it.

    Known are ``.txt`` and ``.md`` (in the article format, with front matter, or
    plain), ``.html`` and JSON Lines (``.jsonl``, ``.ndjson``, also with ``.gz``).
    The encoding is found out, unless it is given.

    Raises `ArticleError` when there is nothing at the path, and ValueError when
    there is no such encoding.
    """
    return Articles(path, encoding=encoding)
