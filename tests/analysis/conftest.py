"""What the tests of the analysis share."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The program that makes the normalization table."""
    return _tool("normalization_table")


@pytest.fixture(scope="module")
def classes_tool() -> ModuleType:
    """The program that makes the classes of characters."""
    return _tool("character_classes")


def _tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
