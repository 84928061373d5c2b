"""Bytes -> text, in the encoding they were written in.

Tried in this order: a byte order mark, valid UTF-8, the encoding that the page declares, UTF-8 with a few
bad bytes, and last the encoding in which the text is most plausible. The declaration comes so late because
many pages declare ``gb2312`` and are UTF-8, while text in GBK or Big5 is hardly ever valid UTF-8.

In the wrong encoding Chinese text turns into rare characters, private ones or kana. So each character that is
not ASCII scores by how common it is. This works for a headline of ten characters, where the statistics of
languages need some sentences.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from functools import lru_cache
from typing import BinaryIO

from searchkit.errors import DocumentError

_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SUPERSETS = {  # what browsers decode under these names
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
}
_DECLARABLE = frozenset(("gb18030", "big5hkscs", "cp950", "cp932", "euc_jp", "cp949", "koi8-r", "koi8-u")) | {
    f"cp{number}" for number in range(1250, 1259)
}
_DECLARED = re.compile(
    rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,30})
       | <\?xml\s[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,30})""",
    re.VERBOSE | re.IGNORECASE,
)
_DECLARED_WITHIN = 4096  # bytes
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ASCII_BYTES = bytes(range(0x80))
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = re.compile(r"[\x00-\x7f]+")
_BAD = "\ufffd"
_CANDIDATES = ("gb18030", "big5hkscs", "cp932", "cp949", "cp1252")
_OTHERS = ("cp1250", "cp1251", "cp1253", "cp1254", "koi8_r", "euc_jp")
_WIDE = ("utf-16-le", "utf-16-be")
_BLOCK = 1 << 20
_SAMPLE = 2048  # bytes, from the first that is not ASCII on
_LEAST_PLAUSIBLE = 0.15
_ASCII_TEXT = re.compile(r"[\t\n\r\x20-\x7e]+")

# The 500 most frequent characters of running text (by the word counts in the dictionary of jieba),
# which are about 70 % of it, and how those are written in Traditional.
_FREQUENT = (
    "一是人了不在有大中国和为这上他个地年来我会以到时要出的生学说道民家子也成行下们于后就发自之对得主长可过天作分方用多你着部能市等业全里工公经本都"
    "而高政法面门动日进区事代那去心小同北定开产前其军还然起种所如现理机体表力好外与文当两实重新三么只山水关明从化平建又制南内西没此将员名手最东头者月"
    "间无安看见各城十相但已些正口通想度加第她合院物性战由位常点海意场武使次二向治因立数样身情入原问把路被并利石老教万知级量任江及应省资委务元美特期世"
    "湖回系比气汉总展电科金先声提品设或义王社很统处四首共马形己儿司太目基领队直计别女权话少流命至报米给打变果书清活几州华解议更称程今决张导术府才保交"
    "放管结师便走达族反再题色五京河接条规式县白它改风光运信受什组听布百济党指论强做取技黄神选记斯真却职号界件花类何眼兵传带空干农边据集联古广完质阳难"
    "增历史专官每住商即步认车台林必死游举线言皇土团收考求德叫近备研争非具李众连调感转笑革该持始英克士尔让拉思根格造较际亲单朝红型价校约器字段周亚深候"
    "则功属积快图火千准究往极育装许参半令吃观鱼精办像帝八复影告远群包整构料随划算象容示投势热值夫网望源息语股铁断派速怎需片爱律纪支早况病境证编"
    "國爲這個來會時學說們於後發對長過業裏經門動進區開產軍還種現機體與當兩實麼關從內沒將員東頭間無見戰點場數樣問並萬級應資務氣漢總電聲設義統處馬兒領隊計"
    "別權話報給變書幾華議稱決張導術結師達題條規縣風運組聽濟黨論強黃選記卻職號類傳帶幹農邊據聯廣質陽難歷專認車臺遊舉線團備爭衆連調轉該爾讓較際親單紅價約"
    "亞則屬積圖準極裝許參喫觀魚辦復遠羣構隨劃勢熱網語鐵斷愛紀況證編為裡着臺台眾群復吃啟歲銀錄錢鐘鎮陸陳雖雙雜離雲韓頁順預願飛飯館駐驗鬥麗黑龍"
    # The most frequent syllables of Korean.
    "이다는의에을가은하고한지사기로도어나자대일인리정아시전해보부서수라원스성제상주장그만들여구국있었것과년으관계경발조방동안오를했습니와게될위미선신"
)
_PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉「」『』【】—…·　～％"
_POINTS = dict.fromkeys(_PUNCTUATION, 0.7) | dict.fromkeys(_FREQUENT, 1.0) | {_BAD: -2.0}
_WEIGHTS = {"Cn": -2.0, "Co": -2.0, "Cc": -2.0, "So": -0.5, "Lo": -0.3, "Ll": 0.0, "Lu": 0.0}
# In West European texts, what is not ASCII stands alone among ASCII: an accented letter in a word, at its
# end or beginning or as a word, and a sign beside a blank or a digit.
_LATIN = frozenset(map(chr, range(0xA0, 0x100))) | {"€"}
_LETTERS = "\xc0-\xd6\xd8-\xf6\xf8-\xff"
_LATIN_ALONE = re.compile(
    f"(?<=[A-Za-z])[{_LETTERS}]{{1,2}}(?![^\x00-\x7f])"
    f"|(?<![^\x00-\x7f])[{_LETTERS}](?=[a-z])"
    f"|(?<= )[{_LETTERS}](?= )"
    "|(?<=[ \n\\d])[\xa3\xa9\xab\xae\xb0\xbb\u20ac](?![^\x00-\x7f])"
    "|(?<![A-Za-z])[\xa1\xa3\xab\xbf\u20ac](?=[\\dA-Z])"
)
_LATIN_POINTS = 0.8


