#!/usr/bin/python3
"""How long a burst of pods over capacity takes to run, and what mig-adapter needs for it.

A real control plane with simulated GPU nodes, 200 of them and 6,700 pods unless told otherwise. All
1g.5gb instances are taken by Deployments, all larger ones idle. Then the Deployments are scaled up by 100 pods together, which ask
for what is not there, and the clock runs until the last one runs.

What Kubernetes needs by itself is measured beside it: how long the scheduler takes to refuse those
100 pods where there is no mig-adapter, and how long 100 pods take to run that ask for the idle
2g.10gb themselves.
"""

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/controlplane"))
os.environ.setdefault("MIG_ADAPTER", str(ROOT / "build/release/apps/mig-adapter"))

from adapter import Adapter  # noqa: E402  the path is set above
from plane import Plane, new_folder  # noqa: E402
from pod_watch import PodWatch  # noqa: E402
from process_figures import cpu_seconds, memory  # noqa: E402
from workloads import deployment  # noqa: E402

NATIVES_OF_NODE = 2  # all-balanced: two 1g.5gb, one 2g.10gb, one 3g.20gb
BURST = 100
PODS_OF_ORDINARY_DEPLOYMENT = 100
ORDINARY, NATIVE = "ordinary", "native"  # namespaces
PATIENCE_SECONDS = 600
SETTLE_SECONDS = 5
EVICTION_METRIC = "apiserver_request_total{"


@dataclass(frozen=True)
class Result:
    """One burst. Figures of mig-adapter are None in a run without it."""

    deployments: int
    with_adapter: bool
    wall_seconds: float  # until all run
    load: float  # average of the machine in the minute before
    refused_seconds: float | None = None  # until the scheduler has refused all, without mig-adapter
    ready_seconds: float | None = None  # from mig-adapter's start until it has listed all
    cpu_seconds: float | None = None
    evictions: int | None = None
    memory_synced_mib: float | None = None
    memory_after_mib: float | None = None
    memory_highest_mib: float | None = None
    memory_of_files_mib: float | None = None


def ordinary_deployment(name, replicas):
    """Pods without a GPU, which are most of a cluster."""
    manifest = deployment(name, "1g.5gb", replicas)
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"requests": {"cpu": "100m", "memory": "256Mi"}}
    return manifest


def evictions(plane):
    """How many evictions the API server has carried out since it began."""
    lines = plane.kubectl("get", "--raw", "/metrics").splitlines()
    return sum(int(float(line.rpartition(" ")[2])) for line in lines
               if line.startswith(EVICTION_METRIC) and 'subresource="eviction"' in line
               and 'code="201"' in line and 'dry_run=""' in line)


class BurstBench:
    """One control plane, filled once, for any number of bursts."""

    def __init__(self, folder, nodes, pods):
        self._plane = Plane(folder)
        self._nodes, self._pods = nodes, pods
        self._natives = NATIVES_OF_NODE * nodes

    def close(self):
        self._plane.close()

    def fill(self):
        """The nodes, and the pods that no burst touches."""
        for namespace in (ORDINARY, NATIVE):
            self._plane.kubectl("create", "namespace", namespace)
        self._plane.add_nodes("all-balanced", count=self._nodes)
        count = (self._pods - self._natives) // PODS_OF_ORDINARY_DEPLOYMENT
        self._plane.apply(ORDINARY, *(ordinary_deployment(f"ordinary-{i}", PODS_OF_ORDINARY_DEPLOYMENT)
                                      for i in range(count)))
        # The API server closes the watch of a reader who falls behind so many events.
        self._plane.kubectl("wait", "deployments", "--all", "-n", ORDINARY, "--for=condition=Available",
                            f"--timeout={PATIENCE_SECONDS}s")

    def measure(self, deployments, with_adapter, log):
        """One burst over so many Deployments, from nothing in the namespace to nothing."""
        self._plane.apply(NATIVE, *self._manifests(deployments))
        with PodWatch(self._plane, NATIVE) as pods:
            pods.wait_until_running(self._natives, PATIENCE_SECONDS)
            try:
                if with_adapter:
                    return self._burst_with_adapter(pods, deployments, log)
                return self._burst_of_scheduler(pods, deployments)
            finally:
                self._plane.kubectl("delete", "deployments", "--all", "-n", NATIVE)
                pods.wait_until_running(0, PATIENCE_SECONDS)

    def _manifests(self, deployments):
        names = range(deployments)
        natives = [deployment(f"native-{i}", "1g.5gb", self._natives // deployments) for i in names]
        return natives + [deployment(f"larger-{i}", "2g.10gb", 0) for i in names]

    def _burst_of_scheduler(self, pods, deployments):
        time.sleep(SETTLE_SECONDS)
        load = os.getloadavg()[0]
        begin = self._scale(NATIVE, deployments, self._natives + BURST)
        refused = pods.wait_until_refused(BURST, PATIENCE_SECONDS) - begin
        self._scale(NATIVE, deployments, self._natives)
        time.sleep(SETTLE_SECONDS)
        begin = self._scale("larger", deployments, BURST)
        wall = pods.wait_until_running(self._natives + BURST, PATIENCE_SECONDS) - begin
        return Result(deployments, False, wall, load, refused)

    def _burst_with_adapter(self, pods, deployments, log):
        begin = time.monotonic()
        adapter = Adapter(self._plane, log, log_level="info").wait_until_ready()
        ready = time.monotonic() - begin
        try:
            time.sleep(SETTLE_SECONDS)
            pid, load = adapter.process.pid, os.getloadavg()[0]
            synced, cpu, evicted = memory(pid), cpu_seconds(pid), evictions(self._plane)
            begin = self._scale(NATIVE, deployments, self._natives + BURST)
            wall = pods.wait_until_running(self._natives + BURST, PATIENCE_SECONDS) - begin
            cpu, after = cpu_seconds(pid) - cpu, memory(pid)
            evicted = evictions(self._plane) - evicted
        finally:
            adapter.stop()
        return Result(deployments, True, wall, load, None, ready, cpu, evicted, synced.resident,
                      after.resident, after.highest, after.of_files)

    def _scale(self, name, deployments, pods):
        """Scales the Deployments to so many pods together. Returns the moment before."""
        names = [f"deployment/{name}-{i}" for i in range(deployments)]
        begin = time.monotonic()
        self._plane.kubectl("scale", *names, f"--replicas={pods // deployments}", "-n", NATIVE)
        return begin


def median(results):
    """Figure by figure."""
    rows = [asdict(result) for result in results]
    return {key: None if value is None else statistics.median(row[key] for row in rows)
            for key, value in rows[0].items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="bursts of each sort; the median is reported")
    parser.add_argument("--deployments", type=int, nargs="*", default=[1, 10])
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--pods", type=int, default=6700)
    options = parser.parse_args()
    folder = new_folder()
    log = Path(f"{folder}-mig-adapter.log")
    bench = BurstBench(folder, options.nodes, options.pods)
    try:
        bench.fill()
        for deployments in options.deployments:
            for with_adapter in (False, True):
                results = []
                for _ in range(options.repeat):
                    results.append(bench.measure(deployments, with_adapter, log))
                    print(results[-1], file=sys.stderr)
                print(json.dumps(median(results)), flush=True)
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
