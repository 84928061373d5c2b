"""The command line: arguments -> calls of searchkit's public names -> text for people, or JSON."""

from __future__ import annotations

import click

import searchkit
from searchkit.cli.demo import demo
from searchkit.cli.index import index
from searchkit.cli.maintenance import backup, check, copy, export, optimize, rebuild, stats
from searchkit.cli.outcome import Program
from searchkit.cli.search import explain, search, similar, suggest
from searchkit.cli.serve import serve

__all__ = ["main"]

_ASK = (search, suggest, similar, explain)
_CARE = (stats, rebuild, optimize, check, backup, copy, export)


@click.group(
    cls=Program,
    commands={str(command.name): command for command in (demo, index, *_ASK, serve, *_CARE)},
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
