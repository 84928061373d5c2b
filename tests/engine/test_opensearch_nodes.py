"""A cluster of three nodes loses one of them, while somebody writes and somebody searches."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from suite import found_ids, ids_of, index_document, writing

from searchkit.engine import create_engine, open_engine
from searchkit.engine.plan import Plan, ScoreClause, Term
from searchkit.errors import CursorExpiredError
from tools.cluster import Cluster, cache, distribution

pytest.importorskip("opensearchpy", reason="needs a client: pip install 'searchkit-zh[opensearch]'")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(distribution() is None, reason="no OpenSearch was fetched: `make cluster` does it"),
]

BATCHES, SIZE = 12, 250


@pytest.fixture(scope="module")
def started(worker_id: str) -> Iterator[Cluster]:
    """Three nodes for these tests alone; their ports are those of this process of the tests."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 9
    cluster = Cluster(cache() / f"cluster-{worker_id}", port=19300 + 10 * number)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def nodes(started: Cluster) -> Cluster:
    """All three of them, also where a test before has failed with one of them killed."""
    for number in range(started.nodes):
        if number not in started.pids:
            started.start_node(number)
    started.wait(started.nodes)
    return started


@pytest.mark.parametrize("killed", [0, 2])
def test_a_node_that_dies_takes_nothing_with_it(nodes: Cluster, killed: int) -> None:
    location = f"opensearch://{','.join(nodes.hosts)}/news-{killed}"
    writing_engine = create_engine(f"{location}?shards=3&replicas=1", {}, ())
    reading = open_engine(location)
    nodes.wait(3)
    plan = Plan(Term("body_unigrams", "甲"), (ScoreClause(Term("body_unigrams", "甲"), 1.0),))
    half, done = threading.Event(), threading.Event()
    errors: list[BaseException] = []
    seen: list[int] = []

    def write() -> None:
        try:
            with writing(writing_engine) as writer:
                for batch in range(BATCHES):
                    if batch == BATCHES // 3:
                        half.set()
                    for number in range(batch * SIZE, (batch + 1) * SIZE):
                        writer.upsert(index_document(str(number), body_unigrams="甲 乙"))
                    writer.upsert(index_document("0", body_unigrams="甲 丙"))  # replaced by every commit
                    writer.commit()
        except BaseException as error:
            errors.append(error)
        finally:
            half.set()
            done.set()

    def read() -> None:
        try:
            while not done.is_set():
                try:
                    total, found = reading.snapshot().search(plan, limit=10_000, offset=0)
                except CursorExpiredError:  # the node had what was searched, and there is a newer commit
                    continue
                assert total == len(found) == len(set(found_ids(found)))
                seen.append(total)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    half.wait()
    nodes.kill(killed)
    for thread in threads:
        thread.join()
    assert errors == []
    # Each answer was that of one commit: a multiple of a batch, never less than before.
    assert seen == sorted(seen)
    assert {total % SIZE for total in seen} == {0}
    there = reading.snapshot()
    assert len(there) == BATCHES * SIZE
    assert ids_of(there) == {str(number) for number in range(BATCHES * SIZE)}
    assert there.count(Term("body_unigrams", "丙")) == 1
    nodes.start_node(killed)
    nodes.wait(3)
    again = open_engine(location)
    assert ids_of(again.snapshot()) == ids_of(there)
    again.close()
    reading.close()
    writing_engine.close()


def test_a_kept_snapshot_goes_on_when_its_node_is_gone(nodes: Cluster) -> None:
    engine = create_engine(f"opensearch://{','.join(nodes.hosts)}/kept?shards=3&replicas=1", {}, ())
    with writing(engine) as writer:
        for number in range(100):
            writer.upsert(index_document(str(number)))
        writer.commit()
    nodes.wait(3)
    kept = engine.snapshot()
    before = sorted(kept)
    nodes.kill(1)
    assert sorted(kept) == before
    assert len(before) == 100
    nodes.start_node(1)
    nodes.wait(3)
    engine.close()
