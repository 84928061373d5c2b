"""The files of tantivy: which of them a commit has, whether they are as they were written, and copies.

    meta.json            the segments of the latest commit, and the schema; replaced as a whole by each commit
    .managed.json        the names of all files that tantivy has made and not yet removed
    SEGMENT.store ...    written once; at the end {"version":...,"crc":...}, its length, a magic number
    checksums.json       ours: the size and the checksum of the files of a commit. It does not know those of a
                         merge yet, which tantivy commits by itself

Files are read here, not memory-mapped: a map of a damaged file may end the process.
"""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from searchkit.engine.atomic_files import corrupt, write_atomically
from searchkit.engine.base import Damage
from searchkit.engine.commit_files import (
    CHECKSUMS,
    Checksum,
    copy_files,
    known_checksums,
    of_one_commit,
    read_checksums,
    to_read,
    write_checksums,
)
from searchkit.errors import IndexCorruptError

COMMIT_FILE = "meta.json"
_MANAGED_FILE = ".managed.json"
_TEMPORARY = ".tmp"  # of files that will replace another
_WRITTEN = re.compile(rf"[0-9a-f]{{32}}\.|{re.escape(_TEMPORARY)}")
_KINDS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_TAIL = struct.Struct("<II")  # the length of the footer, and the magic number
_MAGIC = 1337
_LAST = 4096
"""Bytes; a footer has some hundred."""
_VERSION = {"major", "minor", "patch", "index_format_version"}
_COLUMNS_TAIL = struct.Struct("<II4s")  # how many documents there are, the version of the format, its magic
_COLUMNS_VERSION, _COLUMNS_MAGIC = 2, bytes((2, 113, 119, 66))
_DELETED_HEAD = struct.Struct("<I")  # how many documents there are; a bit for each that is left follows
_CHUNK = 1 << 20
_NO_COMMIT = (ValueError, TypeError, KeyError, AttributeError)


class Segment(NamedTuple):
    name: str
    documents: int
    deleted: int
    deleted_file: str | None

    @property
    def left(self) -> int:
        """How many of its documents are not deleted."""
        return self.documents - self.deleted

    @property
    def files(self) -> list[str]:
        return [*(f"{self.name}.{kind}" for kind in _KINDS), *filter(None, [self.deleted_file])]


def damage_of(data: Path, *, most: int | None = None, seen: set[str] | None = None) -> list[Damage]:
    """What of the latest commit in the folder is not as it was written.

    ``most`` bytes are compared with checksums, of the smallest files; of the others the size and the end are
    looked at. Files that are ``seen`` are not looked at again; those that are whole are added.
    """
    seen = set() if seen is None else seen
    return of_one_commit(
        partial(content_of, data / COMMIT_FILE), lambda commit: list(_damage(data, commit, most, seen))
    )


def keep_checksums(data: Path) -> None:
    """Keep what the files of the latest commit are: of those that are new, what stands at their end.

    Where that fails, on a full disk, the files still have their own checksums.
    """
    known, sums = known_checksums(data), {}
    with suppress(OSError, IndexCorruptError, *_NO_COMMIT):
        for name in _names_of(content_of(data / COMMIT_FILE)):
            sums[name] = known.get(name) or _own_checksum(data / name)
        if sums != known:
            write_checksums(data, sums)


def copy_commit(data: Path, to: Path) -> None:
    """The files of the latest commit in a new folder: hard links where there can be, as none is ever changed.

    Raises `IndexCorruptError` when a file of the commit is not there, OSError when one cannot be copied.
    """

    def copy(commit: bytes) -> None:
        names = _names_of(commit)
        copy_files(data, to, names)
        known = known_checksums(data)
        write_checksums(to, {name: known[name] for name in names if name in known})
        write_atomically(to / _MANAGED_FILE, json.dumps([COMMIT_FILE, *names]).encode() + b"\n")
        write_atomically(to / COMMIT_FILE, commit)

    try:
        of_one_commit(partial(content_of, data / COMMIT_FILE), copy)
    except _NO_COMMIT as error:
        raise corrupt(data / COMMIT_FILE, f"is damaged: {error}") from error


def segments_of(data: Path) -> list[Segment]:
    """The segments of the latest commit.

    Raises `IndexCorruptError` when the commit cannot be understood.
    """
    try:
        return _segments(json.loads(content_of(data / COMMIT_FILE)))
    except _NO_COMMIT as error:
        raise corrupt(data / COMMIT_FILE, f"is damaged: {error}") from error


def names_of(commit: bytes) -> list[str]:
    """The files of the segments of a commit.

    Raises `IndexCorruptError` when it cannot be understood.
    """
    try:
        return _names_of(commit)
    except _NO_COMMIT as error:
        raise corrupt(COMMIT_FILE, f"is damaged: {error}") from error


def leftovers(data: Path) -> dict[str, int]:
    """The files that tantivy wrote and the latest commit does not have, with their sizes.

    Those of a merge that runs or of a batch that is not committed, or what a writer left that was killed or
    had no more room.
    """
    needed = {name for segment in segments_of(data) for name in segment.files}
    found = {}
    with os.scandir(data) as entries:
        for entry in entries:
            if entry.name not in needed and _WRITTEN.match(entry.name):
                with suppress(FileNotFoundError):  # a merge has just ended
                    found[entry.name] = entry.stat().st_size
    return found


def remove_unfinished(data: Path) -> None:
    """Remove what a writer left that was about to replace meta.json or .managed.json; none must be there."""
    for path in data.glob(f"{_TEMPORARY}*"):
        path.unlink(missing_ok=True)


def _names_of(commit: bytes) -> list[str]:
    """Raises what `_segments` does when this is no commit."""
    return [name for segment in _segments(json.loads(commit)) for name in segment.files]


