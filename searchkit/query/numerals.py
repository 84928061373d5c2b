"""Numerals: 二十一, 10万, 二〇二四 <-> numbers, strictly: what is written otherwise is no numeral.

Three ways to write a number in Chinese are known: by places (二百五十), digit by digit (二〇二四), and in
digits, with 万 or 亿 behind or not (10万). Numbers are whole, and less than 10^12. All texts are normalized.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = "零一二三四五六七八九"
_VALUES = {**{digit: value for value, digit in enumerate(_DIGITS)}, "〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}
LIMIT = 10**12

CHARACTERS = "".join(dict.fromkeys([*_VALUES, *_PLACES, *_GROUPS]))
"""What a numeral by places or digit by digit consists of."""

_WITH_UNIT = re.compile("([1-9][0-9]{0,7})(百万|千万|百|千|万|亿)")
_UNITS = {"百": 100, "千": 1000, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_BEFORE_PLACE = re.compile("二(?=[百千万亿])")
_AS_TWO = re.compile("两(?=[百千万亿])")


def read_places(text: str) -> int | None:
    """The number that a numeral by places is: 二百五十, 两千, 十万; None for any other text.

    >>> read_places("一万零五百"), read_places("万一")
    (10500, None)
    """
    plain = _AS_TWO.sub("二", text.replace("〇", "零"))
    total = group = digit = 0
    for character in plain:
        if character in _PLACES:
            group += (digit or 1) * _PLACES[character]
            digit = 0
        elif character in _GROUPS:
            total = (
                (total + group + digit) * _GROUPS[character]
                if character == "亿"
                else total + (group + digit) * _GROUPS[character]
            )
            group = digit = 0
        elif character in _VALUES:
            digit = _VALUES[character]
        else:
            return None
    value = total + group + digit
    # A number is written in one way only, so whatever else the loop took for a numeral is none.
    return value if 0 < value < LIMIT and write_places(value) == plain else None


def write_places(value: int) -> str:
    """The number by places, from 1 to `LIMIT`.

    >>> write_places(10500), write_places(15), write_places(2_0000_0000)
    ('一万零五百', '十五', '二亿')
    """
    text, is_gap = "", False
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group = value // size % 10**4
        if group:
            text += ("零" if text and (is_gap or group < 1000) else "") + _group(group) + unit
        is_gap = not group
    return text.removeprefix("一") if text.startswith("一十") else text


def _group(value: int) -> str:
    """A number from 1 to 9999."""
    text, is_gap = "", False
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = value // size % 10
        if not digit:
            is_gap = bool(text)
            continue
        text += ("零" if is_gap else "") + _DIGITS[digit] + unit
        is_gap = False
    return text


def read_digits(text: str) -> str | None:
    """The digits of a numeral digit by digit: 二〇二四 is 2024; None for any other text."""
    if not text or any(character not in _VALUES or character == "两" for character in text):
        return None
    return "".join(str(_VALUES[character]) for character in text)


def digit_by_digit(digits: str) -> Iterator[str]:
    """All ways to write digits one by one: 2024, 二零二四, 二〇二四."""
    yield digits
    in_chinese = digits.translate(_IN_CHINESE)
    yield in_chinese
    if "零" in in_chinese:
        yield in_chinese.replace("零", "〇")


_IN_CHINESE = {ord(str(value)): digit for value, digit in enumerate(_DIGITS)}


def read_with_unit(text: str) -> int | None:
    """The number that digits with a unit are: 10万, 3千; None for any other text."""
    found = _WITH_UNIT.fullmatch(text)
    if not found:
        return None
    value = int(found[1]) * _UNITS[found[2]]
    return value if value < LIMIT else None


def writings(value: int) -> Iterator[str]:
    """All ways to write a number but digit by digit: 250000, 25万, 二十五万."""
    yield str(value)
    places = write_places(value)
    yield places
    if (two := _BEFORE_PLACE.sub("两", places)) != places:
        yield two
    if "零" in places:
        yield places.replace("零", "〇")
    for unit, size in _UNITS.items():
        if value % size == 0 and value // size < (10**4 if unit in _GROUPS else 10):
            yield f"{value // size}{unit}"
