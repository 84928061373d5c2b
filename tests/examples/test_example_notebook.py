"""The notebook runs from top to bottom, and its cells show what they are there for."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import lxml.html
import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "notebook.ipynb"


@pytest.fixture(scope="module")
def cells() -> dict[str, dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    return {cell["id"]: cell for cell in notebook["cells"]}


def run(cells: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the last line of each cell of code gives, as Jupyter runs them: one after another."""
    names: dict[str, Any] = {}
    results = {}
    for id, cell in cells.items():
        if cell["cell_type"] == "code":
            *statements, last = ast.parse("".join(cell["source"])).body
            assert isinstance(last, ast.Expr)
            exec(compile(ast.Module(statements, []), f"{NOTEBOOK}, cell {id}", "exec"), names)
            results[id] = eval(compile(ast.Expression(last.value), f"{NOTEBOOK}, cell {id}", "eval"), names)
    names["index"].close()
    return results


def test_every_notebook_cell_shows_its_result(
    cells: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = run(cells)
    assert shown["index"].added == 44
    pages = {
        id: lxml.html.fromstring(shown[id]._repr_html_()) for id in ("results", "hit", "body", "similar")
    }
    assert set(page_texts(pages["results"], "mark")) == {"图书馆", "圖書館", "図書館"}
    assert len(pages["results"].xpath("//li")) == len(pages["similar"].xpath("//li")) == 3
    assert "daily.example.com (3)" in pages["results"].text_content()
    assert "土豆" in page_texts(pages["hit"], "mark")
    assert len(page_texts(pages["body"], "mark")) == len(shown["hit"].body.spans) > 3
    assert "matches, with a score of" in capsys.readouterr().out


def test_the_notebook_is_stored_without_output(cells: dict[str, dict[str, Any]]) -> None:
    """It would have to be made anew with every change of an order or a snippet."""
    code = [cell for cell in cells.values() if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)


def page_texts(page: lxml.html.HtmlElement, tag: str) -> list[str]:
    return [element.text_content() for element in page.iter(tag)]
