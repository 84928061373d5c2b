"""The whole of the speed benchmark, with small peers in processes of their own."""

from __future__ import annotations

import os
from collections import Counter

import pytest

pytest.importorskip("psutil", reason="memory is measured with psutil, which only the benchmarks need")

from fake_peers import PEERS

from benchmarks.measurements import Recorder, read_measurements
from benchmarks.peer_host import Host, PeerError
from benchmarks.peers.base import Question
from benchmarks.report import report
from benchmarks.speed import Settings, measure

pytestmark = pytest.mark.slow


def run(tmp_path, names, **settings):
    given = Settings(registry="fake_peers", cold_starts=1, **settings)
    record = Recorder(tmp_path / "lines.jsonl", given.described(), {"cpu": "none"})
    (tmp_path / "work").mkdir()
    measure([PEERS[name] for name in names], given, tmp_path / "work", record)
    assert not list((tmp_path / "work").iterdir()), "articles and indexes are left behind"
    return read_measurements(tmp_path / "lines.jsonl")


def test_a_run_measures_every_task_of_every_peer_once_a_size(tmp_path):
    lines = run(tmp_path, ["searchkit", "scan"], sizes=(30, 60), rounds=2)
    tasks = Counter((one.peer, one.task, one.size) for one in lines if one.task != "left out")
    assert tasks == {
        (peer, task, size): count
        for peer in ("searchkit", "scan")
        for size in (30, 60)
        for task, count in [
            *(("index", 1), ("search", 10), ("ids only", 10), ("throughput", 4), ("memory", 1)),
            ("cold start", 1),
        ]
    }
    rates = Counter((one.kind, one.figures["threads"]) for one in lines if one.task == "throughput")
    assert rates == dict.fromkeys([(None, 1), (None, 2), ("ids only", 1), ("ids only", 2)], 4)
    searched = {(one.size, one.kind): one.figures for one in lines if one.task == "search"}
    assert (30, "other script") not in searched
    for (_, kind), figures in searched.items():
        assert figures["questions"] == 25 or kind == "name"  # so few documents have few names
        assert len(figures["p50_of_rounds"]) == 2
        assert 0 < figures["p50"] <= figures["p95"] <= figures["p99"]
        assert figures["answered"] == figures["questions"] or kind in ("no match", "since"), kind
    assert searched[30, "no match"]["matches"] == 0
    assert searched[60, "one character"]["matches"] > searched[30, "one character"]["matches"]
    scan = next(one for one in lines if one.peer == "scan" and one.task == "index")
    assert scan.figures["documents"] == 30
    assert scan.figures["bytes"] > scan.figures["text_bytes"] > 20_000
    assert scan.figures["peak_memory"] > 1_000_000
    assert 0 < scan.figures["seconds_from_memory"] < 60
    start = next(one.figures for one in lines if one.task == "cold start")
    assert 0 < start["imports"] < start["seconds"], "a peer imports json at least, and more of its own"
    assert scan.versions == {"pytest": pytest.__version__, "there-is-no-such-package": "not installed"}
    assert scan.settings["rounds"] == 2
    memory = next(one.figures for one in lines if one.task == "memory")
    assert memory["peak"] >= memory["private"] > 1_000_000


def test_failing_peers_are_left_out_and_the_others_go_on(tmp_path):
    lines = run(tmp_path, ["absent", "fails-to-index", "dies", "scan"], sizes=(20,), rounds=1)
    reasons = {(one.peer, one.kind): one.figures["reason"] for one in lines if one.task == "left out"}
    assert reasons["absent", None] == "its server is not there"
    assert reasons["fails-to-index", None] == "indexing failed: OSError: no room"
    assert reasons["dies", "passage"].startswith("answering failed: its process ended with status 7")
    assert ("dies", "search") not in {(one.peer, one.task) for one in lines}
    assert sum(one.peer == "scan" and one.task == "search" for one in lines) == 10


def test_a_peer_without_highlights_is_asked_for_ids_only(tmp_path):
    lines = run(tmp_path, ["scan", "bare"], sizes=(20,), rounds=1)
    tasks = {peer: Counter(one.task for one in lines if one.peer == peer) for peer in ("scan", "bare")}
    assert (tasks["scan"]["search"], tasks["scan"]["ids only"], tasks["scan"]["throughput"]) == (10, 10, 4)
    # no snippets, and of two words or a headline only any
    assert (tasks["bare"]["search"], tasks["bare"]["ids only"], tasks["bare"]["throughput"]) == (0, 8, 2)
    assert tasks["bare"]["cold start"] == tasks["bare"]["memory"] == 1


def test_a_slow_peer_is_asked_less_and_skips_larger_sizes(tmp_path):
    lines = run(tmp_path, ["scan"], sizes=(20, 40), rounds=2, slow_limit=0.0)
    assert [one.size for one in lines if one.task == "index"] == [20]
    reasons = {(one.size, one.kind): one.figures["reason"] for one in lines if one.task == "left out"}
    assert "indexing would take" in reasons[40, None]
    assert "it is asked in 1 of 2 rounds" in reasons[20, "rounds, throughput"]
    assert {len(one.figures["p50_of_rounds"]) for one in lines if one.task == "search"} == {1}
    assert "throughput" not in {one.task for one in lines}
    assert reasons[40, None] in report_of(lines)


def report_of(lines):
    machine = {"cpu": "none", "cores": 1, "memory": 2**30, "system": "", "python": ""}
    for one in lines:
        one.machine.update(machine)
    return report(lines)


def test_output_of_a_library_does_not_disturb_the_replies(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "a", "body": "茶", "published": 0}\n', encoding="utf-8")
    with Host("scan", tmp_path / "index", registry="fake_peers") as host:
        assert host.index(tmp_path / "a.jsonl").documents == 1
        host.open()
        assert host.ask([Question("茶"), Question("水")]).totals == [1, 0]
    assert "what a library may say" in (tmp_path / "index.log").read_text(encoding="utf-8")


def test_a_peer_goes_on_after_an_error(tmp_path):
    with Host("scan", tmp_path / "index", registry="fake_peers") as host:
        with pytest.raises(PeerError, match="FileNotFoundError"):
            host.open()
        host.start()


def test_a_peer_is_measured_in_a_process_with_its_variables(tmp_path):
    with Host("wants-a-variable", tmp_path / "index", registry="fake_peers") as host:
        host.open()
    assert "WANTED_BY_A_PEER" not in os.environ
