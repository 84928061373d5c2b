"""engine: plan -> ranked documents. A location names the engine and its place.

    indexes/news                 tantivy, in a folder
    :memory:                     tantivy, in memory
    whoosh:indexes/news          Whoosh, in a folder
    opensearch://host:9200/news  OpenSearch, in a cluster; opensearchs:// for TLS
    NAME:anything                what a package has under NAME in the entry points "searchkit.engines"

An engine is a class, or a module, with the functions of `EngineKind`; a location that asks for it imports it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from searchkit.engine.base import Damage, Engine
from searchkit.engine.credentials import without_credentials
from searchkit.engine.plan import ValueField
from searchkit.errors import EngineUnavailableError, IndexIncompatibleError
from searchkit.text import path_text, well_formed

__all__ = [
    "ENTRY_POINTS",
    "MEMORY",
    "EngineKind",
    "create_engine",
    "damage_at",
    "folder_of_same_engine",
    "location_text",
    "open_engine",
]

ENTRY_POINTS = "searchkit.engines"
"""The group of entry points in which packages name the engines that they have."""

_SCHEME = re.compile(r"([a-z][a-z0-9+]+):", re.IGNORECASE)  # two letters and more: C:\ is a drive
MEMORY = ":memory:"
"""The location of an index that is in no folder."""
_TANTIVY, _WHOOSH, _OPENSEARCH = "tantivy", "whoosh", "opensearch"
# The class, the package that it needs, and what installs that.
_OUR_OWN = {
    _TANTIVY: ("TantivyEngine", "tantivy", "pip install tantivy"),
    _WHOOSH: ("WhooshEngine", "whoosh", "pip install whoosh3"),
    _OPENSEARCH: ("OpenSearchEngine", "opensearchpy", "pip install 'searchkit-zh[opensearch]'"),
}


class EngineKind(Protocol):
    """What makes and opens the indexes of one engine.

    The place is a `Path` for the engines of searchkit in folders, None for one in memory, and the location
    for one in a cluster; for those of other packages it is what stands behind their name in the location, as
    a text.
    """

    def create(self, place: Any, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> Engine:
        """A new, empty index, with these fields of values."""

    def open(self, place: Any) -> Engine:
        """The index at the place. What is damaged is better found here than by an answer, as far as it can be
        in some milliseconds."""

    def damage_at(self, place: Any, *, quick: bool = False) -> list[Damage]:
        """What is wrong with the files at the place, which need not open; ``quick`` in some milliseconds."""


def location_text(location: str | os.PathLike[str]) -> str:
    """A location as text.

    Raises TypeError for bytes, ValueError for a text that is no location: engines need UTF-8 in a path.
    """
    text = path_text(location)
    if well_formed(text) != text:
        raise ValueError(f"{text[:60]!r}: the location of an index is text in UTF-8; rename the folder")
    return text


def create_engine(location: str, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> Engine:
    """A new, empty index at the location, with these fields of values."""
    kind, place = _kind_and_place(location)
    return kind.create(place, metadata, values)


def open_engine(location: str) -> Engine:
    """The index at the location."""
    kind, place = _kind_and_place(location)
    with suppress(OSError):  # of a path that cannot be looked at, which the engine says
        if not _SCHEME.match(location) and any((Path(location) / "data").glob("*.toc")):
            raise IndexIncompatibleError(
                f"{location}: the engine {_WHOOSH!r} made this index; open '{_WHOOSH}:{location}'"
            )
    return kind.open(_on_disk(place))


def damage_at(location: str, *, quick: bool = False) -> list[Damage]:
    """What is wrong with the files of the index at the location, which need not open."""
    kind, place = _kind_and_place(location)
    return kind.damage_at(_on_disk(place), quick=quick)


def folder_of_same_engine(engine: Engine, location: str) -> Path:
    """The folder at a location where there can be an index of the same engine."""
    scheme = _SCHEME.match(location)
    if scheme is None and location != MEMORY:
        return _path(location)
    if scheme and scheme[1].lower() == _WHOOSH and engine.location.startswith(f"{_WHOOSH}:"):
        return _path(location[scheme.end() :])
    raise ValueError(
        f"{without_credentials(location)}: a backup is a folder, for the engine of its index; "
        "Index.copy_to and searchkit copy bring the documents to any location"
    )


def _on_disk(place: Any) -> Any:
    if place is None:
        raise ValueError("an index in memory cannot be opened, only created")
    return place


def _kind_and_place(location: str) -> tuple[EngineKind, Any]:
    if location == MEMORY:
        return _our_own(_TANTIVY), None
    scheme = _SCHEME.match(location)
    if scheme is None:
        return _our_own(_TANTIVY), _path(location)
    name, place = scheme[1].lower(), location[scheme.end() :]
    if name == _WHOOSH:
        return _our_own(_WHOOSH), _path(place)
    if name in (_OPENSEARCH, f"{_OPENSEARCH}s"):
        return _our_own(_OPENSEARCH), location
    return _of_a_package(name, location), place


def _path(place: str) -> Path:
    if not place:
        raise ValueError("the location of an index is a path or ':memory:', not an empty text")
    return Path(place)


def _our_own(name: str) -> EngineKind:
    kind, package, install = _OUR_OWN[name]
    try:
        module = import_module(f"searchkit.engine.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise EngineUnavailableError(f"the engine {name!r} is not installed: {install}") from error
    return cast("EngineKind", getattr(module, kind))


def _of_a_package(name: str, location: str) -> EngineKind:
    from importlib.metadata import entry_points  # takes longer to import than an index to open

    found = next(iter(entry_points(group=ENTRY_POINTS, name=name)), None)
    shown = without_credentials(location)
    if found is None:
        raise EngineUnavailableError(f"{shown}: there is no engine {name!r}; a path is the embedded engine")
    try:
        return cast("EngineKind", found.load())
    except ImportError as error:
        raise EngineUnavailableError(
            f"{shown}: the engine {name!r} ({found.value}) cannot be imported: {error}"
        ) from error
