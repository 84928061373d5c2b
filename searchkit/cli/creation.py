"""What an index is created with -> the index that is there, or a new one.

The options belong to the creation: where there is an index already, they are refused, unless it is known to
have been created with the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click

import searchkit
from searchkit.cli.words_file import text_file_option, words_file_option

__all__ = ["creation_options", "opened_or_created"]


def creation_options(command: Any) -> Any:
    """The options of `opened_or_created`, by the names of its arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def opened_or_created(
    location: str,
    *,
    user_words: list[str] | None,
    stop_words: list[str] | None,
    fields: Mapping[str, Any],
    synonyms: str | None,
    pinyin: bool,
) -> tuple[searchkit.Index, bool]:
    """The index at the location, made with these where there is none, and whether it is a new one.

    Raises UsageError when there is one and these may be others than its own.
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
    """The options that ask for what the index has not."""
    if fields or pinyin:
        stats = index.stats()
        yield from (f"--field {n}={kind}" for n, kind in fields.items() if stats.fields.get(n) != kind)
        if pinyin and not stats.pinyin:
            yield "--pinyin"


def _fields_of(ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for pair in pairs:
        name, _, kind = (part.strip() for part in pair.partition("="))
        if not name or not kind:
            raise click.BadParameter(f"{pair!r} is no NAME=KIND, like price=number", ctx, param)
        if fields.setdefault(name, kind) != kind:
            raise click.BadParameter(f"{name!r} is declared twice: {fields[name]} and {kind}", ctx, param)
    return fields


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    words_file_option(
        "--user-words",
        "Words that the segmenter keeps whole (names, products), one a line. Only for a new index.",
    ),
    words_file_option(
        "--stop-words", "Words that do not count for the rank, one a line. Only for a new index."
    ),
    click.option(
        "--field",
        "fields",
        multiple=True,
        metavar="NAME=KIND",
        callback=_fields_of,
        help="Declare what else of the articles 'search' may filter, sort and count by; the KIND is text, "
        "number, date or boolean. Several declare several. Only for a new index.",
    ),
    text_file_option(
        "--synonyms",
        "Words that find one another, a line like '土豆, 马铃薯', or one way, like '北大 => 北京大学'. "
        "Only for a new index.",
    ),
    click.option(
        "--pinyin",
        is_flag=True,
        help="Let 'suggest' take pinyin, and find what was meant by characters that sound the same. "
        "Only for a new index.",
    ),
)
