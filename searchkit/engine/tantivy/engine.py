"""The index: its folder, its latest commit, its one writer."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tantivy

from searchkit.engine import forks
from searchkit.engine.base import Damage, Engine, EngineStats
from searchkit.engine.commit_files import QUICK_BYTES, require_whole
from searchkit.engine.lock import WriterLock
from searchkit.engine.pinned import Pinned
from searchkit.engine.plan import TEXT_FIELDS, ValueField, has_positions
from searchkit.engine.storage import IndexFolder
from searchkit.engine.tantivy.errors import reading, writing
from searchkit.engine.tantivy.files import (
    COMMIT_FILE,
    Segment,
    copy_commit,
    damage_of,
    keep_checksums,
    segments_of,
)
from searchkit.engine.tantivy.latest import latest
from searchkit.engine.tantivy.live_writer import LiveWriter
from searchkit.engine.tantivy.snapshot import TantivySnapshot
from searchkit.engine.tantivy.writer import TIES, TantivyWriter
from searchkit.errors import IndexCorruptError, IndexLockedError, SearchkitError

_UNMERGED = 1.15  # what documents take on disk before their segments are merged


def _schema(values: Iterable[ValueField]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("stored", stored=True)
    builder.add_integer_field(TIES, fast=True)
    values = list(values)
    for field in (*TEXT_FIELDS, *(value.name for value in values if value.kind == "terms")):
        # Only bigrams are asked for in chains, so only they need positions.
        option = "position" if has_positions(field) else "freq"
        builder.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    for value in values:
        match value.kind:
            case "integer":
                builder.add_integer_field(value.name, indexed=True, fast=True)
            case "number":
                builder.add_float_field(value.name, indexed=True, fast=True)
            case "terms":
                pass
            case kind:
                fast = kind == "label"
                builder.add_text_field(value.name, tokenizer_name="raw", index_option="basic", fast=fast)
    return builder.build()


class TantivyEngine(Engine):
    """An index in a folder, or in memory when there is none."""

    def __init__(self, folder: IndexFolder | None, index: tantivy.Index | None = None) -> None:
        """Opens what is in the folder; without one, the index is in memory."""
        self._folder = folder
        self._metadata: dict[str, Any] = {}
        self._notes: dict[str, str] = {}
        self._reloading = threading.Lock()
        self._commits = 0  # to an index in memory
        self._token = os.urandom(8).hex()  # tells an index in memory from any other
        self._seen: tuple[Any, ...] | None = None
        self._seen_files: set[str] = set()
        self._pinned: tuple[Pinned, ...] = ()  # the commit that was seen, and the folder in which it was
        self._turn = threading.Lock()  # of the writers of this object; a folder has one for all processes
        self._lingering: LiveWriter | None = None
        self._is_closed = False
        self._can_reload = False
        self._why_not = ""
        self.index: tantivy.Index = index  # type: ignore[assignment]  # of a folder it comes with `_load`
        self._load()
        forks.watch(self)

    @classmethod
    def create(
        cls, path: Path | None, metadata: Mapping[str, Any], values: Iterable[ValueField]
    ) -> TantivyEngine:
        """A new index in the folder ``path``, or in memory."""
        if path is None:
            index = tantivy.Index(_schema(values))
            index.config_reader("manual")
            engine = cls(None, index)
            engine.write_metadata(metadata)
            return engine
        with IndexFolder.created(path, metadata) as folder, writing(str(path)):
            tantivy.Index(_schema(values), path=str(folder.data), reuse=False)
        return cls(folder)

    @classmethod
    def open(cls, path: Path) -> TantivyEngine:
        """The index in the folder ``path``."""
        return cls(IndexFolder.opened(path))

    @classmethod
    def damage_at(cls, path: Path, *, quick: bool = False) -> list[Damage]:
        """What is wrong with the files in the folder ``path``, which need not open."""
        folder = IndexFolder.opened(path)
        try:
            return folder.damage() + damage_of(folder.data, most=QUICK_BYTES if quick else None)
        except IndexCorruptError as error:
            return [Damage(COMMIT_FILE, "the commit", str(error))]

    @property
    def location(self) -> str:
        return str(self._folder.given) if self._folder else ":memory:"

    @property
    def real_location(self) -> str:
        return str(self._folder.path) if self._folder else ":memory:"

    def read_metadata(self) -> dict[str, Any]:
        return self._folder.read_metadata() if self._folder else dict(self._metadata)

    def write_metadata(self, metadata: Mapping[str, Any]) -> None:
        if self._folder:
            self._folder.write_metadata(metadata)
        else:
            self._metadata = dict(metadata)

    def read_note(self, name: str) -> str | None:
        return self._folder.read_note(name) if self._folder else self._notes.get(name)

    def write_note(self, name: str, text: str) -> None:
        if self._folder:
            self._folder.write_note(name, text)
        else:
            self._notes[name] = text

    def snapshot(self) -> TantivySnapshot:
        if self._why_not:
            raise SearchkitError(self._why_not)
        while True:
            with self._reloading:
                is_new = self._mark() != self._seen
                if is_new:
                    self._load()
                mark = self._seen
                snapshot = TantivySnapshot(self.index, self.location, version=str(mark and mark[:2]))
            if not is_new or self._mark() == mark:  # nobody committed between the look and the reload
                return snapshot

    def _mark(self) -> tuple[Any, ...]:
        """What changes with every commit: a look at the file that it replaces is all that it costs."""
        return self._folder.commit_mark(COMMIT_FILE) if self._folder else (self._token, self._commits)

    def _load(self) -> None:
        """Let the index see the latest commit."""
        folder, index, mark = self._folder, self.index, self._mark()
        if folder:
            known = self._pinned
            pinned = folder.pinned(COMMIT_FILE), folder.pinned()
            folder.check_same()
            mark = pinned[0].mark
            # In another folder, that of a backup, the files of other commits may have the same names.
            is_same = self._can_reload and bool(known) and known[1].mark[1:] == pinned[1].mark[1:]
            if not is_same:
                self._seen_files = set()
            try:
                self._require_whole()
                with reading(self.location):
                    index, self._can_reload = latest(folder.data, index if is_same else None)
            except IndexCorruptError:
                folder.check_same()  # it may have gone meanwhile
                raise
            self._pinned = pinned
        else:
            with reading(self.location):
                index.reload()
        self.index, self._seen = index, mark

    def reload(self) -> None:
        """See what was committed."""
        self._commits += 1
        self.snapshot()

    def after_fork(self) -> None:
        """Begin anew with what no thread of the parent has its hands on."""
        if self._turn.locked() and not self._folder:
            self._why_not = (
                f"{self.location}: the index was being written when process {os.getpid()} was forked, so it "
                "cannot be used in it; an index in a folder can, or do not fork while there is a writer"
            )
        self._reloading, self._turn = threading.Lock(), threading.Lock()
        self._lingering = None
        self._seen, self._can_reload = None, False
        if self._folder:
            forks.keep(self.index)

    def _require_whole(self) -> None:
        """Raise `IndexCorruptError` where a file that is new is damaged; tantivy might end the process."""
        if self._folder:
            found = damage_of(self._folder.data, most=QUICK_BYTES, seen=self._seen_files)
            require_whole(self.location, found)

    def keep_checksums(self) -> None:
        """Keep what the files of the latest commit are, as a writer has just written them."""
        if self._folder:
            keep_checksums(self._folder.data)

    def damage(self, values: Iterable[ValueField], *, quick: bool = False) -> list[Damage]:
        if not self._folder:
            return []
        self._folder.check_same()
        found = self.damage_at(self._folder.path, quick=quick)
        # Opened anew, as another process may have replaced the commit; what is damaged is better not opened.
        if not found:
            with reading(self.location):
                found = _wrong_fields(latest(self._folder.data)[0], values)
        return found

    def settings_damage(self, values: Iterable[ValueField]) -> list[Damage]:
        return self._folder.damage() + _wrong_fields(self.index, values) if self._folder else []

    def copy_to(self, path: Path) -> None:
        folder = self._folder
        if not folder:
            return super().copy_to(path)
        return folder.copy_to(path, lambda to: copy_commit(folder.data, to))

    def writer(
        self, *, timeout: float, force_merge: bool = False, memory: int | None = None
    ) -> TantivyWriter:
        folder = self._folder
        lock = WriterLock(folder.path, timeout=timeout, check=folder.check_same) if folder else None
        if not self._turn.acquire(timeout=min(timeout, threading.TIMEOUT_MAX) if timeout > 0 else 0):
            refused = IndexLockedError(f":memory:: the index is being written by this process, {os.getpid()}")
            raise lock.refused() if lock else refused
        try:
            live, self._lingering = self._lingering, None
            if live is None or not live.take():
                if live:
                    live.wait()  # its merges are those of an earlier batch of ours, not another writer
                if lock:
                    lock.acquire()
                data = folder.data if folder else None
                live = LiveWriter(self.location, data, self.index, lock)
                try:
                    self.segments()  # whether there is a commit at all
                    live.tidy()
                except BaseException:
                    live.close()
                    raise
            return TantivyWriter(self, live, force_merge, memory)
        except BaseException:
            self._turn.release()
            raise

    def take_back(self, live: LiveWriter, *, committed: bool) -> None:
        """What was lent to a writer; what is not ``committed`` is dropped."""
        try:
            if live.let_go(committed=committed, at_once=self._is_closed):
                self._lingering = live
            if not self._folder:
                self.reload()
        finally:
            self._turn.release()

    def segments(self) -> list[Segment]:
        """The segments on disk now; none of an index in memory."""
        return segments_of(self._folder.data) if self._folder else []

    def settle(self) -> None:
        """Wait until the merges of the last batch have ended."""
        if live := self._lingering:
            live.wait()

    def room(self, *, rewritten: bool) -> tuple[int, int] | None:
        if not self._folder:
            return None
        self._folder.check_same()
        segments = self.segments()
        share = sum(one.left for one in segments) / max(1, sum(one.documents for one in segments))
        most = _UNMERGED if rewritten else 1
        return int(self._folder.size() * share * most), self._folder.free()

    def stats(self) -> EngineStats:
        snapshot = self.snapshot()
        size = self._folder.size() if self._folder else 0
        return EngineStats(len(snapshot), size, {"segments": snapshot.segments})

    @property
    def identity(self) -> str:
        return self._folder.identity if self._folder else ""

    def close(self) -> None:
        self._is_closed = True
        self.settle()
        self._pinned, self._seen = (), None  # memory maps go with the object


def _wrong_fields(index: tantivy.Index, values: Iterable[ValueField]) -> list[Damage]:
    if index.schema == _schema(values):
        return []
    return [Damage(COMMIT_FILE, "the schema", "is not the one that the settings of the index ask for")]
