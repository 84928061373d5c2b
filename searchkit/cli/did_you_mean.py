"""A suggested query -> the command line that searches for it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
from click.core import ParameterSource

from searchkit.cli.columns import one_line, printable
from searchkit.cli.outcome import say

__all__ = ["offer"]

# They belong to the hits of the query that was typed.
_OF_THIS_QUERY = frozenset({"offset", "cursor"})
# As in shlex, but with letters of any script: a shell needs no quotes for them.
_NEEDS_NO_QUOTES = re.compile(r"[\w@%+=:,./-]+")


def offer(ctx: click.Context, query: str) -> None:
    """Print the suggested query on stderr, and the command line that searches for it."""
    query = printable(one_line(query))
    say("did you mean", query)
    say("hint", " ".join([ctx.command_path, _quoted(query), *_options(ctx)]))


def _options(ctx: click.Context) -> Iterator[str]:
    """The options that were typed."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        typed = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not isinstance(parameter, click.Option) or not typed or name in _OF_THIS_QUERY:
            continue
        value = ctx.params[name]
        for one in value if parameter.multiple else [value]:
            yield (parameter.secondary_opts if one is False else parameter.opts)[0]
            if not parameter.is_flag:
                yield _quoted(printable(one_line(str(one))))


def _quoted(text: str) -> str:
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else shlex.quote(text)
