"""A location names the engine: those of searchkit, where they are installed, and those of other packages."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

import searchkit
from searchkit import engine as engines
from searchkit.engine import create_engine, damage_at, open_engine
from searchkit.engine.base import Damage, Engine
from searchkit.engine.plan import ValueField
from searchkit.errors import EngineUnavailableError, IndexIncompatibleError, IndexNotFoundError


class Elsewhere:
    """An engine of another package, as the entry point names it."""

    @staticmethod
    def create(place: str, metadata: Mapping[str, Any], values: Iterable[ValueField]) -> Engine:
        assert place == "//host:9200/news"
        return create_engine(":memory:", metadata, values)

    @staticmethod
    def open(place: str) -> Engine:
        raise IndexNotFoundError(place)

    @staticmethod
    def damage_at(place: str, *, quick: bool = False) -> list[Damage]:  # noqa: ARG004
        return [Damage(place, "the server", "does not answer")]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Packages have two engines, one of which cannot be imported. Returns what was looked for."""
    asked: list[str] = []
    installed = EntryPoints(
        [
            EntryPoint("elsewhere", f"{__name__}:Elsewhere", engines.ENTRY_POINTS),
            EntryPoint("broken", "no_such_module_at_all:Engine", engines.ENTRY_POINTS),
            EntryPoint("whoosh", "no_such_module_at_all:Engine", engines.ENTRY_POINTS),
        ]
    )

    def entry_points(**wanted: str) -> EntryPoints:
        asked.append(wanted["name"])
        return installed.select(**wanted)

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)
    return asked


class TestEnginesOfOtherPackages:
    def test_engines_of_packages_are_found_by_their_entry_point(self, elsewhere: list[str]) -> None:
        location = "elsewhere://host:9200/news"
        with searchkit.create(location) as index:
            index.add([{"title": "茶", "body": "雪水"}])
            assert index.count("雪水") == 1
        with pytest.raises(IndexNotFoundError, match="//host:9200/news"):
            open_engine(location)
        assert damage_at(location) == [Damage("//host:9200/news", "the server", "does not answer")]
        assert set(elsewhere) == {"elsewhere"}

    @pytest.mark.usefixtures("elsewhere")
    def test_an_engine_that_cannot_be_imported_is_an_error(self) -> None:
        with pytest.raises(EngineUnavailableError, match="no_such_module_at_all"):
            open_engine("broken:x")

    @pytest.mark.usefixtures("elsewhere")
    def test_an_unknown_engine_is_an_error(self) -> None:
        with pytest.raises(EngineUnavailableError, match="there is no engine 'nowhere'"):
            create_engine("nowhere:x", {}, ())

    def test_built_in_engines_need_no_entry_point(self, elsewhere: list[str], tmp_path: Path) -> None:
        create_engine(":memory:", {}, ()).close()
        create_engine(str(tmp_path / "a"), {}, ()).close()
        with pytest.raises(IndexNotFoundError):
            open_engine(f"whoosh:{tmp_path / 'b'}")
        assert elsewhere == []


class TestWhoosh:
    def test_a_location_of_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not an empty text"):
            create_engine("whoosh:", {}, ())

    def test_an_index_opens_with_the_engine_that_made_it_only(self, tmp_path: Path) -> None:
        create_engine(str(tmp_path / "a"), {}, ()).close()
        create_engine(f"whoosh:{tmp_path / 'b'}", {}, ()).close()
        with pytest.raises(IndexIncompatibleError, match="without 'whoosh:'"):
            open_engine(f"whoosh:{tmp_path / 'a'}")
        with pytest.raises(IndexIncompatibleError, match=r"whoosh:.*b"):
            open_engine(str(tmp_path / "b"))


WITHOUT = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

blocked = set(sys.argv[2].split())
sys.meta_path.insert(0, Blocker())
import searchkit
"""
PURE = """
index = searchkit.create("whoosh:" + sys.argv[1])
index.add([{"title": "乾隆与茶", "body": "乾隆皇帝很喜歡用雪水泡茶。", "id": "1"}])
hit, = index.search("雪水")
print(hit.id, hit.snippet.html())
index.close()
index = searchkit.open("whoosh:" + sys.argv[1])
assert index.check().ok and not index.needs_rebuild
from searchkit.analysis.segmenter import segmenter
print(segmenter().words("雪水泡茶"), *sorted(blocked & {name.partition(".")[0] for name in sys.modules}))
try:
    searchkit.create(sys.argv[1] + "2")
except searchkit.EngineUnavailableError as error:
    print(error)
"""


class TestPureInstallation:
    def test_whoosh_works_without_compiled_packages(self, tmp_path: Path) -> None:
        said = _run(WITHOUT + PURE, tmp_path / "index", "tantivy rjieba").splitlines()
        assert said == [
            "1 乾隆皇帝很喜歡用<mark>雪水</mark>泡茶。",
            "['雪水', '泡茶']",
            "the engine 'tantivy' is not installed: pip install tantivy",
        ]

    def test_a_missing_whoosh_says_what_to_install(self, tmp_path: Path) -> None:
        code = """
try:
    searchkit.create("whoosh:" + sys.argv[1])
except searchkit.EngineUnavailableError as error:
    print(error)
"""
        said = _run(WITHOUT + code, tmp_path / "index", "whoosh")
        assert said == "the engine 'whoosh' is not installed: pip install whoosh3\n"
        assert not (tmp_path / "index").exists()


def _run(code: str, *arguments: Any) -> str:
    """What a process of its own says, in which warnings are errors."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", "-c", code, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
