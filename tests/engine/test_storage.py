"""Files are replaced whole, or stay as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit.engine.atomic_files import replacing, write_atomically


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
