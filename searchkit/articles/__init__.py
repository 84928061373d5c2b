"""Files on disk -> Documents: news archives, Markdown, plain text, web pages, JSON Lines."""

from searchkit.articles.file_reader import FileDocument, read_file
from searchkit.articles.reader import Articles, Replaced, read_articles

__all__ = ["Articles", "FileDocument", "Replaced", "read_articles", "read_file"]
