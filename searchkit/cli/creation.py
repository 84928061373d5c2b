"""The settings of a new index -> the index at a location, opened or created.

The options belong to the creation. Where there is an index already, they are refused, unless it is known to
have the same settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

import searchkit

__all__ = ["creation_options", "opened_or_created"]


def opened_or_created(
    location: str,
    *,
    user_words: list[str] | None,
    stop_words: list[str] | None,
    fields: Mapping[str, Any],
    synonyms: str | None,
    pinyin: bool,
) -> tuple[searchkit.Index, bool]:
    """The index at the location, created with these settings if there is none, and whether it is new.

    Raises UsageError when there is one whose settings may differ.
    """
    try:
        existing = searchkit.open(location)
    except searchkit.IndexNotFoundError:
        created = searchkit.create(
            location,
            user_words=user_words or (),
            stop_words=stop_words or (),
            fields=fields,
            synonyms=synonyms or (),
            pinyin=pinyin,
        )
        return created, True
    unknown = {"--user-words": user_words, "--stop-words": stop_words, "--synonyms": synonyms}
    refused = [(name, "there is one at {} already") for name, value in unknown.items() if value is not None]
    refused += [(name, "the one at {} was made without it") for name in _new_to(existing, fields, pinyin)]
    for name, reason in refused:
        existing.close()
        raise click.UsageError(
            f"{name} belongs to the creation of an index, and {reason.format(existing.location)}; "
            "choose another place, or delete that one to make it anew"
        )
    return existing, False


def _new_to(index: searchkit.Index, fields: Mapping[str, str], pinyin: bool) -> Iterator[str]:
    """The options that ask for settings which the index lacks."""
    if fields or pinyin:
        stats = index.stats()
        yield from (f"--field {n}={kind}" for n, kind in fields.items() if stats.fields.get(n) != kind)
        if pinyin and not stats.pinyin:
            yield "--pinyin"


# -- the values of the options


def _fields_of(ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in pairs:
        name, _, kind = (part.strip() for part in pair.partition("="))
        if not name or not kind:
            raise click.BadParameter(f"{pair!r} is no NAME=KIND, like price=number", ctx, param)
        if fields.setdefault(name, kind) != kind:
            raise click.BadParameter(f"{name!r} is declared twice: {fields[name]} and {kind}", ctx, param)
    return fields


def _words_of(ctx: click.Context, param: click.Parameter, path: str | None) -> list[str] | None:
    """One word a line. A frequency and a tag behind it, as in a user dictionary of jieba, are ignored.

    Empty lines and lines that begin with # are ignored as well.
    """
    if path is None:
        return None
    lines = _text_of(ctx, param, path).splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def _text_file(ctx: click.Context, param: click.Parameter, path: str | None) -> str | None:
    """The path, once it is known that the library can read the file."""
    if path is not None:
        _text_of(ctx, param, path)
    return path


def _text_of(ctx: click.Context, param: click.Parameter, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise click.BadParameter(f"{path}: cannot be read: {error.strerror}", ctx, param) from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path}: is not UTF-8", ctx, param) from None


# -- the options


def _file_option(name: str, help: str, callback: Callable[..., Any]) -> Callable[[Any], Any]:
    path = click.Path(exists=True, dir_okay=False)
    return click.option(name, type=path, metavar="FILE", callback=callback, help=help)


_OPTIONS = (
    _file_option(
        "--user-words",
        "Words that the segmenter keeps whole (names, products), one a line. Only for a new index.",
        _words_of,
    ),
    _file_option(
        "--stop-words",
        "Words that do not count for the rank, one a line. Only for a new index.",
        _words_of,
    ),
    click.option(
        "--field",
        "fields",
        multiple=True,
        metavar="NAME=KIND",
        callback=_fields_of,
        help="Declare a field of the articles that 'search' may filter, sort and count by; the KIND is text, "
        "number, date or boolean. May be repeated. Only for a new index.",
    ),
    _file_option(
        "--synonyms",
        "Words that find one another, a line like '土豆, 马铃薯', or one way, like '北大 => 北京大学'. "
        "Only for a new index.",
        _text_file,
    ),
    click.option(
        "--pinyin",
        is_flag=True,
        help="Let 'suggest' take pinyin, and find what was meant by characters that sound the same. "
        "Only for a new index.",
    ),
)


def creation_options(command: Any) -> Any:
    """The options for the settings of `opened_or_created`, by the names of its arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
