"""The interface of a peer: it builds an index of documents in a folder and answers queries from it.

A peer that cannot do a task says so in `cannot`. It is then left out of that task.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

if TYPE_CHECKING:
    from searchkit import Document

__all__ = ["Answer", "Hit", "Peer", "Question", "Task", "articles"]

Task = Literal[
    "snippets",
    "all words",
    "any word",
    "since",
    "newest",
    "one character",
    "passage",
    "other script",
    "threads",
    "from memory",
    "total",
]


class Hit(NamedTuple):
    """One hit as a page of results shows it: title and snippet are HTML with the matches marked.

    Both are empty where only ids are asked for.
    """

    id: str
    score: float
    title: str
    snippet: str


@dataclass(frozen=True)
class Answer:
    """What a peer answers; ``total`` is None where it does not count."""

    hits: list[Hit]
    total: int | None


@dataclass(frozen=True)
class Question:
    """A query as a person types it, with its filters and order."""

    text: str
    kind: Literal["words", "passage"] = "words"
    """A passage is one in quotes; ``text`` is then without them."""
    since: str | None = None
    """A day, 2024-01-31: only documents published on it or later."""
    newest: bool = False
    """Newest first instead of best first."""
    match: Literal["all", "any"] = "all"
    """Whether a document needs all of the words or any of them."""
    ids_only: bool = False
    """Ids and scores alone: no titles, texts or highlights are fetched."""


class Peer(ABC):
    """One search engine with one way of tokenizing Chinese."""

    name: ClassVar[str]
    """As it is typed behind ``--peers``: ``fts5-words``."""
    label: ClassVar[str]
    """As the tables have it: ``SQLite FTS5, rjieba words``."""
    packages: ClassVar[tuple[str, ...]] = ()
    """Distributions whose versions belong to its figures."""
    cannot: ClassVar[Mapping[Task, str]] = {}
    """What it cannot do, and why."""

    environment: ClassVar[Mapping[str, str]] = {}
    """Variables of the process that measures it."""

    def __init__(self, location: Path) -> None:
        self.location = location

    @classmethod
    def why_not(cls) -> str | None:
        """Why it cannot be measured here (a package or a server is missing), or None."""
        return None

    def prepare(self, folder: Path) -> None:  # noqa: B027 - most have nothing to prepare
        """Untimed work before `index_articles`, for a peer whose figure excludes a part of the job."""

    def prepare_questions(self, questions: Sequence[Question]) -> None:  # noqa: B027
        """Untimed work between `open` and `answer`, for a peer whose figure excludes planning."""

    def index_articles(self, folder: Path) -> int:
        """Index files on disk and commit; returns the number of documents.

        Peers without a reader of their own use searchkit's.
        """
        return self.index(articles(folder))

    @abstractmethod
    def index(self, documents: Iterable[Document]) -> int:
        """Build the index in `location`, which does not exist yet, and commit it; returns how many
        documents."""

    @abstractmethod
    def open(self) -> None:
        """Open the index."""

    @abstractmethod
    def answer(self, question: Question) -> Answer:
        """Up to ten hits with their titles and snippets highlighted, or ids alone where those are asked for.

        A peer that cannot do snippets answers with ids always.
        """

    @abstractmethod
    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        """Ids and scores of the best documents, without snippets, to measure relevance."""

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.location.rglob("*") if path.is_file())

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """Release files and connections."""


def articles(folder: Path) -> Iterator[Document]:
    """The documents of a folder; the folders of the speed benchmark have each id once."""
    # Imported here: searchkit must not count in the start-up time of a peer.
    from searchkit import read_articles

    return iter(read_articles(folder))
