"""Merges of tantivy go on behind the batch that lets them begin, and hold up nobody but other processes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from suite import fill, ids_of, index_document, scores_by_id, search, writing

from searchkit.engine import create_engine, open_engine
from searchkit.engine.plan import MatchAll, ScoreClause, Term
from searchkit.engine.tantivy import TantivyEngine, live_writer
from searchkit.engine.tantivy import writer as writer_module
from searchkit.engine.tantivy.files import Segment, leftovers
from searchkit.engine.tantivy.merge_policy import MERGED_AT, levels, merge_is_due
from searchkit.errors import IndexLockedError, SearchkitError

REPOSITORY = Path(__file__).resolve().parents[2]
RANKED = [ScoreClause(Term("words", "甲"), 1.0)]
PATIENCE = 60.0  # seconds after which something hangs


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[TantivyEngine]:
    made = create_engine(str(tmp_path / "index"), {}, ())
    assert isinstance(made, TantivyEngine)
    yield made
    made.close()
    assert leftovers(tmp_path / "index" / "data") == {}


class Merges:
    """Merges that take as long as a test likes."""

    run = True


@pytest.fixture
def merges(monkeypatch: pytest.MonkeyPatch) -> Iterator[Merges]:
    merges = Merges()
    monkeypatch.setattr(live_writer, "merge_is_due", lambda _: merges.run)
    monkeypatch.setattr(live_writer, "_STANDSTILL", 10 * PATIENCE)
    yield merges
    merges.run = False
    for thread in watching():
        thread.join(PATIENCE)
    assert watching() == []


def watching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "searchkit-merges"]


@contextmanager
def opened(place: TantivyEngine | Path) -> Iterator[TantivyEngine]:
    """Another object for the index."""
    with closing(open_engine(str(place) if isinstance(place, Path) else place.location)) as other:
        assert isinstance(other, TantivyEngine)
        yield other


def put(engine: TantivyEngine, *ids: str) -> None:
    fill(engine, [index_document(id, words="甲 乙") for id in ids])


class TestWhileMergesRun:
    @pytest.mark.usefixtures("merges")
    def test_the_next_batch_of_the_process_goes_on_at_once(self, engine: TantivyEngine) -> None:
        for number in range(3):
            put(engine, str(number))  # without a timeout
            assert len(watching()) <= 2, "one watches, and one may not have noticed yet"
        with opened(engine) as other:
            assert ids_of(other.snapshot()) == {"0", "1", "2"}

    def test_another_object_waits_as_another_process_does(
        self, engine: TantivyEngine, merges: Merges
    ) -> None:
        put(engine, "1")
        with opened(engine) as other, ThreadPoolExecutor(1) as threads:
            with pytest.raises(IndexLockedError, match=f"process {os.getpid()} "):
                other.writer(timeout=0)
            waiting = threads.submit(other.writer, timeout=PATIENCE)
            merges.run = False
            writer = waiting.result(PATIENCE)
            writer.upsert(index_document("2"))
            writer.commit()
            writer.close()
        put(engine, "3")
        assert ids_of(engine.snapshot()) == {"1", "2", "3"}

    @pytest.mark.usefixtures("merges")
    def test_a_batch_that_gives_up_drops_what_it_has(self, engine: TantivyEngine) -> None:
        put(engine, "1")
        with writing(engine) as writer:
            writer.upsert(index_document("2"))
        with writing(engine) as writer:
            writer.delete_all()
            for number in range(writer_module._MANY + 100):
                writer.upsert(index_document(f"x{number}"))
        put(engine, "3")
        assert ids_of(engine.snapshot()) == {"1", "3"}

    @pytest.mark.usefixtures("merges")
    def test_less_memory_or_a_force_merge_ends_them_first(self, engine: TantivyEngine) -> None:
        put(engine, "1")
        with writing(engine, memory=16_000_000) as writer:
            writer.upsert(index_document("2"))
            writer.commit()
        with writing(engine, force_merge=True) as writer:
            writer.upsert(index_document("3"))
            writer.commit()
        assert ids_of(engine.snapshot()) == {"1", "2", "3"}

    @pytest.mark.usefixtures("merges")
    def test_close_waits_for_them_and_lets_others_in(self, engine: TantivyEngine) -> None:
        put(engine, "1")
        engine.close()
        with opened(engine) as other, writing(other) as writer:
            writer.upsert(index_document("2"))
            writer.commit()
        put(engine, "3")
        assert ids_of(engine.snapshot()) == {"1", "2", "3"}, "what is under way may go on"

    def test_an_object_that_is_forgotten_leaves_no_thread_and_no_lock(
        self, merges: Merges, tmp_path: Path
    ) -> None:
        engine = create_engine(str(tmp_path / "index"), {}, ())
        fill(engine, [index_document("1")])
        del engine
        gc.collect()
        merges.run = False
        with opened(tmp_path / "index") as other:
            other.writer(timeout=PATIENCE).close()

    @pytest.mark.usefixtures("merges")
    def test_threads_take_turns(self, engine: TantivyEngine) -> None:
        def add(thread: int) -> None:
            for number in range(5):
                writer = engine.writer(timeout=PATIENCE)
                writer.upsert(index_document(f"{thread}-{number}"))
                writer.commit()
                writer.close()

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(add, range(4)))
        with writing(engine):
            for timeout in (0, 0.01):
                with pytest.raises(IndexLockedError, match=f"process {os.getpid()} "):
                    engine.writer(timeout=timeout)
        assert len(ids_of(engine.snapshot())) == 20

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is forked here")
    @pytest.mark.usefixtures("merges")
    @pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
    def test_a_forked_child_has_no_part_in_it(self, engine: TantivyEngine) -> None:
        put(engine, "1")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                engine.writer(timeout=0)
            except IndexLockedError:
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        put(engine, "2")
        assert ids_of(engine.snapshot()) == {"1", "2"}


def test_merges_happen(engine: TantivyEngine) -> None:
    for number in range(2 * MERGED_AT):
        put(engine, str(number))
    engine.settle()
    assert len(engine.segments()) < MERGED_AT
    assert ids_of(engine.snapshot()) == {str(number) for number in range(2 * MERGED_AT)}
    assert engine.damage(()) == []


def test_a_program_that_ends_lets_its_merges_end(tmp_path: Path) -> None:
    script = f"""
