"""Pinyin: a Chinese word -> how it sounds; needs the extra ``searchkit-zh[pinyin]``.

It is made of the text as it is written: the normalizer takes 乾 for 干 and 著 for 着, which are read in
another way. OpenCC turns traditional words into the simplified ones that pypinyin's dictionary has.
``pinyin.txt`` has the readings that are missing there: those of surnames, and of words that are read in
several ways.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from searchkit.analysis.kernel import normalize
from searchkit.analysis.normalizer import read_resource

if TYPE_CHECKING:
    from opencc import OpenCC

_MOST_READINGS = 3
"""How many readings a text has at most: each is a key in the index."""
_MOST_TYPED = 8
"""For how many readings what is typed may stand."""
_LONGEST_NAME = 4
# lü and nü are typed lv, lu or lyu. No syllable ends in l, but many in n, so nyu may be n and yu as well.
_ROUNDED = re.compile("[ln]y?u|ly$")

_Sound = tuple[str, ...]
"""A reading: the syllables, and what is no Han as it is."""


def has_pinyin() -> bool:
    """Is pypinyin installed?"""
    try:
        import pypinyin  # noqa: F401
    except ImportError:
        return False
    return True


def require_pinyin() -> None:
    """Raises ImportError with the way out where pypinyin is not installed."""
    if not has_pinyin():
        raise ImportError("pinyin needs pypinyin: pip install 'searchkit-zh[pinyin]'")


def pinyin_keys(written: str) -> tuple[str, ...]:
    """How a text may be typed by its sound: its `readings`, then their initials.

    >>> pinyin_keys("王毅")
    ('wangyi', 'wy')
    """
    sounds = _sounds(written)
    initials = ["".join(syllable[0] for syllable in sound) for sound in sounds]
    return tuple(dict.fromkeys((*map("".join, sounds), *initials)))


def readings(written: str) -> tuple[str, ...]:
    """The syllables of a text as it is written, in one, without tones, ü as v; nothing where there is no Han.

    Up to three, the likeliest first, where it is read in several ways: 曾 is Zeng in names.

    >>> readings("大夫")
    ('dafu', 'daifu')
    """
    return tuple(dict.fromkeys(map("".join, _sounds(written))))


def character_readings(character: str) -> tuple[str, ...]:
    """How one character is read, in everyday use and as a surname."""
    surname = _table().surnames.get(character, ())
    return tuple(dict.fromkeys(sound for (sound,) in (*_readings_of(character), *surname)))


def typed_readings(typed: str) -> list[str]:
    """The readings for which typed letters may stand: ü is typed as v, as u, or as yu.

    >>> typed_readings("zhanlue")
    ['zhanlue', 'zhanlve']
    """
    found, at = [""], 0
    for match in _ROUNDED.finditer(typed):
        if len(found) == _MOST_TYPED:
            break
        syllable, rounded = match[0], match[0][0] + "v"
        choices = [rounded] if syllable == "lyu" else [syllable, rounded]  # ly may be initials
        found = [before + typed[at : match.start()] + choice for before in found for choice in choices]
        at = match.end()
    return [before + typed[at:] for before in found]


@lru_cache(maxsize=100_000)
def _sounds(written: str) -> tuple[_Sound, ...]:
    """The readings of a text, the likeliest first."""
    if written.isascii():
        return ()
    pieces = _pieces(written)
    choices = [_readings_of(piece) for piece in pieces]
    if not any(choices):
        return ()
    given: list[Sequence[_Sound]] = []
    for is_han, group in groupby(zip(pieces, choices), lambda one: bool(one[1])):
        others, found = zip(*group)
        given += found if is_han else [_letters_only(others)]
    sounds = _likeliest(given)
    if len(pieces) > 1 and len(written) <= _LONGEST_NAME and (names := _table().surnames.get(pieces[0])):
        sounds = [*_likeliest([names, *given[1:]]), *sounds]
    return tuple(islice(dict.fromkeys(sounds), _MOST_READINGS))


def _likeliest(choices: Iterable[Sequence[_Sound]]) -> list[_Sound]:
    """The readings of a text by those of its pieces, of which each has the likeliest first."""
    found: list[tuple[int, _Sound]] = [(0, ())]
    for sounds in choices:
        longer = [(cost + at, before + sound) for cost, before in found for at, sound in enumerate(sounds)]
        found = sorted(longer, key=itemgetter(0))[:_MOST_READINGS]
    return [sound for _, sound in found]


def _pieces(written: str) -> list[str]:
    """Words that a dictionary has the readings of, and single characters, all in simplified spelling."""
    normalized = normalize(written)
    if normalized == written:
        return _cut(written)
    simplified = _converter().convert(written)
    if len(simplified) != len(written):
        return _cut(normalized)
    readable = _readings_by_code()
    text = "".join(
        one if ord(one) in readable else other for one, other in zip(simplified, normalize(simplified))
    )
    # 著名 is a word and 着名 is none, but 沿着 is one and 沿著 is none: what is known has fewer pieces.
    return min(_cut(text), _cut(normalized), key=len) if text != normalized else _cut(text)


def _cut(text: str) -> list[str]:
    from pypinyin.seg.mmseg import seg

    pieces: list[str] = []
    for number, part in enumerate(_own_words().split(text)):
        pieces += [part] if number % 2 else seg.cut(part)
    return pieces


def _readings_of(piece: str) -> Sequence[_Sound]:
    """The readings of a word or of a character; none of what is no Han."""
    from pypinyin.constants import PHRASES_DICT

    table = _table()
    if own := table.words.get(piece) or table.characters.get(piece):
        return own
    if phrase := PHRASES_DICT.get(piece):
        return _likeliest([[(_plain(sound),) for sound in sounds] for sounds in phrase])
    sounds = _readings_by_code().get(ord(piece), "") if len(piece) == 1 else ""
    return [(_plain(sounds.partition(",")[0]),)] if sounds else []


def _plain(syllable: str) -> str:
    """The syllable without its tone, with ü as v."""
    return syllable.translate(_plain_letters())


@cache
def _plain_letters() -> dict[int, str]:
    letters = {}
    for toned in "āáǎàēéěèêếềīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ\u0300\u0304\u030c":
        parts = unicodedata.normalize("NFD", toned)
        letters[ord(toned)] = "v" if "\u0308" in parts else parts[0] if parts[0].isascii() else ""
    return letters


def _letters_only(pieces: Iterable[str]) -> Sequence[_Sound]:
    """What a keyboard has of a text without Han, as one syllable."""
    letters = "".join(one for piece in pieces for one in piece if one.isascii() and one.isalnum())
    return [(letters,) if letters else ()]


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _readings_by_code() -> dict[int, str]:
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT


@cache
def _own_words() -> re.Pattern[str]:
    words = sorted(_table().words, key=len, reverse=True)
    return re.compile(f"({'|'.join(words)})")


class _Table(NamedTuple):
    """The sections of ``pinyin.txt``: readings by what is read."""

    characters: dict[str, tuple[_Sound, ...]]
    surnames: dict[str, tuple[_Sound, ...]]
    words: dict[str, tuple[_Sound, ...]]


@cache
def _table() -> _Table:
    sections: dict[str, dict[str, tuple[_Sound, ...]]] = {}
    for line in read_resource("searchkit.analysis", "pinyin.txt").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            read, *sounds = line.split(" ")
            section[read] = tuple(tuple(sound.split("'")) for sound in sounds)
    return _Table(**sections)
