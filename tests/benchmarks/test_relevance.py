"""The relevance half of the benchmarks: measures, significance, and a whole run with peers made up here."""

# ruff: noqa: E402 - what is imported needs what may be missing

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import pytest

for package in ("ir_measures", "psutil", "scipy"):
    pytest.importorskip(package, reason="the relevance benchmark measures with it")

from benchmarks import relevance
from benchmarks.judged_sets import JudgedSet
from benchmarks.peers.base import Answer, Peer, Question
from benchmarks.relevance import measure, per_query
from benchmarks.significance import compared, holm
from benchmarks.trec_runs import read_run
from benchmarks.tuning import ndcg
from searchkit import Document

DOCUMENTS = [
    Document(id="茶 一", body="茶葉蛋"),
    Document(id="b", body="喝茶的人"),
    Document(id="c", body="雨水"),
    Document(id="d", body="山水畫"),
]
TEA = JudgedSet(
    name="tea",
    documents=DOCUMENTS,
    queries={"1": "喝茶", "2": "山水畫", "3": "沒有"},
    judged={"1": {"b": 2, "茶 一": 1}, "2": {"d": 1}, "3": {"c": 1}},
)


class Counting(Peer):
    """Ranks by how many characters a document has in common with the query."""

    name = "searchkit"
    label = "Counting"

    def index(self, documents: Iterable[Document]) -> int:
        self.documents = list(documents)
        return len(self.documents)

    def open(self) -> None:
        pass

    def answer(self, question: Question) -> Answer:
        raise NotImplementedError

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        common = {document.id: len(set(document.body) & set(query)) for document in self.documents}
        ranked = sorted(common.items(), key=lambda item: -item[1])
        return [(id, float(count)) for id, count in ranked if count][:limit]


class Backwards(Counting):
    """Does worse: the best comes last."""

    name = "backwards"
    label = "Backwards"

    def rank(self, query: str, limit: int) -> list[tuple[str, float]]:
        return [(id, -score) for id, score in reversed(super().rank(query, limit))]


class Slow(Counting):
    name = "whoosh-made-up"
    label = "Slow"


class Failing(Counting):
    name = "failing"
    label = "Failing"

    def open(self) -> None:
        raise OSError("no more")


class Forgetful(Counting):
    name = "forgetful"
    label = "Forgetful"

    def index(self, documents: Iterable[Document]) -> int:
        return super().index(list(documents)[1:])

    def close(self) -> None:
        raise AssertionError("what was never opened is not closed")


class Absent(Counting):
    name = "absent"
    label = "Absent"

    @classmethod
    def why_not(cls) -> str | None:
        return "there is no server"


class Top(Counting):
    name = "ceiling"
    label = "Ceiling"


class Made(Counting):
    """Remembers where it was."""

    name = "made"
    label = "Made"
    locations: ClassVar[list[Path]] = []

    def index(self, documents: Iterable[Document]) -> int:
        assert not self.location.exists()
        self.location.mkdir()
        self.locations.append(self.location)
        return super().index(documents)


# -- the measures


def test_measures_equal_those_counted_by_hand():
    run = {"1": ["x", "茶 一", "y", "b"], "2": ["d"], "3": []}
    best = 2 / math.log2(2) + 1 / math.log2(3)
    first = (1 / math.log2(3) + 2 / math.log2(5)) / best
    values = per_query(TEA, run)
    assert values["nDCG@10"] == pytest.approx([first, 1, 0])
    assert values["MRR@10"] == pytest.approx([1 / 2, 1, 0])
    assert values["Recall@100"] == pytest.approx([1, 1, 0])


def test_measures_stop_at_their_cutoff():
    others = [str(number) for number in range(100)]
    tenth, eleventh, hundredth = ([*others[:place], "d", *others[place:]] for place in (9, 10, 100))
    values = [
        {name: each[1] for name, each in per_query(TEA, {"2": run}).items()}
        for run in (tenth, eleventh, hundredth)
    ]
    assert values[0] == pytest.approx({"nDCG@10": 1 / math.log2(11), "MRR@10": 1 / 10, "Recall@100": 1})
    assert values[1] == pytest.approx({"nDCG@10": 0, "MRR@10": 0, "Recall@100": 1})
    assert values[2] == pytest.approx({"nDCG@10": 0, "MRR@10": 0, "Recall@100": 0})


@pytest.mark.parametrize(
    "found", [[], ["b"], ["茶 一", "b"], ["b", "茶 一"], ["c", "b", "d", "茶 一"], [*"efghijklmn", "b"]]
)
def test_tuning_computes_ndcg_like_ir_measures(found):
    assert ndcg(found, TEA.judged["1"]) == pytest.approx(per_query(TEA, {"1": found})["nDCG@10"][0])


