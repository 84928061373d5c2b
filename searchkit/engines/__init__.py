"""engines: plan -> ranked documents. A location names the engine and its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from searchkit.engines.base import Damage, Engine
from searchkit.errors import EngineUnavailableError
from searchkit.query.plan import ValueField

__all__ = ["create_engine", "damage_at", "open_engine"]

_SCHEME = re.compile(r"([a-z][a-z0-9+]+):", re.IGNORECASE)  # two letters and more: C:\ is a drive


def create_engine(location: str, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> Engine:
    """A new, empty index at the location, with these fields of values."""
    from searchkit.engines.tantivy import TantivyEngine

    return TantivyEngine.create(_path(location), metadata, values)


def open_engine(location: str) -> Engine:
    """The index at the location."""
    from searchkit.engines.tantivy import TantivyEngine

    return TantivyEngine.open(_path_on_disk(location))


def damage_at(location: str) -> list[Damage]:
    """What is wrong with the files of the index at the location, which need not open."""
    from searchkit.engines.tantivy import TantivyEngine

    return TantivyEngine.damage_at(_path_on_disk(location))


def _path_on_disk(location: str) -> Path:
    path = _path(location)
    if path is None:
        raise ValueError("an index in memory cannot be opened, only created")
    return path


def _path(location: str) -> Path | None:
    if location == ":memory:":
        return None
    if scheme := _SCHEME.match(location):
        raise EngineUnavailableError(
            f"{location}: there is no engine {scheme[1]!r}; a path is the embedded engine"
        )
    if not location:
        raise ValueError("the location of an index is a path or ':memory:', not an empty text")
    return Path(location)
