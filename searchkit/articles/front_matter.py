"""Front matter, the head that site generators put before a text -> Article.

YAML between ``---`` lines or TOML between ``+++`` lines. YAML is read as a stream of events, and every
value as text: no dates or numbers are guessed, and a file that is nested 100,000 deep cannot overflow the
stack as it would in PyYAML's loader. Generators that do not escape what they write make YAML that does not
parse. Its lines are then read one by one as ``key: value``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import Any

from searchkit.articles.article import Article
from searchkit.dates import parse_date
from searchkit.html.whitespace import clean_line, clean_title

Values = dict[str, "str | list[str]"]

_LONGEST = 65_536  # characters; what begins with --- and is longer is a text
_MOST_BRACKETS = 200  # PyYAML without its part in C takes quadratic time for open ones
_MOST_EVENTS = 10_000
_MOST_DOTS = 100  # tomllib takes quadratic time for a dotted key
_BLOCK = re.compile(
    r"""\s* (?: ---[ \t]*\n (?P<yaml>.*?) ^(?:---|\.\.\.) | \+\+\+[ \t]*\n (?P<toml>.*?) ^\+\+\+ )
        [ \t]* (?:\n|\Z)""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_KEY_LINE = re.compile(r"([^\W\d][\w .-]{0,40}?)\s*:(?:\s+(.*))?")

_TITLE = ["title"]
_DATE = "date published published_at pubdate publishdate datetime".split()
_URL = "url link from original_url source_url canonical_url canonical permalink source".split()
_TAGS = "tags tag categories category keywords".split()
_AUTHOR = "author authors".split()
_OTHER = "layout slug description summary draft lang".split()
_KNOWN = frozenset(_TITLE + _DATE + _URL + _TAGS + _AUTHOR + _OTHER)


def split_front_matter(text: str) -> tuple[Values, str]:
    """The values of the front matter, and the text after it.

    A text between two rules is not front matter: it has to contain a key that generators use.
    """
    if found := _BLOCK.match(text, 0, _LONGEST):
        values = _toml_values(found["toml"]) if found["yaml"] is None else _yaml_values(found["yaml"])
        if not _KNOWN.isdisjoint(values):
            return values, text[found.end() :]
    return {}, text


def parse_front_matter(values: Values) -> Article:
    """What the values say of a document."""
    url = next((line for line in _lines(values, _URL) if re.match(r"https?://\S+\Z", line)), "")
    dates = (parse_date(line) for line in _lines(values, _DATE))
    authors = list(_lines(values, _AUTHOR))
    return Article(
        title=clean_title(next(_lines(values, _TITLE), "")),
        url=url,
        published=next((date for date in dates if date), None),
        source="" if url else next(_lines(values, ["source"]), ""),
        tags=tuple(_tags(values)),
        extra={"author": ", ".join(authors)} if authors else {},
    )


def _lines(values: Values, keys: list[str]) -> Iterator[str]:
    texts = (text for key in keys for text in _as_list(values.get(key, [])))
    return filter(None, map(clean_line, texts))


def _tags(values: Values) -> Iterator[str]:
    for key in _TAGS:
        value = values.get(key, [])
        if isinstance(value, str):  # in Jekyll a text is words with spaces between
            value = re.split(r"[,，、;；]" if re.search("[,，、;；]", value) else r"\s+", value)
        yield from filter(None, map(clean_line, value))


def _toml_values(block: str) -> Values:
    """The top level of TOML as text, with the tables that Zola puts tags and more into."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    if any(line.partition("=")[0].count(".") > _MOST_DOTS for line in block.split("\n")):
        return {}
    try:
        table = tomllib.loads(block)
        for name in ("taxonomies", "extra"):
            if isinstance(inner := table.pop(name, {}), dict):
                table = {**inner, **table}
        return {key.strip().lower(): _toml_value(value) for key, value in table.items()}
    except (ValueError, RecursionError):
        return {}


def _toml_value(value: Any) -> str | list[str]:
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, list):
        return [item for each in value for item in _as_list(_toml_value(each))]
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _yaml_values(block: str) -> Values:
    import yaml  # slow to import, and many articles have no front matter

    with suppress(yaml.YAMLError, UnicodeError):
        if block.count("[") + block.count("{") <= _MOST_BRACKETS and (values := _yaml_mapping(block)):
            return values
    return _line_values(block)


def _yaml_mapping(block: str) -> Values:
    """The top level of a YAML mapping: its texts and its lists of texts."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C one is missing in some builds
    values: Values = {}
    items: list[str] = []
    key: str | None = None
    depth = 0
    for event in islice(yaml.parse(block, Loader=loader), _MOST_EVENTS):
        text = getattr(event, "value", "")  # an alias has none: what it stands for is not kept
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth == 1 and not isinstance(event, yaml.MappingStartEvent):
                return {}
            if depth == 2:
                if key is None:  # a list as a key, which no generator writes
                    return {}
                values[key] = items = []
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            key = None if depth == 1 else key
        elif depth > 1:
            items.append(text)
        elif depth == 1 and key is None:
            key = text.strip().lower()
        elif depth == 1 and key is not None:
            if isinstance(event, yaml.ScalarEvent):
                values[key] = text
            key = None
    return values


def _line_values(block: str) -> Values:
    values: Values = {}
    key = ""
    for line in block.split("\n"):
        item = line.strip()
        if found := _KEY_LINE.fullmatch(line.rstrip()):
            key, text = found[1].strip().lower(), (found[2] or "").strip()
            is_list = text.startswith("[") and text.endswith("]")
            values[key] = [*map(_unquoted, text[1:-1].split(","))] if is_list else _unquoted(text)
        elif key and item.startswith("- "):
            values[key] = [*filter(None, _as_list(values[key])), _unquoted(item[2:])]
    return values


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1].replace('\\"', '"')
    return text
