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

__all__ = ["Articles", "Reading", "Replaced", "read_articles"]


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
        reading = Reading(self)
        for path in reading.files():
            entries = (
                [(path.path, path)] if isinstance(path, ArticleError) else read_entries(path, self.encoding)
            )
            for place, entry in entries:
                if isinstance(entry, ArticleError):
                    reading.failed(entry)
                elif reading.takes(place, entry.id, entry.published):
                    yield entry

    def __repr__(self) -> str:
        return f"Articles({printable(self.path)!r})"

    def count_files(self) -> int:
        """How many files an iteration will read, for whoever shows its progress: ``files_read`` of them."""
        return sum(1 for _ in files_of(self.path))


class Reading:
    """One iteration over `Articles`, and the account of it, for whoever reads the files."""

    def __init__(self, articles: Articles) -> None:
        self._articles = articles
        self._failures: list[ArticleError] = []
        self._replaced: list[Replaced] = []
        self._latest: dict[str, tuple[datetime | None, str]] = {}  # of each id, its date and its place
        articles.failures, articles.replaced, articles.files_read = self._failures, self._replaced, 0

    def files(self) -> Iterator[Path | ArticleError]:
        """The files in reading order, see `files_of`."""
        for path in files_of(self._articles.path):
            self._articles.files_read += 1
            yield path

    def failed(self, error: ArticleError) -> None:
        """Note what cannot be read."""
        self._failures.append(error)

    def takes(self, place: str, id: str, published: datetime | None) -> bool:
        """Is the document at this place wanted, as of now? Documents are told of in reading order."""
        latest, earlier = self._latest.get(id, (None, ""))
        if latest and published and published < latest:
            self._replaced.append(Replaced(place, by=earlier))
            return False
        if earlier:
            self._replaced.append(Replaced(earlier, by=place))
        self._latest[id] = published, place
        return True


def read_articles(path: str | os.PathLike[str], encoding: str | None = None) -> Articles:
    """The articles of a file or of a folder with all folders in it.

    Known are ``.txt`` and ``.md`` (in the article format, with front matter, or
    plain), ``.html`` and JSON Lines (``.jsonl``, ``.ndjson``, also with ``.gz``).
    The encoding is found out, unless it is given.

    Raises `ArticleError` when there is nothing at the path, and ValueError when
    there is no such encoding.
    """
    return Articles(path, encoding=encoding)
