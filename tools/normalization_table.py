"""Writes searchkit/analysis/normalizer.txt: every character that the normalizer changes, and its normal form.

From the dictionaries of OpenCC that `opencc-python-reimplemented` ships, from han_variants.txt beside this
file, and from Python's Unicode data. Run it when any of them, or a rule here, changes.
docs/decisions/0002-normalization.md has the reasons for the rules.

    python tools/normalization_table.py
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

from searchkit.analysis.normalizer import read_dictionary
from searchkit.analysis.tokens import LINE_BREAK

TARGET = Path(__file__).parent.parent / "searchkit" / "analysis" / "normalizer.txt"
HAN_VARIANTS = Path(__file__).with_name("han_variants.txt")
HEADER = """\
# Characters, and in the line behind them what each becomes. Written by tools/normalization_table.py from the
# dictionaries of OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0), from tools/han_variants.txt and from
# Unicode {version}.
"""

# Japanese forms which are, in Chinese, common characters of another meaning: 欠 owe and
# 缺 lack, 予 give and 豫 Henan, 沪 Shanghai and 滤 filter, 连 link and 联 unite; 弁 stands for
# three (瓣辨辯). Normalizing them would find unrelated words.
_JAPANESE_FORMS_KEPT_APART = frozenset("欠予沪連连弁")

# The segmenter knows mainland spelling, so of each class the character that is most used there stands for
# all. Where two are as frequent by the measure of `_han_table`, this one does.
_MORE_USUAL = frozenset("着划借坂颚鲶")

_DICTIONARIES = (
    "TSCharacters.txt",
    "STCharacters.txt",
    "TWVariants.txt",
    "HKVariants.txt",
    "JPVariants.txt",
)

# Where compatibility forms, case and accents are; elsewhere only variants of Han characters
# are normalized.
_BLOCKS = (
    (0x0041, 0x0250),  # Latin
    (0x0370, 0x0530),  # Greek, Cyrillic
    (0x0531, 0x0557),  # Armenian
    (0x10A0, 0x1100),  # Georgian
    (0x1E00, 0x2000),  # Latin with accents, Greek with accents
    (0x2100, 0x2190),  # letterlike: K (Kelvin), Å (Ångström); Roman numerals of one letter
    (0x24B6, 0x24EA),  # letters in circles
    (0x2E80, 0x2FE0),  # radicals
    (0x3280, 0x32B1),  # Han in circles
    (0x32D0, 0x32FF),  # Katakana in circles
    (0xA640, 0xA7F0),  # Cyrillic and Latin, extended
    (0xF900, 0xFB00),  # Han, compatibility
    (0xFB1D, 0xFB50),  # Hebrew with points
    (0xFF01, 0xFFEF),  # full and half width
    (0x1D400, 0x1D800),  # mathematical letters, which social media use as bold
    (0x1F130, 0x1F14A),  # letters in squares
    (0x2F800, 0x2FA20),  # Han, compatibility
)


# One sign each: the zero of Chinese years, as a circle; the ratio; the vertical 々.
_SIGNS = {"○": "〇", "◯": "〇", "∶": ":", "〻": "々"}
# In full width it parts sentences, and only a comma of half width stands within the number 1,000.
_KEPT = frozenset("，")


def main() -> None:
    table = normalization_table()
    rows = ["".join(map(chr, table)), "".join(table.values())]
    header = HEADER.format(version=unicodedata.unidata_version)
    TARGET.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(table)} characters in {TARGET.name}")


def normalization_table() -> dict[int, str]:
    """Every character with another normal form, by code point, and that form."""
    han = han_table()
    table = {}
    for start, end in _BLOCKS:
        for code in range(start, end):
            normalized = _fold_form(chr(code))
            normalized = _SIGNS.get(normalized) or han.get(normalized, normalized)
            if normalized != chr(code):
                table[code] = normalized
    table.update((ord(character), normalized) for character, normalized in han.items())
    table.update((ord(sign), normalized) for sign, normalized in _SIGNS.items())
    table[ord(LINE_BREAK)] = "·"  # so that no text contains LINE_BREAK, which the analysis uses
    return dict(sorted(table.items()))


def _fold_form(character: str) -> str:
    """`character` without its width, case and accent; itself where that is not one character."""
    plain = unicodedata.normalize("NFKC", character)
    # ① and ² stay characters of their own: as digits they would melt into the number beside them.
    if (
        character in _KEPT
        or (unicodedata.category(character) == "No" and plain.isdecimal())
        or unicodedata.decomposition(character).startswith(("<super>", "<sub>"))
    ):
        return character
    if (
        len(plain) > 1 and unicodedata.category(character) == "Nl"
    ):  # Ⅳ, which tools/character_classes.py expands
        return character
    if len(plain) > 1:  # Hebrew with points stays decomposed
        plain = _without_accent(character)
    # A letter stays a letter: the sound mark ﾞ is no ゙ that stands on the letter before.
    if len(plain) != 1 or plain.isspace() or (character.isalnum() and not plain.isalnum()):
        return character
    plain = _without_accent(plain)
    for lowered in (plain.casefold(), plain.lower()):
        if len(lowered) == 1:
            return _without_accent(lowered)
    return plain


def _without_accent(character: str) -> str:
    """The letter under its accents, for Latin, Greek and Hebrew; が is another letter than か."""
    decomposed = unicodedata.normalize("NFKD", character)
    base, marks = decomposed[0], decomposed[1:]
    accented = marks and all(unicodedata.combining(mark) for mark in marks)
    if accented and (ord(base) < 0x0400 or "א" <= base <= "ײ"):
        return base
    return character


def han_table() -> dict[str, str]:
    """Every Han character that has a more usual form, and that form.

    All that OpenCC may turn into one another is one class: also 瞭 and 了, which it tells apart by the word
    (明瞭, but 了解), so that a query means the same after any conversion. The pairs of han_variants.txt join
    the class of the usual form.
    """
    classes: dict[str, set[str]] = {}
    first_target = Counter(targets[0] for _, targets in read_dictionary("TSCharacters.txt"))
    for name in _DICTIONARIES:
        for source, targets in read_dictionary(name):
            for target in targets:
                if name == "JPVariants.txt" and target in _JAPANESE_FORMS_KEPT_APART:
                    continue
                merged = classes.get(source, {source}) | classes.get(target, {target})
                classes.update(dict.fromkeys(merged, merged))

    def usage(character: str) -> tuple[object, ...]:
        return character in _MORE_USUAL, _gb2312_level(character), first_target[character], -ord(character)

    table = {}
    for members in {id(members): members for members in classes.values()}.values():
        usual = max(members, key=usage)
        table.update(dict.fromkeys(members - {usual}, usual))
    more = more_variants()
    for variant, usual in more.items():
        usual = more.get(usual, usual)  # of a radical whose character is a variant
        table[variant] = table.get(usual, usual)
    # What the dictionaries turn into a variant goes on with it.
    return {character: more.get(usual, usual) for character, usual in table.items()}


def more_variants() -> dict[str, str]:
    """The pairs of han_variants.txt: a character that the dictionaries lack, and its usual form."""
    lines = HAN_VARIANTS.read_text(encoding="utf-8").splitlines()
    pairs = [pair for line in lines if not line.startswith("#") for pair in line.split()]
    return {variant: usual for variant, usual in pairs}  # noqa: C416 (each pair is a text of two characters)


def _gb2312_level(character: str) -> int:
    """2 for the 3,755 most frequent characters of GB 2312, 1 for its others, 0 for any other."""
    try:
        return 2 if character.encode("gb2312")[0] < 0xD8 else 1
    except UnicodeEncodeError:
        return 0


if __name__ == "__main__":
    main()
