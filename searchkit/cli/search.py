"""searchkit search: a query -> hits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

import searchkit
from searchkit.cli.did_you_mean import offer
from searchkit.cli.options import (
    check_declared,
    check_text,
    colour_option,
    filter_options,
    json_option,
    location_option,
    page_options,
    query_of,
    query_options,
    search_option,
    snippet_option,
    where_of,
)
from searchkit.cli.output import Colour, print_json, print_lines, room_of_terminal
from searchkit.cli.results import result_lines

__all__ = ["search"]


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
  searchkit search 茶 --facets source,year       how many of which source, of which year
  searchkit search 论坛 --recency 1y             fresher ones sooner
  searchkit search 论坛 --collapse               each story once

\b
With fields that 'searchkit index --field price=number --field author=text' declared:
  searchkit search 茶 --where price=10..20 --where author=林晚 --sort -price
""",
)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@location_option("--in", "The index to search.")
@page_options
@search_option("cursor", metavar="TEXT")
@search_option("sort", metavar="ORDER")
@filter_options
@search_option("facets", metavar="LIST")
@query_options
@search_option("recency", metavar="TIME")
@search_option("collapse", flag_value="near-duplicates")
@snippet_option
@json_option
@colour_option
@click.pass_context
def search(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    location: str,
    limit: int,
    offset: int,
    cursor: str | None,
    where: tuple[str, ...],
    facets: tuple[str, ...],
    as_json: bool,
    colour: Colour,
    **options: Any,
) -> None:
    """Search an index; several QUERY words are one query.

    Words separated by spaces must all be there. "…" is an exact passage, -x means without x, and OR, ( ),
    title:, body:, source:, tag: and date: work as elsewhere; docs/queries.md has it all. The query may be
    in any script, and finds all of them.
    """
    query, wanted, counted = query_of(ctx, words), where_of(where), _names(facets)
    check_text(*options["source"], *options["tags"])
    with searchkit.open(location) as index:
        check_declared(index, wanted)
        results = index.search(
            query,
            limit=limit,
            offset=offset,
            cursor=cursor,
            where=wanted,
            facets=counted,
            **options,
        )
        if as_json:
            print_json(results.to_dict())
        elif results or limit == 0:
            lines = result_lines(
                results,
                offset=None if cursor else offset,
                room=room_of_terminal(),
                collapsed=bool(options["collapse"]),
                in_time=_in_time(index) if counted else (),
            )
            print_lines(lines, colour)
        if not results and limit:
            behind = "this cursor" if cursor else f"--offset {offset}"
            rest = f" behind {behind}; there are {results.total:,}" if results.total else ""
            click.echo(f"nothing found{rest}", err=True)
        if not as_json and results.suggestion:
            offer(ctx, results.suggestion)


def _names(lists: Iterable[str]) -> list[str]:
    """The names in lists with commas."""
    return [name.strip() for names in lists for name in names.split(",") if name.strip()]


def _in_time(index: searchkit.Index) -> set[str]:
    """The facets whose values come in the order of time."""
    return {"year", "month", *(name for name, kind in index.stats().fields.items() if kind == "date")}
