"""searchkit explain: a query and a document -> why the query matches the document, or does not."""

from __future__ import annotations

import dataclasses
from typing import Any

import click

import searchkit
from searchkit.cli.columns import one_line, printable
from searchkit.cli.options import (
    check_there,
    json_option,
    location_option,
    query_of,
    query_options,
    refuse_unknown_options,
)
from searchkit.cli.output import print_json

__all__ = ["explain"]


@click.command(
    short_help="Show why a query finds an article, or why not.",
    # As for a search: -乾隆 is part of the query.
    context_settings={"ignore_unknown_options": True},
    epilog="""\b
Examples:
  searchkit explain 遣唐使 https://daily.example.com/2024/09/12/envoys --in indexes/news
  searchkit explain 遣唐使 -晁衡 https://daily.example.com/2024/09/12/envoys --in indexes/news
""",
)
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@click.argument("id")
@location_option("--in", "The index with the article.")
@query_options
@json_option
@click.pass_context
def explain(
    ctx: click.Context,
    /,
    words: tuple[str, ...],
    id: str,
    location: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Show whether a query finds the article with this ID, which conditions fail, and how its score adds up.

    Several QUERY words are one query. The ID of an article is its url, or the id that 'searchkit search'
    shows.
    """
    query = query_of(ctx, words)
    refuse_unknown_options(ctx, [id])
    with searchkit.open(location) as index:
        check_there(index, id)
        found = index.explain(query, id, **options)
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    # Line breaks in the id or the query would look like lines of the explanation.
    found = dataclasses.replace(found, query=one_line(found.query), id=one_line(found.id))
    click.echo(printable(str(found)))
