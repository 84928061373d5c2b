"""The normalizer: every character becomes exactly one, in whatever script, width, case or accent."""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from functools import cache
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts import CONVERSIONS, convert, dictionary_pairs
from strategies import anything, lines, rewritten

from searchkit.analysis import normalize, variants, visible

ALL_CHARACTERS = "".join(map(chr, range(sys.maxunicode + 1)))


@cache
def changed_characters() -> list[tuple[str, str]]:
    """Every character of Unicode that changes, and what it becomes."""
    # Each in a line of its own, so that none composes with the one before.
    pairs = zip(ALL_CHARACTERS, normalize("\n".join(ALL_CHARACTERS))[::2], strict=True)
    return [(character, normalized) for character, normalized in pairs if character != normalized]


@given(anything)
def test_the_length_of_any_text_is_kept(text: str) -> None:
    assert len(normalize(text)) == len(text)


@given(anything)
def test_a_character_becomes_the_same_wherever_no_mark_stands_behind_it(text: str) -> None:
    apart = "\n".join(text)
    assert normalize(apart) == "\n".join(map(normalize, text))


@pytest.mark.parametrize(
    ("apart", "composed"),
    [("か\u3099", "が"), ("и\u0306", "й"), ("\u1112\u1161\u11ab", "한"), ("e\u0301", "é")],
)
def test_a_character_and_its_marks_become_what_they_compose_to(apart: str, composed: str) -> None:
    assert visible(normalize(apart)) == normalize(composed)
    assert len(normalize(apart)) == len(apart)


def test_normalizing_all_of_unicode_twice_is_normalizing_it_once() -> None:
    normalized = normalize(ALL_CHARACTERS)
    assert len(normalized) == len(ALL_CHARACTERS)
    assert normalize(normalized) == normalized


def test_no_white_space_comes_or_goes() -> None:
    assert len(changed_characters()) > 6000
    assert [
        character
        for character, normalized in changed_characters()
        if character.isspace() or normalized.isspace()
    ] == []


@pytest.mark.parametrize("name", ["TSCharacters", "TWVariants", "HKVariants", "JPVariants"])
def test_every_pair_of_the_dictionaries_of_characters_becomes_one(name: str, tool: ModuleType) -> None:
    apart = [
        f"{source}{target}"
        for source, target in dictionary_pairs(name)
        if normalize(source) != normalize(target)
    ]
    if name == "JPVariants":
        kept_apart = [pair for pair in apart if pair[1] in tool._JAPANESE_FORMS_KEPT_APART]
        assert kept_apart, "the documented exceptions are none any more"
        apart = [pair for pair in apart if pair not in kept_apart]
    assert apart == []


@pytest.mark.parametrize("conversion", CONVERSIONS)
def test_every_character_is_normalized_like_its_conversion(conversion: str) -> None:
    # OpenCC leaves any other character as it is, so this holds for any text, character by character.
    known = {
        side for name in ("STCharacters", "TSCharacters") for pair in dictionary_pairs(name) for side in pair
    }
    assert len(known) > 7000
    converted = {character: convert(character, conversion) for character in sorted(known)}
    assert [f"{c}{new}" for c, new in converted.items() if normalize(c) != normalize(new)] == []


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("瞭解", "了解"),
        ("計劃", "计划"),
        ("反覆", "反复"),
        ("答覆", "答复"),
        ("藉口", "借口"),
        ("憑藉", "凭借"),
        ("彷彿", "仿佛"),
        ("項鍊", "项链"),
        ("諮詢", "咨询"),
        ("其餘", "其馀"),
        ("鍾情", "钟情"),
        ("拜託", "拜托"),
        ("臺灣", "台湾"),
        ("頭髮", "头发"),
        ("皇后", "皇后"),
        ("以後", "以后"),
        ("這裏", "这里"),
        ("這裡", "这里"),
        ("乾隆", "乾隆"),
        ("乾燥", "干燥"),
        ("幹部", "干部"),
        ("著名", "着名"),
        ("什麼", "什么"),
        ("麵包", "面包"),
        ("國際論壇", "国际论坛"),
    ],
)
def test_a_word_is_normalized_alike_in_either_script(traditional: str, simplified: str) -> None:
    assert normalize(traditional) == normalize(simplified)


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("ＧＰＴ－４", "gpt-4"),
        ("iPhone", "iphone"),
        ("Café NAÏVE Ñandú", "cafe naive nandu"),
        ("İstanbul", "istanbul"),
        ("ΑΒΓ ά", "αβγ α"),
        ("МОСКВА", "москва"),
        ("K Å", "k a"),  # Kelvin and Ångström signs
        ("：（）＂", ':()"'),
        ("⻓江⻘岛⻢上⻅⼈", "长江青岛马上见人"),
        ("髙﨑渡邉", "高崎渡边"),
        ("吿靑淸硏囘甞氷擧", "告青清研回尝冰举"),
        ("○◯〇∶", "〇〇〇:"),
        ("㊤ⓐⅤ", "上av"),
        ("ｱｲｳ", "アイウ"),
        ("𝐛𝐨𝐥𝐝 𝟒", "bold 4"),
        ("⼀⽇", "一日"),
        ("𠮷野家", "𠮷野家"),
        ("國家、国家", "国家、国家"),
        ("広島駅", "广岛驿"),
        ("", ""),
    ],
)
def test_width_case_accents_and_variants_become_one_form(text: str, normalized: str) -> None:
    assert normalize(text) == normalized


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("①", "1"),
        ("²", "2"),
        ("Ⅳ", "4"),
        ("，", ","),
        ("斎", "斉"),
        ("½", "1"),
        ("が", "か"),
        ("パ", "ハ"),
        ("й", "и"),
        ("ª", "a"),
        ("缺", "欠"),
        ("豫", "予"),
        ("滤", "沪"),
        ("联", "连"),
        ("瓣", "弁"),
        ("𠮷", "吉"),
        ("日", "曰"),
        ("未", "末"),
        ("\u3000", " "),
    ],
)
def test_characters_of_different_meaning_stay_apart(one: str, other: str) -> None:
    assert normalize(one) != normalize(other)
    assert other not in variants(one)


def test_letters_keep_their_script() -> None:
    """No Latin letter becomes a Han character, nor the other way round."""

    def script(character: str) -> str:
        return unicodedata.name(character, "?").split()[0].replace("KANGXI", "CJK")

    for latin in "abcxyz0189":
        assert {script(variant) for variant in variants(latin)}.isdisjoint(
            {"CJK", "HIRAGANA", "CYRILLIC", "GREEK"}
        )


def test_variants_are_exactly_the_characters_of_one_normalized_form() -> None:
    classes = defaultdict(set)
    for character, normalized in changed_characters():
        classes[normalized] |= {character, normalized}
    for normalized, members in classes.items():
        for member in members:
            assert set(variants(member)) == members, member
            assert len(variants(member)) == len(members), f"{member} has a variant twice"
            assert variants(member)[0] == normalized


@given(st.characters(codec=None))
def test_a_character_is_among_its_own_variants(character: str) -> None:
    assert character in variants(character)


@given(st.data())
def test_text_rewritten_in_variants_is_normalized_alike(data: st.DataObject) -> None:
    text = data.draw(lines)
    assert normalize(data.draw(rewritten(text))) == normalize(text)
