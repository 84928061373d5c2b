"""The options that several commands have in common; those of a search are made from `SearchOptions`.

Parameters have the names of the library's arguments where the values are the same, so that a command can
hand them on.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

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
    "query_options",
    "refuse_unknown_options",
    "search_option",
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


_FIELDS = {field.name: field for field in fields(searchkit.SearchOptions)}
_TYPES = get_type_hints(searchkit.SearchOptions)


def search_option(name: str, *declarations: str, **attributes: Any) -> Decorator:
    """The option for a field of `searchkit.SearchOptions`, with its default, its help and its values.

    Its name is the one of the field, unless there are other ``declarations``.
    """
    field, kind = _FIELDS[name], _TYPES[name]
    option = f"--{name.replace('_', '-')}"
    values: dict[str, Any] = {"default": field.default, "help": field.metadata["help"]}
    if kind is bool and field.default:
        option = f"{option}/--no-{name}"
    elif kind is bool:
        values["is_flag"] = True
    elif kind is int:
        numbers = click.IntRange(min=field.metadata["least"])
        values |= {"type": numbers, "metavar": "N", "show_default": bool(field.default)}
    elif get_origin(kind) is Literal:
        values |= {"type": click.Choice(get_args(kind)), "show_default": True}
    elif kind is str:
        values["show_default"] = True
    elif field.default == ():
        values["multiple"] = True
    return click.option(*(declarations or (option,)), name, **values | attributes)


page_options = _together(search_option("limit"), search_option("offset"))
"""``limit`` and ``offset``."""

filter_options = _together(
    search_option("since", metavar="DATE"),
    search_option("until", metavar="DATE"),
    search_option("source", metavar="S"),
    search_option("tags", "--tag", metavar="T"),
    search_option("where", default=(), multiple=True, metavar="NAME=VALUE"),
)
"""``since``, ``until``, ``source``, ``tags``, and ``where`` for `where_of`."""

query_options = _together(*map(search_option, ("match", "regional", "synonyms", "lenient")))
"""How a query is understood."""

snippet_option = search_option("snippet_length")

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
