"""The dictionary that is made once and mapped by every process."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from forged_dictionary import with_checksum

from searchkit.analysis.kernel import KERNEL

if KERNEL != "compiled" or find_spec("jieba") is None:
    pytest.skip("needs the compiled kernel and jieba", allow_module_level=True)

from searchkit.analysis import dictionary_cache
from searchkit.analysis._kernel import Jieba, make_dictionary
from searchkit.analysis.dictionary_cache import cache_folder, open_dictionary
from searchkit.analysis.jieba_tokenizer import python_jieba

KEY = b"what it was made from"
TEXT = "乾隆皇帝很喜歡用雪水泡茶，他来到了网易杭研大厦"
WORDS = "雪水 30\n泡茶 5\n雪 100\n水 7\n".encode()
NO_MODEL = bytes((4 + 16) * 8)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("SEARCHKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_it_is_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = open_dictionary().cut(TEXT)
    assert words == python_jieba().cut(TEXT)
    (file,) = folder.iterdir()
    monkeypatch.setattr(dictionary_cache, "_parts", _not_to_be_called)
    assert open_dictionary().cut(TEXT) == words
    assert list(folder.iterdir()) == [file]


def test_it_is_made_anew_where_jieba_or_our_words_are_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_dictionary()
    respelled = dictionary_cache.respelled_words()
    monkeypatch.setattr(dictionary_cache, "respelled_words", lambda: respelled + "杭研大厦 1000\n")
    assert open_dictionary().cut(TEXT)[-1] == "杭研大厦"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damage", ["no word", None])
def test_without_a_sound_jieba_there_is_none(
    damage: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find_spec("jieba")
    assert found is not None
    assert found.origin is not None
    copy = tmp_path / "jieba"
    shutil.copytree(Path(found.origin).parent / "finalseg", copy / "finalseg")
    if damage:
        (copy / "dict.txt").write_text(damage)
    spec = SimpleNamespace(origin=str(copy / "__init__.py"))
    monkeypatch.setattr(dictionary_cache, "find_spec", lambda _: spec)
    with pytest.raises(ImportError, match="jieba"):
        open_dictionary()


def test_old_ones_are_removed(folder: Path) -> None:
    folder.mkdir()
    for number in range(8):
        (folder / f"jieba-{number}.dictionary").touch()
        os.utime(folder / f"jieba-{number}.dictionary", (number, number))
    (folder / "jieba-x.new").touch()
    os.utime(folder / "jieba-x.new", (0, 0))
    (folder / "jieba-y.new").touch()
    (folder / "else").touch()
    open_dictionary()
    left = {path.name for path in folder.iterdir()}
    assert {f"jieba-{number}.dictionary" for number in range(8)} & left == {
        f"jieba-{number}.dictionary" for number in (5, 6, 7)
    }
    assert {"jieba-y.new", "else"} <= left
    assert "jieba-x.new" not in left


@pytest.mark.parametrize("what", ["a file", "no rights", "a broken link"])
def test_without_a_folder_it_is_made_in_memory(folder: Path, what: str) -> None:
    if what == "a file":
        folder.touch()
    elif what == "a broken link":
        folder.symlink_to(folder.parent / "nowhere" / "at all")
    else:
        folder.mkdir(mode=0o500)
        if os.access(folder, os.W_OK):
            pytest.skip("root may write everywhere")
    assert open_dictionary().cut("雪水泡茶") == ["雪水", "泡茶"]


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "HOME/.cache/searchkit"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/searchkit"),
        ("darwin", {}, "HOME/Library/Caches/searchkit"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/searchkit/Cache"),
        ("win32", {"LOCALAPPDATA": ""}, None),
        ("linux", {"XDG_CACHE_HOME": "relative"}, None),
        ("win32", {"SEARCHKIT_CACHE": "/own"}, "/own"),
    ],
)
def test_the_folder_is_where_the_system_has_such_files(
    platform: str,
    variables: dict[str, str],
    expected: str | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("SEARCHKIT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == (expected and expected.replace("HOME", str(tmp_path)))


class TestDamage:
    def test_a_damaged_file_is_made_anew(self, folder: Path) -> None:
        words = open_dictionary().cut(TEXT)
        (file,) = folder.iterdir()
        sound = file.read_bytes()
        chosen = random.Random(7)
        for number in range(12):
            at = chosen.randrange(len(sound)) if number % 2 else chosen.randrange(400)
            damaged = bytearray(sound)
            damaged[at] ^= 1 << chosen.randrange(8)
            file.write_bytes(damaged)
            assert open_dictionary().cut(TEXT) == words
            assert file.read_bytes() == sound

    @pytest.mark.parametrize("size", [0, 1, 100, 4096, -1])
    def test_a_file_cut_off_is_made_anew(self, size: int, folder: Path) -> None:
        words = open_dictionary().cut(TEXT)
        (file,) = folder.iterdir()
        sound = file.read_bytes()
        file.write_bytes(sound[:size])
        assert open_dictionary().cut(TEXT) == words
        assert file.read_bytes() == sound

    def test_each_bit_of_the_header_counts(self) -> None:
        sound = _small()
        assert Jieba(sound, KEY).cut("雪水泡茶") == ["雪水", "泡茶"]
        for bit in range(300 * 8):
            damaged = bytearray(sound)
            damaged[bit // 8] ^= 1 << bit % 8
            with pytest.raises(ValueError, match="dictionary"):
                Jieba(bytes(damaged), KEY)

    def test_any_bytes_behind_a_good_checksum_do_no_harm(self) -> None:
        """Whoever forges the checksum gets words of his own, and no crash."""
        chosen = random.Random(7)
        for _ in range(300):
            forged = bytearray(_small())
            body = 256 if chosen.random() < 0.5 else len(forged) - 300
            for _ in range(chosen.randrange(1, 60)):
                forged[chosen.randrange(body, len(forged))] = chosen.choice((0, 1, 127, 255))
            jieba = Jieba(with_checksum(forged), KEY)
            assert "".join(jieba.cut(TEXT)) == TEXT
            jieba.add_word("乾隆皇帝", 10**6, None)
            assert "".join(jieba.cut(TEXT)) == TEXT

    def test_another_key_is_another_dictionary(self) -> None:
        with pytest.raises(ValueError, match="something else"):
            Jieba(_small(), KEY + b"!")


class TestMaking:
    @pytest.mark.parametrize(
        "line",
        [
            b"a",
            b"a ",
            b" 3",
            b"a x",
            b"a 3x",
            b"\xff 3",
            b"\xe9 3",
            b"\xf0\x9f 3",
            b"a 99999999999999999999",
            b"\n",
        ]
        + [b"a" * 256 + b" 3"],
    )
    def test_lines_that_are_no_words_are_errors(self, line: bytes) -> None:
        with pytest.raises(ValueError, match="dictionary"):
            make_dictionary(WORDS + line, b"", "", NO_MODEL, KEY)

    def test_a_model_must_have_its_size(self) -> None:
        for characters, model in (("", b""), ("雪", NO_MODEL), ("", NO_MODEL + b"\0")):
            with pytest.raises(ValueError, match="model"):
                make_dictionary(WORDS, b"", characters, model, KEY)

    def test_words_above_the_basic_plane_count_but_are_never_found(self) -> None:
        made = make_dictionary(WORDS + "𫍣𫍣 3 n\r\n".encode(), b"", "", NO_MODEL, KEY)
        assert Jieba(made, KEY).cut("雪水𫍣𫍣") == ["雪水", "𫍣", "𫍣"]

    def test_processes_and_threads_may_make_it_at_once(self, folder: Path) -> None:
        code = (
            "from searchkit.analysis.dictionary_cache import open_dictionary;"
            "print(*open_dictionary().cut('雪水泡茶'))"
        )
        commands = [[sys.executable, "-X", "utf8", "-c", code]] * 3
        with ThreadPoolExecutor() as pool:
            threads = [pool.submit(open_dictionary) for _ in range(2)]
            said = list(pool.map(_output, commands))
            assert all(thread.result().cut("雪水泡茶") == ["雪水", "泡茶"] for thread in threads)
        assert said == ["雪水 泡茶\n"] * 3
        assert [path.suffix for path in folder.iterdir()] == [".dictionary"]


def _small() -> bytes:
    return make_dictionary(WORDS, b"", "", NO_MODEL, KEY)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def _not_to_be_called(*_: Any) -> Any:
    raise AssertionError("made although it is there")
