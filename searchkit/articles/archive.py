"""ZIP files with texts in them, as EPUB and DOCX are: bounded, whatever they say of themselves."""

from __future__ import annotations

import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from searchkit.errors import DocumentError

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

LARGEST_ARCHIVE = 512_000_000
"""Bytes of such a file. Most of them are pictures, which are not read."""
_LARGEST_PART = 64_000_000  # bytes of a text in it, unpacked
_MOST_UNPACKED = 256_000_000  # bytes of all that is read
_MOST_TAGS = 5_000_000  # of a text: each takes some hundred bytes of memory
_LARGEST_DIRECTORY = 16_000_000  # bytes: each file in it takes some 50, and ten times as many in memory
_END = b"PK\5\6"
_END_OF_LARGE = b"PK\6\7"
_LONGEST_END = 22 + 65_535  # bytes, with a comment


class Archive:
    """The texts in a ZIP file. The caller closes the file.

    Raises `DocumentError` when it is none.
    """

    def __init__(self, file: IO[bytes]) -> None:
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise DocumentError(f"a damaged file: {error}") from None
        self._left = _MOST_UNPACKED
        self.names = self._zip.namelist()

    def read(self, name: str) -> bytes | None:
        """What is in a part; None when there is no such part.

        Raises `DocumentError` when it is encrypted, damaged or too large.
        """
        try:
            part = self._zip.getinfo(name)
        except KeyError:
            return None
        if part.file_size > min(_LARGEST_PART, self._left):  # zipfile reads no more than it says there
            raise DocumentError(
                f"too large when it is unpacked: {name} has {part.file_size:,} bytes, where "
                f"{_LARGEST_PART:,} are read, and {_MOST_UNPACKED:,} of a file"
            )
        self._left -= part.file_size
        if part.flag_bits & 1:
            raise DocumentError("it is encrypted and needs a password; save a copy without one")
        try:
            data = self._zip.read(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise DocumentError(f"a damaged file: {name}: {error}") from None
        if (tags := data.count(b"<")) > _MOST_TAGS:
            raise DocumentError(f"has {tags:,} tags in {name}; at most {_MOST_TAGS:,} are read: split it")
        return data

    def tree(self, name: str) -> _Element | None:
        """The tree of a part in XML; None when there is no such part, or nothing in it.

        What is not well-formed is read as far as it can be told. Raises what `read` does.
        """
        from lxml import etree

        data = self.read(name)
        return etree.fromstring(data, xml_parser()) if data and not data.isspace() else None


def _check_directory(file: IO[bytes]) -> None:
    """Raise `DocumentError` when the list of the files would fill the memory: zipfile reads it all."""
    size = file.seek(0, 2)
    start = file.seek(max(0, size - _LONGEST_END))
    end = file.read()
    found = end.rfind(_END)
    directory = int.from_bytes(end[found + 12 : found + 16], "little")
    if found >= 0 and (directory > _LARGEST_DIRECTORY or end[:found].rfind(_END_OF_LARGE, start - size) >= 0):
        raise DocumentError("has too many files in it to be a book or a letter")
    file.seek(0)


def xml_parser() -> XMLParser:
    """A parser that mends what it can, and gets nothing from elsewhere: no entity, no DTD."""
    from lxml import etree

    return etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def local(tag: object) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
