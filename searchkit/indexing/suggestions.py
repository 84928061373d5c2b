"""completions: a document -> the keys under which its title and its words are suggested.

A key is what somebody may type (the folded text, its pinyin, the initials of that), and behind a separator
what is suggested then, as it stands in the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from searchkit.analysis import Terms, is_latin
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.analysis.pinyin import pinyin_keys

__all__ = ["LONGEST_KEY", "SEPARATOR", "sound_key", "split_key", "title_keys", "typed_key", "word_keys"]

SEPARATOR = "\x1f"
SOUND = "\x1e"
"""Begins the keys of pinyin, so that they do not get in the way of Latin words."""
_LONGEST_TITLE = 80
LONGEST_KEY = 24
"""What is longer is looked up by its beginning: nobody types a whole title to have it completed."""
# A word of the body is suggested when the document is about it: when it comes so often.
_OFTEN = 2


def typed_key(normalized: str) -> str:
    """What a person typed, as a key begins: from the first letter on, with single spaces."""
    start = next((at for at, character in enumerate(normalized) if character.isalnum()), len(normalized))
    return " ".join(normalized[start:].split())


def sound_key(typed: str) -> str:
    """What a person typed, as a key of pinyin begins: letters only, so that xi'an and wang yi will do."""
    return SOUND + "".join(character for character in typed if character.isalnum())[:LONGEST_KEY]


def split_key(entry: str) -> tuple[str, str]:
    """The key, and what is suggested."""
    key, _, shown = entry.partition(SEPARATOR)
    return key, shown


def title_keys(title: str, terms: Terms, *, pinyin: bool) -> tuple[str, ...]:
    """The keys of a whole title."""
    shown = " ".join(title.split())[:_LONGEST_TITLE]
    key = typed_key(terms.normalized)
    return tuple(_entries([(key, shown)], pinyin)) if key else ()


def word_keys(
    title: str, title_terms: Terms, body: str, body_terms: Terms, *, pinyin: bool
) -> tuple[str, ...]:
    """The keys of the words of the title, and of those that come again and again in the body."""
    counts = Counter(body_terms.words.split(" "))
    often = [word for word, count in counts.items() if count >= _OFTEN]
    words = dict(_located(body, body_terms.normalized, often))
    words.update(_located(title, title_terms.normalized, dict.fromkeys(title_terms.words.split(" "))))
    return tuple(_entries(words.items(), pinyin))


def _located(text: str, normalized: str, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of the words that are worth it, and how it is written where it first stands."""
    for word in words:
        if _is_worth(word) and (at := normalized.find(word)) >= 0:
            yield word, text[at : at + len(word)]


def _is_worth(word: str) -> bool:
    if is_latin(word):
        return len(word) > 2 and not word.isdigit() and word not in FUNCTION_WORDS
    return len(word) > 1 and word not in FUNCTION_WORDS


def _entries(keys: Iterable[tuple[str, str]], pinyin: bool) -> Iterator[str]:
    for key, shown in keys:
        yield f"{key[:LONGEST_KEY]}{SEPARATOR}{shown}"
        for sound in pinyin_keys(key) if pinyin else ():
            yield f"{sound_key(sound)}{SEPARATOR}{shown}"
