"""Report and plots: worked out from the lines of measurements, nothing by hand."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from importlib import import_module

import pytest

from benchmarks.comparisons import comparisons
from benchmarks.measurements import Measurement, Recorder, read_measurements
from benchmarks.report import report

MACHINE = {"cpu": "Abacus 3000", "cores": 2, "memory": 8 * 2**30, "system": "Linux 6", "python": "3.12.1"}
SETTINGS = {"articles": "generated", "rounds": 3, "seed": 1, "cold_starts": 2, "slow_limit": 60.0}


def line(peer, task, figures, size=None, kind=None):
    return Measurement(
        peer,
        f"{peer}'s label",
        task,
        size,
        kind,
        figures,
        {f"lib-{peer}": "1.2"},
        MACHINE,
        SETTINGS,
        "2026-01-31T10:00:00+00:00",
    )


def indexed(peer, size, seconds=10.0, **others):
    figures = {"documents": size, "seconds": seconds, "bytes": 5_000_000, "text_bytes": 2_000_000}
    return line(peer, "index", {**figures, "peak_memory": 90_000_000, **others}, size)


def searched(peer, size, kind, milliseconds, answered=25, matches=7):
    seconds = [value / 1000 for value in milliseconds]
    middle = sorted(seconds)[len(seconds) // 2]
    figures = {"p50": middle, "p95": middle * 2, "p99": middle * 3, "p50_of_rounds": seconds, "questions": 25}
    return line(peer, "search", {**figures, "answered": answered, "matches": matches}, size, kind)


def ids_of(peer, size, kind, milliseconds, **others):
    return replace(searched(peer, size, kind, milliseconds, **others), task="ids only")


def section(text, title):
    """What stands below a heading, up to the next."""
    rest = text.split(f"# {title}\n", 1)[1]
    return rest.split("\n#", 1)[0].strip()


def rows(text):
    lines = [one[2:-2].split(" | ") for one in text.splitlines() if one.startswith("|")]
    return [[cell.strip() for cell in one] for one in lines[2:]]


@pytest.fixture
def lines():
    return [
        indexed("searchkit", 1000),
        indexed("quick", 1000, seconds=5.0),
        searched("searchkit", 1000, "one word", [2, 3, 4]),
        searched("quick", 1000, "one word", [1, 1, 1], answered=20),
        searched("searchkit", 1000, "passage", [2, 2, 2]),
        searched("quick", 1000, "passage", [8, 4, 3], matches=None),
        searched("searchkit", 1000, "newest", [3, 3, 1]),
        searched("quick", 1000, "newest", [2, 2, 2]),
        searched("searchkit", 1000, "other script", [1, 1, 1]),
    ]


def test_the_report_lists_where_a_peer_is_ahead(lines):
    assert rows(section(report(lines), "Every figure at which a peer is ahead")) == [
        ["indexing", "1,000", "quick", "100 /s", "200 /s", "2.00", ""],
        ["p50, newest", "1,000", "quick", "3.00 ms", "2.00 ms", "1.50 (0.50–1.50), not in every round", ""],
        [
            *("p50, one word", "1,000", "quick", "3.00 ms", "1.00 ms", "3.00 (2.00–4.00)"),
            "hits for 20 of 25 questions, searchkit for 25",
        ],
    ]


def test_ids_only_are_compared_with_ids_only(lines):
    lines += [
        ids_of("searchkit", 1000, "one word", [1, 1, 1]),
        ids_of("quick", 1000, "one word", [0.4, 0.5, 0.5], answered=20),
        ids_of("bare", 1000, "one word", [0.25, 0.25, 0.25], matches=None),
    ]
    highlighted, ids = section(report(lines), "Every figure at which a peer is ahead").split(
        "Asked for ids only:"
    )
    assert [row[0] for row in rows(highlighted)] == ["indexing", "p50, newest", "p50, one word"]
    assert [row[:6] for row in rows(ids.strip())] == [
        ["p50 of ids, one word", "1,000", "bare", "1.00 ms", "0.25 ms", "4.00 (4.00–4.00)"],
        ["p50 of ids, one word", "1,000", "quick", "1.00 ms", "0.50 ms", "2.00 (2.00–2.50)"],
    ]
    assert {(one.peer, one.what) for one in comparisons(lines) if one.peer == "bare"} == {
        ("bare", "p50 of ids, one word")
    }


def test_ids_only_have_tables_of_their_own(lines):
    lines += [
        ids_of("searchkit", 1000, "one word", [1, 1, 1]),
        ids_of("bare", 1000, "one word", [0.25, 0.25, 0.25], matches=None),
    ]
    text = report(lines)
    for title in ("Searching", "Slow questions", "searchkit's time to the peer's"):
        highlighted, ids = re.split("(?:The same to i|I)ds only[^\n]*", section(text, title))
        assert "bare" not in highlighted
        assert rows(ids.strip())[-1][0] == "bare"
    assert rows(section(text, "What is found"))[-1] == ["bare", "25; ?", "–", "–", "–"]


def test_rates_of_ids_only_are_no_rates_of_highlighted_hits(lines):
    for peer, kind, rate in (
        ("searchkit", None, 50),
        ("searchkit", "ids only", 200),
        ("bare", "ids only", 400),
    ):
        figures = {"threads": 1, "per_second": rate, "runs": [rate] * 3}
        lines.append(line(peer, "throughput", figures, 1000, kind))
    (compared,) = (one for one in comparisons(lines) if one.what.startswith("throughput"))
    assert (compared.what, compared.ratio) == ("throughput, ids only, threads: 1", 2)
    running = rows(section(report(lines), "Throughput, memory, start"))
    assert running == [["searchkit", "50", "200"], ["bare", "–", "400"]]


def test_ratios_pair_what_was_measured_in_the_same_round(lines):
    (passage,) = (one for one in comparisons(lines) if one.what == "p50, passage")
    assert passage.ratios == pytest.approx((2 / 8, 2 / 4, 2 / 3))
    assert passage.ratio == pytest.approx(0.5)
    assert passage.is_clear
    assert rows(section(report(lines), "searchkit's time to the peer's"))[0][2] == "0.50 (0.25–0.67)"


@pytest.mark.parametrize("alone", ["searchkit", "quick"])
def test_peers_are_compared_at_the_largest_common_size(lines, alone):
    other = {"searchkit": "quick", "quick": "searchkit"}[alone]
    lines += [indexed(alone, 5000), searched(alone, 5000, "one word", [9, 9, 9])]
    assert {(one.peer, one.size) for one in comparisons(lines)} == {("quick", 1000)}
    assert len(rows(section(report(lines), "Every figure at which a peer is ahead"))) == 3
    lines += [indexed(other, 5000), searched(other, 5000, "one word", [3, 3, 3])]
    sizes = {(one.what, one.size) for one in comparisons(lines)}
    assert {("indexing", 5000), ("p50, one word", 5000), ("p50, newest", 1000)} <= sizes
    assert ("p50, one word", 1000) not in sizes


def test_growth_is_shown_where_there_are_several_sizes(lines):
    lines += [indexed("searchkit", 5000), searched("searchkit", 5000, "one word", [9, 9, 9])]
    lines += [indexed("quick", 5000), searched("quick", 5000, "one word", [3, 3, 3])]
    assert "## 5,000 documents" in report(lines)
    growth = rows(section(report(lines), "Growth"))
    assert ["quick", "p50, one word", "1.00 ms", "3.00 ms"] in growth
    assert ["quick", "p50, passage", "4.00 ms", "–"] in growth


def test_memory_starts_and_rates_are_compared_as_costs(lines):
    for peer, factor in (("searchkit", 2), ("quick", 1)):
        rate = 100 * factor
        lines += [
            line(peer, "memory", {"peak": 80_000_000 * factor, "private": 30_000_000}, 1000),
            line(
                peer,
                "cold start",
                {"seconds": 0.3 * factor, "runs": [0.3 * factor] * 2, "imports": 0.1},
                1000,
            ),
            line(peer, "throughput", {"threads": 2, "per_second": rate, "runs": [rate] * 3}, 1000),
        ]
    found = {one.what: one.ratio for one in comparisons(lines)}
    assert found["peak memory, searching"] == 2
    assert found["private memory, searching"] == 1
    assert found["cold start"] == pytest.approx(2)
    assert found["throughput, threads: 2"] == pytest.approx(0.5)
    ahead = [row[0] for row in rows(section(report(lines), "Every figure at which a peer is ahead"))]
    assert "cold start" in ahead
    running = rows(section(report(lines), "Throughput, memory, start"))
    assert [row[-2] for row in running if row[0] in ("searchkit", "quick")] == ["6.0", "3.0"]
    assert "throughput, threads: 2" not in ahead


def test_the_report_gives_the_reason_for_what_was_left_out(lines):
    lines += [
        line("slow", "left out", {"reason": "it would take a week | or two"}, 5000),
        line("quick", "left out", {"reason": "it cannot"}, kind="snippets"),
    ]
    assert rows(section(report(lines), "What was left out").replace("\\|", "/")) == [
        ["slow", "5,000", "everything", "it would take a week / or two"],
        ["quick", "any", "snippets", "it cannot"],
    ]


def test_a_class_that_a_peer_was_not_asked_is_a_dash(lines):
    searching = rows(section(report(lines), "Searching"))
    assert searching[1] == ["quick", "1.00 ms", "4.00 ms", "2.00 ms", "–"]
    assert rows(section(report(lines), "What is found"))[1] == ["quick", "20; 7", "25; ?", "25; 7", "–"]


def test_the_report_describes_machine_and_settings(lines):
    text = section(report(lines), "Speed of searchkit and others")
    assert all(said in text for said in ("2026-01-31", "Abacus 3000", "8 GiB", "Python 3.12.1", "3 rounds"))
    measured = section(report(lines), "What was measured")
    assert all(said in measured for said in ("lib-quick 1.2", "quick's label"))


def test_the_report_begins_with_both_lists_and_the_plots(lines):
    text = report(lines, {"search.svg": "Times"})
    titles = re.findall("^## (.*)$", text, re.MULTILINE)
    assert titles[:3] == [
        "Where searchkit is behind",
        "Where searchkit is level or ahead",
        "What was measured",
    ]
    assert [[row[0], row[3], row[5]] for row in rows(section(text, titles[0]))] == [
        ["p50, one word", "quick", "3.00 (2.00–4.00)"],
        ["indexing", "quick", "2.00"],
        ["p50, newest", "quick", "1.50 (0.50–1.50), not in every round"],
    ]
    ahead, plot = section(text, titles[1]).rsplit("\n\n", 1)
    assert [[row[0], row[3], row[5]] for row in rows(ahead)] == [
        ["p50, passage", "quick", "2.00 (1.50–4.00)"],
        ["index on disk", "quick", "1.00"],
        ["peak memory, indexing", "quick", "1.00"],
    ]
    assert plot == "![Times](search.svg)"


def test_searchkit_is_no_competitor_of_itself(lines):
    for name in ("searchkit-python", "searchkit-whoosh", "ceiling"):
        lines += [indexed(name, 1000, seconds=0.1), searched(name, 1000, "one word", [0.1, 0.1, 0.1])]
    text = report(lines)
    for title in ("Where searchkit is behind", "Every figure at which a peer is ahead"):
        assert {cell for row in rows(section(text, title)) for cell in row} & {"quick"}
        assert "ceiling" not in section(text, title)
        assert "searchkit-" not in section(text, title)
    assert "in no list: searchkit-python, searchkit-whoosh, ceiling." in section(text, "What was measured")


@pytest.mark.parametrize(
    "command",
    [
        ("__main__", "--articles"),
        ("relevance",),
        ("relevance", "--articles"),
        ("agreement", "--articles"),
        ("features",),
        ("tuning",),
        ("commits", "--articles"),
    ],
)
def test_a_folder_that_is_not_there_is_an_error_before_anything_is_measured(command, tmp_path, capsys):
    module, *option = command
    pytest.importorskip("psutil", reason="machines are described with psutil, which only the benchmarks need")
    pytest.importorskip("ir_measures", reason="rankings are measured with it, which only the benchmarks need")
    with pytest.raises(SystemExit) as error:
        import_module(f"benchmarks.{module}").main([*option, str(tmp_path / "nowhere")])
    assert error.value.code == 2
    assert f"there is no file or folder {tmp_path / 'nowhere'}" in capsys.readouterr().err


def test_the_report_without_searchkit_compares_nothing(lines):
    text = report([one for one in lines if one.peer != "searchkit"])
    assert "nothing to compare" in section(text, "Every figure at which a peer is ahead")


def test_the_report_says_when_no_peer_is_ahead():
    same = [indexed("searchkit", 10), indexed("twin", 10)]
    assert section(report(same), "Every figure at which a peer is ahead") == "Nowhere in this run."


def test_measurements_are_read_back(lines, tmp_path):
    class Quick:
        name, label, packages = "quick", "quick's label", ("pytest",)

    record = Recorder(tmp_path / "lines.jsonl", SETTINGS, MACHINE)
    record(Quick, "search", {"p50": 0.001}, size=10, kind="one word")
    record(Quick, "left out", {"reason": "後來"})
    first, second = read_measurements(tmp_path / "lines.jsonl")
    assert (first.peer, first.size, first.kind, first.figures) == ("quick", 10, "one word", {"p50": 0.001})
    assert first.versions == {"pytest": pytest.__version__}
    assert (second.settings, second.machine, second.size) == (SETTINGS, MACHINE, None)
    text = (tmp_path / "lines.jsonl").read_text(encoding="utf-8")
    assert json.loads(text.splitlines()[1]) == asdict(second)


def test_plots_are_drawn_from_the_measurements(lines, tmp_path):
    pytest.importorskip(
        "matplotlib", reason="plots are drawn with matplotlib, which only the benchmarks need"
    )
    from benchmarks.plots import draw

    names = {path.name for path in draw(lines, tmp_path)}
    assert names == {"search.svg", "search.png", "indexing.svg", "indexing.png"}
    lines += [indexed("searchkit", 5000), searched("searchkit", 5000, "one word", [9, 9, 9])]
    assert {path.name for path in draw(lines, tmp_path)} == {*names, "growth.svg", "growth.png"}
    assert all((tmp_path / name).stat().st_size > 5000 for name in names)
    before = (tmp_path / "search.svg").read_bytes()
    draw(lines, tmp_path)
    assert (tmp_path / "search.svg").read_bytes() == before