def test_queries_outside_the_sample_do_not_count():
    sampled = JudgedSet("tea", DOCUMENTS, {"2": "山水畫"}, TEA.judged)
    assert per_query(sampled, {"2": ["d"]})["nDCG@10"] == [1]


# -- significance


def test_an_engine_does_not_differ_from_itself():
    values = [0.0, 0.5, 1.0, 0.3]
    assert compared(values, {"same": values})["same"] == (0, 0, 0, 1, 1)


def test_better_on_most_queries_is_significant():
    baseline = [0.5, 0.4, 0.3, 0.6, 0.5, 0.2] * 20
    better = [value + (0.3 if place % 3 else -0.1) for place, value in enumerate(baseline)]
    comparison = compared(baseline, {"better": better})["better"]
    assert comparison.difference == pytest.approx((2 * 0.3 - 0.1) / 3)
    assert 0 < comparison.low < comparison.difference < comparison.high
    assert comparison.p < 0.001


def test_chance_is_not_significant():
    baseline = [0.5] * 100
    other = [0.7 if place % 2 else 0.3 for place in range(100)]
    comparison = compared(baseline, {"other": other})["other"]
    assert comparison.low < 0 < comparison.high
    assert comparison.p > 0.9


def test_the_bootstrap_interval_is_deterministic():
    values = {"other": [math.sin(number) for number in range(100)]}
    assert compared([0.0] * 100, values) == compared([0.0] * 100, values)


def test_a_constant_difference_is_significant():
    assert compared([0.0, 0.0, 0.0], {"other": [0.5, 0.5, 0.5]})["other"] == (0.5, 0.5, 0.5, 0, 0)


def test_one_query_is_never_significant():
    with pytest.raises(ValueError, match="single query"):
        compared([0.5], {"other": [0.6]})


def test_holm_corrects_for_the_number_of_comparisons():
    corrected = holm({"a": 0.03, "b": 0.01, "c": 0.04, "d": 0.9})
    assert corrected == pytest.approx({"b": 0.04, "a": 0.09, "c": 0.09, "d": 0.9})
    assert holm({"a": 0.7, "b": 0.8}) == {"a": 1, "b": 1}
    assert holm({"a": 0.03}) == {"a": 0.03}


# -- a run


def by_peer(results: Iterable[dict[str, object]], script: str = "same") -> dict[object, dict[str, object]]:
    return {result["peer"]: result for result in results if result["script"] == script}


def test_every_peer_answers_in_both_scripts():
    results = measure(TEA, [Counting, Backwards])
    assert [(result["peer"], result["script"]) for result in results] == [
        ("searchkit", "same"),
        ("searchkit", "other"),
        ("backwards", "same"),
        ("backwards", "other"),
    ]
    same, other = by_peer(results), by_peer(results, "other")
    assert same["searchkit"]["nDCG@10"] == pytest.approx(2 / 3)
    # 山水畫 is 山水画 to the other script, of which this peer finds two characters; 喝茶 is the same.
    assert other["searchkit"]["nDCG@10"] == pytest.approx(2 / 3)
    assert other["searchkit"]["against same script"]["difference"] == 0  # type: ignore[index]
    assert "against searchkit" not in same["searchkit"]
    difference = same["backwards"]["against searchkit"]["difference"]  # type: ignore[index]
    assert difference == pytest.approx(same["backwards"]["nDCG@10"] - same["searchkit"]["nDCG@10"])  # type: ignore[operator]
    assert difference < 0


def test_a_peer_that_knows_one_script_loses_the_other():
    documents = [Document(id="a", body="圖書館"), Document(id="b", body="頭髮")]
    judged_set = JudgedSet("甲", documents, {"1": "圖書館", "2": "頭髮"}, {"1": {"a": 1}, "2": {"b": 1}})
    results = measure(judged_set, [Counting])
    assert by_peer(results)["searchkit"]["nDCG@10"] == 1
    assert by_peer(results, "other")["searchkit"]["nDCG@10"] == 0  # 图书馆, 头发


def test_run_files_have_the_same_ranking_as_the_results(tmp_path):
    measure(TEA, [Counting, Backwards], runs=tmp_path / "runs")
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "tea.other-script.backwards.trec",
        "tea.other-script.searchkit.trec",
        "tea.same-script.backwards.trec",
        "tea.same-script.searchkit.trec",
    ]
    run = read_run(tmp_path / "runs" / "tea.same-script.searchkit.trec")
    assert run == {"1": ["b", "茶 一"], "2": ["d", "c"]}


