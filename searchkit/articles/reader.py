"""A file or a folder -> a stream of Documents, and what became of every file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from searchkit.articles.decoding import check_encoding
from searchkit.articles.file_reader import printable, read_file
from searchkit.dates import UTC
from searchkit.document import Document
from searchkit.errors import ArticleError
from searchkit.text import path_text


class UnreadableFolderError(ArticleError):
    """A folder cannot be listed. Its files may well be there."""


@dataclass(frozen=True)
class Replaced:
    """A file (``FILE:LINE`` in JSON Lines) whose document is replaced by a later one with the same id."""

    path: str
    by: str


class LatestDocuments:
    """Decides which of the documents with one id counts, and keeps account of the others in ``replaced``.

    The one with the later date counts. When one of them has no date, it is the one that is read later.
    """

    def __init__(self) -> None:
        self.replaced: list[Replaced] = []
        self._latest: dict[str, tuple[datetime | None, str]] = {}  # of each id, its date and its place

    def accept(self, place: str, id: str, published: datetime | None) -> bool:
        """Whether the document counts so far. Documents are given in reading order."""
        if id in self._latest:
            latest, earlier = self._latest[id]
            if latest and published and _aware(published) < _aware(latest):
                self.replaced.append(Replaced(place, by=earlier))
                return False
            self.replaced.append(Replaced(earlier, by=place))
        self._latest[id] = published, place
        return True


def _aware(at: datetime) -> datetime:
    """Of two times with and without a zone one may be the later; an index gives them one before."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Articles:
    """The documents of a file or a folder. Each iteration reads it anew.

    When an id comes again with a later date, its document is yielded again, so that the index replaces it;
    with an earlier date it is skipped. Without a date on both sides the one that is read later counts.
    Documents that were skipped or replaced are in ``replaced``, what could not be read is in ``failures``,
    and ``files_read`` counts the files. All three are of the latest iteration, and complete when it is.
    """

    def __init__(self, path: str | os.PathLike[str], *, encoding: str | None = None) -> None:
        self.path = Path(path_text(path))
        self.encoding = encoding
        check_encoding(encoding)
        if not os.path.lexists(self.path):
            raise ArticleError(printable(self.path), "no such file or folder")
        self.start()

    def start(self) -> LatestDocuments:
        """Begin a new account: for `__iter__`, and for others that read the files themselves."""
        latest = LatestDocuments()
        self.failures: list[ArticleError] = []
        self.replaced = latest.replaced
        self.files_read = 0
        return latest

    def __iter__(self) -> Iterator[Document]:
        latest = self.start()
        failures = self.failures
        for path in self.paths():
            for found in [path] if isinstance(path, ArticleError) else read_file(path, self.encoding):
                if isinstance(found, ArticleError):
                    failures.append(found)
                elif latest.accept(found.place, found.document.id, found.document.published):
                    yield found.document

    def paths(self) -> Iterator[str | ArticleError]:
        """The files in reading order, counted in ``files_read``."""
        for path in files_of(self.path):
            self.files_read += 1
            yield path

    def __repr__(self) -> str:
        return f"Articles({printable(self.path)!r})"

    def count_files(self) -> int:
        """How many files an iteration will read, to show progress: ``files_read`` of so many."""
        return sum(1 for _ in files_of(self.path))


def read_articles(path: str | os.PathLike[str], encoding: str | None = None) -> Articles:
    """The articles of a file, or of a folder with all folders in it.

    Read are ``.txt`` and ``.md`` (news archives, front matter, or plain), ``.html`` and JSON Lines
    (``.jsonl``, ``.ndjson``, also with ``.gz``). The encoding is detected when none is given.

    Raises `ArticleError` when there is nothing at the path, and ValueError when there is no such encoding.
    """
    return Articles(path, encoding=encoding)


def files_of(root: str | os.PathLike[str]) -> Iterator[str | ArticleError]:
    """The path of each file, sorted by name within its folder; an error for a folder that cannot be read.

    Names with a leading dot are skipped, except for the root itself. A folder that several links lead to is
    read once.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [(os.fspath(root), os.path.isdir(root))]  # noqa: PTH112  a stack: a deep tree is no deep recursion
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            status = os.stat(path)  # noqa: PTH116  (pathlib makes ten calls for each file)
            if (status.st_dev, status.st_ino) in seen:
                yield ArticleError(printable(path), "a link to a folder that has been read already")
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(path) as entries:
                inside = sorted(
                    ((each.name, _is_folder(each)) for each in entries if each.name[0] != "."), reverse=True
                )
        except OSError as error:
            yield UnreadableFolderError(printable(path), f"cannot be read: {error.strerror or error}")
        else:
            before = "" if path == os.curdir else os.path.join(path, "")  # noqa: PTH118
            waiting += [(before + name, is_folder) for name, is_folder in inside]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, for instance: reading it says what is wrong
        return False
