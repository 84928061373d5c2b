"""Tokens: what is one, where it stands, and the terms that are made of them; with the kernel that runs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from strategies import anything, special_texts, texts

from searchkit.analysis import kernel
from searchkit.analysis.characters import FILLER, INVISIBLE, class_of
from searchkit.analysis.kernel import Kind, has_tokens, normalize, terms, tokenize, visible
from searchkit.analysis.tokens import LINE_BREAK, LONGEST, WORD_END

any_text = texts | special_texts | anything

TOKENS = [
    # Han, and letters of other scripts without spaces, one by one
    ("中日關係", "中 日 关 系"),
    ("𠮷野家", "𠮷 野 家"),
    ("ドイツ", "ド イ ツ"),
    ("ゲーム々〇", "ゲ ー ム 々 〇"),
    ("한국", "한 국"),
    ("ㄅㄆ", "ㄅ ㄆ"),
    ("ไทย", "ไ ท ย"),
    ("第Ⅳ期①½", "第 Ⅳ 期 ① ½"),
    # letters and digits part
    ("iPhone15Pro", "iphone 15 pro"),
    ("v3.6.3", "v 3 6 3"),
    ("H₂O", "h 2 o"),
    ("10²", "10 2"),
    ("10km²", "10 km 2"),
    ("5G网络", "5 g 网 络"),
    ("１５ＧＢ", "15 gb"),
    ("x¹²₃", "x 123"),
    ("٣٤", "٣٤"),
    # Latin words
    ("GPT-4", "gpt 4"),
    ("AT&T", "at t"),
    ("snake_case", "snake case"),
    ("don't", "don t"),
    ("café CAFÉ", "cafe cafe"),
    ("straße Łódź", "straße łodz"),
    # c++ and c#
    ("C++", "c++"),
    ("Ｃ＋＋与Ｃ＃", "c++ 与 c#"),
    ("C+", "c"),
    ("C+++", "c"),
    ("C##", "c#"),
    ("F#和J++", "f# 和 j++"),
    ("C++17", "c++ 17"),
    ("AC++ abc#", "ac abc"),
    ("GPT-4C++ 5F#", "gpt 4 c++ 5 f#"),
    ("5c++ ²c# яc#", "5 c++ 2 c# я c#"),
    ("a+b", "a b"),
    ("C\u200b+\u0301+ c", "c++ c"),
    ("a\u200bc++", "ac"),
    ("ß#", "ß"),
    ("É++", "e++"),
    # other alphabets by word
    ("Москва и мир", "москва и мир"),
    ("Αθήνα", "αθηνα"),
    ("हिन्दी भाषा", "हिन्दी भाषा"),
    ("שלום", "שלום"),
    ("iPhoneом", "iphone ом"),
    # symbols
    ("好😀😀。€5→©", "好 😀 😀 € 5 → ©"),
    ("👍🏽", "👍"),
    ("👨\u200d👩", "👨 👩"),
    ("1\ufe0f\u20e3", "1"),
    ("\ufffd\ufffc", ""),
    # invisible characters are no borders
    ("中\u200b国", "中 国"),
    ("data\u00adbase", "database"),
    ("e\u0301te\u0301", "ete"),
    ("1\u200d2", "12"),
    ("\u200b\u0301", ""),
    # composition
    ("か\u3099", "が"),
    ("ｶﾞｷﾞ", "ガ ギ"),
    ("あﾞ", "あ"),
    ("и\u0306И\u0306", "йй"),
    ("\u1112\u1161\u11ab\u1100\u1161", "한 가"),
    ("ﾡￂ", "가"),
    ("가\u11a8", "각"),
    ("각\u11a8", "각 \u11a8"),
    ("=\u0338", "≠"),
    ("क\u093c", "\u0958"),
    ("שׂ", "ש"),
    # none
    ("", ""),
    ("，。 _-！+#", ""),
    ("ªºˎʰ", ""),
    ("\ud800\x00\x1b", ""),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_the_tokens_of_a_text(text: str, expected: str) -> None:
    assert tokenize(text).texts == expected.split()
    assert terms(text)[0] == expected
    assert has_tokens(text) is bool(expected)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("iPhone15", "iPhone 15"),
        ("e\u0301te\u0301 x", "e\u0301te\u0301 x"),
        ("か\u3099ﾞ中\u200b国", "か\u3099ﾞ 中\u200b 国"),
        ("\u200b中", "中"),
        ("C\u200b+\u0301+。", "C\u200b+\u0301+"),
        ("👍🏽👨\u200d👩", "👍🏽 👨\u200d 👩"),
        ("\u1112\u1161\u11abᄀ", "\u1112\u1161\u11ab ᄀ"),
    ],
)
def test_a_token_covers_what_belongs_to_it(text: str, spans: str) -> None:
    tokens = tokenize(text)
    assert [text[start:end] for start, end in zip(tokens.starts, tokens.ends)] == spans.split(" ")


def test_the_kinds_of_tokens() -> None:
    assert [Kind(kind) for kind in tokenize("中a1²я😀c++").kinds] == [
        Kind.HAN,
        Kind.LATIN,
        Kind.DIGITS,
        Kind.SMALL_DIGITS,
        Kind.WORD,
        Kind.SYMBOL,
        Kind.LATIN,
    ]


@pytest.mark.parametrize("end", "\n\v\f\r\x85\u2028\u2029")
def test_the_lines_of_tokens(end: str) -> None:
    assert list(tokenize(f"甲{end}{end}😀乙{end}丙").lines) == [0, 2, 2, 3]
    assert terms(f"甲{end}{end}乙")[1] == "甲¶ ¶乙 乙¶"


@pytest.mark.parametrize("letter", "aß1²я")
def test_a_long_run_is_cut(letter: str) -> None:
    folded = letter.replace("²", "2")
    assert tokenize(letter * LONGEST).texts == [folded * LONGEST]
    assert tokenize(letter * (LONGEST + 1)).texts == [folded * LONGEST, folded]
    assert tokenize(f"{letter}\u0301" * LONGEST).ends[0] == 2 * LONGEST
    assert tokenize("a" * (LONGEST + 1) + "++").texts == ["a" * LONGEST, "a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("。", ""),
        ("😀", ""),
        ("中", "中¶"),
        ("中日，关系", "中日 日关 关系 系¶"),
        ("用GPT-4写c++", "用gpt_ gpt_4_ 4_写 写c++_ c++_¶"),
        ("ab c", "ab_c_ c_¶"),
        ("a я²", "a_я_ я_2_ 2_¶"),
        ("甲😀乙", "甲乙 乙¶"),
        ("甲\n乙丙", "甲¶ ¶乙 乙丙 丙¶"),
        ("\n甲\n😀\n，\n乙\n", "甲¶ ¶乙 乙¶"),
        ("甲¶乙", "甲乙 乙¶"),
    ],
)
def test_the_bigrams_of_a_text(text: str, expected: str) -> None:
    assert terms(text)[1] == expected


@given(any_text)
def test_bigrams_are_the_neighbours_of_a_line(text: str) -> None:
    tokens = tokenize(text)
    items: list[str] = []
    line = 0
    for token, kind, number in zip(tokens.texts, tokens.kinds, tokens.lines):
        if kind == Kind.SYMBOL:
            continue
        if items and number != line:
            items.append(LINE_BREAK)
        items.append(token if kind == Kind.HAN else token + WORD_END)
        line = number
    items += [LINE_BREAK] if items else []
    assert terms(text) == (
        " ".join(tokens.texts),
        " ".join(first + second for first, second in zip(items, items[1:])),
    )


@given(any_text)
def test_the_columns_are_of_one_length_and_in_order(text: str) -> None:
    tokens = tokenize(text)
    assert len({len(column) for column in tokens}) == 1
    before = 0
    for start, end in zip(tokens.starts, tokens.ends):
        assert before <= start < end <= len(text)
        before = end


@given(any_text)
def test_normalizing_keeps_the_length_and_is_done_once(text: str) -> None:
    normalized = normalize(text)
    assert len(normalized) == len(text)
    assert normalize(normalized) == normalized
    assert tokenize(normalized) == tokenize(text)


@given(any_text)
def test_tokens_are_tokens_of_themselves(text: str) -> None:
    for token in tokenize(text).texts:
        assert tokenize(token).texts == [token]


@given(any_text)
def test_a_token_is_found_in_its_span_alone(text: str) -> None:
    tokens = tokenize(text)
    for token, start, end in zip(tokens.texts, tokens.starts, tokens.ends):
        if token[-1] not in "+#":
            assert tokenize(text[start:end]).texts == [token]


@given(any_text)
def test_visible_leaves_out_what_is_invisible(text: str) -> None:
    normalized = normalize(text)
    assert visible(normalized) == "".join(c for c in normalized if class_of(c) != INVISIBLE)
    assert tokenize(visible(normalized)).texts == tokenize(text).texts


@given(texts | special_texts)
def test_invisible_characters_change_no_token(text: str) -> None:
    assert tokenize(FILLER.join([*text, ""])).texts == tokenize(text).texts


@given(texts)
@example("がギй각हिड़é≠")
def test_composed_and_decomposed_have_the_same_tokens(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert tokenize(unicodedata.normalize(form, text)).texts == tokenize(text).texts


def test_every_character_and_its_decomposition_have_the_same_tokens() -> None:
    different = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.decomposition(chr(code))[:1] not in ("", "<")
        and tokenize(chr(code)).texts != tokenize(unicodedata.normalize("NFD", chr(code))).texts
    ]
    assert different == []


def test_the_kernel_that_was_asked_for_runs() -> None:
    assert kernel.KERNEL in ("python", "compiled")
