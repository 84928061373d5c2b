"""The command line: arguments -> calls of searchkit's public names -> text for people, or JSON."""

from __future__ import annotations

import click

import searchkit
from searchkit.cli.demo import demo
from searchkit.cli.explain import explain
from searchkit.cli.index import index
from searchkit.cli.maintenance import backup, check, copy, export, optimize, rebuild, stats
from searchkit.cli.outcome import Program
from searchkit.cli.search import search
from searchkit.cli.serve import serve
from searchkit.cli.similar import similar
from searchkit.cli.suggest import suggest

__all__ = ["main"]


@click.group(
    cls=Program,
    invoke_without_command=True,  # which shows the help
    context_settings={"max_content_width": 100},
    epilog="""\b
Examples:
  searchkit demo
  searchkit index articles/ --to indexes/news
  searchkit search 中日關係 --in indexes/news

'searchkit COMMAND --help' explains a command. The default index is the one in the environment variable
SEARCHKIT_INDEX, or indexes/default.
""",
)
@click.version_option(
    searchkit.__version__,
    prog_name="searchkit",
    message="%(prog)s %(version)s",
    help="Show the version and exit.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Full-text search for Chinese, whatever script it is written in."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for command in (
    demo,
    index,
    search,
    suggest,
    similar,
    explain,
    serve,
    stats,
    rebuild,
    optimize,
    check,
    backup,
    copy,
    export,
):
    main.add_command(command)
