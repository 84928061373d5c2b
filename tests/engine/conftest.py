"""Fixtures that the tests of the contract share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from suite import CLUSTER, ENGINES, FIELDS, MakeEngine, forget

from searchkit.engine.base import Engine
from searchkit.engine.plan import ValueField


@pytest.fixture(scope="session")
def cluster() -> str:
    """The address of an OpenSearch that tests may use."""
    pytest.importorskip("opensearchpy", reason="needs a client: pip install 'searchkit[opensearch]'")
    if CLUSTER is None:
        pytest.skip("no OpenSearch runs: `make cluster`, or SEARCHKIT_TEST_OPENSEARCH=http://127.0.0.1:9200")
    return CLUSTER


@pytest.fixture(params=ENGINES)
def make_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeEngine]:
    """Makes engines of one kind, each in its own place."""
    if request.param == "opensearch":
        request.getfixturevalue("cluster")
    made = []

    def make(values: Iterable[ValueField] = FIELDS) -> Engine:
        made.append(ENGINES[request.param](tmp_path_factory.mktemp("engine"), values))
        return made[-1]

    yield make
    for engine in made:
        if request.param == "opensearch":
            forget(engine)
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()
