"""The import rules of pyproject.toml: data flows one way through the layers."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_imports_follow_the_layers():
    # In a process of its own: it configures logging, and silences every logger that it does not know.
    linted = subprocess.run(
        [sys.executable, "-c", LINT], cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert " kept, 0 broken" in linted.stdout
