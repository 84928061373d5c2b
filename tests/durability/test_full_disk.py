"""No room on the disk, no right to write, no folder any more: an error says so, the last commit is intact."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index

MakeIndex = Callable[..., Index]
REPOSITORY = Path(__file__).resolve().parents[2]

# In a process of its own, as a limit on the size of files is one for the whole process. Like a full disk, it
# lets a file grow to some size and no further.
FULL = """
import random, resource, sys
from pathlib import Path
import searchkit

here, limit = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(1)
many = [
    {"id": str(id), "body": "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(200))}
    for id in range(400)
]
with searchkit.create(here / "large") as large:
    large.add(many)
index = searchkit.open(here / "index")
large = searchkit.open(here / "large")
tried = {
    "add": lambda: index.add(many),
    "rebuild": large.rebuild,
    "optimize": large.optimize,
    "set_synonyms": lambda: index.set_synonyms([[f"{i}茶", "水"] for i in range(9000)]),
    "export": lambda: large.export(here / "export.jsonl"),
}
if limit < 500:  # what fits into that, fits
    tried["delete"] = lambda: index.delete("0")
    tried["create"] = lambda: searchkit.create(here / "new")
    tried["backup"] = lambda: index.backup(here / "backup")
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
for name, operation in tried.items():
    try:
        operation()
    except searchkit.SearchkitError as error:
        assert str(here) in str(error), f"{name}: {error}"
    else:
        raise AssertionError(f"{name} did not notice")
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

# There is room again, and all of it works at once.
assert [document.id for document in index] == ["0"] and index.count("茶") == 1 and index.check().ok
assert len(large) == 400 and large.check().ok
assert not [path.name for path in here.iterdir() if path.name not in ("index", "large", "new")]
for name, operation in tried.items():
    operation()
assert index.check().ok and large.check().ok
"""


@pytest.mark.parametrize("limit", [0, 100, 5_000, 50_000])
def test_a_full_disk_leaves_the_last_commit(limit: int, make_index: MakeIndex, tmp_path: Path) -> None:
    make_index("茶", location=tmp_path / "index").close()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(limit)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    with searchkit.open(tmp_path / "index") as index:
        assert index.check().ok


OPERATIONS: dict[str, Callable[[Index, Path], Any]] = {
    "add": lambda index, _: index.add([Document(id="x", body="水")]),
    "delete": lambda index, _: index.delete("0"),
    "rebuild": lambda index, _: index.rebuild(),
    "optimize": lambda index, _: index.optimize(),
    "set_synonyms": lambda index, _: index.set_synonyms([["茶", "水"]]),
    "search": lambda index, _: index.search("茶"),
    "get": lambda index, _: index.get("0"),
    "stats": lambda index, _: index.stats(),
    "backup": lambda index, to: index.backup(to / "backup"),
    "export": lambda index, to: index.export(to / "export.jsonl"),
    "len": lambda index, _: len(index),
}
WRITES = ("add", "delete", "rebuild", "optimize", "set_synonyms")


@pytest.mark.parametrize("gone", ["", "data"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_folder_that_disappears_while_open_is_an_error(
    name: str, gone: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    location = tmp_path / "index"
    index = make_index("茶", location=location)
    shutil.move(location / gone, tmp_path / "elsewhere")
    expected = (searchkit.SearchkitError, r"index.*(restore a backup|is the disk full)")
    if not gone:  # nobody can tell that it will come back
        expected = (searchkit.IndexReplacedError, r"index: .*not there any more.*open it where it is now")
    with pytest.raises(expected[0], match=expected[1]):
        OPERATIONS[name](index, tmp_path)
    assert not (location / gone).exists(), "nothing is made anew where it was"
    assert not (tmp_path / "backup").exists()
    assert not (tmp_path / "export.jsonl").exists()

    shutil.move(tmp_path / "elsewhere", location / gone)
    assert [document.id for document in index] == ["0"], "it is back, and so is the index"
    OPERATIONS[name](index, tmp_path)
    assert index.check().ok


def test_a_folder_that_disappears_while_writing_is_an_error(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index("茶", location=tmp_path / "index")
    removed = pytest.raises(searchkit.IndexReplacedError, match=r"since this writer began.*was removed")
    with removed, index.writer() as writer:
        writer.add(Document(body="水"))
        shutil.move(tmp_path / "index", tmp_path / "elsewhere")
    assert not (tmp_path / "index").exists()
    with searchkit.open(tmp_path / "elsewhere") as moved:
        assert moved.check().ok
        assert [document.id for document in moved] == ["0"]
        assert moved.add([Document(id="x", body="水")], timeout=0).added == 1


@pytest.mark.parametrize("name", WRITES)
def test_a_read_only_folder_is_a_clear_error(name: str, make_index: MakeIndex, tmp_path: Path) -> None:
    location = tmp_path / "index"
    make_index("茶", location=location).close()
    paths = [location, *location.rglob("*")]
    modes = {path: path.stat().st_mode for path in paths}
    for path in paths:
        path.chmod(modes[path] & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        if os.access(location, os.W_OK):
            pytest.skip("this user, probably root, may write into any folder")
        with searchkit.open(location) as index:
            with pytest.raises(searchkit.SearchkitError, match=r"index.*cannot be written"):
                OPERATIONS[name](index, tmp_path)
            assert index.count("茶") == 1
            assert index.check().ok
    finally:
        for path in paths:
            path.chmod(modes[path])
    with searchkit.open(location) as index:
        OPERATIONS[name](index, tmp_path)
        assert index.check().ok


def test_an_interrupted_create_can_be_repeated(tmp_path: Path) -> None:
    location = tmp_path / "index"
    (location / "data").mkdir(parents=True)
    for name in ("writer.json", "writer.lock", ".index.json.12345.new", ".writer.json.12345.new"):
        (location / name).write_text("{")
    with searchkit.create(location) as index:
        assert index.add([Document(id="0", body="茶")]).added == 1
        assert index.check().ok
    assert {path.name for path in location.iterdir()} <= {"data", "index.json", "writer.lock"}
