"""searchkit fields and synonyms: what an index declares, and which words find one another."""

from __future__ import annotations

from typing import Any

import click

from searchkit.cli.columns import padded, printable, width
from searchkit.cli.creation import TEXT_FILE
from searchkit.cli.options import command, json_option, location_argument
from searchkit.cli.outcome import opened
from searchkit.cli.output import count_of, print_json, print_lines


@command(
    "fields indexes/shop", "fields indexes/shop --json", short_help="Show the declared fields of an index."
)
@location_argument
@json_option
def fields(location: str, as_json: bool) -> None:
    """Show the declared fields of an index: their kinds, and how many documents have each.

    'search' filters, sorts and counts by them: --where NAME=VALUE, --sort NAME, --facets NAME. Those of the
    kind fulltext are searched as the body is.
    """
    with opened(location) as index:
        kinds, counts = index.stats().fields, index.field_counts()
        documents = len(index)
    if as_json:
        found = {name: {"kind": kind, "documents": counts[name]} for name, kind in kinds.items()}
        print_json({"documents": documents, "fields": found})
        return
    if not kinds:
        click.echo(
            "this index declares no fields; 'searchkit index --field NAME=KIND' does for a new one", err=True
        )
        return
    names, digits = max(map(width, kinds)), len(f"{max(counts.values()):,}")
    share = f" of {documents:,}"
    print_lines(
        f"{padded(name, names)}  {kind:<8}  {counts[name]:>{digits},}{click.style(share, dim=True)}"
        for name, kind in kinds.items()
    )


@command(
    "synonyms indexes/news",
    "synonyms indexes/news --set synonyms.txt",
    "synonyms indexes/news > synonyms.txt",
)
@location_argument
@click.option(
    "--set",
    "file",
    metavar="FILE",
    type=TEXT_FILE,
    help="Replace all of them by those of this file; one without rules removes them.",
)
@json_option
def synonyms(location: str, file: str | None, as_json: bool) -> None:
    """Show or replace the synonyms of an index.

    They are printed as such a file has them: words that find one another, a line like '土豆, 马铃薯', or one
    way, like '北大 => 北京大学'. No document changes, and searches use them at once.
    """
    with opened(location) as index:
        if file is not None:
            index.set_synonyms(file)
        rules, words = index.synonyms, index.stats().synonyms
    if as_json:
        shown: dict[str, Any] = {"words": words, "rules": rules}
        print_json(shown)
    elif file is not None:
        click.echo(f"{index.location}: {count_of(words, 'word')} with synonyms")
    else:
        print_lines(map(printable, rules))
        if not rules:
            click.echo("this index has no synonyms; --set FILE gives it some", err=True)
