"""The Hypothesis strategies that tests share: texts, passages, rewritings, documents.

Random text of all of Unicode hardly ever has two equal characters in it, so nothing in it matches. The
texts here come from small alphabets that hold everything the library treats specially.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cache, lru_cache
from typing import get_args

from hypothesis import strategies as st

from searchkit import Document, Markup
from searchkit.analysis import has_tokens, is_word, normalize, tokenize, variants
from searchkit.document import MarkupKind
from searchkit.schema import FieldKind

HAN = "中国國关關係系日台臺湾灣权權歌马馬克思乾干幹隆后後里裡裏论論坛壇𠮷野家"
WORDS = (
    "中国 中國 关系 關係 台灣 臺湾 马克思 馬克思 马克 乾隆 國際論壇 国际论坛 的 什么 为什么 在 历史".split()
)
LATIN_WORDS = (
    "C++ Ｃ＃ c C C+ 5G ５ｇ GPT-4 iPhone15Pro 3.6.3 3 "
    "6 AT&T snake_case café CAFÉ straße Łódź Smørrebrød 10km² a A x"
).split()
PUNCTUATION = "，。：、“”「」（）()-－+#_.!?！？;& \u3000"
ODD = "々㎡ﬁ①²Ⅳªßłがｶﾞ⼀⽇한я\u0301\u200b\u00a0\t\x1b😀＋＃１É"
MARKUP = "<>&'\"/"

anything = st.text(st.characters(codec=None) | st.sampled_from("\ud800\udfff\x00甲"), max_size=40)
"""Text of any code points at all, lone surrogates among them."""

unicode_text = st.text(max_size=40)
"""Text of any characters that UTF-8 can hold."""

# What the tokenizer treats specially: marks that compose, with their bases; what is invisible; runs, and what
# is around c++ and c#; symbols; digits of all kinds; other alphabets; all that ends a line.
_SPECIAL = (
    *"かハｶﾊ゛ﾞﾟ\u3099\u309aиеіgИ\u0306\u0308\u0301\u0300=<\u0338ᄒ가ᅥᆫᆨ가한각ﾡￂ",
    *"\u200b\u200d\u00ad\ufe0f\u034f\u20dd\U0001f3fd\u202e",
    *("1,000", "，０００", "getUser", "㎏", "ﬁ", "℃", "〻", "：", ".", "研究人工智能\n", "⻓"),
    *("c++", "C#", "++", "+", "#", "c", "Ｃ＋＋", "é", "ß", "_"),
    *"12１²₂٣𝟘①Ⅳ½яЖμא\u05bcשׂ\ufb2bا\u0653हि्क\u093c\u0958กิ",
    *"😀👨👩🇨€$→©�",
    *"\n\v\f\r\x85\u2028\u2029 ，。",
    *"中国𠮷ーゝ々〇ªʰː",
    *("a" * 254, "é" * 255, "\u0301" * 300, "1" * 300, "я" * 256, "中" * 300),
)

special_texts = st.lists(st.sampled_from(_SPECIAL) | st.characters(codec=None), max_size=30).map("".join)
"""Texts dense with what the tokenizer treats specially, among them lone surrogates."""

lines = st.lists(
    st.sampled_from(HAN)
    | st.sampled_from(WORDS)
    | st.sampled_from(LATIN_WORDS)
    | st.sampled_from(PUNCTUATION)
    | st.sampled_from(ODD + MARKUP),
    max_size=20,
).map("".join)
"""One line, dense with characters that are variants of one another."""

texts = st.lists(lines, max_size=5).map("\n".join)
"""Several lines of the same."""


meaningful_texts = texts.filter(has_tokens)
"""Texts with something in them to search for."""

queries = st.lists(
    st.sampled_from(
        [
            *'()（）“”「」"＂-－:：',
            " ",
            "\u3000",
            "OR ",
            " AND ",
            "NOT ",
            "title:",
            "body：",
            "tag:",
            *("author:", "price：", "10..20", "re:", "std::", "https://a.b/", "*", "?", "~2", "^3", "or "),
            "中国",
            "C++",
            "，",
        ]
    )
    | lines,
    max_size=12,
).map("".join)
"""Texts with everything in them that the query language knows, seldom well-formed."""

_DAY_ZERO = datetime(2024, 1, 1, tzinfo=timezone.utc)

moments = st.integers(-90_000_000, 90_000_000).map(lambda seconds: _DAY_ZERO + timedelta(seconds=seconds)) | (
    st.integers(-3, 3).map(lambda days: _DAY_ZERO + timedelta(days=days))
)
"""Aware datetimes, some at midnight, within three years of 2024."""


def rewritten(text: str) -> st.SearchStrategy[str]:
    """The text with its letters, digits and Han characters replaced by other variants of theirs."""
    return st.tuples(*map(_variant_of, text)).map("".join)


@cache
def _variant_of(character: str) -> st.SearchStrategy[str]:
    return st.sampled_from(variants(character)) if character.isalnum() else st.just(character)


@lru_cache(maxsize=10_000)
def atoms(line: str) -> tuple[str, ...]:
    """The smallest pieces a passage may be cut into: a character with its marks, but letters and digits
    that stand together whole, with the + and # behind them, which may make C++ of C."""
    normalized, tokens = normalize(line), tokenize(line)
    ends = {}  # where the piece ends that begins at a place
    first = last = -1
    for text, start, end in zip(tokens.texts, tokens.starts, tokens.ends):
        while is_word(text) and normalized[end : end + 1] in ("+", "#"):
            end += 1
        first = first if is_word(text) and start == last else start
        ends[first] = last = end
        last = last if is_word(text) else -1
    pieces = []
    at = 0
    while at < len(line):
        pieces.append(line[at : ends.get(at, at + 1)])
        at += len(pieces[-1])
    return tuple(pieces)


