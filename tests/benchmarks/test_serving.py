"""The benchmarks of the server: a few requests and a few queries, in processes of their own."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("starlette", reason="needs the web app: pip install 'searchkit-zh[web]'")
pytest.importorskip("psutil", reason="memory is measured with psutil, which only the benchmarks need")

import searchkit
from benchmarks import browser, load
from searchkit import Document

pytestmark = pytest.mark.slow


@pytest.fixture
def location(tmp_path, sample_documents: list[Document]):
    with searchkit.create(tmp_path / "index") as index:
        index.add(sample_documents)
    return tmp_path / "index"


def run_load(location, tmp_path, *options: str) -> list[dict]:
    figures = tmp_path / "load.json"
    given = f"--index {location} --requests 20 --warm-up 4 --json {figures}".split()
    load.main([*given, *options])
    return json.loads(figures.read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("options", [(), ("--rate", "1000", "--commit-every", "0.01"), ("--dear", "2")])
def test_load_measures_the_api_and_the_page(location, tmp_path, capsys, options):
    with searchkit.open(location) as index:
        documents = len(index)
    rows = run_load(location, tmp_path, *options)
    assert [row["target"] for row in rows] == ["API", "page"]
    for row in rows:
        assert (row["requests"], row["errors"]) == (20, 0)
        assert 0 < row["p50"] <= row["p95"] <= row["p99"] <= row["max"]
        assert row["per_second"] > 0
        assert row["resident"] >= row["private"] > 1_000_000
    assert "per second" in capsys.readouterr().out
    with searchkit.open(location) as index:
        assert len(index) == documents
    assert {path.name for path in tmp_path.iterdir()} == {"index", "load.json"}


def test_failed_requests_are_errors_of_the_load_benchmark(location, tmp_path, monkeypatch):
    monkeypatch.setitem(load.TARGETS, "API", "/api/nothing?q=")
    with pytest.raises(SystemExit, match="there were errors"):
        run_load(location, tmp_path)
    rows = json.loads((tmp_path / "load.json").read_text(encoding="utf-8"))["rows"]
    assert [row["errors"] for row in rows] == [20, 0]


@pytest.mark.browser
def test_browser_measures_the_time_from_a_key_to_a_result(location, tmp_path, capsys):
    pytest.importorskip("playwright", reason="needs Playwright: pip install 'searchkit-zh[browser]'")
    if not browser.chromium():
        pytest.skip("needs Chromium: make system-packages, or apt-get install chromium")
    figures = tmp_path / "browser.json"
    browser.main(f"--index {location} --queries 3 --json {figures}".split())
    assert "3 queries, from the last key to the first result: median " in capsys.readouterr().out
    measured = json.loads(figures.read_text(encoding="utf-8"))
    assert [0 < time < 30_000 for time in measured.values()] == [True] * 3
