"""ARCHITECTURE.md names what there is: every file, folder and name in it exists, and no folder is missing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "searchkit"
KERNEL = PACKAGE / "analysis" / "kernel"
TEXT = (REPOSITORY / "ARCHITECTURE.md").read_text(encoding="utf-8")

CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w./-]+(/|\.(py|c|toml|md|svg|txt))")
# `file.py`: `Name`, `other`
NAMES_IN_FILE = re.compile(r"`([\w/]+\.py)`: ((?:`[\w.]+`(?:,? and |, )?)+)")

PATHS = sorted({code for code in CODE.findall(TEXT) if PATH.fullmatch(code)})
NAMES = sorted({(file, name) for file, names in NAMES_IN_FILE.findall(TEXT) for name in CODE.findall(names)})


def test_the_page_names_many_files_and_names() -> None:
    assert len(PATHS) > 50
    assert len(NAMES) > 30


@pytest.mark.parametrize("path", PATHS)
def test_a_file_or_folder_on_the_page_exists(path: str) -> None:
    assert any(_is_there(folder / path) for folder in (PACKAGE, REPOSITORY, KERNEL)), path


@pytest.mark.parametrize(("file", "name"), NAMES)
def test_a_name_on_the_page_is_defined_in_its_file(file: str, name: str) -> None:
    assert name in _defined(ast.parse((PACKAGE / file).read_text(encoding="utf-8")))


def test_every_folder_of_the_package_is_on_the_page() -> None:
    folders = {f"{path.name}/" for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(PATHS)


def test_every_source_of_the_kernel_is_on_the_page() -> None:
    assert {path.name for path in KERNEL.glob("*.c")} <= set(PATHS)


def _is_there(path: Path) -> bool:
    return path.exists() and (path.is_dir() or not str(path).endswith("/"))


def _defined(tree: ast.Module | ast.ClassDef, scope: str = "") -> set[str]:
    """The classes, functions and constants of a module; members of classes as ``Class.member``."""
    names = set()
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                names |= {scope + name} | _defined(node, f"{scope}{name}.")
            case ast.FunctionDef(name=name):
                names.add(scope + name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(scope + name)
    return names
