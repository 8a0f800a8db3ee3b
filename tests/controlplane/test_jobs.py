"""Pods of Jobs: moved only where the Job does not count it as a failure."""

import pytest

from workloads import RUN_FOR, deployment, job

IGNORE_DISRUPTION = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
FAIL_ON_42 = {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}


def a_job(name, rules, **spec):
    """Runs for a second once it has its instance, and may fail never."""
    manifest = job(name, "1g.5gb", "1s")
    manifest["spec"].update({"backoffLimit": 0, **spec})
    if rules:
        manifest["spec"]["podFailurePolicy"] = {"rules": rules}
    return manifest


def status(plane, namespace, name):
    return plane.get("job", name, "-n", namespace)["status"]


def fill(plane, namespace, instances=2):
    plane.add_nodes("all-balanced")
    plane.apply(namespace, deployment("native", "1g.5gb", replicas=instances))
    plane.wait_for_grants(namespace, ["1g.5gb"] * instances)


def condition(plane, namespace, name):
    return {entry["type"] for entry in status(plane, namespace, name).get("conditions", [])
            if entry["status"] == "True"}


@pytest.mark.parametrize("rules", [[IGNORE_DISRUPTION], [FAIL_ON_42, IGNORE_DISRUPTION]])
def test_a_job_that_ignores_disruptions_runs_upgraded_and_counts_no_failure(
        plane, namespace, start_adapter, audit, rules):
    start_adapter("--restore", "never")
    fill(plane, namespace)
    plane.apply(namespace, a_job("train", rules))
    plane.wait_until("the job is complete", lambda: "Complete" in condition(plane, namespace, "train"))
    assert len(audit.evicted()) == 1
    ended = status(plane, namespace, "train")
    assert ended["succeeded"] == 1 and ended.get("failed", 0) == 0, ended
    assert "2g.10gb" in grants_of_all_pods(plane, namespace, "train")


def grants_of_all_pods(plane, namespace, name):
    return {pod.grant for pod in plane.pods(namespace, name)}


def test_each_pod_of_an_indexed_job_comes_back_with_its_index(plane, namespace, start_adapter, audit):
    start_adapter("--restore", "never")
    fill(plane, namespace)
    plane.add_nodes("2g.10gb=2", prefix="more")
    manifest = a_job("indexed", [IGNORE_DISRUPTION], completionMode="Indexed", completions=3, parallelism=3)
    manifest["spec"]["template"]["metadata"]["annotations"][RUN_FOR] = "5s"
    plane.apply(namespace, manifest)
    plane.wait_until("the job is complete", lambda: "Complete" in condition(plane, namespace, "indexed"))
    ended = status(plane, namespace, "indexed")
    assert ended["completedIndexes"] == "0-2" and ended.get("failed", 0) == 0, ended
    evicted = audit.evicted()
    assert evicted and len(evicted) <= 3, evicted


def test_a_job_that_would_count_a_failure_is_left_alone(plane, namespace, start_adapter, audit):
    start_adapter()
    fill(plane, namespace)
    plane.apply(namespace, a_job("plain", None))
    (before,) = plane.wait_until("the pod is there", lambda: plane.pods(namespace, "plain"))

    def reason_is_told():
        return any("podFailurePolicy" in event["message"] and event["reason"] == "NotUpgraded"
                   for event in plane.get("events", "-n", namespace)["items"])

    plane.wait_until("an Event says why", reason_is_told)
    (after,) = plane.pods(namespace, "plain")
    assert after.uid == before.uid and not audit.evicted()
