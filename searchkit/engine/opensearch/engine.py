"""An index of OpenSearch: its settings, its notes, and who opens, searches and writes it."""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any

import msgspec

from searchkit.engine import forks
from searchkit.engine.base import Damage, Engine, EngineStats, EngineWriter
from searchkit.engine.opensearch.client import Calls, RefusedError
from searchkit.engine.opensearch.location import parsed
from searchkit.engine.opensearch.mapping import FORMAT, index_body, properties
from searchkit.engine.opensearch.snapshot import OpenSearchSnapshot, PointInTime
from searchkit.engine.opensearch.state import State, StateStore
from searchkit.engine.opensearch.writer import OpenSearchWriter
from searchkit.engine.plan import ValueField
from searchkit.errors import IndexCorruptError, IndexExistsError, IndexIncompatibleError, SearchkitError

_METADATA = "metadata"
_LONGEST_PIECE = 8_000_000  # OpenSearch takes requests of 100 MB
_TRIES = 100


class OpenSearchEngine(Engine):
    """An index of a cluster."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._states = StateStore(calls)
        self._begin()
        forks.watch(self)

    def _begin(self) -> None:
        self._opening = threading.Lock()
        self._latest: OpenSearchSnapshot | None = None
        self._points: weakref.WeakSet[PointInTime] = weakref.WeakSet()
        self._left: deque[PointInTime] = deque()

    def after_fork(self) -> None:
        """Begin anew: what the parent has asked the cluster to keep, the parent lets go of."""
        self._begin()

    @classmethod
    def create(
        cls, location: str, metadata: Mapping[str, Any], values: Iterable[ValueField]
    ) -> OpenSearchEngine:
        """A new index, where ``shards``, ``replicas`` and ``timeout`` of the location are its settings."""
        with _connected(location) as calls:
            place = calls.place
            try:
                calls.call("PUT", f"/{place.name}", index_body(place, values))
            except RefusedError as error:
                if error.kind != "resource_already_exists_exception":
                    raise
                raise IndexExistsError(
                    f"{place.location}: there is an index already; open() it, or create(..., exist_ok=True), "
                    "or choose another name"
                ) from None
            try:
                engine = cls(calls)
                engine.write_metadata(metadata)
                engine._states.create(State(os.urandom(8).hex()))
            except BaseException:
                with suppress(SearchkitError):  # half an index would stand in the way of the next one
                    calls.call("DELETE", f"/{place.name}")
                raise
            return engine

    @classmethod
    def open(cls, location: str) -> OpenSearchEngine:
        """The index that there is."""
        with _connected(location) as calls:
            engine = cls(calls)
            found = calls.mapping().get("_meta", {}).get("searchkit")
            if found != FORMAT:
                what = "searchkit did not make this index" if found is None else "another searchkit made it"
                raise IndexIncompatibleError(f"{engine.location}: {what}")
            engine._states.read()
            return engine

    @classmethod
    def damage_at(cls, location: str, *, quick: bool = False) -> list[Damage]:  # noqa: ARG003
        """What is wrong with the index, as far as the cluster says."""
        with closing(cls.open(location)) as engine:
            return engine._missing_shards()

    @property
    def location(self) -> str:
        return self._calls.place.location

    @property
    def identity(self) -> str:
        return self._states.index

    def read_metadata(self) -> dict[str, Any]:
        self._states.read()  # raises where another index has taken the place of this one
        text = self._text(_METADATA)
        if text is None:
            raise IndexCorruptError(f"{self.location}: the settings of the index are missing")
        return msgspec.json.decode(text, type=dict[str, Any])

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        self._write_text(_METADATA, msgspec.json.encode(metadata).decode())

    def read_note(self, name: str) -> str | None:
        return self._text(f"note-{name}")

    def write_note(self, name: str, text: str) -> None:
        self._write_text(f"note-{name}", text)

    def _text(self, id: str) -> str | None:
        for _ in range(_TRIES):
            found = self._calls.document(id)
            if found is None:
                return None
            pieces = [found, *(self._calls.document(one) for one in found["_source"]["ids"])]
            if None not in pieces:  # else it was replaced meanwhile
                return "".join(piece["_source"]["text"] for piece in pieces)
        raise IndexCorruptError(f"{self.location}: parts of {id!r} are missing")

    def _write_text(self, id: str, text: str) -> None:
        """The text in one document, or in some more of which that one knows: it is replaced whole."""
        before = self._calls.document(id)
        token, ids = os.urandom(8).hex(), []
        for at in range(_LONGEST_PIECE, len(text), _LONGEST_PIECE):
            ids.append(f"{id}-{token}-{at}")
            self._calls.put(ids[-1], {"text": text[at : at + _LONGEST_PIECE], "ids": []})
        self._calls.put(id, {"text": text[:_LONGEST_PIECE], "ids": ids})
        for one in before["_source"]["ids"] if before else ():
            self._calls.of_index("DELETE", f"_doc/{one}", missing=True)

    def snapshot(self) -> OpenSearchSnapshot:
        with self._opening:
            self._let_go()
            for _ in range(_TRIES):
                state = self._states.read().state
                latest = self._latest
                # Whether it is there, and not whether it has documents, which the cluster would be asked.
                if latest is not None and latest.state.commit == state.commit:
                    return latest
                dead = self._states.dead_ids(state)
                if dead is None:
                    continue
                point = PointInTime(self._calls, state.name)
                self._points.add(point)
                # Between two equal states nobody has deleted what this one has.
                if self._states.read().state.commit == state.commit:
                    self._latest = OpenSearchSnapshot(self._states, state, dead, point)
                    weakref.finalize(self._latest, self._left.append, point).atexit = False
                    return self._latest
                self._left.append(point)
                self._let_go()
        raise SearchkitError(f"{self.location}: there is one commit after the other; try again")

    def _let_go(self) -> None:
        """Tell the cluster which points in time nobody needs any more; it forgets them by itself later."""
        ids = [self._left.popleft().id for _ in range(len(self._left))]
        if ids:
            with suppress(SearchkitError):
                self._calls.call("DELETE", "/_search/point_in_time", {"pit_id": ids}, missing=True, once=True)

    def writer(self, *, timeout: float, force_merge: bool = False, memory: int | None = None) -> EngineWriter:  # noqa: ARG002
        return OpenSearchWriter(self._states, self.snapshot, timeout, force_merge)

    def stats(self) -> EngineStats:
        documents = len(self.snapshot())
        stores = self._calls.of_index("GET", "_stats/store")["_all"]
        health = self._health()
        details = {"shards": health["active_primary_shards"], "copies": health["active_shards"]}
        return EngineStats(documents, stores["primaries"]["store"]["size_in_bytes"], details)

    def damage(self, values: Iterable[ValueField], *, quick: bool = False) -> list[Damage]:  # noqa: ARG002
        self._states.read()  # raises where another index has taken the place of this one
        found = self._missing_shards()
        there, wanted = self._calls.mapping()["properties"], properties(values)
        if _types(there) != _types(wanted):
            why = "are not those that the settings of the index ask for"
            found.append(Damage(self.location, "the fields", why))
        return found

    def _missing_shards(self) -> list[Damage]:
        if self._health()["status"] != "red":
            return []
        return [Damage(self.location, "the index", "is red: some of its shards are on no node that is there")]

    def _health(self) -> Any:
        return self._calls.call("GET", f"/_cluster/health/{self._calls.place.name}")

    def close(self) -> None:
        self._latest = None
        self._left.extend(self._points)
        self._let_go()
        self._calls.close()


def _types(properties: Mapping[str, Any]) -> dict[str, str]:
    values = properties.get("values", {}).get("properties", {})
    return {name: field["type"] for name, field in values.items()}


@contextmanager
def _connected(location: str) -> Iterator[Calls]:
    """A connection to a cluster that the engine knows, closed when the block ends with an error."""
    with ExitStack() as stack:
        calls = stack.enter_context(closing(Calls(parsed(location))))
        calls.check_version()
        yield calls
        stack.pop_all()
