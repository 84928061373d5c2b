"""searchkit similar: a document -> documents about the same subject."""

from __future__ import annotations

from typing import Any

import click

import searchkit
from searchkit.cli.options import (
    check_declared,
    check_text,
    check_there,
    colour_option,
    filter_options,
    json_option,
    location_option,
    page_options,
    snippet_option,
    where_of,
)
from searchkit.cli.output import Colour, print_json, print_lines, room_of_terminal
from searchkit.cli.results import result_lines

__all__ = ["similar"]


@click.command(
    short_help="Find articles about the same subject as another one.",
    epilog="""\b
Examples:
  searchkit similar https://daily.example.com/2024/09/12/envoys --in indexes/news
  searchkit similar https://daily.example.com/2024/09/12/envoys --since 2024-01-01 --limit 3
""",
)
@click.argument("id")
@location_option("--in", "The index with the article.")
@page_options
@filter_options
@snippet_option
@json_option
@colour_option
def similar(
    id: str,
    location: str,
    limit: int,
    offset: int,
    where: tuple[str, ...],
    as_json: bool,
    colour: Colour,
    **options: Any,
) -> None:
    """Find articles about the same subject as the one with this ID, the most similar first.

    The ID of an article is its url, or the id that 'searchkit search' shows.
    """
    wanted = where_of(where)
    check_text(*options["source"], *options["tags"])
    with searchkit.open(location) as index:
        check_there(index, id)
        check_declared(index, wanted)
        results = index.similar(id, limit=limit, offset=offset, where=wanted, **options)
        if as_json:
            print_json(results.to_dict())
        elif results or limit == 0:
            print_lines(result_lines(results, offset=offset, room=room_of_terminal()), colour)
    if not results and limit:
        behind = f" behind --offset {offset}; there are {results.total:,}" if results.total else ""
        click.echo(f"nothing found{behind}", err=True)
