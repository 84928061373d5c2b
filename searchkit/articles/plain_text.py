"""Plain text -> Draft."""

from __future__ import annotations

from searchkit.articles.draft import Draft
from searchkit.articles.tidy import LINE, tidy, tidy_line

__all__ = ["text_draft", "text_lines"]

_LONGEST_TITLE = 100  # characters


def text_draft(text: str) -> Draft:
    """A text: a short first line with an empty one below is its title."""
    first, _, rest = text.lstrip().partition("\n")
    is_title = len(first) <= _LONGEST_TITLE and rest.strip() and not rest.partition("\n")[0].strip()
    return Draft(heading=tidy_line(first) if is_title else "", body=text_lines(text))


def text_lines(text: str) -> str:
    """The lines of a text, without empty ones."""
    return tidy(text.replace("\n", LINE))
