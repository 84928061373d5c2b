"""Bytes -> text, in the encoding they were written in.

In this order: a byte order mark, UTF-8 without a fault, what the page itself
declares, UTF-8 with a few bad bytes, and then whatever reads most like a text
(see `plausibility`). A page is asked so late because pages that say ``gb2312``
and are UTF-8 are many, while GBK or Big5 that happens to be UTF-8 is rare.
"""

from __future__ import annotations

import codecs
import re

from searchkit.articles.plausibility import plausibility

__all__ = ["BinaryFileError", "check_encoding", "decode", "superset"]

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS = {  # what is written under these names, as browsers read them
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
_CANDIDATES = ("gb18030", "big5hkscs", "cp932", "cp949", "cp1252")
_OTHERS = ("cp1250", "cp1251", "cp1253", "cp1254", "koi8_r", "euc_jp")
_WIDE = ("utf-16-le", "utf-16-be")
_SAMPLE = 2048  # bytes, from the first that is not ASCII on
_LEAST_PLAUSIBLE = 0.15
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII_TEXT = re.compile(r"[\t\n\r\x20-\x7e]+")
_BAD = "\ufffd"


class BinaryFileError(ValueError):
    """The bytes are no text."""


def check_encoding(name: str | None) -> None:
    """Raises ValueError when there is no such encoding of text."""
    if name is not None:
        try:
            b"a".decode(name, "replace")
        except (LookupError, UnicodeError):  # some codecs of Python's are for no text at all
            raise ValueError(f"unknown encoding {name!r}") from None


def superset(name: str) -> str:
    """The encoding that is meant by a name: pages in GBK call themselves GB2312."""
    return _SUPERSETS.get(codecs.lookup(name).name, name)


def decode(data: bytes, encoding: str | None = None) -> str:
    """The text of a file, with \\n for every end of a line.

    Bytes that cannot be read become U+FFFD. So does what was lost before, in the
    hands of others: a mark shows that something is missing, where leaving it out
    would make one word of what stands left and right of it.

    Raises `BinaryFileError` when it is no text.
    """
    text = _decode(data, encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decode(data: bytes, encoding: str | None) -> str:
    if encoding:
        return data.decode(superset(encoding), "replace").removeprefix("\ufeff")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    if b"\0" in data:
        return _wide_text(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if (declared := _declared(data)) and _is_nearly_all(text := data.decode(declared, "replace")):
        return text
    if _is_damaged_utf8(data):
        return data.decode("utf-8", "replace")
    return data.decode(_most_plausible(data), "replace")


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
    """Whether few of the characters beyond ASCII are bad: a damaged file is still in its encoding."""
    bad = text.count(_BAD)
    return not bad or bad * 5 <= len(re.sub(r"[\x00-\x7f]+", "", text))


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is UTF-8; of GBK and Big5 a seventh looks like it."""
    rest = _UTF8.sub(b"", data)
    bad = len(_NOT_ASCII.findall(rest))
    return bad * 4 <= len(data) - len(rest)


def _wide_text(data: bytes) -> str:
    """UTF-16 without its mark, of which every character from ASCII has a zero byte."""
    for text in (data.decode(name, "replace") for name in _WIDE):
        sample = text[:_SAMPLE]
        others = len(_ASCII_TEXT.sub("", sample))
        points = len(sample) - others + others * plausibility(sample)
        if "\0" not in text and points >= _LEAST_PLAUSIBLE * len(sample):
            return text
    raise BinaryFileError("a binary file: it has zero bytes in it")


def _most_plausible(data: bytes) -> str:
    first = _NOT_ASCII.search(data)
    # Some ASCII before it, for the word that an accented letter is in; more would tell nothing.
    start = max(first.start() - 16, 0) if first else 0
    sample = data[start : start + _SAMPLE]
    scores = {name: plausibility(sample.decode(name, "replace")) for name in _CANDIDATES}
    if len(data) % 2 == 0:
        scores |= {name: plausibility(data[:_SAMPLE].decode(name, "replace")) for name in _WIDE}
    best = max(scores, key=scores.__getitem__)
    if scores[best] >= _LEAST_PLAUSIBLE:
        return best
    # Nothing East Asian, and no West European text either: statistics of languages may know more.
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    found = from_bytes(data[:_SAMPLE], cp_isolation=[*_CANDIDATES, *_OTHERS]).best()
    return found.encoding if found else "cp1252"
