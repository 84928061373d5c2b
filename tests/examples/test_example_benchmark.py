"""The benchmark: a set in the format of BEIR, a run in that of TREC, and the figure that judges it."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from math import log2
from pathlib import Path
from typing import Any

import pytest

from benchmarks.judged_sets import read_beir

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SET = EXAMPLES / "beir"
Load = Callable[[str], Any]


def test_the_run_has_the_lines_of_trec_and_its_figure(
    blog: Path, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    example = load("benchmark")
    example.main(SET, blog / "run.trec")
    out, err = capsys.readouterr()
    assert "24 documents" in err
    lines = [line.split(" ") for line in (blog / "run.trec").read_text("utf-8").splitlines()]
    assert {(len(line), line[1], line[5]) for line in lines} == {(6, "Q0", "searchkit")}
    for query in {line[0] for line in lines}:
        ranks, scores = zip(*[(int(line[3]), float(line[4])) for line in lines if line[0] == query])
        assert ranks == tuple(range(1, len(ranks) + 1))
        assert list(scores) == sorted(scores, reverse=True)
    assert out.startswith("nDCG@10 0.9")
    assert "12 queries" in out


def test_the_set_is_one_that_the_benchmarks_of_the_project_read(load: Load) -> None:
    judged = read_beir(SET)
    assert len(judged.documents) == 24
    assert {query: dict(grades) for query, grades in load("benchmark").judgements(SET).items()} == {
        query: dict(grades) for query, grades in judged.judged.items()
    }


def test_ndcg_is_that_of_trec_eval(load: Load) -> None:
    ndcg = load("benchmark").ndcg
    judged = {"q": {"a": 2, "b": 1}}
    assert ndcg({"q": {"a": 3.0, "b": 2.0}}, judged) == 1
    assert ndcg({}, judged) == ndcg({"q": {"c": 1.0}}, judged) == 0
    expected = (1 / log2(2) + 2 / log2(4)) / (2 / log2(2) + 1 / log2(3))
    assert ndcg({"q": {"b": 3.0, "c": 2.0, "a": 1.0}}, judged) == pytest.approx(expected)
    late = {str(rank): 100.0 - rank for rank in range(10)}
    assert ndcg({"q": {**late, "a": 1.0}}, judged) == 0  # the eleventh does not count


def test_a_folder_that_is_not_there_is_named(blog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["benchmark.py", *["nowhere", "run.trec"]])
    with pytest.raises(SystemExit, match="nowhere: this is no set in the format of BEIR"):
        runpy.run_path(str(EXAMPLES / "benchmark.py"), run_name="__main__")
