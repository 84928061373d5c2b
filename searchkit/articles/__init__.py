"""Files on disk -> Documents: texts, web pages, tables, books, mail, wikis; a module for each format."""

from searchkit.articles.file_reader import FileDocument, read_file
from searchkit.articles.reader import Articles, Replaced, read_articles

__all__ = ["Articles", "FileDocument", "Replaced", "read_articles", "read_file"]