import sys
import searchkit
index = searchkit.create(sys.argv[1])
for number in range({MERGED_AT}):
    index.add([{{"id": str(number), "body": "茶"}}])
"""
    location = tmp_path / "index"
    subprocess.run([sys.executable, "-c", script, str(location)], cwd=REPOSITORY, check=True, timeout=120)
    with opened(location) as engine:
        assert [one.documents for one in engine.segments()] == [MERGED_AT]
    assert leftovers(location / "data") == {}


@pytest.mark.parametrize("deleted", [False, True])
def test_a_force_merge_of_any_segments_leaves_one(deleted: bool, engine: TantivyEngine) -> None:
    for first in range(0, 600, 150):
        fill(
            engine,
            [index_document(str(number), words="甲 " * (number % 7)) for number in range(first, first + 150)],
        )
    put(engine, "600")
    if deleted:
        with writing(engine) as writer:
            for number in range(0, 600, 2):
                writer.delete(str(number))
            writer.commit()
    ids = ids_of(engine.snapshot())
    repeated = [index_document(str(number), words="甲 " * (number % 7)) for number in range(1, 600, 2)]
    with writing(engine, force_merge=True) as writer:
        for one in repeated[: writer.repeats]:
            writer.upsert(one)
        writer.commit()
    assert engine.segments() == [Segment(engine.segments()[0].name, len(ids), 0, None)]
    assert ids_of(engine.snapshot()) == ids
    fresh = create_engine(":memory:", {}, ())
    fill(fresh, [index_document(id, words="甲 乙" if id == "600" else "甲 " * (int(id) % 7)) for id in ids])
    scores = scores_by_id(search(engine, MatchAll(), RANKED, limit=1000))
    assert scores == pytest.approx(scores_by_id(search(fresh, MatchAll(), RANKED, limit=1000)), rel=1e-5)


def test_a_batch_that_fails_is_not_committed_later(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(engine, "1")
    writer = engine.writer(timeout=0)

    class Full:
        def __getattr__(self, name: str) -> object:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(live_writer.LiveWriter, "writer", lambda *_, **__: Full())
        writer.upsert(index_document("2"))
        with pytest.raises(SearchkitError, match="is the disk full"):
            writer.commit()
    with pytest.raises(SearchkitError, match="closed"):
        writer.commit()
    writer.close()
    put(engine, "3")
    assert ids_of(engine.snapshot()) == {"1", "3"}


def test_a_block_that_is_left_after_its_writer_ends_nothing_twice(engine: TantivyEngine) -> None:
    """So Ctrl-C leaves one, where it comes between the block's beginning and its first line."""
    first = engine.writer(timeout=0)
    block = first._all_or_nothing()
    block.__enter__()
    first.close()
    second = engine.writer(timeout=0)
    assert not block.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    with pytest.raises(IndexLockedError):  # the second still has its turn
        engine.writer(timeout=0)
    second.upsert(index_document("1"))
    second.commit()
    second.close()
    assert ids_of(engine.snapshot()) == {"1"}


class TestMergePolicy:
    @staticmethod
    def segments(*sizes: tuple[int, int]) -> list[Segment]:
        return [Segment("", documents, deleted, None) for documents, deleted in sizes]

    def test_eight_of_a_size_are_merged(self) -> None:
        assert not merge_is_due(self.segments(*[(10, 0)] * 7))
        assert merge_is_due(self.segments(*[(10, 0)] * 7, (9_000, 0)))
        assert not merge_is_due(self.segments(*[(10, 0)] * 7, (17_000, 0)))

    def test_behind_one_of_few_documents_all_are_of_its_size(self) -> None:
        sizes = [(200_001, 200_000), (200_000, 0), (50_000, 100), (10, 0)]
        assert [len(level) for level in levels(self.segments(*sizes))] == [4]
        assert [len(level) for level in levels(self.segments(*sizes[1:]))] == [1, 1, 1]
