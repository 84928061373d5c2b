"""Document: what is indexed, and what a hit gives back.

Everything a program can hand over is made a valid, normal Document here, once:
the layers behind this one need no checks of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from typing import Any, NoReturn
from unicodedata import category
from urllib.parse import unquote, urlsplit

from searchkit.dates import parse_time
from searchkit.errors import DocumentError
from searchkit.text import well_formed

# Engines refuse terms of 32 kB, and a label of this length is none.
_LONGEST_LABEL = 1000
_HAS_LETTER = re.compile(r"[^\W_]").search  # what str.isalnum says of a character; nearly all texts have one
# Without http:// it begins with www., or with a domain and a path.
_ADDRESS = re.compile(
    r"(?:https?://|(?=www\.|[^\s/?#@]+\.[^\s/?#@.]+/))(?:www\.)?"
    r"(?P<host>[^\s/?#@]+?)(?::(?:80|443))?(?P<path>/[^\s?#]*)?(?:\?(?P<query>[^\s#]*))?(?:#\S*)?",
    re.IGNORECASE,
)
_CAMPAIGN = "utm_"
_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]+)?(?:[/?#]|\Z)").match

Json = Any
"""A value that ``json.dumps`` takes: the type of what ``extra`` holds."""


@dataclass(frozen=True)
class Document:
    """One text with what is known of it.

    ``title`` and ``body`` are plain text, and at least one of them has a letter, digit or Han character in
    it. ``id`` defaults to the url, or without one to a digest of title and body, so the same text is the same
    document. ``published`` is an aware datetime, kept as UTC to the millisecond. ``source`` defaults to the
    host of the url, without a leading ``www.``. ``tags`` are short labels; ``extra`` is a JSON object that is
    stored and given back as it is.

    Raises `DocumentError` when a value is none of these.
    """

    title: str = ""
    body: str = ""
    id: str = ""
    url: str = ""
    published: datetime | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        # Runs for every article, so what is right already is not looked at again.
        values = self.__dict__  # the dataclass is frozen
        title, body, url, source = self.title, self.body, self.url, self.source
        try:
            "".join((title, body, self.id, url, source)).encode()
        except (TypeError, UnicodeEncodeError):
            for name in ("title", "body", "id", "url", "source"):
                values[name] = self._clean_text(name)
            title, body, url, source = self.title, self.body, self.url, self.source
        if not any(_HAS_LETTER(text) or _has_symbol(text) for text in (title, body)):
            self._fail("it has no text: title and body hold no letter, digit, Han character or symbol")
        if self.published is not None:
            values["published"] = self._clean_published()
        if self.tags or type(self.tags) is not tuple or len(source) > _LONGEST_LABEL:
            values["tags"] = self._clean_tags()
        values["extra"] = self._clean_extra() if self.extra or type(self.extra) is not dict else {}
        if not source:
            values["source"] = _host(url)
        if not self.id:
            values["id"] = url or _digest(f"{title}\n{body}")

    @property
    def link(self) -> str:
        """The url where a page may link to it, ``http`` or ``https``; otherwise nothing.

        A template that links to the ``url`` of just any document runs the script of a ``javascript:`` one.
        """
        return link_of(self.url)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Document:
        """A Document from a mapping with the names of its fields.

        ``published`` may also be an ISO 8601 text with an offset or ``Z``, as `to_dict` writes it. A name
        that is no field is an error: what a program wants stored beside them goes into ``extra``.
        """
        if not isinstance(values, Mapping):
            raise DocumentError(f"a Document or a mapping is needed, not {type(values).__name__}")
        id = str(values.get("id") or values.get("url") or "") or None
        known = {f.name for f in fields(cls)}
        if unknown := [str(name) for name in values if name not in known]:
            raise DocumentError(
                f"unknown field {unknown[0]!r}; the fields are {', '.join(sorted(known))} "
                "(anything else goes into 'extra')",
                id=id,
            )
        given = {name: value for name, value in values.items() if value is not None}
        if isinstance(text := given.get("published"), str):
            try:
                given["published"] = parse_time(text)
            except ValueError as error:
                raise DocumentError(f"published {error}", id=id) from None
        return cls(**given)

    def to_dict(self) -> dict[str, Json]:
        """The fields as JSON values; empty ones are left out. `from_dict` reads it back."""
        values: dict[str, Json] = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.published is not None:
            values["published"] = self.published.isoformat().replace("+00:00", "Z")
        values["tags"] = list(self.tags)
        values["extra"] = dict(self.extra)
        return {name: value for name, value in values.items() if value}

    def _fail(self, reason: str) -> NoReturn:
        name = next((v for v in (self.id, self.url, self.title) if isinstance(v, str) and v), None)
        raise DocumentError(reason, id=name) from None

    def _clean_text(self, name: str) -> str:
        value = getattr(self, name)
        if not isinstance(value, str):
            self._fail(f"{name} must be text, not {type(value).__name__}")
        return well_formed(value)

    def _clean_published(self) -> datetime:
        value: object = self.published
        if not isinstance(value, datetime):
            self._fail(f"published must be a datetime, not {type(value).__name__}")
        if value.tzinfo is None:
            self._fail(
                f"published {value.isoformat()} is naive; give it a time zone, "
                "for instance published.replace(tzinfo=timezone.utc)"
            )
        try:
            value = value.astimezone(timezone.utc)
        except OverflowError:
            self._fail(f"published {value.isoformat()} is outside the years 1 to 9999")
        return value.replace(microsecond=value.microsecond // 1000 * 1000)

    def _clean_tags(self) -> tuple[str, ...]:
        given: object = self.tags
        if isinstance(given, str) or not isinstance(given, Iterable):
            self._fail(f"tags must be a sequence of texts, not {given!r}")
        tags = list(given)
        if wrong := [tag for tag in tags if not isinstance(tag, str)]:
            self._fail(f"tags must be texts, not {wrong[0]!r}")
        if too_long := [tag for tag in (*tags, self.source) if len(tag) > _LONGEST_LABEL]:
            first = too_long[0]
            self._fail(f"{first[:40]!r}… is too long for a tag or source: {len(first)} characters")
        return tuple(dict.fromkeys(well_formed(tag.strip()) for tag in tags if tag.strip()))

    def _clean_extra(self) -> Mapping[str, Json]:
        if not isinstance(self.extra, Mapping):
            self._fail(f"extra must be a mapping, not {type(self.extra).__name__}")
        try:
            text = json.dumps(dict(self.extra), allow_nan=False, ensure_ascii=False)
            kept: dict[str, Json] = json.loads(well_formed(text))
        except (TypeError, ValueError) as error:
            self._fail(f"extra is not JSON: {error}")
        return kept


def _digest(text: str) -> str:
    from hashlib import sha256  # takes long to import, and a search does without

    return sha256(text.encode()).hexdigest()[:32]


def _host(url: str) -> str:
    found = _PLAIN_HOST(url)  # nearly always, and urlsplit makes ten calls
    try:
        host = found[1] if found else urlsplit(url).hostname or ""
    except ValueError:  # e.g. an unclosed [ of an IPv6 address
        host = ""
    return host.removeprefix("www.")


def link_of(url: str) -> str:
    """The url where a page may link to it: `Document.link`."""
    try:
        parts = urlsplit(url)
    except ValueError:  # e.g. an unclosed [ of an IPv6 address
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def address_key(text: str) -> str:
    """The address without its scheme, ``www.``, percent-encoding, fragment, campaign and slash at the end.

    Empty for a text that is no address.

    >>> address_key("https://www.example.com/a/?utm_source=x#top"), address_key("example.com/a")
    ('example.com/a', 'example.com/a')
    """
    if "." not in text or (match := _ADDRESS.fullmatch(text.strip())) is None:
        return ""
    host, path, query = match.group("host", "path", "query")
    kept = [part for part in (query or "").split("&") if part and not part.startswith(_CAMPAIGN)]
    address = host.lower() + (path or "").rstrip("/") + ("?" + "&".join(kept) if kept else "")
    return unquote(address) if "%" in address else address


def _has_symbol(text: str) -> bool:
    """Has the text an emoji, a star, a currency, or a radical, which is a symbol to Unicode?"""
    return any(
        category(character) in ("So", "Sc", "Sm")
        for character in text
        if not character.isascii() and not "\uff00" <= character <= "\uffef"  # full-width ASCII
    )
