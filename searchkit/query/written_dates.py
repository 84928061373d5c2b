"""Dates as people write them: 2024年7月15日, 2024-07-15, 2024/7/15, 20240715, 二〇二四年七月十五日.

A date is a year with a month, with or without a day; or a month with a day, in Chinese only, as 7-15 may be
anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from searchkit.query.numerals import digit_by_digit, read_digits, read_places, write_places

_NUMBER = "[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_IN_CHINESE = re.compile(
    rf"(?:([0-9]{{4}}|[零〇一二三四五六七八九]{{4}})年)?({_NUMBER})月份?(?:({_NUMBER})[日号])?"
)
_WITH_JOINTS = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?")
_IN_ONE = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
# Elsewhere four digits may be anything. Behind them 年 says that they are a year.
_YEARS = range(1900, 2100)


class WrittenDate(NamedTuple):
    """A date; of the year and of the day one may be missing."""

    year: str | None
    """Four digits."""
    month: int
    day: int | None

    def writings(self) -> Iterator[str]:
        """How it is written."""
        yield from self._in_chinese()
        if self.year is None:
            return
        for joint, width in product("-/.", (2, 1)):
            numbers = [f"{number:0{width}}" for number in (self.month, self.day) if number]
            yield joint.join([self.year, *numbers])
        if self.day:
            yield f"{self.year}{self.month:02}{self.day:02}"

    def _in_chinese(self) -> Iterator[str]:
        digits, *in_chinese = [f"{year}年" for year in digit_by_digit(self.year)] if self.year else ("", "")
        for last in "日号" if self.day else ("",):
            for width in (1, 2):
                day = f"{self.day:0{width}}" if self.day else ""
                yield f"{digits}{self.month:0{width}}月{day}{last}"
            day = write_places(self.day) if self.day else ""
            for year in in_chinese:
                yield f"{year}{write_places(self.month)}月{day}{last}"


def read_date(text: str) -> WrittenDate | None:
    """The date that the text is; None for any other text.

    >>> read_date("二〇二四年七月"), read_date("7-15")
    (WrittenDate(year='2024', month=7, day=None), None)
    """
    if found := _IN_CHINESE.fullmatch(text):
        year, month, day = found.groups()
        if year is None and day is None:
            return None
        year = year and (year if year.isascii() else read_digits(year))
    elif found := _WITH_JOINTS.fullmatch(text):
        year, _, month, day = found.groups()
    elif found := _IN_ONE.fullmatch(text):
        year, month, day = found.groups()
    else:
        return None
    if year and not text.startswith(f"{year}年") and text.isascii() and int(year) not in _YEARS:
        return None
    date = WrittenDate(year, _number(month), _number(day) if day else None)
    return date if 1 <= date.month <= 12 and (day is None or 1 <= (date.day or 0) <= 31) else None


def _number(text: str) -> int:
    return int(text) if text.isascii() else read_places(text) or 0
