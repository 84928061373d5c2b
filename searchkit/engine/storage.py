"""Storage: the folder of an index on disk.

indexes/news/
    index.json      format, identity, analyzer; written last, so its presence makes the folder an index
    data/           the files of the engine
    notes/          texts beside the index, a file each, behind a line with its checksum
    writer.lock     held by the one writer; the operating system releases it when the process ends
    writer.json     which process holds it, for the error message of other writers
"""

from __future__ import annotations

import errno
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from searchkit.engine.atomic_files import (
    REFUSED,
    UNFINISHED,
    corrupt,
    new_folder,
    reason_of,
    sync_folder,
    write_atomically,
)
from searchkit.engine.base import Damage, Engine
from searchkit.engine.lock import WriterLock
from searchkit.engine.pinned import Mark, Pinned
from searchkit.errors import (
    IndexCorruptError,
    IndexExistsError,
    IndexNotFoundError,
    IndexReplacedError,
    SearchkitError,
)

_METADATA = "index.json"
_OWN_NAMES = frozenset({_METADATA, "data", "notes", "writer.lock", "writer.json"})
_CHECKSUM = "crc32"
_IDENTITY = "identity"
_GONE = (errno.ENOENT, errno.ENOTDIR)


class _Identity(msgspec.Struct):
    """What is read of the metadata to tell one index from another: the rest may be long."""

    identity: str = ""


