"""Lines -> the terminal, through a pager where they do not fit on the screen; as git does it.

``PAGER`` names the pager; an empty one, or ``cat``, is none. Without it there is ``less``, where it is
installed. ``LESS`` is ``FRX`` unless it is set: what fits is left on the screen, colours are shown.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Sequence

import click

from searchkit.cli.columns import width


def print_paged(lines: Sequence[str], *, colour: bool, wanted: bool = True) -> None:
    """Print the lines, with or without their colours; by a pager in a terminal that has fewer rows."""
    shown = [line if colour else click.unstyle(line) for line in lines]
    pager = _pager() if wanted and not _fits(shown) else []
    if not pager or not _passed(shown, pager):
        for line in shown:
            click.echo(line, color=colour)


def _pager() -> list[str]:
    """The command, empty where there is no pager."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") in (None, "", "dumb"):
        return []
    try:
        command = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:  # an open quote
        return []
    known = command and command[0] != "cat" and shutil.which(command[0])
    return [known, *command[1:]] if known else []


def _fits(lines: Sequence[str]) -> bool:
    columns, rows = shutil.get_terminal_size()
    taken = 0
    for line in lines:
        taken += max(1, -(-width(click.unstyle(line)) // max(columns, 1)))
        if taken >= rows:  # the prompt takes one
            return False
    return True


def _passed(lines: Sequence[str], pager: Sequence[str]) -> bool:
    """Whether the pager could be started; it ends when its reader has seen enough."""
    import subprocess  # takes long to import, and most output fits

    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    sys.stdout.flush()
    try:
        process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=environment)
    except OSError:
        return False
    # Ctrl-C is for the pager, which stops what it does and stays.
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        encoding = sys.stdout.encoding or "utf-8"
        process.communicate("".join(f"{line}\n" for line in lines).encode(encoding, "replace"))
    finally:
        signal.signal(signal.SIGINT, ours)
    return True
