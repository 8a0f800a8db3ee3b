"""ResourceQuota, LimitRange and opt-outs of a namespace: no eviction where the new pod would not be admitted."""

from plane import MIG
from workloads import deployment


def quota(**hard):
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "gpus"},
            "spec": {"hard": {f"requests.{MIG}{profile}": str(count) for profile, count in hard.items()}}}


def limit(plane, namespace, small, middle=None):
    """Sets a quota and waits until the quota controller has counted."""
    hard = {"1g.5gb": small} if middle is None else {"1g.5gb": small, "2g.10gb": middle}
    plane.apply(namespace, quota(**hard))

    def counted():
        item = plane.get("resourcequota", "gpus", "-n", namespace)
        return item.get("status", {}).get("hard") == item["spec"]["hard"]

    plane.wait_until("the quota is counted", counted)


def refusal(plane, namespace, words):
    return lambda: any(event["reason"] == "NotUpgraded" and words in event["message"]
                       for event in plane.get("events", "-n", namespace)["items"])


def three_small_ones(plane, namespace):
    plane.add_nodes("1g.5gb=2,2g.10gb=1")
    plane.apply(namespace, deployment("web", "1g.5gb", replicas=3))
    plane.wait_until("all pods are there", lambda: len(plane.pods(namespace)) == 3)


def test_a_quota_with_room_lets_the_upgrade_pass(plane, namespace, start_adapter):
    start_adapter("--restore", "never")
    limit(plane, namespace, small=3, middle=1)
    three_small_ones(plane, namespace)
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])


def test_a_full_quota_keeps_the_pod_waiting_until_there_is_room(plane, namespace, start_adapter, audit):
    start_adapter("--restore", "never")
    limit(plane, namespace, small=3, middle=0)
    three_small_ones(plane, namespace)
    plane.wait_until("an Event says why", refusal(plane, namespace, "0 of 0 nvidia.com/mig-2g.10gb are used"))
    assert not audit.evicted()
    limit(plane, namespace, small=3, middle=1)
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])


def test_an_upgrade_does_not_get_around_a_quota(plane, namespace, start_adapter, audit):
    start_adapter()
    limit(plane, namespace, small=3)
    three_small_ones(plane, namespace)
    plane.wait_until("an Event says why", refusal(plane, namespace, "none names nvidia.com/mig-2g.10gb"))
    assert not audit.evicted()


def test_a_limit_range_that_would_add_the_demand_again_refuses(plane, namespace, start_adapter, audit):
    start_adapter()
    plane.apply(namespace, {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "instances"},
                            "spec": {"limits": [{"type": "Container", "default": {MIG + "1g.5gb": "1"}}]}})
    three_small_ones(plane, namespace)
    plane.wait_until("an Event says why", refusal(plane, namespace, "LimitRange instances"))
    assert not audit.evicted()


def test_the_opt_out_of_a_namespace_holds_until_it_is_taken_back(plane, namespace, start_adapter, audit):
    start_adapter("--restore", "never")
    plane.kubectl("label", "namespace", namespace, "migadapter.io/upgrade=disabled")
    three_small_ones(plane, namespace)
    plane.wait_until("an Event says why",
                     refusal(plane, namespace, f'migadapter.io/upgrade is "disabled" on namespace {namespace}'))
    assert not audit.evicted()
    plane.kubectl("label", "namespace", namespace, "migadapter.io/upgrade-")
    plane.wait_for_grants(namespace, ["1g.5gb", "1g.5gb", "2g.10gb"])
