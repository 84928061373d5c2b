"""A file or a folder tree -> the paths of its files, in an order that is the same everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator

from searchkit.errors import ArticleError

__all__ = ["UnreadableFolderError", "files_of", "printable"]


class UnreadableFolderError(ArticleError):
    """A folder cannot be listed. Its files may well be there."""


def files_of(root: str | os.PathLike[str]) -> Iterator[str | ArticleError]:
    """The path of each file, sorted by name within its folder; an error for a folder that cannot be read.

    Names with a leading dot are skipped, except for the root itself. A folder that several links lead to is
    read once.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [(os.fspath(root), os.path.isdir(root))]  # noqa: PTH112  a stack: a deep tree is no deep recursion
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            status = os.stat(path)  # noqa: PTH116  (pathlib makes ten calls for each file)
            if (status.st_dev, status.st_ino) in seen:
                yield ArticleError(printable(path), "a link to a folder that has been read already")
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(path) as entries:
                inside = sorted(
                    ((each.name, _is_folder(each)) for each in entries if each.name[0] != "."), reverse=True
                )
        except OSError as error:
            yield UnreadableFolderError(printable(path), f"cannot be read: {error.strerror or error}")
        else:
            before = "" if path == os.curdir else os.path.join(path, "")  # noqa: PTH118
            waiting += [(before + name, is_folder) for name, is_folder in inside]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, for instance: reading it says what is wrong
        return False


def printable(path: str | os.PathLike[str]) -> str:
    """The path as text. Bytes of a name that are not UTF-8 are escaped, so that printing it cannot fail."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
