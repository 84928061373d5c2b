"""Writes searchkit/analysis/characters.txt: the class of every character, and what base and mark compose to.

From Python's Unicode data and the normal forms in normalizer.txt: a character has the class of its normal
form. Run it when either of them, or a rule here, changes; after tools/normalization_table.py.

    python tools/character_classes.py
"""

from __future__ import annotations

import textwrap
import unicodedata
from itertools import groupby
from pathlib import Path

from searchkit.analysis.characters import (
    ASCII_LETTER,
    DIGIT,
    EXPANDS,
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
)
from searchkit.analysis.normalizer import normalization_table

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis" / "characters.txt"
HEADER = """\
# The class of every character: a letter (searchkit/analysis/characters.py has their names), and ranges of
# code points; a character that no line has is of class "-". Then the digits that sub- and superscripts
# stand for, the pairs of a base and a mark that compose to a character with another normal form, and the
# characters that stand for several others, or for a number, with these.
# Written by tools/character_classes.py from normalizer.txt and Unicode {version}.
"""
LINE_LENGTH = 118

# Han and other scripts whose words no spaces part, by what the names of their letters begin with. Each of
# their letters is a token.
_BY_CHARACTER = (
    "ANATOLIAN HIEROGLYPH", "BALINESE", "BOPOMOFO", "CJK", "CUNEIFORM", "EGYPTIAN HIEROGLYPH",
    "HALFWIDTH HANGUL", "HALFWIDTH KATAKANA", "HANGUL", "HENTAIGANA", "HIRAGANA", "IDEOGRAPHIC", "JAVANESE",
    "KANA", "KATAKANA", "KHITAN SMALL SCRIPT", "KHMER", "LAO ", "LINEAR A ", "LINEAR B ", "MASU MARK",
    "MYANMAR", "NEW TAI LUE", "NUSHU", "TAI LE", "TAI THAM", "TAI VIET", "TANGUT", "THAI",
    "VERTICAL IDEOGRAPHIC", "VERTICAL KANA", "YI ",
)  # fmt: skip

# Where marks are vowels and the like, which a word cannot be spelled without. Elsewhere they are accents, or
# vowels that most texts leave out.
_MARKS_ARE_LETTERS = (
    (0x0780, 0x07C0),  # Thaana
    (0x0900, 0x10A0),  # the scripts of India; Thai, Lao, Tibetan, Myanmar
    (0x1700, 0x17B4),  # the Philippines, Khmer
    (0x17B6, 0x1800),
    (0x1900, 0x1AB0),  # Limbu to Tai Tham
    (0x1B00, 0x1CD0),  # Balinese to Lepcha
    (0xA800, 0xAC00),  # Syloti Nagri to Meetei Mayek
    (0x10A00, 0x10A60),  # Kharoshthi
    (0x11000, 0x12000),  # the older scripts of India
    (0x16F00, 0x16FA0),  # Miao
)

_LINE_ENDS = "\n\v\f\r\x85\u2028\u2029"
# Letters and symbols by category, which show nothing; tones of skin; the stretch of an Arabic letter. The
# sound marks of half width are what U+3099 and U+309A are in full width.
_ALSO_INVISIBLE = "\u115f\u1160\u3164\uffa0\u0640\uff9e\uff9f" + "".join(map(chr, range(0x1F3FB, 0x1F400)))
# What stands for something that was lost, and a blank.
_NO_SYMBOLS = "\ufffc\ufffd\u2800"

# Where characters are that stand for several: ½, ℡, Ⅳ, ③, ❶, ㈱, ㎏, ﬁ. Arabic ligatures and emoji are not.
_EXPANDING = (
    (0x00BC, 0x00BF),
    (0x2100, 0x2190),
    (0x2460, 0x24B6),
    (0x24EA, 0x2500),
    (0x2776, 0x2794),
    (0x3200, 0x3400),
    (0xFB00, 0xFB18),
    (0x1F100, 0x1F130),
)

_TOKENS = (HAN, ASCII_LETTER, LATIN, DIGIT, WORD, SYMBOL)

_HALF_WIDTH = {"\u3099": "\uff9e", "\u309a": "\uff9f"}


def main() -> None:
    text = characters_file()
    TARGET.write_text(text, encoding="utf-8")
    print(f"{len(text.splitlines())} lines in {TARGET.name}")


