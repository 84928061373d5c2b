"""Suggestions: a document -> the keys under which its title and its words are suggested.

A key is what a person may type: the tokens of the text, its pinyin, or the initials of the pinyin. A
separator follows, and then the text to suggest, as the document writes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from searchkit.analysis import Kind, Terms, tokenize
from searchkit.analysis.characters import LATIN_RANGES
from searchkit.analysis.function_words import FUNCTION_WORDS
from searchkit.analysis.kernel import compiled
from searchkit.analysis.pinyin import pinyin_keys, typed_readings

SEPARATOR = "\x1f"
SOUND = "\x1e"
"""Begins the keys of pinyin, to tell them from Latin words."""
_LONGEST_TITLE = 80
LONGEST_KEY = 24
"""Longer keys are cut: nobody types a whole title to have it completed."""
# A word that the body has at least so often is what the document is about.
_OFTEN = 2
# A word that is not found costs a look through the rest of the text.
_MOST_MISSED = 100
_latin_start = re.compile(f"[{LATIN_RANGES}]").match


def typed_key(text: str) -> str:
    """The prefix of keys for what a person typed, and the key of what is stored: its tokens in one.

    Nobody types the punctuation of a title. A space stands between two words or two numbers only.

    >>> typed_key("让·雅克·卢梭传"), typed_key("2024—25赛季"), typed_key("GPT-4 Turbo")
    ('让雅克卢梭传', '2024 25赛季', 'gpt4turbo')
    """
    tokens = tokenize(text)
    key, last = [], -1
    for token, kind in zip(tokens.texts, tokens.kinds):
        if kind != Kind.SYMBOL:
            key.append(f" {token}" if kind == last and kind != Kind.HAN else token)
            last = kind
    return "".join(key)


def sound_keys(key: str) -> list[str]:
    """The prefixes of pinyin keys for a typed key: letters only, so xi'an and wang yi work too."""
    return [SOUND + sound[:LONGEST_KEY] for sound in typed_readings(key.replace(" ", "")[:LONGEST_KEY])]


def split_key(term: str) -> tuple[str, str]:
    """The key, and the text to suggest."""
    key, _, shown = term.partition(SEPARATOR)
    return key, shown


def title_keys(title: str, pinyin: bool) -> tuple[str, ...]:
    """The keys of a whole title."""
    key, shown = typed_key(title), " ".join(title.split())[:_LONGEST_TITLE]
    if not key:
        return ()
    return f"{key[:LONGEST_KEY]}{SEPARATOR}{shown}", *(_sounds([shown]) if pinyin else ())


def word_keys(title: str, title_terms: Terms, body: str, body_terms: Terms, pinyin: bool) -> tuple[str, ...]:
    """The keys of the words of the title, and of those that the body repeats."""
    shown = suggested_words(body, body_terms.normalized, body_terms.words, _OFTEN, FUNCTION_WORDS)
    shown.update(suggested_words(title, title_terms.normalized, title_terms.words, 1, FUNCTION_WORDS))
    for word in [*shown]:
        if not (word.isalpha() or (word.isascii() and word.isalnum())):  # it may have punctuation within
            shown[typed_key(word)] = shown.pop(word)
    keys = [f"{key[:LONGEST_KEY]}{SEPARATOR}{text}" for key, text in shown.items()]
    return *keys, *(_sounds(shown.values()) if pinyin else ())


def python_suggested_words(
    text: str, normalized: str, words: str, least: int, left_out: frozenset[str]
) -> dict[str, str]:
    """The words that are worth suggesting, and how the text writes each where it first stands.

    ``words`` are those of the text in their order, joined by spaces; one that it has fewer than ``least``
    times is not worth suggesting.
    """
    shown = {}
    at = missed = 0
    for word, count in Counter(words.split(" ")).items():
        # This runs for every word of an archive, so no function of ours is called.
        if (
            count >= least
            and len(word) > 1
            and word not in left_out
            and (_latin_start(word) is None or (len(word) > 2 and not word.isdigit()))
        ):
            # The first of each stand in this order, so all of them are found in one way through the text.
            place = normalized.find(word, at)
            if place >= 0:
                at = place + len(word)
                shown[word] = text[place:at]
            elif (missed := missed + 1) == _MOST_MISSED:
                break
    return shown


suggested_words: Callable[[str, str, str, int, frozenset[str]], dict[str, str]]
suggested_words = compiled.suggested_words if compiled else python_suggested_words
"""`python_suggested_words`, compiled where it can be."""


def _sounds(texts: Iterable[str]) -> list[str]:
    """The keys of pinyin."""
    return [f"{SOUND}{key[:LONGEST_KEY]}{SEPARATOR}{text}" for text in texts for key in pinyin_keys(text)]
