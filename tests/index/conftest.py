"""What the tests of an index share: one on disk, and its metadata to tamper with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searchkit import Index


@pytest.fixture
def on_disk(make_index: Callable[..., Index], tmp_path: Path) -> Path:
    """The location of an index of three documents that is closed."""
    make_index("国际论坛", "歌", "权", location=tmp_path / "index").close()
    return tmp_path / "index"


def edit_metadata(path: Path, *, keep_checksum: bool = False, **changes: Any) -> None:
    """Change values of index.json, as a person does who removes the checksum; ``...`` removes one."""
    if not keep_checksum:
        changes["crc32"] = ...
    file = path / "index.json"
    metadata = json.loads(file.read_text(encoding="utf-8")) | changes
    file.write_text(
        json.dumps({name: value for name, value in metadata.items() if value is not ...}), encoding="utf-8"
    )
