"""Bytes -> the encoding in which they are most plausible as text.

In the wrong encoding Chinese text turns into rare characters, private ones or kana. So each character that is
not ASCII scores by how common it is. This works for a headline of ten characters, where the statistics of
languages need some sentences.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

__all__ = ["detect_encoding", "detect_wide_encoding", "plausibility"]

_CANDIDATES = ("gb18030", "big5hkscs", "cp932", "cp949", "cp1252")
_OTHERS = ("cp1250", "cp1251", "cp1253", "cp1254", "koi8_r", "euc_jp")
_WIDE = ("utf-16-le", "utf-16-be")
_SAMPLE = 2048  # bytes, from the first that is not ASCII on
_LEAST_PLAUSIBLE = 0.15
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_ASCII_TEXT = re.compile(r"[\t\n\r\x20-\x7e]+")

# The 500 most frequent characters of running text (by the word counts in the dictionary of jieba),
# which are about 70 % of it, and how those are written in Traditional.
_FREQUENT_HAN = frozenset(
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
)
_FREQUENT_HANGUL = frozenset(
    "이다는의에을가은하고한지사기로도어나자대일인리정아시전해보부서수라원스성제상주장그만들여구국있었것과년으관계경발조방동안오를했습니와게될위미선신"
)
_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉「」『』【】—…·　～％")
_WEIGHTS = {"Cn": -2.0, "Co": -2.0, "Cc": -2.0, "So": -0.5, "Lo": -0.3, "Ll": 0.0, "Lu": 0.0}
_BAD = "\ufffd"
_ASCII = re.compile(r"[\x00-\x7f]+")
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


def detect_encoding(data: bytes) -> str:
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


def detect_wide_encoding(data: bytes) -> str | None:
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
    if hangul := _count(counts, "\uac00", "\ud7a3"):
        # Modern Korean has no Han in it; Chinese that is decoded as Korean is half Han, half Hangul.
        points -= min(hangul, _count(counts, "\u4e00", "\u9fff"))
    return points / sum(counts.values())


def _count(counts: Counter[str], first: str, last: str) -> int:
    return sum(count for character, count in counts.items() if first <= character <= last)


@lru_cache(maxsize=65536)
def _weight(character: str) -> float:
    if character == _BAD:
        return -2.0
    if character in _FREQUENT_HAN or character in _FREQUENT_HANGUL:
        return 1.0
    if character in _PUNCTUATION:
        return 0.7
    if "\u3041" <= character <= "\u30ff":  # kana
        return 0.6
    if "\u4e00" <= character <= "\u9fff":
        return 0.2 if _is_common(character) else -0.3
    if "\uff01" <= character <= "\uff5e":  # full-width letters and digits
        return 0.3
    return _WEIGHTS.get(unicodedata.category(character), -0.2)


def _is_common(character: str) -> bool:
    """Whether it is in the part of GB 2312 or Big5 that holds the characters in common use."""
    try:
        if b"\xb0" <= character.encode("gb2312")[:1] <= b"\xd7":
            return True
    except UnicodeEncodeError:
        pass
    try:
        return character.encode("big5") < b"\xc6\xa1"
    except UnicodeEncodeError:
        return False
