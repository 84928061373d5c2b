"""Files on disk -> Documents: articles in the archive's format, Markdown, text, web pages, JSON Lines."""

from searchkit.articles.one_file import read_file
from searchkit.articles.reader import Articles, Replaced, read_articles

__all__ = ["Articles", "Replaced", "read_articles", "read_file"]
