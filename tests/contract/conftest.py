"""Fixtures that the tests of the contract share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from suite import ENGINES, FIELDS, MakeEngine

from searchkit.engines.base import Engine
from searchkit.query.plan import ValueField


@pytest.fixture(params=ENGINES)
def make_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeEngine]:
    """Makes engines of one kind, each in its own place."""
    if request.param == "whoosh":
        pytest.importorskip("whoosh", reason="needs Whoosh: pip install 'searchkit[pure]'")
    made = []

    def make(values: Iterable[ValueField] = FIELDS) -> Engine:
        made.append(ENGINES[request.param](tmp_path_factory.mktemp("engine"), values))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()
