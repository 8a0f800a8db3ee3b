"""Which waiting pods are upgraded, and what must never happen on the way."""

import json

import pytest

from plane import MIG
from workloads import START_AFTER, bare_pod, deployment, workload


@pytest.mark.parametrize("kind", ["ReplicaSet", "StatefulSet", "ReplicationController"])
def test_pods_of_every_owner_that_recreates_them_are_upgraded(plane, namespace, start_adapter, kind):
    start_adapter()
    plane.add_nodes("all-balanced")
    plane.apply(namespace, workload(kind, "owner", "1g.5gb", replicas=3))
    pods = plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])
    if kind == "StatefulSet":
        assert sorted(pod.name for pod in pods) == ["owner-0", "owner-1", "owner-2"]


def test_a_bare_pod_is_never_deleted(plane, namespace, start_adapter, audit):
    start_adapter()
    plane.add_nodes("all-balanced")
    plane.apply(namespace, deployment("native", "1g.5gb", replicas=2))
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb"])
    plane.apply(namespace, bare_pod("bare", "1g.5gb"))
    (before,) = [pod for pod in plane.pods(namespace) if pod.name == "bare"]
    # What waits later and may be moved shows that the bare pod has been looked at and left alone.
    plane.kubectl("scale", "deploy", "native", "--replicas=3", "-n", namespace)
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"], owner="native")
    (after,) = [pod for pod in plane.pods(namespace) if pod.name == "bare"]
    assert after.uid == before.uid and after.phase == "Pending"
    assert "bare" not in {event["objectRef"]["name"] for event in audit.evictions()}


def test_workloads_of_one_name_in_two_namespaces_do_not_mix(
        plane, new_namespace, start_adapter, audit):
    start_adapter()
    spaces = {new_namespace(): "1g.5gb", new_namespace(): "2g.10gb"}
    plane.add_nodes("2g.10gb=1,1g.5gb=1", prefix="small")
    plane.add_nodes("3g.20gb=1", prefix="middle", count=1)
    plane.add_nodes("7g.40gb=1", prefix="large", count=1)
    for namespace, profile in spaces.items():
        plane.apply(namespace, deployment("same", profile))
        plane.wait_for_grants(namespace, [profile])
    for namespace in spaces:
        plane.kubectl("scale", "deploy", "same", "--replicas=2", "-n", namespace)
    for namespace, profile in spaces.items():
        pods = plane.wait_until(f"both pods of {namespace} run", lambda n=namespace: two_running(plane, n))
        grants = sorted(pod.grant for pod in pods)
        assert profile in grants and set(grants) & {"3g.20gb", "7g.40gb"}, grants
        for pod in pods:
            demand = json.loads(pod.annotations.get("migadapter.io/demand", "null"))
            assert demand == (None if pod.grant == profile else {"main": {MIG + profile: 1}})
    assert len(audit.evicted()) == 2


def two_running(plane, namespace):
    pods = [pod for pod in plane.pods(namespace) if pod.runs]
    return pods if len(pods) == 2 else None


def test_an_instance_of_a_pod_that_does_not_run_yet_is_not_promised_again(
        plane, namespace, start_adapter, audit):
    start_adapter("--restore", "never")
    plane.add_nodes("2g.10gb=1,3g.20gb=1")
    plane.apply(namespace, deployment("slow", "1g.5gb", annotations={START_AFTER: "1h"}))

    def slow_is_bound():
        return [pod for pod in plane.pods(namespace, "slow") if pod.node and pod.grant == "2g.10gb"]

    (slow,) = plane.wait_until("the slow pod has its instance", slow_is_bound)
    plane.apply(namespace, deployment("next", "1g.5gb"))
    plane.wait_for_grants(namespace, ["3g.20gb"], owner="next")
    assert slow_is_bound() == [slow] and slow.phase == "Pending"
    assert len(audit.evicted()) == 2


def test_a_pod_that_is_bound_between_decision_and_eviction_survives(
        plane, namespace, start_adapter, audit):
    start_adapter("--restore", "never")
    plane.add_nodes("2g.10gb=1,3g.20gb=1")
    # Instances of its own size appear while waiting pods are being moved: the scheduler and the
    # controller race for every pod.
    plane.apply(namespace, deployment("racing", "1g.5gb", replicas=9))
    plane.wait_until("the first move began", audit.evictions)
    plane.add_nodes("1g.5gb=7", prefix="late")
    plane.wait_until("all run", lambda: sum(pod.runs for pod in plane.pods(namespace)) == 9)
    for event in audit.evictions():
        preconditions = event["requestObject"]["deleteOptions"]["preconditions"]
        assert preconditions["uid"] and preconditions["resourceVersion"]
    assert not bound_before_eviction(audit)


def bound_before_eviction(audit):
    """Names of pods that had a node when they were evicted."""
    bound_at = {event["objectRef"]["name"]: event["stageTimestamp"] for event in audit.events()
                if event.get("objectRef", {}).get("subresource") == "binding"
                and event["responseStatus"]["code"] < 300}
    return [event["objectRef"]["name"] for event in audit.evicted()
            if bound_at.get(event["objectRef"]["name"], "9") < event["requestReceivedTimestamp"]]


def test_a_pod_that_no_larger_instance_fits_stays_and_is_told_why(plane, namespace, start_adapter, audit):
    start_adapter()
    plane.add_nodes("1g.5gb=1")
    plane.apply(namespace, deployment("full", "1g.5gb", replicas=2))

    def told():
        return [event for event in plane.get("events", "-n", namespace)["items"]
                if event["reason"] == "NotUpgraded"]

    plane.wait_until("an Event says why the pod is not upgraded", told)
    assert audit.evictions() == []
