"""Many pods at once, and what happens to them when something dies meanwhile."""

import pytest

from workloads import deployment

BURST = 100


def running(plane, namespace):
    return [pod for pod in plane.pods(namespace) if pod.runs]


def upgraded(pods):
    return [pod for pod in pods if pod.grant != "1g.5gb"]


def wait_for_all(plane, namespace, count):
    plane.wait_until(f"{count} pods run", lambda: len(running(plane, namespace)) == count, patience=150)
    return running(plane, namespace)


@pytest.mark.sanitized
def test_a_burst_of_100_pods_gets_100_upgrades_with_100_evictions(
        plane, namespace, start_adapter, audit):
    start_adapter()
    plane.add_nodes("all-balanced", count=BURST // 2)
    plane.apply(namespace, deployment("burst", "1g.5gb", replicas=BURST))
    natives = wait_for_all(plane, namespace, BURST)
    assert not upgraded(natives)
    plane.kubectl("scale", "deploy", "burst", f"--replicas={2 * BURST}", "-n", namespace)
    pods = wait_for_all(plane, namespace, 2 * BURST)
    assert len(upgraded(pods)) == BURST
    assert {pod.uid for pod in natives} <= {pod.uid for pod in pods}, "a running pod was restarted"
    assert len(audit.evicted()) <= BURST


def test_a_controller_that_is_killed_in_the_middle_loses_no_pod(
        plane, namespace, start_adapter, audit):
    first = start_adapter()
    plane.add_nodes("all-balanced", count=10)
    plane.apply(namespace, deployment("burst", "1g.5gb", replicas=40))
    plane.wait_until("moves are under way", audit.evictions)
    first.kill()
    start_adapter()
    pods = wait_for_all(plane, namespace, 40)
    assert len(upgraded(pods)) == 20
    assert len(plane.pods(namespace)) == 40


@pytest.mark.sanitized
def test_an_api_server_that_is_killed_under_load_loses_no_pod(plane, namespace, start_adapter, audit):
    adapter = start_adapter()
    plane.add_nodes("all-balanced", count=10)
    plane.apply(namespace, deployment("burst", "1g.5gb", replicas=40))
    plane.wait_until("moves are under way", audit.evictions)
    plane.tool("restart-apiserver")
    pods = wait_for_all(plane, namespace, 40)
    assert len(upgraded(pods)) == 20
    adapter.wait_until_ready()
    # The connection that was lost does not keep it from the next work.
    plane.kubectl("scale", "deploy", "burst", "--replicas=20", "-n", namespace)
    plane.wait_for_grants(namespace, ["1g.5gb"] * 20)