def check_encoding(name: str | None) -> None:
    """Raise ValueError unless it names an encoding of text."""
    if name is not None:
        try:
            b"a".decode(name, "replace")
        except (LookupError, UnicodeError):  # some of Python's codecs do not decode to text
            raise ValueError(f"unknown encoding {name!r}") from None


def superset(name: str) -> str:
    """The encoding that is meant by a name: pages that declare GB2312 are in GBK or GB18030."""
    return _SUPERSETS.get(codecs.lookup(name).name, name)


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file, with \\n for every line end.

    Bytes that cannot be decoded become U+FFFD: leaving them out would join what stands on both sides to one
    word.

    Raises `DocumentError` when the bytes are not text.
    """
    if encoding:
        text = data.decode(superset(encoding), "replace").removeprefix("\ufeff")
    elif mark := next(filter(data.startswith, _MARKS), None):
        text = data[len(mark) :].decode(_MARKS[mark], "replace")
    elif b"\0" not in data:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = _decode_other(data)
    elif wide := _wide_encoding(data):
        text = data.decode(wide, "replace")
    else:
        raise DocumentError("a binary file: it has zero bytes in it")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def encoding_by_mark(start: bytes) -> str | None:
    """The encoding that a byte order mark says, and that takes the mark away."""
    mark = next(filter(start.startswith, _MARKS), None)
    return (
        _MARKS[mark].removesuffix("-le").removesuffix("-be").replace("utf-8", "utf-8-sig") if mark else None
    )


def encoding_of(file: BinaryIO) -> str:
    """The encoding of a text of any length, of which a block is in memory.

    Raises `DocumentError` when the bytes are not text.
    """
    block = file.read(_BLOCK)
    if marked := encoding_by_mark(block):
        return marked
    if b"\0" in block:
        if wide := _wide_encoding(block):
            return wide
        raise DocumentError("a binary file: it has zero bytes in it")
    decoder = codecs.getincrementaldecoder("utf-8")()
    while block:
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            line = block.find(b"\n")  # a character may have been cut where the block begins
            return _undeclared_encoding(block[line + 1 :] or block)
        block = file.read(_BLOCK)
    return "utf-8"


def _decode_other(data: bytes) -> str:
    if found := _DECLARED.search(data[:_DECLARED_WITHIN]):
        with suppress(LookupError):
            name = codecs.lookup(superset((found[1] or found[2]).decode("ascii"))).name
            text = data.decode(name, "replace") if name in _DECLARABLE else ""
            # Few of the characters beyond ASCII may be bad, as in a damaged file.
            if text and text.count(_BAD) * 5 <= len(_ASCII.sub("", text)):
                return text
    return data.decode(_undeclared_encoding(data), "replace")


def _undeclared_encoding(data: bytes) -> str:
    # Is most of what is not ASCII UTF-8? Of GBK and Big5 a seventh looks like it.
    rest = _UTF8.sub(b"", data)
    is_utf8 = len(rest.translate(None, _ASCII_BYTES)) * 4 <= len(data) - len(rest)
    return "utf-8" if is_utf8 else _most_plausible_encoding(data)


def _most_plausible_encoding(data: bytes) -> str:
    """The most plausible encoding of text without zero bytes that is not UTF-8."""
    first = _NOT_ASCII.search(data)
    # Some ASCII before it, for the word that an accented letter is in; more would tell nothing.
    start = max(first.start() - 16, 0) if first else 0
    sample = data[start : start + _SAMPLE]
    scores = {name: plausibility(sample.decode(name, "replace")) for name in _CANDIDATES}
    if len(data) % 2 == 0:
        scores |= {name: plausibility(data[:_SAMPLE].decode(name, "replace")) for name in _WIDE}
    best = max(scores, key=scores.__getitem__)
    if scores[best] >= _LEAST_PLAUSIBLE:
        return best
    # Neither East Asian nor West European: the statistics of languages may know more.
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    found = from_bytes(data[:_SAMPLE], cp_isolation=[*_CANDIDATES, *_OTHERS]).best()
    return found.encoding if found else "cp1252"


def _wide_encoding(data: bytes) -> str | None:
    """The UTF-16, without a byte order mark, of bytes with zeros among them; None when they are not text."""
    for name in _WIDE:
        text = data.decode(name, "replace")
        sample = text[:_SAMPLE]
        others = len(_ASCII_TEXT.sub("", sample))
        points = len(sample) - others + others * plausibility(sample)
        if "\0" not in text and points >= _LEAST_PLAUSIBLE * len(sample):
            return name
    return None


def plausibility(text: str) -> float:
    """From -2 to 1: the mean score of the characters that are not ASCII, 0 when there is none."""
    counts = Counter(_ASCII.sub("", text))
    if not counts:
        return 0.0
    points = sum(_weight(character) * count for character, count in counts.items())
    if any(character in _LATIN for character in counts):
        points += _LATIN_POINTS * len("".join(_LATIN_ALONE.findall(text)))
    # Modern Korean has no Han in it; Chinese that is decoded as Korean is half Han, half Hangul.
    hangul, han = (
        sum(count for character, count in counts.items() if first <= character <= last)
        for first, last in ("\uac00\ud7a3", "\u4e00\u9fff")
    )
    points -= min(hangul, han)
    return points / sum(counts.values())


@lru_cache(maxsize=65536)
def _weight(character: str) -> float:
    if character in _POINTS:
        return _POINTS[character]
    if "\u3041" <= character <= "\u30ff":  # kana
        return 0.6
    if "\u4e00" <= character <= "\u9fff":
        return 0.2 if _is_common(character) else -0.3
    if "\uff01" <= character <= "\uff5e":  # full-width letters and digits
        return 0.3
    return _WEIGHTS.get(unicodedata.category(character), -0.2)


def _is_common(character: str) -> bool:
    """Whether it is in the part of GB 2312 or Big5 that holds the characters in common use."""
    in_gb2312 = b"\xb0" <= character.encode("gb2312", "ignore")[:1] <= b"\xd7"
    return in_gb2312 or b"" < character.encode("big5", "ignore") < b"\xc6\xa1"
