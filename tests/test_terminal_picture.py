"""The pictures of the command line: a cell of the terminal is a cell of the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from tool_programs import load_tool

pytest.importorskip("pty", reason="needs pseudo terminals")

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}text"))


def test_words_stand_in_their_cells_with_their_styles() -> None:
    tool = load_tool("terminal_picture")
    first, han, behind, second = texts(tool.svg("a \x1b[1;33m茶水\x1b[0m c\nlink", "title"))
    assert (first.text, first.get("font-weight")) == ("a", None)
    assert (han.text, han.get("font-weight"), han.get("fill")) == ("茶水", "bold", tool.COLOURS[3])
    assert float(han.get("textLength", "")) == pytest.approx(4 * tool.CELL)
    assert float(behind.get("x", "")) == pytest.approx(tool.MARGIN + 7 * tool.CELL)
    assert float(second.get("y", "")) == pytest.approx(float(behind.get("y", "")) + tool.LINE)


def test_what_a_terminal_does_not_show_is_in_no_picture() -> None:
    tool = load_tool("terminal_picture")
    shown = texts(tool.svg("\x1b]8;;https://example.com\x07<a>\x1b]8;;\x07\r\x1b[K", "a & b"))
    assert [text.text for text in shown] == ["<a>"]


@pytest.mark.parametrize("name", ["demo.svg", "terminal.svg"])
def test_the_pictures_of_the_documentation_show_a_search(name: str) -> None:
    words = [text.text for text in texts((IMAGES / name).read_text(encoding="utf-8"))]
    assert words[:2] == ["$", "searchkit"]
    assert "图书馆" in words
