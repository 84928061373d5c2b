from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from searchkit.articles import FileDocument, read_file
from searchkit.articles.readers import ReadOptions
from searchkit.document import Document
from searchkit.errors import ArticleError

Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a file and read it back as the one document that it must be."""

    def read_one(content: str | bytes, name: str = "文件.txt", encoding: str | None = None) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (found,) = read_file(path, ReadOptions(encoding))
        assert isinstance(found, FileDocument), found
        assert found.place == str(path)
        return found.document

    return read_one


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Write a file that cannot be read as a document, and give the reason back."""

    def reason(content: str | bytes, name: str = "文件.txt", encoding: str | None = None) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        (found,) = read_file(path, ReadOptions(encoding))
        assert isinstance(found, ArticleError), found
        assert found.path == str(path)
        return found.reason

    return reason
