"""Numerals, number words and dates: what is one, what it says, and how else it is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.analysis import Analyzer
from searchkit.query.analyzed_text import analyze_text
from searchkit.query.number_words import _NO_NUMBERS, read_number_word
from searchkit.query.numerals import (
    CHARACTERS,
    LIMIT,
    digit_by_digit,
    read_digits,
    read_places,
    read_with_unit,
    write_places,
    writings,
)
from searchkit.query.written_dates import WrittenDate, read_date

ANALYZER = Analyzer()

numbers = st.integers(1, LIMIT - 1) | st.builds(
    lambda digit, zeros, rest: min(digit * 10**zeros + rest, LIMIT - 1),
    st.integers(1, 99),
    st.integers(0, 9),
    st.integers(0, 20),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("二十一", 21),
        ("一百", 100),
        ("一百零一", 101),
        ("一百〇一", 101),
        ("一百一十", 110),
        ("三百六十五", 365),
        ("两百", 200),
        ("一千零一", 1001),
        ("一千零一十", 1010),
        ("三千", 3000),
        ("一万零五百", 10_500),
        ("十万", 100_000),
        ("十万零一", 100_001),
        ("一百二十万", 1_200_000),
        ("三千万", 30_000_000),
        ("一亿", 100_000_000),
        ("两亿三千万", 230_000_000),
        ("十亿零五", 1_000_000_005),
        ("一亿零一千", 100_001_000),
    ],
)
def test_a_numeral_by_places(text: str, value: int) -> None:
    assert read_places(text) == value
    assert text in set(writings(value))


@pytest.mark.parametrize(
    "text",
    """
    百 千 万 亿 百万 万一 千万 万万 一万一 一百一 二百五 零 零一 一零 一二 两 两十 二两 十十 三七二十一 一百零
    一千一十 一十 一百零零一 一百零一十 〇〇 1十 十a 第一
    """.split(),
)
def test_what_is_no_numeral_by_places(text: str) -> None:
    assert read_places(text) is None


def test_nothing_is_no_numeral() -> None:
    assert (
        read_places("")
        is read_digits("")
        is read_with_unit("")
        is read_number_word("")
        is read_date("")
        is None
    )


@given(numbers)
def test_numerals_by_places_are_read_as_they_are_written(value: int) -> None:
    text = write_places(value)
    assert read_places(text) == value
    assert not re.search("零零|零$|^零|零[万亿]", text)


@given(numbers)
def test_all_writings_of_a_number_are_read_as_it(value: int) -> None:
    found = list(writings(value))
    assert len(set(found)) == len(found)
    for text in found:
        read = int(text) if text.isascii() else read_with_unit(text) or read_places(text)
        assert read == value


@given(st.text(CHARACTERS, max_size=8))
def test_any_other_text_is_no_numeral(text: str) -> None:
    value = read_places(text)
    assert value is None or text in set(writings(value))


@given(st.text("0123456789", min_size=1, max_size=12))
def test_numerals_digit_by_digit_are_read_as_they_are_written(digits: str) -> None:
    plain, *in_chinese = digit_by_digit(digits)
    assert plain == digits
    assert {read_digits(text) for text in in_chinese} == {digits}


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("第三章", "第3章"),
        ("第3章", "第三章"),
        ("第二十一条", "第21条"),
        ("第一", "第1"),
        ("第三方", "第3方"),
        ("十万", "10万 100000"),
        ("10万", "十万 100000"),
        ("10万人", "十万人 100000人"),
        ("100000", "十万 10万"),
        ("三千米", "3000米 3千米"),
        ("二十一世纪", "21世纪"),
        ("21世纪", "二十一世纪"),
        ("两千人", "2000人 二千人"),
        ("两个", "2个"),
        ("2个", "两个"),
        ("三年级", "3年级"),
        ("二〇二四年", "2024年 二零二四年"),
        ("二零二四年", "2024年 二〇二四年"),
        ("2024年", "二〇二四年 二零二四年"),
        ("2000年", "二〇〇〇年 二零零零年 两千年"),
        ("九八年", "98年"),
        ("98年", "九八年"),
        ("八十年代", "80年代"),
        ("80年代", "八十年代"),
        ("十八大", "18大"),
        ("三百六十五", "365"),
        ("365", "三百六十五"),
        ("九一八", "918"),
        ("918", "九一八"),
        ("一百〇一", "101 一百零一"),
        ("二亿元", "2亿元 两亿元 200000000元"),
    ],
)
def test_a_number_word(text: str, others: str) -> None:
    number = read_number_word(text, is_word=True)
    assert number is not None
    assert {text, *others.split()} <= {*number.writings()}


@pytest.mark.parametrize(
    "text",
    """
    一些 三国 三国演义 万一 千万 千万别 十分 一点 一下 一样 一起 一般 一个 五一 十 二十 两 三四个 三亚 四川
    九江 百度 百姓 万岁 三七二十一 第 第两 第三章节目 21 15 0次 三明治 一二 零售 13800138000
    """.split(),
)
def test_what_is_no_number_word(text: str) -> None:
    found = read_number_word(text)
    assert found is None or not [*found.writings()]


@given(st.text("第0123一二三十百千万亿零〇两年月日个章世纪a茶", max_size=8))
def test_other_writings_of_a_number_word_are_number_words(text: str) -> None:
    number = read_number_word(text)
    if number:
        for writing in number.writings():
            found = read_number_word(writing)
            # A short number is one where something says so only, and 一个 says nothing.
            assert found or writing in _NO_NUMBERS or not (number.ordinal or number.measure)


DATES = [
    "2024年7月5日",
    "2024年07月05日",
    "2024年7月5号",
    "2024-07-05",
    "2024-7-5",
    "2024/7/5",
    "2024/07/05",
    "2024.7.5",
    "20240705",
    "二〇二四年七月五日",
    "二零二四年七月五日",
    "二零二四年七月五号",
]


@pytest.mark.parametrize("text", DATES)
def test_a_date(text: str) -> None:
    date = read_date(text)
    assert date == WrittenDate("2024", 7, 5)
    assert {*DATES} <= {*date.writings()}


@pytest.mark.parametrize(
    "text", ["2024年7月", "2024-07", "2024/7", "2024.07", "二〇二四年七月", "二零二四年七月份"]
)
def test_a_month(text: str) -> None:
    assert read_date(text) == WrittenDate("2024", 7, None)


@pytest.mark.parametrize("text", ["7月15日", "07月15日", "7月15号", "七月十五日"])
def test_a_day_without_a_year(text: str) -> None:
    date = read_date(text)
    assert date == WrittenDate(None, 7, 15)
    assert {text, "7月15日", "七月十五日"} <= {*date.writings()}


@pytest.mark.parametrize(
    "text",
    """
    2024年 7月 07-15 7/15 2024-13 2024-00-01 2024-01-32 20241315 20240700 2024-7/15 3.6.3 1024-07 3000-01-01
    138-0013 24年7月 2024年13月 二四年七月 2024年七十月 七月一百日 12345678 202407 2024-07-15-16 七月十五
    """.split(),
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(st.dates())
def test_all_writings_of_a_date_are_read_as_it(day: object) -> None:
    date = read_date(f"{day:%Y年%m月%d日}".zfill(11))
    assert date is not None
    for text in date.writings():
        if text[4:5] == "年" or 1900 <= int(date.year or 0) < 2100:
            assert read_date(text) == date


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("二〇二四年七月十五日的天气", "二〇二四年七月十五日 天气"),
        ("2024年7月财报", "2024年7月 财报"),
        ("2024/7/15开会", "2024/7/15 开会"),
        ("2024-07-15开会", "2024-07-15 开会"),
        ("二零二四年", "二零二四年"),
        ("一九九〇年", "一九九〇年"),
        ("二十一世纪", "二十一世纪"),
        ("三百六十五行", "三百六十五行"),
        ("十八大报告", "十八大 报告"),
        ("第50届超级碗", "第50届 超级 碗"),
        ("第 3 章", "第3章"),
        ("2024 年 7 月", "2024年7月"),
        ("三国演义", "三国演义"),
        ("万一下雨", "万一 下雨"),
        ("1.5亿", "1.5 亿"),
        ("2024年上半年", "2024年 上半年"),
    ],
)
def test_numbers_are_one_word(text: str, words: str) -> None:
    assert " ".join(word.text for word in analyze_text(text, ANALYZER).content_words) == words
