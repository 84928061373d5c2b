"""searchkit completion: scripts that let a shell complete commands, options, and what an index has."""

from __future__ import annotations

import click

from searchkit.cli.options import command
from searchkit.cli.outcome import COMPLETE_VARIABLE

_SET_UP = {
    "bash": 'in ~/.bashrc: eval "$(searchkit completion bash)"',
    "zsh": 'in ~/.zshrc, behind compinit: eval "$(searchkit completion zsh)"',
    "fish": "searchkit completion fish > ~/.config/fish/completions/searchkit.fish",
}


@command(
    *(f"completion {shell:<8}   {how}" for shell, how in _SET_UP.items()),
    short_help="Print the script that lets a shell complete.",
)
@click.argument("shell", type=click.Choice([*_SET_UP]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that lets a SHELL complete commands, options, indexes, fields, sources and tags."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # click has all of the three
    script = kind(ctx.find_root().command, {}, "searchkit", COMPLETE_VARIABLE).source()
    if shell == "bash":
        # No space behind NAME=, whose value follows.
        script = script.replace(
            "    return 0\n", "    [[ ${COMPREPLY-} == *= ]] && compopt -o nospace\n\n    return 0\n", 1
        )
    click.echo(f"# {_SET_UP[shell]}\n{script}".encode(), nl=False)
