"""Words of a query among the options: -体育 is a part of the query, --sinse a mistyped option.

What follows ``--`` is part of the query, whatever it begins with.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import click

from searchkit.cli.options import NO_OPTION
from searchkit.cli.outcome import say

_LITERAL = "searchkit.words behind --"


class QueryCommand(click.Command):
    """A command whose arguments are words of a query."""

    ignore_unknown_options = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        here = args.index("--") if "--" in args else len(args)
        ctx.meta[_LITERAL] = args[here + 1 :]
        # Several letters behind one - are no options: -video would be -v, and a query without its v.
        before = [f"{NO_OPTION}{word}" if _is_word(word) else word for word in args[:here]]
        return super().parse_args(ctx, before + args[here:])


def _is_word(word: str) -> bool:
    return len(word) > 2 and word[0] == "-" and word[1].isalpha()


def refuse_unknown_options(ctx: click.Context, words: Sequence[str]) -> None:
    """A mistyped option is no part of a query: their language has nothing that begins with --."""
    for word in words[: len(words) - len(ctx.meta[_LITERAL])]:
        if word.startswith("--"):
            name = word.partition("=")[0]
            close = difflib.get_close_matches(name, _options(ctx), n=1)
            raise click.NoSuchOption(name, possibilities=close, ctx=ctx)


def say_what_was_no_option(ctx: click.Context) -> None:
    """Print a hint where an option stands behind ``--``, which made it a part of the query."""
    known = {*_options(ctx)}
    for word in ctx.meta[_LITERAL]:
        if word.partition("=")[0] in known:
            say("hint", f"{word} is part of the query, as it stands behind --; options stand before it")
            return


def _options(ctx: click.Context) -> list[str]:
    every = (parameter for parameter in ctx.command.get_params(ctx) if isinstance(parameter, click.Option))
    names = (name for option in every for name in (*option.opts, *option.secondary_opts))
    return [name for name in names if name.startswith("--")]
