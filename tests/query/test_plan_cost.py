"""The cost of a plan: what is dear and what is not, from the statistics of an index alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from strategies import queries

from searchkit.analysis import Analyzer
from searchkit.engine.base import PlanTooExpensiveError
from searchkit.engine.plan import Boolean, MatchAll, Phrase, Plan, ScoreClause, Term, TermSet
from searchkit.query import parse, plan_query
from searchkit.query.cost import PER_DOCUMENT, PER_INDEX, AtMost, CostModel, cost_of_words, terms_by_field

ANALYZER = Analyzer()
HEADLINE = (
    "中国 美国 经济 政府 总统 表示 国家 问题 发展 社会 世界 国际 公司 市场 企业 记者 报道 目前 进行 工作 "
    "政策 关系 贸易 合作 会议 安全 技术 疫情 香港 台湾"
)


class Million:
    """The statistics of a million articles: a character is in nine of ten, a pair in three of ten."""

    is_exact = True

    def __len__(self) -> int:
        return 1_000_000

    def doc_freq(self, field: str, term: str) -> int:
        if "猫" in term:
            return 5
        share = 0.9 if field.endswith("unigrams") and len(term) == 1 else 0.3
        return int(len(self) * share * (0.2 if field.startswith("title") else 1))

    def doc_freqs(self, field: str, terms: Sequence[str]) -> list[int]:
        return [self.doc_freq(field, term) for term in terms]

    def beginning_with(self, field: str, text: str) -> tuple[int, int]:  # noqa: ARG002
        return (15_000, 20_000_000) if len(text) == 1 else (2000, 50_000)


MILLION = Million()
LIMIT = PER_INDEX + PER_DOCUMENT * len(MILLION)


def cost(query: str, limit: int | None = None) -> float:
    model = CostModel(MILLION, limit)
    model.add(plan_query(parse(query), ANALYZER, MILLION).plan)
    return model.cost


@pytest.mark.parametrize(
    "query",
    [
        *("的", "中国", "中国 美国", '"中国人民共和国"', "中国 OR 美国 OR 的", "-的", "*", "title:的"),
        *(
            "micro*",
            "iph*15",
            "w?rd",
            "hello~2",
            "2020*",
            "*soft",
            "date:2015..2020 中国",
            "(中国 OR 美国) -体育",
        ),
        *('"中国 美国"~5', '"我们 他们 中国 美国 记者"~10', '"中国 美国 关系 发展"~100'),
        *(
            HEADLINE,
            HEADLINE.replace(" ", ""),
            HEADLINE.replace(" ", "，") * 4,
            "为什么" + HEADLINE * 5 + "？",
        ),
    ],
)
def test_ordinary_queries_are_cheap_on_a_million_documents(query: str) -> None:
    assert cost(query) < LIMIT


@pytest.mark.parametrize(
    "query",
    [
        '"的 国"~5',
        '"的 的 的 的 的"~3',
        " OR ".join(f'"{a} {b}"~90' for a, b in ("的国", "一人", "国人", "上的")),
        f'"{" ".join(["中国"] * 14)}"~90',
        " OR ".join(f"{letter}?{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz" * 5),
        " OR ".join(f"{letter}b~2" for letter in "abcdefghijklmnopqrstuvwxyz" * 9),
        "猫 OR *",  # all but a few documents are equal then
    ],
)
def test_dear_queries_are_beyond_the_limit_on_a_million_documents(query: str) -> None:
    with pytest.raises(PlanTooExpensiveError) as caught:
        cost(query, LIMIT)
    assert caught.value.cost > caught.value.limit == LIMIT


def test_the_dearest_clause_is_the_one_that_is_named() -> None:
    loose = Phrase("body_bigrams", ((0, "的"), (1, "国")), 5, frozenset({0, 1}))
    with pytest.raises(PlanTooExpensiveError) as caught:
        CostModel(MILLION, LIMIT).add(Plan(Boolean(must=(Term("body_bigrams", "中国"), loose))))
    assert caught.value.clause == loose


def test_one_document_bounds_what_stands_beside_it() -> None:
    loose = Phrase("body_bigrams", tuple((at, word) for at, word in enumerate(["中国", "美国"] * 3)), 9)
    alone, with_id = CostModel(MILLION), CostModel(MILLION)
    alone.add(Plan(loose))
    with_id.add(Plan(Boolean(must=(loose, TermSet("id", ("1",))))))
    assert with_id.cost < alone.cost / 100


def test_documents_that_nothing_ranks_may_all_have_to_be_put_in_order() -> None:
    rare = Term("body_bigrams", "中国")
    ranked, equal = CostModel(MILLION), CostModel(MILLION)
    ranked.add(Plan(rare, (ScoreClause(rare, 1.0),)))
    equal.add(Plan(MatchAll(), (ScoreClause(rare, 1.0),)))
    assert equal.cost > 10 * ranked.cost


@given(queries)
def test_what_an_index_has_at_most_costs_at_least_as_much(query: str) -> None:
    try:
        plan = plan_query(parse(query, lenient=True), ANALYZER, MILLION).plan
    except ValueError:
        return
    exact, rough = CostModel(MILLION), CostModel(AtMost(len(MILLION)))
    exact.add(plan)
    rough.add(plan)
    assert rough.cost >= exact.cost
    words = cost_of_words(plan, len(MILLION))
    assert words is None or words >= exact.cost


def test_the_terms_that_are_looked_up_are_all_that_the_cost_asks_for() -> None:
    plan = plan_query(parse('中国经济 "的 国家"~3 -美国'), ANALYZER, MILLION).plan
    looked_up = {(field, term) for field, terms in terms_by_field([plan]).items() for term in terms}
    asked = set()

    class Asked(Million):
        def doc_freq(self, field: str, term: str) -> int:
            asked.add((field, term))
            return super().doc_freq(field, term)

    CostModel(Asked()).add(plan)
    assert asked == looked_up
