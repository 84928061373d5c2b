"""Install a wheel in an environment that has nothing else, outside the checkout, and see whether it works.

python tools/try_wheel.py build/dist/searchkit_zh-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

SMOKE_TEST = Path(__file__).resolve().parent / "smoke_test.py"


def main(wheel: Path) -> None:
    kernel = "python" if wheel.name.endswith("-none-any.whl") else "compiled"
    # What names the kernel, the cache or other packages would make this another environment.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("SEARCHKIT", "PYTHON"))
    }
    with tempfile.TemporaryDirectory(prefix="searchkit-wheel-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        environment["SEARCHKIT_CACHE"] = str(Path(folder) / "cache")
        for arguments in (
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel.resolve()],
            ["-m", "pip", "check"],
            ["-I", SMOKE_TEST, "--kernel", kernel],
        ):
            subprocess.run([python, *arguments], cwd=folder, env=environment, check=True)
    print(f"{wheel.name}: works")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
