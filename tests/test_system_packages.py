"""tools/system-packages.sh installs what is missing where it can, and says what it goes on without."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools/system-packages.sh"
WANTED = re.findall(r"^needs (\S+) ", SCRIPT.read_text(encoding="utf-8"), re.M)
PROGRAMS = re.findall(r"^needs \S+ +command -v (\S+)", SCRIPT.read_text(encoding="utf-8"), re.M)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="it is a script for bash")


@pytest.fixture
def run(tmp_path):
    """Runs it on a machine that has bash, what every system has, and these programs."""

    def run(**programs: str) -> list[str]:
        for name in ("bash", "env", "timeout"):
            (tmp_path / name).symlink_to(str(shutil.which(name)))
        for name, script in programs.items():
            program = tmp_path / name.replace("_", "-")
            program.write_text(f"#!/usr/bin/env bash\n{script}\n")
            program.chmod(0o755)
        done = subprocess.run(
            [SCRIPT], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    return run


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def installing(log: Path, besides: str = "") -> str:
    return f'echo "${{@: -1}}" >> {log}; {besides}'


def test_nothing_is_installed_where_all_packages_are_there(run):
    assert run(fc_list="echo a font", **dict.fromkeys(PROGRAMS, "")) == ["system packages: all there"]


def test_missing_packages_are_named_without_apt_get(run):
    (line,) = run(chromium="")
    assert f"without {' '.join(WANTED[1:])}: there is no apt-get" in line


def test_users_without_root_are_told_what_to_run(run):
    (line,) = run(apt_get="exit 1", id="echo 1000")
    assert f"without {' '.join(WANTED)}: only root may; run: sudo " in line


def test_missing_packages_are_installed(run, log):
    lines = run(apt_get=installing(log), id="echo 0", chromium="")
    assert log.read_text().split() == ["update", *WANTED[1:]]
    assert not [line for line in lines if "without" in line]


def test_a_package_that_cannot_be_installed_does_not_stop_the_others(run, log):
    lines = run(
        apt_get=installing(log, '[[ "${@: -1}" != chromium ]]'), id="echo 1000", sudo='shift; "$@"', true=""
    )
    assert log.read_text().split() == ["update", *WANTED]
    assert [line.split(":")[1] for line in lines if "without" in line] == [" going on without chromium"]
