"""Mail -> Documents: a message in a file (.eml), or many (.mbox), read one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path
from typing import IO

from searchkit.articles.body import file_url
from searchkit.articles.decoding import decode, plausibility, superset
from searchkit.articles.html import parse_html
from searchkit.articles.readers import Reader, ReadOptions
from searchkit.dates import parse_date
from searchkit.document import Document
from searchkit.errors import DocumentError
from searchkit.html.whitespace import clean_line, text_lines
from searchkit.json_values import Json

_LARGEST_MESSAGE = 64_000_000  # bytes, most of them attachments
_MOST_LINES = 2_000_000  # of a message
_MOST_BOUNDARIES = 200  # of a message: the parser looks for each of those around a line
_DEEPEST = 50  # parts in one another
_READ_AT_ONCE = 1_000_000  # bytes of a line
# A message of an mbox begins behind an empty line, with a line that names the sender and the time.
_BEGINNING = re.compile(rb"From .*\d\d:\d\d")
_QUOTED_BEGINNING = re.compile(rb">+From ")
_FOLDED = re.compile(r"\r?\n(?=[ \t])")
_FLOWED = re.compile(r"(?<!\n--) \n(?![>\s])")
_NO_CHARSETS = frozenset(("", "ascii", "us-ascii", "unknown-8bit", "8bit", "default", "binary"))


def read_message(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The message in a file."""
    with open(path, "rb") as file:  # noqa: PTH123
        url = file_url(path)
        yield "", _document(file.read(), url, Path(path).stem, options.encoding)


def read_mbox(path: str, options: ReadOptions) -> Iterator[tuple[str, Document | str]]:
    """The number of each message in an mbox file, with its document or with what is wrong with it."""
    url = file_url(path)
    with open(path, "rb") as file:  # noqa: PTH123
        if not file.peek(5).startswith(b"From "):
            raise DocumentError(
                'not an mbox file: it does not begin with "From "; one message is an .eml file'
            )
        for number, data in enumerate(_messages(file), 1):
            found: Document | str
            try:
                found = _document(data, f"{url}#{number}", "", options.encoding)
            except DocumentError as error:
                found = error.reason
            yield str(number), found


EML = Reader(suffixes=(".eml",), read=read_message, largest=_LARGEST_MESSAGE)
MBOX = Reader(suffixes=(".mbox",), read=read_mbox, whole=False)


def _messages(file: IO[bytes]) -> Iterator[bytes]:
    """The messages of an mbox file. Of one that is too long there is just more than may be."""
    lines: list[bytes] = []
    size = 0
    is_open = False
    is_empty = is_start = True  # the line before; and whether a line begins here
    while line := file.readline(_READ_AT_ONCE):
        if is_start and is_empty and _BEGINNING.match(line):
            if is_open:
                yield b"".join(lines)
            lines, size, is_open = [], 0, True
        elif size <= _LARGEST_MESSAGE:
            if is_start and _QUOTED_BEGINNING.match(line):
                line = line[1:]
            lines.append(line)
            size += len(line)
        is_empty = is_start and not line.strip()
        is_start = line.endswith(b"\n")
    yield b"".join(lines)


def _document(data: bytes, url: str, title: str, encoding: str | None) -> Document:
    """The document of a message.

    Raises `DocumentError` when there is none.
    """
    if len(data) > _LARGEST_MESSAGE:
        raise DocumentError(f"the message is longer than {_LARGEST_MESSAGE:,} bytes")
    if data.count(b"\n") > _MOST_LINES or data.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise DocumentError(
            f"the message has more than {_MOST_LINES:,} lines or {_MOST_BOUNDARIES} parts that hold others"
        )
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(data)
        text = _MessageText(encoding)
        body = text.read(message)
        if body and not message.keys():
            raise DocumentError("not a message: it does not begin with headers, such as Subject: and From:")
    except RecursionError:
        raise DocumentError("the parts of the message are nested too deep") from None
    headers = {name.lower(): str(value) for name, value in reversed(list(message.raw_items()))}
    subject = clean_line(text.header(headers.get("subject", "")))
    if not subject and not body:
        raise DocumentError("there is no text in it")
    extra: dict[str, Json] = {
        "from": ", ".join(text.addresses(headers.get("from", ""))),
        "to": text.addresses(headers.get("to", "")),
        "cc": text.addresses(headers.get("cc", "")),
        "attachments": text.attachments,
    }
    return Document(
        title=subject or title,
        body=body,
        id=clean_line(headers.get("message-id", "")).strip("<> "),
        url=url,
        published=parse_date(clean_line(headers.get("date", ""))),
        extra={name: value for name, value in extra.items() if value},
    )


class _MessageText:
    """Gives the text of a message, and collects the names of its attachments, which are not read."""

    def __init__(self, encoding: str | None) -> None:
        self._encoding = encoding
        self.attachments: list[str] = []

    def read(self, part: Message, depth: int = 0) -> str:
        """The lines of a part."""
        if depth > _DEEPEST:
            raise RecursionError
        kind = part.get_content_type()
        name = self.header(part.get_filename() or "")
        if name or part.get_content_disposition() == "attachment" or kind.startswith("message/"):
            self.attachments.append(clean_line(name) or kind)
            return ""
        if part.is_multipart():
            parts = [each for each in part.get_payload() if isinstance(each, Message)]
            texts = [self.read(each, depth + 1) for each in parts]
            if kind == "multipart/alternative":  # the same in plain text and in HTML, in this order
                return next(filter(None, texts), "")
            return "\n".join(filter(None, texts))
        if not kind.startswith(("text/", "multipart/")):
            return ""
        data = part.get_payload(decode=True)
        text = self._decode(data if isinstance(data, bytes) else b"", str(part.get_content_charset() or ""))
        if kind == "text/html":
            return parse_html(text).body
        if str(part.get_param("format", "")).lower() == "flowed":
            is_deleted = str(part.get_param("delsp", "")).lower() == "yes"
            text = _FLOWED.sub("" if is_deleted else " ", text)
        return text_lines(text)

    def _decode(self, data: bytes, charset: str) -> str:
        """The text of bytes that name their encoding, which is a smaller one at times, or another."""
        texts = []
        if charset.lower() not in _NO_CHARSETS:
            for name in (charset,) if data.isascii() else (charset, "utf-8"):
                with suppress(LookupError, ValueError):  # of no text, or with a zero in its name
                    texts.append(data.decode(superset(name)).replace("\r\n", "\n"))
        if texts:
            return max(texts, key=plausibility)
        return decode(data.replace(b"\0", b""), self._encoding)

    def header(self, value: str) -> str:
        """The text of a header, with its encoded words (=?gb2312?B?…?=) or bytes decoded."""
        value = _FOLDED.sub("", value)
        if not value.isascii():  # bytes that are no ASCII are lone surrogates
            value = self._decode(value.encode("utf-8", "surrogateescape"), "")
        if "=?" not in value:
            return value
        try:
            words = decode_header(value)
        except (HeaderParseError, ValueError):
            return value
        return "".join(
            word
            if isinstance(word, str)
            else word.decode("raw-unicode-escape", "replace")
            if charset is None
            else self._decode(word, charset)
            for word, charset in words
        )

    def addresses(self, value: str) -> list[str]:
        """The addresses in a header: 林晚 <a@example.com>."""
        found = [(clean_line(self.header(name)), address) for name, address in getaddresses([value])]
        pairs = [(name, address) for name, address in found if name or address]
        if not pairs and value.strip():
            return [clean_line(self.header(value))]
        return [f"{name} <{address}>" if name and address else name or address for name, address in pairs]
