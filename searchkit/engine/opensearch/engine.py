"""An index of OpenSearch: its settings, its notes, and who opens, searches and writes it."""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from searchkit.engine.base import Damage, Engine, EngineStats
from searchkit.engine.opensearch.client import Calls, RefusedError
from searchkit.engine.opensearch.location import parsed
from searchkit.engine.opensearch.mapping import FORMAT, index_body, properties
from searchkit.engine.opensearch.snapshot import OpenSearchSnapshot, PointInTime, version_of
from searchkit.engine.opensearch.state import State, StateStore
from searchkit.engine.opensearch.writer import OpenSearchWriter
from searchkit.engine.plan import ValueField
from searchkit.errors import IndexCorruptError, IndexExistsError, IndexIncompatibleError, SearchkitError

__all__ = ["OpenSearchEngine"]

_METADATA = "metadata"
_LONGEST_PIECE = 8_000_000  # OpenSearch takes requests of 100 MB
_TRIES = 100


class OpenSearchEngine(Engine):
    """An index of a cluster."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._states = StateStore(calls)
        self._opening = threading.Lock()
        self._latest: OpenSearchSnapshot | None = None
        self._points: weakref.WeakSet[PointInTime] = weakref.WeakSet()
        self._left: deque[PointInTime] = deque()

    @classmethod
    def create(
        cls, location: str, metadata: Mapping[str, Any], values: Iterable[ValueField]
    ) -> OpenSearchEngine:
        """A new index, where ``shards``, ``replicas`` and ``timeout`` of the location are its settings."""
        place = parsed(location)
        calls = Calls(place)
        try:
            calls.check_version()
            try:
                calls.call("PUT", f"/{place.name}", index_body(place, values))
            except RefusedError as error:
                if error.kind != "resource_already_exists_exception":
                    raise
                raise IndexExistsError(
                    f"{place.location}: there is an index already; open it, or choose another name"
                ) from None
            engine = cls(calls)
            engine.write_metadata(metadata)
            engine._states.create(State(os.urandom(8).hex()))
        except BaseException:
            calls.close()
            raise
        return engine

    @classmethod
    def open(cls, location: str) -> OpenSearchEngine:
        """The index that there is."""
        calls = Calls(parsed(location))
        try:
            calls.check_version()
            engine = cls(calls)
            engine._check_format()
            engine._states.read()
        except BaseException:
            calls.close()
            raise
        return engine

    def _check_format(self) -> None:
        found = self._mapping().get("_meta", {}).get("searchkit")
        if found != FORMAT:
            what = "searchkit did not make this index" if found is None else "another searchkit made it"
            raise IndexIncompatibleError(f"{self.location}: {what}")

    @classmethod
    def damage_at(cls, location: str) -> list[Damage]:
        """What is wrong with the index, as far as the cluster says."""
        engine = cls.open(location)
        try:
            return engine._missing_shards()
        finally:
            engine.close()

    @property
    def location(self) -> str:
        return self._calls.place.location

    def read_metadata(self) -> dict[str, Any]:
        text = self._text(_METADATA)
        if text is None:
            raise IndexCorruptError(f"{self.location}: the settings of the index are missing")
        metadata: dict[str, Any] = json.loads(text)
        return metadata

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        self._write_text(_METADATA, json.dumps(metadata, ensure_ascii=False))

    def read_note(self, name: str) -> str | None:
        return self._text(f"note-{name}")

    def write_note(self, name: str, text: str) -> None:
        self._write_text(f"note-{name}", text)

    def _text(self, id: str) -> str | None:
        for _ in range(_TRIES):
            found = self._calls.of_index("GET", f"_doc/{id}", missing=True)
            if found is None:
                return None
            source = found["_source"]
            pieces = [self._calls.of_index("GET", f"_doc/{one}", missing=True) for one in source["ids"]]
            if None not in pieces:  # else it was replaced meanwhile
                return "".join([source["text"], *(piece["_source"]["text"] for piece in pieces)])
        raise IndexCorruptError(f"{self.location}: parts of {id!r} are missing")

    def _write_text(self, id: str, text: str) -> None:
        """The text in one document, or in some more of which that one knows: it is replaced whole."""
        before = self._calls.of_index("GET", f"_doc/{id}", missing=True)
        token, ids = os.urandom(8).hex(), []
        for at in range(_LONGEST_PIECE, len(text), _LONGEST_PIECE):
            ids.append(f"{id}-{token}-{at}")
            self._calls.of_index(
                "PUT", f"_doc/{ids[-1]}", {"text": text[at : at + _LONGEST_PIECE], "ids": []}
            )
        self._calls.of_index("PUT", f"_doc/{id}", {"text": text[:_LONGEST_PIECE], "ids": ids})
        for one in before["_source"]["ids"] if before else ():
            self._calls.of_index("DELETE", f"_doc/{one}", missing=True)

    def snapshot(self) -> OpenSearchSnapshot:
        with self._opening:
            self._let_go()
            for _ in range(_TRIES):
                state = self._states.read().state
                latest = self._latest
                # Whether it is there, and not whether it has documents, which the cluster would be asked.
                if latest is not None and _of_one_commit(latest.state, state):
                    return latest
                dead = self._states.dead_ids(state)
                if dead is None:
                    continue
                point = PointInTime(self._calls, version_of(state))
                self._points.add(point)
                # Between two equal states nobody has deleted what this one has.
                if self._states.read().state.commit == state.commit:
                    self._latest = OpenSearchSnapshot(self._calls, self._states, state, dead, point)
                    weakref.finalize(self._latest, self._left.append, point).atexit = False
                    return self._latest
                self._left.append(point)
                self._let_go()
        raise SearchkitError(f"{self.location}: there is one commit after the other; try again")

    def _let_go(self) -> None:
        """Tell the cluster which points in time nobody needs any more; it forgets them by itself later."""
        ids = []
        while self._left:
            ids.append(self._left.popleft().id)
        if ids:
            with suppress(SearchkitError):
                self._calls.call("DELETE", "/_search/point_in_time", {"pit_id": ids}, missing=True, once=True)

    def writer(
        self,
        *,
        timeout: float,
        force_merge: bool = False,
        memory: int | None = None,  # noqa: ARG002
    ) -> OpenSearchWriter:
        sorting = self._mapping()["properties"].get("first", {}).get("properties", {})
        return OpenSearchWriter(
            self._calls, self._states, sorting, self.snapshot, timeout=timeout, force_merge=force_merge
        )

    def stats(self) -> EngineStats:
        stores = self._calls.of_index("GET", "_stats/store")["_all"]
        health = self._health()
        details = {"shards": health["active_primary_shards"], "copies": health["active_shards"]}
        return EngineStats(len(self.snapshot()), stores["primaries"]["store"]["size_in_bytes"], details)

    def damage(self, values: Iterable[ValueField]) -> list[Damage]:
        found = self._missing_shards()
        there = self._mapping()["properties"].get("values", {}).get("properties", {})
        if {name: field["type"] for name, field in there.items()} != {
            name: field["type"] for name, field in properties(values)["values"]["properties"].items()
        }:
            why = "are not those that the settings of the index ask for"
            found.append(Damage(self.location, "the fields", why))
        return found

    def _missing_shards(self) -> list[Damage]:
        health = self._health()
        if health["status"] != "red":
            return []
        return [Damage(self.location, "the index", "is red: some of its shards are on no node that is there")]

    def _health(self) -> Any:
        return self._calls.call("GET", f"/_cluster/health/{self._calls.place.name}")

    def _mapping(self) -> dict[str, Any]:
        (found,) = self._calls.of_index("GET", "_mapping").values()
        mapping: dict[str, Any] = found["mappings"]
        return mapping

    def close(self) -> None:
        self._latest = None
        self._left.extend(self._points)
        self._let_go()
        self._calls.close()


def _of_one_commit(one: State, other: State) -> bool:
    return (one.index, one.commit) == (other.index, other.commit)
