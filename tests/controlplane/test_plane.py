"""The control plane tool itself: no test here needs mig-adapter."""

import os
import signal
from pathlib import Path

import pytest

from plane import MIG, TOOL, CommandFailed, Plane, new_folder, run
from workloads import START_AFTER, STOP_AFTER, bare_pod, deployment, job


def processes_of(folder):
    mark = f"@{folder}".encode() + b"\0"
    found = {}
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes():
                found[path.with_name("comm").read_text().strip()] = int(path.parent.name)
        except OSError:
            continue  # ended meanwhile, or another user's
    return found


def test_nodes_offer_what_the_configuration_says(plane):
    plane.add_nodes("all-balanced", prefix="a100")
    plane.add_nodes("1g.10gb+me=1,3g.40gb=1", prefix="h100", model="H100-SXM5-80GB", gpus=2,
                    taint="nvidia.com/gpu=present:NoSchedule", label="zone=a")
    nodes = {item["metadata"]["name"]: item for item in plane.get("nodes")["items"]}

    def offered(name):
        allocatable = nodes[name]["status"]["allocatable"]
        return {key.removeprefix(MIG): value for key, value in allocatable.items() if MIG in key}

    assert offered("a100-0") == {"1g.5gb": "2", "2g.10gb": "1", "3g.20gb": "1"}
    assert offered("h100-0") == {"1g.10gb.me": "2", "3g.40gb": "2"}
    assert nodes["h100-0"]["metadata"]["labels"]["zone"] == "a"
    assert any(taint["key"] == "nvidia.com/gpu" for taint in nodes["h100-0"]["spec"]["taints"])


def test_a_pod_over_capacity_waits(plane, namespace):
    plane.add_nodes("all-balanced")
    plane.apply(namespace, deployment("one", "1g.5gb", replicas=3))
    plane.wait_until("two run and one waits", lambda: sorted(
        pod.phase for pod in plane.pods(namespace)) == ["Pending", "Running", "Running"])


def test_annotations_hold_pods_in_a_phase(plane, namespace):
    plane.add_nodes("all-balanced")
    held, endless = bare_pod("held", "1g.5gb"), bare_pod("endless", "1g.5gb")
    held["metadata"]["annotations"] = {START_AFTER: "1h"}
    endless["metadata"]["annotations"] = {STOP_AFTER: "1h"}
    plane.apply(namespace, held, endless, job("short", "2g.10gb", "1s"), job("long", "3g.20gb", "1h"))

    def state():
        return {pod.owner or pod.name: (pod.phase, bool(pod.node)) for pod in plane.pods(namespace)}

    plane.wait_until("every pod is in its phase", lambda: state() == {
        "held": ("Pending", True), "endless": ("Running", True),
        "short": ("Succeeded", True), "long": ("Running", True)})
    plane.kubectl("delete", "pod", "endless", "-n", namespace, "--wait=false")
    plane.wait_until("the pod is terminating", lambda: any(
        pod.terminating for pod in plane.pods(namespace)))
    plane.kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0")


def test_the_audit_log_says_who_evicted_what_and_how(plane, namespace, audit):
    plane.add_nodes("all-balanced")
    plane.apply(namespace, bare_pod("guest", "1g.5gb"))
    plane.wait_until("the pod runs", lambda: all(pod.runs for pod in plane.pods(namespace)))
    (guest,) = plane.pods(namespace)
    stale = plane.evict(namespace, guest.name, {"uid": guest.uid, "resourceVersion": "1"})
    assert "Conflict" in stale or "409" in stale
    assert plane.evict(namespace, guest.name, {"uid": guest.uid}) == ""
    codes = [event["responseStatus"]["code"] for event in audit.evictions()]
    assert codes == [409, 201]
    preconditions = audit.evictions()[0]["requestObject"]["deleteOptions"]["preconditions"]
    assert preconditions == {"uid": guest.uid, "resourceVersion": "1"}


def test_a_killed_predecessor_is_cleared():
    folder = new_folder()
    first = Plane(folder)
    try:
        before = processes_of(folder)
        os.kill(before["kube-apiserver"], signal.SIGKILL)
        second = Plane(folder)
        after = processes_of(folder)
        assert len(after) == 5 and not set(after.values()) & set(before.values())
        assert second.get("nodes")["items"] == []
    finally:
        first.close()
    assert processes_of(folder) == {} and not folder.exists()


def test_the_api_server_comes_back_at_the_same_address(plane, namespace):
    plane.apply(namespace, bare_pod("waiting", "1g.5gb"))
    plane.tool("restart-apiserver")
    assert [pod.name for pod in plane.pods(namespace)] == ["waiting"]


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "precious").touch()
    with pytest.raises(CommandFailed, match="not a control plane's"):
        run(TOOL, "up", "--dir", tmp_path)
    assert (tmp_path / "precious").exists()
