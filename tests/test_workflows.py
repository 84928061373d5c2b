"""The workflows of GitHub: they fit their schema; what they run, build and try is what the project has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parent.parent
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]


def jobs(name: str) -> dict[str, Any]:
    jobs = yaml.safe_load((PROJECT / ".github" / "workflows" / name).read_text(encoding="utf-8"))["jobs"]
    assert isinstance(jobs, dict)
    return jobs


def commands(name: str) -> list[str]:
    return [step["run"] for job in jobs(name).values() for step in job["steps"] if "run" in step]


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def test_the_workflows_fit_the_schema_of_github() -> None:
    pytest.importorskip("check_jsonschema", reason="needs check-jsonschema: pip install 'searchkit-zh[test]'")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    ran = subprocess.run([*command, *WORKFLOWS], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(WORKFLOWS) == 2


def test_workflows_run_targets_and_programs_that_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    for name in ("ci.yml", "wheels.yml"):
        for command in commands(name):
            for words in re.findall(r"\bmake ([a-z -]+)", command):
                assert set(words.split()) <= targets, command
            for program in re.findall(r"\S*/[\w.]+\.py\b|\.ci/run", command):
                assert (PROJECT / program).exists(), command
    assert {".ci/run", "make quick", "make package"} <= set(commands("ci.yml"))
    assert "make package VENV=" in text_of(".ci/run")


def test_each_python_is_tested_and_has_its_wheels() -> None:
    project = text_of("pyproject.toml")
    assert re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project) == PYTHONS
    assert jobs("ci.yml")["quick"]["strategy"]["matrix"]["python"] == PYTHONS
    built = re.search(r"^build = \[(.*)\]$", project, re.MULTILINE)
    assert built
    assert re.findall(r'"cp3(\d+)-\*"', built[1]) == [version.partition(".")[2] for version in PYTHONS]
    assert f'requires-python = ">={PYTHONS[0]}"' in project


def test_wheels_are_built_for_each_system_and_all_are_tried_before_they_are_published() -> None:
    wheels = jobs("wheels.yml")
    built = {
        (one["os"].split("-")[0], one["build"]) for one in wheels["compiled"]["strategy"]["matrix"]["include"]
    }
    assert built == {
        ("ubuntu", "manylinux"),
        ("ubuntu", "musllinux"),
        ("macos", "macosx"),
        ("windows", "win"),
    }
    assert set(wheels["publish"]["needs"]) == set(wheels) - {"publish"}
    assert wheels["publish"]["permissions"] == {"id-token": "write"}  # trusted publishing, and nothing else
    assert "refs/tags/v" in wheels["publish"]["if"]
    assert not re.search(r"\bsecrets\.|password", text_of(".github/workflows/wheels.yml"))


def test_actions_have_versions_and_jobs_have_an_end() -> None:
    for path in WORKFLOWS:
        for name, job in jobs(path.name).items():
            assert job["timeout-minutes"] <= 120, name
            for step in job["steps"]:
                assert "run" in step or re.search(r"@(v\d|release/v\d)", step["uses"]), step
