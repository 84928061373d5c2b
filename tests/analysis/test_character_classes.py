"""characters.txt is what its tool makes, and what the tokens rest on."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from searchkit.analysis import tokens
from searchkit.analysis.characters import (
    ASCII_LETTER,
    DIGIT,
    EXPANDS,
    FILLER,
    HAN,
    HASH,
    INVISIBLE,
    LATIN,
    LINE_END,
    NONE,
    PLUS,
    SMALL_DIGIT,
    SYMBOL,
    WORD,
    ClassTable,
    character_data,
    class_of,
    composed,
)
from searchkit.analysis.normalizer import normalization_table

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "searchkit" / "analysis" / "characters.txt").read_text(encoding="utf-8")
DATA = character_data()


def test_the_file_is_what_the_tool_writes(classes_tool: ModuleType) -> None:
    if f"Unicode {unicodedata.unidata_version}." not in TEXT:
        pytest.skip(f"Python has Unicode {unicodedata.unidata_version}")
    assert classes_tool.characters_file() == TEXT


def test_the_ranges_do_not_overlap() -> None:
    for (_, last, _), (first, _, _) in pairwise(sorted(DATA.ranges)):
        assert last < first


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        (HAN, "中𠮷〇○々ぁアー한ㄅไ⻓⼈㊤\U0003fffd"),
        (EXPANDS, "①⑴⒈❶Ⅳ½℡㎏㎡㈱㋀ﬁ"),
        (ASCII_LETTER, "aZａÉ𝐀ⅠⅤⅹⓐ"),
        (LATIN, "ßøłæ"),
        (DIGIT, "0９٣𝟘"),
        (SMALL_DIGIT, "²₂⁰"),
        (WORD, "яЖαשاहि"),
        (SYMBOL, "😀€$→©■∞"),
        (INVISIBLE, "\u200b\u200d\u00ad\ufe0f\u0301\u3099\u20dd\U0001f3fd\u202e\u3164ﾞ" + FILLER),
        (LINE_END, "\n\v\f\r\x85\u2028\u2029"),
        (PLUS, "+＋"),
        (HASH, "#＃"),
        (NONE, " ，。_-ªºˎʰ\x00\t\u3000\ufffd\ue000^~<"),
    ],
)
def test_the_class_of_a_character(name: str, characters: str) -> None:
    assert {character: class_of(character) for character in characters} == dict.fromkeys(characters, name)


def test_a_character_has_the_class_of_its_normal_form() -> None:
    for code, form in normalization_table().items():
        assert class_of(chr(code)) == class_of(form), hex(code)


def test_the_compositions_are_in_order() -> None:
    assert list(DATA.compositions) == sorted(DATA.compositions)  # the compiled kernel searches them by halves


def test_what_is_composed_is_normalized() -> None:
    table = normalization_table()
    for (base, mark), whole in DATA.compositions.items():
        assert not {base, mark, whole} & table.keys(), (base, mark)
        assert class_of(chr(base)) != INVISIBLE


def test_what_expands_is_normalized_and_has_tokens() -> None:
    assert list(DATA.expansions) == sorted(DATA.expansions)  # the compiled kernel searches them by halves
    table = normalization_table()
    for character, text in DATA.expansions.items():
        assert ord(character) not in table
        assert not set(map(ord, text)) & table.keys()
        classes = {class_of(one) for one in text}
        assert classes & {HAN, ASCII_LETTER, LATIN, DIGIT, WORD}
        assert not classes & {INVISIBLE, LINE_END, PLUS, HASH, EXPANDS}


def test_hangul_is_composed_as_unicode_does() -> None:
    leading, vowel, trailing = range(0x1100, 0x1113), range(0x1161, 0x1176), range(0x11A8, 0x11C3)
    for first in leading:
        for second in vowel:
            syllable = composed(first, second)
            assert syllable is not None
            assert chr(syllable) == unicodedata.normalize("NFC", chr(first) + chr(second))
            for third in trailing:
                assert composed(syllable, third) == ord(
                    unicodedata.normalize("NFC", chr(syllable) + chr(third))
                )
    assert composed(0xAC01, 0x11A8) is None
    assert composed(0xAC00, 0x11A7) is None


def test_the_shortcut_takes_characters_for_what_they_are() -> None:
    patterns = {HAN: "[一-鿿]", ASCII_LETTER: "[a-z]", LATIN: "[ß-öø-ɏ]", DIGIT: "[0-9]"}
    patterns |= {LINE_END: "\n", PLUS: r"\+", HASH: "#"}
    for code in range(0x110000):
        character = chr(code)
        if code in normalization_table() or re.search(tokens._RARE, character):
            continue
        expected = next((name for name, each in patterns.items() if re.match(each, character)), NONE)
        assert class_of(character) == expected, hex(code)


def test_the_table_of_classes_stays_small_and_still_keeps_what_is_asked_for() -> None:
    """Else a text behind one with all of Unicode would look its characters up again and again."""
    table = ClassTable()
    "".join(map(chr, range(0x20000))).translate(table)
    assert len(table) <= ClassTable._MOST
    for _ in range(2):
        assert "中ﷺ".translate(table) == "中ﷺ".translate(ClassTable())
        assert {ord("中"), ord("ﷺ")} <= set(table)
