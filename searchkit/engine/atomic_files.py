"""Files that are written as a whole or not at all, and the errors of those that cannot be read or written."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from searchkit.errors import IndexCorruptError, SearchkitError

FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""What the operating system says when there is no room."""
UNFINISHED = re.compile(r"\.(?P<name>.+)\.\d+(-\d+)?\.new")
"""The name of a temporary file or folder, which a killed process leaves behind."""


def unfinished(path: Path) -> Path:
    """What will be at ``path`` once it is complete; another one for each thread."""
    return path.with_name(f".{path.name}.{os.getpid()}-{threading.get_native_id()}.new")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which replaces ``path`` when the block ends; on an error ``path`` stays as it was.

    All that was written is on the disk then, and so is the name. What a killed process left of another try is
    removed.
    """
    remove_unfinished(path.parent, path.name)
    temporary = unfinished(path)
    try:
        with _held(temporary, temporary.touch):
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


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which is at ``path`` when the block ends; on an error nothing is there.

    What a killed process left of another try is removed.
    """
    from shutil import rmtree  # takes long to import, and a search does without

    remove_unfinished(path.parent, path.name)
    temporary = unfinished(path)
    try:
        with _held(temporary, partial(temporary.mkdir, parents=True, exist_ok=True)):
            yield temporary
            temporary.rename(path)
        sync_folder(path.parent)
    finally:
        rmtree(temporary, ignore_errors=True)


def remove_unfinished(folder: Path, name: str | None = None) -> None:
    """Remove what killed processes left in the folder, of files and folders with this name or with any.

    Windows has no locks to tell them from those that are being written: there they stay.
    """
    with suppress(OSError):  # they are in nobody's way
        for path in folder.iterdir():
            found = UNFINISHED.fullmatch(path.name)
            if found and (name is None or found["name"] == name):
                _remove_unless_held(path)


def _remove_unless_held(path: Path) -> None:
    with suppress(ImportError, OSError):
        import fcntl

        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.is_dir():
                from shutil import rmtree

                rmtree(path)
            else:
                path.unlink()
        finally:
            os.close(descriptor)


@contextmanager
def _held(path: Path, make: Callable[[], None]) -> Iterator[None]:
    """Make a file or a folder that nobody takes for one of a killed process until the block ends."""
    descriptor = None
    try:
        while True:
            make()
            if os.name == "nt":  # which has no such locks, and opens no folders
                break
            descriptor = os.open(path, os.O_RDONLY)
            if _hold(descriptor, path):
                break
            os.close(descriptor)
            descriptor = None
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _hold(descriptor: int, path: Path) -> bool:
    """Lock what is open; False when somebody has just removed it."""
    with suppress(ImportError, OSError):  # there is no such lock, at least on this disk
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


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
