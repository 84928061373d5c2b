"""The files of tantivy: which of them a commit has, whether they are as they were written, and copies.

    meta.json            the segments of the latest commit, and the schema; replaced as a whole by each commit
    .managed.json        the names of all files that tantivy has made and not yet removed
    SEGMENT.store ...    written once; at the end {"version":...,"crc":...}, its length, a magic number

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
from typing import Any, NamedTuple

import msgspec

from searchkit.engine.atomic_files import corrupt, write_atomically
from searchkit.engine.base import Damage
from searchkit.engine.commit_files import copy_files, of_one_commit

COMMIT_FILE = "meta.json"
_MANAGED_FILE = ".managed.json"
_TEMPORARY = ".tmp"  # of files that will replace another
_WRITTEN = re.compile(rf"[0-9a-f]{{32}}\.|{re.escape(_TEMPORARY)}")
_KINDS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_TAIL = struct.Struct("<II")  # the length of the footer, and the magic number
_MAGIC = 1337
_LONGEST_FOOTER = 50_000
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


def damage_of(data: Path) -> list[Damage]:
    """What of the latest commit in the folder is not as it was written."""
    return of_one_commit(partial(_content, data / COMMIT_FILE), lambda commit: list(_damage(data, commit)))


def copy_commit(data: Path, to: Path) -> None:
    """The files of the latest commit in a new folder: hard links where there can be, as none is ever changed.

    Raises `IndexCorruptError` when a file of the commit is not there, OSError when one cannot be copied.
    """

    def copy(commit: bytes) -> None:
        names = [name for segment in _segments(json.loads(commit)) for name in segment.files]
        copy_files(data, to, names)
        write_atomically(to / _MANAGED_FILE, json.dumps([COMMIT_FILE, *names]).encode() + b"\n")
        write_atomically(to / COMMIT_FILE, commit)

    try:
        of_one_commit(partial(_content, data / COMMIT_FILE), copy)
    except _NO_COMMIT as error:
        raise corrupt(data / COMMIT_FILE, f"is damaged: {error}") from error


def segments_of(data: Path) -> list[Segment]:
    """The segments of the latest commit.

    Raises `IndexCorruptError` when the commit cannot be understood.
    """
    try:
        return _segments(json.loads(_content(data / COMMIT_FILE)))
    except _NO_COMMIT as error:
        raise corrupt(data / COMMIT_FILE, f"is damaged: {error}") from error


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


def _content(path: Path) -> bytes:
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


def _damage(data: Path, commit: bytes) -> Iterator[Damage]:
    try:
        segments = _segments(json.loads(commit))
    except _NO_COMMIT as error:
        yield Damage(COMMIT_FILE, "the commit", f"cannot be understood: {error}")
        return
    yield from _managed_damage(data, {COMMIT_FILE, *(name for one in segments for name in one.files)})
    for segment in segments:
        broken = [
            Damage(name, "the file", why) for name in segment.files if (why := _file_damage(data / name))
        ]
        yield from broken or _count_damage(data, segment)


def _managed_damage(data: Path, needed: set[str]) -> Iterator[Damage]:
    # It may name files that are gone, or were never begun: a process that is killed leaves it so.
    try:
        managed = msgspec.json.decode((data / _MANAGED_FILE).read_bytes(), type=set[str])
    except (OSError, ValueError) as error:
        yield Damage(_MANAGED_FILE, "the list of files", f"cannot be read: {error}")
        return
    if missing := sorted(needed - managed):
        yield Damage(_MANAGED_FILE, "the list of files", f"does not have {missing[0]}")


def _file_damage(path: Path) -> str:
    """What is wrong with a file of a segment, if anything is."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _TAIL.size:
                return f"is cut: it has {size} bytes"
            file.seek(size - _TAIL.size)
            length, magic = _TAIL.unpack(file.read(_TAIL.size))
            left = size - _TAIL.size - length
            if magic != _MAGIC or length > _LONGEST_FOOTER or left < 0:
                return "is cut or overwritten: it does not end as it was written"
            file.seek(left)
            footer = json.loads(file.read(length))
            wanted = footer["crc"]
            if not set(footer["version"]) >= _VERSION:
                return "does not end as it was written: it has no version"
            file.seek(0)
            crc = 0
            while left and (chunk := file.read(min(left, _CHUNK))):
                crc = zlib.crc32(chunk, crc)
                left -= len(chunk)
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except (ValueError, TypeError, KeyError) as error:
        return f"does not end as it was written: {error}"
    return "" if crc == wanted else "is not what was written: its checksum is another"


def _count_damage(data: Path, segment: Segment) -> Iterator[Damage]:
    """Are the numbers in the commit, which has no checksum, those of the files, which have?"""
    try:
        columns = _body(data / f"{segment.name}.fast")
        documents, version, magic = _COLUMNS_TAIL.unpack(columns[-_COLUMNS_TAIL.size :])
        if (version, magic) == (_COLUMNS_VERSION, _COLUMNS_MAGIC) and documents != segment.documents:
            why = f"says that {segment.name} has {segment.documents} documents; it has {documents}"
            yield Damage(COMMIT_FILE, "the commit", why)
        if segment.deleted_file:
            bits = _body(data / segment.deleted_file)
            (documents,) = _DELETED_HEAD.unpack_from(bits)
            left = int.from_bytes(bits[_DELETED_HEAD.size :], "little").bit_count()
            if (documents, documents - left) != (segment.documents, segment.deleted):
                why = f"says that of {segment.name} {segment.deleted} documents are deleted; it is "
                yield Damage(COMMIT_FILE, "the commit", why + str(documents - left))
    except (OSError, struct.error) as error:
        yield Damage(segment.name, "the segment", f"cannot be understood: {error}")


def _body(path: Path) -> bytes:
    content = path.read_bytes()
    length, _ = _TAIL.unpack(content[-_TAIL.size :])
    return content[: -_TAIL.size - length]
