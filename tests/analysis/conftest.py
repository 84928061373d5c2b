"""What the tests of the analysis share."""

from __future__ import annotations

from types import ModuleType

import pytest
from tool_programs import load_tool


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The program that makes the normalization table."""
    return load_tool("normalization_table")


@pytest.fixture(scope="module")
def classes_tool() -> ModuleType:
    """The program that makes the classes of characters."""
    return load_tool("character_classes")
