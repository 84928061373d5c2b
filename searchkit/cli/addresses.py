"""Addresses of articles -> text that people read, and what people type -> the id of a document."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import searchkit
from searchkit.cli.outcome import Failed

_WEB = re.compile(r"https?://(?:www\.)?(?=[^/])", re.IGNORECASE)
# What is ASCII stays: a %2F is no /, and a %20 would part the address.
_ENCODED = re.compile("(?:%[89a-f][0-9a-f])+", re.IGNORECASE)
_CAMPAIGN = re.compile(r"(?<=[?&])utm_[^&#]*&?")
_LOOSE = re.compile(r"[?&]+(?=#|$)")


def readable(url: str) -> str:
    """The address as one reads it: its letters decoded, without scheme, www. and campaign; or a path.

    >>> readable("https://www.example.com/%E8%8C%B6/"), readable("http://xn--fiq228c.example/")
    ('example.com/茶', '中文.example')
    """
    if url.startswith("file://"):
        from urllib.request import url2pathname  # takes long to import

        try:
            path = url2pathname(urlsplit(url).path)
        except ValueError:  # no address after all
            return url
        here = str(Path.cwd()).rstrip(os.sep) + os.sep
        return path.removeprefix(here)
    start = _WEB.match(url)
    if not start:
        return url
    host, slash, rest = url[start.end() :].partition("/")
    if "xn--" in host.lower():
        host = ".".join(map(_unicode_label, host.split(".")))
    rest = _LOOSE.sub("", _CAMPAIGN.sub("", rest))
    return (host + slash + _ENCODED.sub(_decoded, rest)).rstrip("/")


def id_of(index: searchkit.Index, text: str) -> str:
    """The id of the document that is meant, as `find_id` finds it; raises `Failed` when there is none."""
    found = find_id(index, text)
    if found is None:
        hint = "'searchkit search' shows the address of an article, and its id where that is another"
        raise Failed(f"{index.location}: there is no document {text!r}", hint=hint)
    return found


def find_id(index: searchkit.Index, text: str) -> str | None:
    """The id of a document, by its id, its address in any form, or the path of its file."""
    if text in index:
        return text
    if "://" not in text and (uri := _uri(text)) in index:
        return uri
    if "." in text:
        wanted = readable(text if "://" in text else f"https://{text}")
        for hit in index.search(_ascii_host(text), limit=3, lenient=True):
            if wanted in (readable(hit.url), readable(hit.id)):
                return hit.id
    return None


def _uri(path: str) -> str:
    try:
        return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100  (links are not followed, as in readers)
    except ValueError:  # a null character
        return ""


def _decoded(match: re.Match[str]) -> str:
    try:
        text = unquote(match[0], errors="strict")
    except UnicodeDecodeError:  # GBK, as old addresses have it
        return match[0]
    return text if text.isprintable() and " " not in text else match[0]


def _unicode_label(label: str) -> str:
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _ascii_host(address: str) -> str:
    scheme, there, rest = address.rpartition("://")
    host, slash, path = rest.partition("/")
    try:
        return scheme + there + host.encode("idna").decode("ascii") + slash + path
    except UnicodeError:  # no name of a host
        return address
