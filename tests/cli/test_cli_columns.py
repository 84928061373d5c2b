"""How text is laid out: widths, lines, cuts, colours, numbers."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit import Highlighted
from searchkit.cli.columns import cut, one_line, width, wrapped
from searchkit.cli.output import bytes_of, count_of, seconds_of, wants_colour

TEXT = st.text(
    st.sampled_from("图書馆 　，。“”「」（）abc-9é\u0301𠮷ｱＡ.\u200b👨\u200d🇨❤\ufe0f"), max_size=60
)
ROOM = st.integers(min_value=2, max_value=30)


@st.composite
def highlighted(draw):
    text = draw(TEXT)
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    return Highlighted(text, list(zip(places[::2], places[1::2], strict=False)))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("图书馆", 6),
        ("𠮷", 2),
        ("ＡＢ", 4),
        ("ｱｲ", 2),
        ("e\u0301", 1),
        ("a\u200bb", 2),
        ("“茶”", 4),
        ("👨\u200d👩\u200d👧", 2),
        ("🇨🇳", 2),
        ("❤\ufe0f", 2),
        ("a\x07b", 2),
    ],
)
def test_width_counts_terminal_columns(text, columns):
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("图书馆周末开放", 8, ["图书馆周", "末开放"]),
        ("图书馆周，末开放", 8, ["图书馆", "周，末开", "放"]),  # no comma begins a line
        ("图书馆「周末」开", 8, ["图书馆", "「周末」", "开"]),  # no bracket ends one
        ("支持 Wi-Fi 7 的手机", 10, ["支持 Wi-Fi", "7 的手机"]),  # words stay whole
        ("see https://example.com now", 10, ["see https:", "//example.", "com now"]),  # unless they cannot
        ("  图  ", 8, ["图"]),
        ("", 8, []),
    ],
)
def test_lines_break_between_words_and_not_before_punctuation(text, room, lines):
    assert [line.text for line in wrapped(Highlighted(text), room)] == lines


@given(highlighted(), ROOM)
def test_wrapping_loses_nothing_but_spaces(text, room):
    lines = list(wrapped(text, room))
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.text.split())
    assert all(width(line.text) <= room for line in lines)
    matched = [line.text[start:end] for line in lines for start, end in line.spans]
    expected = [text.text[start:end] for start, end in text.spans]
    assert "".join("".join(matched).split()) == "".join("".join(expected).split())


@given(highlighted(), ROOM)
def test_cut_text_fits_the_columns(text, room):
    shown = cut(text, room)
    assert width(shown.text) <= room
    assert shown.text.removeprefix("…").removesuffix("…") in text.text
    if width(text.text) <= room:
        assert shown == text
    for start, end in shown.spans:
        assert 0 <= start < end <= len(shown.text)


def test_cut_text_keeps_the_first_match():
    text = Highlighted("一二三四五六七八九十" * 5 + "茶" + "一二三四五六七八九十", [(50, 51), (55, 57)])
    shown = cut(text, 30)
    assert shown.text == "…二三四五六七八九十茶一二三四…"
    assert [shown.text[start:end] for start, end in shown.spans] == ["茶"]
    assert cut(Highlighted("一二三四五六七八九十"), 10).text == "一二三四…"


def test_cutting_a_huge_text_is_fast():
    assert len(cut(Highlighted("茶" * 1_000_000, [(900_000, 900_001)]), 40).text) <= 21


@pytest.mark.parametrize(
    ("choice", "variables", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {}, True, False),
    ],
)
def test_wants_colour_follows_the_option_and_the_terminal(monkeypatch, choice, variables, terminal, expected):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    assert wants_colour(choice, stream) is expected


def test_one_line_keeps_the_length():
    text = "a\tb\nc\u2028d"
    assert one_line(text) == "a b c d"
    assert len(one_line(text)) == len(text)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (bytes_of(0), "0 bytes"),
        (bytes_of(1), "1 byte"),
        (bytes_of(999), "999 bytes"),
        (bytes_of(1000), "1.0 kB"),
        (bytes_of(999_949), "999.9 kB"),
        (bytes_of(999_950), "1.0 MB"),
        (bytes_of(1_234_567_890), "1.2 GB"),
        (bytes_of(5 * 10**15), "5,000.0 TB"),
        (count_of(1, "match", "matches"), "1 match"),
        (count_of(0, "match", "matches"), "0 matches"),
        (count_of(1234, "document"), "1,234 documents"),
        (seconds_of(0.00042), "0.4 ms"),
        (seconds_of(0.0123), "12 ms"),
        (seconds_of(0.9999), "1.0 s"),
        (seconds_of(59.96), "1 min 0 s"),
        (seconds_of(125.2), "2 min 5 s"),
    ],
)
def test_quantities_have_readable_units(shown, expected):
    assert shown == expected
