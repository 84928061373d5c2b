"""The dictionary of the compiled tokenizer: made once from the package `jieba`, then mapped by every process.

The file is in the user's cache folder and may be removed at any time. Its key says what it was made from; a
file with another key, or a damaged one, is made anew. Where no file can be written, the dictionary is made in
memory, which takes some tenths of a second at each start.
"""

from __future__ import annotations

import os
import sys
import time
from array import array
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from searchkit.analysis.word_lists import respelled_words

if TYPE_CHECKING:
    from searchkit.analysis import _kernel
else:
    _kernel = import_module("searchkit.analysis._kernel")

_STATES = "BEMS"
_IMPOSSIBLE = -3.14e100  # jieba's logarithm of 0
_SOURCES = ("dict.txt", "finalseg/prob_start.py", "finalseg/prob_trans.py", "finalseg/prob_emit.py")
# A computer has some installations of jieba; each has a dictionary of its own.
_MOST_FILES = 4
_LEFT_BEHIND = 3600  # seconds after which nobody writes a temporary file any more


def open_dictionary() -> _kernel.Jieba:
    """A tokenizer with jieba's dictionary and the respelled words.

    ImportError: `jieba` is not installed, or its files are not as they should be.
    """
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba is not installed", name="jieba")
    source = os.path.dirname(package.origin)  # noqa: PTH120  `Path` takes longer than all the rest
    try:
        key = _key(source)
    except OSError as error:
        raise ImportError(f"jieba is not complete: {error}") from error
    folder = cache_folder()
    file = None if folder is None else f"{folder}/jieba-{crc32(key):08x}.dictionary"
    if file is not None:
        with suppress(OSError, ValueError):  # there is none, or it is damaged
            return _kernel.Jieba(_mapped(file), key)
    try:
        made = _kernel.make_dictionary(*_parts(Path(source)), key)
    except (OSError, ValueError) as error:
        raise ImportError(f"jieba's dictionary cannot be read: {error}") from error
    if file is not None:
        with suppress(OSError, ValueError):  # no room, or not ours
            _write(Path(file), made)
            return _kernel.Jieba(_mapped(file), key)
    return _kernel.Jieba(made, key)


def cache_folder() -> str | None:
    """Where the dictionary is kept: `$SEARCHKIT_CACHE`, or a folder where the system has such files."""
    if named := os.environ.get("SEARCHKIT_CACHE"):
        return named
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return f"{base}/searchkit/Cache" if base else None
    base = "~/Library/Caches" if sys.platform == "darwin" else os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    folder = os.path.expanduser(base)  # noqa: PTH111  see above
    return f"{folder}/searchkit" if os.path.isabs(folder) else None  # noqa: PTH117


def _key(source: str) -> bytes:
    """What a dictionary is made from, by the sizes and times of the files: to read them takes too long."""
    stats = [os.stat(f"{source}/{name}") for name in _SOURCES]  # noqa: PTH116
    files = [f"{stat.st_size} {stat.st_mtime_ns}" for stat in stats]
    return "\n".join([source, *files, f"{crc32(respelled_words().encode())}"]).encode(errors="replace")


def _mapped(file: str) -> mmap:
    with open(file, "rb") as opened:  # noqa: PTH123
        return mmap(opened.fileno(), 0, access=ACCESS_READ)


def _parts(source: Path) -> tuple[bytes, bytes, str, bytes]:
    """What a dictionary is made of: jieba's words, ours, the characters of the model and its numbers."""
    start, transitions, emissions = (
        _table(source / "finalseg" / f"{name}.py") for name in ("prob_start", "prob_trans", "prob_emit")
    )
    characters = "".join(sorted(set().union(*emissions.values())))
    model = array("d", (start[state] for state in _STATES))
    model.extend(transitions[before].get(state, _IMPOSSIBLE) for before in _STATES for state in _STATES)
    of_states = [emissions[state] for state in _STATES]
    model.extend(of_state.get(each, _IMPOSSIBLE) for each in characters for of_state in of_states)
    words = (source / "dict.txt").read_bytes()
    return words, respelled_words().encode(), characters, model.tobytes()


def _table(file: Path) -> dict[str, Any]:
    """A table of jieba's model. Not by importing jieba, which takes long and warns."""
    spec = spec_from_file_location(f"_jieba_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{file} cannot be imported")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    table: dict[str, Any] = module.P
    return table


def _write(file: Path, made: bytes) -> None:
    """Writes the file as a whole or not at all. Who writes it at the same time writes the same."""
    from tempfile import NamedTemporaryFile  # takes long to import, and is seldom needed

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix="jieba-", suffix=".new", delete=False) as new:
        try:
            new.write(made)
            new.close()
            os.replace(new.name, file)  # noqa: PTH105
        except BaseException:
            new.close()
            Path(new.name).unlink(missing_ok=True)
            raise
    for old in _superfluous(file.parent):
        with suppress(OSError):  # another process was first, or has it open
            old.unlink()


def _superfluous(folder: Path) -> Iterator[Path]:
    """Dictionaries of installations that are likely gone, and what a killed process left."""
    made_at = {path: path.stat().st_mtime for path in folder.glob("jieba-*")}
    dictionaries = [path for path in made_at if path.suffix == ".dictionary"]
    yield from sorted(dictionaries, key=made_at.__getitem__, reverse=True)[_MOST_FILES:]
    for path, written in made_at.items():
        if path.suffix == ".new" and written < time.time() - _LEFT_BEHIND:
            yield path
