"""What the tests of the examples share: the folder that they run in, and their code."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from web.conftest import HOSTILE

import searchkit
from searchkit import Document, Index

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
Load = Callable[[str], ModuleType]

HOSTILE_POST = (
    HOSTILE["title"],
    "<p>攻擊的正文 &lt;img src=x onerror=&quot;alert(1)&quot;&gt; <img src=x onerror='alert(5)'></p>"
    "<script>alert(6)</script><svg onload=alert(2)></svg><p>第二段\"'&amp;amp;攻擊\u2066結束</p>",
)
UNTITLED_POST = ("", "<p>只有正文的文章：孤文。</p>")
"""Title and HTML of posts that a template has to get right."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, sample_documents: list[Document]) -> Path:
    """A folder with indexes/demo in it, as `searchkit demo` makes it, and difficult articles."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "indexes").mkdir()
    with searchkit.create(folder / "indexes" / "demo") as index:
        difficult = [HOSTILE, {"id": "茶/一&二?", "body": "只有正文的文章：孤文。"}]
        assert not index.add([*sample_documents, *difficult]).failures
    return folder


@pytest.fixture
def index(demo: Path) -> Iterator[Index]:
    """The index of the demo. Not to be written to."""
    with searchkit.open(demo / "indexes" / "demo") as index:
        yield index


@pytest.fixture
def in_demo(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples run in the folder of the demo, with no index named."""
    monkeypatch.chdir(demo)
    monkeypatch.delenv("SEARCHKIT_INDEX", raising=False)


@contextmanager
def empty_blog(folder: Path) -> Iterator[Path]:
    """A folder in which examples run, with no index and no database named."""
    (folder / "indexes").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("SEARCHKIT_INDEX", "BLOG"):
            patch.delenv(name, raising=False)
        yield folder


@contextmanager
def loader() -> Iterator[Load]:
    """Runs an example as a module, anew each time; its index is closed at the end."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.syspath_prepend(EXAMPLES)

        def load(name: str) -> ModuleType:
            for shared in ("blog", "sample_posts"):
                sys.modules.pop(shared, None)
                stack.callback(sys.modules.pop, shared, None)
            spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            patch.setitem(sys.modules, module.__name__, module)
            spec.loader.exec_module(module)
            if index := getattr(module, "index", None):
                stack.callback(index.close)
            return module

        yield load


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Path]:
    with empty_blog(tmp_path) as folder:
        yield folder


@pytest.fixture
def load() -> Iterator[Load]:
    with loader() as load:
        yield load
