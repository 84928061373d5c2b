"""No room on the disk, no right to write, no folder any more: an error says so, the last commit is intact."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import Document, Index
from searchkit.engine.atomic_files import remove_unfinished
from searchkit.engine.storage import IndexFolder

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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of 16 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        pytest.skip(f"there is no mount: {error}")
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["", "whoosh:"])
def test_a_full_disk_recovers_by_itself(engine: str, small_disk: Path, tmp_path: Path) -> None:
    chance, length = random.Random(1), 100 if engine else 1000  # Whoosh takes ten times the room
    index = searchkit.create(f"{engine}{small_disk / 'index'}")

    def batch(number: int) -> list[Document]:
        bodies = ("".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(length)) for _ in range(20))
        return [Document(id=f"{number}-{at}", body=body) for at, body in enumerate(bodies)]

    with pytest.raises(searchkit.SearchkitError, match="is the disk full"):
        for number in range(1000):
            index.add(batch(number))
    ids = [document.id for document in index]
    assert ids
    assert len(ids) % 20 == 0, "a batch is there as a whole or not at all"
    index.backup(f"{engine}{tmp_path / 'copy'}")  # which has what the commit needs, and no more
    needed = {path.name for path in (tmp_path / "copy" / "data").iterdir()}
    there = {path.name for path in (small_disk / "index" / "data").iterdir()}
    assert {name for name in there - needed if "lock" not in name.lower()} == set()

    assert index.delete(ids[10:]) == len(ids) - 10
    assert [document.id for document in index] == ids[:10]
    assert index.optimize() == 10
    assert index.add(batch(1000)).added == 20
    assert index.check().problems == []
    index.close()


@pytest.mark.parametrize("engine", ["", "whoosh:"])
@pytest.mark.parametrize("name", ["optimize", "rebuild"])
def test_too_little_room_is_said_before_anything_is_written(
    name: str, engine: str, make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make_index("茶", "水", location=f"{engine}{tmp_path / 'index'}")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")}
    monkeypatch.setattr(IndexFolder, "free", lambda _: 17)
    with pytest.raises(
        searchkit.SearchkitError, match=rf"index: {name} needs at least [\d,]+ bytes .* are 17;"
    ):
        getattr(index, name)()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "index").rglob("*")} == before
    monkeypatch.undo()
    assert getattr(index, name)(memory=16_000_000) == 2


# A process that is in the middle of a copy: it says so, and then waits to be killed.
COPYING = """
import sys, time
import searchkit
from searchkit.engine import commit_files
from searchkit.maintenance import export

def wait(*_):
    print("copying", flush=True)
    time.sleep(600)

commit_files.link_or_copy = export._write = wait
index = searchkit.open(sys.argv[1])
getattr(index, sys.argv[2])(sys.argv[3])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks that tell what is being written")
@pytest.mark.parametrize("engine", ["", "whoosh:"])
@pytest.mark.parametrize(("name", "to"), [("backup", "copy"), ("export", "copy.jsonl")])
def test_what_a_killed_copy_leaves_is_removed_by_the_next(
    name: str, to: str, engine: str, make_index: MakeIndex, tmp_path: Path
) -> None:
    location = f"{engine}{tmp_path / 'index'}"
    index = make_index("茶", location=location)
    target = f"{engine if name == 'backup' else ''}{tmp_path / to}"
    with subprocess.Popen(
        [sys.executable, "-c", COPYING, location, name, target],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "copying\n"
        remove_unfinished(tmp_path)
        assert len(list(tmp_path.glob(f".{to}.*.new"))) == 1, "it is still being written"
        process.kill()
    assert len(list(tmp_path.glob(f".{to}.*.new"))) == 1
    getattr(index, name)(target)
    assert {path.name for path in tmp_path.iterdir()} == {"index", to}


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
