"""Tables and run files of the relevance benchmark, which need no package but this one."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.relevance_tables import report, tables
from benchmarks.trec_runs import read_run, write_run


def line(peer: str, value: float, script: str = "same", **more: Any) -> dict[str, Any]:
    return {
        "kind": "relevance",
        "set": "drcd",
        "documents": 2000,
        "queries": 7017,
        "peer": peer,
        "label": peer.title(),
        "script": script,
        "nDCG@10": value,
        "MRR@10": 0.5,
        "Recall@100": 1.0,
        **more,
    }


def against(difference: float, p: float) -> dict[str, float]:
    return {
        "difference": difference,
        "low": difference - 0.01,
        "high": difference + 0.01,
        "p": p,
        "p_holm": p,
    }


LINES = [
    line("searchkit", 0.9642),
    line("searchkit", 0.9641, "other", **{"against same script": against(-0.0001, 0.5)}),
    line("words", 0.9, **{"against searchkit": against(-0.0642, 0.00001)}),
    line(
        "words",
        0.3,
        "other",
        **{"against searchkit": against(-0.6641, 0), "against same script": against(-0.6, 0)},
    ),
    line("bigrams", 0.9642, **{"against searchkit": against(0, 0.9)}),
    line(
        "bigrams",
        0.4,
        "other",
        **{"against searchkit": against(-0.5641, 0), "against same script": against(-0.5, 0)},
    ),
    {"kind": "relevance", "set": "drcd", "documents": 2000, "queries": 7017, "peer": "slow", "label": "Slow"}
    | {"script": "same", "left out": "too slow"},
    {"kind": "speed", "peer": "searchkit"},
]


def test_the_overview_marks_the_best_and_the_significant():
    overview = tables(LINES).split("\n\n")[0].splitlines()
    assert overview == [
        "| nDCG@10 | drcd | other script |",
        "| --- | ---: | ---: |",
        "| Searchkit | **0.9642** | **0.9641** |",
        r"| Words | 0.9000\* | 0.3000\* |",
        r"| Bigrams | **0.9642** | 0.4000\* |",
        "| Slow | – | – |",
    ]


def test_a_peer_that_is_significantly_better_is_the_best():
    better = line("words", 0.95, **{"against searchkit": against(0.05, 0.001)})
    overview = tables([line("searchkit", 0.9), better])
    assert r"| Words | **0.9500\***" in overview
    assert "| Searchkit | 0.9000 |" in overview


def test_each_set_has_all_measures_and_differences():
    text = tables(LINES)
    assert "### drcd: 2,000 documents, 7,017 queries" in text
    assert (
        "| Words | 0.9000 | 0.5000 | 1.0000 | -0.0642 [-0.0742, -0.0542] | < 0.001 "
        "| 0.3000 | -0.6000 [-0.6100, -0.5900] | -0.6641 [-0.6741, -0.6541] | < 0.001 |"
    ) in text
    assert "| Bigrams | 0.9642 | 0.5000 | 1.0000 | +0.0000 [-0.0100, +0.0100] | 0.900 |" in text
    assert (
        "| Searchkit | 0.9642 | 0.5000 | 1.0000 | – | – | 0.9641 | -0.0001 [-0.0101, +0.0099] | – | – |"
        in text
    )


def test_tables_name_the_peers_that_are_left_out():
    assert "Slow is left out: too slow." in tables(LINES)


def test_tables_say_why_a_peer_misses_the_other_script():
    no_normalization = {"other script": "it does not normalize characters"}
    text = tables(
        [
            line("searchkit", 0.9),
            line("words", 0.8, **no_normalization),
            line("bigrams", 0.7, **no_normalization),
        ]
    )
    assert "In the other script (Words; Bigrams): it does not normalize characters." in text
    assert "(Searchkit" not in text


def test_rows_have_as_many_cells_as_their_table():
    for table in tables(LINES).split("\n\n"):
        rows = [row.count("|") for row in table.splitlines() if row.startswith("|")]
        assert len(set(rows)) <= 1


def test_the_later_of_two_results_counts():
    text = tables([line("searchkit", 0.1), line("searchkit", 0.2)])
    assert "0.2000" in text
    assert "0.1000" not in text


def test_without_relevance_results_there_is_no_table():
    assert tables([]) == tables([{"kind": "speed"}]) == ""


def test_a_run_file_is_read_back(tmp_path):
    run = {"q 1": ["a", "二 號%20　"], "q2": ["b"]}
    write_run(tmp_path / "run.trec", run, "searchkit")
    assert read_run(tmp_path / "run.trec") == run
    rows = [row.split() for row in (tmp_path / "run.trec").read_text(encoding="utf-8").splitlines()]
    assert [row[:1] + row[3:] for row in rows] == [
        ["q%201", "1", "2", "searchkit"],
        ["q%201", "2", "1", "searchkit"],
        ["q2", "1", "1", "searchkit"],
    ]
    assert all(len(row) == 6 and row[1] == "Q0" for row in rows)


def test_a_run_with_a_document_twice_is_refused(tmp_path):
    with pytest.raises(ValueError, match="searchkit ranked a document twice for query 1"):
        write_run(tmp_path / "run.trec", {"1": ["a", "b", "a"]}, "searchkit")


def test_the_report_says_where_and_when_and_has_both_lists() -> None:
    machine = {"cpu": "Abacus 3000", "cores": 2, "memory": 8 * 2**30, "system": "Linux 6", "python": "3.12.1"}
    about = {"date": "2026-01-31T10:00:00+00:00", "machine": machine, "versions": {"lib": "1.2"}}
    lines = [
        {**each, **about}
        for each in [*LINES[:-1], line("searchkit-whoosh", 0.97), line("third", 0.5, "other")]
    ]
    text = report([*lines, {**line("best", 0.97), **about}])
    head, _, rest = text.partition("\n## Where searchkit is behind\n")
    assert head.startswith("# Ranking of searchkit and others\n")
    assert all(said in head for said in ("2026-01-31", "Abacus 3000", "8 GiB", "Python 3.12.1", "lib 1.2"))
    behind, _, rest = rest.partition("\n## Where searchkit is level or ahead\n")
    ahead, _, tables_ = rest.partition("\n## All figures\n")
    assert "| drcd | 0.9642 | Best | 0.9700 | -0.0058 |" in behind
    assert "| drcd, other script | 0.9641 | Third | 0.5000 | +0.4641 |" in ahead
    assert "Searchkit-Whoosh" not in behind + ahead
    assert "Searchkit-Whoosh" in tables_


def test_a_report_of_nothing_is_empty() -> None:
    assert report([{"kind": "speed", "peer": "searchkit"}]) == ""
