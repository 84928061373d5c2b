"""The guard lets noise pass and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import guard
from benchmarks.guard import complaints, main
from searchkit import Highlighted

BEFORE = {
    "search: calls": 1000.0,
    "search: time over the reference": 5.0,
    "index: bytes for a byte of text": 4.0,
    "beginnings of headlines: mean reciprocal rank": 0.8,
}


@pytest.mark.parametrize(
    ("name", "as_good", "worse"),
    [
        ("search: calls", 1020, 1021),
        ("search: time over the reference", 6.5, 6.6),
        ("index: bytes for a byte of text", 4.2, 4.21),
        ("beginnings of headlines: mean reciprocal rank", 0.7971, 0.7969),
    ],
)
def test_only_figures_worse_than_the_noise_are_complaints(name: str, as_good: float, worse: float) -> None:
    assert list(complaints(BEFORE, BEFORE)) == []
    assert list(complaints({**BEFORE, name: as_good}, BEFORE)) == []
    (complaint,) = complaints({**BEFORE, name: worse}, BEFORE)
    assert complaint.startswith(name)


def test_better_is_no_complaint() -> None:
    better = {name: was * (1.2 if "rank" in name else 0.5) for name, was in BEFORE.items()}
    assert list(complaints(better, BEFORE)) == []


def test_a_missing_figure_is_a_complaint() -> None:
    (complaint,) = complaints({name: was for name, was in BEFORE.items() if "bytes" not in name}, BEFORE)
    assert "not measured any more" in complaint


def test_more_calls_of_a_search_fail_the_guard(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(guard, "DOCUMENTS", 20)
    monkeypatch.setattr(guard, "_ROUNDS", 1)
    monkeypatch.setitem(guard._ALLOWED, "time", 100.0)
    monkeypatch.setattr(guard, "BASELINE", tmp_path / "guard.json")
    guard.BASELINE.write_text("{}")
    assert main(["--update"]) == 0
    assert json.loads(guard.BASELINE.read_text())[guard.KERNEL]["others"]
    assert main([]) == 0
    html = Highlighted.html
    monkeypatch.setattr(Highlighted, "html", lambda self: max(html(self) for _ in range(9)))
    assert main([]) == 1
    assert "WORSE search: calls" in capsys.readouterr().err
