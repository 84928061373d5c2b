"""Number words: a number with what says that it is one, as 第三章, 10万, 21世纪 -> how else it is written.

Characters of numerals stand in many words that are no numbers: 一些, 三国演义, 万一. So a number needs 第
before it or a measure word or unit behind it, or it is a numeral that is nothing else: 三百六十五.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from searchkit.analysis.function_words import FUNCTION_WORDS, QUESTION_WORDS
from searchkit.query.numerals import (
    CHARACTERS,
    LIMIT,
    digit_by_digit,
    read_digits,
    read_places,
    read_with_unit,
    writings,
)

# Time; parts of a text; order and rank; length, area, volume, weight; money; things.
_MEASURES = """
    年 年代 年级 年度 年来 年间 周年 月 月份 个月 日 号 天 周 星期 礼拜 夜 时 点 点钟 小时 分 分钟 秒 秒钟
    刻钟 岁 世纪 世 章 节 回 卷 册 集 季 期 版 条 款 项 篇 部 页 行 段 讲 课 步 幕 编 届 次 名 位 级 等 等奖
    代 号线 路 线 环 区 班 组 队 楼 层 栋 幢 单元 室 排 大 中全会 强 轮 场 局 把手 米 公里 千米 厘米 毫米 里
    英里 海里 尺 寸 英寸 亩 公顷 平方 平方米 平方公里 平米 立方 立方米 升 毫升 克 千克 毫克 公斤 斤 吨 度
    摄氏度 伏 瓦 千瓦 倍 成 折 元 块 块钱 角 毛 分钱 美元 欧元 日元 港元 英镑 人民币 人 人次 个 只 头 匹 张
    台 辆 架 艘 件 套 双 对 支 枝 本 份 封 座 家 间 所 户 棵 株 朵 粒 颗 滴 杯 瓶 碗 盒 箱 袋 包 桶 种 类 样
    门 遍 趟 顿 口 字 句 股 例 票 枚 桌 席
""".split()
# They look like numbers, but most often are none.
_ADVERBS = frozenset("一下 一行 一时 一度 一样 一边 一口 一点 一路 一道 十分 十成".split())
_NO_NUMBERS = FUNCTION_WORDS | QUESTION_WORDS | _ADVERBS

_NUMBER = rf"(?P<ordinal>第)?(?P<number>[0-9]{{1,12}}(?:[百千]?[万亿]|[百千])?|[{CHARACTERS}]+)"
_MEASURE = "|".join(sorted(_MEASURES, key=len, reverse=True))
_NUMBER_WORD = re.compile(f"{_NUMBER}(?P<measure>{_MEASURE})?")
# What stands behind an ordinal in one word: 第三方.
_ORDINAL = re.compile(f"(?=第){_NUMBER}(?P<measure>.*)")
MAY_BE_NUMBER = re.compile(f"[第0-9{CHARACTERS}][-/.0-9{CHARACTERS}{''.join(_MEASURES)}份]*")
"""What number words and dates consist of, and what they begin with."""
_LONGEST = 6
"""Digits of a number that is nothing else; a longer one is a code, unless it is round."""
_LARGE = re.compile("[百千万亿]")


class NumberWord(NamedTuple):
    """A number with what says so."""

    ordinal: str
    number: str
    measure: str

    def writings(self) -> Iterator[str]:
        """How it is written."""
        for number in self._numbers():
            yield f"{self.ordinal}{number}{self.measure}"

    @property
    def is_number(self) -> bool:
        """Is the numeral one?"""
        number, sign = self.number, self.ordinal or self.measure
        if number[0].isascii():
            return bool(
                sign or 2 < len(number) <= _LONGEST or number.endswith("0000") or read_with_unit(number)
            )
        if number == "两":
            return bool(self.measure and not self.ordinal)
        if read_places(number):
            return bool(sign or len(number) > 2 or _LARGE.search(number))
        return read_digits(number) is not None and (len(number) > 2 or self._is_year)

    @property
    def _is_year(self) -> bool:
        return self.measure.startswith("年") and len(self.number) in (2, 4) and not self.ordinal

    def _numbers(self) -> Iterator[str]:
        number = self.number
        digits = number if number.isdigit() and number.isascii() else read_digits(number) or ""
        if digits and (self._is_year or (len(digits) > 2 and not (number.isascii() and self.measure))):
            yield from digit_by_digit(digits)
        if self._is_year and len(digits) == 4 and not digits.endswith("00"):
            return  # nobody writes it by places
        value = int(digits or 0) or read_with_unit(number) or read_places(number) or 2 * (number == "两")
        if value == 2 and not self.ordinal:
            yield "两"
        if 0 < value < LIMIT:
            yield from writings(value)


def read_number_word(text: str, is_word: bool = False) -> NumberWord | None:
    """The number word that a text is; None for any other text.

    ``is_word`` says that the text is one word, so that an ordinal may stand before anything.

    >>> read_number_word("第三章"), read_number_word("万一")
    (NumberWord(ordinal='第', number='三', measure='章'), None)
    """
    found = _NUMBER_WORD.fullmatch(text) or (_ORDINAL.fullmatch(text) if is_word else None)
    if not found or text in _NO_NUMBERS:
        return None
    word = NumberWord(found["ordinal"] or "", found["number"], found["measure"] or "")
    return word if word.is_number else None
