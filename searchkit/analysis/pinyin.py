"""Pinyin: a Chinese word -> how it sounds; needs the extra ``searchkit[pinyin]``."""

from __future__ import annotations

from functools import lru_cache


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
        raise ImportError("pinyin needs pypinyin: pip install 'searchkit[pinyin]'")


@lru_cache(maxsize=100_000)
def pinyin_keys(normalized: str) -> tuple[str, ...]:
    """The syllables of a normalized text in one, without tones, and their initials; nothing where there is
    no Han.

    >>> pinyin_keys("王毅")
    ('wangyi', 'wy')
    """
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(normalized, style=Style.NORMAL, errors=_letters_only, v_to_u=False)
    if not syllables or all(character.isascii() for character in normalized):
        return ()
    whole = "".join(syllables)
    initials = "".join(syllable[0] for syllable in syllables if syllable)
    return tuple(dict.fromkeys(key for key in (whole, initials) if key))


def _letters_only(text: str) -> str:
    return "".join(character for character in text if character.isascii() and character.isalnum())
