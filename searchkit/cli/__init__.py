"""The command line: arguments -> calls of searchkit's public names -> text for people, or JSON."""

from __future__ import annotations

import click

import searchkit
from searchkit.cli.completion import completion
from searchkit.cli.demo import demo
from searchkit.cli.documents import delete, show, update
from searchkit.cli.help import explain_topic
from searchkit.cli.index import index
from searchkit.cli.maintenance import backup, check, copy, export, optimize, rebuild, stats
from searchkit.cli.outcome import Program
from searchkit.cli.search import explain, search, similar, suggest
from searchkit.cli.serve import serve
from searchkit.cli.settings import fields, synonyms

__all__ = ["main"]

_ASK = (search, suggest, similar, explain, show)
_CHANGE = (update, delete, synonyms)
_CARE = (stats, fields, rebuild, optimize, check, backup, copy, export)
_COMMANDS = (demo, index, *_ASK, serve, *_CHANGE, *_CARE, explain_topic, completion)
_KERNELS = {"compiled": "compiled kernel", "python": "kernel in Python"}


def _show_version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    # `click.version_option` would want the text at every start.
    if asked and not ctx.resilient_parsing:
        click.echo(f"searchkit {searchkit.__version__} ({_KERNELS[searchkit.kernel()]})")
        ctx.exit()


@click.group(
    cls=Program,
    commands={str(command.name): command for command in _COMMANDS},
    invoke_without_command=True,  # which shows the help
    context_settings={"max_content_width": 100},
    epilog="""\b
Examples:
  searchkit demo
  searchkit index articles/ --to indexes/news
  searchkit search 中日關係 --in indexes/news

'searchkit COMMAND --help' explains a command, 'searchkit help queries' what a query may be. The default
index is the one in the environment variable SEARCHKIT_INDEX, or indexes/default.
""",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and which kernel runs, and exit.",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Full-text search for Chinese, whatever script it is written in."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
