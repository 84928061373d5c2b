"""What `import searchkit` loads: next to nothing, so that a program starts at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import searchkit

# What takes long, and a search does without.
SLOW = {"importlib.metadata", "email", "inspect", "zipfile", "socket", "asyncio"}
# Beyond those that every interpreter loads.
ALLOWED = {"__future__", "searchkit", "searchkit.errors"}


def test_importing_searchkit_loads_only_what_is_listed() -> None:
    assert _modules("import searchkit") - _modules("import os") == ALLOWED


def test_opening_and_searching_an_index_loads_no_slow_module(tmp_path: Path) -> None:
    location = tmp_path / "index"
    with searchkit.create(location) as index:
        index.add([{"title": "半导体", "id": "1"}], workers=1)
    code = f"import searchkit; assert searchkit.open({str(location)!r}).search('半导体').total"
    # `dataclasses` imports `inspect`.
    assert _modules(code) & {*SLOW, "filelock", "secrets", "tempfile"} == {"inspect"}


@pytest.mark.parametrize("module", sorted(searchkit._MODULES))
def test_each_module_of_public_names_can_be_the_first_that_is_imported(module: str) -> None:
    names = ", ".join(searchkit._MODULES[module])
    assert module in _modules(f"from searchkit import {names}")


def test_dir_lists_public_names_before_they_are_loaded() -> None:
    listed = _output("import searchkit; print(*dir(searchkit))")
    assert set(searchkit.__all__) <= set(listed.split())


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'searchkit' has no attribute 'serch'"):
        _ = searchkit.serch


def _modules(code: str) -> set[str]:
    """The names in `sys.modules` of an interpreter that has run the code."""
    return set(_output(f"{code}; print(*sys.modules)").split())


def _output(code: str) -> str:
    """What an interpreter prints that runs the code.

    It starts without `site`, which loads modules of its own where packages are installed editable.
    """
    paths = [path for path in sys.path if path]
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-X",
            "utf8",
            "-W",
            "error",
            "-c",
            f"import sys; sys.path[:] = {paths}; {code}",
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
