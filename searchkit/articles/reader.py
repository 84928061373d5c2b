"""A file or a folder -> a stream of Documents, and what became of every file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from searchkit.articles.decoding import check_encoding
from searchkit.articles.file_reader import NoArticleFileError, printable, read_file
from searchkit.articles.folder import Selection, files_of, is_index
from searchkit.articles.readers import ReadOptions, suffix_of
from searchkit.articles.records import check_fields
from searchkit.dates import UTC
from searchkit.document import Document
from searchkit.errors import ArticleError
from searchkit.text import path_text

_PLAIN = ReadOptions()
_ALL = Selection()


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
    ``files_read`` counts the files, and ``skipped`` those of kinds that nobody reads, and those without any
    article, by suffix. All of it is of the latest iteration, and complete when that is.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        options: ReadOptions = _PLAIN,
        selection: Selection = _ALL,
    ) -> None:
        self.path = Path(path_text(path))
        self.options = options
        self.selection = selection
        check_encoding(options.encoding)
        check_fields(options.fields)
        if not os.path.lexists(self.path):
            raise ArticleError(printable(self.path), "no such file or folder")
        if is_index(self.path):
            raise ArticleError(printable(self.path), "this is an index, not a folder of articles")
        self.start()

    def start(self) -> LatestDocuments:
        """Begin a new account: for `__iter__`, and for others that read the files themselves."""
        latest = LatestDocuments()
        self.failures: list[ArticleError] = []
        self.replaced = latest.replaced
        self.files_read = 0
        self.skipped: Counter[str] = Counter()
        return latest

    def __iter__(self) -> Iterator[Document]:
        latest = self.start()
        failures = self.failures
        for path in self.paths():
            for found in [path] if isinstance(path, ArticleError) else read_file(path, self.options):
                if isinstance(found, NoArticleFileError) and self.skip(found.path):
                    continue
                if isinstance(found, ArticleError):
                    failures.append(found)
                elif latest.accept(found.place, found.document.id, found.document.published):
                    yield found.document

    def paths(self) -> Iterator[str | ArticleError]:
        """The files in reading order, counted in ``files_read``."""
        for path in files_of(self.path, self.selection, self.skipped):
            self.files_read += 1
            yield path

    def skip(self, path: str) -> bool:
        """Count a file that holds no articles, and say that it is skipped: where nobody named it."""
        is_found = path != printable(self.path)
        if is_found:
            self.skipped[suffix_of(path)] += 1
        return is_found

    def __repr__(self) -> str:
        return f"Articles({printable(self.path)!r})"

    def count_files(self) -> int:
        """How many files an iteration will read, to show progress: ``files_read`` of so many."""
        return sum(1 for _ in files_of(self.path, self.selection, Counter()))


def read_articles(
    path: str | os.PathLike[str],
    encoding: str | None = None,
    *,
    query: str = "",
    fields: Mapping[str, str] | None = None,
    include: str | Iterable[str] = (),
    exclude: str | Iterable[str] = (),
) -> Articles:
    """The articles of a file, or of a folder with all folders in it.

    Read are ``.txt`` and ``.md`` (news archives, front matter, or plain), ``.html``, JSON Lines (``.jsonl``,
    ``.ndjson``, also with ``.gz``), ``.json``, ``.csv`` and ``.tsv``, SQLite (``.db``, ``.sqlite``,
    ``.sqlite3``), whose rows a ``query`` selects, PDF, Word (``.docx``), EPUB, mail (``.eml``, ``.mbox``) and
    dumps of MediaWiki (``.xml``, also with ``.bz2`` or ``.gz``). Other kinds are skipped in folders. The
    encoding is detected when none is given. ``fields`` says which columns and keys are fields of a Document:
    ``{"headline": "title"}``.

    ``include`` and ``exclude`` are patterns of ``.gitignore`` (``*.md``, ``drafts/``): files of a folder have
    to match one of the first, if there is any, and none of the second.

    Raises `ArticleError` when there is nothing at the path, or an index, and ValueError when there is no such
    encoding, field or pattern.
    """
    return Articles(path, ReadOptions(encoding, query, fields or {}), Selection(include, exclude))
