"""Document: what is indexed, and what a hit gives back.

Everything a program can hand over is made a valid, normal Document here, once:
the layers behind this one need no checks of their own. What is accepted here, every engine, file and answer
can carry; docs/documents.md lists the limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, fields
from datetime import date, datetime, tzinfo
from itertools import islice
from reprlib import repr as shortened
from typing import Any, NoReturn, get_args
from unicodedata import category
from urllib.parse import unquote, urlsplit

from searchkit.dates import in_zone, iso_text, parse_time
from searchkit.errors import DocumentError
from searchkit.html.markup import Markup as Markup
from searchkit.html.markup import MarkupKind as MarkupKind
from searchkit.html.markup import link_of as link_of
from searchkit.html.markup import resolved
from searchkit.json_values import LONGEST_KEY, Json, JsonCopy, NoRoomError, NotJsonError
from searchkit.text import id_text, well_formed

LARGEST_DOCUMENT = 4_000_000
"""Characters of title, body, tags, extra and markup together. OpenSearch takes requests of 100 MB, in which
each character stands up to four times."""
LONGEST_ID = 100_000
"""Characters of an id, and of a url."""
# Engines refuse terms of 32 kB, and a label of this length is none.
LONGEST_LABEL = LONGEST_KEY
"""Characters of a tag, a source, a declared text, and a key of extra."""
MOST_LABELS = 1000
"""Tags of a document, and texts of a declared field."""
MOST_MARKUP = 100_000
"""Headings, links, pictures and places of a document together."""
_KINDS = get_args(MarkupKind)
_MOST_KEYS = 8  # in a message
_LONGEST_NAME = 200  # characters by which a message names a document that has no id of its own
_HAS_LETTER = re.compile(r"[^\W_]").search  # what str.isalnum says of a character; nearly all texts have one
# Without http:// it begins with www., or with a domain and a path.
_ADDRESS = re.compile(
    r"(?:https?://|(?=www\.|[^\s/?#@]+\.[^\s/?#@.]+/))(?:www\.)?"
    r"(?P<host>[^\s/?#@]+?)(?::(?:80|443))?(?P<path>/[^\s?#]*)?(?:\?(?P<query>[^\s#]*))?(?:#\S*)?",
    re.IGNORECASE,
)
_CAMPAIGN = "utm_"
_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]+)?(?:[/?#]|\Z)").match


@dataclass(frozen=True)
class Document:
    """One text with what is known of it.

    ``title`` and ``body`` are plain text, and at least one of them has a letter, digit or Han character in
    it. ``id`` defaults to the url, or without one to a digest of title and body, so the same text is the same
    document. ``published`` is a datetime, to the millisecond; a naive one means the time zone of the index
    that takes it. ``source`` defaults to the host of the url, without a leading ``www.``. ``tags`` are short
    labels; ``extra`` is a JSON object that is stored and given back as it is. ``markup`` says what parts of
    the body are (`Markup`): pages show its headings, links and pictures, and a hit names the `Hit.place` of
    its best match.

    Rows of a database are taken as they are: None is as good as a value that is missing, an ``id`` may be an
    integer or a UUID and is kept as its text, ``published`` may be a date or ISO 8601 text, and in ``extra``
    a Decimal becomes a number, a date, a time or a UUID its text.

    ``html`` may be given in the place of body and markup, which are made of it: the text is that of
    `html_to_text`, links and pictures are joined with the url. The HTML itself is not kept.

    Raises `DocumentError` when a value is none of these, or is larger than an index can carry: a document has
    4 million characters, its extra is nested 64 deep.
    """

    title: str = ""
    body: str = ""
    id: str = ""
    url: str = ""
    published: datetime | None = None
    source: str = ""
    tags: tuple[str, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict, hash=False)
    markup: tuple[Markup, ...] = ()
    html: InitVar[str | None] = ""

    def __post_init__(self, html: str | None) -> None:
        # Runs for every article, so what is right already is not looked at again.
        values = self.__dict__  # the dataclass is frozen
        if html is not None and html != "":
            values["body"], values["markup"] = self._read_html(html)
        texts = self.title, self.body, self.id, self.url, self.source
        try:
            "".join(texts).encode()
            is_plain = {*map(type, texts)} == {str}
        except (TypeError, UnicodeEncodeError):
            is_plain = False
        if not is_plain:
            for name in ("id", "title", "body", "url", "source"):
                values[name] = self._clean_text(name)
        title, body, url, source = self.title, self.body, self.url, self.source
        for name, text in (("id", self.id), ("url", url)):
            if len(text) > LONGEST_ID:
                self._fail(f"the {name} has {len(text):,} characters; at most {LONGEST_ID:,} are taken")
        if not any(_HAS_LETTER(text) or _has_symbol(text) for text in (title, body)):
            self._fail("it has no text: title and body hold no letter, digit, Han character or symbol")
        if self.published is not None:
            values["published"] = self._clean_published()
        if type(self.tags) is not tuple or self.tags or len(source) > LONGEST_LABEL:
            values["tags"] = self._clean_tags()
        if type(self.markup) is not tuple or self.markup:
            values["markup"] = self._clean_markup()
        room = LARGEST_DOCUMENT - len(title) - len(body) - sum(map(len, self.tags))
        room -= sum(len(one.value) for one in self.markup)
        if room < 0:
            self._fail_as_too_large()
        values["extra"] = self._clean_extra(room) if type(self.extra) is not dict or self.extra else {}
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

        A name that is no field is an error: what a program wants stored beside them goes into ``extra``.
        """
        if not isinstance(values, Mapping):
            raise DocumentError(
                f"a Document or a mapping is needed, not {type(values).__name__}"
                + (": dict() makes a mapping of it" if hasattr(values, "keys") else "")  # as a sqlite3.Row
            )
        if unknown := [name for name in values if name not in _GIVEN]:
            names = [id_text(values.get(name)) for name in ("id", "url")]
            raise DocumentError(
                _unknown(unknown), id=next((name[:LONGEST_ID] for name in names if name), None)
            )
        return cls(**values)

    def to_dict(self) -> dict[str, Json]:
        """The fields as JSON values; empty ones are left out. `from_dict` reads it back."""
        values: dict[str, Json] = {name: getattr(self, name) for name in FIELDS}
        values["published"] = iso_text(self.published)
        values["tags"] = list(self.tags)
        values["extra"] = dict(self.extra)
        values["markup"] = [list(one) for one in self.markup]
        return {name: value for name, value in values.items() if value}

    def in_zone(self, zone: tzinfo) -> Document:
        """The document with the time of its publication in the zone, which a naive one is taken to be of.

        Raises `DocumentError` when that is outside the years 1 to 9999 in UTC.
        """
        at = self.published
        if at is None or at.tzinfo is zone:
            return self
        try:
            local = in_zone(at, zone)
        except OverflowError:
            self._fail(f"published {at.isoformat()} is outside the years 1 to 9999")
        copy = object.__new__(type(self))  # all the rest has been checked
        copy.__dict__.update(self.__dict__, published=local)
        return copy

    def _fail(self, reason: str) -> NoReturn:
        name = next((v for v in (self.id, self.url, self.title) if isinstance(v, str) and v), None)
        if name is not None and (len(name) > LONGEST_ID or name is self.title):
            name = name[:_LONGEST_NAME]
        raise DocumentError(reason, id=name) from None

    def _fail_as_too_large(self) -> NoReturn:
        self._fail(
            f"it is too large: title, body, tags, extra and markup have at most {LARGEST_DOCUMENT:,} "
            "characters together; split it into several documents, such as chapters"
        )

    def _read_html(self, html: object) -> tuple[str, tuple[Markup, ...]]:
        from searchkit.html.text import read_html  # takes long to import, and a search does without

        if not isinstance(html, str):
            self._fail(f"html must be text, not {type(html).__name__}")
        if self.body or self.markup:
            self._fail("it has html and a body or markup, which are made of the html: give one of them")
        try:
            text = read_html(html)
        except DocumentError as error:
            self._fail(f"html {error.reason}")
        url = self.url if isinstance(self.url, str) else ""
        room = (LARGEST_DOCUMENT - len(text.body)) // 2
        return text.body, resolved(text.markup, url, cut=0, room=room)

    def _clean_text(self, name: str) -> str:
        value = getattr(self, name)
        if value is None:
            return ""
        text = id_text(value) if name == "id" else value
        if not isinstance(text, str):
            kinds = "text, an integer or a UUID" if name == "id" else "text"
            self._fail(f"{name} must be {kinds}, not {type(value).__name__}")
        return well_formed(str.__str__(text))  # a subclass of str is none to msgspec

    def _clean_published(self) -> datetime | None:
        value: object = self.published
        if isinstance(value, str):
            try:
                value = parse_time(value.strip())
            except ValueError as error:
                self._fail(f"published {error}")
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)  # noqa: DTZ001  (the index has a zone)
        if not isinstance(value, datetime):
            self._fail(f"published must be a datetime, a date or ISO 8601 text, not {type(value).__name__}")
        if value != value:  # the NaT of pandas, where a time is missing
            return None
        zone = value.tzinfo if value.tzinfo is not None and value.utcoffset() is not None else None
        try:
            value = in_zone(value, zone) if zone else value.replace(tzinfo=None)
        except OverflowError:
            self._fail(f"published {value.isoformat()} is outside the years 1 to 9999")
        day = value.year, value.month, value.day
        millisecond = value.microsecond // 1000
        # Built anew, as a subclass may have more to it: a Timestamp of pandas has nanoseconds.
        return datetime(*day, value.hour, value.minute, value.second, millisecond * 1000, tzinfo=value.tzinfo)

    def _clean_tags(self) -> tuple[str, ...]:
        given: object = () if self.tags is None else self.tags
        if isinstance(given, str) or not isinstance(given, Iterable):
            self._fail(f"tags must be a sequence of texts, not {shortened(given)}")
        tags = list(islice(given, MOST_LABELS + 1))
        if wrong := [tag for tag in tags if not isinstance(tag, str)]:
            self._fail(f"tags must be texts, not {shortened(wrong[0])}")
        if len(tags) > MOST_LABELS:
            self._fail(f"it has more than {MOST_LABELS:,} tags; what is no label goes into extra")
        if too_long := [tag for tag in (*tags, self.source) if len(tag) > LONGEST_LABEL]:
            first = too_long[0]
            self._fail(
                f"{first[:40]!r}… is too long for a tag or source: {len(first):,} characters, "
                f"where {LONGEST_LABEL:,} are taken"
            )
        return tuple(dict.fromkeys(well_formed(text) for text in map(str.strip, tags) if text))

    def _clean_markup(self) -> tuple[Markup, ...]:
        given: object = () if self.markup is None else self.markup
        if isinstance(given, str) or not isinstance(given, Iterable):
            self._fail(f"markup must be a sequence of Markup, not {shortened(given)}")
        found = [self._clean_mark(one) for one in islice(given, MOST_MARKUP + 1)]
        if len(found) > MOST_MARKUP:
            self._fail(f"it has more than {MOST_MARKUP:,} headings, links, pictures and places")
        return tuple(sorted(found, key=lambda one: (one.start, -one.end)))

    def _clean_mark(self, given: object) -> Markup:
        if type(given) is not Markup and (
            not isinstance(given, (list, tuple)) or len(given) != len(Markup._fields)
        ):
            self._fail(f"markup must be of (kind, start, end, value), not {shortened(given)}")
        kind, start, end, value = given
        if kind not in _KINDS:
            self._fail(f"markup is one of {', '.join(_KINDS)}, not {shortened(kind)}")
        if type(start) is not int or type(end) is not int or not 0 <= start <= end <= len(self.body):
            self._fail(
                f"markup must lie in the body, from 0 to {len(self.body)}, "
                f"and this is from {shortened(start)} to {shortened(end)}"
            )
        if not isinstance(value, str) or len(value) > LONGEST_ID:
            self._fail(f"markup: the value of a {kind} must be text of at most {LONGEST_ID:,} characters")
        if type(given) is Markup and type(value) is str and value.isascii():
            return given
        return Markup(kind, start, end, well_formed(str.__str__(value)))

    def _clean_extra(self, room: int) -> dict[str, Json]:
        given: object = {} if self.extra is None else self.extra
        if not isinstance(given, Mapping):
            self._fail(f"extra must be a mapping, not {type(given).__name__}")
        try:
            kept: dict[str, Json] = JsonCopy(room).of(dict(given))
        except NoRoomError:
            self._fail_as_too_large()
        except NotJsonError as error:
            keys = [f"[{shortened(key)}]" for key in reversed(error.keys)]
            place = "".join(keys[:_MOST_KEYS]) + ("…" if len(keys) > _MOST_KEYS else "")
            self._fail(f"extra is not JSON: extra{place} {error.reason}")
        return kept


