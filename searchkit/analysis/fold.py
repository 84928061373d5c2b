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

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

__all__ = ["fold", "fold_table", "read_dictionary", "variants"]

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
    """The table of the fold, by code point: what is not in it stays as it is."""
    text = files("searchkit.analysis").joinpath("fold.txt").read_text(encoding="utf-8")
    characters, folded = (line for line in text.split("\n") if line and not line.startswith("# "))
    return dict(zip(map(ord, characters), folded, strict=True))


@cache
def _whole_table() -> dict[int, int]:
    """The same with the frequent characters that stay as they are.

    `str.translate` takes twice as long for a character that it does not find, and is quickest with numbers.
    """
    table = {code: code for start, end in _FREQUENT for code in range(start, end)}
    table.update((code, ord(folded)) for code, folded in fold_table().items())
    return table


def read_dictionary(name: str) -> Iterator[tuple[str, list[str]]]:
    """The entries of a dictionary of OpenCC: what is converted, and what it may become."""
    text = files("opencc").joinpath("dictionary", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        source, _, targets = line.partition("\t")
        if targets:
            yield source, targets.split()


@cache
def _sources() -> dict[str, str]:
    """For every target of the fold, all characters that become it, itself first."""
    sources: dict[str, list[str]] = {}
    for code, target in fold_table().items():
        sources.setdefault(target, [target]).append(chr(code))
    return {target: "".join(dict.fromkeys(characters)) for target, characters in sources.items()}
