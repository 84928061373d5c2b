"""Numbers and dates in a search: each writing finds the others, ranks alike and is marked whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import searchkit
from searchkit import Index
from searchkit.query.number_words import NumberWord
from searchkit.query.numerals import writings
from searchkit.query.written_dates import WrittenDate

MakeIndex = Callable[..., Index]

WRITINGS = [
    group.split()
    for group in """
    2024年7月15日 2024-07-15 2024/7/15 2024-7-15 2024.7.15 20240715 二〇二四年七月十五日 二零二四年七月十五日
    2024年7月 2024-07 2024/7 二〇二四年七月 二零二四年七月
    7月15日 七月十五日 7月15号
    第三章 第3章
    第二十一条 第21条
    第一届 第1届
    十万元 10万元 100000元
    二十一世纪 21世纪
    三千米 3000米
    二〇二四年 2024年 二零二四年
    一九九〇年 1990年 一九九零年
    八十年代 80年代
    两千人 2000人 二千人
    三年级 3年级
    三百六十五天 365天
    十八大 18大
    """.strip().splitlines()
    for group in [group.strip()]
]
FILLER = [f"今天天气不错，大家去公园散步，晒太阳，第{number}个" for number in range(200, 260)]


def ids(index: Index, query: str) -> set[int]:
    return {int(hit.id) for hit in index.search(query, limit=1000, match="all")}


@pytest.mark.parametrize("group", WRITINGS, ids=lambda group: group[0])
class TestWritings:
    def test_each_finds_all_and_nothing_else(self, group: list[str], make_index: MakeIndex) -> None:
        index = make_index(*[f"会议：{text}，在北京，大家看了都说好。" for text in group], *FILLER)
        for query in group:
            results = index.search(query, limit=100, match="all")
            assert {int(hit.id) for hit in results} == {*range(len(group))}, query
            for hit in results:
                assert f"<mark>{group[int(hit.id)]}</mark>" in hit.snippet.html()

    def test_they_rank_alike(self, group: list[str], make_index: MakeIndex) -> None:
        for text, other in permutations(group, 2):
            index = make_index(
                *[f"会议：{one}，{'在北京，大家看了都说好，' * 5}" for one in (text, other)], *FILLER
            )
            scores = [hit.score for hit in index.search(text, match="all")]
            assert len(scores) == 2
            assert min(scores) > 0.85 * max(scores), (text, other)

    def test_they_stand_among_other_words(self, group: list[str], make_index: MakeIndex) -> None:
        index = make_index(*[f"茶叶{text}价格" for text in group], "茶叶价格", *FILLER)
        for query in group:
            assert {*range(len(group))} <= ids(index, f"{query}价格"), query
            assert ids(index, f"茶叶 {query}") == {*range(len(group))}, query


def test_a_month_is_one_thing(make_index: MakeIndex) -> None:
    index = make_index("2024年7月", "2024年有7个月", "2023年7月，2024年8月", "7月。2024年", "2024-07-01")
    assert ids(index, "2024年7月") == ids(index, "二〇二四年七月") == ids(index, "2024/7") == {0, 4}


def test_the_documents_of_another_date_are_not_found(make_index: MakeIndex) -> None:
    index = make_index(
        "2024年7月15日", "2024年7月16日", "2024年8月15日", "2024-07-25", "20240716", "15日，2024年7月"
    )
    for query in ("2024年7月15日", "2024-07-15", "20240715", "二〇二四年七月十五日"):
        assert ids(index, query) == {0}


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("3国演义", "三国演义"),
        ("三国演义", "3国演义"),
        ("1些", "一些"),
        ("万1", "万一"),
        ("10分好", "十分好"),
        ("1000万别去", "千万别去"),
        ("iPhone 15", "十五"),
        ("十五", "iPhone 15"),
        ("3亚", "三亚"),
        ("4川", "四川"),
        ("51", "五一"),
        ("3月", "二月"),
        ("第13章", "第三章"),
        ("第3章", "第十三章"),
        ("2024", "二十四"),
        ("1024年7月", "2024年7月"),
    ],
)
def test_what_is_another_number_or_none(text: str, query: str, make_index: MakeIndex) -> None:
    assert ids(make_index(text, *FILLER), query) == set()


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("二零二四年", '"二〇二四年"', True),
        ("二〇二四年", '"二零二四年"', True),
        ("在二零〇八年春", '"在二〇〇八年春"', False),  # nobody mixes them
        ("二零零八年春天", '"二〇〇八年春天"', True),
        ("一百〇一页", '"一百零一页"', True),
        ("2024年", '"二〇二四年"', False),
        ("二〇二四年", '"2024年"', False),
        ("第3章", '"第三章"', False),
        ("2024-07-15", '"2024年7月15日"', False),
        ("二零二四年七月十五日", '"二〇二四年七月十五日"', True),
        ("〇售", '"零售"', False),
    ],
)
def test_in_quotes_zeros_only_are_alike(text: str, query: str, found: bool, make_index: MakeIndex) -> None:
    index = make_index(text, *FILLER)
    assert ids(index, query) == ({0} if found else set())
    if found:
        (hit,) = index.search(query)
        assert query.strip('"') != hit.snippet.html().replace("<mark>", "").replace("</mark>", "")
        assert "<mark>" in hit.snippet.html()


def test_a_date_field_is_another_thing(make_index: MakeIndex) -> None:
    assert ids(make_index("2024年7月15日"), "date:2024-07-15") == set()


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), st.data())
def test_any_writings_of_a_date_find_one_another(day: date, data: st.DataObject) -> None:
    found = list(dict.fromkeys(WrittenDate(str(day.year), day.month, day.day).writings()))
    text, query = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(found))
    with searchkit.create(":memory:") as index:
        index.add([{"id": "0", "body": f"时间：{text}。"}])
        (hit,) = index.search(query)
        assert [hit.snippet.text[start:end] for start, end in hit.snippet.spans] == [text]


@given(st.integers(1, 10**9), st.sampled_from("个 元 米 人 页".split()), st.data())
def test_any_writings_of_a_number_find_one_another(value: int, measure: str, data: st.DataObject) -> None:
    found = [f"{number}{measure}" for number in writings(value)]
    text, query = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(found))
    if query == f"一{measure}" == "一个":
        return  # a function word
    with searchkit.create(":memory:") as index:
        index.add([{"id": "0", "body": f"共{text}。"}])
        assert [hit.id for hit in index.search(query)] == ["0"], (text, query)
        assert NumberWord("", str(value), measure).is_number
