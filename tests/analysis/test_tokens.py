"""Tokens: what is one, where it stands, and the terms that are made of them; with the kernel that runs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from strategies import anything, special_texts, texts

from searchkit.analysis import kernel
from searchkit.analysis.characters import EXPANDS, FILLER, INVISIBLE, class_of
from searchkit.analysis.context import JOINED
from searchkit.analysis.kernel import Kind, has_tokens, normalize, terms, tokenize, visible
from searchkit.analysis.tokens import LINE_BREAK, LONGEST, WORD_END, word_parts

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
    ("⻓江⼈⼝", "长 江 人 口"),
    # what stands for others
    ("第Ⅳ期①½", "第 iv 期 1 1 2"),
    ("ⅩⅣ", "xiv"),
    ("ﬁnance eﬃcient", "finance efficient"),
    ("5㎏ 10㎡ 25℃", "5 kg 10 m 2 25 ° c"),
    ("℡№㈱", "telno 株"),
    ("③④5⑩❶⒈⑴", "3 4 5 10 1 1 1"),
    ("3½", "3 1 2"),
    ("①,000 ③.5", "1 000 3 5"),
    # numbers
    ("1,000元", "1000 元"),
    ("１，０００", "1000"),
    ("１,０００", "1000"),
    ("1,234,567.89", "1234567 89"),
    ("-1,000,", "1000"),
    ("1\u200b,\u200b000", "1000"),
    ("1,2,3 1,2,000", "1 2 3 1 2 000"),
    ("2024,100", "2024 100"),
    ("1,0000 1,000,00 1,00", "1 0000 1 000 00 1 00"),
    ("0,123 012,345", "0 123 012 345"),
    ("300，500", "300 500"),
    ("1，000,000", "1 000 000"),
    # 々 is what it repeats
    ("時々刻々人々", "时 时 刻 刻 人 人"),
    ("人々々〻", "人 人 人 人"),
    ("人\ufe00々", "人 人"),
    ("々 あ々 a々 人、々", "々 あ 々 a 々 人 々"),
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
    assert terms(text)[0].split()[: len(expected.split())] == expected.split()
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


LONG = "他们研究人工"


@pytest.mark.parametrize("gap", ["\n", "\r\n", " \n", "\u3000\t\n", "\u200b\n", "\n\u200b"])
def test_a_line_that_ends_within_a_sentence_goes_on(gap: str) -> None:
    text = f"{LONG}{gap}智能技术的发展"
    tokens = tokenize(text)
    assert set(tokens.lines) == {0}
    assert "工智" in terms(text)[1].split()
    assert visible(normalize(text)) == f"{LONG}智能技术的发展"
    assert text[tokens.starts[5] : tokens.ends[5]].rstrip("\u200b") == "工"


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG}。\n智能",
        f"{LONG}，\n智能",
        f"{LONG}\n\n智能",
        f"{LONG}\n \n智能",
        f"{LONG}\n　　智能",
        f"{LONG}\n 智能",
        f"{LONG}\n- 智能",
        f"{LONG}\n一、智能",
        f"{LONG}\n甲：智能",
        f"{LONG}\n1. 智能",
        f"{LONG}\n（一）智能",
        f"{LONG}\n“智能",
        f"{LONG}\n々能",
        f"{LONG}\u2028智能",
        "人工\n智能",
        "北京市\n上海市",
        f"{LONG}12\n智能",
    ],
)
def test_a_line_that_is_one_for_itself_ends(text: str) -> None:
    assert max(tokenize(text).lines) > 0


def test_latin_words_of_wrapped_lines_are_neighbours() -> None:
    assert terms("about machine\nlearning")[1] == "about_machine_ machine_learning_ learning_¶"
    assert visible(normalize("about machine\nlearning")) == "about machine learning"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("调用getUserName方法", "get getuser user username name"),
        ("XMLHttpRequest", "xml xmlhttp http httprequest request"),
        ("parseJSON", "parse json"),
        ("iPhone15Pro", "phone"),
        ("GitHub", "git hub"),
        ("fooBar2Baz", "foo bar"),
        ("aB iP", ""),
        ("ABC abc Abc ABCs", "ab cs"),
        (
            "aaBbCcDdEeFf",
            " ".join("aabbccddeeff"[2 * i : 2 * j] for i in range(6) for j in range(i + 1, 7) if j - i < 6),
        ),
        ("aaBbCcDdEeFfGg", ""),
        ("data\u00adBase geﬁLe", ""),
        ("getCafé", "get cafe"),
    ],
)
def test_the_parts_of_a_word_that_capitals_show(text: str, parts: str) -> None:
    assert " ".join(part.text for part in word_parts(text)) == parts
    tokens = " ".join(tokenize(text).texts)
    assert terms(text)[0] == (f"{tokens} {parts}" if parts else tokens)
    for part, start, end in word_parts(text):
        assert normalize(text[start:end]) == part


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
    items: list[tuple[str, str]] = []  # as the first of a bigram, and as the second
    line = 0
    for token, kind, number, joint in zip(tokens.texts, tokens.kinds, tokens.lines, tokens.joints):
        if kind == Kind.SYMBOL:
            continue
        if items and number != line:
            items.append((LINE_BREAK, LINE_BREAK))
        end = "" if kind == Kind.HAN else WORD_END
        items.append((token + (chr(joint) if joint else "") + end, token + end))
        line = number
    items += [(LINE_BREAK, LINE_BREAK)] if items else []
    assert terms(text) == (
        " ".join([*tokens.texts, *(part.text for part in word_parts(text))]),
        " ".join(first + second for (first, _), (_, second) in zip(items, items[1:])),
    )


@given(any_text)
def test_the_columns_are_of_one_length_and_in_order(text: str) -> None:
    tokens = tokenize(text)
    assert len({len(column) for column in tokens}) == 1
    before = 0, 0
    for start, end in zip(tokens.starts, tokens.ends):
        assert 0 <= start < end <= len(text)
        # The tokens of a character that stands for several are all in its place.
        assert (
            before[1] <= start
            or (before[0] <= start and before[1] == end)
            or has_expansion(text[start : before[1]])
        )
        before = start, end


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
        if has_expansion(text[start:end]):
            assert token in " ".join(tokenize(text[start:end]).texts)
        elif token[-1] not in "+#" and normalize(text)[start] == normalize(text[start:end])[0]:  # no 々
            assert tokenize(text[start:end]).texts == [token]


def has_expansion(text: str) -> bool:
    return any(class_of(character) == EXPANDS for character in text)


@given(any_text)
def test_visible_leaves_out_what_is_invisible(text: str) -> None:
    normalized = normalize(text)
    shown = "".join(c for c in normalized if class_of(c) != INVISIBLE)
    if not has_expansion(shown) and JOINED not in shown:
        assert visible(normalized) == shown
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
