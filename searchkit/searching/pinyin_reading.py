"""Pinyin reading: Latin words that find next to nothing -> the Chinese words that sound like them.

Who types ``xijinping`` into a search box means 习近平, where the index has pinyin and no document has what
was typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate

from msgspec import structs

from searchkit.analysis import Kind, normalize, tokenize
from searchkit.analysis.pinyin import has_pinyin, readings, typed_readings
from searchkit.engine.base import Snapshot
from searchkit.indexing.suggestions import LONGEST_KEY, SEPARATOR, SOUND, split_key
from searchkit.query.ast import AndNode, BoostNode, OrNode, QueryNode, TextNode
from searchkit.schema import WORDS
from searchkit.searching.spelling import LITTLE
from searchkit.settings import Settings

_SHORTEST = 3
_MOST_WORDS = 3
_LOOKED_AT = 50
_MOST_LOOK_UPS = 60
_TIMES_MORE = 10
_RARER = 10
"""Of words with one sound, those that are so many times as rare as the first are not meant."""
_OWN_WEIGHT = 10.0
"""What documents have as it was typed comes first."""


def pinyin_words(letters: str, snapshot: Snapshot, settings: Settings) -> list[str]:
    """The words of the index that sound like the letters, as documents write them, most frequent first."""
    if not settings.pinyin or not has_pinyin() or not _SHORTEST <= len(letters) <= LONGEST_KEY:
        return []
    counts: Counter[str] = Counter()
    spellings: dict[str, tuple[int, str]] = {}
    for sound in typed_readings(letters):
        for entry, count in snapshot.terms_with_prefix(WORDS, SOUND + sound + SEPARATOR, limit=_LOOKED_AT):
            shown = split_key(entry)[1]
            # Initials have keys too, and are no reading.
            if sound in readings(shown):
                word = normalize(shown)
                counts[word] += count
                spellings[word] = max(spellings.get(word, (0, "")), (count, shown))
    return [spellings[word][1] for word, _ in counts.most_common()]


def as_pinyin(
    query: QueryNode, count: Callable[[QueryNode], int], snapshot: Snapshot, settings: Settings
) -> tuple[QueryNode, str] | None:
    """The query with its Latin words read as pinyin, and how they are read.

    None where they find something themselves, or are no pinyin of words that the index has.
    """
    children = query.children if isinstance(query, AndNode) else (query,)
    typed = tuple(child for child in children if _letters(child))
    if not typed or _is_frequent(typed, snapshot):
        return None
    own = typed[0] if len(typed) == 1 else AndNode(typed)
    found = count(own)
    if found > LITTLE:
        return None
    words = _read([_letters(child) for child in typed], snapshot, settings)
    if not words:
        return None
    meant = [_any_of(choices) for choices in words]
    meaning = meant[0] if len(meant) == 1 else AndNode(tuple(meant))
    if count(meaning) < max(found * _TIMES_MORE, 1):
        return None
    node = OrNode((BoostNode(own, _OWN_WEIGHT), meaning)) if found else meaning
    others = tuple(child for child in children if child not in typed)
    return structs.replace(query, children=(node, *others)) if others else node, str(meaning)


def _letters(node: QueryNode) -> str:
    """The letters of a text of Latin letters only; nothing of any other node."""
    if not isinstance(node, TextNode):
        return ""
    tokens = tokenize(node.text)
    letters = "".join(tokens.texts)
    return letters if letters.isascii() and set(tokens.kinds) == {Kind.LATIN} and letters.isalpha() else ""


def _is_frequent(typed: Sequence[QueryNode], snapshot: Snapshot) -> bool:
    """Whether a single word is in several documents: most are, and this is quicker than to count."""
    terms = [_letters(node) for node in typed]
    fields = ("title_unigrams", "body_unigrams")
    return len(terms) == 1 and any(snapshot.doc_freqs(field, terms)[0] > LITTLE for field in fields)


def _any_of(words: Sequence[str]) -> QueryNode:
    nodes = tuple(TextNode(word) for word in words)
    return nodes[0] if len(nodes) == 1 else OrNode(nodes)


def _read(typed: Sequence[str], snapshot: Snapshot, settings: Settings) -> list[list[str]]:
    """For each of the words that the letters are, those of the index; empty where some are no pinyin.

    A word may be typed in one (xijinping) or in its syllables (xi jin ping), and several without spaces.
    """
    left = _MOST_LOOK_UPS

    def looked_up(letters: str) -> list[str]:
        nonlocal left
        left -= 1
        return _frequent(pinyin_words(letters, snapshot, settings), snapshot) if left >= 0 else []

    def read(start: int, ends: Sequence[int]) -> list[list[str]] | None:
        """The words from the start on, each as long as can be; ``ends`` are where one may end."""
        if start == len(text):
            return []
        for end in ends:
            if end > start and (words := looked_up(text[start:end])):
                rest = read(end, ends)
                if rest is not None:
                    return [words, *rest]
        return None

    text = "".join(typed)
    borders = [*accumulate(map(len, typed))][::-1]
    return read(0, borders) or read(0, range(len(text), 0, -1)) or []


def _frequent(words: list[str], snapshot: Snapshot) -> list[str]:
    """The first of the words, and the next ones that are not much rarer."""
    freqs = snapshot.doc_freqs("words", [normalize(word) for word in words]) if words else []
    most = max(freqs, default=0)
    return [word for word, having in zip(words, freqs) if having * _RARER >= most][:_MOST_WORDS]
