"""Files that are written as a whole or not at all, and the errors of those that cannot be read or written."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from searchkit.errors import IndexCorruptError, SearchkitError

UNFINISHED = re.compile(r"\.(index|writer)\.json\.\d+\.new")
"""The name of a temporary file that a killed process leaves behind."""


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which replaces ``path`` when the block ends; on an error ``path`` stays as it was.

    All that was written is on the disk then, and so is the name.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file by one with this content, by `replacing`."""
    with replacing(path) as file:
        file.write(content)


def link_or_copy(source: Path, to: Path) -> None:
    """Make a hard link to the file, or a copy where links are not possible.

    Raises FileNotFoundError when the file is gone.
    """
    try:
        os.link(source, to)
    except OSError:  # another disk, or one without links; a file that is gone raises once more
        from shutil import copyfileobj  # takes long to import, and a search does without

        with source.open("rb") as reader, to.open("wb") as writer:
            copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())


def sync_folder(path: Path) -> None:
    """Flush the names in the folder to the disk. Windows cannot open folders, and needs no flush."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


REFUSED = frozenset(
    (
        *(errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN),
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBUSY, errno.EINTR, errno.ENOLCK, errno.ESTALE),
    )
)
"""What the operating system says that says nothing about the files."""


def corrupt(place: object, why: str) -> IndexCorruptError:
    """The error that names what is damaged, and the way out."""
    return IndexCorruptError(f"{place}: {why}; restore a backup, or create the index anew from its documents")


def unwritable(location: str, reason: str) -> SearchkitError:
    """The error of a writer that cannot write to the disk."""
    return SearchkitError(
        f"{location}: the index cannot be written: {reason}; "
        "it is as the last commit left it: is the disk full, or the folder gone?"
    )


def reason_of(error: Exception) -> str:
    """What the operating system says of it."""
    return getattr(error, "strerror", None) or str(error)
