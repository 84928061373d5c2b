"""searchkit index: files -> documents in an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

import searchkit
from searchkit.cli.creation import creation_options, opened_or_created
from searchkit.cli.options import location_option
from searchkit.cli.outcome import Interrupted
from searchkit.cli.progress import progress_over
from searchkit.cli.quantities import bytes_of, count_of, seconds_of

__all__ = ["index"]

_SHOWN_FAILURES = 20


@click.command(
    short_help="Make an index of articles, or add them to one.",
    epilog="""\b
Examples:
  searchkit index articles/ --to indexes/news
  searchkit index 2024/ 2025/ extra.jsonl --to indexes/news
  searchkit index old/ --encoding big5 --to indexes/old --user-words names.txt
  searchkit index shop.jsonl --to indexes/shop --field price=number --field brand=text
  searchkit index articles/ --to indexes/news --synonyms synonyms.txt --pinyin
""",
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True))
@location_option("--to", "The index to add to; it is made if there is none.")
@click.option("--strict", is_flag=True, help="End with exit status 1 when a file could not be indexed.")
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
    strict: bool,
    encoding: str | None,
    verbose: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Make an index of the articles in files and folders, or add them to one.

    Known are .txt, .md, .html and .jsonl files; a folder is read with all folders in it. An article that is
    there already, by its url, is replaced. All is committed at the end, at once, or nothing is.

    What --field may declare: in .jsonl files any name beside those that every article has, in front matter
    the author.
    """
    sources = [searchkit.read_articles(path, encoding) for path in paths]
    try:
        with opened_or_created(location, **settings) as target:
            report, stats = _add(target, sources, quiet=quiet)
    except KeyboardInterrupt:
        raise Interrupted("nothing was committed") from None
    _list_failures(report.failures, all_of_them=verbose)
    if not quiet:
        given = report.added + report.updated + report.replaced
        click.echo(
            f"{report.added:,} added, {report.updated:,} updated, {report.replaced:,} replaced, "
            f"{len(report.failures):,} failed in {seconds_of(report.took)} "
            f"({given / report.took:,.0f} documents a second)"
        )
        click.echo(f"{location}: {count_of(stats.documents, 'document')}, {bytes_of(stats.bytes)}")
    if strict and report.failures:
        ctx.exit(1)


def _add(
    target: searchkit.Index, sources: Sequence[searchkit.Articles], *, quiet: bool
) -> tuple[searchkit.Report, searchkit.Stats]:
    """Index all that the sources hold, in one commit."""
    all_read = False
    try:
        with progress_over(sources, quiet=quiet) as advance, target.writer() as writer:
            for articles in sources:
                seen: set[str] = set()
                yielded = 0
                for document in articles:
                    writer.add(document)
                    advance()
                    seen.add(document.id)
                    yielded += 1
                # `replaced` of the articles names those that came again, too, which the writer has counted.
                writer.report.replaced += len(articles.replaced) - (yielded - len(seen))
                writer.report.failures += [
                    searchkit.Failure(each.path, each.reason) for each in articles.failures
                ]
            all_read = True
        return writer.report, target.stats()
    except KeyboardInterrupt:
        if not all_read:
            raise
        # The commit is under way, and nobody knows how far it came.
        raise Interrupted("it may or may not have been committed") from None


def _list_failures(failures: Sequence[searchkit.Failure], *, all_of_them: bool) -> None:
    shown = failures if all_of_them else failures[:_SHOWN_FAILURES]
    for failure in shown:
        click.echo(f"{failure.what}: {failure.reason}", err=True)
    if len(shown) < len(failures):
        click.echo(f"… and {len(failures) - len(shown):,} more; -v lists all of them", err=True)
