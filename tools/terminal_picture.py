"""Pictures of the command line in a terminal, as SVG: docs/images/terminal.svg and docs/images/demo.svg.

    python tools/terminal_picture.py

Each is what the commands print in a terminal of their own, in the sample articles. Linux and macOS.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from wcwidth import wcwidth

COLUMNS = 100
CELL, LINE, MARGIN = 8.4, 21, 18
BACKGROUND, FOREGROUND = "#16181d", "#d8dee4"
# The colours of a terminal, by the last digit of their code: black, red, green, yellow, blue …
COLOURS = ("#5c6370", "#f47067", "#6bc46d", "#e3b341", "#6cb6ff", "#dcbdfb", "#56d4dd", "#ffffff")
ESCAPE = re.compile(r"\x1b\[([\d;]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[\d;?]*[A-Za-z]|\r")
IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PICTURES = {
    "demo.svg": ("searchkit demo",),
    "terminal.svg": (
        "searchkit search 圖書館 --in indexes/demo --facets source,year",
        "searchkit search '乾隆 雪水' --in indexes/demo --limit 1",
    ),
}


class Style(NamedTuple):
    colour: int | None = None
    bold: bool = False
    dim: bool = False
    underlined: bool = False
    reverse: bool = False


def printed(command: str, folder: Path) -> str:
    """What a command prints in a terminal of 100 columns, with its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 200, COLUMNS, 0, 0))
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "PAGER": "cat",
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(IMAGES.parents[1]),
    }
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        output = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # Linux says so where the other side is closed
                read = b""
            if not read:
                break
            output += read
    os.close(ours)
    if process.returncode:
        sys.exit(f"{command}: {process.returncode}\n{output.decode()}")
    return output.decode()


def styled(text: str) -> Iterator[tuple[str, Style]]:
    """The characters of a terminal's output, each with its style."""
    style, at = Style(), 0
    for code in ESCAPE.finditer(text):
        yield from ((character, style) for character in text[at : code.start()])
        at = code.end()
        if code[1] is not None:
            style = changed(style, [int(number or 0) for number in code[1].split(";")])
    yield from ((character, style) for character in text[at:])


def changed(style: Style, numbers: list[int]) -> Style:
    """The style behind a code of SGR."""
    for number in numbers:
        if number == 0:
            style = Style()
        elif number in (1, 2, 4, 7):
            style = style._replace(**{("", "bold", "dim", "", "underlined", "", "", "reverse")[number]: True})
        elif number == 22:
            style = style._replace(bold=False, dim=False)
        elif number in (24, 27):
            style = style._replace(**{"underlined" if number == 24 else "reverse": False})
        elif number == 39:
            style = style._replace(colour=None)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            style = style._replace(colour=number % 10)
    return style


def svg(text: str, title: str) -> str:
    """The output as a picture. Every run has its width, so that Han characters are two cells in any font."""
    lines: list[list[tuple[str, Style]]] = [[]]
    for character, style in styled(text.rstrip("\n")):
        if character == "\n":
            lines.append([])
        else:
            lines[-1].append((character, style))
    width, height = COLUMNS * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    shown = []
    for row, line in enumerate(lines):
        column = 0
        # Each word is drawn by itself: how spaces are drawn depends on who draws.
        for (style, cells, is_space), run in groupby(line, kind_of):
            characters = "".join(character for character, _ in run)
            x, room = MARGIN + column * CELL, len(characters) * cells * CELL
            column += len(characters) * cells
            if not is_space:
                shown.append(drawn(characters, style, x, MARGIN + row * LINE, room))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>\n'
        '<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace" '
        f'font-size="14" fill="{FOREGROUND}">\n' + "\n".join(shown) + "\n</g>\n</svg>\n"
    )


def kind_of(one: tuple[str, Style]) -> tuple[Style, int, bool]:
    """What the characters of a run have in common: style and width, and whether they are spaces."""
    character, style = one
    return style, max(wcwidth(character), 0), character.isspace()


def drawn(characters: str, style: Style, x: float, y: float, room: float) -> str:
    """A run of characters with one style."""
    colour = FOREGROUND if style.colour is None else COLOURS[style.colour]
    box = (
        f'<rect x="{x:g}" y="{y:g}" width="{room:g}" height="{LINE}" fill="{colour}"/>'
        if style.reverse
        else ""
    )
    looks = {
        "fill": BACKGROUND if style.reverse else colour,
        "font-weight": "bold" if style.bold else "",
        "opacity": "0.6" if style.dim else "",
        "text-decoration": "underline" if style.underlined else "",
    }
    given = "".join(f' {name}="{value}"' for name, value in looks.items() if value and value != FOREGROUND)
    place = f'x="{x:g}" y="{y + 15:g}" textLength="{room:g}" lengthAdjust="spacingAndGlyphs"'
    return f"{box}<text {place}{given}>{escape(characters)}</text>"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "searchkit"  # that of this checkout, whatever else has the name
        program.write_text(f"#!{sys.executable}\nfrom searchkit.cli import main\nmain()\n", encoding="utf-8")
        program.chmod(0o755)
        for name, commands in PICTURES.items():
            shown = "".join(
                f"\x1b[32m$\x1b[0m {command}\n{printed(command, Path(folder))}\n" for command in commands
            )
            (IMAGES / name).write_text(svg(shown, "; ".join(commands)), encoding="utf-8")


if __name__ == "__main__":
    main()