@lru_cache(maxsize=10_000)
def _meaningful_places(line: str) -> tuple[int, ...]:
    return tuple(place for place, piece in enumerate(atoms(line)) if has_tokens(piece))


@st.composite
def passages(draw: st.DrawFn, line: str, longest: int = 30) -> str:
    """A passage of the line of at most ``longest`` characters, with a letter, digit or Han character in it.

    Latin words and numbers stay whole, even when they are longer than that.
    """
    pieces = atoms(line)
    places = _meaningful_places(line)
    place = places[draw(st.integers(0, len(places) - 1))]
    before, count = draw(st.integers(0, longest - 1)), draw(st.integers(1, longest))
    first = max(0, place - before)
    last = max(place + 1, first + count)
    while last - first > 1 and len("".join(pieces[first:last])) > longest:
        first, last = (first + 1, last) if first < place else (first, last - 1)
    return "".join(pieces[first:last])


def quoted(passage: str) -> str | None:
    """The passage in quotes that it does not hold itself; None when it holds all kinds."""
    for opening, closing in ("“”", "「」", '""', "『』"):
        if opening not in passage and closing not in passage and not (opening == '"' and "＂" in passage):
            return f"{opening}{passage}{closing}"
    return None


@st.composite
def documents(draw: st.DrawFn, ids: Sequence[str] = ()) -> Document:
    """Valid documents; with one of the ids, where there are any."""
    body = draw(texts) + draw(st.sampled_from(HAN))
    return Document(
        title=draw(lines),
        body=body,
        id=draw(st.sampled_from(ids)) if ids else "",
        url=draw(st.sampled_from(["", "https://www.example.com/a", "http://example.org:80/b?c=d"])),
        published=draw(st.none() | moments),
        source=draw(st.sampled_from(["", "甲报", "example.net"])),
        tags=draw(st.lists(st.sampled_from(["科技", "体育", "AI"]), max_size=3)),
        extra=draw(
            st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none(), max_size=2)
        ),
        markup=draw(st.lists(markup(len(body)), max_size=3)),
    )


@st.composite
def markup(draw: st.DrawFn, length: int) -> Markup:
    """What a part of a body of this length is."""
    start, end = sorted((draw(st.integers(0, length)), draw(st.integers(0, length))))
    return Markup(draw(st.sampled_from(get_args(MarkupKind))), start, end, draw(st.text(max_size=5)))


FIELDS: dict[str, FieldKind] = {"author": "text", "price": "number", "event": "date", "paid": "boolean"}
"""What is declared for the documents of `collections`: a field of each kind."""
SOURCES = ("甲报", "乙報", "乙报", "example.com", "A")
TAGS = ("科技", "体育", "體育", "AI", "ai", "ＡＩ")
AUTHORS = ("甲", "乙", "丙 丁", "a", "A", "é😀")
PRICES = (-20, -2.5, 0, 0.1, 3, 10, 10.5, 20, 2**53)
EVENTS = (
    "0001-01-01",
    "1969-12-31T23:59:59.999Z",
    "2023-12-31",
    "2024-01-31T23:59:59.999+00:00",
    "2024-02-01T00:30:00+08:00",  # a day earlier in UTC
    "2024-02-01",
    "2024-02-29",
    "2024-02-29T20:00:00-08:00",
    "2024-06-30T12:00:00Z",
    "9999-12-31",
)
_PUBLISHED = tuple(
    datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    for text in (
        "1969-12-31T23:59:59.999",
        "2023-12-31T23:59:59.999",
        "2024-01-01",
        "2024-02-29T12:00:00",
        "2024-02-29T12:00:00.001",
        "2024-03-01",
    )
)


