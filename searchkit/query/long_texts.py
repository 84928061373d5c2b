"""long_texts: a query of many words with spaces between -> the same as one text.

Who types a few words means all of them. A headline that is pasted has spaces as well, and the article behind
it may lack any of its words: docs/decisions/0003-match.md has what it costs to ask for each part.
"""

from __future__ import annotations

from searchkit.query.ast import AndNode, Field, OrNode, QueryNode, TextNode
from searchkit.query.matching import FEW
from searchkit.query.words import WordsOf

__all__ = ["with_long_texts"]


def with_long_texts(query: QueryNode, words_of: WordsOf) -> QueryNode:
    """The query with the parts of one text as one part, wherever they have more than a few content words."""
    match query:
        case AndNode(children):
            children = tuple(with_long_texts(child, words_of) for child in children)
            for field in dict.fromkeys(child.field for child in children if isinstance(child, TextNode)):
                children = _joined(children, field, words_of)
            return children[0] if len(children) == 1 else AndNode(children)
        case OrNode(children):
            return OrNode(tuple(with_long_texts(child, words_of) for child in children))
        case _:
            return query


def _joined(children: tuple[QueryNode, ...], field: Field | None, words_of: WordsOf) -> tuple[QueryNode, ...]:
    parts, others = [], []
    for child in children:
        if isinstance(child, TextNode) and child.field == field:
            parts.append(child)
        else:
            others.append(child)
    if len(parts) < 2 or sum(len(words_of.part(part).content) for part in parts) <= FEW:
        return children
    first = children.index(parts[0])
    text = TextNode(" ".join(part.text for part in parts), field)
    return (*others[:first], text, *others[first:])
