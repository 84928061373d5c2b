"""The files of a commit, for engines whose own have no checksums: what they were, and copies of them.

A file beside them, checksums.json, has the size and the CRC-32 of each. None of the files is ever changed.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from searchkit.engine.base import Damage
from searchkit.engine.storage import corrupt, link_or_copy, write_atomically

__all__ = ["CHECKSUMS", "copy_files", "damaged_files", "of_one_commit", "write_checksums"]

CHECKSUMS = "checksums.json"
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
    """The files and their checksums in a new folder: hard links where there can be."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for name in [*names, CHECKSUMS]:
        link_or_copy(data / name, to / name)


def of_one_commit(data: Path, latest: Callable[[], object], act: Callable[[], Result]) -> Result:
    """What ``act`` finds; anew when a writer replaced the ``latest`` commit and removed its files."""
    while True:
        before = latest()
        with suppress(FileNotFoundError):
            found = act()
            if not found or latest() == before:
                return found
        if latest() == before:
            raise corrupt(data, "files of the commit are missing")


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
