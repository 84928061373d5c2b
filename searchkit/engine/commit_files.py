"""The files of a commit, none of which is ever changed: copies of them, and a look at those of one commit.

Beside them, checksums.json has the size and the CRC-32 of each: so a file is not only whole, but the one that
has this name. A large index takes long to read: whoever opens one looks at the sizes of all files, and reads
as many as `QUICK_BYTES` go, the smallest first. What is in many small segments, or says of each document
whether it is deleted, how long it is and what it is sorted by, is among them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from searchkit.engine.atomic_files import corrupt, link_or_copy, write_atomically
from searchkit.engine.base import Damage

CHECKSUMS = "checksums.json"
QUICK_BYTES = 8_000_000
"""What is compared with checksums when an index is opened, or a commit is new: it takes some milliseconds."""
Checksum = tuple[int, int]
"""The size and the CRC-32 of a file."""
Commit = TypeVar("Commit")
Result = TypeVar("Result")


def write_checksums(data: Path, sums: Mapping[str, Checksum]) -> None:
    """Keep what the files of a commit are."""
    write_atomically(data / CHECKSUMS, msgspec.json.encode(sums))


def read_checksums(data: Path) -> dict[str, Checksum]:
    """What is kept, which is nothing where there is no such file.

    Raises ValueError when it cannot be understood, OSError when it cannot be read.
    """
    path = data / CHECKSUMS
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Checksum]) if path.exists() else {}


def known_checksums(data: Path) -> dict[str, Checksum]:
    """What is kept, as far as it can be read: a check says what cannot."""
    with suppress(OSError, ValueError):
        return read_checksums(data)
    return {}


def checksum(path: Path) -> Checksum:
    """What a file is now."""
    size = crc = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return size, crc


def to_read(data: Path, names: Iterable[str], most: int | None) -> Iterator[tuple[str, bool]]:
    """The files, smallest first, and whether each is read whole: not beyond ``most`` bytes together."""
    sizes = dict.fromkeys(names, 0)
    for name in sizes:
        with suppress(OSError):  # whoever reads it is told
            sizes[name] = (data / name).stat().st_size
    read = 0
    for name in sorted(sizes, key=sizes.__getitem__):
        read += sizes[name]
        yield name, most is None or read <= most


def damaged_files(data: Path, names: Iterable[str], most: int | None = None) -> list[Damage]:
    """Those of the files that are not as they were written, as far as ``most`` bytes of them tell.

    One without a checksum, of another program, is named only when all are read.
    """
    try:
        known = read_checksums(data) if most is None else known_checksums(data)
    except (OSError, ValueError) as error:
        return [Damage(CHECKSUMS, "the checksums", f"cannot be understood: {error}")]
    if most is not None:
        names = [name for name in names if name in known]
    return [
        Damage(name, "the file", why)
        for name, whole in to_read(data, names, most)
        if (why := _difference(data / name, known.get(name), whole))
    ]


def require_whole(place: str, damage: Sequence[Damage]) -> None:
    """Raise `IndexCorruptError`, which names the first file, where something is damaged."""
    for file, what, why in damage[:1]:
        raise corrupt(place, f"{file}: {what} {why}")


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


def _difference(path: Path, was: Checksum | None, whole: bool) -> str:
    """What is wrong with the file, if anything is."""
    if not path.exists():
        return "is missing"
    if was is None:
        return "has no checksum: another program wrote it"
    is_now = checksum(path) if whole else (path.stat().st_size, was[1])
    return "" if is_now == was else "is not what was written: its size or its checksum is another"
