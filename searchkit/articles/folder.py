"""A file or a folder tree -> the paths of its files, in an order that is the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from searchkit.articles.one_file import printable
from searchkit.errors import ArticleError

__all__ = ["UnreadableFolderError", "files_of"]


class UnreadableFolderError(ArticleError):
    """What is in a folder, or whether something is one, cannot be told: its files may well be there."""


def files_of(root: Path) -> Iterator[Path | ArticleError]:
    """Each file, sorted by name within its folder; a folder that cannot be read is an error in its place.

    Names with a leading dot are passed over, except for the root's own. A folder
    that links lead to again is read once.
    """
    if not root.is_dir():
        yield root
        return
    seen: set[tuple[int, int]] = set()
    waiting = [root]  # a stack: a deep tree is no deep recursion
    while waiting:
        path = waiting.pop()
        try:
            if not path.is_dir():
                yield path
                continue
            status = path.stat()
            if (status.st_dev, status.st_ino) in seen:
                yield ArticleError(printable(path), "a link to a folder that has been read already")
                continue
            seen.add((status.st_dev, status.st_ino))
            inside = sorted(path.iterdir(), key=lambda child: child.name, reverse=True)
        except OSError as error:
            yield UnreadableFolderError(printable(path), f"cannot be read: {error.strerror or error}")
        else:
            waiting += [child for child in inside if not child.name.startswith(".")]
