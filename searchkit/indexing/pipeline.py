"""making: documents and files -> entries, or why there is none, by several processes where there are many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from searchkit.articles import Articles
from searchkit.articles.file_reader import FileDocument, is_read_line_by_line, read_file
from searchkit.articles.reader import files_of
from searchkit.document import Document
from searchkit.engine.base import IndexDocument
from searchkit.errors import ArticleError, DocumentError
from searchkit.indexing.document_builder import build_index_document
from searchkit.indexing.process_pool import Task, results
from searchkit.reports import Failure
from searchkit.settings import Settings

__all__ = ["FileRead", "Made", "Read", "made", "made_entries", "reading_tasks"]

Made = IndexDocument | Failure
"""What came of a document."""

About = TypeVar("About")


@dataclass(frozen=True)
class Read(Generic[About]):
    """A document of a file, as far as it matters once its entry is made."""

    place: str
    id: str
    about: About
    """What whoever has it read wants to know of it."""
    made: Made


FileRead: TypeAlias = "list[Read[About] | ArticleError]"
"""What came of a file, or of one line of it."""


def made(document: Document | Mapping[str, Any], settings: Settings) -> Made:
    """The entry of a document, or why there is none."""
    return _Given.of(document).run(settings)


def made_entries(
    documents: Iterable[Document | Mapping[str, Any]], settings: Settings, workers: int | None
) -> Iterator[Made]:
    """The entries of the documents, or why there is none, in their order.

    With ``workers`` processes, see `results`. They read the files of `Articles` as well.
    """
    if not isinstance(documents, Articles):
        yield from results(map(_Given.of, documents), settings, workers)
        return
    latest = documents.start()
    for file_read in results(_tasks(documents), settings, workers):
        for read in file_read:
            if isinstance(read, ArticleError):
                documents.failures.append(read)
            elif latest.accept(read.place, read.id, read.about):
                yield read.made


def reading_tasks(
    path: str, encoding: str | None, about: Callable[[Document], About]
) -> Iterator[Task[FileRead[About]]]:
    """What there is to do to read a file and make entries of it; ``about`` is a function of a module.

    One task, unless the file has a document on each line: such a file may be longer than is good to read
    at once.
    """
    if is_read_line_by_line(path):
        for found in read_file(path, encoding):
            yield _OneLine(found, about)
    else:
        yield _OneFile(path, encoding, about)


def _tasks(articles: Articles) -> Iterator[Task[FileRead[datetime | None]]]:
    for path in files_of(articles.path):
        articles.files_read += 1
        if isinstance(path, ArticleError):
            yield _OneLine(path, _published)
        else:
            yield from reading_tasks(path, articles.encoding, _published)


def _published(document: Document) -> datetime | None:
    return document.published


@dataclass(frozen=True)
class _Given:
    """Make the entry of a document that a program hands over."""

    document: Document | Failure

    @classmethod
    def of(cls, document: Document | Mapping[str, Any]) -> _Given:
        """A mapping becomes a document here: it may hold what no other process takes."""
        try:
            return cls(document if isinstance(document, Document) else Document.from_dict(document))
        except DocumentError as error:
            return cls(Failure(error.id or "", error.reason))

    def run(self, settings: Settings) -> Made:
        if isinstance(self.document, Failure):
            return self.document
        try:
            return build_index_document(self.document, settings)
        except DocumentError as error:
            return Failure(error.id or "", error.reason)


@dataclass(frozen=True)
class _OneFile(Generic[About]):
    """Read a file, and make the entries of what is in it."""

    path: str
    encoding: str | None
    about: Callable[[Document], About]

    def run(self, settings: Settings) -> FileRead[About]:
        found = read_file(self.path, self.encoding)
        return [_read(each, self.about, settings) for each in found]


@dataclass(frozen=True)
class _OneLine(Generic[About]):
    """Make the entry of one document of a file."""

    found: FileDocument | ArticleError
    about: Callable[[Document], About]

    def run(self, settings: Settings) -> FileRead[About]:
        return [_read(self.found, self.about, settings)]


def _read(
    found: FileDocument | ArticleError, about: Callable[[Document], About], settings: Settings
) -> Read[About] | ArticleError:
    if isinstance(found, ArticleError):
        return found
    document = found.document
    return Read(found.place, document.id, about(document), made(document, settings))
