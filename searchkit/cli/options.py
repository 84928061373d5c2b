"""The options that several commands have in common, and what they mean for the library.

Parameters have the names of the library's arguments where the values are the same, so that a command can
hand them on.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

import searchkit
from searchkit.cli.outcome import Failed

__all__ = [
    "check_declared",
    "check_text",
    "check_there",
    "colour_option",
    "filter_options",
    "json_option",
    "location_argument",
    "location_option",
    "page_options",
    "query_of",
    "reading_options",
    "refuse_unknown_options",
    "snippet_option",
    "where_of",
]

_DEFAULT = "indexes/default"
_VARIABLE = "SEARCHKIT_INDEX"

Decorator = Callable[[Any], Any]


def location_option(name: str, help: str) -> Decorator:
    """An option that names the index, as the parameter ``location``."""
    return click.option(
        name,
        "location",
        metavar="LOCATION",
        envvar=_VARIABLE,
        default=_DEFAULT,
        show_default=True,
        show_envvar=True,
        help=help,
    )


def location_argument() -> Decorator:
    """An argument that names the index, as the parameter ``location``."""
    return click.argument("location", metavar="[LOCATION]", envvar=_VARIABLE, default=_DEFAULT)


def _together(*options: Decorator) -> Decorator:
    """Several options as one decorator; --help shows them in this order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


page_options = _together(
    click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=10,
        show_default=True,
        metavar="N",
        help="Show at most N hits; with 0 they are only counted.",
    ),
    click.option(
        "--offset",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Leave out the first N hits, for further pages.",
    ),
)
"""``limit`` and ``offset``."""

filter_options = _together(
    click.option("--since", metavar="DATE", help="Published on this day or later (2024-07-31, in UTC)."),
    click.option("--until", metavar="DATE", help="Published on this day or earlier."),
    click.option("--source", multiple=True, metavar="S", help="From this source; several mean any of them."),
    click.option(
        "--tag", "tags", multiple=True, metavar="T", help="With this tag; several mean any of them."
    ),
    click.option(
        "--where",
        multiple=True,
        metavar="NAME=VALUE",
        help="With this value of a declared field, or one in a range (price=10..20, price=10..); several "
        "of one name mean any of them.",
    ),
)
"""``since``, ``until``, ``source``, ``tags``, and ``where`` for `where_of`."""

reading_options = _together(
    click.option(
        "--match",
        type=click.Choice(["most", "all", "any"]),
        default="most",
        show_default=True,
        help="How many words of running text a hit needs.",
    ),
    click.option("--no-regional", is_flag=True, help="Find no words of other regions: 软件 without 軟體."),
    click.option("--no-synonyms", is_flag=True, help="Find no synonyms of the index."),
    click.option(
        "--lenient", is_flag=True, help="Read questions and queries with mistakes as well as they can be."
    ),
)
"""How a query is read: ``match``, ``no_regional``, ``no_synonyms`` and ``lenient``."""

snippet_option = click.option(
    "--snippet-length",
    type=click.IntRange(min=1),
    default=160,
    show_default=True,
    metavar="N",
    help="At most this many characters of the text.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")

colour_option = click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; 'auto' writes them to a terminal, unless NO_COLOR is set.",
)


def query_of(ctx: click.Context, words: Iterable[str]) -> str:
    """The words of the command line as one query."""
    refuse_unknown_options(ctx, words)
    query = " ".join(words)
    check_text(query)
    return query


def refuse_unknown_options(ctx: click.Context, words: Iterable[str]) -> None:
    """A mistyped option is no part of a query: their language has nothing that begins with --."""
    for word in words:
        if word.startswith("--"):
            name = word.partition("=")[0]
            known = [option for parameter in ctx.command.get_params(ctx) for option in parameter.opts]
            raise click.NoSuchOption(name, possibilities=difflib.get_close_matches(name, known, n=1), ctx=ctx)


def check_there(index: searchkit.Index, id: str) -> None:
    """Raise `Failed` when the index has no document with this id."""
    check_text(id)
    if id not in index:
        raise Failed(
            f"{index.location}: there is no document {id!r}",
            hint="'searchkit search' shows the url of an article, and its id where that is another",
        )


def where_of(pairs: Iterable[str]) -> dict[str, list[str]]:
    """``NAME=VALUE`` of the command line as the library takes it: each name with its values."""
    wanted: dict[str, list[str]] = {}
    for pair in pairs:
        check_text(pair)
        name, _, value = pair.partition("=")
        if not name.strip() or not value.strip():
            raise click.UsageError(
                f"--where takes NAME=VALUE, like author=林晚 or price=10..20, not {pair!r}"
            )
        wanted.setdefault(name.strip(), []).append(value)
    return wanted


def check_declared(index: searchkit.Index, where: Mapping[str, object]) -> None:
    """Say how fields come to be declared where one is not; the values are for the library to judge."""
    declared = index.stats().fields if where else {}
    for name in where:
        if name not in declared:
            known = f"it has {', '.join(declared)}" if declared else "it has none"
            raise click.UsageError(
                f"--where: this index declares no field {name!r}; {known}; "
                "'searchkit index' with --field declares them when it makes an index"
            )


def check_text(*texts: str) -> None:
    """Raise UnicodeEncodeError for bytes that the terminal's encoding has no text for: lone surrogates."""
    for text in texts:
        text.encode()
