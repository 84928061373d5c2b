"""Pinyin: how a word sounds, and what is said where the package for it is missing."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import HAN, anything, lines

import searchkit
from searchkit.analysis.pinyin import _table, pinyin_keys, readings, require_pinyin, typed_readings


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        ("王毅", ("wangyi", "wy")),
        ("北京大学", ("beijingdaxue", "bjdx")),
        ("银行", ("yinhang", "yh")),
        ("女人", ("nvren", "nr")),
        ("旅行", ("lvxing", "lx")),
        ("西安", ("xian", "xa")),
        ("茶", ("cha", "c")),
        ("安", ("an", "a")),
        ("a股", ("agu", "ag")),
        ("gpt4模型", ("gpt4moxing", "gmx")),
        ("王，毅", ("wangyi", "wy")),
        ("鹅", ("e",)),
        ("python", ()),
        ("", ()),
        ("。", ()),
        ("москва", ()),
        ("ひらがな", ()),
    ],
)
def test_pinyin_keys_are_the_sound_and_the_initials(word: str, keys: tuple[str, ...]) -> None:
    assert pinyin_keys(word) == keys


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("曾国藩", ("zengguofan", "cengguofan")),
        ("曾经", ("cengjing",)),
        ("单位", ("danwei",)),
        ("单身狗", ("danshengou",)),
        ("會議", ("huiyi",)),
        ("解放军", ("jiefangjun",)),
        ("覃辉", ("qinhui", "tanhui")),
        ("万俟卨", ("moqixie",)),
        ("大夫", ("dafu", "daifu")),
        ("角色", ("juese", "jiaose")),
        ("會稽山", ("kuaijishan",)),
        ("广州行", ("guangzhouxing", "guangzhouhang")),
        ("乾隆", ("qianlong",)),
        ("乾淨", ("ganjing",)),
        ("干净", ("ganjing",)),
        ("沿著", ("yanzhe",)),
        ("編著", ("bianzhu",)),
        ("著作", ("zhuzuo",)),
        ("ＧＰＴ４模型", ("gpt4moxing",)),
        ("gpt", ()),
    ],
)
def test_readings_are_those_of_the_text_as_written(word: str, expected: tuple[str, ...]) -> None:
    assert readings(word) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("wangyi", ["wangyi"]),
        ("zhanlve", ["zhanlve"]),
        ("zhanlue", ["zhanlue", "zhanlve"]),
        ("zhanlyue", ["zhanlve"]),
        ("lyubu", ["lvbu"]),
        ("ly", ["ly", "lv"]),
        ("yinyu", ["yinyu", "yinv"]),
        ("nu", ["nu", "nv"]),
        ("", [""]),
    ],
)
def test_what_is_typed_may_stand_for_several_readings(typed: str, expected: list[str]) -> None:
    assert typed_readings(typed) == expected


@given(st.text(st.sampled_from("lnyuv"), max_size=40))
def test_typed_readings_are_few_and_none_comes_twice(typed: str) -> None:
    found = typed_readings(typed)
    assert 1 <= len(found) <= 8
    assert len(set(found)) == len(found)


@given(anything | lines)
def test_a_text_has_few_readings(text: str) -> None:
    found = readings(text)
    assert len(found) <= 3
    assert pinyin_keys(text)[: len(found)] == found


def test_the_table_has_a_syllable_for_each_character() -> None:
    for section in _table():
        for read, sounds in section.items():
            for sound in sounds:
                assert len(sound) == len(read), (read, sound)
                assert all(syllable.isascii() and syllable.islower() for syllable in sound)


@given(anything | lines)
def test_keys_are_letters_and_digits_that_a_keyboard_has(text: str) -> None:
    for key in pinyin_keys(text):
        assert key
        assert key.isascii()
        assert key.isalnum()
        assert key == key.lower()


@given(st.text(st.sampled_from(HAN.replace("𠮷", "")), min_size=1, max_size=6))
def test_han_has_a_sound_with_an_initial_for_each_character(text: str) -> None:
    whole, *initials = pinyin_keys(text)
    if initials:
        assert len(initials[0]) == len(text)
        assert len(whole) >= len(text)
        assert whole[0] == initials[0][0]
    else:
        assert len(whole) == len(text), "each syllable is one letter"


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    for call in (require_pinyin, lambda: searchkit.create(":memory:", pinyin=True)):
        with pytest.raises(ImportError, match=r"pip install 'searchkit-zh\[pinyin\]'"):
            call()
    with searchkit.create(":memory:") as index:
        index.add([{"id": "1", "title": "王毅", "body": "文"}])
        assert index.suggest("王")[0].text == "王毅", "nothing else needs it"
