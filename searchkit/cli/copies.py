"""searchkit backup, copy and export: an index -> the same in another place, or a file of its documents."""

from __future__ import annotations

import warnings

import click

import searchkit
from searchkit.cli.outcome import Interrupted
from searchkit.cli.output import print_json
from searchkit.cli.progress import copying_shown
from searchkit.cli.quantities import count_of, seconds_of

__all__ = ["backup", "copy", "export"]


@click.command(
    epilog="""\b
Example:
  searchkit backup indexes/news backups/news-2024-07-31
"""
)
@click.argument("location")
@click.argument("to")
def backup(location: str, to: str) -> None:
    """Copy an index into a new folder.

    The copy of LOCATION in TO is an index of its own. A writer may go on meanwhile; the copy is of the latest
    commit. On the same disk its files are hard links, which take no time and no space, but are lost with that
    disk.
    """
    with _opened(location) as index:
        index.backup(to)
        documents = count_of(len(index), "document")
    click.echo(f"{to}: a copy of {index.location}, {documents}")


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


@click.command(
    epilog="""\b
Examples:
  searchkit export indexes/news news.jsonl
  searchkit export indexes/news news.jsonl.gz
  searchkit export indexes/news - | jq -r .title
"""
)
@click.argument("location")
@click.argument("file")
def export(location: str, file: str) -> None:
    """Write the documents of an index into a file.

    Each line of FILE is one of them as a JSON object. Its name ends in .jsonl, or in .jsonl.gz to be packed.
    'searchkit index FILE' reads it back without loss. A file that is there is replaced once the new one is
    complete. With - for FILE they go to the standard output.
    """
    with _opened(location) as index:
        if file == "-":
            for document in index:
                print_json(document.to_dict())
            return
        count = index.export(file)
    click.echo(f"{file}: {count_of(count, 'document')}")


def _opened(location: str) -> searchkit.Index:
    with warnings.catch_warnings():
        # What is stored is the same by any rules.
        warnings.simplefilter("ignore", searchkit.AnalyzerChangedWarning)
        return searchkit.open(location)
