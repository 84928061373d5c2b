"""Fixtures that the tests of the contract share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest
from suite import CLUSTER, ENGINES, FIELDS, MakeEngine, forget

from searchkit.engine.base import Engine
from searchkit.engine.plan import ValueField


@pytest.fixture(scope="session")
def cluster() -> str:
    """The address of an OpenSearch that tests may use."""
    pytest.importorskip("opensearchpy", reason="needs a client: pip install 'searchkit-zh[opensearch]'")
    if CLUSTER is None:
        pytest.skip("no OpenSearch runs: `make cluster`, or SEARCHKIT_TEST_OPENSEARCH=http://127.0.0.1:9200")
    return CLUSTER


@pytest.fixture(scope="session")
def new_folder() -> Iterator[Callable[[], Path]]:
    """Makes folders, in memory where there is room: there a commit does not wait for a disk."""
    memory = Path("/dev/shm")
    there = memory if memory.is_dir() and shutil.disk_usage(memory).free > 10**9 else None
    with TemporaryDirectory(prefix="searchkit-test-", dir=there, ignore_cleanup_errors=True) as parent:
        yield lambda: Path(mkdtemp(dir=parent))


@pytest.fixture(params=ENGINES)
def make_engine(request: pytest.FixtureRequest, new_folder: Callable[[], Path]) -> Iterator[MakeEngine]:
    """Makes engines of one kind, each in its own place."""
    if request.param == "opensearch":
        request.getfixturevalue("cluster")
    made = []

    def make(values: Iterable[ValueField] = FIELDS) -> Engine:
        made.append(ENGINES[request.param](new_folder(), values))
        return made[-1]

    yield make
    for engine in made:
        if request.param == "opensearch":
            forget(engine)
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()
