"""searchkit index: files -> documents in an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

import searchkit
from searchkit.cli.creation import creation_options, opened_or_created
from searchkit.cli.options import location_option
from searchkit.cli.outcome import Failed, Interrupted, say
from searchkit.cli.progress import progress_shown
from searchkit.cli.quantities import bytes_of, count_of, seconds_of

__all__ = ["index"]

_SHOWN_FAILURES = 20
_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_GLANCE = 1000
"""Milliseconds until what changed between the first look and the beginning of the watch is looked for."""


@click.command(
    short_help="Make an index of articles, or bring one in step with them.",
    epilog="""\b
Examples:
  searchkit index articles/ --to indexes/news
  searchkit index 2024/ 2025/ extra.jsonl --to indexes/news
  searchkit index articles/ --to indexes/news --watch
  searchkit index old/ --encoding big5 --to indexes/old --user-words names.txt
  searchkit index shop.jsonl --to indexes/shop --field price=number --field brand=text
  searchkit index articles/ --to indexes/news --synonyms synonyms.txt --pinyin
""",
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True))
@location_option("--to", "The index to bring in step; it is made if there is none.")
@click.option("--no-delete", is_flag=True, help="Keep the documents of files that are gone.")
@click.option("--watch", is_flag=True, help="Go on, and index what changes as it changes, until Ctrl-C.")
@click.option("--strict", is_flag=True, help="End with exit status 1 when a file could not be indexed.")
@click.option(
    "--memory",
    metavar="MB",
    type=click.IntRange(min=16),
    help="Megabytes that what is not on disk yet may take; 200 without it.",
)
@creation_options
@click.option("--encoding", metavar="NAME", help="The encoding of the files. Without it, it is found out.")
@click.option(
    "-v", "--verbose", is_flag=True, help="List every file that could not be indexed, not only the first 20."
)
@click.option(
    "-q", "--quiet", is_flag=True, help="No progress and no summary; what failed is listed all the same."
)
@click.pass_context
def index(
    ctx: click.Context,
    /,
    paths: tuple[str, ...],
    location: str,
    no_delete: bool,
    watch: bool,
    strict: bool,
    encoding: str | None,
    memory: int | None,
    verbose: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Make an index of the articles in files and folders, or bring one in step with them.

    Known are .txt, .md, .html and .jsonl files; a folder is read with all folders in it. The next time only
    files that are new or have changed are read, and documents of files that are gone are deleted; what a
    JSON Lines file that is a PATH itself does not hold any longer stays. An article that is there already,
    by its url, is replaced. All is committed at the end, at once, or nothing is.

    What --field may declare: in .jsonl files any name beside those that every article has, in front matter
    the author.
    """
    for path in paths:
        searchkit.read_articles(path, encoding)  # raises for what cannot be, before an index is made
    changes = _changes(paths, location) if watch else iter(())
    committing = False

    def show(progress: searchkit.SyncProgress) -> None:
        nonlocal committing
        committing = progress.committing
        advance(progress)

    try:
        target, is_new = opened_or_created(location, **settings)
        with target:
            with progress_shown(quiet=quiet) as advance:
                report = _sync(target, paths, encoding, no_delete=no_delete, memory=memory, progress=show)
            stats = target.stats()
    except KeyboardInterrupt:
        if committing:  # nobody knows how far it came
            raise Interrupted("it may or may not have been committed") from None
        raise Interrupted("nothing was committed") from None
    _list_failures(report.failures, all_of_them=verbose)
    if not quiet:
        click.echo(_summary_of_new(report) if is_new else _summary(report))
        click.echo(f"{target.location}: {count_of(stats.documents, 'document')}, {bytes_of(stats.bytes)}")
    if watch:
        _keep_in_step(
            location, paths, encoding, changes, report, no_delete=no_delete, memory=memory, quiet=quiet
        )
    if strict and report.failures:
        ctx.exit(1)


def _sync(
    target: searchkit.Index,
    paths: Sequence[str],
    encoding: str | None,
    *,
    no_delete: bool,
    memory: int | None,
    progress: Callable[[searchkit.SyncProgress], None] | None = None,
) -> searchkit.SyncReport:
    """Bring the index in step with all of the paths, in one commit."""
    first, *others = paths
    return target.sync(
        first,
        *others,
        encoding=encoding,
        delete=lambda path: not no_delete and not (path.name.lower().endswith(_LINES) and path.is_file()),
        memory=memory and memory * 1_000_000,
        progress=progress,
    )


def _summary_of_new(report: searchkit.SyncReport) -> str:
    given = report.added + report.replaced
    return (
        f"{report.added:,} added, {report.updated:,} updated, {report.replaced:,} replaced, "
        f"{len(report.failures):,} failed in {seconds_of(report.took)} "
        f"({given / report.took:,.0f} documents a second)"
    )


def _summary(report: searchkit.SyncReport) -> str:
    return (
        f"{report.added:,} added, {report.updated:,} updated, {report.deleted:,} deleted, "
        f"{report.unchanged:,} unchanged, {len(report.failures):,} failed in {seconds_of(report.took)}"
    )


# -- watching


def _changes(paths: Sequence[str], location: str) -> Iterator[object]:
    """Something true whenever something has changed, and else, now and then, something false."""
    try:
        from watchfiles import watch
    except ImportError:
        raise Failed(
            "--watch needs watchfiles, which is not installed", hint="pip install 'searchkit[watch]'"
        ) from None
    own = Path(location).resolve()
    return watch(
        # A file is replaced when it is saved: that is seen in its folder only.
        *{path if path.is_dir() else path.parent for path in map(Path.absolute, map(Path, paths))},
        watch_filter=lambda _, path: own not in Path(path).resolve().parents,
        rust_timeout=_GLANCE,
        yield_on_timeout=True,
        raise_interrupt=True,
    )


def _keep_in_step(
    location: str,
    paths: Sequence[str],
    encoding: str | None,
    changes: Iterator[object],
    report: searchkit.SyncReport,
    *,
    no_delete: bool,
    memory: int | None,
    quiet: bool,
) -> None:
    """Sync whenever something changes; say what came of it, where something did."""
    known = set(report.failures)
    look = True  # something may have changed before the watch began
    try:
        for change in changes:
            if not change and not look:
                continue
            try:
                # Opened for each sync: a watch that waits holds nothing that others want to move or delete.
                with searchkit.open(location) as target:
                    report = _sync(target, paths, encoding, no_delete=no_delete, memory=memory)
            except searchkit.IndexLockedError as error:
                say("warning", str(error))
                look = True
                continue
            look = False
            _list_failures([each for each in report.failures if each not in known], all_of_them=True)
            known = set(report.failures)
            if not quiet and (report.added or report.updated or report.deleted):
                click.echo(_summary(report))
    except KeyboardInterrupt:
        raise Interrupted("no longer watching") from None


def _list_failures(failures: Sequence[searchkit.Failure], *, all_of_them: bool) -> None:
    shown = failures if all_of_them else failures[:_SHOWN_FAILURES]
    for failure in shown:
        click.echo(f"{failure.what}: {failure.reason}", err=True)
    if len(shown) < len(failures):
        click.echo(f"… and {len(failures) - len(shown):,} more; -v lists all of them", err=True)
