"""searchkit stats, rebuild, optimize, check, backup, copy and export: the care of an index."""

from __future__ import annotations

import dataclasses
import shlex
import time
from collections.abc import Callable
from functools import partial

import click

import searchkit
from searchkit.cli.columns import one_line, printable
from searchkit.cli.completers import locations
from searchkit.cli.options import command, json_option, location_argument, memory_option, quiet_option
from searchkit.cli.outcome import Failed, Interrupted, opened
from searchkit.cli.output import bytes_of, count_of, print_json, progress_shown, seconds_of


@command("stats indexes/news", "stats indexes/news --json")
@location_argument
@json_option
def stats(location: str, as_json: bool) -> None:
    """Show the size and the settings of an index."""
    with opened(location) as index:
        found = index.stats()
    if as_json:
        print_json(dataclasses.asdict(found))
        return
    way_out = f"yes: searchkit rebuild {shlex.quote(found.location)}"
    lines = {
        "location": found.location,
        "documents": f"{found.documents:,}",
        "size": bytes_of(found.bytes),
        "format": str(found.format),
        "made by": f"searchkit {found.version}",
        "analyzer": found.analyzer,
        "needs rebuild": way_out if found.needs_rebuild else "no",
        "user words": f"{found.user_words:,}",
        "stop words": f"{found.stop_words:,}",
        "fields": ", ".join(f"{name} ({kind})" for name, kind in found.fields.items()) or "none",
        "synonyms": f"{found.synonyms:,}",
        "time zone": found.timezone,
        "pinyin": "yes" if found.pinyin else "no",
        "kernel": found.kernel,
        **{name: f"{number:,}" for name, number in found.details.items()},
    }
    for name, value in lines.items():
        click.echo(f"{name:<15}{value}")


@command("rebuild indexes/news")
@location_argument
@memory_option
def rebuild(location: str, memory: int | None) -> None:
    """Analyze all documents of an index again.

    An index needs this after an update of searchkit that changed the analyzer; 'searchkit stats' says so.
    Searches continue meanwhile, and see the old index until the new one is committed. It needs room on the
    disk for a second copy of the index.
    """
    with opened(location) as index:
        documents, took = _rewritten(partial(index.rebuild, memory=memory), index.location)
    click.echo(f"{index.location}: {documents} analysed anew in {took}")


@command("optimize indexes/news")
@location_argument
@memory_option
def optimize(location: str, memory: int | None) -> None:
    """Make searches in an index faster.

    This merges all segments of the index, once a large index is complete or has lost many documents. It needs
    room on the disk for what is left of the index. Searches continue meanwhile. An index that needs a rebuild
    gets it.
    """
    with opened(location) as index:
        before = index.stats().bytes
        documents, took = _rewritten(partial(index.optimize, memory=memory), index.location)
        after = index.stats().bytes
    click.echo(f"{index.location}: {documents} optimized in {took}, {bytes_of(before)} → {bytes_of(after)}")


@command("check indexes/news", "check indexes/news --quick", "check indexes/news --json")
@location_argument
@click.option("--quick", is_flag=True, help="Search for some documents only, and read no large file whole.")
@json_option
@quiet_option("Show no progress.")
@click.pass_context
def check(ctx: click.Context, location: str, quick: bool, as_json: bool, quiet: bool) -> None:
    """Say whether an index is damaged, and where.

    This compares every file with its checksum and searches for every document, which takes a millisecond or
    two for each; with --quick it reads every document, but searches for 500. It changes nothing. The exit
    status is 1 when something is damaged.
    """
    with progress_shown(quiet=quiet) as show:
        report = searchkit.check(
            location, quick=quick, progress=lambda done, of: show(searchkit.SyncProgress(done, of, done))
        )
    if as_json:
        print_json({"ok": report.ok, **dataclasses.asdict(report)})
        ctx.exit(0 if report.ok else 1)
    for problem in report.problems:
        click.echo(printable(one_line(str(problem))))
    if not report.ok:
        hint = "restore a backup, or create the index anew from its documents"
        raise Failed(f"{report.location}: {count_of(len(report.problems), 'problem')}", hint=hint)
    documents = count_of(report.documents, "document")
    click.echo(f"{report.location}: {documents}, nothing is damaged ({seconds_of(report.took)})")


@command("backup indexes/news backups/news-2024-07-31")
@click.argument("location", shell_complete=locations)
@click.argument("to")
def backup(location: str, to: str) -> None:
    """Copy an index into a new folder.

    The copy of LOCATION in TO is an index of its own, of the latest commit; a writer may continue meanwhile.
    On the same disk its files are hard links: they take no time and no space, but are lost with that disk.
    """
    with opened(location) as index:
        index.backup(to)
        documents = count_of(len(index), "document")
    click.echo(f"{to}: a copy of {index.location}, {documents}")


@command(
    "copy indexes/news whoosh:indexes/pure",
    "copy indexes/news 'opensearch://host:9200/news?shards=5&replicas=1'",
)
@click.argument("location", shell_complete=locations)
@click.argument("to")
@quiet_option("Show no progress.")
def copy(location: str, to: str, quiet: bool) -> None:
    """Copy an index to another location, of any engine.

    The documents of LOCATION are analyzed again for the new index TO. An interrupted copy continues when it
    is started again. At the end both indexes must give the same totals for the same searches.
    """
    with searchkit.open(location) as index, progress_shown(quiet=quiet) as show:
        try:
            report = index.copy_to(to, progress=lambda done, of: show(searchkit.SyncProgress(done, of, done)))
        except KeyboardInterrupt:
            raise Interrupted("the same command goes on") from None
    documents = count_of(report.copied + report.kept, "document")
    again = f", {report.kept} of them copied before" if report.kept else ""
    same = f"{report.queries} searches have the same totals"
    click.echo(f"{report.location}: {documents}{again}, {same} ({seconds_of(report.took)})")


@command(
    "export indexes/news news.jsonl",
    "export indexes/news news.jsonl.gz",
    "export indexes/news - | jq -r .title",
)
@click.argument("location", shell_complete=locations)
@click.argument("file")
def export(location: str, file: str) -> None:
    """Write the documents of an index into a file.

    FILE gets one JSON object a line; its name ends in .jsonl, or in .jsonl.gz for a compressed file.
    'searchkit index FILE' reads it back without loss. An existing file is replaced when the new one is
    complete. With - for FILE the documents go to standard output.
    """
    with opened(location) as index:
        if file == "-":
            for document in index:
                print_json(document.to_dict())
            return
        count = index.export(file)
    click.echo(f"{file}: {count_of(count, 'document')}")


def _rewritten(rewrite: Callable[[], int], location: str) -> tuple[str, str]:
    """The number of documents that were rewritten, and the time it took."""
    started = time.perf_counter()
    try:
        documents = rewrite()
    except KeyboardInterrupt:
        raise Interrupted(f"nothing was committed; {location} is as it was") from None
    return count_of(documents, "document"), seconds_of(time.perf_counter() - started)
