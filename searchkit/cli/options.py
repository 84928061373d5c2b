"""What commands have in common: their help and their options, those of a search from `SearchOptions`.

Parameters have the names of the library's arguments where the values are the same, so that a command can
hand them on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

import click

import searchkit
from searchkit.cli import completers
from searchkit.cli.completers import DEFAULT, VARIABLE

Decorator = Callable[[Any], Any]


def command(*examples: str, **settings: Any) -> Decorator:
    """A command whose help ends with examples: what to type behind ``searchkit``, and what that does."""
    title = "Examples:" if len(examples) > 1 else "Example:"
    return click.command(epilog="\n  searchkit ".join([f"\b\n{title}", *examples]), **settings)


NO_OPTION = "\0"
"""Before a word that is no option although it begins with -; what somebody types has no null character."""


class _Text(click.types.StringParamType):
    def convert(self, value: str, param: Any, ctx: Any) -> str:  # noqa: ARG002
        value.encode()
        return value.removeprefix(NO_OPTION)


TEXT = _Text()
"""Raises UnicodeEncodeError for bytes that the terminal's encoding has no text for: lone surrogates."""


def location_option(name: str, help: str) -> Decorator:
    """An option that names the index, as the parameter ``location``."""
    shown: dict[str, Any] = {
        "show_default": True,
        "show_envvar": True,
        "shell_complete": completers.locations,
    }
    return click.option(
        name, "location", metavar="LOCATION", envvar=VARIABLE, default=DEFAULT, help=help, **shown
    )


def location_argument(command: Any) -> Any:
    """An argument that names the index, as the parameter ``location``; the help says what the default is."""
    default = f"The default LOCATION is the one in the environment variable {VARIABLE}, or {DEFAULT}."
    command.__doc__ = f"{command.__doc__}\n\n    {default}"
    given: dict[str, Any] = {"envvar": VARIABLE, "default": DEFAULT, "shell_complete": completers.locations}
    return click.argument("location", metavar="[LOCATION]", **given)(command)


def words_argument(metavar: str, *, required: bool = True) -> Decorator:
    """The words of a query, as the parameter ``words``."""
    return click.argument("words", metavar=metavar, nargs=-1, required=required, type=TEXT)


def together(*options: Decorator) -> Decorator:
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
    elif "least" in field.metadata:
        numbers = click.IntRange(min=field.metadata["least"])
        values |= {"type": numbers, "metavar": "N", "show_default": bool(field.default)}
    elif get_origin(kind) is Literal:
        values |= {"type": click.Choice(get_args(kind)), "show_default": True}
    else:
        values |= {"type": TEXT, "show_default": kind is str, "multiple": field.default == ()}
    return click.option(*(declarations or (option,)), name, **values | attributes)


page_options = together(search_option("limit"), search_option("offset"))

filter_options = together(
    search_option("since", metavar="DATE"),
    search_option("until", metavar="DATE"),
    search_option("source", metavar="S", shell_complete=completers.labels("source")),
    search_option("tags", "--tag", metavar="T", shell_complete=completers.labels("tags")),
    search_option("where", default=(), multiple=True, metavar="NAME=VALUE", shell_complete=completers.fields),
)
"""``since``, ``until``, ``source``, ``tags``, and ``where`` as it was typed."""


def boosts_of(ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, float] | None:
    """Pairs like title=3 as `searchkit.create` and `searchkit.Index.search` take them."""
    boosts: dict[str, float] = {}
    for pair in pairs:
        name, _, number = (part.strip() for part in pair.partition("="))
        try:
            boosts[name] = float(number)
        except ValueError:
            raise click.BadParameter(f"{pair!r} is no FIELD=NUMBER, like title=3", ctx, param) from None
    return boosts or None


_boost: dict[str, Any] = {"default": (), "multiple": True, "metavar": "FIELD=NUMBER", "callback": boosts_of}

query_options = together(
    *map(search_option, ("match", "regional", "synonyms", "lenient", "max_cost")),
    search_option("boosts", "--boost", **_boost),
)
"""How a query is understood."""

snippet_option = search_option("snippet_length")

memory_option = click.option(
    "--memory",
    metavar="MB",
    type=click.IntRange(min=16),
    callback=lambda ctx, param, value: value and value * 1_000_000,  # noqa: ARG005
    help="Megabytes of memory for documents that are not on disk yet; the default is 300.",
)
"""The bytes of a writer, as ``memory``."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")

pager_option = click.option(
    "--no-pager",
    "pager",
    is_flag=True,
    flag_value=False,
    default=True,
    help="Print everything at once, and not by the pager (PAGER, less) where it is longer than the terminal.",
)
"""Whether a pager may be used, as ``pager``."""

colour_option = click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; 'auto' writes them to a terminal, unless NO_COLOR is set.",
)


def quiet_option(help: str) -> Decorator:
    """``quiet``, with what is not shown then."""
    return click.option("-q", "--quiet", is_flag=True, help=help)
