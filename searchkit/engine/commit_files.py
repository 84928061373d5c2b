"""The files of a commit, none of which is ever changed: copies of them, and a look at those of one commit.

For an engine whose own files have no checksums, checksums.json beside them has the size and CRC-32 of each.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from searchkit.engine.atomic_files import corrupt, link_or_copy, write_atomically
from searchkit.engine.base import Damage

CHECKSUMS = "checksums.json"
Commit = TypeVar("Commit")
Result = TypeVar("Result")


def write_checksums(data: Path, names: Iterable[str], unfinished: dict[str, str]) -> None:
    """Keep what these files are, and the ``unfinished`` ones: the names they will have, and those they have.

    What is known already is not read again.
    """
    known = _read(data)
    sums = {name: known.get(name) or _checksum(data / name) for name in names}
    sums |= {name: _checksum(data / now) for name, now in unfinished.items()}
    write_atomically(data / CHECKSUMS, json.dumps(sums, separators=(",", ":")).encode())


def damaged_files(data: Path, names: Iterable[str]) -> list[Damage]:
    """Those of the files that are not as they were written."""
    try:
        known = _read(data)
    except ValueError as error:
        return [Damage(CHECKSUMS, "the checksums", f"cannot be understood: {error}")]
    return [
        Damage(name, "the file", why) for name in names if (why := _difference(data / name, known.get(name)))
    ]


def copy_files(data: Path, to: Path, names: Iterable[str]) -> None:
    """The files in a new folder: hard links where there can be."""
    from shutil import rmtree  # takes long to import, and a search does without

    rmtree(to, ignore_errors=True)
    to.mkdir()
    for name in names:
        link_or_copy(data / name, to / name)


def of_one_commit(latest: Callable[[], Commit], act: Callable[[Commit], Result]) -> Result:
    """What ``act`` makes of the ``latest`` commit; again when a writer replaced it and removed its files.

    A result that is false is final: nothing was amiss. Raises `IndexCorruptError` when a file is missing.
    """
    while True:
        commit = latest()
        try:
            result = act(commit)
            if not result or latest() == commit:
                return result
        except FileNotFoundError as error:
            if latest() == commit:
                raise corrupt(error.filename, "is missing") from error


def _read(data: Path) -> dict[str, list[int]]:
    """Raises ValueError when this is none."""
    path = data / CHECKSUMS
    found = json.loads(path.read_bytes()) if path.exists() else {}
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - as for any other content
    return found


def _checksum(path: Path) -> list[int]:
    size = crc = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return [size, crc]


def _difference(path: Path, was: list[int] | None) -> str:
    """What is wrong with the file, if anything is."""
    if not path.exists():
        return "is missing"
    if was is None:
        return "has no checksum: another program wrote it"
    return "" if _checksum(path) == was else "is not what was written: its size or its checksum is another"
