"""Bytes -> text, in the encoding they were written in.

Tried in this order: a byte order mark, valid UTF-8, the encoding that the page declares, UTF-8 with a few
bad bytes, and last the encoding in which the text is most plausible (see `encoding_detection`). The
declaration comes so late because many pages declare ``gb2312`` and are UTF-8, while text in GBK or Big5 is
hardly ever valid UTF-8.
"""

from __future__ import annotations

import codecs
import re

from searchkit.articles.encoding_detection import detect_encoding, detect_wide_encoding

__all__ = ["BinaryFileError", "check_encoding", "decode", "superset"]

_MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SUPERSETS = {  # what browsers decode under these names
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
}
_DECLARABLE = frozenset(("gb18030", "big5hkscs", "cp950", "cp932", "euc_jp", "cp949", "koi8-r", "koi8-u")) | {
    f"cp{number}" for number in range(1250, 1259)
}
_DECLARED = re.compile(
    rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,30})
       | <\?xml\s[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,30})""",
    re.VERBOSE | re.IGNORECASE,
)
_DECLARED_WITHIN = 4096  # bytes
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BAD = "\ufffd"


class BinaryFileError(ValueError):
    """The bytes are not text."""


def check_encoding(name: str | None) -> None:
    """Raise ValueError unless it names an encoding of text."""
    if name is not None:
        try:
            b"a".decode(name, "replace")
        except (LookupError, UnicodeError):  # some of Python's codecs do not decode to text
            raise ValueError(f"unknown encoding {name!r}") from None


def superset(name: str) -> str:
    """The encoding that is meant by a name: pages that declare GB2312 are in GBK or GB18030."""
    return _SUPERSETS.get(codecs.lookup(name).name, name)


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file, with \\n for every line end.

    Bytes that cannot be decoded become U+FFFD: leaving them out would join what stands on both sides to one
    word.

    Raises `BinaryFileError` when the bytes are not text.
    """
    if encoding:
        text = data.decode(superset(encoding), "replace").removeprefix("\ufeff")
    elif mark := next(filter(data.startswith, _MARKS), None):
        text = data[len(mark) :].decode(_MARKS[mark], "replace")
    elif b"\0" not in data:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = _decode_other(data)
    elif wide := detect_wide_encoding(data):
        text = data.decode(wide, "replace")
    else:
        raise BinaryFileError("a binary file: it has zero bytes in it")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decode_other(data: bytes) -> str:
    if (declared := _declared(data)) and _is_nearly_all(text := data.decode(declared, "replace")):
        return text
    return data.decode("utf-8" if _is_damaged_utf8(data) else detect_encoding(data), "replace")


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    if not found:
        return None
    try:
        name = superset((found[1] or found[2]).decode("ascii"))
        name = codecs.lookup(name).name
    except LookupError:
        return None
    return name if name in _DECLARABLE else None


def _is_nearly_all(text: str) -> bool:
    """Whether few of the characters beyond ASCII are bad, as in a damaged file."""
    bad = text.count(_BAD)
    return not bad or bad * 5 <= len(re.sub(r"[\x00-\x7f]+", "", text))


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8; of GBK and Big5 a seventh looks like it."""
    rest = _UTF8.sub(b"", data)
    bad = len(_NOT_ASCII.findall(rest))
    return bad * 4 <= len(data) - len(rest)
