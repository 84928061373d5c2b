"""Files are replaced whole, or stay as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.engine.atomic_files import replacing, write_atomically
from searchkit.engine.storage import IndexFolder
from searchkit.errors import IndexCorruptError


def test_a_file_is_replaced_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"before")
    with replacing(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_file_stays_as_it_was_when_the_block_fails(error: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"before")
    with pytest.raises(error), replacing(path) as file:
        file.write(b"aft")
        raise error
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"0", b"00000000\nsynced", b"\xff\n", b"e3069283\n12345678"])
def test_a_note_that_is_not_what_was_written_is_damage(content: bytes, tmp_path: Path) -> None:
    with IndexFolder.created(tmp_path / "index", {}) as folder:
        folder.write_note("sync", "123456789")
    file = tmp_path / "index" / "notes" / "sync.txt"
    assert folder.read_note("sync") == "123456789"
    file.write_bytes(content)
    with pytest.raises(IndexCorruptError, match=r"sync\.txt: .*remove it: without it, all files are read"):
        folder.read_note("sync")
    file.unlink()
    assert folder.read_note("sync") is None
