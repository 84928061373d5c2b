"""Plain text -> Article."""

from __future__ import annotations

from searchkit.articles.article import Article
from searchkit.articles.whitespace import LINE, clean_line, clean_lines

__all__ = ["parse_plain_text", "text_lines"]

_LONGEST_TITLE = 100  # characters


def parse_plain_text(text: str) -> Article:
    """A text. A short first line with an empty one below is its title."""
    first, _, rest = text.lstrip().partition("\n")
    is_title = len(first) <= _LONGEST_TITLE and rest.strip() and not rest.partition("\n")[0].strip()
    return Article(heading=clean_line(first) if is_title else "", body=text_lines(text))


def text_lines(text: str) -> str:
    """The lines of a text, without empty ones."""
    return clean_lines(text.replace("\n", LINE))
