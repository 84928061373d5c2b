"""A writer that is killed at any moment leaves the last commit, or the one that was under way, whole.

Several kills in a row hit the same index, so that each finds what the one before left. ``SEARCHKIT_KILLS``
says how many there are in all.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from durability.batches import contents

import searchkit
from searchkit.engine.tantivy.files import leftovers

BATCHES = Path(__file__).with_name("batches.py")
REPOSITORY = Path(__file__).resolve().parents[2]
IN_A_ROW = 5
BATCHES_OF_A_RUN = 30
LONGEST_STEP = 0.06  # seconds; most batches take less
KILLS = int(os.environ.get("SEARCHKIT_KILLS") or 20)


def killed(location: Path, first: int, chance: random.Random) -> tuple[int, int, list[str]]:
    """Let a process write batches from ``first`` on and kill it: its id, its exit status, what it said."""
    process = subprocess.Popen(
        [sys.executable, str(BATCHES), str(location), str(first), str(first + BATCHES_OF_A_RUN - 1)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        said = []
        # "ready" and "open" come before the batches; behind one of the lines falls the moment.
        for _ in range(1 + chance.randrange(1 + BATCHES_OF_A_RUN)):
            said.append(process.stdout.readline().strip())
        try:
            process.wait(timeout=chance.random() * LONGEST_STEP)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        said += process.stdout.read().split()
    return process.pid, process.returncode, said


@pytest.mark.slow
@pytest.mark.parametrize("row", range(max(1, KILLS // IN_A_ROW)))
def test_a_writer_that_is_killed_leaves_whole_commits(row: int, tmp_path: Path) -> None:
    location = tmp_path / "index"
    chance = random.Random(row)
    done = kills = 0
    while kills < IN_A_ROW:
        pid, status, said = killed(location, done + 1, chance)
        assert status in (-signal.SIGKILL, 0), "it was not the kill that ended it"
        assert said[0] == "ready"
        kills += status == -signal.SIGKILL
        announced = max([done, *map(int, said[2:])])
        if "open" not in said and not (location / "index.json").exists():
            # Killed while it was made: it is not there, and making it again is no matter.
            with pytest.raises(searchkit.IndexNotFoundError):
                searchkit.open(location)
            searchkit.create(location).close()
        with searchkit.open(location) as index:
            held = {document.id: document for document in index}
            assert len(index) == len(held)
            possible = [announced, announced + 1]
            fitting = [number for number in possible if contents(number) == held]
            assert fitting, f"kill {kills}: behind batch {announced} the index holds neither it nor the next"
            report = index.check()
            assert report.ok, report.problems
            assert_written_at_once(index, dead=pid)
            done = fitting[-1]
            assert {document.id: document for document in index} == contents(done)
        assert leftovers(location / "data") == {}, "what the dead one wrote is removed"


def assert_written_at_once(index: searchkit.Index, dead: int) -> None:
    """No lock is in the way of the next writer, and its name is that of the living one."""
    holder = Path(index.stats().location, "writer.json")
    with index.writer(timeout=0) as writer:
        writer.add({"id": "another", "body": "別的話"})
        with pytest.raises(searchkit.IndexLockedError, match=f"process {os.getpid()} ") as error:
            index.delete("another", timeout=0)
        assert f"process {dead} " not in str(error.value)
    assert index.search("別的話").total == 1
    assert index.delete("another", timeout=0) == 1
    assert not holder.exists()
    assert not list(holder.parent.glob("*.new")), "what the dead one left unfinished is cleared away"
