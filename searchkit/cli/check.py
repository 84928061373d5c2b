"""searchkit check: an index -> what of it is damaged."""

from __future__ import annotations

import dataclasses

import click

import searchkit
from searchkit.cli.columns import one_line, printable
from searchkit.cli.options import json_option, location_argument
from searchkit.cli.outcome import Failed
from searchkit.cli.output import print_json
from searchkit.cli.quantities import count_of, seconds_of

__all__ = ["check"]


@click.command(
    epilog="""\b
Examples:
  searchkit check indexes/news
  searchkit check indexes/news --json
"""
)
@location_argument()
@json_option
@click.pass_context
def check(ctx: click.Context, location: str, as_json: bool) -> None:
    """Say whether an index is damaged, and where.

    Every file is held against its checksum, and every document against what is searchable. That takes about
    as long as a rebuild, and changes nothing. The exit status is 1 where something is damaged. Without a
    LOCATION it is the index in the environment variable SEARCHKIT_INDEX, or else indexes/default.
    """
    report = searchkit.check(location)
    if as_json:
        print_json({"ok": report.ok, **dataclasses.asdict(report)})
        ctx.exit(0 if report.ok else 1)
    for problem in report.problems:
        click.echo(printable(one_line(str(problem))))
    if not report.ok:
        raise Failed(
            f"{report.location}: {count_of(len(report.problems), 'problem')}",
            hint="restore a backup, or create the index anew from its documents",
        )
    documents = count_of(report.documents, "document")
    click.echo(f"{report.location}: {documents}, nothing is damaged ({seconds_of(report.took)})")
