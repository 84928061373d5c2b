"""searchkit search: a query -> hits."""

from __future__ import annotations

import difflib
import json
import shutil
import sys
from typing import Literal

import click

import searchkit
from searchkit.cli.colour import Colour, wants_colour
from searchkit.cli.hits import result_lines
from searchkit.cli.options import location_option

__all__ = ["search"]

# JSON leaves these as they are, and a terminal takes some of them for commands.
_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


@click.command(
    short_help="Search an index.",
    # What is no option is part of the query: -乾隆 means "without 乾隆".
    context_settings={"ignore_unknown_options": True},
    epilog="""\b
Examples:
  searchkit search 中日關係 上川陽子             both
  searchkit search 中日关系 OR 日中关系          either
  searchkit search 茶 -乾隆                      the first, without the second
  searchkit search '"乘风万里"'                  exactly this passage, in any script
  searchkit search 「乘风万里」                  the same: full-width signs need no shell quotes
  searchkit search title:图书馆 --sort newest    in the title, newest first
  searchkit search 出租车 --since 2024-01-01 --json
""",
)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@location_option("--in", "The index to search.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Show at most N hits; with 0 they are only counted.",
)
@click.option(
    "--offset",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Leave out the first N hits, for further pages.",
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
    help="What comes first.",
)
@click.option("--since", metavar="DATE", help="Published on this day or later (2024-07-31, in UTC).")
@click.option("--until", metavar="DATE", help="Published on this day or earlier.")
@click.option(
    "--source", "sources", multiple=True, metavar="S", help="From this source; several mean any of them."
)
@click.option("--tag", "tags", multiple=True, metavar="T", help="With this tag; several mean any of them.")
@click.option(
    "--match",
    type=click.Choice(["most", "all", "any"]),
    default="most",
    show_default=True,
    help="How many words of running text a hit needs.",
)
@click.option(
    "--lenient", is_flag=True, help="Read questions and queries with mistakes as well as they can be."
)
@click.option(
    "--snippet-length",
    type=click.IntRange(min=1),
    default=160,
    show_default=True,
    metavar="N",
    help="At most this many characters of the text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; 'auto' writes them to a terminal, unless NO_COLOR is set.",
)
@click.pass_context
def search(
    ctx: click.Context,
    words: tuple[str, ...],
    location: str,
    limit: int,
    offset: int,
    sort: Literal["relevance", "newest", "oldest"],
    since: str | None,
    until: str | None,
    sources: tuple[str, ...],
    tags: tuple[str, ...],
    match: Literal["most", "all", "any"],
    lenient: bool,
    snippet_length: int,
    as_json: bool,
    colour: Colour,
) -> None:
    """Search an index; several QUERY words are one query.

    Words separated by spaces must all be there. "…" is an exact passage, -x means without x, and OR, ( ),
    title:, body:, source:, tag: and date: work as elsewhere; docs/queries.md has it all. The query may be
    in any script, and finds all of them.
    """
    _refuse_unknown_options(ctx, words)
    query = " ".join(words)
    for text in (query, *sources, *tags):
        text.encode()  # bytes that are no text in the terminal's encoding come as lone surrogates: refused
    with searchkit.open(location) as index:
        results = index.search(
            query,
            limit=limit,
            offset=offset,
            sort=sort,
            since=since,
            until=until,
            source=sources,
            tags=tags,
            match=match,
            snippet_length=snippet_length,
            lenient=lenient,
        )
        if as_json:
            _print_json(results)
        elif results or limit == 0:
            room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
            with_colour = wants_colour(colour, sys.stdout)
            for line in result_lines(results, offset=offset, room=room):
                click.echo(line, color=with_colour)
    if not results and limit:
        behind = f" behind --offset {offset}; there are {results.total:,}" if results.total else ""
        click.echo(f"nothing found{behind}", err=True)


def _refuse_unknown_options(ctx: click.Context, words: tuple[str, ...]) -> None:
    """A mistyped option is no part of the query: the language of queries has nothing that begins with --."""
    for word in words:
        if word.startswith("--"):
            name = word.partition("=")[0]
            known = [option for parameter in ctx.command.get_params(ctx) for option in parameter.opts]
            raise click.NoSuchOption(name, possibilities=difflib.get_close_matches(name, known, n=1), ctx=ctx)


def _print_json(results: searchkit.Results) -> None:
    text = json.dumps(
        results.to_dict(),
        ensure_ascii=False,
        indent=2 if sys.stdout.isatty() else None,
        separators=None if sys.stdout.isatty() else (",", ":"),
    )
    # Bytes, so that it is UTF-8 whatever the terminal speaks.
    click.echo(text.translate(_CONTROLS).encode("utf-8", "backslashreplace"))