def characters_file() -> str:
    """The text of characters.txt."""
    forms = normalization_table()
    rows = []
    expanded = expansions(forms)
    classes = [
        EXPANDS if code in expanded else class_of(forms.get(code, chr(code))) for code in range(0x110000)
    ]
    ranges: dict[str, list[str]] = {}
    start = 0
    for name, group in groupby(classes):
        end = start + len(list(group)) - 1
        ranges.setdefault(name, []).append(f"{start:X}" if start == end else f"{start:X}-{end:X}")
        start = end + 1
    del ranges[NONE]
    for name in sorted(ranges):
        rows += _row(name, ranges[name])
    digits = [code for code, name in enumerate(classes) if name == SMALL_DIGIT]
    rows += _row("digits", [f"{code:X}={unicodedata.digit(chr(code)):X}" for code in digits])
    pairs = compositions(forms)
    rows += _row(
        "compose", [f"{ord(base):X}+{ord(mark):X}={ord(pairs[base, mark]):X}" for base, mark in sorted(pairs)]
    )
    texts = {code: "+".join(f"{ord(each):X}" for each in text) for code, text in expanded.items()}
    rows += _row("expand", [f"{code:X}={texts[code]}" for code in sorted(texts)])
    return HEADER.format(version=unicodedata.unidata_version) + "\n".join(rows) + "\n"


def expansions(forms: dict[int, str]) -> dict[int, str]:
    """The characters that stand for a text of several, or for a number, and this text, normalized."""
    found = {}
    for code in (code for start, end in _EXPANDING for code in range(start, end)):
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character)
        if code in forms or unicodedata.decomposition(character).startswith(("<super>", "<sub>")):
            continue
        if unicodedata.category(character) == "No" and plain == character:  # ❶
            plain = f"{unicodedata.numeric(character):.0f}"
        text = "".join(_expanded(forms.get(ord(each), each)) for each in plain)
        if any(
            each.isdigit() for each in text
        ):  # what parts ⑴ and ⒈ from their neighbours is no text of theirs
            text = text.strip()
        if (len(plain) > 1 or text.isdecimal()) and set(map(class_of, text)) & set(_TOKENS):
            found[code] = text
    return found


def _expanded(character: str) -> str:
    """A character within an expansion: brackets and full stops of its own would be no one's."""
    name = class_of(character)
    assert name not in (INVISIBLE, LINE_END, PLUS, HASH, EXPANDS), character
    if character in "⁄∕":
        return "/"
    return character if name in _TOKENS or character in "/" else " "


def class_of(character: str) -> str:
    """The class of a character in normalized text."""
    code, category = ord(character), unicodedata.category(character)
    if character in _LINE_ENDS:
        return LINE_END
    if 0x20000 <= code < 0x3FFFE:  # assigned or not: these planes are for Han only
        return HAN
    if category in ("Cf", "Me") or character in _ALSO_INVISIBLE:
        return INVISIBLE
    if category in ("Mn", "Mc") and not any(start <= code < end for start, end in _MARKS_ARE_LETTERS):
        return INVISIBLE
    if character in "+#":
        return PLUS if character == "+" else HASH
    if "a" <= character <= "z":
        return ASCII_LETTER
    if category == "Nd":
        return DIGIT
    small = unicodedata.decomposition(character).startswith(("<super>", "<sub>"))
    if category[0] == "L" and (small or 0x02B0 <= code < 0x0300):  # modifier letters, ª, º
        return NONE
    if "ß" <= character < "ɐ" and category[0] == "L":
        return LATIN
    if category == "No" and small:
        return SMALL_DIGIT if unicodedata.digit(character, None) is not None else NONE
    if category[0] in "LM":
        name = unicodedata.name(character, "TANGUT")  # whose letters have no names in Python's data
        return HAN if name.startswith(_BY_CHARACTER) else WORD
    if category[0] == "N":
        return HAN
    if category in ("So", "Sc") or (category == "Sm" and code > 0x7F):
        return NONE if character in _NO_SYMBOLS else SYMBOL
    return NONE


def compositions(forms: dict[int, str]) -> dict[tuple[str, str], str]:
    """What a base and a mark, normalized, compose to where that is not what the base is; but for Hangul.

    Among them what Unicode calls composed but never composes itself, so that it is equal to its parts.
    """
    pairs = {}
    for code in range(0x110000):
        decomposed = unicodedata.decomposition(chr(code))
        if not decomposed or decomposed.startswith("<") or " " not in decomposed:
            continue
        base, mark = (chr(int(part, 16)) for part in decomposed.split())
        base, composed = forms.get(ord(base), base), forms.get(code, chr(code))
        if base == composed or class_of(base) == class_of(composed) == NONE or class_of(base) == INVISIBLE:
            continue
        assert pairs.setdefault((base, mark), composed) == composed, (base, mark)
        if mark in _HALF_WIDTH:
            pairs[base, _HALF_WIDTH[mark]] = composed
    return pairs


def _row(name: str, values: list[str]) -> list[str]:
    return textwrap.wrap(
        " ".join(values),
        LINE_LENGTH,
        initial_indent=f"{name} ",
        subsequent_indent=f"{name} ",
        break_on_hyphens=False,
    )


if __name__ == "__main__":
    main()
