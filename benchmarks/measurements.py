"""Measurements: one line of JSON each, with all the context needed to read it years later."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["Measurement", "Recorder", "machine", "read_measurements", "versions"]


@dataclass(frozen=True)
class Measurement:
    """The figures of one peer at one task. Times are in seconds, sizes in bytes."""

    peer: str
    label: str
    task: str
    """index, search (with highlighted snippets), ids only, throughput, memory, cold start; or left out, whose
    figures have the reason."""
    size: int | None = None
    """How many documents; None for what holds at any size."""
    kind: str | None = None
    """The class of questions; of a throughput "ids only" or None."""
    figures: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    date: str = ""


@dataclass(frozen=True)
class Recorder:
    """Writes each measurement immediately, with the settings of the run."""

    path: Path
    settings: dict[str, Any]
    machine: dict[str, Any]
    notice: Callable[[Measurement], None] = lambda _: None

    def __call__(self, peer: Any, task: str, figures: dict[str, Any], **where: Any) -> None:
        """Write down what ``peer``, a class of `Peer`, did."""
        measurement = Measurement(
            peer=peer.name,
            label=peer.label,
            task=task,
            figures=figures,
            versions=versions(peer.packages),
            machine=self.machine,
            settings=self.settings,
            date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            **where,
        )
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(measurement), ensure_ascii=False) + "\n")
        self.notice(measurement)


def read_measurements(path: Path) -> list[Measurement]:
    with path.open(encoding="utf-8") as file:
        return [Measurement(**json.loads(line)) for line in file]


def versions(packages: Iterable[str]) -> dict[str, str]:
    """The versions of installed distributions."""
    return {name: _version(name) for name in packages}


def machine() -> dict[str, Any]:
    """The machine that the figures were measured on."""
    import psutil  # reading measurements goes without

    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
