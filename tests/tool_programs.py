"""The programs in tools/ as modules, for tests that hold a generated file to what its tool makes."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).parent.parent / "tools"


def load_tool(name: str) -> ModuleType:
    """The program of this name. Skips the test where there are no tools, as in an installed package."""
    path = TOOLS / f"{name}.py"
    if not path.exists():
        pytest.skip("needs tools/")
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
