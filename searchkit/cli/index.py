"""searchkit index: files -> documents in an index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import searchkit
from searchkit.cli.creation import creation_options, opened_or_created
from searchkit.cli.options import command, location_option, memory_option, quiet_option
from searchkit.cli.outcome import Failed, Interrupted, say
from searchkit.cli.output import bytes_of, count_of, progress_shown, seconds_of

_SHOWN_FAILURES = 20
_REPLACED = "replaced: of several articles with the same id or url the latest counts"
_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


@command(
    "index articles/ --to indexes/news",
    "index 2024/ 2025/ extra.jsonl --to indexes/news",
    "index articles/ --to indexes/news --watch",
    "index old/ --encoding big5 --to indexes/old --user-words names.txt",
    "index notes/ --include '*.txt' --exclude drafts/ --to indexes/notes",
    "index blog.db --query 'select id, title, body from posts' --to indexes/blog",
    "index shop.jsonl --to indexes/shop --field price=number --field brand=text",
    "index articles/ --to indexes/news --synonyms synonyms.txt --pinyin",
    short_help="Index articles, or update an index with their changes.",
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True))
@location_option("--to", "The index to update; it is created if there is none.")
@click.option("--no-delete", is_flag=True, help="Keep the documents of files that are gone.")
@click.option("--watch", is_flag=True, help="Keep running and index changes as they happen, until Ctrl-C.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when a file could not be indexed.")
@memory_option
@creation_options
@click.option("--encoding", metavar="NAME", help="The encoding of the files. By default it is detected.")
@click.option("--include", metavar="GLOB", multiple=True, help="Only files that match, such as '*.txt'.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="No files and folders that match: drafts/.")
@click.option("--query", metavar="SELECT", default="", help="The documents of SQLite databases, a row each.")
@click.option(
    "--column", "columns", metavar="NAME=FIELD", multiple=True, help="What a column is: headline=title."
)
@click.option("-v", "--verbose", is_flag=True, help="List all failures, and the kinds of files not read.")
@quiet_option("No progress and no summary; failures are still listed.")
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
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    query: str,
    columns: tuple[str, ...],
    memory: int | None,
    verbose: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Index the articles in files and folders, or update an index with their changes.

    The files may be text, Markdown, HTML, PDF, Word, EPUB, mail, JSON, JSON Lines, CSV and TSV, SQLite
    databases (--query) and dumps of MediaWiki; PDF needs 'searchkit-zh[files]'. Folders are read with
    their subfolders, without files of other kinds and what a file .searchkitignore leaves out. The next time
    only new and changed files are read, and documents of missing files are deleted. A JSON Lines file that is
    a PATH itself only adds and replaces documents. An article replaces the one with the same url. Everything
    is committed at once at the end, or nothing is.

    Names that --field may declare: any key of JSON and any column of a table besides those that every
    article has; of other files the author.
    """
    fields = dict(_named(column) for column in columns)
    for path in paths:  # raises for invalid arguments, before an index is created
        searchkit.read_articles(path, encoding, query=query, fields=fields, include=include, exclude=exclude)
    changes = _changes(paths, location) if watch else iter(())
    committing = False

    def sync(target: searchkit.Index, **more: Any) -> searchkit.SyncReport:
        return target.sync(
            *paths,
            encoding=encoding,
            query=query,
            fields=fields,
            include=include,
            exclude=exclude,
            delete=lambda path: not no_delete and not (path.name.lower().endswith(_LINES) and path.is_file()),
            memory=memory,
            **more,
        )

    def show(progress: searchkit.SyncProgress) -> None:
        nonlocal committing
        committing = progress.committing
        advance(progress)

    try:
        target, is_new = opened_or_created(location, **settings)
        with target:
            with progress_shown(quiet=quiet) as advance:
                report = sync(target, progress=show)
            stats = target.stats()
    except KeyboardInterrupt:
        # While committing, it is not known how far it came.
        outcome = "it may or may not have been committed" if committing else "nothing was committed"
        raise Interrupted(outcome) from None
    _list_failures(report.failures, all_of_them=verbose)
    if report.skipped and (verbose or not (quiet or stats.documents or report.failures)):
        click.echo(_skipped(report.skipped), err=True)
    if include and not report.added + report.updated + report.unchanged:
        say("warning", f"no file with an article matches --include {' '.join(map(repr, include))}")
    if not quiet:
        click.echo(_summary(report, is_new=is_new))
        if report.replaced:
            click.echo(_REPLACED)
        click.echo(f"{target.location}: {count_of(stats.documents, 'document')}, {bytes_of(stats.bytes)}")
    if watch:
        _watch(location, sync, changes, report, quiet=quiet)
    if strict and report.failures:
        ctx.exit(1)


