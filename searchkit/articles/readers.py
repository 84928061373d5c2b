"""Readers: which module reads a kind of file, told by its suffix.

A reader turns a file into Documents and reasons why there is none. Those of searchkit are imported when the
first file of their kind is met. Packages add their own by entry points: the name is the suffix without its
dot, the value a `Reader`.

    [project.entry-points."searchkit.readers"]
    rtf = "my_package.rtf:RTF"
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from searchkit.document import Document
from searchkit.errors import DocumentError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "searchkit.readers"
"""The group of entry points in which packages name the readers that they have."""

LARGEST_FILE = 32_000_000
"""Bytes of a file that is one article. Several copies of it are in memory while it is read."""


class NoArticleError(DocumentError):
    """A file is of a kind that is read, but plainly of another use: a setting, a log, the data of a program.

    Readers raise it before they yield anything. It is a failure of a file that somebody named; one that was
    found in a folder is skipped.
    """


@dataclass(frozen=True)
class ReadOptions:
    """How files are read: plain values, which are sent to worker processes and kept with a synced folder."""

    encoding: str | None = None
    """Of text; detected when there is none."""
    query: str = ""
    """The SELECT that makes documents of the rows of a database."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Names of columns and keys -> the fields of a Document that they are."""


@dataclass(frozen=True)
class Reader:
    """What reads the files of some kinds.

    ``read(path, options)`` yields ``(place, Document)``, or ``(place, reason)`` for what cannot be read. The
    place is empty for the file itself; else it is what stands behind ``FILE:``, such as the number of a line.
    It may raise OSError, and `DocumentError` of the file as a whole (`NoArticleError` if it is for others).
    """

    suffixes: tuple[str, ...]
    """In lower case, with the dot; with the one before it where the last is a compression: ``.xml.bz2``."""
    read: Callable[[str, ReadOptions], Iterator[tuple[str, Document | str]]]
    needs: str = ""
    """The extra of searchkit-zh that installs its libraries."""
    whole: bool = True
    """Whether a file is one article, which is read as a whole and bounded by ``largest``. Others may be of
    any length: they are read document by document."""
    libraries: tuple[str, ...] = ()
    """Modules that have to be there, as `import` names them."""
    largest: int = LARGEST_FILE
    """Bytes of a file that is one article. Formats with pictures take more of them than of text."""
    beside: tuple[str, ...] = ()
    """What is added to the path for other files that belong to a file: it has changed when they have."""


# In the order in which messages name them.
_BUILT_IN = {
    "text_files.PLAIN_TEXT": ".txt",
    "text_files.MARKDOWN": ".md .markdown",
    "text_files.HTML": ".html .htm",
    "json_lines.JSON_LINES": ".jsonl .ndjson .jsonl.gz .ndjson.gz",
    "pdf.PDF": ".pdf",
    "docx.DOCX": ".docx .docm",
    "epub.EPUB": ".epub",
    "mail.EML": ".eml",
    "mail.MBOX": ".mbox",
    "mediawiki.DUMP": ".xml .xml.bz2 .xml.gz",
    "json_array.JSON": ".json",
    "table.TABLE": ".csv .tsv",
    "sqlite.SQLITE": ".db .sqlite .sqlite3",
}
_MODULES = {suffix: name for name, suffixes in _BUILT_IN.items() for suffix in suffixes.split()}
_SUFFIX = re.compile(r"\.[^.]*\.(?:gz|bz2|xz)\Z|\.[^.]+\Z")


def suffix_of(path: str) -> str:
    """The suffix of the file's name, in lower case, with the one before ``.gz``; empty when it has none."""
    found = _SUFFIX.search(path[path.rfind(os.sep) + 1 :].lstrip(".").lower())
    return found[0] if found else ""


def reader_of(suffix: str) -> Reader | str | None:
    """The reader of files with the suffix, why it cannot be used, or None where nobody reads them."""
    found = _READERS.get(suffix)
    return found if found is not None else _load(suffix)


_READERS: dict[str, Reader] = {}
"""Those in use, by suffix."""


def _load(suffix: str) -> Reader | str | None:
    if where := _MODULES.get(suffix):
        module, _, attribute = where.partition(".")
        reader: object = getattr(import_module(f"searchkit.articles.{module}"), attribute)
    elif entry := _entry_points().get(suffix):
        where = entry.value
        try:
            reader = entry.load()
        except Exception as error:  # whatever a package does when it is imported
            return f"the reader of {suffix} files ({where}) cannot be imported: {error}"
    else:
        return None
    if not isinstance(reader, Reader):
        return f"what reads {suffix} files ({where}) is no searchkit.articles.readers.Reader"
    if missing := [name for name in reader.libraries if not _is_installed(name)]:
        way_out = f": pip install 'searchkit-zh[{reader.needs}]'" if reader.needs else ""
        return f"reading {suffix} files needs {', '.join(missing)}{way_out}"
    _READERS[suffix] = reader
    return reader


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # the package that it would be in is not there
        return False


@cache
def _entry_points() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # takes long to import, and most kinds are our own

    return {f".{each.name.lower()}": each for each in entry_points(group=ENTRY_POINTS)}


def known_suffixes() -> list[str]:
    """Every suffix that somebody reads, for messages."""
    return [*_MODULES, *sorted(set(_entry_points()) - set(_MODULES))]
