"""Does the searchkit that is installed work? For an environment that has nothing else, outside the checkout.

    python -I tools/smoke_test.py --kernel compiled

It uses what can go wrong in a package: the compiled kernel, the files of data, the entry point, processes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import searchkit

TEXTS = [
    {"id": str(number), "title": f"第{number}篇", "body": "國際論壇在圖書館舉行。"} for number in range(40)
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", choices=("compiled", "python"), required=True)
    expected = parser.parse_args().kernel
    installed = Path(searchkit.__file__).resolve()
    checkout = Path(__file__).resolve().parents[1]
    assert checkout not in installed.parents, f"{installed} is not installed, but the checkout"
    assert metadata.version("searchkit-zh") == searchkit.__version__
    assert searchkit.kernel() == expected, f"the kernel is {searchkit.kernel()}, not {expected}"
    with tempfile.TemporaryDirectory(prefix="searchkit-smoke-") as folder:
        use_commands(Path(folder))
        use_package(Path(folder))
    python = sys.version.split()[0]
    print(f"searchkit {searchkit.__version__} works, with the {expected} kernel, Python {python}")


def use_commands(folder: Path) -> None:
    """The demo, which needs the sample articles, and a search in its index."""
    command = Path(sys.executable).with_name("searchkit")
    shown = said(folder, str(command), "demo")
    assert "44 sample articles indexed" in shown, shown
    assert "圖書館" in said(folder, str(command), "search", "图书馆", "--in", "indexes/demo")
    said(folder, str(command), "check", "indexes/demo")


def use_package(folder: Path) -> None:
    """Both engines that come with it, in several processes."""
    for location in (str(folder / "tantivy"), f"whoosh:{folder / 'whoosh'}"):
        with searchkit.create(location) as index:
            report = index.add(TEXTS, workers=2)
            assert (report.added, report.failures) == (len(TEXTS), []), report
        with searchkit.open(location) as index:
            hit = index.search("图书馆")[0]
            assert hit.snippet.html() == "國際論壇在<mark>圖書館</mark>舉行。", hit.snippet.html()
            assert index.count('"国际论坛"') == len(TEXTS)
            assert index.check().ok


def said(folder: Path, *command: str) -> str:
    """What a command prints into a pipe."""
    environment = {**os.environ, "PYTHONUTF8": "1"}  # on Windows a pipe has another encoding
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    output = ran.stdout.decode("utf-8")
    if ran.returncode:
        sys.exit(f"{' '.join(command)}: {ran.returncode}\n{output}\n{ran.stderr.decode('utf-8', 'replace')}")
    return output


if __name__ == "__main__":
    main()
