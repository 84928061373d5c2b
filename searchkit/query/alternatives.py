"""alternatives: words of a query -> what else they find, regional words and synonyms.

A word has an alternative where the text of the query has it as a whole word, or as several: 人工 智慧 finds
人工智能 as well, and machine learning finds a synonym of both. Each of the several words then matches where
the alternative stands, so the alternative counts for as many words as it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from searchkit.query.analyzed_text import AnalyzedText

__all__ = ["SynonymMap", "with_alternatives"]

SynonymMap = Mapping[str, Sequence[str]]
"""For the `searchkit.query.synonyms.key_of_text` of a text, what else finds it."""

# Of Cyrillic, Greek or Hangul each letter is a word, so that a single word there has many.
_MOST_WORDS = 32


def with_alternatives(
    texts: Sequence[AnalyzedText],
    synonym_maps: Sequence[SynonymMap],
    analyze: Callable[[str], AnalyzedText],
) -> list[AnalyzedText]:
    """Texts that stand side by side, with the alternatives of their words."""
    words = [
        (number, word, " ".join(text.tokens_of[word]))
        for number, text in enumerate(texts)
        for word in text.words
    ]
    found: dict[int, dict[str, dict[str, AnalyzedText]]] = {}
    for start in range(len(words)):
        key = ""
        for end in range(start, min(start + _MOST_WORDS, len(words))):
            key = f"{key} {words[end][2]}".lstrip()
            for synonym_map in synonym_maps:
                for other in synonym_map.get(key, ()):
                    alternative = analyze(other)
                    if alternative.tokens:
                        for number, word, _ in words[start : end + 1]:
                            found.setdefault(number, {}).setdefault(word, {})[other] = alternative
    with_others = list(texts)
    for number, words_found in found.items():
        alternatives = {word: tuple(others.values()) for word, others in words_found.items()}
        with_others[number] = texts[number]._replace(alternatives=alternatives)
    return with_others
