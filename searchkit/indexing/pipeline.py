"""The indexing pipeline: documents and files -> index documents and failures, by the process pool if many."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from searchkit.articles.file_reader import FileDocument, NoArticleFileError, has_many_documents, read_file
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document
from searchkit.engine.base import IndexDocument
from searchkit.errors import ArticleError, DocumentError
from searchkit.indexing.document_builder import DocumentBuilder
from searchkit.indexing.process_pool import results
from searchkit.reports import Failure
from searchkit.settings import Settings


class Outcome(NamedTuple):
    """The result for one document of a file."""

    place: str
    """The file, or ``FILE:PLACE``."""
    result: IndexDocument | Failure
    id: str = ""
    """Empty where no document could be read."""
    published: datetime | None = None
    has_no_article: bool = False
    """Whether the file is no failure where it was found in a folder."""


def build(document: Document, builder: DocumentBuilder) -> IndexDocument | Failure:
    """The document as an engine takes it, or why it cannot be indexed."""
    try:
        return builder.build(document)
    except DocumentError as error:
        return Failure(error.id or "", error.reason)


def build_all(
    documents: Iterable[Document | Mapping[str, Any]], settings: Settings, workers: int | None
) -> Generator[IndexDocument | Failure, None, None]:
    """What `build` returns for each document, in order. For ``workers`` see `results`."""
    return results(map(_document_work, documents), settings, workers)


def index_files(
    paths: Iterable[str | ArticleError], options: ReadOptions, settings: Settings, workers: int | None
) -> Generator[Outcome, None, None]:
    """The outcomes for all documents of the files, in reading order. For ``workers`` see `results`."""
    work = chain.from_iterable(map(partial(file_work, options=options), paths))
    with closing(results(work, settings, workers)) as outcomes:
        for some in outcomes:
            yield from some


def file_work(
    path: str | ArticleError, options: ReadOptions
) -> Iterator[partial[list[Outcome]] | list[Outcome]]:
    """The work to do for a file, as `results` takes it: one call that reads it and builds its documents.

    A file with many documents may be too long to read at once: each document is a call.
    """
    if isinstance(path, str) and not has_many_documents(path):
        yield partial(_index_file, path, options)
    else:
        for found in [path] if isinstance(path, ArticleError) else read_file(path, options):
            if isinstance(found, ArticleError):
                yield [_unreadable(found)]
            else:
                yield partial(_index_documents, [found])


def _document_work(given: Document | Mapping[str, Any]) -> partial[IndexDocument | Failure] | Failure:
    # A mapping becomes a Document here, as it may hold what cannot be sent to another process.
    try:
        return partial(build, given if isinstance(given, Document) else Document.from_dict(given))
    except DocumentError as error:
        return Failure(error.id or "", error.reason)


def _index_file(path: str, options: ReadOptions, builder: DocumentBuilder) -> list[Outcome]:
    return _index_documents(read_file(path, options), builder)


def _index_documents(read: Iterable[FileDocument | ArticleError], builder: DocumentBuilder) -> list[Outcome]:
    return [
        _unreadable(found) if isinstance(found, ArticleError) else _outcome(found, builder) for found in read
    ]


def _outcome(found: FileDocument, builder: DocumentBuilder) -> Outcome:
    try:
        document = found.document.in_zone(builder.zone)
    except DocumentError as error:
        return Outcome(found.place, Failure(error.id or "", error.reason), found.document.id)
    return Outcome(found.place, build(document, builder), document.id, document.published)


def _unreadable(error: ArticleError) -> Outcome:
    failure = Failure(error.path, error.reason)
    return Outcome(error.path, failure, has_no_article=isinstance(error, NoArticleFileError))
