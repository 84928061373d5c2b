"""Normalizer: text -> the same text with one form of every character (a character filter).

Traditional and Simplified, the forms of Taiwan, Hong Kong and Japan, full and half width, upper and lower
case, accented and plain Latin letters become one. Each character becomes exactly one character, so an offset
in the normalized text *is* an offset in the original, and a highlight needs no map.

The variants come from the dictionaries of OpenCC (https://github.com/BYVoid/OpenCC, Apache-2.0) as
`opencc-python-reimplemented` ships them. Conversion *in context*, what OpenCC is for, would be wrong here: it
turns 乾 into 干 but leaves 乾隆, so a search for one would miss the other. Character by character, the result
cannot depend on the context. See docs/decisions/0002-normalization.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pkgutil import get_data  # importlib.resources takes ten milliseconds to import

# ASCII and Latin, punctuation, Han characters, full width.
_FREQUENT = ((0x0, 0x250), (0x2000, 0x2070), (0x3000, 0x3100), (0x4E00, 0xA000), (0xFF00, 0xFFF0))


@lru_cache(maxsize=10_000)
def variants(character: str) -> str:
    """All characters with the same normalized form as `character`, itself among them.

    >>> variants("国")
    '国囯圀國'
    """
    characters, normalized = normalization_columns()
    target = character.translate(form_table())
    found, at = [target], normalized.find(target)
    while at >= 0:
        found.append(characters[at])
        at = normalized.find(target, at + 1)
    return "".join(dict.fromkeys(found))


@cache
def normalization_table() -> dict[int, str]:
    """The normalized form by code point; a character that is not in it stays as it is."""
    characters, normalized = normalization_columns()
    return dict(zip(map(ord, characters), normalized, strict=True))


@cache
def normalization_columns() -> tuple[str, str]:
    """The characters that change, and at the same places their normalized forms."""
    text = read_resource("searchkit.analysis", "normalizer.txt")
    characters, normalized = (line for line in text.split("\n") if line and not line.startswith("# "))
    return characters, normalized


@cache
def form_table() -> dict[int, int]:
    """The same table as numbers, with the frequent characters that stay as they are, for `str.translate`.

    That takes twice as long for a character that is missing, and is fastest with numbers.
    """
    table: dict[int, int] = {}
    for codes in _FREQUENT:
        table.update(zip(range(*codes), range(*codes), strict=True))
    characters, normalized = normalization_columns()
    table.update(zip(map(ord, characters), map(ord, normalized), strict=True))
    return table


def read_resource(package: str, name: str) -> str:
    """A text file that comes with a package, UTF-8."""
    return (get_data(package, name) or b"").decode("utf-8").replace("\r\n", "\n")


def read_dictionary(name: str) -> Iterator[tuple[str, list[str]]]:
    """The entries of a dictionary of OpenCC: what is converted, and what it may become."""
    for line in read_resource("opencc", f"dictionary/{name}").split("\n"):
        source, _, targets = line.partition("\t")
        if targets:
            yield source, targets.split()