def test_the_run_files_give_the_same_figures_to_ir_measures(tmp_path):
    import ir_measures

    results = measure(TEA, [Backwards], runs=tmp_path)
    judgments = {
        query: {document.replace(" ", "%20"): grade for document, grade in grades.items()}
        for query, grades in TEA.judged.items()
    }
    run = list(ir_measures.read_trec_run(str(tmp_path / "tea.same-script.backwards.trec")))
    [figure] = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], judgments, run).values()
    assert results[0]["nDCG@10"] == pytest.approx(figure)


def test_slow_peers_skip_large_sets():
    assert "left out" not in measure(TEA, [Slow], slow_limit=4)[0]
    results = measure(TEA, [Counting, Slow], slow_limit=3)
    assert [result.get("left out") for result in results] == [
        None,
        None,
        "too slow for more than 3 documents",
        "too slow for more than 3 documents",
    ]


@pytest.mark.parametrize(
    ("peer", "reason"),
    [(Failing, "OSError: no more"), (Forgetful, "RuntimeError: 3 of 4 documents were indexed")],
)
def test_a_failing_peer_is_left_out_with_the_reason(peer, reason):
    results = measure(TEA, [peer, Counting])
    assert by_peer(results)[peer.name]["left out"] == reason
    assert by_peer(results)["searchkit"]["nDCG@10"] > 0  # type: ignore[operator]


def test_a_single_query_has_no_significance():
    one = JudgedSet("tea", DOCUMENTS, {"1": "喝茶"}, TEA.judged)
    results = measure(one, [Counting, Backwards])
    assert results[0]["nDCG@10"] == 1
    assert not any("against searchkit" in result for result in results)


def test_indexes_are_in_temporary_folders():
    measure(TEA, [Made])
    assert not any(location.parent.exists() for location in Made.locations)
    assert len(Made.locations) == 1  # one index for both scripts


@pytest.fixture
def peers(monkeypatch):
    found = {peer.name: peer for peer in (Counting, Backwards, Absent, Top)}
    monkeypatch.setattr(relevance, "PEERS", found)


@pytest.fixture
def beir(tmp_path):
    folder = tmp_path / "tea"
    (folder / "qrels").mkdir(parents=True)
    rows = {
        "corpus.jsonl": [{"_id": document.id, "text": document.body} for document in DOCUMENTS],
        "queries.jsonl": [{"_id": id, "text": text} for id, text in TEA.queries.items()],
    }
    for name, lines in rows.items():
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text(
        "".join(
            f"{query}\t{document}\t{grade}\n"
            for query, grades in TEA.judged.items()
            for document, grade in grades.items()
        ),
        encoding="utf-8",
    )
    return folder


def lines_of(output: Path) -> list[dict[str, Any]]:
    [path] = output.glob("*/relevance.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_relevance_command_writes_results_and_prints_tables(peers, beir, tmp_path, capsys):
    relevance.main([str(beir), "--output", str(tmp_path / "results")])
    lines = lines_of(tmp_path / "results")
    assert [(line["kind"], line["set"], line["peer"], line["queries"]) for line in lines] == [
        ("relevance", "tea", "searchkit", 3),
        ("relevance", "tea", "searchkit", 3),
        ("relevance", "tea", "backwards", 3),
        ("relevance", "tea", "backwards", 3),
    ]  # neither the absent one, nor the ceiling, which ranks as searchkit does
    assert all(line["versions"]["searchkit"] and line["machine"] and line["date"] for line in lines)
    [table] = (tmp_path / "results").glob("*/relevance.md")
    assert "| Backwards | " in table.read_text(encoding="utf-8")
    assert table.read_text(encoding="utf-8") == capsys.readouterr().out


def test_the_relevance_command_takes_articles_peers_and_a_sample(peers, tmp_path, capsys):
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(8):
        text = f"# 第{number}號公報的標題在此\n\n第{number}號的正文。\n"
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    relevance.main(
        ["--articles", str(folder), "--known-items", "6", "--sample", "3", "--peers", "searchkit"]
        + ["--output", str(tmp_path / "results")]
    )
    lines = lines_of(tmp_path / "results")
    assert [(line["set"], line["documents"], line["queries"], line["peer"]) for line in lines] == [
        ("articles, headlines", 8, 3, "searchkit")
    ] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give folders"),
        (
            ["{}", "--peers", "searchkit,nobody"],
            "no peer nobody; there are searchkit, backwards, absent, ceiling",
        ),
        (["{}", "--peers", "absent"], "absent cannot be measured here: there is no server"),
        (["{}/qrels"], "corpus.jsonl: there is no such file"),
    ],
)
def test_the_relevance_command_names_usage_errors(peers, beir, capsys, arguments, message):
    with pytest.raises(SystemExit):
        relevance.main([argument.format(beir) for argument in arguments])
    assert message in capsys.readouterr().err
