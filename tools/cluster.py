"""A cluster of three OpenSearch nodes on this machine, for tests: `make cluster`, `make cluster-stop`.

Needs Maven, which fetches OpenSearch (the distribution without plug-ins, so without passwords) and, for the
benchmarks, its module of analyzers, and a JDK, 11 or later. Both OpenSearch and the data of the nodes are in
$XDG_CACHE_HOME/searchkit, outside the repository.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Cluster", "ClusterError", "distribution", "running_url"]

VERSION = "2.19.1"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
ANALYZERS = f"org.opensearch.plugin:analysis-common:{VERSION}:jar"
_DESCRIPTOR = f"""\
name=analysis-common
description=the analyzers of Lucene
version={VERSION}
opensearch.version={VERSION}
java.version=11
classname=org.opensearch.analysis.common.CommonAnalysisPlugin
"""
NODES = 3
_READY_WITHIN = 600.0
_NOBODY = 65534  # OpenSearch refuses to run as root


_ours: dict[int, subprocess.Popen[bytes]] = {}
"""The nodes that this process started, by their ids."""


class ClusterError(Exception):
    """The cluster cannot be started; the message says why."""


def cache() -> Path:
    """The folder of the cluster. Root uses a shared folder, because the nodes run as another user."""
    usual = Path("/var/cache") if _is_root() else Path.home() / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or usual) / "searchkit"


def distribution() -> Path | None:
    """The unpacked OpenSearch, if it was fetched."""
    return _unpacked() if _unpacked().exists() else None


def _unpacked() -> Path:
    return cache() / f"opensearch-{VERSION}-analyzers"


def fetch() -> Path:
    """The unpacked OpenSearch, fetched by Maven if necessary."""
    if found := distribution():
        return found
    for program in ("mvn", "java"):
        if shutil.which(program) is None:
            raise ClusterError(f"needs {program}, which is not installed")
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        with zipfile.ZipFile(_from_maven(ARTIFACT, Path(folder))) as packed:
            packed.extractall(folder)
        unpacked = next(path for path in Path(folder).iterdir() if path.is_dir())
        for script in (unpacked / "bin").iterdir():
            script.chmod(0o755)  # a zip keeps no permissions
        module = unpacked / "modules" / "analysis-common"
        module.mkdir()
        _from_maven(ANALYZERS, module)
        (module / "plugin-descriptor.properties").write_text(_DESCRIPTOR)  # Maven has the jar alone
        unpacked.rename(_unpacked())
    return _unpacked()


def _from_maven(artifact: str, folder: Path) -> Path:
    """The file of the artifact, in the folder."""
    command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
    if subprocess.run(command, check=False).returncode:
        raise ClusterError(f"Maven could not fetch {artifact}")
    return next(folder.glob(f"*.{artifact.rpartition(':')[2]}"))


@dataclass
class Cluster:
    """Nodes on consecutive ports: HTTP from ``port``, transport 100 higher."""

    folder: Path
    port: int = 9200
    nodes: int = NODES
    heap: str = "256m"
    pids: dict[int, int] = field(default_factory=dict)
    """The process of each node that was started."""

    @property
    def hosts(self) -> list[str]:
        """Host and port of each node."""
        return [f"127.0.0.1:{self.port + number}" for number in range(self.nodes)]

    @property
    def url(self) -> str:
        """All hosts, as at the beginning of the location of an index."""
        return f"http://{','.join(self.hosts)}"

    def start(self) -> None:
        """Start all nodes and wait until they are one cluster."""
        unpacked = fetch()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for number in range(self.nodes):
            self._configure(number, unpacked)
        if _is_root():
            shutil.chown(self.folder, _NOBODY, _NOBODY)
            for path in self.folder.rglob("*"):
                shutil.chown(path, _NOBODY, _NOBODY)
        try:
            for number in range(self.nodes):
                self.start_node(number)
            self.wait(self.nodes)
        except BaseException:
            self.stop()
            raise

    def start_node(self, number: int) -> None:
        """Start one node, which may have run before."""
        node = self._node(number)
        environment = {
            **os.environ,
            "OPENSEARCH_PATH_CONF": str(node / "config"),
            "OPENSEARCH_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap}",
            "OPENSEARCH_TMPDIR": str(node / "tmp"),
        }
        if "JAVA_HOME" not in os.environ:
            java = shutil.which("java")
            if java is None:
                raise ClusterError("needs java, which is not installed")
            environment["JAVA_HOME"] = str(Path(java).resolve().parents[1])
        somebody: dict[str, Any] = (
            {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if _is_root() else {}
        )
        with (node / "output.txt").open("ab") as output:
            process = subprocess.Popen(
                [str(fetch() / "bin" / "opensearch")],
                env=environment,
                cwd=node,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C must not end it
                **somebody,
            )
        self.pids[number] = process.pid
        _ours[process.pid] = process
        self._remember()

    def kill(self, number: int) -> None:
        """Kill one node, as a power cut does."""
        pid = self.pids.pop(number)
        os.kill(pid, signal.SIGKILL)
        _wait_for_end(pid, 30)
        self._remember()

    def wait(self, nodes: int, *, status: str = "green") -> None:
        """Wait until that many nodes have joined and no shard is moving or missing."""
        until = time.monotonic() + _READY_WITHIN
        number = next(iter(self.pids))
        asked = f"http://{self.hosts[number]}/_cluster/health?wait_for_nodes={nodes}&wait_for_status={status}"
        while True:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"{asked}&timeout=10s", timeout=30) as said,
            ):
                if not json.load(said)["timed_out"]:
                    return
            for each, pid in self.pids.items():
                if not _is_alive(pid):
                    raise ClusterError(f"node {each} ended: see {self._node(each) / 'output.txt'}")
            if time.monotonic() > until:
                raise ClusterError(f"not {status} within {_READY_WITHIN:g} s: see {self.folder}")
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the nodes that were started, and nothing else. Their data stays until the next start."""
        for pid in self.pids.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        for pid in self.pids.values():
            if not _wait_for_end(pid, 30):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                _wait_for_end(pid, 10)
        self.pids.clear()
        self._remember()

    def _node(self, number: int) -> Path:
        return self.folder / f"node-{number}"

    def _configure(self, number: int, unpacked: Path) -> None:
        node = self._node(number)
        shutil.copytree(unpacked / "config", node / "config")
        (node / "tmp").mkdir()
        options = node / "config" / "jvm.options"  # without the options that write into the distribution
        kept = [
            line for line in options.read_text().splitlines() if not re.search(r"\b(logs/|path=data)", line)
        ]
        options.write_text("\n".join(kept) + "\n")
        transport = [f"127.0.0.1:{self.port + 100 + each}" for each in range(self.nodes)]
        settings = {
            "cluster.name": f"searchkit-{self.port}",
            "node.name": f"node-{number}",
            "path.data": str(node / "data"),
            "path.logs": str(node / "logs"),
            "network.host": "127.0.0.1",
            "http.port": self.port + number,
            "transport.port": self.port + 100 + number,
            "discovery.seed_hosts": transport,
            "cluster.initial_cluster_manager_nodes": [f"node-{each}" for each in range(self.nodes)],
            # The disk of a developer may be fuller than that of a server.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "cluster.max_shards_per_node": 5000,
        }
        lines = (f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
        (node / "config" / "opensearch.yml").write_text("".join(lines), encoding="utf-8")

    def _remember(self) -> None:
        known = {"port": self.port, "nodes": self.nodes, "pids": self.pids}
        (self.folder / "running.json").write_text(json.dumps(known), encoding="utf-8")

    @classmethod
    def running(cls, folder: Path) -> Cluster | None:
        """The cluster that was started in the folder, if any of its nodes still runs."""
        try:
            known = json.loads((folder / "running.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        pids = {int(number): pid for number, pid in known["pids"].items() if _is_node(pid, folder)}
        return cls(folder, known["port"], known["nodes"], pids=pids) if pids else None


def running_url() -> str | None:
    """The url of the cluster of `make cluster`, while it runs."""
    cluster = Cluster.running(cache() / "cluster")
    return cluster.url if cluster else None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_alive(pid: int) -> bool:
    if pid in _ours:
        return _ours[pid].poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_node(pid: int, folder: Path) -> bool:
    """Whether the process is a node of the folder, and not a later process with the same id."""
    command = ["ps", "-p", str(pid), "-o", "args=", "-ww"]
    return str(folder) in subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _wait_for_end(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _is_alive(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["fetch", "start", "status", "stop"])
    parser.add_argument("--port", type=int, default=9200)
    arguments = parser.parse_args()
    folder = cache() / "cluster"
    cluster = Cluster.running(folder)
    if arguments.what == "stop":
        if cluster:
            cluster.stop()
        print("the cluster is stopped" if cluster else "no cluster runs")
        return
    if arguments.what == "status" and cluster is None:
        sys.exit("no cluster runs")
    try:
        if arguments.what == "fetch":
            print(fetch())
            return
        if cluster is None:
            cluster = Cluster(folder, arguments.port)
            cluster.start()
    except ClusterError as error:
        sys.exit(f"no cluster: {error}")
    print(f"{len(cluster.pids)} nodes: {cluster.url}")
    print(f"an index is at opensearch://{cluster.hosts[0]}/NAME; 'make cluster-stop' ends them")


if __name__ == "__main__":
    main()
