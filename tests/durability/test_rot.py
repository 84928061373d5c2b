"""Bit rot: a damaged index gives the right answer or an error that says what is damaged, and ends no process.

``SEARCHKIT_ROT_TRIALS`` says how many indexes of each engine are damaged; `make rot-test` damages 300.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROT = Path(__file__).with_name("rot.py")
REPOSITORY = Path(__file__).resolve().parents[2]
TRIALS = os.environ.get("SEARCHKIT_ROT_TRIALS") or "40"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="each trial is a forked process")
@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_no_damage_gives_a_wrong_answer(engine: str) -> None:
    trials = subprocess.run(
        [sys.executable, str(ROT), "--engine", engine, "--trials", TRIALS],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert trials.returncode == 0, trials.stdout + trials.stderr
