"""Bytes to text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.articles.decoding import decode, plausibility
from searchkit.errors import DocumentError

SIMPLIFIED = [
    "新闻",
    "北京今天下雨",
    "城里的早市六点开门，卖菜的人很多。",
    "他说：“明天再去河边看看那些老树。”",
    "两国代表昨日在会上就贸易问题交换了意见",
    "研究人员发现，这种鱼能在零下二度的水里活三个月。",
    "本报讯（记者 王小明）市政府决定修建一座新桥",
]
TRADITIONAL = [
    "新聞",
    "臺北今天下雨",
    "城裡的早市六點開門，賣菜的人很多。",
    "他說：「明天再去河邊看看那些老樹。」",
    "兩國代表昨日在會上就貿易問題交換了意見",
    "研究人員發現，這種魚能在零下二度的水裡活三個月。",
    "本報訊（記者 王小明）市政府決定修建一座新橋",
]
JAPANESE = ["今日は川のほとりを歩きました。", "市場は朝六時に開きます", "ニュース"]
KOREAN = ["오늘은 강가를 걸었습니다.", "시장은 아침 여섯 시에 문을 연다"]
WESTERN = [
    "Voilà.",
    "¿Qué pasó en España?",
    "Le marché ouvre à six heures.",
    "Die Brücke über den Fluss",
    "A “quoted” word – and £5",
]


@pytest.mark.parametrize("text", SIMPLIFIED + TRADITIONAL + JAPANESE + KOREAN + WESTERN)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_encodings_are_detected_by_mark_or_declaration(text, encoding):
    if encoding == "gb18030" and text in KOREAN + WESTERN:
        pytest.skip("four bytes for each character, and used by nobody")
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("encoding", "texts"),
    [
        ("gb2312", SIMPLIFIED),
        ("gbk", SIMPLIFIED + TRADITIONAL),
        ("big5", TRADITIONAL),
        ("big5hkscs", [*TRADITIONAL, "佢哋喺嗰度食嘢，唔係咩"]),
        ("shift_jis", JAPANESE),
        ("euc_kr", KOREAN),
        ("cp1252", WESTERN),
        ("utf-16-le", [*SIMPLIFIED, *TRADITIONAL, "plain ASCII\n", "第1章\nabc"]),
        ("utf-16-be", [*SIMPLIFIED, *TRADITIONAL, "plain ASCII\n", "第1章\nabc"]),
        ("cp1251", ["Сегодня на рынке было много людей, и все говорили о новом мосте."]),
    ],
)
def test_encodings_without_a_byte_order_mark_are_detected(encoding, texts):
    for text in texts:
        assert decode(text.encode(encoding)) == text
        with_ascii = f"<p class='x'>2021-03-04 {text}</p>\n" * 3
        assert decode(with_ascii.encode(encoding)) == with_ascii


def test_the_encoding_is_detected_from_the_first_non_ascii_bytes():
    text = "a { color: red }\n" * 5000 + "城里的早市六点开门"
    assert decode(text.encode("gbk")) == text


@pytest.mark.parametrize("bad", [b"\xff", b"\xe4\xb8", b"\xc3(", b"\xed\xa0\x80"])
def test_utf8_with_a_few_bad_bytes_stays_utf8(bad):
    text = "城里的早市六点开门，卖菜的人很多。"
    decoded = decode(text.encode() + bad + text.encode())
    assert decoded.startswith(text)
    assert decoded.endswith(text)
    assert "\ufffd" in decoded
    cut = decode(text.encode()[:-1])
    assert cut.rstrip("\ufffd") == text[:-1]


def test_a_declared_encoding_is_kept_despite_a_bad_byte():
    page = "<meta charset=gbk><p>城里的早市六点开门，卖菜的人很多。</p>".encode("gbk")
    assert decode(page.replace(b"</p>", b"\xff</p>")).count("早市六点开门") == 1


@pytest.mark.parametrize(("newline", "count"), [("\r\n", 2), ("\r", 2), ("\n", 2), ("\r\r\n", 4)])
def test_line_ends_are_normalized(newline, count):
    assert decode(f"一{newline}二{newline}".encode()).count("\n") == count
    assert "\r" not in decode(f"一{newline}二{newline}".encode("utf-16"))


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4,
        b"\x7fELF\x02\x01\x01" + b"\x00" * 57,
        b"text\x00with zero",
        "城里\0的早市".encode(),
        b"\x00",
        bytes(range(256)),
    ],
)
def test_binary_files_are_refused(data):
    with pytest.raises(DocumentError, match="zero bytes"):
        decode(data)


def test_a_forced_encoding_is_taken():
    assert decode("江水".encode("gbk"), "gb2312") == "江水"
    assert decode("鎔".encode("gbk"), "GB2312") == "鎔"
    assert decode("江水".encode(), "latin-1") != "江水"
    assert decode(codecs.BOM_UTF8 + "江".encode() + b"\xff", "utf-8") == "江\ufffd"
    assert decode(b"a\x00b", "utf-8") == "a\x00b"


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_binary(data):
    try:
        text = decode(data)
    except DocumentError:
        assert 0 in data
    else:
        assert "\r" not in text
        text.encode()


@given(st.text())
def test_text_survives_utf_8(text):
    if "\0" not in text:
        assert decode(text.encode("utf-8", "replace")) == (
            text.encode("utf-8", "replace")
            .decode()
            .removeprefix("\ufeff")
            .replace("\r\n", "\n")
            .replace("\r", "\n")
        )


def test_plausibility_is_higher_for_the_right_encoding():
    right, wrong = "城里的早市六点开门", "城里的早市六点开门".encode("gbk").decode("big5", "replace")
    assert plausibility(right) > 0.4 > 0.15 > plausibility(wrong)
    assert plausibility("오늘은 강가를 걸었습니다") > 0.2
    assert plausibility("他说：明天再去河边看看".encode("gbk").decode("cp949", "replace")) < -0.2
    assert plausibility("") == plausibility("ascii") == 0
