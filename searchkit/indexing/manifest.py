"""The manifest: what an index holds of a folder, kept as a note beside the index.

A file record has the size, the time and a digest of a file, and for each document in it a document record:
its date and a digest of its stored fields.
"""

from __future__ import annotations

import hashlib

import msgspec

from searchkit.articles.readers import ReadOptions
from searchkit.engine.base import Engine, IndexDocument
from searchkit.errors import IndexCorruptError, IndexIncompatibleError

_NOTE = "sync"
_FORMAT = 2
TO_BE_READ = -1
"""A size that no file has, so that the file is read."""


class DocumentRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What tells two documents with one id apart, and decides between them."""

    published: int | None
    """In milliseconds since 1970."""
    digest: str

    @staticmethod
    def of(document: IndexDocument) -> DocumentRecord:
        """The record of a document."""
        published = document.values.get("published")
        return DocumentRecord(published if isinstance(published, int) else None, digest_of(document.stored))

    def is_replaced_by(self, later: DocumentRecord) -> bool:
        """Whether a document that is read later takes its place, by the rules of `Articles`."""
        return self.published is None or later.published is None or later.published >= self.published


class FileRecord(msgspec.Struct, array_like=True):
    """What the manifest knows of a file."""

    size: int = TO_BE_READ
    mtime_ns: int = 0
    digest: str = ""
    documents: dict[str, list[DocumentRecord]] = {}
    """By their ids."""
    failures: list[tuple[str, str]] = []
    """What in the file cannot be indexed, and why."""
    has_no_article: bool = False
    """It was found in a folder, and is of a kind that is read, but for another use."""

    def digests(self) -> dict[str, set[str]]:
        """For each id the digests of its documents."""
        return {id: {record.digest for record in records} for id, records in self.documents.items()}


class Manifest(msgspec.Struct):
    """What an index holds of one folder or file."""

    options: ReadOptions = ReadOptions()
    files: dict[str, FileRecord] = {}
    """By their paths below the folder."""
    kept: dict[str, str] = {}
    """Documents that are in no file any longer, but were not to be deleted: id -> digest."""


class _Format(msgspec.Struct):
    format: int


class _Note(_Format):
    paths: dict[str, Manifest]


def digest_of(stored: bytes) -> str:
    """The digest of a document by its stored fields."""
    return hashlib.blake2b(stored, digest_size=8).hexdigest()


def read_manifests(engine: Engine) -> dict[str, Manifest]:
    """The manifests, by the absolute paths of their folders."""
    note = engine.read_note(_NOTE)
    if note is None:
        return {}
    try:
        if msgspec.json.decode(note, type=_Format).format != _FORMAT:
            raise IndexIncompatibleError(f"{engine.location}: another version of searchkit synced it")
        paths = msgspec.json.decode(note, type=_Note).paths
        for manifest in paths.values():
            manifest.files = {_unescaped(path): file for path, file in manifest.files.items()}
        return {_unescaped(path): manifest for path, manifest in paths.items()}
    except ValueError as error:
        raise IndexCorruptError(
            f"{engine.location}: the note {_NOTE!r} of what was synced is damaged ({error}); without it, "
            "all files are read again"
        ) from error


def write_manifests(engine: Engine, manifests: dict[str, Manifest]) -> None:
    """Keep the manifests with the index."""
    paths = {}
    for path, each in manifests.items():
        files = {_escaped(name): file for name, file in each.files.items()}
        paths[_escaped(path)] = Manifest(each.options, files, each.kept)
    engine.write_note(_NOTE, msgspec.json.encode(_Note(_FORMAT, paths)).decode())


def forget_files(engine: Engine) -> None:
    """Let the next sync read all files again, as the index loses what it has of them.

    Their records stay: whether that is committed or not, they say which documents came from files.
    """
    manifests = read_manifests(engine)
    for manifest in manifests.values():
        for file in manifest.files.values():
            file.size = TO_BE_READ
    if manifests:
        write_manifests(engine, manifests)


def _escaped(path: str) -> str:
    """A path in ASCII: the name of a file may hold bytes that are no text."""
    return path.encode("unicode_escape").decode("ascii")


def _unescaped(path: str) -> str:
    return path.encode("ascii").decode("unicode_escape")
