"""What is distributed: licenses and notices of what the wheel carries, and an sdist that has everything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import BytesParser
from fnmatch import fnmatch
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
NOTICE = re.compile(r"^((?:searchkit|tools)/\S+) +((?:[\w.-]+ AND )*[\w.-]+)  +(\S.*)$", re.MULTILINE)
LICENSES = {
    "MIT": "LICENSE",
    "Apache-2.0": "licenses/Apache-2.0.txt",
    "Unicode-3.0": "licenses/Unicode-3.0.txt",
}
GENERATED = ("PKG-INFO", "setup.cfg", "searchkit_zh.egg-info/*")


def tracked() -> list[str]:
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no checkout, so what belongs to the project is not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and (PROJECT / name).exists()]


def notices() -> dict[str, tuple[str, str]]:
    found = NOTICE.findall((PROJECT / "NOTICE").read_text(encoding="utf-8"))
    return {path: (license, source) for path, license, source in found}


def build(what: str, source: Path, target: Path) -> Path:
    """A wheel or an sdist, by setuptools as it is installed here: nothing is downloaded."""
    code = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"
    environment = {**os.environ, "CFLAGS": "-O0"}
    target.mkdir()
    subprocess.run(
        [sys.executable, "-c", code, f"build_{what}", str(target)], cwd=source, env=environment, check=True
    )
    [built] = target.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist of a clean checkout, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    for name in tracked():
        (folder / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / "checkout" / name)
    with tarfile.open(build("sdist", folder / "checkout", folder / "built")) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    [unpacked] = (folder / "unpacked").iterdir()
    return unpacked


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `pip install` makes of the sdist."""
    return build("wheel", sdist, tmp_path_factory.mktemp("wheel") / "built")


def test_every_data_file_has_a_notice() -> None:
    files = [
        name
        for name in tracked()
        if (name.startswith("searchkit/") and not name.endswith(".py"))
        or (name.startswith("tools/") and ".txt" in name)
    ]
    assert len(files) > 80
    assert [name for name in files if not any(fnmatch(name, one) for one in notices())] == []


def test_every_notice_has_a_file_and_the_text_of_its_license() -> None:
    names = tracked()
    for path, (license, source) in notices().items():
        assert any(fnmatch(name, path) for name in names), path
        assert all(LICENSES[one] in names for one in license.split(" AND ")), path
        assert all(text in names for text in re.findall(r"licenses/[\w.-]+\.txt", source)), path


def test_a_file_that_names_a_source_says_so_in_its_notice() -> None:
    """What the head of a table says it was made of is what its notice says."""
    for path, (_, source) in notices().items():
        if path.endswith(".txt") and "our own" not in source:
            head = (PROJECT / path).read_text(encoding="utf-8")[:1000]
            for address in re.findall(r"https://github\.com/[\w./-]+\w", head):
                if "SpellGCN" not in address:
                    assert address in source or "jieba" in source, path


@pytest.mark.slow
def test_the_sdist_has_every_tracked_file(sdist: Path) -> None:
    packed = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    assert set(tracked()) - packed == set()
    assert {
        name for name in packed - set(tracked()) if not any(fnmatch(name, one) for one in GENERATED)
    } == set()


@pytest.mark.slow
def test_the_wheel_carries_its_licenses(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        fields = BytesParser().parsebytes(archive.read(metadata))
        where = metadata.removesuffix("METADATA") + "licenses/"
        expected = {
            name for name in tracked() if name in ("LICENSE", "NOTICE") or name.startswith("licenses/")
        }
        assert {name.removeprefix(where) for name in names if name.startswith(where)} == expected
        for name in expected:
            assert archive.read(where + name) == (PROJECT / name).read_bytes()
    assert set(fields.get_all("License-File")) == expected
    wanted = {one for license, _ in notices().values() for one in license.split(" AND ")}
    assert set(fields["License-Expression"].split(" AND ")) == wanted
    assert fields["Name"] == "searchkit-zh"
    carried = [
        name for name in names if name.startswith("searchkit/") and not name.endswith((".py", ".so", ".pyd"))
    ]
    assert len(carried) > 60
    assert [name for name in carried if not any(fnmatch(name, one) for one in notices())] == []


@pytest.mark.slow
def test_the_wheel_of_the_sdist_installs_and_searches(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        target,
        wheel,
    ]
    subprocess.run(install, check=True)
    code = (
        "import searchkit; print(searchkit.__file__); index = searchkit.create(':memory:'); "
        "index.add([{'body': '台灣'}]); assert index.count('台湾') == 1"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith(str(target))
