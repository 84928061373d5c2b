"""The commit of an index of Whoosh: which segments it has, with a checksum for every file; copies of it.

    commit.json          the segments of the latest commit, and the fields; replaced as a whole by each commit
    s_NAME.*             a segment, see segment.py; written once
    s_NAME.COUNT.gone    the numbers of so many of its documents that are deleted; written once

Whoosh has a file for this too, a pickle. This one can be read without running what stands in it, and says
whether the others are as they were written.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from searchkit.engine.base import Damage
from searchkit.engine.plan import ValueField
from searchkit.engine.storage import IndexFolder, corrupt, link_or_copy, write_atomically
from searchkit.errors import IndexCorruptError

__all__ = [
    "COMMIT_FILE",
    "Commit",
    "Sealed",
    "StoredSegment",
    "check_sizes",
    "copy_commit",
    "damage_of",
    "of_one_commit",
    "read_commit",
    "read_deleted",
    "remove_others",
    "sealed",
    "write_commit",
    "write_deleted",
]

COMMIT_FILE = "commit.json"
_CHUNK = 1 << 20

Result = TypeVar("Result")


@dataclass(frozen=True)
class Sealed:
    """What a file was when it was written."""

    size: int
    checksum: int


@dataclass(frozen=True)
class StoredSegment:
    """A segment as the commit names it."""

    name: str
    documents: int
    """All of them, deleted ones too."""
    tokens: tuple[int, ...]
    """How many terms there are, for each of `TEXT_FIELDS`."""
    files: Mapping[str, Sealed]
    deleted: int = 0
    deleted_file: str | None = None


@dataclass(frozen=True)
class Commit:
    """What an index consists of."""

    fields: tuple[ValueField, ...]
    segments: tuple[StoredSegment, ...] = ()
    version: str = field(default_factory=lambda: secrets.token_hex(8))


def write_commit(data: Path, commit: Commit) -> None:
    """Put the commit in place of the one before; it is there whole, or not at all."""
    write_atomically(data / COMMIT_FILE, _to_json(commit).encode())


def read_commit(data: Path) -> Commit:
    """The latest commit."""
    path = data / COMMIT_FILE
    try:
        return _from_json(path.read_bytes())
    except OSError as error:
        raise corrupt(path, f"cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise corrupt(path, f"cannot be understood: {error}") from error


def of_one_commit(data: Path, act: Callable[[Commit], Result]) -> Result:
    """What ``act`` makes of the latest commit; anew while a writer replaces it and removes its files."""
    while True:
        commit = read_commit(data)
        try:
            return act(commit)
        except FileNotFoundError as error:
            if read_commit(data).version == commit.version:
                raise corrupt(error.filename, "is missing") from error


def copy_commit(data: Path, to: Path) -> None:
    """The files of the latest commit in a new folder: hard links where there can be; none is ever changed."""

    def copy(commit: Commit) -> None:
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        for segment in commit.segments:
            for name in segment.files:
                link_or_copy(data / name, to / name)
        write_atomically(to / COMMIT_FILE, _to_json(commit).encode())

    of_one_commit(data, copy)


def damage_of(data: Path) -> list[Damage]:
    """What of the latest commit in the folder is not as it was written."""

    def damage(commit: Commit) -> list[Damage]:
        files = {name: was for segment in commit.segments for name, was in segment.files.items()}
        found = [
            Damage(name, "the file", why) for name, was in files.items() if (why := _damage(data / name, was))
        ]
        if found and read_commit(data).version != commit.version:
            raise FileNotFoundError  # a writer removed it
        return found

    try:
        return of_one_commit(data, damage)
    except IndexCorruptError as error:
        return [Damage(COMMIT_FILE, "the commit", str(error))]


def check_sizes(data: Path, segment: StoredSegment) -> None:
    """Refuse a segment with files that are cut: a map of one would end the process."""
    for name, was in segment.files.items():
        if why := _other_size(data / name, was):
            raise corrupt(data / name, why)


def sealed(path: Path) -> Sealed:
    """What the file is, which is on the disk when this returns."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return Sealed(path.stat().st_size, _checksum(path))


def write_deleted(data: Path, segment: StoredSegment, deleted: Iterable[int]) -> StoredSegment:
    """The segment with these documents deleted."""
    numbers = sorted(deleted)
    name = f"{segment.name}.{len(numbers)}.gone"
    write_atomically(data / name, struct.pack(f"<{len(numbers)}I", *numbers))
    files = {file: was for file, was in segment.files.items() if file != segment.deleted_file}
    files[name] = sealed(data / name)
    return StoredSegment(segment.name, segment.documents, segment.tokens, files, len(numbers), name)


def read_deleted(data: Path, segment: StoredSegment) -> frozenset[int]:
    """The documents of the segment that are deleted."""
    if segment.deleted_file is None:
        return frozenset()
    content = (data / segment.deleted_file).read_bytes()
    return frozenset(struct.unpack(f"<{len(content) // 4}I", content))


def remove_others(folder: IndexFolder) -> None:
    """Remove what the commit does not need: what was before, and what a writer that was killed leaves.

    The commit is the one on the disk, whatever somebody has in mind.
    """
    segments = read_commit(folder.data).segments
    needed = {COMMIT_FILE, *(name for segment in segments for name in segment.files)}
    for path in folder.data.iterdir():
        if path.name not in needed:
            try:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            except OSError:  # Windows removes no file that somebody reads; the next writer tries again
                continue


def _to_json(commit: Commit) -> str:
    content = {
        "version": commit.version,
        "fields": [[value.name, value.kind] for value in commit.fields],
        "segments": [
            {
                "name": segment.name,
                "documents": segment.documents,
                "tokens": list(segment.tokens),
                "files": {name: [was.size, was.checksum] for name, was in segment.files.items()},
                "deleted": segment.deleted,
                "deleted_file": segment.deleted_file,
            }
            for segment in commit.segments
        ],
    }
    return json.dumps({**content, "crc32": _checksum_of(content)}, ensure_ascii=False, indent=1) + "\n"


def _from_json(content: bytes) -> Commit:
    """Raises ValueError, TypeError, KeyError or AttributeError when this is no commit."""
    values = json.loads(content)
    if values.pop("crc32") != _checksum_of(values):
        raise ValueError("it is not what was written: its checksum is another")
    segments = []
    for one in values["segments"]:
        files = {name: Sealed(size, checksum) for name, (size, checksum) in one["files"].items()}
        segments.append(
            StoredSegment(
                one["name"],
                one["documents"],
                tuple(one["tokens"]),
                files,
                one["deleted"],
                one["deleted_file"],
            )
        )
    fields = tuple(ValueField(name, kind) for name, kind in values["fields"])
    return Commit(fields, tuple(segments), values["version"])


def _checksum_of(content: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())


def _damage(path: Path, was: Sealed) -> str:
    """What is wrong with the file, if anything is."""
    try:
        if why := _other_size(path, was):
            return why
        return "" if _checksum(path) == was.checksum else "is not what was written: its checksum is another"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _other_size(path: Path, was: Sealed) -> str:
    size = path.stat().st_size
    return "" if size == was.size else f"is cut or overwritten: it has {size} bytes, not {was.size}"


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc
