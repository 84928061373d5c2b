"""A folder -> the files in it that are read, in order, without what nobody reads or wants.

Left out are hidden files (`_HIDDEN`), folders of programs (`_NEVER_READ`), indexes, files of kinds that
nobody reads, and what patterns say: those of a program (`Selection`), and of the files ``.searchkitignore``
in the folders. Patterns are those of ``.gitignore``.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from searchkit.articles.decoding import decode
from searchkit.articles.file_reader import printable
from searchkit.articles.patterns import Patterns
from searchkit.articles.readers import reader_of, suffix_of
from searchkit.errors import ArticleError, DocumentError
from searchkit.text import as_list

IGNORE_FILE = ".searchkitignore"
_NEVER_READ = frozenset(("node_modules", "__pycache__", "__MACOSX"))
"""Folders that programs fill, whose texts nobody wrote for this folder."""
_HIDDEN = (".", "~$")
"""How names begin of files that nobody looks at; the second ones are beside a file that is open in Word."""
_INDEX = re.compile(rb'\{\s*"identity": "[0-9a-f]{32}",')
"""How the settings of an index begin: engine/storage.py writes them."""


class UnreadableFolderError(ArticleError):
    """A folder cannot be listed. Its files may well be there."""


class UnreadableKindError(ArticleError):
    """Files of a kind cannot be read here, as a library is missing: one error for all of them."""

    def __init__(self, path: str, reason: str, files: list[str]) -> None:
        super().__init__(path, reason)
        self.args = path, reason, files
        self.files = files


_Rules = tuple[tuple[int, Patterns], ...]
"""Patterns, and how many characters of a path lie before what they are for; the strongest first."""
_Waiting = tuple[str, bool, _Rules]
"""A path, whether it is a folder, and the rules of the files ``.searchkitignore`` above it."""


class Selection:
    """Which files of a folder are read: by patterns of ``.gitignore``, from the folder on.

    A file has to match ``include``, if there is any, or be in a folder that does; files and folders that
    match ``exclude`` are left out, and that is stronger. Raises ValueError for what is no pattern.
    """

    def __init__(self, include: str | Iterable[str] = (), exclude: str | Iterable[str] = ()) -> None:
        self.include = _patterns("include", include)
        self.exclude = _patterns("exclude", exclude)


def _patterns(name: str, given: str | Iterable[str]) -> Patterns | None:
    lines = as_list(name, given)
    if lines and not any(line.strip() for line in lines):  # of a variable of the shell that is not set
        raise ValueError(f"{name}: {lines[0]!r} is no pattern like '*.md' or 'drafts/'")
    try:
        return Patterns(lines) if lines else None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def files_of(
    root: str | os.PathLike[str], selection: Selection, skipped: Counter[str]
) -> Iterator[str | ArticleError]:
    """The path of each file, sorted by name within its folder; an error for a folder that cannot be read.

    Files of kinds that nobody reads are counted in ``skipped``, by suffix. Those whose reader cannot be used
    here are one error a kind, at the end. None of this is for the root itself. A folder that several links
    lead to is read once.
    """
    top = os.fspath(root)
    walk = _Walk(top, selection, skipped)
    seen: set[tuple[int, int]] = set()
    # A stack: a deep tree is no deep recursion.
    waiting: list[_Waiting] = [(top, os.path.isdir(top), ())]  # noqa: PTH112
    while waiting:
        path, is_folder, rules = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            status = os.stat(path)  # noqa: PTH116  (pathlib makes ten calls for each file)
            if (status.st_dev, status.st_ino) in seen:
                yield ArticleError(printable(path), "a link to a folder that has been read already")
                continue
            seen.add((status.st_dev, status.st_ino))
            waiting += reversed(walk.inside(path, rules))
        except OSError as error:
            yield UnreadableFolderError(printable(path), f"cannot be read: {error.strerror or error}")
        except _IgnoreFileError as error:
            yield UnreadableFolderError(printable(path), f"nothing is read: {IGNORE_FILE}: {error}")
    for reason, files in walk.unreadable.items():
        count = f"{len(files):,} files are" if len(files) > 1 else "a file is"
        yield UnreadableKindError(printable(top), f"{count} not read: {reason}", files)


def is_index(folder: str | os.PathLike[str]) -> bool:
    """Whether the folder is an index of searchkit."""
    settings = os.path.join(folder, "index.json")  # noqa: PTH118
    try:
        if not os.path.exists(settings):  # noqa: PTH110
            return False
        with open(settings, "rb") as file:  # noqa: PTH123
            return _INDEX.match(file.read(100)) is not None
    except OSError:
        return False


class _IgnoreFileError(Exception):
    """What is wrong with a ``.searchkitignore``: without it nobody knows what may be read."""


class _Walk:
    """What is read of each folder, and what is not."""

    def __init__(self, top: str, selection: Selection, skipped: Counter[str]) -> None:
        self._start = _start_of(top)
        self._include = selection.include
        self._exclude: _Rules = ((self._start, selection.exclude),) if selection.exclude else ()
        self._top = top
        self._skipped = skipped
        self.unreadable: dict[str, list[str]] = {}
        """Why files are not read -> their paths."""

    def inside(self, folder: str, rules: _Rules) -> list[_Waiting]:
        """What there is to read in a folder, sorted by name."""
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        names = {entry.name for entry in found}
        if "index.json" in names and folder != self._top and is_index(folder):
            return []
        if IGNORE_FILE in names:
            rules = ((_start_of(folder), _ignore_file(folder)), *rules)
        before = "" if folder == os.curdir else os.path.join(folder, "")  # noqa: PTH118
        inside: list[_Waiting] = []
        for entry in found:
            if not entry.name.startswith(_HIDDEN) and entry.name not in _NEVER_READ:
                path, is_folder = before + entry.name, _is_folder(entry)
                if self._is_wanted(path, rules, is_folder=is_folder) and (
                    is_folder or self._has_reader(path, entry)
                ):
                    inside.append((path, is_folder, rules))
        return inside

    def _is_wanted(self, path: str, rules: _Rules, *, is_folder: bool) -> bool:
        for start, patterns in (*self._exclude, *rules):
            is_excluded = patterns.say(_name_for(path, start), is_folder=is_folder)
            if is_excluded is not None:
                if is_excluded:
                    return False
                break
        return is_folder or self._include is None or self._include.cover(_name_for(path, self._start))

    def _has_reader(self, path: str, entry: os.DirEntry[str]) -> bool:
        suffix = suffix_of(entry.name)
        reader = reader_of(suffix)
        if reader is None:
            if not suffix and entry.is_symlink() and not os.path.exists(path):  # noqa: PTH110
                return True  # perhaps of a folder that is gone: reading it says what is wrong
            self._skipped[suffix] += 1
        elif isinstance(reader, str):
            self.unreadable.setdefault(reader, []).append(path)
            return False
        return reader is not None


def _name_for(path: str, start: int) -> str:
    """The path as patterns see it: from the folder that has them on."""
    return path[start:].replace(os.sep, "/")


def _start_of(folder: str) -> int:
    """How many characters of the paths in a folder name the folder."""
    return 0 if folder == os.curdir else len(os.path.join(folder, ""))  # noqa: PTH118


def _ignore_file(folder: str) -> Patterns:
    try:
        with open(os.path.join(folder, IGNORE_FILE), "rb") as file:  # noqa: PTH118, PTH123
            return Patterns(decode(file.read()).split("\n"))
    except OSError as error:
        raise _IgnoreFileError(error.strerror or str(error)) from error
    except (DocumentError, ValueError) as error:
        raise _IgnoreFileError(str(error)) from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself, for instance: reading it says what is wrong
        return False