@st.composite
def collections(draw: st.DrawFn, *, smallest: int = 0, largest: int = 20) -> list[list[Document]]:
    """Documents that match 茶 or 水 or neither, with values of all kinds or none, in up to three commits.

    Their ids are their numbers: "0", "1"... The values are few, so that many are equal.
    """
    author = st.sampled_from(AUTHORS)
    extras = st.fixed_dictionaries(
        {},
        optional={
            "author": st.none() | author | st.lists(author | st.just(""), max_size=3),
            "price": st.none() | st.sampled_from(PRICES),
            "event": st.none() | st.sampled_from(EVENTS),
            "paid": st.none() | st.booleans(),
            "undeclared": st.integers(),
        },
    )
    bodies = st.sampled_from(["茶", "茶，别的，茶", "茶水", "水，很多别的话", "别的话"])
    found = [
        Document(
            id=str(number),
            body=draw(bodies),
            published=draw(st.none() | st.sampled_from(_PUBLISHED) | moments),
            source=draw(st.sampled_from(["", *SOURCES])),
            tags=draw(st.lists(st.sampled_from(TAGS), max_size=3)),
            extra=draw(extras),
        )
        for number in range(draw(st.integers(smallest, largest)))
    ]
    commits = draw(st.integers(1, 3))
    return [found[start::commits] for start in range(commits)]


class _Text(str):
    """A text that is of no plain type."""

    __slots__ = ()


class _Number(int):
    """A number that is of no plain type."""


def nested(depth: int, inner: object = "x") -> object:
    """A value within so many lists and objects, one in the other."""
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    return inner


def _cyclic() -> dict[str, object]:
    found: dict[str, object] = {}
    found["a"] = [found]
    return found


def _doubling() -> list[object]:
    """Small in memory, of 2**40 values on disk."""
    found: list[object] = []
    for _ in range(40):
        found = [found, found]
    return found


_hostile_texts = (
    anything
    | special_texts
    | st.sampled_from(
        [
            *(
                "",
                " ",
                "\n",
                "\x00",
                "\x00茶",
                "茶\r\n\x1f水",
                "\ufdd0茶",
                "\x1e\x1f",
                "null",
                "-x",
                "..",
                "a/../b",
            ),
            *("茶" * 5000, "a" * 70_000, "é" * 3000 + "茶", "\u0301" * 1000, "﷽" * 40),
            *("javascript:alert(1)", "https://www.example.com/" + "x" * 70_000),
            *("http://" + "a" * 5000 + ".com/", "http://[茶", _Text("茶水")),
        ]
    )
)
_hostile_times = st.sampled_from(
    [
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00+23:59", "9999-12-31T23:59:59.999Z", "-0001-01-01"),
        *("9999-12-31T23:59:59-01:00", "1969-12-31T23:59:59.999999Z", "2024-02-30T00:00Z", "10000-01-01"),
        datetime(2024, 1, 1),  # noqa: DTZ001
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=23))),
        *("", "茶", 1e400, 0, 2**63, b"2024", timedelta(1)),
    ]
)
_scalars = st.sampled_from(
    [
        *(None, True, 0, -0.0, 2**53 + 1, 2**63, -(2**64), 10**400, 10**5000, 5e-324, 1e308),
        *(float("inf"), float("nan"), _Number(5), b"x", {1, 2}, Decimal(1), _DAY_ZERO, timedelta(1), object),
        *("", "\ud800", "\x00", _Text("茶"), nested(63), nested(64), nested(5000), _cyclic(), _doubling()),
    ]
)
_keys = st.sampled_from(
    [
        *("", "a", "a.b", "$", "\ud800", "\udc00", "\ufffd", "\x00", "k" * 1000, "k" * 1001),
        *(_Text("t"), 5, None, True, b"x"),
    ]
)
_hostile_extras = st.dictionaries(
    _keys | st.sampled_from(["author", "price", "event", "paid", "summary"]),
    _scalars
    | anything
    | _hostile_times
    | st.lists(_scalars | st.sampled_from(["茶", "x" * 1000, "y" * 1001]), max_size=3)
    | st.integers()
    | st.floats(),
    max_size=4,
)

hostile_documents = st.fixed_dictionaries(
    {"body": st.sampled_from(["茶", "茶水，别的茶\n茶"]) | _hostile_texts},
    optional={
        "title": _hostile_texts,
        "id": _hostile_texts | st.sampled_from([5, b"x", 1.5]),
        "url": _hostile_texts,
        "published": _hostile_times,
        "source": _hostile_texts,
        "tags": st.lists(_hostile_texts | st.sampled_from(["x" * 1000, "x" * 1001, 5]), max_size=4)
        | st.sampled_from([[str(number) for number in range(1500)], ["茶"] * 999, {"茶"}, b"x", "茶"]),
        "extra": _hostile_extras | st.sampled_from([[], "x", {"茶": _doubling()}, {"茶": _cyclic()}]),
    },
)
"""What programs may hand over: mappings of the names of fields, with values at and beyond every limit."""


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes with some of them replaced, left out or added."""
    found = bytearray(whole)
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, max(0, len(found) - 1)))
        found[start : start + draw(st.integers(1, 30))] = draw(st.binary(max_size=30))
    return bytes(found) or b"\n"
