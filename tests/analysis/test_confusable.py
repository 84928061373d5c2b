"""Characters that are typed by mistake for others."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import HAN

from searchkit.analysis import normalize
from searchkit.analysis.confusable import near_sound, same_shape, same_sound
from searchkit.analysis.normalizer import read_resource


@pytest.mark.parametrize("pair", "菜蔡 未末 己已 戊戌 辩辨 郎朗 晴睛 侯候 遣遗 免兔 日曰 峰锋".split())
def test_the_same_shape_goes_both_ways(pair: str) -> None:
    one, other = pair
    assert other in same_shape(one)
    assert one in same_shape(other)


@pytest.mark.parametrize("pair", ["菜蔡", "朗郎", "隆龙", "权全", "干前", "曾增", "长常", "长掌", "曾层"])
def test_the_same_sound_goes_both_ways(pair: str) -> None:
    """干 is 乾 as well, and some characters have several readings."""
    one, other = pair
    assert other in same_sound(one)
    assert one in same_sound(other)


@pytest.mark.parametrize("pair", ["是四", "张脏", "英音", "蔡柴", "新星"])
def test_a_near_sound_is_not_the_same(pair: str) -> None:
    one, other = pair
    assert other in near_sound(one)
    assert other not in same_sound(one)


@given(st.sampled_from(HAN))
def test_no_character_stands_for_itself_and_all_are_normalized(character: str) -> None:
    character = normalize(character)
    for others in (same_shape(character), same_sound(character), near_sound(character)):
        assert character not in others
        assert all(normalize(other) == other for other in others)
    assert same_sound(character) <= near_sound(character)


def test_without_pypinyin_shapes_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    assert same_sound("菜") == near_sound("菜") == frozenset()
    assert "蔡" in same_shape("菜")


def test_the_table_is_normalized() -> None:
    text = read_resource("searchkit.analysis", "confusable.txt")
    lines = [line for line in text.splitlines() if not line.startswith(("#", "["))]
    assert len(lines) > 3000
    assert all(normalize(line) == line and len(set(line)) == len(line) > 1 for line in lines)
