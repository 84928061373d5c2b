"""Storage: the folder of an index on disk.

indexes/news/
    index.json      format, engine, analyzer; written last, so its presence makes the folder an index
    data/           the files of the engine
    notes/          texts beside the index, a file each
    writer.lock     held by the one writer; the operating system releases it when the process ends
    writer.json     which process holds it, for the error message of other writers
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from searchkit.engine.atomic_files import (
    UNFINISHED,
    corrupt,
    new_folder,
    reason_of,
    sync_folder,
    write_atomically,
)
from searchkit.engine.base import Damage, Engine
from searchkit.engine.lock import WriterLock
from searchkit.errors import (
    IndexCorruptError,
    IndexExistsError,
    IndexNotFoundError,
    SearchkitError,
)

_METADATA = "index.json"
_OWN_NAMES = frozenset({_METADATA, "data", "notes", "writer.lock", "writer.json"})
_CHECKSUM = "crc32"


class IndexFolder:
    """The folder of an index on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path / "data"

    @classmethod
    @contextmanager
    def created(cls, path: Path, metadata: Mapping[str, Any]) -> Iterator[IndexFolder]:
        """A new folder, which becomes an index when the block ends without an error."""
        folder = cls(path)
        folder._check_new()
        try:
            names = {entry.name for entry in path.iterdir()} if path.exists() else set()
            others = sorted(name for name in names - _OWN_NAMES if not UNFINISHED.fullmatch(name))
            if others:
                why = f"the folder is not empty (it holds {others[0]!r}); choose a new one"
                raise IndexExistsError(f"{path}: {why}")
            folder.data.mkdir(parents=True, exist_ok=True)
            with WriterLock(folder.path, timeout=0):
                folder._check_new()  # another process may have been faster
                for note in (path / "notes").glob("*"):  # of an earlier index
                    note.unlink()
                yield folder
                folder.write_metadata(metadata)
        except OSError as error:
            raise SearchkitError(f"{path}: an index cannot be made here: {reason_of(error)}") from error

    @classmethod
    def opened(cls, path: Path) -> IndexFolder:
        """The folder of an existing index."""
        folder = cls(path)
        if not folder._has_index():
            what = "there is no such folder"
            if path.exists():
                what = "there is no index in this folder" if path.is_dir() else "this is a file, not an index"
            raise IndexNotFoundError(f"{path}: {what}; searchkit.create() makes one")
        return folder

    def read_metadata(self) -> dict[str, Any]:
        metadata = self._stored_metadata()
        metadata.pop(_CHECKSUM, None)  # people may edit the file; only a check asks whether they did
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
        values = {**metadata, _CHECKSUM: _checksum(metadata)}
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
            return [Damage(_METADATA, "the settings", "are not what was written: the checksum is another")]
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
        try:
            with new_folder(path) as unfinished:
                copy = IndexFolder(unfinished)
                copy_data(copy.data)
                for name, content in notes.items():
                    (copy.path / "notes").mkdir(exist_ok=True)
                    write_atomically(copy.path / "notes" / name, content)
                copy.write_metadata(metadata)
                for folder in (copy.data, copy.path):
                    sync_folder(folder)
        except OSError as error:
            raise SearchkitError(f"{path}: a copy cannot be made here: {reason_of(error)}") from error

    def read_note(self, name: str) -> str | None:
        path = self._note(name)
        try:
            return path.read_bytes().decode()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise IndexCorruptError(f"{path}: cannot be read: {reason_of(error)}") from error

    def write_note(self, name: str, text: str) -> None:
        path = self._note(name)
        try:
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, text.encode())
        except OSError as error:
            raise SearchkitError(f"{path}: cannot be written: {reason_of(error)}") from error

    def _note(self, name: str) -> Path:
        return self.path / "notes" / f"{name}.txt"

    def commit_mark(self, name: str) -> tuple[int, int]:
        """A value that changes when a commit replaces the engine's file ``name``."""
        path = f"{self.data}{os.sep}{name}"  # for every search, and a Path takes as long as the stat
        try:
            status = os.stat(path)  # noqa: PTH116
        except OSError as error:
            raise corrupt(path, f"cannot be read: {reason_of(error)}") from error
        return status.st_mtime_ns, status.st_ino

    def size(self) -> int:
        """The bytes of all files, without those that a merge removes meanwhile."""
        total = 0
        for path in filter(Path.is_file, self.path.rglob("*")):
            with suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def free(self) -> int:
        """The bytes that are free where it is."""
        from shutil import disk_usage  # takes long to import, and a search does without

        return disk_usage(self.path).free

    def _has_index(self) -> bool:
        return (self.path / _METADATA).is_file()

    def _check_new(self) -> None:
        if self._has_index():
            raise IndexExistsError(
                f"{self.path}: there is an index already; open it, or choose another place"
            )


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

    def room(self, *, rewritten: bool) -> tuple[int, int] | None:  # noqa: ARG002
        return self._folder.size(), self._folder.free()


def _checksum(metadata: Mapping[str, Any]) -> int:
    return zlib.crc32(
        json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    )