def content_of(path: Path) -> bytes:
    """What is in the file. Raises `IndexCorruptError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise corrupt(path, f"cannot be read: {error.strerror or error}") from error


def _segments(meta: Mapping[str, Any]) -> list[Segment]:
    """Raises ValueError, TypeError, KeyError or AttributeError when this is no commit."""
    found = []
    for segment in meta["segments"]:
        name = segment["segment_id"].replace("-", "")
        deletes = segment["deletes"]
        deleted, file = (
            (int(deletes["num_deleted_docs"]), f"{name}.{int(deletes['opstamp'])}.del")
            if deletes
            else (0, None)
        )
        if not name.isalnum():
            raise ValueError(f"{name!r} is no name of a segment")
        found.append(Segment(name, int(segment["max_doc"]), deleted, file))
    return found


def _damage(data: Path, commit: bytes, most: int | None, seen: set[str]) -> Iterator[Damage]:
    try:
        segments = _segments(json.loads(commit))
    except _NO_COMMIT as error:
        yield Damage(COMMIT_FILE, "the commit", f"cannot be understood: {error}")
        return
    names = {name for segment in segments for name in segment.files}
    if most is None:
        yield from _managed_damage(data, {COMMIT_FILE, *names})
    try:
        known = read_checksums(data)
    except (OSError, ValueError) as error:
        yield Damage(CHECKSUMS, "the checksums", f"cannot be understood: {error}")
        return
    broken = set()
    for name, whole in to_read(data, names - seen, most):
        if why := _file_damage(data / name, known.get(name), whole):
            broken.add(name)
            yield Damage(name, "the file", why)
    seen &= names
    seen |= names - broken
    for segment in segments:
        if broken.isdisjoint(segment.files):
            yield from _count_damage(data, segment)


def _managed_damage(data: Path, needed: set[str]) -> Iterator[Damage]:
    # It may name files that are gone, or were never begun: a process that is killed leaves it so.
    try:
        managed = msgspec.json.decode((data / _MANAGED_FILE).read_bytes(), type=set[str])
    except (OSError, ValueError) as error:
        yield Damage(_MANAGED_FILE, "the list of files", f"cannot be read: {error}")
        return
    if missing := sorted(needed - managed):
        yield Damage(_MANAGED_FILE, "the list of files", f"does not have {missing[0]}")


def _file_damage(path: Path, known: Checksum | None, whole: bool) -> str:
    """What is wrong with a file of a segment, if anything is."""
    try:
        with path.open("rb") as file:
            end = _end_of(file)
            if known and end.checksum != known:
                return f"is another than the one that {CHECKSUMS} names"
            file.seek(0)
            left, crc = end.body if whole else 0, 0
            while left and (chunk := file.read(min(left, _CHUNK))):
                crc = zlib.crc32(chunk, crc)
                left -= len(chunk)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except (ValueError, TypeError, KeyError) as error:
        return f"is cut or overwritten: it does not end as it was written: {error}"
    return "is not what was written: its checksum is another" if whole and crc != end.crc else ""


class _End(NamedTuple):
    """What stands at the end of a file."""

    size: int
    body: int
    """How many bytes come before."""
    crc: int
    """Of those."""

    @property
    def checksum(self) -> Checksum:
        return self.size, self.crc


def _end_of(file: IO[bytes]) -> _End:
    """Raises ValueError, TypeError, or KeyError when this is no end of a file of tantivy."""
    size = os.fstat(file.fileno()).st_size
    start = file.seek(max(0, size - _LAST))
    last = file.read(_LAST)
    if len(last) < _TAIL.size:
        raise ValueError(f"it has {size} bytes")
    length, magic = _TAIL.unpack(last[-_TAIL.size :])
    body = size - _TAIL.size - length
    if magic != _MAGIC or body < start:
        raise ValueError("there is no length of a footer")
    footer = json.loads(last[body - start : -_TAIL.size])
    if not set(footer["version"]) >= _VERSION:
        raise ValueError("it has no version")
    return _End(size, body, footer["crc"])


def _own_checksum(path: Path) -> Checksum:
    with path.open("rb") as file:
        return _end_of(file).checksum


def _count_damage(data: Path, segment: Segment) -> Iterator[Damage]:
    """Are the numbers in the commit, which has no checksum, those of the files, which have?"""
    try:
        with (data / f"{segment.name}.fast").open("rb") as file:
            file.seek(_end_of(file).body - _COLUMNS_TAIL.size)
            documents, version, magic = _COLUMNS_TAIL.unpack(file.read(_COLUMNS_TAIL.size))
        if (version, magic) == (_COLUMNS_VERSION, _COLUMNS_MAGIC) and documents != segment.documents:
            why = f"says that {segment.name} has {segment.documents} documents; it has {documents}"
            yield Damage(COMMIT_FILE, "the commit", why)
        if segment.deleted_file:
            with (data / segment.deleted_file).open("rb") as file:
                length = _end_of(file).body
                file.seek(0)
                bits = file.read(length)
            (documents,) = _DELETED_HEAD.unpack_from(bits)
            left = int.from_bytes(bits[_DELETED_HEAD.size :], "little").bit_count()
            if (documents, documents - left) != (segment.documents, segment.deleted):
                why = f"says that of {segment.name} {segment.deleted} documents are deleted; it is "
                yield Damage(COMMIT_FILE, "the commit", why + str(documents - left))
    except FileNotFoundError:
        raise  # a merge removed it: there is a newer commit
    except (OSError, ValueError, TypeError, KeyError, struct.error) as error:
        yield Damage(segment.name, "the segment", f"cannot be understood: {error}")