class IndexFolder:
    """The folder of an index on disk.

    ``identity`` is made with the index and stays with it, also in backups: it tells the index from another
    one that takes its place.
    """

    def __init__(self, path: Path, identity: str = "", given: Path | None = None) -> None:
        self.path = path
        self.given = given or path  # as people know it
        self.data = path / "data"
        self.identity = identity

    @classmethod
    @contextmanager
    def created(cls, path: Path, metadata: Mapping[str, Any]) -> Iterator[IndexFolder]:
        """A new folder, which becomes an index when the block ends without an error."""
        made: list[Path] = []
        try:
            folder = cls(Path(os.path.realpath(path)), os.urandom(16).hex(), path)
            folder._check_new()
            made += _missing(folder.path)
            folder.data.mkdir(parents=True, exist_ok=True)
            with WriterLock(folder.path, timeout=0):
                folder._check_new()  # another process may have been faster
                try:
                    for note in (folder.path / "notes").glob("*"):  # of an earlier index
                        note.unlink()
                    yield folder
                    folder.write_metadata(metadata)
                except BaseException:
                    folder._clear()
                    raise
        except BaseException as error:
            _remove_empty(made)
            if isinstance(error, OSError):
                why = f"an index cannot be made here: {reason_of(error)}"
                raise SearchkitError(f"{path}: {why}") from error
            raise

    @classmethod
    def opened(cls, path: Path) -> IndexFolder:
        """The folder of an existing index: the one that the path means now, whatever becomes of links."""
        try:
            folder = cls(Path(os.path.realpath(path)), given=path)
            if not folder._has_index():
                what = "there is no such folder"
                if path.exists():
                    is_folder = path.is_dir()
                    what = "there is no index in this folder" if is_folder else "this is a file, not an index"
                raise IndexNotFoundError(f"{path}: {what}; searchkit.create() makes one")
            with suppress(IndexCorruptError):  # who reads the settings is told
                folder.identity = folder._read_identity()
        except OSError as error:
            raise SearchkitError(f"{path}: an index cannot be opened here: {reason_of(error)}") from error
        return folder

    def check_same(self) -> None:
        """Raise `IndexReplacedError` unless the index that was opened is in the folder."""
        try:
            identity = self._read_identity()
        except OSError as error:
            if error.errno not in _GONE:
                raise SearchkitError(f"{self.path}: cannot be read: {reason_of(error)}") from error
            why = "the index that was opened here is not there any more: it was removed or moved"
            raise IndexReplacedError(f"{self.path}: {why}; open it where it is now") from error
        self._check_identity(identity)

    def _check_identity(self, identity: object) -> None:
        if identity != self.identity:
            why = "another index has taken the place of the one that was opened"
            raise IndexReplacedError(f"{self.path}: {why}, which is neither read nor written; open it anew")

    def _read_identity(self) -> str:
        path = self.path / _METADATA
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Identity).identity
        except ValueError as error:
            raise corrupt(path, f"cannot be read: {error}") from error

    def read_metadata(self) -> dict[str, Any]:
        """What was written. Raises `IndexReplacedError` where another index is in the folder."""
        if not self._has_index():
            self.check_same()
        metadata = self._stored_metadata()
        metadata.pop(_CHECKSUM, None)
        self._check_identity(metadata.pop(_IDENTITY, ""))
        return metadata

    def _stored_metadata(self) -> dict[str, Any]:
        path = self.path / _METADATA
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise corrupt(path, f"cannot be read: {reason_of(error)}") from error
        if not isinstance(metadata, dict):
            raise corrupt(path, "is not a JSON object")
        return metadata

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        values = {_IDENTITY: self.identity, **metadata}
        values[_CHECKSUM] = _checksum(values)
        text = json.dumps(values, ensure_ascii=False, indent=1) + "\n"
        try:
            write_atomically(self.path / _METADATA, text.encode())
        except OSError as error:
            raise SearchkitError(
                f"{self.path}: the settings cannot be written: {reason_of(error)}; they are as they were"
            ) from error

    def damage(self) -> list[Damage]:
        """What of the metadata is damaged."""
        try:
            metadata = self._stored_metadata()
        except IndexCorruptError as error:
            return [Damage(_METADATA, "the settings", str(error))]
        stored = metadata.pop(_CHECKSUM, None)
        if stored is not None and stored != _checksum(metadata):
            why = (
                "are not what was written: the checksum is another "
                f"(whoever edited the file removes the line {_CHECKSUM!r})"
            )
            return [Damage(_METADATA, "the settings", why)]
        return []

    def copy_to(self, path: Path, copy_data: Callable[[Path], None]) -> None:
        """Make a copy in a new folder, complete or not at all; ``copy_data`` copies the engine's files."""
        if os.path.lexists(path):
            raise IndexExistsError(f"{path}: there is something already; choose a new place")
        if self.path.resolve() in path.resolve().parents:
            raise SearchkitError(f"{path}: is in the folder of the index itself; choose another place")
        # The settings first: they are written after the commit that needs them, so they are never too new.
        metadata = self.read_metadata()
        notes = {note.name: note.read_bytes() for note in (self.path / "notes").glob("*.txt")}
        made = _missing(path)
        try:
            with new_folder(path) as unfinished:
                copy = IndexFolder(unfinished, self.identity)
                copy_data(copy.data)
                self.check_same()  # all of that was of this index
                for name, content in notes.items():
                    (copy.path / "notes").mkdir(exist_ok=True)
                    write_atomically(copy.path / "notes" / name, content)
                copy.write_metadata(metadata)
                for folder in (copy.data, copy.path):
                    sync_folder(folder)
        except OSError as error:
            raise SearchkitError(f"{path}: a copy cannot be made here: {reason_of(error)}") from error
        finally:
            _remove_empty(made)

    def read_note(self, name: str) -> str | None:
        path = self._note(name)
        try:
            digits, _, content = path.read_bytes().partition(b"\n")
            if digits == b"%08x" % zlib.crc32(content):
                return content.decode()
            why = "its checksum is another"
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            why = reason_of(error)
        way_out = "without it, all files are read again"
        raise IndexCorruptError(f"{path}: the note cannot be read: {why}; remove it: {way_out}")

    def write_note(self, name: str, text: str) -> None:
        path = self._note(name)
        try:
            path.parent.mkdir(exist_ok=True)
            content = text.encode()
            write_atomically(path, b"%08x\n%b" % (zlib.crc32(content), content))
        except OSError as error:
            raise SearchkitError(f"{path}: cannot be written: {reason_of(error)}") from error

    def _note(self, name: str) -> Path:
        return self.path / "notes" / f"{name}.txt"

    def commit_mark(self, name: str) -> Mark:
        """A value that changes when a commit replaces the engine's file ``name``."""
        path = f"{self.data}{os.sep}{name}"  # for every search, and a Path takes as long as the stat
        try:
            return Mark.of(path)
        except OSError as error:
            raise self._unreadable(path, error) from error

    def pinned(self, name: str = "") -> Pinned:
        """The engine's file ``name``, or its folder."""
        path = self.data / name
        try:
            return Pinned(path)
        except OSError as error:
            raise self._unreadable(path, error) from error

    def _unreadable(self, path: object, error: OSError) -> SearchkitError:
        """The error of a file of the engine that cannot be read, where the index is still the same."""
        self.check_same()
        if error.errno in REFUSED:
            return SearchkitError(f"{path}: cannot be read: {reason_of(error)}")
        return corrupt(path, f"cannot be read: {reason_of(error)}")

    def size(self) -> int:
        """The bytes of all files, without those that a merge removes meanwhile."""
        total = 0
        for path in filter(Path.is_file, self.path.rglob("*")):
            with suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def _clear(self) -> None:
        """Remove what was made of an index that was not made to its end, while its lock is held."""
        from shutil import rmtree  # takes long to import, and a search does without

        for folder in (self.data, self.path / "notes"):
            rmtree(folder, ignore_errors=True)
        for name in (_METADATA, "writer.json", "writer.lock"):
            with suppress(OSError):  # Windows removes no file that is open
                (self.path / name).unlink()

    def free(self) -> int:
        """The bytes that are free where it is."""
        from shutil import disk_usage  # takes long to import, and a search does without

        return disk_usage(self.path).free

    def _has_index(self) -> bool:
        return (self.path / _METADATA).is_file()

    def _check_new(self) -> None:
        if self._has_index():
            raise IndexExistsError(
                f"{self.path}: there is an index already; open() it, or create(..., exist_ok=True), or "
                "choose another place"
            )
        names = {entry.name for entry in self.path.iterdir()} if self.path.exists() else set()
        others = sorted(name for name in names - _OWN_NAMES if not UNFINISHED.fullmatch(name))
        if others:
            why = f"the folder is not empty (it holds {others[0]!r}); choose a new one"
            raise IndexExistsError(f"{self.path}: {why}")


class FolderEngine(Engine):
    """An engine with a folder, which has its metadata and its notes."""

    def __init__(self, folder: IndexFolder) -> None:
        self._folder = folder

    def read_metadata(self) -> dict[str, Any]:
        return self._folder.read_metadata()

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        self._folder.write_metadata(metadata)

    def read_note(self, name: str) -> str | None:
        return self._folder.read_note(name)

    def write_note(self, name: str, text: str) -> None:
        self._folder.write_note(name, text)

    @property
    def identity(self) -> str:
        return self._folder.identity

    def room(self, *, rewritten: bool) -> tuple[int, int] | None:  # noqa: ARG002
        self._folder.check_same()
        return self._folder.size(), self._folder.free()


def _missing(path: Path) -> list[Path]:
    """The folders that have to be made for the path, itself first."""
    return [each for each in (path, *path.parents) if not os.path.lexists(each)]


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):  # it has something in it
            folder.rmdir()


def _checksum(metadata: Mapping[str, Any]) -> int:
    return zlib.crc32(
        json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    )