FIELDS = tuple(f.name for f in fields(Document))
"""The names of what a document has."""
_GIVEN = (*FIELDS, "html")


def changed(document: Document, given: Mapping[str, Any]) -> Document:
    """The document with other values in some fields; None clears one. Its id stays.

    The keys of ``extra`` are changed in the same way, and the others stay. What was made of a value that
    changes is made anew, unless it is given as well: the source of the url, body and markup of ``html``; the
    markup of another body is dropped.

    Raises `DocumentError` for a name that is no field, or a value that no document has.
    """
    values: dict[str, Any] = {name: getattr(document, name) for name in FIELDS}
    if "url" in given and document.source == _host(document.url):
        values["source"] = ""
    if "html" in given:
        values["body"] = ""
    if "html" in given or "body" in given:
        values["markup"] = ()
    values |= given
    if isinstance(keys := given.get("extra"), Mapping):
        extra = {**document.extra, **keys}
        values["extra"] = {
            name: value for name, value in extra.items() if value is not None or name not in keys
        }
    return Document.from_dict(values)


def _unknown(names: Sequence[object]) -> str:
    """The error of names that are no fields, with what to write instead."""
    shown = [shortened(name) for name in names[:_MOST_KEYS]]
    more = ", …" if len(names) > _MOST_KEYS else ""
    example = ", ".join(f"{name}: …" for name in shown)
    return (
        f"unknown field{'s' if len(names) > 1 else ''} {', '.join(shown)}{more}; the fields are "
        f"{', '.join(_GIVEN)}; anything else goes into extra: {{'extra': {{{example}{more}}}}}"
    )


def _digest(text: str) -> str:
    from hashlib import sha256  # takes long to import, and a search does without

    return sha256(text.encode()).hexdigest()[:32]


def _host(url: str) -> str:
    found = _PLAIN_HOST(url)  # nearly always, and urlsplit makes ten calls
    try:
        host = found[1] if found else urlsplit(url).hostname or ""
    except ValueError:  # e.g. an unclosed [ of an IPv6 address
        host = ""
    host = host.removeprefix("www.")
    return host if len(host) <= LONGEST_LABEL else ""  # no host on the network has as many


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
