"""Records that programs write, objects of JSON and rows of tables -> Documents.

Nothing is guessed: what is not right is an error.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from itertools import chain
from typing import Any

from searchkit.articles.readers import NoArticleError
from searchkit.dates import from_milliseconds, parse_date
from searchkit.document import Document
from searchkit.errors import DocumentError

FIELDS = (*(field.name for field in fields(Document)), "html")
LARGEST_RECORD = 64 * 1024 * 1024
"""Bytes or characters of an object or a row."""
_MOST_PARTS = 5_000_000  # commas, objects and lists of a record: each may take a hundred bytes of memory
_BEIR = {"_id": "id", "text": "body"}  # the names of the BEIR benchmarks
# What people call the columns of tables: of several, the first that a table has.
_ALIASES = {
    "id": "_id 编号 編號",
    "title": "headline 标题 標題 题目 題目",
    "body": "content text 正文 内容 內容 全文",
    "url": "link 链接 鏈接 連結 网址 網址",
    "published": "published_at date pub_date created_at 发布时间 發布時間 发表时间 發表時間 日期 时间 時間",
    "source": "来源 來源",
    "tags": "标签 標籤",
    "html": "content_html body_html",
}
_CALLED = [(name, name) for name in FIELDS if name != "markup"] + [
    (name, field) for field, names in _ALIASES.items() for name in names.split()
]
_HAVE_TEXT = frozenset(("title", "body", "html"))
_MOST_SHOWN = 20  # names, in a message
_MOST_LOOKED_AT = 100  # objects, to tell a file of articles from one of a program
_TAGS_END = re.compile("[,，、;；|]")
_WHOLE = re.compile(r"-?\d{1,20}", re.ASCII)
_LEAST_MILLISECONDS = 10**11
"""In 1973. Fewer are seconds, which most programs count."""


def check_fields(given: Mapping[str, str]) -> None:
    """Raise ValueError unless the names of columns and keys are fields of a Document."""
    for name, field in given.items():
        if field not in FIELDS or field == "markup":
            known = ", ".join(FIELDS).replace(", markup", "")
            raise ValueError(f"fields: {name!r} cannot be {field!r}; the fields are {known}")


def check_parts(text: str) -> None:
    """Raise `DocumentError` for JSON that would take far more memory than its text."""
    if len(text) > _MOST_PARTS and sum(map(text.count, ",[{")) > _MOST_PARTS:
        raise DocumentError(f"it has more than {_MOST_PARTS:,} commas, lists and objects")


def parse_record(text: str) -> Any:
    """What the JSON says.

    Raises `DocumentError` for what is no JSON, or would take too much memory.
    """
    check_parts(text)
    try:
        return json.loads(text, object_pairs_hook=object_of)
    except RecursionError:
        raise DocumentError("the JSON is nested too deep") from None
    except ValueError as error:
        raise DocumentError(f"not JSON: {error}") from None


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a name that stands there twice, as one of its values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"an object has the name {twice[:60]!r} twice")
    return found


def document_of_object(given: Any, names: Mapping[str, str]) -> Document:
    """The document of a JSON object, whose keys are fields as they are called, or as the names say."""
    if not isinstance(given, dict):
        raise NoArticleError(f"it must be a JSON object, not {type(given).__name__}")
    values: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    called = _called(given, names)
    if not has_text(given, names):
        raise NoArticleError(f"it has no title or body; it has {_shown([*given]) or 'nothing'}")
    has_body = any(value and called[name] in ("body", "markup") for name, value in given.items())
    for name, value in given.items():
        field = called[name]
        if field == "html" and has_body:
            unknown[name] = value
        elif field in FIELDS and (field == name or field not in given or name in names):
            values[field] = value
        else:
            unknown[name] = value
    extra = values.get("extra")
    if unknown and (extra is None or isinstance(extra, dict)):
        values["extra"] = {**unknown, **(extra or {})}
    if isinstance(values.get("id"), int):
        values["id"] = str(values["id"])
    if not isinstance(values.get("tags") or [], list):
        raise DocumentError(f"tags must be a list of texts, not {type(values['tags']).__name__}")
    if isinstance(published := values.get("published"), int) and not isinstance(published, bool):
        values["published"] = _time_of(published)
    return Document.from_dict(values)


def has_text(given: Iterable[str], names: Mapping[str, str]) -> bool:
    """Whether an object with these keys may be an article."""
    return not _HAVE_TEXT.isdisjoint(_called(given, names).values())


def _called(given: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: names.get(name) or _BEIR.get(name, name) for name in given}


def articles_among(
    objects: Iterable[tuple[str, Document | DocumentError]],
) -> Iterator[tuple[str, Document | str]]:
    """The documents of objects, by their places, and what is wrong with the others.

    Raises `NoArticleError` when all of them, or the first hundred, are none.
    """
    objects = iter(objects)
    first: list[tuple[str, Document | DocumentError]] = []
    reason = ""
    for each in objects:
        first.append(each)
        reason = each[1].reason if isinstance(each[1], NoArticleError) else ""
        if not reason or len(first) == _MOST_LOOKED_AT:
            break
    if reason:
        raise NoArticleError(f"there is no article in it: {reason}")
    for place, found in chain(first, objects):
        yield place, found.reason if isinstance(found, DocumentError) else found


def _shown(names: list[str]) -> str:
    return ", ".join(name[:60] for name in names[:_MOST_SHOWN] if name) + (
        ", …" if len(names) > _MOST_SHOWN else ""
    )


def fields_of(names: Iterable[str], given: Mapping[str, str]) -> dict[int, str]:
    """The fields of a Document that columns are, by their positions: as is given, or as they are called."""
    positions = {name.strip().lower(): index for index, name in enumerate(names)}
    found: dict[int, str] = {}
    for name, field in [*given.items(), *_CALLED]:
        index = positions.get(name.strip().lower())
        if index is not None and index not in found and field not in found.values():
            found[index] = field
    return found


class Columns:
    """What the columns of a table are: fields of a Document, or values of its extra.

    Raises `DocumentError` when none of them is the title or the body, or two have one name.
    """

    def __init__(self, names: Iterable[str], given: Mapping[str, str]) -> None:
        names = [name.strip() for name in names]
        if twice := [name for name, count in Counter(map(str.lower, names)).items() if name and count > 1]:
            raise DocumentError(f"two columns are called {twice[0][:60]!r}")
        self._fields = fields_of(names, given)
        found = {*self._fields.values()}
        if {"body", "html"} <= found:  # the body is made of one of them
            self._fields = {index: field for index, field in self._fields.items() if field != "html"}
        if not {"title", "body", "html"} & found:
            raise NoArticleError(
                f"no column is called title or body (标题, 正文); there are {_shown(names)}; "
                "say which one is: --column NAME=title, fields={'NAME': 'title'}"
            )
        self._names = names

    @property
    def known(self) -> int:
        """How many columns are fields of a Document."""
        return len(self._fields)

    def document(self, row: Iterable[Any]) -> Document | str:
        """The document of a row, or what is wrong with it. Empty cells say nothing."""
        try:
            return self._document(row)
        except DocumentError as error:
            return error.reason

    def _document(self, row: Iterable[Any]) -> Document:
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for index, value in enumerate(row):
            if value is None or value == "":
                continue
            field = self._fields.get(index)
            if field is None:
                if name := self._names[index]:  # pandas writes a column without a name
                    extra[name] = value
            else:
                values[field] = _READ[field](field, value) if field in _READ else _text(field, value)
        return Document.from_dict({**values, "extra": {**extra, **values.get("extra", {})}})


def _text(field: str, value: Any) -> str:
    if isinstance(value, bytes):
        raise DocumentError(f"{field} is {len(value):,} bytes that are no text")
    return value.replace("\r\n", "\n") if isinstance(value, str) else str(value)


def _time(field: str, value: Any) -> datetime:
    text = _text(field, value).strip()
    if _WHOLE.fullmatch(text):
        number = int(text)
        if abs(number) < _LEAST_MILLISECONDS:
            raise DocumentError(
                f"{field} {text} is no date: a number is milliseconds since 1970, seconds are too few"
            )
        return _time_of(number)
    if found := parse_date(text):
        return found
    raise DocumentError(f"{field} {text[:60]!r} is no date like 2024-07-31 or 2024-07-31T08:00:00Z")


def _time_of(milliseconds: int) -> datetime:
    if found := from_milliseconds(milliseconds):
        return found
    raise DocumentError(f"published {milliseconds} is outside the years 1 to 9999")


def _tags(field: str, value: Any) -> Any:
    """Tags between commas, or as JSON."""
    text = _text(field, value)
    if text.startswith("["):
        return parse_record(text)
    return [tag.strip() for tag in _TAGS_END.split(text)]


def _extra(field: str, value: Any) -> Any:
    found = parse_record(_text(field, value))
    if not isinstance(found, dict):
        raise DocumentError(f"{field} must be a JSON object, not {type(found).__name__}")
    return found


_READ: dict[str, Callable[[str, Any], Any]] = {"published": _time, "tags": _tags, "extra": _extra}
