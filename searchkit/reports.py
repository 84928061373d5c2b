"""Reports: what became of documents, files and copies, and how large an index is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from searchkit.text import escape_html

_MOST_FAILURES, _MOST_LINES = 3, 20
_LONGEST_NAME = 200  # characters of what failed


@dataclass(frozen=True)
class Failure:
    """A document that was not indexed: its id or file, and the reason."""

    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.what[:_LONGEST_NAME]}: {self.reason}" if self.what else self.reason


@dataclass(repr=False)
class Report:
    """What became of the documents given to `Index.add`.

    ``added`` are new, ``updated`` replaced a document with the same id. ``replaced`` do not count, because
    another document of the same call has their id. ``failures`` were not indexed. The four sum up to all
    documents that were given.

    Printed, it says how many there were of each, and the first failures. It is true as any object is: whether
    there are failures is what `ok` says.
    """

    added: int = 0
    updated: int = 0
    replaced: int = 0
    failures: list[Failure] = field(default_factory=list)
    took: float = 0.0
    """Seconds."""

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failures

    @property
    def all_failed(self) -> bool:
        """Whether there was something, and nothing of it was indexed."""
        return bool(self.failures) and not any(count for _, count in self._counts())

    def __str__(self) -> str:
        reasons = "; ".join(map(str, self.failures[:_MOST_FAILURES]))
        others = len(self.failures) - _MOST_FAILURES
        reasons += f"; and {others:,} more in .failures" if others > 0 else ""
        if self.all_failed:
            many = f"all {len(self.failures):,}" if len(self.failures) > 1 else "the only one"
            return f"{many} failed: {reasons}"
        counts = ", ".join(f"{count:,} {what}" for what, count in self._counts())
        return f"{counts}, {len(self.failures):,} failed: {reasons}" if reasons else counts

    def _counts(self) -> list[tuple[str, int]]:
        """What became of the documents that did not fail."""
        counts = [("added", self.added), ("updated", self.updated)]
        return [*counts, ("replaced", self.replaced)] if self.replaced else counts

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def _repr_html_(self) -> str:
        """For a notebook: in bold where something failed, and a line for each of the first failures."""
        lines = [*map(str, self.failures[:_MOST_LINES])]
        if (others := len(self.failures) - len(lines)) > 0:
            lines.append(f"… and {others:,} more")
        items = "".join(f"<li><bdi>{escape_html(line)}</bdi></li>" for line in lines)
        counts = ", ".join(f"{count:,} {what}" for what, count in self._counts())
        failed = f", <strong>{len(self.failures):,} failed</strong><ul>{items}</ul>" if lines else ""
        return f"<div>{counts}{failed}</div>"


@dataclass(frozen=True)
class Problem:
    """Something that is damaged: the file, the part of it, and what is wrong."""

    file: str
    """Its name in the folder of the index, or the location of the index where it is no single file."""
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}: {self.why}"


@dataclass
class CheckReport:
    """What `Index.check` found."""

    location: str
    problems: list[Problem] = field(default_factory=list)
    documents: int = 0
    """How many were checked: none where a file is damaged."""
    took: float = 0.0
    """Seconds."""

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged."""
        return not self.problems


@dataclass(repr=False)
class SyncReport(Report):
    """What `Index.sync` did.

    ``added``, ``updated`` and ``unchanged`` sum up to the documents of the folder; ``deleted`` are in the
    folder no longer. ``replaced`` are in the folder too, but other documents with their ids count.
    ``failures`` say what is wrong with files, including those that have not changed since they were read.
    ``skipped`` counts the files of kinds that nobody reads, and those without any article, by suffix.
    """

    deleted: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def _counts(self) -> list[tuple[str, int]]:
        return [*super()._counts(), ("deleted", self.deleted), ("unchanged", self.unchanged)]


class SyncProgress(NamedTuple):
    """How far `Index.sync` has come."""

    files: int
    """Files that were read so far."""
    of: int
    """Files that are new or have changed."""
    documents: int
    """Documents of them that were indexed so far."""
    committing: bool = False
    """Whether all files are read, and the commit is next."""


@dataclass
class CopyReport:
    """What was copied from one index to another."""

    location: str
    """Of the copy."""
    copied: int = 0
    kept: int = 0
    """Documents that an earlier copy, which was interrupted, had brought."""
    removed: int = 0
    """Documents that the index no longer had when the copy was completed."""
    queries: int = 0
    """How many searches had the same total in both."""
    took: float = 0.0


@dataclass(frozen=True)
class Stats:
    """The size and the kind of an index."""

    location: str
    documents: int
    bytes: int
    format: int
    version: str
    """Of the searchkit that made the index."""
    analyzer: str
    """The fingerprint of its analyzer."""
    needs_rebuild: bool
    user_words: int
    stop_words: int
    synonyms: int
    """How many words have synonyms."""
    fields: Mapping[str, str]
    """What is declared of ``extra``, and its kinds."""
    pinyin: bool
    timezone: str
    kernel: Literal["compiled", "python"]
    """Which one runs here, as `searchkit.kernel` says. An index may be used with either."""
    details: Mapping[str, int]
