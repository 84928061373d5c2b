"""Fold: text -> the same text with one form of every character.

Traditional and Simplified, the forms of Taiwan, Hong Kong and Japan, full and half
width, upper and lower case, accented and plain Latin letters become one. Each
character becomes exactly one character, so an offset in the folded text *is* an offset in
the original, and a highlight needs no map.

The variants come from the dictionaries of OpenCC (https://github.com/BYVoid/OpenCC,
Apache-2.0) as `opencc-python-reimplemented` ships them. Conversion *in context*, what
OpenCC is for, would be wrong here: it turns 乾 into 干 but leaves 乾隆, so a search for one
would miss the other. Character by character, the fold cannot disagree with itself.
See docs/decisions/0002-fold.md.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from searchkit.analysis.units import LINE_END

__all__ = ["fold", "fold_table", "read_dictionary", "variants"]

# Japanese forms which are, in Chinese, common characters of another meaning: 欠 owe and
# 缺 lack, 予 give and 豫 Henan, 沪 Shanghai and 滤 filter, 连 link and 联 unite; 弁 stands for
# three (瓣辨辯). Folding them would find what nobody asked for.
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

# Where compatibility forms, case and accents are; outside of these nothing is folded but
# the variants of Han characters.
_BLOCKS = (
    (0x0041, 0x0250),  # Latin
    (0x0370, 0x0530),  # Greek, Cyrillic
    (0x0531, 0x0557),  # Armenian
    (0x10A0, 0x1100),  # Georgian
    (0x1E00, 0x2000),  # Latin with accents, Greek with accents
    (0x2100, 0x2150),  # letterlike: K (Kelvin), Å (Ångström)
    (0x2E80, 0x2FE0),  # radicals
    (0xA640, 0xA7F0),  # Cyrillic and Latin, extended
    (0xF900, 0xFB00),  # Han, compatibility
    (0xFF01, 0xFFEF),  # full and half width
    (0x1D400, 0x1D800),  # mathematical letters, which social media use as bold
    (0x2F800, 0x2FA20),  # Han, compatibility
)


# ASCII and Latin, punctuation, Han characters, full width.
_FREQUENT = ((0x0, 0x250), (0x2000, 0x2070), (0x3000, 0x3100), (0x4E00, 0xA000), (0xFF00, 0xFFF0))


def fold(text: str) -> str:
    """`text` with one form of every character; of the same length."""
    return text.translate(_whole_table())


def variants(character: str) -> str:
    """All characters that fold to what `character` folds to, itself among them.

    >>> variants("国")
    '国國'
    """
    target = fold_table().get(ord(character), character)
    return _sources().get(target, target)


@cache
def fold_table() -> dict[int, str]:
    """The table of the fold, for `str.translate`: what is not in it stays as it is."""
    han = _han_table()
    table = {}
    for start, end in _BLOCKS:
        for code in range(start, end):
            folded = _fold_form(chr(code))
            folded = han.get(folded, folded)
            if folded != chr(code):
                table[code] = folded
    table.update((ord(character), folded) for character, folded in han.items())
    table[ord(LINE_END)] = "·"  # searched by nobody, and left free for the analysis
    return table


@cache
def _whole_table() -> dict[int, int]:
    """The same with the frequent characters that stay as they are.

    `str.translate` takes twice as long for a character that it does not find, and is quickest with numbers.
    """
    table = {code: code for start, end in _FREQUENT for code in range(start, end)}
    table.update((code, ord(folded)) for code, folded in fold_table().items())
    return table


def _fold_form(character: str) -> str:
    """`character` without its width, case and accent; itself where that is not one character."""
    # ①, ² and Ⅳ stay characters of their own: as digits they would melt into the number beside them.
    if unicodedata.category(character) in ("No", "Nl") or unicodedata.decomposition(character).startswith(
        ("<super>", "<sub>")
    ):
        return character
    plain = unicodedata.normalize("NFKC", character)
    # A letter stays a letter: the sound mark ﾞ is no ゙ that stands on the letter before.
    if len(plain) != 1 or plain.isspace() or (character.isalnum() and not plain.isalnum()):
        return character
    plain = _without_accent(plain)
    for lowered in (plain.casefold(), plain.lower()):
        if len(lowered) == 1:
            return _without_accent(lowered)
    return plain


def _without_accent(character: str) -> str:
    """The letter under its accents, for Latin and Greek; が is another letter than か."""
    decomposed = unicodedata.normalize("NFKD", character)
    base, marks = decomposed[0], decomposed[1:]
    if marks and all(unicodedata.combining(mark) for mark in marks) and ord(base) < 0x0400:
        return base
    return character


def _han_table() -> dict[str, str]:
    """Every Han character that has a more usual form, and that form.

    All that OpenCC may turn into one another is one class: also 瞭 and 了, which it tells apart by the word
    (明瞭, but 了解), so that a query means the same after any conversion.
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
    return table


def read_dictionary(name: str) -> Iterator[tuple[str, list[str]]]:
    """The entries of a dictionary of OpenCC: what is converted, and what it may become."""
    text = files("opencc").joinpath("dictionary", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        source, _, targets = line.partition("\t")
        if targets:
            yield source, targets.split()


def _gb2312_level(character: str) -> int:
    """2 for the 3,755 most frequent characters of GB 2312, 1 for its others, 0 for any other."""
    try:
        return 2 if character.encode("gb2312")[0] < 0xD8 else 1
    except UnicodeEncodeError:
        return 0


@cache
def _sources() -> dict[str, str]:
    """For every target of the fold, all characters that become it, itself first."""
    sources: dict[str, list[str]] = {}
    for code, target in fold_table().items():
        sources.setdefault(target, [target]).append(chr(code))
    return {target: "".join(dict.fromkeys(characters)) for target, characters in sources.items()}
