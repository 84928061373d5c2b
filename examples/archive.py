"""An archive of files with a search page: a folder is indexed, and what has changed in it at each start.

    pip install 'searchkit-zh[web]'
    python examples/archive.py FOLDER

Then look at http://127.0.0.1:8000/. SEARCHKIT_INDEX names another index than indexes/archive.
"""

import os
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

import searchkit
from searchkit import web


def synced(folder: Path, location: str) -> searchkit.Index:
    """The index at the location, with what the folder has now."""
    index = searchkit.create(location, exist_ok=True)
    report = index.sync(folder)
    print(
        f"{report.added} new, {report.updated} changed, {report.deleted} gone, {report.unchanged} as before"
    )
    for failure in report.failures:  # each time, until the file can be read or is gone
        print(f"{failure.what}: {failure.reason}", file=sys.stderr)
    return index


def page(folder: Path, location: str) -> Starlette:
    """The search page of the folder; mount it in a site of your own, or serve it alone."""
    return web.app(synced(folder, location), title=folder.resolve().name)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/archive.py FOLDER")
    if not Path(sys.argv[1]).is_dir():
        sys.exit(f"{sys.argv[1]}: there is no such folder")
    uvicorn.run(page(Path(sys.argv[1]), os.environ.get("SEARCHKIT_INDEX", "indexes/archive")))
