"""The contract: an open index stays the same one, or its engine says that another has taken its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from suite import FIELDS, ON_DISK, MakeEngine, fill, folder_of, forget, ids_of, index_document, writing

from searchkit.engine import create_engine, open_engine
from searchkit.engine.base import Engine
from searchkit.errors import IndexReplacedError

pytestmark = pytest.mark.parametrize("make_engine", ON_DISK, indirect=True)

USES: dict[str, Callable[[Engine], Any]] = {
    "read": lambda engine: engine.snapshot(),
    "write": lambda engine: engine.writer(timeout=0),
    "settings": lambda engine: engine.read_metadata(),
    "size": lambda engine: engine.stats(),
    "check": lambda engine: engine.damage(FIELDS),
}


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    engine = make_engine()
    fill(engine, [index_document("1")])
    assert ids_of(engine.snapshot()) == {"1"}
    return engine


def removed(engine: Engine) -> None:
    if engine.location.startswith("opensearch"):
        forget(engine)
    else:
        shutil.rmtree(folder_of(engine))


def test_an_identity_lasts_and_is_its_own(engine: Engine, make_engine: MakeEngine) -> None:
    with closing(open_engine(engine.location)) as same:
        assert same.identity == engine.identity != ""
        same.write_metadata({"made": "elsewhere"})
        fill(same, [index_document("2")])
        assert same.identity == engine.identity
    with closing(open_engine(engine.location)) as same:
        assert same.identity == engine.identity
        assert same.read_metadata() == {"made": "elsewhere"}, "it is no part of the settings"
    assert make_engine().identity != engine.identity
    assert ids_of(engine.snapshot()) == {"1", "2"}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("fields", [FIELDS, FIELDS[:1], ()])
def test_an_index_made_anew_in_its_place_is_neither_read_nor_written(
    engine: Engine, fields: Any, use: str
) -> None:
    removed(engine)
    with closing(create_engine(engine.location, {"made": "anew"}, fields)) as other:
        fill(other, [index_document("2")])
        with pytest.raises(IndexReplacedError, match=r"another index has taken the place.*open it anew"):
            USES[use](engine)
        with closing(open_engine(engine.location)) as anew:
            assert ids_of(anew.snapshot()) == {"2"}
            fill(anew, [index_document("3")])
        assert ids_of(other.snapshot()) == {"2", "3"}


@pytest.mark.parametrize("use", USES)
def test_an_index_that_is_removed_is_no_damage(engine: Engine, use: str) -> None:
    removed(engine)
    with pytest.raises(IndexReplacedError, match=r"the index that was opened.*any more.*open it"):
        USES[use](engine)


def test_a_batch_does_not_go_into_an_index_made_anew(engine: Engine) -> None:
    with writing(engine) as writer:
        writer.upsert(index_document("2"))
        removed(engine)
        with closing(create_engine(engine.location, {}, FIELDS)) as other:
            with pytest.raises(IndexReplacedError):
                writer.commit()
            writer.close()
            assert ids_of(other.snapshot()) == set()
            fill(other, [index_document("3")])
            assert other.damage(FIELDS) == []


class TestFolders:
    """What can be done to folders and files alone."""

    @pytest.fixture(autouse=True)
    def in_a_folder(self, engine: Engine) -> None:
        if engine.location.startswith("opensearch"):
            pytest.skip("its index is in no folder")

    def test_a_backup_in_its_place_is_the_same_index(self, engine: Engine, tmp_path: Path) -> None:
        engine.copy_to(tmp_path / "backup")
        fill(engine, [index_document("2")])
        with writing(engine) as writer:
            writer.delete("1")
            writer.commit()
        assert ids_of(engine.snapshot()) == {"2"}
        folder = folder_of(engine)
        shutil.rmtree(folder)
        shutil.move(tmp_path / "backup", folder)
        assert ids_of(engine.snapshot()) == {"1"}
        fill(engine, [index_document("3")])
        assert ids_of(engine.snapshot()) == {"1", "3"}
        assert engine.damage(FIELDS) == []

    def test_deletions_after_a_backup_are_not_those_from_before(self, engine: Engine, tmp_path: Path) -> None:
        fill(engine, [index_document("2"), index_document("3")])
        engine.copy_to(tmp_path / "backup")
        kept = []  # which keeps its files mapped
        for folder, gone in ((None, "2"), (tmp_path / "backup", "3")):
            if folder:
                shutil.rmtree(folder_of(engine))
                shutil.move(folder, folder_of(engine))
            with writing(engine) as writer:
                writer.delete(gone)
                writer.commit()
            kept.append(engine.snapshot())
            assert ids_of(kept[-1]) == {"1", "2", "3"} - {gone}

    def test_equal_times_and_numbers_of_files_do_not_hide_another_index(self, engine: Engine) -> None:
        folder = folder_of(engine)
        for _ in range(20):  # a file system gives the number of a file that is gone to the next one
            times = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
            shutil.rmtree(folder)
            with closing(create_engine(engine.location, {}, FIELDS)) as other:
                fill(other, [index_document("2")])
                for path in folder.rglob("*"):
                    time = times.get(path, next(iter(times.values())))
                    os.utime(path, ns=(time, time))
                with pytest.raises(IndexReplacedError):
                    engine.snapshot()
                with pytest.raises(IndexReplacedError):
                    engine.writer(timeout=0)

    def test_a_lock_that_somebody_removed_lets_nobody_commit(self, engine: Engine) -> None:
        with writing(engine) as writer:
            writer.upsert(index_document("2"))
            (folder_of(engine) / "writer.lock").unlink()
            with pytest.raises(IndexReplacedError, match=r"writer\.lock was removed"):
                writer.commit()
        assert ids_of(engine.snapshot()) == {"1"}
        fill(engine, [index_document("2")])
        assert ids_of(engine.snapshot()) == {"1", "2"}
