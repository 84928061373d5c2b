"""The contract: a process that is forked can use the engine of its parent, and holds up nobody."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import select

import pytest
from suite import MakeEngine, fill, ids_of, index_document, writing

from searchkit.engine.base import Engine
from searchkit.errors import IndexLockedError, SearchkitError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

PATIENCE = 60.0  # seconds after which something hangs; nothing here takes as long
REFUSED = r"SearchkitError: .*was begun by the process that this one.*was forked from.*begin another one"


@contextmanager
def child(act: Callable[[], object]) -> Iterator[Callable[[], str]]:
    """A process forked here, which does something, says what came of it, and lives until the block ends."""
    says, said = os.pipe()
    waits, go = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns where there are threads
        process = os.fork()
    if process == 0:
        with suppress(BaseException):
            try:
                result = str(act())
            except Exception as error:
                result = f"{type(error).__name__}: {error}"
            os.write(said, result.encode())
            os.close(said)
            os.close(go)
            os.read(waits, 1)
        os._exit(0)
    os.close(said)
    os.close(waits)

    def result() -> str:
        found = b""
        while select([says], [], [], PATIENCE)[0]:
            if not (more := os.read(says, 1000)):
                return found.decode()
            found += more
        raise AssertionError(f"the child hangs; it said {found!r}")

    try:
        yield result
    finally:
        os.close(go)
        os.close(says)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    engine = make_engine()
    fill(engine, [index_document("1")])
    return engine


def write(engine: Engine, id: str) -> str:
    fill(engine, [index_document(id)])
    return str(sorted(ids_of(engine.snapshot())))


def test_a_child_reads_and_writes(engine: Engine) -> None:
    engine.snapshot()
    with child(lambda: write(engine, "2")) as result:
        assert result() == "['1', '2']"
        seen = {"1"} if engine.location == ":memory:" else {"1", "2"}
        assert ids_of(engine.snapshot()) == seen, "each has a memory of its own"
        with child(lambda: write(engine, "3")) as another:
            assert another() == str(sorted({*seen, "3"}))
    fill(engine, [index_document("4")])


def test_a_batch_of_the_parent_is_refused_in_a_child_and_goes_on_in_the_parent(engine: Engine) -> None:
    with writing(engine) as writer:
        writer.upsert(index_document("2"))

        def use() -> str:
            for act in (
                lambda: writer.upsert(index_document("x")),
                lambda: writer.delete("1"),
                writer.commit,
            ):
                with pytest.raises(SearchkitError, match=REFUSED.partition(": ")[2]):
                    act()
            writer.close()
            return "refused"

        with child(use) as result:
            assert result() == "refused"
            writer.upsert(index_document("3"))
            writer.commit()
            assert ids_of(engine.snapshot()) == {"1", "2", "3"}
            writer.close()
            fill(engine, [index_document("4")])  # while the child is still there
            assert ids_of(engine.snapshot()) == {"1", "2", "3", "4"}
    assert engine.damage(()) is not None


def test_a_child_that_writes_waits_for_its_parent(engine: Engine) -> None:
    if engine.location == ":memory:":
        pytest.skip("the two have no index in common")
    with writing(engine) as writer:
        writer.upsert(index_document("2"))

        def busy() -> str:
            with pytest.raises(IndexLockedError, match=str(os.getppid())):
                engine.writer(timeout=0)
            return str(sorted(ids_of(engine.snapshot())))

        with child(busy) as result:
            assert result() == "['1']"
        writer.commit()
    with child(lambda: write(engine, "3")) as result:
        assert result() == "['1', '2', '3']"


def test_an_index_in_memory_that_is_being_written_is_refused_in_a_child(engine: Engine) -> None:
    if engine.location != ":memory:":
        pytest.skip("it is opened again")
    with writing(engine) as writer:
        writer.upsert(index_document("2"))
        with child(engine.snapshot) as result:
            assert "SearchkitError: :memory:: the index was being written when" in result()
        writer.commit()
    with child(lambda: sorted(ids_of(engine.snapshot()))) as result:
        assert result() == "['1', '2']"


def test_an_iteration_of_the_parent_is_not_gone_on_with(engine: Engine) -> None:
    if engine.location.startswith("opensearch"):
        pytest.skip("a cluster goes on with it")
    fill(engine, [index_document("2")])
    snapshot = engine.snapshot()
    iteration = iter(snapshot)
    next(iteration)
    for use in (lambda: next(iteration), lambda: snapshot.stored(["1"])):
        with child(use) as result:
            assert "this search or iteration was begun by the process" in result()
    assert len(list(iteration)) == 1
