"""Engines agree on generated articles; and where answers differ, that is seen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="compares with OpenSearch: pip install 'searchkit-zh[opensearch]'")

from benchmarks import agreement
from benchmarks.agreement import NDCG, OVERLAP, compare, engines, mean_ndcg
from benchmarks.generated import SEED, generated
from benchmarks.judged_sets import known_items
from benchmarks.peers.base import Question
from benchmarks.questions import questions
from searchkit import Document, Index
from tools.cluster import running_url

CLUSTER = os.environ.get("SEARCHKIT_TEST_OPENSEARCH") or running_url()
MakeIndex = Callable[..., Index]


@pytest.mark.slow
@pytest.mark.skipif(CLUSTER is None, reason="no OpenSearch runs: `make cluster`")
def test_all_engines_have_the_same_answers() -> None:
    documents = list(islice(generated(150, SEED), 150))
    asked = [question for of_class in questions(documents, 1, per_class=8).values() for question in of_class]
    judged_set = known_items("headlines", documents, 40)
    assert len(asked) > 60
    with engines(documents, str(CLUSTER)) as indexes:
        assert len(indexes) == 4
        found = compare(indexes, asked)
        values = {name: mean_ndcg(index, judged_set) for name, index in indexes.items()}
    for name, one in found.items():
        assert one.questions == len(asked)
        assert one.other_totals == [], name
        assert one.overlap >= OVERLAP, name
        assert values[name] == pytest.approx(values[agreement.REFERENCE], abs=NDCG), name
    assert values[agreement.REFERENCE] > 0.5


def some(*texts: str) -> list[Document]:
    return [Document(id=text, body=text) for text in texts]


def test_different_totals_and_first_hits_are_detected(make_index: MakeIndex) -> None:
    indexes = {
        "tantivy": make_index(*some("茶", "茶 水", "雪")),
        "other": make_index(*some("茶", "雪", "冰")),
    }
    found = compare(indexes, [Question("茶"), Question("雪"), Question("雾"), Question("冰")])["other"]
    assert found.other_totals == ["茶: 1, not 2", "冰: 1, not 0"]
    assert found.overlaps == [0.5, 1, 1, 0]
    assert found.overlap == 0.625


def test_disagreeing_engines_are_an_error(
    make_index: MakeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def others(documents: Sequence[Document], *_: object) -> Iterator[dict[str, Index]]:
        yield {"tantivy": make_index(*documents), "other": make_index(*documents[1:])}

    for number in range(12):
        (tmp_path / f"{number}.txt").write_text(
            f"第{number}次喝茶的人\n\n喝茶的人坐在山水之间。\n" * 3, "utf-8"
        )
    monkeypatch.setattr(agreement, "engines", others)
    with pytest.raises(SystemExit) as ended:
        agreement.main(["--articles", str(tmp_path), "--cluster", "http://127.0.0.1:1"])
    assert ended.value.code == 1
    assert "other has another total for" in capsys.readouterr().err


def test_no_articles_and_no_sets_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        agreement.main(["--cluster", "http://127.0.0.1:1"])
    assert "give --articles, --sets or both" in capsys.readouterr().err
