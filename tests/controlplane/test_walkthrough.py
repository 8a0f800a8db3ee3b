"""The walkthrough of the README, command by command."""

import json
import subprocess

import pytest

from adapter import WEBHOOK_CONFIGURATION
from plane import MIG, ROOT

FIRST, SECOND = "test/workloads/simple-1g-1.yaml", "test/workloads/simple-1g-2.yaml"
DEMAND = {"main": {MIG + "1g.5gb": 1}}


def make_certificates_by_hand(folder):
    """The manual steps with openssl that users of the first MIG-Adapter know."""
    subprocess.run(["bash", "-euc", """
        openssl genrsa -out ca.key 2048
        openssl req -new -x509 -days 365 -key ca.key -subj "/C=AU/CN=simple-kubernetes-webhook" -out ca.crt
        openssl req -newkey rsa:2048 -nodes -keyout server.key \
          -subj "/C=AU/CN=simple-kubernetes-webhook" -out server.csr
        cp server.key tls.key
        openssl x509 -req -extfile <(printf "subjectAltName=IP:127.0.0.1") -days 365 \
          -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out tls.crt
        """], cwd=folder, check=True, capture_output=True)
    return ["--cert-dir", folder]


def walk_through(plane, namespace):
    """Plays it and checks after each step; ends with the workloads deleted."""
    in_namespace = ("-n", namespace)
    plane.add_nodes("all-balanced")
    plane.kubectl("apply", *in_namespace, "-f", ROOT / FIRST)
    plane.kubectl("apply", *in_namespace, "-f", ROOT / SECOND)
    natives = plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb"])
    assert not any("migadapter.io/demand" in pod.annotations for pod in natives)

    plane.kubectl("scale", *in_namespace, "deploy", "workload-1g-2", "--replicas=2")
    pods = plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])
    (upgraded,) = [pod for pod in pods if pod.grant == "2g.10gb"]
    assert json.loads(upgraded.annotations["migadapter.io/demand"]) == DEMAND
    assert {pod.uid for pod in natives} < {pod.uid for pod in pods}, "a running pod was restarted"

    plane.kubectl("delete", *in_namespace, "-f", ROOT / FIRST)
    restored = plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb"], owner="workload-1g-2")
    assert upgraded.uid not in {pod.uid for pod in restored}
    assert {pod.uid for pod in natives} & {pod.uid for pod in restored}, "the native pod moved"

    plane.kubectl("delete", *in_namespace, "-f", ROOT / SECOND)
    plane.wait_until("no pod is left", lambda: not plane.pods(namespace))


@pytest.mark.parametrize("certificates", [
    pytest.param("made by itself", marks=pytest.mark.sanitized), "made by hand"])
def test_a_waiting_pod_runs_on_a_larger_instance_and_returns(
        plane, namespace, start_adapter, audit, tmp_path, certificates):
    flags = make_certificates_by_hand(tmp_path) if certificates == "made by hand" else []
    adapter = start_adapter(*flags)
    assert adapter.is_registered()
    walk_through(plane, namespace)
    assert len(audit.evicted()) == 2, "one upgrade, one restore"
    adapter.stop()
    leaves_nothing_behind(plane, adapter)


def leaves_nothing_behind(plane, adapter):
    assert not adapter.is_registered(), WEBHOOK_CONFIGURATION
    lease = plane.get("lease", "mig-adapter", "-n", "default")
    assert not lease["spec"].get("holderIdentity"), "the Lease is still held"
    kinds = "configmaps,secrets,services,pods,deployments"
    # The next one signs with the same certificate authority, and takes the same Lease.
    plane.kubectl("delete", "secret", "mig-adapter-ca", "-n", "default", "--ignore-not-found")
    left = [item["metadata"]["name"] for item in plane.get(kinds, "-n", "default")["items"]]
    assert sorted(left) == ["kube-root-ca.crt", "kubernetes"]


def test_a_pod_that_is_not_ours_is_admitted_untouched(plane, namespace, start_adapter):
    start_adapter()
    plane.add_nodes("all-balanced")
    plane.kubectl("run", "-n", namespace, "plain", "--image=example.org/plain")
    plane.wait_until("the pod runs", lambda: all(pod.runs for pod in plane.pods(namespace)))
    (pod,) = plane.pods(namespace)
    assert pod.requests == {} and not any("migadapter" in key for key in pod.annotations)
