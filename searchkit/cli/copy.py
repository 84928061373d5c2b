"""searchkit copy: an index -> the same in another place, of any engine."""

from __future__ import annotations

import click

import searchkit
from searchkit.cli.outcome import Interrupted
from searchkit.cli.progress import copying_shown
from searchkit.cli.quantities import count_of, seconds_of

__all__ = ["copy"]


@click.command(
    epilog="""\b
Examples:
  searchkit copy indexes/news whoosh:indexes/pure
  searchkit copy indexes/news 'opensearch://host:9200/news?shards=5&replicas=1'
"""
)
@click.argument("location")
@click.argument("to")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def copy(location: str, to: str, quiet: bool) -> None:
    """Copy an index to another location, of any engine.

    The documents of LOCATION are analysed anew for the index TO, which is made. A copy that was interrupted
    goes on when it is started again. At the end both are asked the same, and must have the same answers.
    """
    with searchkit.open(location) as index:
        try:
            with copying_shown(quiet=quiet) as progress:
                report = index.copy_to(to, progress=progress)
        except KeyboardInterrupt:
            raise Interrupted("the same command goes on") from None
    documents = count_of(report.copied + report.kept, "document")
    again = f", {report.kept} of them copied before" if report.kept else ""
    click.echo(
        f"{report.location}: {documents}{again}, {report.queries} searches have the same totals "
        f"({seconds_of(report.took)})"
    )