def _named(column: str) -> tuple[str, str]:
    name, equals, field = column.rpartition("=")
    if not equals:
        raise click.BadParameter(f"{column!r}: write NAME=FIELD, as in headline=title", param_hint="--column")
    return name, field


def _skipped(kinds: Mapping[str, int]) -> str:
    """The kinds of files that are not read, or hold no articles, the most frequent first."""
    most = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{count:,} {kind or 'without a suffix'}" for kind, count in most)
    return f"not read: {shown} (give one as PATH to see why)"


def _summary(report: searchkit.SyncReport, *, is_new: bool = False) -> str:
    took, failed = seconds_of(report.took), f"{len(report.failures):,} failed"
    start = f"{report.added:,} added, {report.updated:,} updated"
    if not is_new:
        return f"{start}, {report.deleted:,} deleted, {report.unchanged:,} unchanged, {failed} in {took}"
    rate = (report.added + report.replaced) / report.took
    return f"{start}, {report.replaced:,} replaced, {failed} in {took} ({rate:,.0f} documents a second)"


# -- watching


def _changes(paths: Sequence[str], location: str) -> Iterator[object]:
    """A true value whenever files have changed, and a false one after each timeout without changes."""
    try:
        from watchfiles import watch
    except ImportError:
        hint = "pip install 'searchkit-zh[watch]'"
        raise Failed("--watch needs watchfiles, which is not installed", hint=hint) from None
    own = Path(location).resolve()
    return watch(
        # Saving may replace a file, which only a watch of its folder sees.
        *{path if path.is_dir() else path.parent for path in map(Path.absolute, map(Path, paths))},
        watch_filter=lambda _, path: own not in Path(path).resolve().parents,
        rust_timeout=1000,  # milliseconds, after which changes before the watch began are looked for
        yield_on_timeout=True,
        raise_interrupt=True,
    )


def _watch(
    location: str,
    sync: Callable[[searchkit.Index], searchkit.SyncReport],
    changes: Iterator[object],
    report: searchkit.SyncReport,
    *,
    quiet: bool,
) -> None:
    """Sync whenever files change, and print a summary when documents changed."""
    known = set(report.failures)
    look = True  # files may have changed before the watch began
    try:
        for change in changes:
            if not change and not look:
                continue
            try:
                # Opened for each sync: while it waits, others may move or delete the index.
                with searchkit.open(location) as target:
                    report = sync(target)
            except searchkit.IndexLockedError as error:
                say("warning", str(error))
                look = True
                continue
            look = False
            _list_failures([each for each in report.failures if each not in known], all_of_them=True)
            known = set(report.failures)
            if not quiet and (report.added or report.updated or report.deleted):
                click.echo(f"{time.strftime('%H:%M:%S')}  {_summary(report)}")
    except KeyboardInterrupt:
        raise Interrupted("no longer watching") from None


def _list_failures(failures: Sequence[searchkit.Failure], *, all_of_them: bool) -> None:
    shown = failures if all_of_them else failures[:_SHOWN_FAILURES]
    for failure in shown:
        click.echo(f"{failure.what}: {failure.reason}", err=True)
    if len(shown) < len(failures):
        click.echo(f"… and {len(failures) - len(shown):,} more; -v lists all of them", err=True)
