"""Scan: a folder and its manifest -> which of its files are unchanged, new, changed or gone."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from searchkit.articles import Articles
from searchkit.articles.file_reader import files_beside, printable, size_and_time, why_not_read
from searchkit.articles.folder import UnreadableFolderError, UnreadableKindError
from searchkit.articles.readers import suffix_of
from searchkit.errors import ArticleError
from searchkit.indexing.manifest import TO_BE_READ, FileRecord, Manifest
from searchkit.reports import Failure
from searchkit.text import well_formed

_BLOCK = 1 << 20
_THIS_FILE = "\0"
"""Stands for the path of the file in a failure: that path depends on how the folder was given."""


class Root:
    """A folder or file that is synced, as it is now; `scan` has to be called first."""

    def __init__(self, articles: Articles, manifest: Manifest, *, delete: bool) -> None:
        self.articles = articles
        self.path = articles.path
        self.manifest = manifest
        self.delete = delete
        self.has_new_times = False
        """Whether a file has another time than its record had, but the same bytes."""
        self._listing: list[str | ArticleError] = []  # in reading order, files by their paths below the root
        if manifest.options != articles.options:
            manifest.options = articles.options
            for file in manifest.files.values():
                file.size = TO_BE_READ

    def path_of(self, name: str) -> Path:
        """The path of a file by its name in the manifest."""
        return self.path / name if name else self.path

    def scan(self) -> list[str]:
        """Look at all files; returns the names of those to be read, in reading order."""
        top = os.fspath(self.path)
        self._listing = [
            path if isinstance(path, ArticleError) else "" if path == top else os.path.relpath(path, top)
            for path in self.articles.paths()
        ]
        return [name for name in self._listing if isinstance(name, str) and not self._is_unchanged(name)]

    def take_gone(self) -> list[tuple[str, FileRecord]]:
        """Take the files that are gone out of the manifest, but none that may be there and cannot be read."""
        found = {name for name in self._listing if isinstance(name, str)}
        folders = [each.path for each in self._listing if isinstance(each, UnreadableFolderError)]
        kinds = [each.files for each in self._listing if isinstance(each, UnreadableKindError)]
        files = {os.path.relpath(path, self.path) for paths in kinds for path in paths}

        def may_be_there(name: str) -> bool:
            path = printable(self.path_of(name))
            return name in files or any(path == one or path.startswith(one + os.sep) for one in folders)

        gone = [name for name in self.manifest.files if name not in found and not may_be_there(name)]
        return [(name, self.manifest.files.pop(name)) for name in gone]

    def failures(self) -> Iterator[Failure]:
        """What is wrong with the files, in reading order; also with those that were not read now."""
        for name in self._listing:
            if isinstance(name, ArticleError):
                yield Failure(name.path, name.reason)
                continue
            path = printable(self.path_of(name))
            for what, reason in self.manifest.files[name].failures:
                yield Failure(path + what[1:] if what.startswith(_THIS_FILE) else what, reason)

    def skipped(self) -> Counter[str]:
        """The files that nobody reads, and those without articles, by suffix."""
        others = (suffix_of(name) for name, file in self.manifest.files.items() if file.has_no_article)
        return self.articles.skipped + Counter(others)

    def add_failure(self, name: str, place: str, reason: str) -> None:
        """Record that what is at the place in the file cannot be indexed."""
        path = printable(self.path_of(name))
        what = _THIS_FILE + place[len(path) :] if place.startswith(path) else place
        self.manifest.files[name].failures.append((what, well_formed(reason)))

    def new_record(self, name: str) -> None:
        """Record the file before it is read, so that the next sync finds a change during the reading."""
        path = self.path_of(name)
        record = self.manifest.files[name] = FileRecord()
        with suppress(OSError):  # the reader reports it; the file is tried again until it can be read
            status = path.stat()
            record.digest = "" if why_not_read(path, status) else _digest_of_file(path)
            record.size, record.mtime_ns = size_and_time(path)

    def _is_unchanged(self, name: str) -> bool:
        known = self.manifest.files.get(name)
        if known is None:
            return False
        path = self.path_of(name)
        with suppress(OSError):
            size, time = size_and_time(path)
            if known.size == size and known.mtime_ns == time:
                return True
            if known.size == size and known.digest and known.digest == _digest_of_file(path):
                known.mtime_ns = time
                self.has_new_times = True
                return True
        return False


def _digest_of_file(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    _add_to(digest, path)
    for beside in files_beside(path):
        with suppress(FileNotFoundError):
            _add_to(digest, Path(beside))
    return digest.hexdigest()


def _add_to(digest: hashlib.blake2b, path: Path) -> None:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
