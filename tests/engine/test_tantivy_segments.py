"""The segments of tantivy: a large batch leaves one, whatever happens on the way."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from suite import fill, ids_of, index_document, scores_by_id, search, writing

import searchkit
from searchkit.engine import create_engine, open_engine
from searchkit.engine.base import IndexDocument
from searchkit.engine.plan import MatchAll, ScoreClause, Term
from searchkit.engine.tantivy import TantivyEngine, writer
from searchkit.engine.tantivy.files import Segment
from searchkit.engine.tantivy.merge_policy import levels
from searchkit.engine.tantivy.writer import MERGE_FROM

REPOSITORY = Path(__file__).resolve().parents[2]
RANKED = [ScoreClause(Term("words", "甲"), 1.0)]


def documents(count: int) -> list[IndexDocument]:
    return [index_document(str(number), words="甲 " * (number % 5) + "乙") for number in range(count)]


def sizes_of(engine: TantivyEngine) -> list[int]:
    """How many documents each segment has once the merges have ended."""
    engine.settle()
    return [segment.documents for segment in engine.segments()]


@pytest.fixture
def engine(tmp_path: Path) -> TantivyEngine:
    made = create_engine(str(tmp_path / "index"), {}, ())
    assert isinstance(made, TantivyEngine)
    return made


@pytest.fixture
def merging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of any size are large."""
    monkeypatch.setattr(writer, "MERGE_FROM", 1)


def test_a_large_batch_leaves_one_segment(engine: TantivyEngine) -> None:
    fill(engine, documents(MERGE_FROM), commits=3)
    assert sizes_of(engine) == [MERGE_FROM]
    assert len(engine.snapshot()) == MERGE_FROM


# A commit of one document makes one segment, however many threads the writer has.


def test_a_small_batch_merges_nothing(engine: TantivyEngine) -> None:
    fill(engine, documents(6), commits=6)
    assert sizes_of(engine) == [1] * 6


@pytest.mark.usefixtures("merging")
def test_a_batch_that_adds_a_little_merges_nothing(engine: TantivyEngine) -> None:
    fill(engine, documents(6), commits=1)
    before = len(sizes_of(engine))
    fill(engine, [index_document("new")])
    assert len(sizes_of(engine)) in (before + 1, 1), "1 where tantivy itself merges"


@pytest.mark.usefixtures("merging")
def test_documents_and_scores_are_those_before(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unmerged:
        unmerged.setattr(writer, "MERGE_FROM", 10**9)
        fill(engine, documents(24), commits=2)
    before = scores_by_id(search(engine, MatchAll(), RANKED, limit=50))
    stored = sorted(engine.snapshot())
    fill(engine, documents(24), commits=3)
    assert sizes_of(engine) == [24]
    assert scores_by_id(search(engine, MatchAll(), RANKED, limit=50)) == pytest.approx(before, rel=1e-5)
    assert sorted(engine.snapshot()) == stored


@pytest.mark.usefixtures("merging")
def test_every_commit_on_the_way_has_all_documents(engine: TantivyEngine) -> None:
    seen = []

    class Watched:
        def __init__(self, made: Any) -> None:
            self._made = made

        def __getattr__(self, name: str) -> Any:
            return getattr(self._made, name)

        def commit(self) -> None:
            self._made.commit()
            with closing(open_engine(engine.location)) as other:
                seen.append(ids_of(other.snapshot()))

    with writing(engine) as made:
        for number, one in enumerate(documents(25)):
            made.upsert(one)
            if number > 20:
                made.commit()
        made._writer = Watched(made._writer)  # type: ignore[attr-defined]
    assert all(ids == {str(number) for number in range(25)} for ids in seen)
    assert sizes_of(engine) == [25]


@pytest.mark.usefixtures("merging")
def test_what_was_deleted_does_not_come_back(engine: TantivyEngine) -> None:
    with writing(engine) as made:
        for number, one in enumerate(documents(40)):
            made.upsert(one)
            if number % 14 == 13:
                made.commit()
        for number in range(30, 40):
            made.delete(str(number))
        made.commit()
    assert ids_of(engine.snapshot()) == {str(number) for number in range(30)}
    with writing(engine) as made:
        for one in documents(40):
            made.upsert(one)
        made.delete_all()
        made.commit()
    assert ids_of(engine.snapshot()) == set()


@pytest.mark.usefixtures("merging")
def test_what_is_not_committed_is_dropped(engine: TantivyEngine) -> None:
    with writing(engine) as made:
        for one in documents(40):
            made.upsert(one)
            made.commit()
        made.delete("1")
        made.upsert(index_document("more"))
    assert ids_of(engine.snapshot()) == {str(number) for number in range(40)}


@pytest.mark.usefixtures("merging")
def test_a_merge_that_fails_leaves_the_commit(engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(writer.TantivyWriter, "_merge", full)
    fill(engine, documents(40), commits=3)
    assert ids_of(engine.snapshot()) == {str(number) for number in range(40)}
    monkeypatch.undo()
    fill(engine, documents(1))


@pytest.mark.slow
def test_a_kill_on_the_way_loses_nothing(tmp_path: Path) -> None:
    """The process says when all is committed, and is killed while it merges."""
    script = """
import sys, searchkit
from searchkit.engine.tantivy import writer
writer.MERGE_FROM = 1
location, count = sys.argv[1], int(sys.argv[2])
engine = searchkit.open(location)._engine
from searchkit.engine.base import IndexDocument
batch = engine.writer(timeout=5)
for number in range(count):
    terms = {"words": "甲 乙", "body_bigrams": " ".join(f"{i}x{number}" for i in range(200))}
    batch.upsert(IndexDocument(str(number), b"{}", terms))
    if number in (100, 200, count - 1):
        batch.commit()
print("committed", flush=True)
batch.close()
print("closed", flush=True)
"""
    location, count = tmp_path / "index", 400
    searchkit.create(location).close()
    chance = random.Random(1)
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(location), str(count)],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        with process:
            assert process.stdout.readline() == "committed\n"
            try:
                process.wait(timeout=chance.random() * 0.2)
            except subprocess.TimeoutExpired:
                process.kill()
        with searchkit.open(location) as index:
            assert len(index) == count
            assert not index._engine.damage(index._settings.fields.for_engine)


@pytest.mark.parametrize(
    ("sizes", "smallest"),
    [
        ([1], 1),
        ([4700, 4600, 700], 3),
        ([11_900, 7_900], 2),
        ([37_000, 37_000, 4_700, 4_700, 10], 3),
        ([40_000, 30_000], 2),
        ([40_000, 30_000, 1], 1),
    ],
)
def test_segments_of_the_smallest_size(sizes: list[int], smallest: int) -> None:
    assert len(levels(Segment("", size, 0, None) for size in sizes)[-1]) == smallest
