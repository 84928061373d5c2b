"""Every exception that searchkit raises, as one tree.

    SearchkitError
    ├── IndexNotFoundError       nothing, or no index, at this location
    ├── IndexExistsError         create() where there is an index already
    ├── IndexLockedError         another writer holds the index
    ├── IndexCorruptError        the files of the index are damaged
    ├── IndexIncompatibleError   written by another format, or needs rebuild()
    ├── IndexReplacedError       another index stands where the open one was
    ├── QuerySyntaxError         a query that is not well-formed
    │   └── QueryTooExpensiveError   a query that would take too long
    ├── DocumentError            a document that cannot be indexed
    ├── ArticleError             a file that cannot be read as articles
    ├── CursorExpiredError       the state of the index that a cursor goes on in is gone
    └── EngineUnavailableError   the engine's library or server is not there

    SearchkitWarning
    └── AnalyzerChangedWarning   the index was analysed by another version of the analyzer

Wrong arguments (a negative ``limit``, an unknown ``sort``) are ``ValueError`` or
``TypeError``, as everywhere in Python.
"""

from __future__ import annotations


class SearchkitError(Exception):
    """The root: ``except SearchkitError`` catches all that searchkit raises."""


class IndexNotFoundError(SearchkitError):
    """There is nothing, or something that is not an index, at the location."""


class IndexExistsError(SearchkitError):
    """``create`` was asked to make an index where there is one already."""


class IndexLockedError(SearchkitError):
    """Another writer holds the index; the message says which process."""


class IndexCorruptError(SearchkitError):
    """The files of the index are damaged; the message names what is."""


class IndexIncompatibleError(SearchkitError):
    """The index was written by a newer format, or has to be rebuilt first."""


class IndexReplacedError(SearchkitError):
    """Since the index was opened, another one took its place, or nothing is there any more; open it anew."""


class CursorExpiredError(SearchkitError):
    """A cursor goes on in a state of the index that is gone; search again without it."""


class EngineUnavailableError(SearchkitError):
    """The library or the server that an engine needs is not there."""


class DocumentError(SearchkitError):
    """A document cannot be indexed.

    ``id`` names the document where it has one; ``reason`` says what is wrong.
    """

    def __init__(self, reason: str, *, id: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.id = id

    def __str__(self) -> str:
        return f"document {self.id!r}: {self.reason}" if self.id is not None else self.reason


class ArticleError(SearchkitError):
    """A file, or one line of it, cannot be read as an article.

    ``path`` is the file, with ``:LINE`` where one line is meant; ``reason``
    says what is wrong.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)  # the arguments, so that worker processes can send it
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class QuerySyntaxError(SearchkitError):
    """A query is not well-formed.

    ``query`` is the text as typed, ``position`` the 0-based code point at which
    reading it failed, ``reason`` what was wrong there. The message shows the
    place with a caret line.
    """

    def __init__(self, query: str, position: int, reason: str) -> None:
        super().__init__(query, position, reason)
        self.query = query
        self.position = position
        self.reason = reason

    def __str__(self) -> str:
        caret = " " * self.position + "^"
        shown = self.query.encode(errors="replace").decode()  # a lone surrogate cannot be printed
        return f"{self.reason} (at character {self.position + 1})\n  {shown}\n  {caret}"


class QueryTooExpensiveError(QuerySyntaxError):
    """A query would cost more than it may, so it was not run, whether read strictly or leniently.

    ``cost`` is what it would cost and ``limit`` what it may, in postings to read; ``position`` is where the
    part begins that costs most, which ``reason`` names.
    """

    def __init__(self, query: str, position: int, reason: str, *, cost: int = 0, limit: int = 0) -> None:
        super().__init__(query, position, reason)
        self.cost = cost
        self.limit = limit


class SearchkitWarning(UserWarning):
    """The root of the warnings."""


class AnalyzerChangedWarning(SearchkitWarning):
    """The index was analysed by another version of the analyzer: ``index.rebuild()``."""
